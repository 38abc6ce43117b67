"""Everybody of the main job at once, each at a screen of their own, on one running room.

Rules: who is who does not change; `look` is told the name of every scene worth looking at, with the screen that shows
it: the test examines it there, the pictures are taken there.

Usage::

    with chromium() as browser, running_room(tmp_path) as room:
        cast = Cast.at(room, browser, papers=folder, look=examine)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser

from deploy.demo import people
from tests.browser.pages_chair import Chair
from tests.browser.pages_display import WallDisplay
from tests.browser.pages_seat import SeatPerson
from tests.browser.pages_secretary import Secretary
from tests.browser.screen import DESK, SEAT, WALL, Screen
from tests.support.room_process import RunningRoom

Look = Callable[[Screen, str], None]


@dataclass
class Cast:
    """The room, its people, the folder with the papers; ``seats`` are at B1, B2, C1."""

    room: RunningRoom
    papers: Path
    look: Look
    secretary: Secretary
    chair: Chair
    seats: tuple[SeatPerson, ...]
    wall: WallDisplay

    @classmethod
    def at(cls, room: RunningRoom, browser: Browser, *, papers: Path, look: Look) -> Self:
        """Screens for all of them."""
        return cls(
            room=room,
            papers=papers,
            look=look,
            secretary=Secretary(Screen(browser, "secretary", size=DESK), room.console_url),
            chair=Chair(Screen(browser, "chair", size=DESK), room.console_url),
            seats=tuple(
                SeatPerson(Screen(browser, f"seat {label}", size=SEAT, touch=True), partial(room.seat_url, index))
                for index, label in enumerate(people.TERMINALS)
            ),
            wall=WallDisplay(Screen(browser, "display", size=WALL)),
        )

    @property
    def delegate(self) -> SeatPerson:
        """The one whose reading is followed closely, at B2."""
        return self.seats[1]

    @property
    def screens(self) -> tuple[Screen, ...]:
        """All six."""
        return (self.secretary.screen, self.chair.screen, *(seat.screen for seat in self.seats), self.wall.screen)
