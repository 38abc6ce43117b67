"""A meeting that says that it tries out another one (M5, W108)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, described, named
from tests.support.votes import prepared as prepared_vote
from wire import view
from wire.errors import BadField
from wire.ids import MeetingId
from wire.rehearsal import MARK, Rehearsal, titled

REAL = named("m", "real")
COPY = MeetingId(named("m", "copy"))


def rehearsed() -> MeetingLog:
    log = MeetingLog(COPY)
    log.add("meeting_created", {**described(), "rehearsal": {"of": REAL, "seq": 7}})
    first = MeetingLog().created()
    for event in first.events[1:]:
        log.add(event.kind, event.data)
    log.add("meeting_submitted")
    log.add("meeting_approved")
    log.add("meeting_opened")
    return log


def test_W108_the_first_event_says_what_is_tried_out_and_every_screen_is_told() -> None:
    log = rehearsed()
    assert log.state.rehearsal == Rehearsal(REAL, 7)
    for reader in (None, named("u", "lan")):
        assert view.sections(view.for_person(log.state, reader))["meeting"]["rehearsal_of"] == REAL
    assert view.sections(view.for_display(log.state))["meeting"]["rehearsal_of"] == REAL
    assert view.sections(MeetingLog().prepared().state)["meeting"]["rehearsal_of"] is None


def test_W108_no_later_event_makes_a_rehearsal_of_a_meeting_or_a_meeting_of_a_rehearsal() -> None:
    real, copy = MeetingLog().created(), rehearsed()
    with pytest.raises(BadField):
        real.add("meeting_described", {**described(), "rehearsal": {"of": REAL, "seq": 7}})
    copy.add("meeting_described", described())
    assert copy.state.rehearsal is not None


@pytest.mark.parametrize("broken", [{"of": "m-x", "seq": 7}, {"of": REAL, "seq": 0}, {"of": REAL}, {}])
def test_W108_a_rehearsal_names_its_meeting_and_how_far_it_was(broken: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        MeetingLog(COPY).add("meeting_created", {**described(), "rehearsal": broken})


SIGNED: list[tuple[str, dict[str, Any]]] = [
    (
        "attendance_recorded",
        {"person": named("u", "lan"), "presence": "present", "method": "token", "statement": "ab" * 32},
    ),
    ("meeting_closed", {"statement": "ab" * 32}),
    ("vote_prepared", prepared_vote("v", kind="named")),
]


@pytest.mark.parametrize(("kind", "data"), SIGNED)
def test_W108_every_reader_refuses_what_was_signed_in_a_rehearsal(kind: str, data: dict[str, Any]) -> None:
    real = MeetingLog().prepared()
    real.add("meeting_opened")
    real.add(kind, data)
    copy = rehearsed()
    with pytest.raises(BadField, match="signed"):
        copy.add(kind, data)


def test_W108_a_title_says_it_whatever_its_length() -> None:
    assert titled("Họp giao ban") == "CHẠY THỬ – Họp giao ban"
    assert titled("x" * 500).startswith(MARK)
    assert len(titled("x" * 500)) == 500
