"""What the chair's page asks the server through the seat: who is ready for a vote (W126)."""

from __future__ import annotations

import pytest

from edge.commands import Answer, AskReady, Keep
from edge.events import Acked, LockAsked, ReadyAsked, SignOutAsked
from edge.questions import ANSWER_S, MOST
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import Playbook, act_id
from tests.support.token_play import TokenPlay
from wire.readiness import Counts, Opening, Short, Waited

CHAIR = named("u", "chair")
OPENING = Opening(named("v", "1"))
TOLD = Short(Counts(3, 3, 2), (Waited(named("u", "lan"), "Lan (demo)", "unready", "locked", "A3"),)).to_value()
ASKED = ReadyAsked(7, act_id(40), OPENING)


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def book(log: MeetingLog) -> Playbook:
    return TokenPlay(Playbook().enrolled().welcomed(log)).plug("chair").signed_in("chair").book


def test_W126_the_question_goes_out_once_and_its_answer_to_the_call_that_asked(book: Playbook) -> None:
    book.on(ASKED)
    assert book.does(AskReady) == AskReady(act_id(40), MEETING, CHAIR, OPENING)
    book.does_not(Keep, Answer)
    book.on(Acked(act_id(41), "done", "", TOLD))
    book.does_not(Answer)
    book.on(Acked(act_id(40), "done", "", TOLD))
    assert book.does(Answer) == Answer(7, "", TOLD)
    book.on(Acked(act_id(40), "done", "", TOLD))
    book.does_not(Answer)


def test_W126_a_refusal_and_what_cannot_be_read_are_said(book: Playbook) -> None:
    book.on(ASKED).on(Acked(act_id(40), "refused", "not-allowed", {}))
    assert book.answers(7) == "not-allowed"
    book.on(ASKED).on(Acked(act_id(40), "done", "", {"people": "all"}))
    assert book.answers(7) == "seat-bad-request"


def test_W126_without_the_server_it_is_said_at_once_and_asked_of_nobody_later(book: Playbook, log: MeetingLog) -> None:
    book.lost().on(ASKED)
    assert book.answers(7) == "offline"
    book.welcomed(log)
    book.does_not(AskReady)


def test_W126_no_answer_in_time_is_said_and_one_that_comes_late_is_dropped(book: Playbook) -> None:
    book.on(ASKED).after(ANSWER_S - 1)
    book.does_not(Answer)
    book.after(2)
    assert book.answers(7) == "offline"
    book.on(Acked(act_id(40), "done", "", TOLD))
    book.does_not(Answer)


def test_W126_whoever_has_the_seat_in_front_of_them_then_is_told_and_nobody_else(book: Playbook) -> None:
    book.on(ASKED).on(LockAsked(8)).on(Acked(act_id(40), "done", "", TOLD))
    assert book.does(Answer) == Answer(7, "session-locked")
    book.on(ASKED)
    assert book.answers(7) == "session-locked"
    book.on(SignOutAsked(9, act_id(42))).on(ASKED)
    assert book.answers(7) == "seat-sign-in-first"


def test_W126_asking_is_no_sign_of_life(book: Playbook) -> None:
    before = book.state.session
    book.after(3).on(ASKED)
    assert before is not None
    assert book.state.session is not None
    assert book.state.session.touched_s == before.touched_s


def test_W126_a_page_that_asks_and_asks_is_told_no(book: Playbook) -> None:
    for number in range(MOST):
        book.on(ReadyAsked(number, act_id(50 + number), OPENING))
        assert book.does(AskReady).act == act_id(50 + number)
    book.on(ASKED)
    assert book.answers(7) == "offline"
    book.does_not(AskReady)
