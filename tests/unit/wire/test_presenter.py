"""Whom the chair lets present (F1, W109)."""

from __future__ import annotations

import pytest

from tests.support.meeting_log import MeetingLog, member, named
from wire import view
from wire.errors import BadField


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("presenter_set", {"person": named("u", "lan")})
    return log


def shown(log: MeetingLog) -> str | None:
    found: str | None = view.sections(view.for_person(log.state, named("u", "guest")))["meeting"]["presenter"]
    return found


def test_W109_everybody_is_told_who_presents_and_when_it_is_taken_back(log: MeetingLog) -> None:
    assert shown(log) == named("u", "lan")
    log.add("presenter_set")
    assert shown(log) is None


def test_W109_only_a_member_is_let_present(log: MeetingLog) -> None:
    with pytest.raises(BadField):
        log.add("presenter_set", {"person": named("u", "stranger")})


def test_W109_it_ends_with_the_item_the_membership_and_the_meeting(log: MeetingLog) -> None:
    lan = {"person": named("u", "lan")}
    log.add("item_started", {"item": named("i", "two")})
    assert shown(log) is None
    log.add("presenter_set", lan)
    log.add("presenting_stopped")
    assert shown(log) == named("u", "lan")
    log.add("members_set", {"members": [member("chair", "chair"), member("guest", "guest")]})
    assert shown(log) is None
    log.add("members_set", {"members": [member("chair", "chair"), member("guest", "guest"), member("lan", "member")]})
    log.add("presenter_set", lan)
    log.add("meeting_closed")
    assert log.state.presenter == ""
