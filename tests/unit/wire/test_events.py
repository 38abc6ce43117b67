"""Rules M2, W01, W40, W41."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import mutate, wire_values
from wire import canonical
from wire.errors import BadField, BadJson, BrokenChain, WireError
from wire.events import Event, check_chain, genesis
from wire.ids import MeetingId

_MEETING = MeetingId("m-aaaaaaaaaaaaaaaa")
_NOW = dt.datetime(2026, 11, 21, 1, 15, tzinfo=dt.UTC)


def _event(**changes: Any) -> Event:
    fields: dict[str, Any] = {"meeting": _MEETING, "at": _NOW, "actor": "system", "kind": "x", "data": {"a": 1}}
    return Event.after(None, **(fields | changes))


@given(events=wire_values.chains())
def test_W40_an_event_is_read_back_with_its_hash(events: tuple[Event, ...]) -> None:
    for event in events:
        again = Event.from_value(canonical.decode(canonical.encode(event.to_value())))
        assert again == event
        assert again.hash == event.hash


def test_W40_the_hash_is_over_domain_and_canonical_bytes() -> None:
    event = _event()
    body = event.to_value()
    stated = body.pop("hash")
    assert stated == hashlib.sha256(b"phonghop/v1/event\0" + canonical.encode(body)).hexdigest()
    assert event.prev == hashlib.sha256(b"phonghop/v1/genesis\0" + _MEETING.encode()).hexdigest()


@given(events=wire_values.chains(max_size=1), seed=st.integers(0, 10**6))
@settings(max_examples=60)
def test_W40_an_event_that_was_touched_does_not_have_its_hash(events: tuple[Event, ...], seed: int) -> None:
    value = canonical.decode(canonical.encode(events[0].to_value()))
    for broken in mutate.broken_values(value, random.Random(seed), count=30):
        with pytest.raises(WireError):
            Event.from_value(broken)


def test_W40_every_field_counts() -> None:
    event = _event()
    changes: list[dict[str, Any]] = [
        {"seq": 2}, {"at": _NOW + dt.timedelta(milliseconds=1)}, {"actor": "person:u-aaaaaaaaaaaaaaaa"}, {"kind": "y"},
        {"data": {"a": 2}}, {"prev": "00" * 32}, {"meeting": "m-bbbbbbbbbbbbbbbb"},
    ]  # fmt: skip
    assert len({event.hash, *(dataclasses.replace(event, **change).hash for change in changes)}) == len(changes) + 1


def test_W40_a_moment_is_cut_to_what_travels() -> None:
    event = _event(at=_NOW.replace(microsecond=1_999))
    assert event.at.microsecond == 1_000
    assert Event.from_value(event.to_value()) == event


@pytest.mark.parametrize(
    "actor", ["root", "person:", "person:m-aaaaaaaaaaaaaaaa", "device:u-aaaaaaaaaaaaaaaa", "system "]
)
def test_W40_an_actor_is_a_person_a_device_or_the_system(actor: str) -> None:
    with pytest.raises(BadField):
        Event.from_value(_event(actor=actor).to_value())


@pytest.mark.parametrize("data", [{"a": 1.5}, {"a": "e\u0301"}, {"đ": 1}])
def test_W40_an_event_that_has_no_canonical_form_is_not_made(data: dict[str, Any]) -> None:
    with pytest.raises(BadJson):
        _event(data=data)


@given(events=wire_values.chains(max_size=6), cut=st.integers(0, 6))
def test_W41_a_chain_follows_from_any_of_its_events(events: tuple[Event, ...], cut: int) -> None:
    check_chain(events, after=None, meeting=events[0].meeting)
    cut = min(cut, len(events) - 1)
    check_chain(events[cut + 1 :], after=events[cut], meeting=events[0].meeting)


def _removed(events: list[Event]) -> list[Event]:
    return [events[0], *events[2:]]


def _swapped(events: list[Event]) -> list[Event]:
    return [events[0], events[2], events[1], events[3]]


def _repeated(events: list[Event]) -> list[Event]:
    return [events[0], events[1], events[1], *events[2:]]


def _rewritten(events: list[Event]) -> list[Event]:
    return [events[0], dataclasses.replace(events[1], data={"a": 9}), *events[2:]]


def _renumbered(events: list[Event]) -> list[Event]:
    return [events[0], *(dataclasses.replace(event, seq=event.seq - 1) for event in events[2:])]


def _headless(events: list[Event]) -> list[Event]:
    return events[1:]


@pytest.mark.parametrize("change", [_removed, _swapped, _repeated, _rewritten, _renumbered, _headless])
def test_W41_a_chain_that_was_touched_is_noticed(change: Callable[[list[Event]], list[Event]]) -> None:
    events: list[Event] = []
    for number in range(4):
        last = events[-1] if events else None
        events.append(Event.after(last, meeting=_MEETING, at=_NOW, actor="system", kind="x", data={"a": number}))
    check_chain(events, after=None, meeting=_MEETING)
    with pytest.raises(BrokenChain):
        check_chain(change(copy.copy(events)), after=None, meeting=_MEETING)


def test_W41_an_event_of_another_meeting_does_not_follow() -> None:
    with pytest.raises(BrokenChain):
        check_chain([_event()], after=None, meeting="m-bbbbbbbbbbbbbbbb")
    assert genesis(_MEETING) != genesis("m-bbbbbbbbbbbbbbbb")
