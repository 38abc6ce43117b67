"""``python -m tests.bench.terminals [--quick]``: IT's page with five hundred terminals, measured in a real Chromium.

Rules: times end when it is painted. Half of the terminals fall silent without a word, as when a switch loses its
power: they are to be seen as off within 45 s. The yardstick is the same table written into an empty document.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

from tests.bench.live.house import House, cpu_count
from tests.bench.live.programs import Fleet
from tests.bench.screens.figures import Report
from tests.browser.chromium import chromium
from tests.browser.screen import DESK

_SCRIPT: Final = Path(__file__).with_name("watch.js")
#: milliseconds at p95: a first page, something that answers at once, and two frames of a screen
_FIRST, _AT_ONCE, _FRAME = 1000, 100, 34
_OFFLINE_S: Final = 45
_PROCESSES: Final = 2
_PATIENCE_MS: Final = 120_000


def main(argv: Sequence[str]) -> None:
    """Measure and print Markdown."""
    words = argparse.ArgumentParser(prog="tests.bench.terminals")
    words.add_argument("--seats", type=int, default=500)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--quick", action="store_true", help="50 seats, two rounds")
    chosen = words.parse_args(argv)
    seats, rounds = (50, 2) if chosen.quick else (chosen.seats, chosen.rounds)
    report = Report()
    began_s = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="bench-terminals-") as folder,
        House(Path(folder), seats=seats, consoles=1) as house,
        Fleet(house, port=house.broker.seats_port, processes=_PROCESSES) as fleet,
        chromium() as browser,
    ):
        Terminals(house, fleet, browser, report, seats=seats).measure(rounds)
    took = f"{time.monotonic() - began_s:.0f} s in all"
    sys.stdout.write(
        f"### {seats} terminals\n\n{report.text()}\n\n{cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {took}\n"
    )


class Terminals:
    """One run."""

    def __init__(self, house: House, fleet: Fleet, browser: Browser, report: Report, *, seats: int) -> None:
        self._house: Final = house
        self._fleet: Final = fleet
        self._browser: Final = browser
        self._report: Final = report
        self._seats: Final = seats

    def measure(self, rounds: int) -> None:
        """All of it, one thing after the other."""
        opened, plain = [], []
        for _ in range(rounds):
            page = self._opened()
            opened.append(page.evaluate("(count) => bench.first(count)", self._seats))
            plain.append(page.evaluate("bench.plain()"))
            page.context.close()
        page = self._opened()
        opened.append(page.evaluate("(count) => bench.first(count)", self._seats))
        self._report.section("The list")
        self._report.add("Opened, the first screenful painted", [first for first, _ in opened], budget=_FIRST)
        self._report.add("Opened, all rows painted", [all_ for _, all_ in opened])
        self._report.add("– the same table, written into an empty document", plain)
        self._finds(page, rounds)
        self._moves(page)
        self._silent(page)

    def _finds(self, page: Page, rounds: int) -> None:
        """Words typed letter by letter, and back."""
        found, back, chosen = [], [], []
        for number in range(rounds * 4):
            label = f"S{number * 37 % self._seats:03}"
            found += [page.evaluate("(words) => bench.find(words)", label[:length]) for length in (2, 3, 4)]
            back.append(page.evaluate("bench.find('')"))
        for _ in range(rounds):
            chosen.append(page.evaluate("bench.choose('Mất kết nối', 0)"))
            chosen.append(page.evaluate("(many) => bench.choose('Tất cả', many)", self._seats))
        self._report.add("A letter typed, the first screenful painted", [first for first, _ in found], budget=_AT_ONCE)
        self._report.add("– all rows that fit", [all_ for _, all_ in found])
        self._report.add("The words taken out, the first screenful", [first for first, _ in back], budget=_AT_ONCE)
        self._report.add("– all rows", [all_ for _, all_ in back])
        self._report.add("“Off” and “all” chosen, painted", chosen, budget=_AT_ONCE)

    def _moves(self, page: Page) -> None:
        """Thirty seconds of going up and down while all terminals tell how they are, twice each."""
        went: dict[str, Any] = page.evaluate("bench.scroll(30_000)")
        self._report.section("Up and down while every terminal tells how it is")
        self._report.add("Time between two frames", went["gaps"], budget=_FRAME)
        longest = max(went["long"], default=0)
        self._report.note(f"{len(went['long'])} tasks of more than 50 ms in 30 s, the longest {longest:.0f} ms.")

    def _silent(self, page: Page) -> None:
        """Half of them say nothing more; then they go on."""
        half = len(range(0, self._seats, _PROCESSES))
        stopped = self._fleet.pids[0]
        began_ms = page.evaluate("bench.now()")
        os.kill(stopped, signal.SIGSTOP)
        try:
            told: list[tuple[int, float]] = page.evaluate("(many) => bench.saying('Mất kết nối', many)", half)
        finally:
            # Stopped, it would not even hear that it is to end.
            os.kill(stopped, signal.SIGCONT)
        back_ms = page.evaluate("bench.now()")
        seen = [(at - began_ms) / 1000 for many, at in told if many]
        self._report.section(f"{half} terminals fall silent at once")
        self._report.add("The first of them is seen", seen[:1], unit="s")
        self._report.add("All of them are seen", seen[-1:], budget=_OFFLINE_S, unit="s")
        told = page.evaluate("(many) => bench.saying('Đã kết nối', many)", self._seats)
        self._report.add("All are back", [(told[-1][1] - back_ms) / 1000], unit="s")

    def _opened(self) -> Page:
        context = self._browser.new_context(
            viewport={"width": DESK[0], "height": DESK[1]}, locale="vi-VN", reduced_motion="reduce"
        )
        context.add_init_script(path=_SCRIPT)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        address = f"http://localhost:{self._house.server.port}"
        name, _, value = self._house.server.page().sign_in("kythuat").cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(f"{address}/#/devices")
        return page


if __name__ == "__main__":
    main(sys.argv[1:])
