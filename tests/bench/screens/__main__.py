"""Measures what people wait for at seats, consoles and the wall, and prints it beside the budgets.

Usage: ``python -m tests.bench.screens [--quick]``; about five minutes, or one and a half.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

import web
from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.papers import DemoPaper, build_papers
from tests.bench.screens import readers
from tests.bench.screens.crowd import Crowd, Heard
from tests.bench.screens.figures import Report
from tests.bench.screens.following import Presenter, follow, paper_of, there_and_back
from tests.bench.screens.memory import renderer_pid, resident
from tests.bench.screens.readers import Reader
from tests.bench.screens.reading import Reading, first_pages, leaf, settle, wear
from tests.bench.screens.returning import Returning
from tests.browser.chromium import chromium
from tests.support.room_process import FAST, RunningRoom, running_room

_ROOT: Final = Path(__file__).resolve().parents[3]
#: Made once; a hundred pages take their time.
_PAPERS: Final = _ROOT / "var" / "bench" / "papers"
_SCAN: Final = "ho-so-quet.pdf"
_REPORT: Final = "bao-cao-so-ket.pdf"
_FOLLOWERS: Final = 150


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of everything."""

    seats: int
    rounds: int
    turns: int
    jumps: int
    returns: int
    blocks: int
    block_turns: int
    wear: int


FULL: Final = Extent(seats=3, rounds=5, turns=30, jumps=4, returns=2, blocks=2, block_turns=8, wear=300)
QUICK: Final = Extent(seats=1, rounds=3, turns=10, jumps=2, returns=1, blocks=1, block_turns=5, wear=60)


@dataclass
class Bench:
    """One run on one room."""

    room: RunningRoom
    papers: dict[str, DemoPaper]
    extent: Extent
    report: Report
    meeting: str
    sections: dict[str, Any]

    @property
    def scan(self) -> str:
        """The title of the 100-page scan."""
        return self.papers[_SCAN].title_vi

    def chair(self, file: str) -> Presenter:
        """The chair with a paper."""
        paper = paper_of(self.sections, self.papers[file].title_vi)["paper"]
        return Presenter(self.room.sign_in(people.CHAIR), self.meeting, paper)

    def in_browser(self, browser: Browser) -> None:
        """Everything that needs several screens at once."""
        seats = [readers.seat(browser, self.room, at) for at in range(self.extent.seats)]
        console = readers.console(browser, self.room)
        self._alone("Reading at the seat", seats)
        self._alone("Reading at the console", [console])
        readers.leads(console, self.meeting)
        wall = readers.wall(browser, self.room)
        self._returns(seats, console, wall)
        self._follow(browser, seats, console, wall)

    def _alone(self, title: str, who: list[Reader]) -> None:
        reading = Reading()
        titles = [paper.title_vi for paper in self.papers.values()]
        for reader in who:
            first_pages(reader, titles, reading)
        for reader in who:
            leaf(reader, self.scan, reading, rounds=self.extent.rounds)
        self.report.section(title)
        self.report.add("First page of a paper, first opening", reading.cold, budget=1000)
        self.report.add("First page of a paper, opened again", reading.warm, budget=500)
        self.report.add("Page turn, prefetched", reading.turns, budget=100)
        self.report.add("Jump to a page not drawn yet", reading.jumps, budget=400)
        self.report.add("– the same kind of page in an `<img>`, no prefetch", reading.plain)
        self.report.add("After a jump, until the next page is there", reading.ahead)

    def _returns(self, seats: list[Reader], console: Reader, wall: Reader) -> None:
        self.report.section("Coming back")
        back = Returning(self.room, self.chair(_REPORT))
        back.chair.shows(1)
        for reader in (*seats, console, wall):
            reader.painted_at(1, 0)
        page = 2
        for at in range(self.extent.returns):
            back.agent(at % len(seats), seats[at % len(seats)], page=page)
            back.broker(seats, page=page + 1)
            back.server(seats, [console, wall], page=page + 2)
            page += 3
        for kind, samples in back.caught_up.items():
            self.report.add(f"Caught up after `kill -9`: {kind}", samples, budget=2000)
        for kind, samples in back.started.items():
            self.report.add(f"– start of the {kind} until it answers", samples)

    def _follow(self, browser: Browser, seats: list[Reader], console: Reader, wall: Reader) -> None:
        polling = readers.poller(browser, self.room, self.meeting)
        everybody = [*seats, console, wall, polling]
        chair = self.chair(_REPORT)
        chair.shows(1)
        for reader in seats:
            settle(reader)
        pages = self.papers[_REPORT].pages
        followed = follow(chair, everybody, there_and_back(self.extent.turns, pages=pages))
        far = [40 + 9 * at for at in range(self.extent.jumps)]
        jumped = follow(self.chair(_SCAN), everybody, far)
        names = [seat.name for seat in seats]
        self.report.section("Following the chair, all screens open")
        self.report.add("The server has committed the turn and answered", followed.answered)
        self.report.add("Painted at the seat, next page", followed.of(*names), budget=300)
        self.report.add("Painted at the console, next page", followed.of("console"), budget=300)
        self.report.add("Painted on the room display, next page", followed.of("display"))
        self.report.add("– a page that asks every second, `<img>`", followed.of(polling.name))
        self.report.add("Painted at the seat, a jump of the chair's", jumped.of(*names))
        self.report.add("– a page that asks every second, a jump", jumped.of(polling.name))

    def many(self) -> None:
        """150 followers, live and asking."""
        chair = self.chair(_REPORT)
        crowd = Crowd(self.room, chair, size=_FOLLOWERS)
        turns = there_and_back(self.extent.block_turns, pages=self.papers[_REPORT].pages)
        for at in range(self.extent.blocks):
            for kind in ("live", "poll") if at % 2 == 0 else ("poll", "live"):
                crowd.block(kind, pages=turns)
        self.report.section(f"{_FOLLOWERS} followers at the server")
        live, poll = crowd.heard["live"], crowd.heard["poll"]
        self.report.add("Heard of the turn, live", live.ms, budget=300)
        self.report.add("– the last of the 150, live", live.last_ms)
        self.report.add("– asking every second", poll.ms)
        self.report.note(f"Live: {_told(live)}. Asking: {_told(poll)}.")

    def memory(self) -> None:
        """One seat in a browser of its own, many turns."""
        with chromium() as browser:
            # The presentation would take the page away.
            presenter = self.chair(_REPORT)
            presenter.client.post(f"/api/meetings/{self.meeting}/present/stop", {}, step="")
            reader = readers.again(browser, self.room, self.extent.seats - 1)
            reader.opens(self.scan)
            settle(reader)
            pid = renderer_pid(browser)
            steps, page = 3, 1
            told = [f"at first {_size(pid)}"]
            for step in range(steps):
                each = self.extent.wear // steps
                median, page = wear(reader, turns=each, pages=self.papers[_SCAN].pages, begin=page)
                told.append(f"after {each * (step + 1)} {_size(pid)} (turn {median:.0f} ms)")
            self.report.section("Memory of the renderer")
            self.report.note("Turning without a pause through the scan: " + ", ".join(told) + ". Budget 250 MB.")


