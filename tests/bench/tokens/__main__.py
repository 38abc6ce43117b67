"""Measures tokens at a seat and at a console's PC: PIN to agenda, pulled out to locked, in at another seat; a table.

Usage: ``python -m tests.bench.tokens [--locks 50] [--only console]``; about ten minutes, half of it for each.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from deploy.demo import people
from tests.bench.report import table
from tests.bench.tokens.clocks import ahead
from tests.bench.tokens.console import ConsoleLocks, Locks
from tests.bench.tokens.yardstick import BareClient
from tests.browser.chromium import chromium
from tests.browser.screen import SEAT, Screen
from tests.browser.seat_person import Person
from tests.support.token_room import PAPER, TokenRoom, token_room

_WATCH: Final = Path(__file__).parent / "watch.js"
_WAIT_MS: Final = 20_000
#: One sign-in from the beginning for so many locks; the others open the lock again.
_FRESH_EVERY: Final = 5
_MOVES: Final = 10
_SEATS: Final = 2
_CONFIRM: Final = re.compile("^(Đăng nhập|Mở khóa)$")


@dataclass(slots=True)
class Figures:
    """All in milliseconds; ``offset`` is how far the page's clock is known to be from this program's."""

    locks: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    signed_in: list[float] = field(default_factory=list)
    unlocked: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    offset: float = 0.0

    def markdown(self) -> str:
        """The table."""
        ours = [lock - bare for lock, bare in zip(self.locks, self.bare, strict=True)]
        ratios = [lock / bare for lock, bare in zip(self.locks, self.bare, strict=True)]
        rows = [
            _row("PIN confirmed → agenda painted (sign-in)", self.signed_in, "3000 ms (aim)"),
            _row("PIN confirmed → opened again after a lock", self.unlocked, "3000 ms (aim)"),
            _row("Token pulled out → lock painted, page of a paper in front", self.locks, "500 ms"),
            _row("– the service tells a bare client, same removal", self.bare, ""),
            _row("– what we add to that", ours, ""),
            _row("PIN confirmed at another seat → agenda painted there", self.moved, "3000 ms (aim)"),
        ]
        said = table(["", "median", "worst", "n", "budget"], rows)
        return f"{said}\nLock ÷ bare client, removal by removal: {statistics.median(ratios):.2f}× in the middle.\n"


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m tests.bench.tokens", description=__doc__)
    parser.add_argument("--locks", type=int, default=50)
    parser.add_argument("--only", choices=("seat", "console"))
    asked = parser.parse_args(words)
    with (
        tempfile.TemporaryDirectory(prefix="bench-tokens-") as folder,
        token_room(Path(folder), seats=_SEATS, bridge=True) as room,
    ):
        os.environ.update(room.stand.environment)  # before this program's first word to the service
        with chromium() as browser:
            if asked.only != "console":
                with BareClient(room.stand.reader(0)) as bare:
                    print(_Bench(room, browser, bare).run(asked.locks).markdown())  # noqa: T201
            if asked.only != "seat":
                with BareClient(room.stand.reader(_SEATS)) as bare:
                    found = ConsoleLocks(room, browser, bare, reader=_SEATS).run(asked.locks)
                    print(_console(found))  # noqa: T201
    return 0


def _console(found: Locks) -> str:
    rows = [
        _row("Token pulled out of the PC → console covered", found.locks, "500 ms"),
        _row("– the service tells a bare client, same removal", found.bare, ""),
        _row("– what we add to that", found.ours, ""),
    ]
    return table(["", "median", "worst", "n", "budget"], rows)


class _Bench:
    """One room, two seats with their screens."""

    def __init__(self, room: TokenRoom, browser: Browser, bare: BareClient) -> None:
        self.room: Final = room
        self.bare: Final = bare
        self.pages: Final = [self._page(browser, seat) for seat in range(2)]
        self.figures: Final = Figures()
        #: What has to be added to this program's monotonic clock (ms) to get a page's.
        self._ahead: Final = ahead(self.pages[0])

    def run(self, locks: int) -> Figures:
        """All rounds."""
        for number in range(locks):
            fresh = number % _FRESH_EVERY == 0
            took = self._enters(0)
            (self.figures.signed_in if fresh else self.figures.unlocked).append(took)
            self._reads(0)
            self._pulls()
            if (number + 1) % _FRESH_EVERY == 0:
                self.room.room.touch_page(0).post("/api/sign-out", {})
                self.room.until_where(0, "welcome")
        self._moves()
        return self.figures

    def _pulls(self) -> None:
        page = self.pages[0]
        page.evaluate("tokenBench.expect('locked')")
        self.bare.begin()
        at = time.monotonic()
        self.room.stand.pull(0)
        painted = page.evaluate("tokenBench.done()")
        self.figures.bare.append(1000 * (self.bare.gone(timeout_s=5.0) - at))
        self.figures.locks.append(painted - self._ahead - 1000 * at)
        _there(page, "locked")

    def _moves(self) -> None:
        seat = 0
        self._enters(0)
        for _ in range(_MOVES):
            self.room.pull(seat)
            seat = 1 - seat
            self.figures.moved.append(self._enters(seat))

    def _enters(self, seat: int) -> float:
        """Token in, PIN by touch; how long from the last touch until the agenda (or the page from before) stood."""
        page = self.pages[seat]
        self.room.plug(seat, people.DEPUTY)
        keys = page.get_by_role("group", name="Bàn phím trên màn hình")
        for digit in self.room.pin:
            keys.get_by_role("button", name=digit, exact=True).tap()
        page.evaluate("tokenBench.expect('inside')")
        keys.get_by_role("button", name=_CONFIRM).tap()
        painted = float(page.evaluate("tokenBench.done()"))
        return painted - float(page.evaluate("tokenBench.confirmed()"))

    def _reads(self, seat: int) -> None:
        """A page of a paper is in front."""
        page = self.pages[seat]
        if page.locator(".stage canvas").count() == 0:
            Person(page).opens_paper(PAPER)
            _there(page, "page")

    def _page(self, browser: Browser, seat: int) -> Page:
        screen = Screen(browser, f"seat {people.TERMINALS[seat]}", size=SEAT, touch=True)
        screen.page.set_default_timeout(_WAIT_MS)
        screen.page.add_init_script(path=_WATCH)
        screen.opens(self.room.room.seat_url(seat))
        _there(screen.page, "welcome")
        return screen.page


def _there(page: Page, state: str) -> None:
    page.evaluate("state => { tokenBench.expect(state); return tokenBench.done(); }", state)


def _row(name: str, found: list[float], budget: str) -> list[str]:
    if not found:
        return [name, "–", "–", "0", budget]
    return [name, f"{statistics.median(found):.0f} ms", f"{max(found):.0f} ms", str(len(found)), budget]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
