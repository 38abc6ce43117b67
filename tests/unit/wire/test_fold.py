"""Rules M1, M2, P2, P7, F1, W43: what each event does to the state."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import pytest

from tests.support import mutate, votes
from tests.support.meeting_log import MeetingLog, described, item, member, named, paper
from wire import fold
from wire.before_fold import HANDLERS as BEFORE_HANDLERS
from wire.conclusions import HANDLERS as CONCLUSION_HANDLERS
from wire.errors import BadField, BrokenChain, PhaseError, UnknownType, WireError
from wire.events import Event
from wire.ids import MeetingId
from wire.letter_fold import HANDLERS as LETTER_HANDLERS
from wire.notice_fold import HANDLERS as NOTICE_HANDLERS
from wire.phases import Phase
from wire.places import HANDLERS as PLACE_HANDLERS
from wire.request_fold import HANDLERS as REQUEST_HANDLERS
from wire.service import HANDLERS as SERVICE_HANDLERS
from wire.speak_fold import HANDLERS as SPEAK_HANDLERS
from wire.state import DisplayMode, ItemState, MeetingState, PaperState

_REPORT = named("p", "report")
_DEVICE = named("d", "seat A3")
_MINUTES = named("k", "minutes")


def _presented(page: int = 2, *, call: int = 0) -> dict[str, Any]:
    return {"paper": _REPORT, "version": 1, "page": page, "person": named("u", "chair"), "call": call}


def _opened() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


def _whole() -> MeetingLog:
    """A meeting with every kind of event."""
    log = _opened()
    log.add("person_seated", {"person": named("u", "lan"), "seat": named("s", "A3")})
    log.add("item_started", {"item": named("i", "one")})
    log.add("page_presented", _presented())
    log.add("display_set", {"mode": "message", "text": "Giải lao"})
    log.add("presenter_set", {"person": named("u", "lan")})
    log.add("presenting_stopped")
    log.add("meeting_recessed")
    log.add("meeting_resumed")
    log.add("paper_submitted", paper("report", under="one", version=2, pages=5))
    log.add("paper_returned", {"paper": _REPORT, "reason": "Sửa trang 2"})
    log.add("paper_submitted", paper("other", under="two"))
    log.add("paper_recalled", {"paper": named("p", "other")})
    log.add("meeting_described", described("Họp giao ban tuần (demo)"))
    vote = votes.whole(log, {"lan": "for"}, ["chair", "lan"])
    log.add("vote_prepared", votes.prepared("again", repeats=vote.vote, reason="Đếm lại"))
    log.add("vote_opened", {"vote": named("v", "again"), "roll": votes.roll(["lan"])})
    log.add("vote_paused", {"vote": named("v", "again")})
    log.add("vote_resumed", {"vote": named("v", "again")})
    log.add("vote_withdrawn", {"vote": named("v", "again"), "reason": "Nhầm"})
    log.add("person_left", {"person": named("u", "lan")})
    log.add("epoch_started", {"epoch": 2})
    log.add("attendance_recorded", _there())
    log.add("meeting_closed")
    log.add("recall_started", {"devices": [{"device": _DEVICE, "seat_label": "A3"}]})
    log.add("recall_confirmed", _receipt())
    log.add("round_opened", _round())
    log.add("paper_signed", _signature())
    log.add("round_closed", {"round": _MINUTES})
    log.add("meeting_locked")
    return log


def _there(**more: Any) -> dict[str, Any]:
    return {"person": named("u", "lan"), "presence": "present", "method": "self"} | more


def _round(**more: Any) -> dict[str, Any]:
    signers = [named("u", "secretary"), named("u", "chair")]
    opened = {
        "round": _MINUTES,
        "kind": "minutes",
        "title": "Biên bản",
        "signers": signers,
        "sha256": "01" * 32,
        "size_bytes": 9,
    }
    return opened | more


def _signature(**more: Any) -> dict[str, Any]:
    signed = {"round": _MINUTES, "person": named("u", "secretary"), "certificate": "ef" * 32}
    return signed | {"revision": 1, "sha256": "02" * 32, "size_bytes": 99} | more


def _receipt() -> dict[str, Any]:
    return {
        "device": _DEVICE,
        "seat": named("s", "A3"),
        "seat_label": "A3",
        "papers": 1,
        "pages": 3,
        "destroyed_at": "2026-11-21T03:00:00.000Z",
        "receipt_sha256": "cd" * 32,
    }


def test_M2_the_state_is_the_fold_of_the_log() -> None:
    log = _whole()
    assert fold.fold(log.events) == log.state
    half = len(log.events) // 2
    assert fold.fold(log.events[half:], fold.fold(log.events[:half])) == log.state


def test_W43_the_playbook_of_this_file_has_every_kind_but_those_of_other_files_and_two() -> None:
    kinds = {event.kind for event in _whole().events}
    secret = {"ballots_given", "ballots_called", "ballots_awaited"}
    # Of speaking and messages test_speaking.py, test_speak_order.py, test_notices.py have every kind, of places,
    # service, letters, conclusions, requests for papers and what is said before theirs.
    others = secret | set(SPEAK_HANDLERS) | set(NOTICE_HANDLERS) | set(PLACE_HANDLERS) | set(SERVICE_HANDLERS)
    others |= set(LETTER_HANDLERS) | set(CONCLUSION_HANDLERS) | set(REQUEST_HANDLERS) | set(BEFORE_HANDLERS)
    assert fold.kinds() - kinds == {"meeting_returned", "meeting_cancelled"} | others


def test_A1_the_newest_word_counts_and_the_arrival_stays() -> None:
    log = _opened()
    for presence, is_there in (("absent", False), ("late", True), ("left", False), ("returned", True)):
        log.add("attendance_recorded", _there(presence=presence))
        now = log.state.attendance[0]
        assert (now.presence.value, now.presence.is_there) == (presence, is_there)
    arrived = next(event.at for event in log.events if event.data.get("presence") == "late")
    (entry,) = log.state.attendance
    assert entry.arrived_at == arrived
    assert entry.was_there


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": named("u", "stranger")},
        {"presence": "asleep"},
        {"method": "token"},
        {"statement": "ab" * 32},
        {"method": "token", "statement": "ab"},
        {"note": "x"},
    ],
)
def test_W43_an_attendance_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _opened().add("attendance_recorded", _there(**wrong))


def test_W65_an_act_that_was_signed_names_its_statement() -> None:
    log = _opened()
    log.add("attendance_recorded", _there(method="token", statement="ab" * 32))
    assert log.state.attendance[0].statement == "ab" * 32
    log.add("paper_submitted", paper("other", under="two"))
    log.add("paper_approved", {"paper": named("p", "other"), "statement": "cd" * 32})
    for kind, data in (("paper_returned", {"paper": named("p", "other")}), ("meeting_recessed", {})):
        with pytest.raises(BadField):
            log.add(kind, data | {"statement": "ab" * 32})
    log.add("meeting_closed", {"statement": "ef" * 32})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("round_opened", _round()),
        ("round_opened", _round(round=named("k", "two"), kind="poem")),
        ("paper_signed", _signature()),
        ("paper_signed", _signature(person=named("u", "lan"), revision=2)),
        ("paper_signed", _signature(person=named("u", "chair"), revision=1, size_bytes=999)),
        ("paper_signed", _signature(person=named("u", "chair"), revision=2)),
        ("paper_signed", _signature(round=named("k", "two"))),
        ("round_closed", {"round": named("k", "two")}),
    ],
)
def test_W43_a_round_goes_forward_only(kind: str, data: dict[str, Any]) -> None:
    log = _opened()
    log.add("round_opened", _round())
    log.add("paper_signed", _signature())
    with pytest.raises(BadField):
        log.add(kind, data)
    log.add("paper_signed", _signature(person=named("u", "chair"), revision=2, sha256="03" * 32, size_bytes=999))
    (known,) = log.state.rounds
    assert (known.revision, known.sha256, all(at for _, at in known.signers)) == (2, "03" * 32, True)
    log.add("round_closed", {"round": _MINUTES})
    with pytest.raises(BadField):
        log.add("round_closed", {"round": _MINUTES})


def test_M2_a_gap_a_repetition_and_another_meetings_event_are_refused() -> None:
    log = _opened()
    later = dataclasses.replace(log.next("meeting_recessed"), seq=log.state.seq + 2)
    stranger = dataclasses.replace(log.next("meeting_recessed"), meeting=MeetingId(named("m", "other")))
    for event in (later, log.events[-1], stranger):
        with pytest.raises(BrokenChain):
            fold.apply(log.state, event)


def test_W43_a_log_begins_with_the_creation_and_has_one() -> None:
    with pytest.raises(BrokenChain):
        MeetingLog().add("meeting_described", described())
    with pytest.raises(BrokenChain):
        MeetingLog().created().add("meeting_created", described())


def test_W05_a_kind_of_event_that_is_not_known_stops_the_fold() -> None:
    with pytest.raises(UnknownType):
        _opened().add("ballot_cast")


def test_W43_an_event_says_no_more_than_its_kind_has_fields_for() -> None:
    log = _opened()
    with pytest.raises(BadField):
        log.add("item_started", {"item": named("i", "one"), "itme": 1})
    with pytest.raises(BadField):
        log.add("members_set", {"members": [member("lan", "member") | {"vote": 2}]})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("item_started", {"item": named("i", "nowhere")}),
        ("paper_approved", {"paper": named("p", "nowhere")}),
        ("paper_published", {"paper": named("p", "nowhere"), "version": 1, "manifest_sha256": "ab" * 32}),
        ("paper_published", {"paper": _REPORT, "version": 2, "manifest_sha256": "ab" * 32}),
        ("page_presented", _presented() | {"paper": named("p", "nowhere")}),
        ("epoch_started", {"epoch": 1}),
        ("members_set", {"members": [member("lan", "member"), member("lan", "guest")]}),
        ("members_set", {"members": [member("lan", "member", seat="A1"), member("hoa", "member", seat="A1")]}),
        ("recall_started", {"devices": [{"device": _DEVICE, "seat_label": "A"}] * 2}),
        ("recall_confirmed", _receipt() | {"destroyed_at": "hôm qua"}),
    ],
)
def test_W43_an_event_about_what_is_not_there_is_refused(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _opened().add(kind, data)


def test_M1_a_phase_the_table_does_not_lead_to_is_refused() -> None:
    with pytest.raises(PhaseError):
        _opened().add("meeting_approved")


def test_W01_whoever_wrote_it_an_event_changes_the_state_or_raises_our_error() -> None:
    log, chance = _whole(), random.Random(43)
    state = MeetingState()
    for event in log.events:
        for data in mutate.broken_values(event.data | {"_": 0}, chance, count=60):
            hostile = _remade(event, data)
            if hostile is None:
                continue
            try:
                after = fold.apply(state, hostile)
            except WireError:
                continue
            assert after.seq == event.seq
        state = fold.apply(state, event)


def _remade(event: Event, data: Any) -> Event | None:
    if not isinstance(data, dict):
        return None
    data.pop("_", None)
    try:
        return Event.from_value(dataclasses.replace(event, data=data).to_value())
    except WireError:
        return None


def test_M4_what_has_happened_to_an_item_stays_with_it_when_the_agenda_changes() -> None:
    log = _opened()
    started_at = log.next("item_started").at
    log.add("item_started", {"item": named("i", "two")})
    log.add("agenda_set", {"items": [item("two", visibility="internal"), item("new"), item("one")]})
    assert [i.item for i in log.state.agenda] == [named("i", name) for name in ("two", "new", "one")]
    active = log.state.active_item
    assert active is not None
    assert (active.item, active.started_at) == (named("i", "two"), started_at)


def test_M4_starting_an_item_ends_the_one_before() -> None:
    log = _opened()
    log.add("item_started", {"item": named("i", "one")})
    log.add("page_presented", _presented())
    state = log.add("item_started", {"item": named("i", "two")})
    one, two = state.item(named("i", "one")), state.item(named("i", "two"))
    assert one is not None
    assert two is not None
    assert (one.state, two.state) == (ItemState.DONE, ItemState.ACTIVE)
    assert one.ended_at == two.started_at == log.events[-1].at
    assert state.presenting is None


def test_P2_a_paper_goes_from_submitted_to_published() -> None:
    log = MeetingLog().created()
    states = []
    for kind, data in (
        ("paper_submitted", paper("report", under="one")),
        ("paper_returned", {"paper": _REPORT, "reason": "Thiếu trang"}),
        ("paper_submitted", paper("report", under="one", version=2)),
        ("paper_approved", {"paper": _REPORT}),
    ):
        found = log.add(kind, data).paper(_REPORT)
        assert found is not None
        states.append((found.state, found.version, found.reason, found.readable_version))
    assert states == [
        (PaperState.SUBMITTED, 1, "", 0),
        (PaperState.RETURNED, 1, "Thiếu trang", 0),
        (PaperState.SUBMITTED, 2, "", 0),
        (PaperState.APPROVED, 2, "", 0),
    ]
    found = log.publish("report", 2).paper(_REPORT)
    assert found is not None
    assert (found.state, found.readable_version, found.published_pages) == (PaperState.PUBLISHED, 2, 3)


def test_P3_the_version_that_is_out_stays_readable_while_the_next_is_prepared() -> None:
    log = _opened()
    found = log.add("paper_submitted", paper("report", under="one", version=2, pages=9)).paper(_REPORT)
    assert found is not None
    assert (found.version, found.readable_version, found.pages, found.published_pages) == (2, 1, 9, 3)


def test_F1_calling_everyone_back_is_a_number_that_grows() -> None:
    log = _opened()
    calls = []
    for call in (0, 1, 2):
        shown = log.add("page_presented", _presented(call=call)).presenting
        assert shown is not None
        calls.append(shown.call)
    assert calls == [0, 1, 2]
    assert log.state.display.mode is DisplayMode.PAGE


def test_P7_closing_ends_everything_and_recalls_every_paper_a_seat_holds() -> None:
    log = _opened()
    log.add("person_seated", {"person": named("u", "lan"), "seat": named("s", "A3")})
    log.add("item_started", {"item": named("i", "one")})
    log.add("page_presented", _presented())
    log.add("paper_submitted", paper("report", under="one", version=2))
    log.add("paper_submitted", paper("never", under="one"))
    state = log.add("meeting_closed")
    assert state.phase is Phase.CLOSED
    assert (state.presenting, state.active_item, state.seated) == (None, None, ())
    assert {p.paper: p.state for p in state.papers} == {
        _REPORT: PaperState.RECALLED,
        named("p", "never"): PaperState.SUBMITTED,
    }
    assert all(p.readable_version == 0 for p in state.papers)
    assert state.closed_at == log.events[-1].at


def test_P7_a_cancelled_meeting_is_recalled_too() -> None:
    log = MeetingLog().prepared()
    state = log.add("meeting_cancelled", {"reason": "Dời ngày"})
    assert (state.phase, state.reason) == (Phase.CANCELLED, "Dời ngày")
    assert [p.state for p in state.papers] == [PaperState.RECALLED]


def test_P7_a_seat_answers_once_and_its_last_word_counts() -> None:
    log = _opened()
    log.add("meeting_closed")
    log.add("recall_started", {"devices": [{"device": _DEVICE, "seat_label": "A3"}]})
    log.add("recall_confirmed", _receipt())
    state = log.add("recall_confirmed", _receipt() | {"pages": 4})
    assert [(r.device, r.pages) for r in state.recall.receipts] == [(_DEVICE, 4)]
    assert state.recall.expected == ((_DEVICE, "A3"),)


def test_I2_a_person_sits_on_one_seat_and_a_seat_has_one_person() -> None:
    log = _opened()
    for person, seat in (("lan", "A3"), ("chair", "A1"), ("lan", "A1")):
        log.add("person_seated", {"person": named("u", person), "seat": named("s", seat)})
    assert log.state.seated == ((named("u", "lan"), named("s", "A1")),)
    assert log.add("person_left", {"person": named("u", "lan")}).seated == ()


def test_M1_a_returned_meeting_says_why_until_it_goes_on() -> None:
    log = MeetingLog().created()
    log.add("meeting_submitted")
    assert log.add("meeting_returned", {"reason": "Thiếu tài liệu"}).reason == "Thiếu tài liệu"
    assert log.add("meeting_submitted").reason == ""


def test_M2_a_state_holds_moments_as_they_travel() -> None:
    log = MeetingLog().prepared()
    event = dataclasses.replace(log.next("meeting_opened"), at=dt.datetime(2026, 11, 21, 2, 0, 0, 1_999, tzinfo=dt.UTC))
    assert fold.apply(log.state, event) == fold.apply(log.state, Event.from_value(event.to_value()))
