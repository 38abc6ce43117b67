"""What lies in front goes with the person: after a lock, and to the next seat (I2, W83, W84)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.commands import SaveSession, SendFront
from edge.events import Acked, Laid, LockAsked
from edge.model import Session
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import Playbook, act_id
from tests.support.token_play import TokenPlay
from wire.front import Front, carried
from wire.ids import PaperId
from wire.topics import PaperVersion

LAN = named("u", "lan")
FRONT = Front(PaperVersion(PaperId(named("p", "report")), 1), page=7, follows=False, call=2)
OTHER = replace(FRONT, page=9)
VALUE = {"paper": named("p", "report"), "version": 1, "page": 7, "follows": False, "call": 2}


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


@pytest.fixture
def play(log: MeetingLog) -> TokenPlay:
    return TokenPlay(Playbook().enrolled().welcomed(log))


def test_W83_what_the_page_says_is_kept_sent_and_shown_to_its_person(play: TokenPlay) -> None:
    book = play.plug("lan").signed_in("lan").book
    assert not book.sections["front"]
    book.on(Laid(FRONT))
    assert book.does(SendFront) == SendFront(MEETING, LAN, FRONT)
    assert book.does(SaveSession).session == book.state.session
    assert book.sections["front"] == VALUE
    book.on(Laid(FRONT))
    book.does_not(SendFront, SaveSession)


def test_W83_nobody_signed_in_or_locked_lays_nothing(play: TokenPlay) -> None:
    play.book.on(Laid(FRONT))
    play.book.does_not(SendFront)
    book = play.plug("lan").signed_in("lan").book.on(Laid(FRONT)).on(LockAsked(5))
    assert book.sections["front"] is None, "a locked seat does not say what its person reads"
    book.on(Laid(OTHER))
    book.does_not(SendFront)


def test_I2_out_and_in_at_the_same_seat_is_the_same_page(play: TokenPlay) -> None:
    book = play.plug("lan").signed_in("lan").book.on(Laid(FRONT))
    play.pull().plug("lan").signed_in("lan", 2)
    assert book.sections["front"] == VALUE


def test_D3_without_the_server_the_same_page_and_it_is_told_afterwards(play: TokenPlay, log: MeetingLog) -> None:
    book = play.plug("lan").signed_in("lan").book.lost().on(Laid(FRONT))
    book.does_not(SendFront)
    play.pull().plug("lan").types_pin(2).signs(2)
    assert (book.where, book.sections["front"]) == ("signed_in", VALUE)
    book.welcomed(log)
    assert book.does(SendFront) == SendFront(MEETING, LAN, FRONT)


def test_W84_a_sign_in_with_a_token_brings_the_page_of_the_seat_before(play: TokenPlay) -> None:
    play.plug("lan").types_pin(1).challenged(1).signs(1)
    play.book.on(Acked(act_id(1), "done", "", {"seq": 4, "person": LAN, "carried": {"front": VALUE}}))
    assert play.book.sections["front"] == VALUE


def test_W84_the_servers_word_is_newer_than_what_was_here(play: TokenPlay) -> None:
    book = play.plug("lan").signed_in("lan").book.on(Laid(OTHER))
    play.pull().plug("lan").types_pin(2).challenged(2).signs(2)
    book.on(Acked(act_id(2), "done", "", {"seq": 4, "person": LAN, "carried": {"front": VALUE}}))
    assert book.sections["front"] == VALUE


def test_I2_another_persons_page_is_never_theirs(play: TokenPlay) -> None:
    book = play.plug("lan").signed_in("lan").book.on(Laid(FRONT))
    play.pull().plug("chair").signed_in("chair", 2)
    assert book.sections["front"] is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"carried": None},
        {"carried": {}},
        {"carried": {"front": None}},
        {"carried": {"front": {**VALUE, "page": 0}}},
        {"carried": {"front": {**VALUE, "more": 1}}},
        {"carried": {"front": {**VALUE, "paper": "p-1"}}},
    ],
)
def test_W84_what_cannot_be_read_keeps_nobody_out(play: TokenPlay, data: dict[str, object]) -> None:
    assert carried(data) is None
    play.plug("lan").types_pin(1).challenged(1).signs(1)
    play.book.on(Acked(act_id(1), "done", "", {"seq": 4, "person": LAN, **data}))
    assert (play.book.where, play.book.sections["front"]) == ("signed_in", None)


def test_W84_members_of_carried_that_are_not_known_yet_are_left_alone() -> None:
    assert carried({"carried": {"front": VALUE, "marks": {"of": "later"}}}) == FRONT


def test_W83_the_list_of_papers_has_no_page() -> None:
    listed = Front(follows=True, call=3)
    assert listed.to_value() == {"follows": True, "call": 3}
    assert carried({"carried": {"front": listed.to_value()}}) == listed
    assert Session(MEETING, LAN, touched_s=0.0).front is None
