"""Service calls in the log (D6, W91)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, member, named
from tests.unit.wire.test_quorum import described
from wire import view
from wire.errors import BadField, WireError
from wire.service import KEPT, OPEN, TABLE, open_calls
from wire.state import CallState
from wire.visibility import for_display, for_person


def _log() -> MeetingLog:
    log = MeetingLog()
    log.add("meeting_created", described(None))
    people = [("chair", "chair"), ("an", "member"), ("binh", "member")]
    log.add("members_set", {"members": [member(name, role) for name, role in people]})
    return log


def asked(call: str, person: str = "an") -> dict[str, Any]:
    return {"call": named("a", call), "person": named("u", person), "seat_label": "A3", "kind": "water"}


def moved(call: str, outcome: str | None = None) -> tuple[str, dict[str, Any]]:
    data = {"call": named("a", call), "by": "Văn thư (demo)"}
    return ("service_taken", data) if outcome is None else ("service_ended", {**data, "outcome": outcome})


def test_W91_a_call_is_asked_taken_and_done_and_shows_who_took_it() -> None:
    log = _log()
    log.add("service_asked", asked("one"))
    log.add(*moved("one"))
    (shown,) = view.sections(for_person(log.state, named("u", "an")))["service"]
    assert (shown["state"], shown["by"], shown["seat_label"]) == ("taken", "Văn thư (demo)", "A3")
    assert view.sections(for_person(log.state, named("u", "binh")))["service"] == []
    assert for_display(log.state).calls == ()
    log.add(*moved("one", "done"))
    assert open_calls(log.state) == ()
    for again in (moved("one"), moved("one", "cancelled"), ("service_asked", asked("one")), moved("two")):
        with pytest.raises(BadField):
            log.add(*again)


@given(st.lists(st.tuples(st.integers(0, 80), st.sampled_from(["ask", "take", "done", "cancelled"])), max_size=200))
def test_W91_calls_go_forward_only_and_the_state_stays_small(steps: list[tuple[int, str]]) -> None:
    log = _log()
    before: dict[str, CallState] = {}
    for number, what in steps:
        kind, data = (
            ("service_asked", asked(str(number)))
            if what == "ask"
            else moved(str(number), None if what == "take" else what)
        )
        try:
            log.add(kind, data)
        except WireError:
            continue
        now = {each.call: each.state for each in log.state.calls}
        for call, state in now.items():
            assert call not in before or state is before[call] or state in TABLE[before[call]]
        assert {call for call, state in before.items() if state in OPEN} <= now.keys()
        before = now
    assert sum(1 for state in before.values() if state not in OPEN) <= KEPT + 81
