"""Rules W01, W04, W05, W24, W27, W28, W29, W34, W42."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import mutate, wire_values
from wire import canonical, messages
from wire.errors import BadField, StaleMessage, UnknownType, WireError
from wire.events import Event
from wire.fields import Fields
from wire.ids import MeetingId, PaperId
from wire.messages import Act, Events, Have, Head, HeldPaper, Holding, Join, Key, Log, Receipt, Want, Welcome, Wish
from wire.topics import PaperVersion

_NOW = dt.datetime(2026, 11, 21, 1, 15, tzinfo=dt.UTC)
_HEAD = Head("d-aaaaaaaaaaaaaaaa", bytes(16), 1, _NOW)
_MEETING = MeetingId("m-aaaaaaaaaaaaaaaa")
_PAPER = PaperVersion(PaperId("p-aaaaaaaaaaaaaaaa"), 1)
# A sign-in has no person yet, a seat may keep nothing of the record, and an older agent sends none of the newer fields.
MAY_BE_MISSING = {
    "act": {"person"},
    "desired": {"anew", "heard"},
    "health": {"machine", "record", "token"},
    "hello": {"certificate"},
    "keeping": {"hours", "maintenance"},
    "updating": {"reason"},
}


@given(message=wire_values.messages())
def test_W04_every_message_is_read_back_from_its_canonical_bytes(message: Any) -> None:
    data = canonical.encode(message.to_value())
    assert messages.parse(message.TYPE, canonical.decode(data)) == message


@settings(max_examples=60)
@given(message=wire_values.messages(), seed=st.integers(0, 10**6))
def test_W01_a_broken_message_raises_only_our_errors(message: Any, seed: int) -> None:
    value = canonical.decode(canonical.encode(message.to_value()))
    for broken in mutate.broken_values(value, random.Random(seed), count=40):
        try:
            found = messages.parse(message.TYPE, broken)
        except WireError:
            continue
        # What is still read means exactly what it says.
        assert messages.parse(message.TYPE, canonical.decode(canonical.encode(found.to_value()))) == found


@given(value=wire_values.json_values(), kind=st.sampled_from(sorted(messages.TYPES)))
def test_W01_arbitrary_values_raise_only_our_errors(value: Any, kind: str) -> None:
    with pytest.raises(WireError):
        messages.parse(kind, value)


@given(message=wire_values.messages())
def test_W04_a_message_with_one_field_more_is_refused(message: Any) -> None:
    with pytest.raises(BadField):
        messages.parse(message.TYPE, message.to_value() | {"extra": 1})


@given(message=wire_values.messages())
def test_W04_a_message_with_one_field_less_is_refused(message: Any) -> None:
    value = message.to_value()
    for name in sorted(set(value) - MAY_BE_MISSING.get(message.TYPE, set())):
        with pytest.raises(WireError):
            messages.parse(message.TYPE, {key: value[key] for key in value if key != name})


@given(message=wire_values.messages())
def test_W04_a_field_that_may_be_missing_is_read_as_nothing(message: Any) -> None:
    value = message.to_value()
    for name in MAY_BE_MISSING.get(message.TYPE, set()):
        found = messages.parse(message.TYPE, {key: value[key] for key in value if key != name})
        assert found.to_value().get(name) is None


def test_W05_a_message_type_that_is_not_known_is_told_apart() -> None:
    with pytest.raises(UnknownType):
        messages.parse("ballot", {})


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_W05_a_head_of_another_version_is_refused(version: Any) -> None:
    value = Join(_HEAD, _MEETING, bytes(32)).to_value()
    value["head"]["v"] = version
    with pytest.raises(BadField):
        messages.parse("join", value)


@given(last=st.integers(0, 100), number=st.integers(0, 100))
def test_W24_a_number_counts_once_and_only_upwards(last: int, number: int) -> None:
    head = dataclasses.replace(_HEAD, number=number)
    if number > last:
        head.must_follow(bytes(16), last)
        return
    with pytest.raises(StaleMessage):
        head.must_follow(bytes(16), last)


def test_W24_a_message_of_another_session_is_stale_whatever_its_number() -> None:
    with pytest.raises(StaleMessage):
        dataclasses.replace(_HEAD, number=2**50).must_follow(bytes(15) + b"\x01", 0)


@pytest.mark.parametrize(
    ("hold", "recall"),
    [
        ((Holding(_MEETING, 1, 0),), (_MEETING,)),
        ((Holding(_MEETING, 1, 0), Holding(_MEETING, 2, 0)), ()),
        ((), (_MEETING, _MEETING)),
    ],
)
def test_W27_a_meeting_is_held_or_destroyed_never_both(hold: Any, recall: Any) -> None:
    with pytest.raises(BadField):
        Wish(1, None, "", None, "", hold, recall)


def test_W27_lists_of_meetings_hold_ids() -> None:
    value = Welcome(_HEAD, Wish(1, None, "", None, "", recall=(_MEETING,)), bytes(32)).to_value()
    value["wish"]["recall"] = ["../../etc"]
    with pytest.raises(BadField):
        messages.parse("welcome", value)


def test_W25_a_store_key_never_shows() -> None:
    shown = repr(Welcome(_HEAD, Wish(1, None, "", None, ""), b"S3CRET" + bytes(26)))
    assert "S3CRET" not in shown


def test_W28_what_a_person_typed_never_shows() -> None:
    act = Act(_HEAD, "a-aaaaaaaaaaaaaaaa", _MEETING, "sign_in", None, _NOW, {"password": "S3CRET"})
    assert "S3CRET" not in repr(act)


def test_W28_an_act_is_small() -> None:
    act = Act(_HEAD, "a-aaaaaaaaaaaaaaaa", _MEETING, "note", None, _NOW, {"text": "a" * messages.MAX_DATA_BYTES})
    with pytest.raises(BadField):
        messages.parse("act", act.to_value())


def test_W29_a_receipt_counts_a_paper_once() -> None:
    held = HeldPaper(_PAPER, 3, 70_000)
    with pytest.raises(BadField):
        Receipt(_HEAD, "a-aaaaaaaaaaaaaaaa", _MEETING, _NOW, (held, held))


def test_W26_a_sealed_key_has_the_length_of_a_sealed_key() -> None:
    for size in (0, messages.SEALED_BYTES - 1, messages.SEALED_BYTES + 1):
        with pytest.raises(BadField):
            messages.parse("key", Key(_HEAD, _MEETING, 1, bytes(size)).to_value())


@pytest.mark.parametrize(("chunks", "bitmap"), [(9, b"\x80"), (7, b"\xff"), (0, b""), (8, b"\x80\x00")])
def test_W34_a_report_has_one_bit_for_each_chunk(chunks: int, bitmap: bytes) -> None:
    with pytest.raises(BadField):
        messages.parse("have", Have(_HEAD, _PAPER, chunks, bitmap).to_value())


def test_W42_a_request_names_a_paper_when_it_wants_a_manifest() -> None:
    with pytest.raises(BadField):
        Want(_HEAD, _MEETING, "manifest")
    with pytest.raises(BadField):
        Want(_HEAD, _MEETING, "events", 0, _PAPER)


def test_W42_events_of_another_meeting_do_not_ride_along() -> None:
    other = MeetingId("m-bbbbbbbbbbbbbbbb")
    event = Event.after(None, meeting=other, at=_NOW, actor="system", kind="meeting_created", data={})
    with pytest.raises(BadField):
        Events(_MEETING, (event,))
    with pytest.raises(BadField):
        messages.parse("log", Log(_HEAD, other, 1, (event,)).to_value() | {"meeting": _MEETING})


@given(log=wire_values.logs())
def test_W42_a_log_that_is_written_at_once_is_its_canonical_bytes(log: Log) -> None:
    assert log.written() == canonical.encode(log.to_value())
    later = dataclasses.replace(
        log, head=dataclasses.replace(log.head, number=max(1, log.head.number - 1)), head_seq=log.head_seq + 1
    )
    assert later.written() == canonical.encode(later.to_value())
    fewer = dataclasses.replace(log, events=log.events[:-1])
    assert fewer.written() == canonical.encode(fewer.to_value())


NUMBER = {
    "number": "07/TB-VKS",
    "date": "2026-02-22",
    "written": [["NgayBanHanh", "22"], ["SoVanBan", "07"], ["ThangBanHanh", "02"]],
}


@pytest.mark.parametrize(
    "other",
    [
        {"number": "08/TB-VKS"},
        {"number": "07"},
        {"date": "2026-02-21"},
        {"date": "2026-03-22"},
        {"date": "20260222"},
        {"date": "2026-02-30"},
        {"written": []},
        {"written": [*NUMBER["written"], ["NamBanHanh", "2027"]]},
        {"written": [*NUMBER["written"], ["SoVanBan", "07"]]},
        {"written": [*NUMBER["written"], ["KyHieu", "07"]]},
    ],
)
def test_G62_a_number_that_is_shown_is_the_one_that_is_written(other: dict[str, Any]) -> None:
    read = messages.RoundNumber.read
    assert read(Fields(dict(NUMBER), "number")).to_value() == NUMBER
    whole = {**NUMBER, "written": [*NUMBER["written"], ["NamBanHanh", "2026"]]}
    assert read(Fields(whole, "number")).to_value() == whole
    with pytest.raises(BadField):
        read(Fields({**NUMBER, **other}, "number"))
