"""The chair hands the presenting to a reader, and takes it back (F1, W109)."""

from __future__ import annotations

import pytest

from server.meetings.commands import (
    By,
    CallBack,
    HandPresenting,
    Present,
    ShowOnDisplay,
    StartItem,
    Step,
    StopPresenting,
)
from server.meetings.model import Draft
from tests.support.meetings import (
    CHAIR,
    GUEST,
    ITEMS,
    MEMBER,
    OFFICE,
    PAPER,
    PRESENTER,
    SECRETARY,
    STRANGER,
    Play,
    an_id,
)
from wire.phases import Change
from wire.state import DisplayMode, Secrecy

HIDDEN = an_id("p", 2)


@pytest.fixture
def play() -> Play:
    """An open meeting with a paper under the second item."""
    play = Play()
    play.prepare(Change.SUBMIT, Change.APPROVE)
    for paper, item in ((PAPER, ITEMS[1]), (HIDDEN, ITEMS[0])):
        play.write(_published(paper, item))
    play(By(CHAIR), Step(Change.OPEN))
    return play


def _published(paper: str, item: str) -> tuple[Draft, ...]:
    data = {"paper": paper, "item": item, "title": "Báo cáo (demo)", "secrecy": Secrecy.NORMAL.value, "version": 1}
    data |= {"pages": 9, "size_bytes": 1, "plain_sha256": "ab" * 32, "owner": CHAIR, "signed": False}
    published = {"paper": paper, "version": 1, "manifest_sha256": "cd" * 32}
    return (
        Draft("paper_submitted", data),
        Draft("paper_approved", {"paper": paper}),
        Draft("paper_published", published),
    )


def test_F1_a_reader_presents_once_the_chair_has_let_them(play: Play) -> None:
    assert play.refused(By(MEMBER), Present(PAPER, 2)) == "not-allowed"
    play(By(CHAIR), HandPresenting(MEMBER))
    play(By(MEMBER), Present(PAPER, 2))
    shown = play.log.state.presenting
    assert shown is not None
    assert (shown.person, shown.page) == (MEMBER, 2)
    # Everybody is brought back by the chair alone.
    assert play.refused(By(MEMBER), CallBack()) == "not-allowed"
    play(By(MEMBER), StopPresenting())
    assert play.log.state.presenting is None
    assert play.log.state.presenter == MEMBER


def test_F1_taken_back_the_page_stays_and_is_the_chairs(play: Play) -> None:
    play(By(CHAIR), HandPresenting(MEMBER))
    play(By(MEMBER), Present(PAPER, 4))
    play(By(CHAIR), HandPresenting(None))
    shown = play.log.state.presenting
    assert shown is not None
    assert (shown.person, shown.page, play.log.state.presenter) == (CHAIR, 4, "")
    assert play.refused(By(MEMBER), Present(PAPER, 5)) == "not-allowed"


@pytest.mark.parametrize("word", ["", "Giải lao (demo)"])
def test_F1_F2_taken_back_what_stands_on_the_wall_stands(play: Play, word: str) -> None:
    play(By(CHAIR), HandPresenting(MEMBER))
    play(By(MEMBER), Present(PAPER, 4))
    play(By(CHAIR), ShowOnDisplay(DisplayMode.MESSAGE if word else DisplayMode.BLANK, word))
    wall = play.log.state.display
    play(By(CHAIR), HandPresenting(None))
    shown = play.log.state.presenting
    assert shown is not None
    assert (shown.person, shown.page, play.log.state.display) == (CHAIR, 4, wall)


def test_F1_handed_on_the_next_one_leads_and_the_one_before_does_not(play: Play) -> None:
    play(By(CHAIR), HandPresenting(MEMBER))
    play(By(CHAIR), HandPresenting(GUEST))
    assert play.refused(By(MEMBER), Present(PAPER, 1)) == "not-allowed"
    play(By(GUEST), Present(PAPER, 1))


def test_F1_the_same_page_may_be_taken_over(play: Play) -> None:
    play(By(CHAIR), Present(PAPER, 3))
    play(By(CHAIR), HandPresenting(MEMBER))
    play(By(MEMBER), Present(PAPER, 3))
    assert play.log.state.presenting is not None
    assert play.log.state.presenting.person == MEMBER


def test_F1_only_the_chair_hands_it_over_to_a_member_while_the_meeting_goes_on(play: Play) -> None:
    for by in (By(SECRETARY), By(MEMBER), By(PRESENTER), OFFICE):
        assert play.refused(by, HandPresenting(MEMBER)) in {"not-allowed", "not-a-member"}
    assert play.refused(By(CHAIR), HandPresenting(STRANGER)) == "presenter-not-a-member"
    play(By(CHAIR), Step(Change.CLOSE))
    assert play.refused(By(CHAIR), HandPresenting(MEMBER)) == "phase-not-allowed"


def test_W109_nobody_presents_what_is_not_theirs_to_read(play: Play) -> None:
    leaving = {"item": ITEMS[1], "person": MEMBER, "reason": "liên quan"}
    play(By(CHAIR), HandPresenting(MEMBER))
    play.write((Draft("member_recused", leaving),))
    assert play.refused(By(MEMBER), Present(PAPER, 1)) == "not-allowed"
    play(By(MEMBER), Present(HIDDEN, 1))
    play(By(CHAIR), StartItem(ITEMS[0]))
    assert play.refused(By(MEMBER), Present(HIDDEN, 2)) == "not-allowed"
