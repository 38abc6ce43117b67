"""One real room for all the tests of this folder, because nothing in the suite takes longer than starting one.

Rules: a test gets the room with nobody signed in, no token in, all tries left and a meeting open, and leaves it in any
state; the PIN is marked, so that it would be found wherever a test left it. Everything travels past a tap.

Usage::

    with house(tmp_path) as made:
        deputy = made.holder(0, people.DEPUTY)
        made.tidied()
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright, sync_playwright

from deploy.demo import people
from tests.browser.chromium import Profile, launched
from tests.browser.screen import SEAT, Screen
from tests.browser.tokens.holder import Holder
from tests.support.token_room import TokenRoom, token_room
from tests.support.wire_tap import WireTap, tapped
from wire.ids import DeviceId

#: Letters and digits, as the policy of a government token wants; no other text of a room has its first six.
PIN: Final = "Zq7kPxWr"
WRONG_PIN: Final = "Zq7kPxNo"
MARK: Final = b"Zq7kPx"
SEATS: Final = 3
_TRIES: Final = 3
_BUSY: Final = frozenset({"locked", "signed_in"})


@dataclass
class House:
    """``home`` holds all that the room's programs keep, ``profile`` what the first terminal's browser keeps."""

    room: TokenRoom
    home: Path
    profile: Path
    driver: Playwright
    browser: Browser
    tap: WireTap
    screens: list[Screen] = field(default_factory=list)

    def screen(self, name: str, *, size: tuple[int, int], touch: bool = False, keeps: bool = False) -> Screen:
        """A window, put away by :meth:`tidied`; ``keeps``: with the browser whose folder is searched."""
        found = Screen(Profile(self.driver, self.profile) if keeps else self.browser, name, size=size, touch=touch)
        self.screens.append(found)
        return found

    def holder(self, seat: int, person: people.Person, *, keeps: bool = False) -> Holder:
        """Somebody in front of a terminal that waits for a token."""
        name = f"seat {people.TERMINALS[seat]}"
        made = Holder(self.room, self.screen(name, size=SEAT, touch=True, keeps=keeps), seat=seat, person=person)
        made.arrives()
        return made

    def complaints(self) -> list[str]:
        """What went wrong on any screen."""
        return [said for screen in self.screens for said in screen.complaints()]

    def tidied(self) -> None:
        """For the next test: see the module."""
        for screen in self.screens:
            screen.put_away()
        self.screens.clear()
        for seat in range(SEATS):
            self.room.pull(seat)
            if self.room.where(seat) in _BUSY:
                self.room.room.touch_page(seat).post("/api/sign-out", {})
            self.room.until(seat, lambda shown: shown["seat"]["state"] not in _BUSY, what=f"seat {seat} is free")
        for person in people.SIGNERS:
            if self.room.stand.tries_left(person.username) < _TRIES:
                self.room.stand.renew(person.username)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Starts everything; a minute on a busy machine."""
    home, profile, beside = (folder / name for name in ("home", "profile", "beside"))
    for made in (home, beside):
        made.mkdir()
    with token_room(home, seats=SEATS, pin=PIN, meeting=False) as room:
        with room.room.sign_in(people.IT) as operator:
            devices = [DeviceId(found["id"]) for found in operator.get("/api/devices")["devices"]]
        with tapped(room.room, beside, devices) as tap, sync_playwright() as driver:
            browser = launched(driver)
            # After the tap: what makes a meeting secret travels at its beginning.
            room.meets()
            try:
                yield House(room, home, profile, driver, browser, tap)
            finally:
                browser.close()
