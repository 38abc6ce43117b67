"""The administrators' log hangs together, and shows what was done to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from server.audit.model import AdminEvent, broken_at, follow

NOW = dt.datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=dt.UTC)


def log(length: int = 4) -> list[AdminEvent]:
    events: list[AdminEvent] = []
    for number in range(length):
        last = events[-1] if events else None
        events.append(follow(last, kind="anchor_added", data={"n": number}, actor="person:u-x", at=NOW))
    return events


def test_L1_a_whole_log_is_whole() -> None:
    assert broken_at(log()) is None
    assert broken_at([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "person:u-y"},
        {"kind": "anchor_removed"},
        {"data": {"n": 9}},
        {"at": NOW + dt.timedelta(seconds=1)},
        {"hash": "0" * 64},
    ],
    ids=str,
)
def test_L1_a_changed_entry_is_found(change: dict[str, object]) -> None:
    events = log()
    events[1] = replace(events[1], **change)  # type: ignore[arg-type]
    assert broken_at(events) == 2


def test_L1_a_removed_a_swapped_and_a_forged_entry_are_found() -> None:
    events = log()
    assert broken_at([*events[:1], *events[2:]]) == 2
    assert broken_at([events[1], events[0], *events[2:]]) == 1
    forged = follow(events[0], kind="x", data={}, actor="system", at=NOW)
    assert broken_at([events[0], forged, *events[2:]]) == 3
    assert broken_at(events[1:]) == 1
