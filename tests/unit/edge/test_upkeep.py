"""A dark screen and a place under maintenance, as the seat decides them (W187–W189, W191)."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from edge.errors import KeptFree, ScreenInUse
from edge.events import CardCame, CardsWatched, Woken
from edge.helped import RunSoon
from edge.upkeep import AROUND, TOUCH_S, UNSAID_S, VIETNAM, Sight, is_dark, is_lit_by
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import TwinMeeting
from wire.messages import Hours, Maintenance

#: A Wednesday at ten, and the hours of an office.
NOON = dt.datetime(2026, 11, 25, 10, tzinfo=VIETNAM)
NIGHT = NOON.replace(hour=22)
OFFICE = Hours(7 * 60, 17 * 60 + 30, off=(dt.date(2026, 11, 26),), worked=(dt.date(2026, 11, 28),))
MEETING = (NIGHT.replace(hour=23), NIGHT.replace(hour=23) + dt.timedelta(minutes=30))

LIT, DARK = False, True
TABLE = {
    "no hours": (Sight(NIGHT), LIT),
    "nobody knows the hour": (Sight(None, OFFICE), LIT),
    "within the hours": (Sight(NOON, OFFICE), LIT),
    "at night": (Sight(NIGHT, OFFICE), DARK),
    "somebody sits there at night": (Sight(NIGHT, OFFICE, in_use=True), LIT),
    "touched at night": (Sight(NIGHT, OFFICE, touched_ago_s=TOUCH_S - 1), LIT),
    "touched long ago": (Sight(NIGHT, OFFICE, touched_ago_s=TOUCH_S), DARK),
    "a meeting goes on": (Sight(NIGHT, OFFICE, meetings=(None,)), LIT),
    "a meeting goes on and nobody knows the hour": (Sight(None, meetings=(None,), ordered="dark"), LIT),
    "more than an hour before a meeting": (Sight(NIGHT - dt.timedelta(minutes=1), OFFICE, meetings=(MEETING,)), DARK),
    "an hour before a meeting": (Sight(NIGHT, OFFICE, meetings=(MEETING,)), LIT),
    "soon after its planned end": (Sight(MEETING[1] + AROUND * 0.9, OFFICE, meetings=(MEETING,)), LIT),
    "long after its planned end": (Sight(MEETING[1] + AROUND, OFFICE, meetings=(MEETING,)), DARK),
    "ordered dark by day": (Sight(NOON, OFFICE, ordered="dark"), DARK),
    "ordered dark without hours": (Sight(None, ordered="dark"), DARK),
    "ordered dark, and touched": (Sight(NOON, OFFICE, ordered="dark", touched_ago_s=3), LIT),
    "ordered dark while somebody sits there": (Sight(NOON, OFFICE, ordered="dark", in_use=True), LIT),
    "ordered dark during a meeting": (Sight(NOON, OFFICE, ordered="dark", meetings=(None,)), LIT),
    "ordered light at night": (Sight(NIGHT, OFFICE, ordered="light"), LIT),
}


@pytest.mark.parametrize("which", TABLE)
def test_W188_what_lights_a_screen(which: str) -> None:
    sight, dark = TABLE[which]
    assert is_dark(sight) is dark


@pytest.mark.parametrize(
    ("day", "hour", "minute", "lit"),
    [
        (25, 6, 59, False),
        (25, 7, 0, True),
        (25, 17, 29, True),
        (25, 17, 30, False),
        (26, 10, 0, False),  # a holiday
        (28, 10, 0, True),  # a Saturday that is worked
        (29, 10, 0, False),
    ],
)
def test_W188_the_hours_are_those_of_vietnam_on_days_that_are_worked(
    *, day: int, hour: int, minute: int, lit: bool
) -> None:
    at = dt.datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM).astimezone(dt.UTC)
    assert is_lit_by(OFFICE, at) is lit


ONE, TWO, THREE = (named("a", each) for each in ("first", "second", "third"))


def order(room: SeatRoom, seat: TestSeat, which: str, kind: str) -> None:
    room.twin.order(seat.signer.key_id, which, kind)
    room.run(1)


def keep(room: SeatRoom, seat: TestSeat, *, hours: Hours | None = None, why: str = "") -> None:
    now = room.clock.now()
    room.twin.keep(seat.signer.key_id, hours=hours, maintenance=Maintenance(why, now, "B2") if why else None)
    room.run(1)


def upkeep(seat: TestSeat) -> dict[str, Any]:
    found: dict[str, Any] = seat.sections["upkeep"]
    return found


def never(room: SeatRoom) -> Hours:
    """Hours in which it is dark now: the minute has passed."""
    at = room.clock.now().astimezone(VIETNAM)
    return Hours(0, 1, worked=(at.date(),))


def test_W188_a_dark_screen_is_lit_by_a_touch_and_dark_again_when_nobody_came(room: SeatRoom, seat: TestSeat) -> None:
    order(room, seat, ONE, "dark")
    assert upkeep(seat)["dark"]
    health = room.twin.devices[seat.signer.key_id].health
    assert health is not None
    seat.on.handle(Woken())
    assert not upkeep(seat)["dark"], "with the very touch"
    room.run(TOUCH_S - 10, tick_s=5)
    assert not upkeep(seat)["dark"]
    room.run(15, tick_s=5)
    assert upkeep(seat)["dark"]
    order(room, seat, TWO, "light")
    assert not upkeep(seat)["dark"]
    seat.on.handle(Woken())
    order(room, seat, THREE, "dark")
    assert upkeep(seat)["dark"], "whoever touched it has left"
    assert room.twin.obeyed == [(ONE, "done", ""), (TWO, "done", ""), (THREE, "done", "")]


def test_W188_a_token_lights_it_and_what_is_ordered_ends_where_the_hours_turn(room: SeatRoom, seat: TestSeat) -> None:
    keep(room, seat, hours=never(room))
    assert upkeep(seat)["dark"]
    order(room, seat, ONE, "light")
    assert not upkeep(seat)["dark"]
    order(room, seat, TWO, "dark")
    seat.on.handle(CardsWatched(""))
    seat.on.handle(CardCame("reader", 1))
    assert not upkeep(seat)["dark"]
    # As at every start: within the hours nothing of the order is left.
    keep(room, seat, hours=Hours(0, 1_440, worked=(room.clock.now().astimezone(VIETNAM).date(),)))
    assert seat.on.state.upkeep.ordered == ""


def test_W188_where_a_meeting_goes_on_it_stays_lit_and_says_why(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    keep(room, seat, hours=never(room))
    room.twin.add(meeting, "meeting_opened")
    room.run(1)
    order(room, seat, ONE, "dark")
    assert not upkeep(seat)["dark"]
    assert room.twin.obeyed == [(ONE, "refused", ScreenInUse.code)]


def test_W187_hours_are_kept_without_the_server_and_over_a_restart_of_the_agent(room: SeatRoom, seat: TestSeat) -> None:
    keep(room, seat, hours=never(room))
    seat.disconnect()
    room.run(UNSAID_S + 60, tick_s=5)
    assert upkeep(seat)["dark"]
    seat.kill()
    seat.start()
    room.run(15)
    assert (seat.where, upkeep(seat)["dark"]) == ("waiting", True)
    # Another start of the machine knows neither the hour nor what was said.
    seat.lose_power()
    seat.start()
    room.run(15)
    assert not upkeep(seat)["dark"]


def test_W187_what_is_not_said_again_after_a_welcome_is_forgotten(room: SeatRoom, seat: TestSeat) -> None:
    keep(room, seat, hours=never(room), why="Hỏng màn hình")
    for still_kept in (True, False):
        if not still_kept:
            room.twin.devices[seat.signer.key_id].keeping = (None, None)
        seat.disconnect()
        room.run(1)
        seat.connect()
        room.run(UNSAID_S + 2)
        assert (upkeep(seat)["maintenance"] is not None) is still_kept
        assert upkeep(seat)["dark"] is still_kept


def test_W189_nobody_signs_in_under_maintenance_and_it_is_shown_why(
    room: SeatRoom, seat: TestSeat, meeting: TwinMeeting
) -> None:
    keep(room, seat, why="Thay đầu đọc thẻ")
    assert seat.where == "maintenance"
    assert upkeep(seat)["maintenance"]["reason"] == "Thay đầu đọc thẻ"
    assert upkeep(seat)["maintenance"]["instead"] == "B2"
    assert (seat.sections["meeting"], seat.sections["choices"]) == (None, [])
    request = seat.sign_in("lan")
    room.run(2)
    assert seat.answer(request) == KeptFree.code
    seat.kill()
    seat.start()
    seat.connect()
    room.run(2)
    assert seat.where == "maintenance"
    keep(room, seat)
    assert seat.where == "welcome"


def test_W189_who_is_signed_in_goes_on_and_is_told(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting) -> None:
    seat.sign_in("lan")
    room.run(2)
    keep(room, seat, why="Thay đầu đọc thẻ")
    assert seat.where == "signed_in"
    assert upkeep(seat)["maintenance"]["reason"] == "Thay đầu đọc thẻ"
    seat.sign_out()
    room.run(2)
    assert seat.where == "maintenance"


def test_W191_the_machine_is_switched_off_by_whoever_may_and_else_it_is_said(room: SeatRoom, seat: TestSeat) -> None:
    asked: list[str] = []
    order(room, seat, ONE, "off")
    seat.on._ports.power_off = lambda: asked.append("off")  # noqa: SLF001 - what the agent gives it at its start
    order(room, seat, TWO, "off")
    assert asked == ["off"]
    assert room.twin.obeyed == [(ONE, "refused", "seat-cannot-power-off"), (TWO, "done", "")]


def test_W191_a_seat_that_is_a_program_says_so_and_ends_no_computer(room: SeatRoom, seat: TestSeat) -> None:
    asked: list[str] = []
    ports = seat.on._ports  # noqa: SLF001 - what the agent gives it at its start
    ports.is_program, ports.power_off, ports.restart = True, lambda: asked.append("off"), lambda: asked.append("again")
    order(room, seat, ONE, "off")
    order(room, seat, TWO, "restart")
    assert asked == []
    assert [code for _, _, code in room.twin.obeyed] == ["seat-is-program"] * 2


def test_W191_a_command_that_ends_the_machine_runs_after_the_answer(tmp_path: Path) -> None:
    done = tmp_path / "off"
    with pytest.raises(FileNotFoundError):
        RunSoon(str(tmp_path / "nothing"))()
    before = set(threading.enumerate())
    RunSoon(f"touch {done}", rest_s=3_600)()
    [timer] = set(threading.enumerate()) - before
    assert isinstance(timer, threading.Timer)
    assert not done.exists(), "whoever asked is answered first"
    timer.cancel()
    timer.function()
    assert done.exists()