def _size(pid: int) -> str:
    now = resident(pid)
    return f"{now.own:.0f} MB own, {now.whole:.0f} MB with what is shared"


def _told(heard: Heard) -> str:
    return (
        f"{heard.messages} messages for {heard.turns} turns, {heard.missed} not heard, "
        f"server {100 * heard.cpu_s / heard.took_s:.0f}% of a processor"
    )


def sizes(report: Report) -> None:
    """Script and fonts, as `npm run size` counts them."""
    node = _ROOT / ".venv" / "bin" / "node"
    command = [str(node) if node.exists() else "node", "size.js"]
    said = subprocess.run(command, cwd=web.dist().parent, capture_output=True, text=True, check=False)
    report.note("```\n" + said.stdout.strip() + "\n```")


def run(extent: Extent, report: Report, folder: Path) -> None:
    """Everything, in a room below ``folder``."""
    made = {paper.file_name: paper for paper in build_papers(_PAPERS)}
    server = {**FAST, "threads": _FOLLOWERS + 50}
    with running_room(folder, seats=extent.seats, server=server, seat={"idle_lock_s": 3600}) as room:
        room.prepare_meetings(list(made.values()), _PAPERS)
        room.await_delivery()
        chair = room.sign_in(people.CHAIR)
        meetings = chair.get("/api/meetings")["meetings"]
        meeting = next(each["id"] for each in meetings if each["title"] == plans.MAIN.title)
        chair.post(f"/api/meetings/{meeting}/open", {}, step="")
        sections = chair.get(f"/api/meetings/{meeting}")["sections"]
        bench = Bench(room, made, extent, report, meeting, sections)
        with chromium() as browser:
            bench.in_browser(browser)
        bench.many()
        bench.memory()


def main() -> int:
    """0 when every budget was kept."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.screens", description=__doc__)
    words.add_argument("--quick", action="store_true", help="one seat and few samples, within 90 seconds")
    extent = QUICK if words.parse_args().quick else FULL
    report, began, load = Report(), time.monotonic(), os.getloadavg()[0]
    sizes(report)
    folder = Path(tempfile.mkdtemp(prefix="phonghop-screens-"))
    try:
        run(extent, report, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - began
    loads = f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after"
    report.note(f"{os.cpu_count()} processors, {loads}; {took:.0f} s.")
    sys.stdout.write(f"\n{report.text()}\n")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
