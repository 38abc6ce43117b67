"""Rule W47: which items are in progress."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, item, named
from wire.view import for_display, for_person, sections

_GOLDEN = Path(__file__).resolve().parents[2] / "vectors" / "agenda-progress.json"
_STEPS: list[dict[str, Any]] = json.loads(_GOLDEN.read_text(encoding="utf-8"))["steps"]
_SUBS = [item("two.a", parent="two"), item("two.b", parent="two")]


def _opened(*items: dict[str, Any]) -> MeetingLog:
    log = MeetingLog().created()
    log.add("agenda_set", {"items": [item("one"), item("two"), *_SUBS, item("three"), *items]})
    for kind in ("meeting_submitted", "meeting_approved", "meeting_opened"):
        log.add(kind)
    return log


def _start(log: MeetingLog, name: str) -> None:
    log.add("item_started", {"item": named("i", name)})


def _states(log: MeetingLog) -> dict[str, str]:
    return {each["number"]: each["state"] for each in sections(log.state)["agenda"]}


def test_W47_a_parent_is_in_progress_while_its_sub_item_is() -> None:
    log = _opened()
    _start(log, "two")
    began = log.events[-1].at
    _start(log, "two.a")
    assert _states(log) == {"1": "waiting", "2": "active", "2.1": "active", "2.2": "waiting", "3": "waiting"}
    two = log.state.item(named("i", "two"))
    assert two is not None
    assert (two.started_at, two.ended_at) == (began, None)


def test_W47_a_sub_item_that_is_started_at_once_begins_its_parent() -> None:
    log = _opened()
    _start(log, "two.b")
    assert _states(log) == {"1": "waiting", "2": "active", "2.1": "waiting", "2.2": "active", "3": "waiting"}


def test_W47_a_parent_is_done_when_the_meeting_goes_on_and_not_before() -> None:
    log = _opened()
    for name in ("two", "two.a", "two.b"):
        _start(log, name)
        assert _states(log)["2"] == "active"
    _start(log, "three")
    assert _states(log) == {"1": "waiting", "2": "done", "2.1": "done", "2.2": "done", "3": "active"}
    two = log.state.item(named("i", "two"))
    assert two is not None
    assert two.ended_at == log.events[-1].at


def test_W47_the_innermost_item_in_progress_is_the_one_dealt_with() -> None:
    log = _opened()
    for name in ("two", "two.b"):
        _start(log, name)
    active = log.state.active_item
    assert active is not None
    assert active.item == named("i", "two.b")


def test_W47_nothing_is_in_progress_after_the_end() -> None:
    log = _opened()
    _start(log, "two.b")
    log.add("meeting_closed")
    assert set(_states(log).values()) == {"waiting", "done"}
    assert log.state.active_item is None


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (
            [item("one"), item("two"), item("three"), item("two.b", parent="three")],
            {"1": "waiting", "2": "done", "3": "active", "3.1": "active"},
        ),
        ([item("two.b"), item("two"), item("one")], {"1": "active", "2": "done", "3": "waiting"}),
        ([item("one"), item("two"), item("three")], {"1": "waiting", "2": "active", "3": "waiting"}),
        ([item("one"), item("three")], {"1": "waiting", "2": "waiting"}),
    ],
    ids=["under another parent", "to the top", "taken away", "taken away with its parent"],
)
def test_W47_a_rearranged_agenda_keeps_the_item_dealt_with(
    items: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    log = _opened()
    for name in ("two", "two.b"):
        _start(log, name)
    log.add("agenda_set", {"items": items})
    assert _states(log) == expected


def test_W47_who_may_not_see_the_sub_item_sees_its_parent_in_progress() -> None:
    log = _opened(item("four"), item("four.a", parent="four", visibility="hidden"))
    _start(log, "four.a")
    seen = for_person(log.state, named("u", "lan")).active_item
    assert seen is not None
    assert seen.item == named("i", "four")
    shown = for_display(log.state).active_item
    assert shown is not None
    assert shown.item == named("i", "four.a")


@pytest.mark.parametrize("step", _STEPS, ids=[str(step["current"]) for step in _STEPS])
def test_W47_the_golden_agendas_are_one_chain(step: dict[str, Any]) -> None:
    numbers = [each["number"] for each in step["agenda"] if each["state"] == "active"]
    current = step["current"]
    assert numbers == ([] if current is None else [current[:end] for end in range(1, len(current) + 1, 2)])
