"""The server dies between a revocation's commit and what follows from it: the room gets its new key all the same."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from server.distribution.model import SentKey, outgrown
from server.distribution.service import AUDIT_S
from server.fleet.model import Command
from tests.support import pdfs, poll
from tests.support.meetings import an_id
from tests.support.office import fresh_id
from tests.support.seat_twin import SeatTwin
from tests.support.theatre import Theatre
from wire.ids import DeviceId, MeetingId, RoomId

until = functools.partial(poll.until, timeout_s=30)


class Crash(BaseException):
    """The process is gone."""


class DiesAtTheBroker:
    """The access control of a server that is killed right after the commit."""

    def enforce(self, *, cut_off: Collection[DeviceId] = ()) -> bool:
        raise Crash(cut_off)

    def follow(self) -> None:
        raise Crash


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with Theatre(tmp_path) as theatre:
        yield theatre


def revoke_and_die(theatre: Theatre, seat: SeatTwin) -> None:
    fleet = theatre.office.services.fleet
    living, fleet.access = fleet.access, DiesAtTheBroker()
    with pytest.raises(Crash):
        fleet.revoke(Command("person:it", fresh_id("a"), dt.datetime.now(dt.UTC)), DeviceId(seat.device), reason="mất")
    fleet.access = living


def room_with_a_meeting(theatre: Theatre) -> tuple[SeatTwin, SeatTwin, MeetingId]:
    lost, stays = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.text_pdf())
    until(lambda: lost.is_complete(paper) and stays.is_complete(paper), what="both have the paper")
    return lost, stays, MeetingId(meeting)


def test_T8_a_server_that_died_after_a_revocation_begins_the_epoch_when_it_is_back(theatre: Theatre) -> None:
    lost, stays, meeting = room_with_a_meeting(theatre)
    revoke_and_die(theatre, lost)
    assert theatre.office.services.meetings.state(meeting).epoch == 1
    theatre.restart_distribution()
    until(lambda: 2 in stays.meetings[meeting].epochs, what="who stays has the new key")
    assert 2 not in lost.meetings[meeting].epochs
    assert theatre.office.services.meetings.state(meeting).epoch == 2, "one epoch, not one for each look"


def test_T8_a_revocation_nobody_was_told_of_is_found_by_the_audit(theatre: Theatre) -> None:
    lost, stays, meeting = room_with_a_meeting(theatre)
    revoke_and_die(theatre, lost)
    theatre.office.clock.advance(seconds=AUDIT_S + 1)
    until(lambda: 2 in stays.meetings[meeting].epochs, what="who stays has the new key")
    assert 2 not in lost.meetings[meeting].epochs
    theatre.office.clock.advance(seconds=AUDIT_S + 1)
    seq = theatre.office.services.meetings.state(meeting).seq
    welcomes = lost.welcomes
    lost.hello()
    stays.hello()
    until(lambda: stays.welcomes > 1, what="who stays is answered")
    assert lost.welcomes == welcomes
    assert theatre.office.services.meetings.state(meeting).seq == seq


MEETING, ROOM, OTHER = MeetingId(an_id("m", 1)), RoomId(an_id("r", 1)), RoomId(an_id("r", 2))
HERE, GONE = DeviceId(an_id("d", 1)), DeviceId(an_id("d", 2))


@pytest.mark.parametrize(
    ("epoch", "rooms", "found"),
    [
        (1, {HERE: ROOM}, True),
        (1, {HERE: ROOM, GONE: OTHER}, True),
        (1, {HERE: ROOM, GONE: ROOM}, False),
        (2, {HERE: ROOM}, False),
    ],
)
def test_an_epoch_is_outgrown_by_who_has_it_and_may_not(
    epoch: int, rooms: dict[DeviceId, RoomId], *, found: bool
) -> None:
    sent = [SentKey(MEETING, ROOM, HERE, epoch), SentKey(MEETING, ROOM, GONE, 1)]
    assert (outgrown(sent, newest={MEETING: epoch}, rooms=rooms) == {MEETING}) is found
