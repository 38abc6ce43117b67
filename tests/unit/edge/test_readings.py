"""What is read at a seat: noted at once, told now and then, through recalls and power cuts (P5, W127, W128)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from edge.events import PageSeen
from edge.model import Now
from edge.readings import EVERY_S, turn
from edge.readings_book import NAME
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import BEGIN, TwinMeeting, TwinPaper
from wire.fields import Fields
from wire.ids import PaperId
from wire.readings import read_batch
from wire.topics import PaperVersion

LAN = named("u", "lan")


def see(seat: TestSeat, paper: TwinPaper, *pages: int) -> None:
    """Pages lie in front of Lan, one after the other."""
    for page in pages:
        seat.on.handle(PageSeen((paper.manifest.meeting, LAN), paper.manifest.key, page))


def turns(room: SeatRoom, seat: TestSeat, count: int = 1) -> None:
    """Time goes on until the seat has had so many turns, and its answer to the last."""
    before = turn(seat.on.state, _at(room.clock.s))
    while turn(seat.on.state, _at(room.clock.s)) < before + count:
        room.run(1)
    # What is answered at once is told before the next turn, whatever the seat is called.
    room.run(2)


def ahead_s(seat: TestSeat) -> float:
    """How far the page is told that the server's clock is ahead."""
    assert seat.outside.screen is not None
    return seat.outside.screen.ahead_s


def told(room: SeatRoom) -> list[tuple[str | None, list[int]]]:
    """Of whom which pages were told, act by act; 0: opened."""
    return [(act.person, [each.page for each in read_batch(Fields(act.data, "data"))]) for act in room.twin.readings]


def test_W128_a_room_that_turns_pages_says_it_once_in_two_minutes(
    room: SeatRoom, seat: TestSeat, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    turns(room, seat)
    for page in (1, 2, 3, 2, 1, 2, 3) * 4:
        see(seat, paper, page)
        room.run(3)
    assert len(room.twin.readings) <= 1
    turns(room, seat)
    assert [(who, sorted(pages)) for who, pages in told(room)] == [(LAN, [0, 1, 2, 3])]
    turns(room, seat, 2)
    see(seat, paper, 1)
    turns(room, seat)
    assert len(room.twin.readings) == 1
    room.clock.s += 700
    see(seat, paper, 1)
    turns(room, seat)
    assert told(room)[1:] == [(LAN, [0])]


def test_W128_five_hundred_seats_that_read_at_once_tell_one_after_the_other(seat: TestSeat) -> None:
    state = seat.on.state
    seats = [replace(state, identity=replace(state.identity, device=named("d", str(n)))) for n in range(500)]
    a_second = [
        sum(turn(each, _at(second)) != turn(each, _at(second + 1)) for each in seats)
        for second in range(1000, 1000 + int(EVERY_S))
    ]
    assert sum(a_second) == 500
    assert max(a_second) <= 15


def _at(s: float) -> Now:
    return Now(s, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))


def test_P5_what_was_read_is_told_after_a_power_cut_a_recall_and_another_person(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.disconnect()
    see(seat, paper, 1, 2)
    seat.lose_power()
    room.twin.add(meeting, "meeting_opened")
    room.twin.close(meeting)
    seat.start()
    seat.connect()
    room.run(5)
    assert seat.where == "recalled"
    assert NAME in seat.disk.all_names()
    turns(room, seat)
    assert [(who, sorted(pages)) for who, pages in told(room)] == [(LAN, [0, 1, 2])]
    turns(room, seat, 2)
    assert len(room.twin.readings) == 1


def test_W127_without_an_answer_it_is_told_again_and_refused_for_good_it_is_given_up(
    room: SeatRoom, seat: TestSeat, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    turns(room, seat)
    see(seat, paper, 1)
    room.twin.readings_outcome = None
    turns(room, seat, 2)
    assert len(room.twin.readings) == 2
    assert told(room)[0] == told(room)[1]
    room.twin.readings_outcome = ("refused", "readings-flood")
    turns(room, seat)
    room.twin.readings_outcome = ("refused", "readings-refused")
    turns(room, seat, 2)
    assert len(room.twin.readings) == 4
    room.clock.s += 700
    see(seat, paper, 2)
    room.twin.readings_outcome = ("done", "")
    turns(room, seat, 2)
    # So much later it is another opening.
    assert told(room)[4:] == [(LAN, [0, 2])]


def test_W127_more_than_an_act_takes_follows_at_once(room: SeatRoom, seat: TestSeat, paper: TwinPaper) -> None:
    seat.sign_in("lan")
    room.run(1)
    see(seat, paper, *range(1, 901))
    turns(room, seat)
    assert [len(pages) for _, pages in told(room)] == [400, 400, 101]
    assert sorted(page for _, pages in told(room) for page in pages) == list(range(901))


def test_W127_moments_are_the_servers_when_the_terminals_clock_is_set_and_the_agent_starts_again(
    room: SeatRoom, seat: TestSeat, paper: TwinPaper
) -> None:
    seat.disconnect()
    room.clock.jump_s = -3 * 86_400.0
    seat.connect()
    room.run(2)
    seat.sign_in("lan")
    room.run(1)
    assert ahead_s(seat) == pytest.approx(3 * 86_400.0, abs=60)
    seat.disconnect()
    room.clock.jump_s = 0.0
    room.run(1)
    assert ahead_s(seat) == pytest.approx(0.0, abs=60)
    see(seat, paper, 1)
    seat.kill()
    room.clock.jump_s = -86_400.0
    seat.start()
    see(seat, paper, 2)
    room.clock.jump_s = 0.0
    seat.connect()
    turns(room, seat)
    (act,) = room.twin.readings
    read = read_batch(Fields(act.data, "data"))
    assert [each.page for each in read] == [0, 1, 2]
    assert {each.at.date() for each in read} == {BEGIN.date()}


def test_P7_a_full_disk_keeps_nobody_from_reading_and_what_was_read_is_told_from_memory(
    room: SeatRoom, seat: TestSeat, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    seat.disk.capacity = 0
    see(seat, paper, 1)
    assert seat.on.state.fault == ""
    seat.disk.capacity = 1 << 30
    turns(room, seat)
    assert told(room) == [(LAN, [0, 1])]


def test_M5_neither_a_file_to_be_signed_nor_another_meeting_is_noted(
    room: SeatRoom, seat: TestSeat, paper: TwinPaper
) -> None:
    seat.sign_in("lan")
    room.run(1)
    strange = PaperVersion(PaperId(named("p", "round")), 1)
    seat.on.handle(PageSeen((paper.manifest.meeting, LAN), strange, 1))
    seat.on.handle(PageSeen((named("m", "other"), LAN), paper.manifest.key, 1))
    turns(room, seat)
    assert room.twin.readings == []
