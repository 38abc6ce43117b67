"""Everybody's screens during a vote: chair's console, three seats, the room's display.

Usage::

    scene = Scene(house); scene.arrive()
    scene.look(scene.chair.screen, "chair-prepare")
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.chromium import recoloured
from tests.browser.pages_chair import Chair
from tests.browser.pages_display import WallDisplay
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import DESK, SEAT, WALL, Screen
from tests.browser.tokens.house import House
from tests.support.vote_room import VOTERS, VoteMeeting

_PICTURES: Final = Path(__file__).resolve().parents[3] / "test-results" / "voting"


class Scene:
    """Everybody's screens, and what is wrong with them."""

    def __init__(self, house: House) -> None:
        room = house.room.room
        self.meeting = VoteMeeting.made(room)
        self.meeting.sit_down()
        self.chair = Chair(house.screen("chair", size=DESK), room.console_url)
        self.seats = [
            SeatPerson(house.screen(f"seat {n}", size=SEAT, touch=True), lambda n=n: room.seat_url(n))  # type: ignore[misc]
            for n in range(len(VOTERS))
        ]
        self.wall = WallDisplay(house.screen("display", size=WALL))
        self.flaws: list[str] = []

    @property
    def screens(self) -> list[Screen]:
        return [self.chair.screen, *(seat.screen for seat in self.seats), self.wall.screen]

    def look(self, screen: Screen, name: str) -> None:
        """Examine it, and take its picture in both themes."""
        _PICTURES.mkdir(parents=True, exist_ok=True)
        self.flaws += [f"{name}: {flaw}" for flaw in screen.flaws()]
        for theme in ("dark", "light"):
            screen.themed(theme)
            recoloured(screen.page)
            screen.page.screenshot(path=_PICTURES / f"{name}-{theme}.png")

    def arrive(self) -> None:
        """Console, seats and wall show the meeting."""
        self.wall.starts(self.meeting.room.display_url)
        for seat in self.seats:
            seat.switches_on()
            expect(seat.page.get_by_role("complementary", name="Thao tác")).to_be_visible(timeout=30_000)
        self.chair.arrives()
        self.chair.signs_in(people.CHAIR)
        self.chair.screen.opens(f"{self.meeting.room.console_url}#/meetings/{self.meeting.meeting}/live")
