"""One paper to 1, 8, 32 and 100 seats over TLS 1.3, against what others need for the same, in one interleaved run.

Rules: in each round every method carries the same file once, in turn (A B C … A B C …); medians are printed with the
spread, ratios are made round by round. Where there are more seats than the machine can bear they share processes, and
the clients of the download share them in the same way. New rounds are not begun when the time is up; what could not
be measured is said. Nothing is left behind.

Usage::

    python -m tests.bench.distribution            # some 12 minutes on two idle processors
    python -m tests.bench.distribution --quick    # a small paper, a minute
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.meter import Used
from tests.bench.places import Loopback
from tests.bench.report import ratio, spread, table
from tests.bench.scenes import killed_half_way, narrow_room, slow_seats
from tests.bench.site import Sample, Site
from tests.bench.yardsticks import FanOut, Nginx, Paper, Timing, bare_copies, hashing

_MIB: Final = 1024 * 1024
_GIB: Final = 1024 * _MIB
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
_PATIENCE_S: Final = 400.0

OURS: Final = "Phòng họp không giấy"
OURS_DISK: Final = "– stores on the disk"
HTTPS: Final = "(a) HTTPS, nginx, Python client"
HTTPS_DISK: Final = "– files on the disk"
CURL: Final = "(a) HTTPS, nginx, curl, unchecked"
FAN_OUT: Final = "(b) mosquitto QoS 1, mosquitto_sub"
TLS: Final = "limit: bare copies over TLS"
TCP: Final = "limit: bare copies over TCP"


@dataclass(frozen=True)
class Course:
    """So many seats, so many of them in a process, so many rounds; ``disk``: how many of those on the disk as well."""

    seats: int
    per_process: int
    rounds: int
    disk: int


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    size: int
    courses: tuple[Course, ...]
    slow_size: int
    narrow_size: int
    budget_s: float


FULL: Final = Extent(
    size=64 * _MIB,
    courses=(Course(1, 1, 5, 3), Course(8, 1, 3, 2), Course(32, 4, 3, 1), Course(100, 10, 2, 0)),
    slow_size=64 * _MIB,
    narrow_size=16 * _MIB,
    budget_s=600,
)
QUICK: Final = Extent(
    size=8 * _MIB,
    courses=(Course(1, 1, 2, 1), Course(8, 2, 2, 1)),
    slow_size=8 * _MIB,
    narrow_size=0,
    budget_s=75,
)


@dataclass
class Results:
    """What one course gave, method by method."""

    course: Course
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    used: dict[str, list[dict[str, Used]]] = field(default_factory=lambda: defaultdict(list))
    samples: list[Sample] = field(default_factory=list)

    def add(self, method: str, done: Sample | Timing) -> None:
        """One more measurement."""
        self.took_s[method].append(done.took_s)
        self.used[method].append(done.used)
        if isinstance(done, Sample):
            self.samples.append(done)


class Bench:
    """The run on the loopback."""

    def __init__(self, site: Site, folder: Path, extent: Extent, *, deadline_s: float) -> None:
        self._site: Final = site
        self._folder: Final = folder
        self._extent: Final = extent
        self._deadline_s: Final = deadline_s
        self._memory: Final = _memory_folder(extent, folder)
        self.is_in_memory: Final = self._memory != folder
        facts = site.server("prepare", size=extent.size, seats=0)
        self.paper: Final = Paper.at(Path(facts["file"]), facts["plain_bytes"])
        site.server("finish")
        most = max(course.seats for course in extent.courses)
        self._nginx: Final = Nginx(folder / "nginx", site.place, pki=site.pki, paper=self.paper)
        self._fan: Final = FanOut(folder / "mqtt", site.place, seats=most, paper=self.paper)
        self._nginx.start()
        self._fan.start()

    def close(self) -> None:
        """End the yardsticks."""
        self._nginx.stop()
        self._fan.stop()
        if self.is_in_memory:
            shutil.rmtree(self._memory, ignore_errors=True)

    def run(self, course: Course) -> Results:
        """All rounds of a course."""
        results = Results(course)
        for number in range(course.rounds):
            if number and time.monotonic() > self._deadline_s:
                break
            for method, measure in self._methods(course, with_disk=number < course.disk):
                _say(f"{course.seats} seats, round {number + 1}: {method} …", end=" ")
                done = measure()
                results.add(method, done)
                _say(f"{done.took_s:.2f} s")
        return results

    @property
    def time_is_up(self) -> bool:
        """Whether nothing more should be begun."""
        return time.monotonic() > self._deadline_s

    def scratch(self) -> Path:
        """A folder for the stores of a scene, in memory if there is room."""
        return self._memory / f"scene-{time.monotonic_ns()}"

    def _methods(self, course: Course, *, with_disk: bool) -> list[tuple[str, Callable[[], Sample | Timing]]]:
        seats, place, size = course.seats, self._site.place, self.paper.size
        found: list[tuple[str, Callable[[], Sample | Timing]]] = [
            (OURS, lambda: self._ours(course, self._memory)),
            (HTTPS, lambda: self._https(course, self._memory)),
            (CURL, lambda: self._nginx.curl(seats)),
            (FAN_OUT, lambda: self._fan.run(seats)),
            (TLS, lambda: bare_copies(place, seats, size, pki=self._site.pki)),
            (TCP, lambda: bare_copies(place, seats, size, pki=None)),
        ]
        if with_disk and self.is_in_memory:
            found[2:2] = [
                (OURS_DISK, lambda: self._ours(course, self._folder)),
                (HTTPS_DISK, lambda: self._https(course, self._folder)),
            ]
        return found

    def _ours(self, course: Course, folder: Path) -> Sample:
        with self._site.seated(course.seats, per_process=course.per_process, stores=folder / "seats") as room:
            return room.deliver(self._extent.size, timeout_s=_PATIENCE_S)

    def _https(self, course: Course, folder: Path) -> Timing:
        return self._nginx.downloads(course.seats, per_process=course.per_process, stores=folder / "downloads")


def _memory_folder(extent: Extent, folder: Path) -> Path:
    """A folder in memory, if there is room twice over for every store of the largest course; else ``folder``."""
    most = max(course.seats for course in extent.courses) * extent.size
    free = int(
        next(line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if "MemAvailable" in line).split()[
            1
        ]
    )
    if not _MEMORY.is_dir() or min(shutil.disk_usage(_MEMORY).free, free * 1024) < 1.5 * most:
        return folder
    return Path(tempfile.mkdtemp(prefix="phonghop-bench-", dir=_MEMORY))


def times(results: Results, size: int) -> str:
    """Seconds until the last seat has it, and how that compares."""
    rows = []
    base, limit = results.took_s[HTTPS], results.took_s[TLS]
    total_mib = results.course.seats * size / _MIB
    for method, took in results.took_s.items():
        rate = [total_mib / each for each in took]
        rows.append([method, spread(took), ratio(took, base), ratio(took, limit), spread(rate, 0)])
    return table(["method", "last seat, s", "÷ (a)", "÷ TLS copies", "MiB/s, all seats"], rows)


def costs(results: Results, size: int) -> str:
    """Processor seconds per GiB delivered, and memory."""
    gib = results.course.seats * size / _GIB
    rows = []
    for method, used in results.used.items():

        def per_gib(part: str, used: list[dict[str, Used]] = used) -> str:
            return spread([each[part].cpu_s / gib for each in used if part in each])

        def peak(part: str, used: list[dict[str, Used]] = used) -> str:
            return spread([each[part].peak_mib for each in used if part in each and each[part].peak_mib], 0)

        rows.append([method, per_gib("server"), per_gib("broker"), per_gib("seats"), peak("server"), peak("broker")])
    head = ["method", "server", "broker", "seats", "server, peak MiB", "broker, peak MiB"]
    return table(head, rows)


def counts(every: list[Results], size: int) -> str:
    """What our own distribution sent, and what is missing."""
    rows = []
    for results in every:
        samples, seats = results.samples, results.course.seats
        rows.append([
            str(seats),
            spread([each.octets / size for each in samples], 3),
            spread([each.used["broker"].written / size / seats for each in samples], 3),
            spread([float(each.repairs) for each in samples], 0),
            str(sum(each.lost for each in samples)),
            spread([each.known_s - each.took_s for each in samples]),
        ])  # fmt: skip
    head = [
        "seats",
        "server → broker ÷ file",
        "broker → seats ÷ file, a seat",
        "repairs",
        "chunks lost",
        "server knows after, s",
    ]
    return table(head, rows)


def machine() -> str:
    """What it ran on."""
    cpu = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
                if line.startswith("model name")), "unknown")  # fmt: skip
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} processors ({cpu}), load {load}, Python {sys.version.split()[0]}, loopback, TLS 1.3"


def scenes(bench: Bench, site: Site, extent: Extent, folder: Path) -> None:
    """Slow seats, a killed seat, narrow links."""
    _say("2 of 16 seats slow …")
    slowed = slow_seats(site, seats=16, slow=2, size=extent.slow_size, stores=bench.scratch())
    rows = [
        ["none slow", f"{slowed.fast_plain_s:.2f}", f"{slowed.plain.took_s:.2f}", str(slowed.plain.repairs),
         str(slowed.plain.lost), f"{slowed.plain.used['broker'].peak_mib:.0f}"],
        ["2 slow (30 ms a chunk)", f"{slowed.fast_s:.2f}", f"{slowed.slowed.took_s:.2f}", str(slowed.slowed.repairs),
         str(slowed.slowed.lost), f"{slowed.slowed.used['broker'].peak_mib:.0f}"],
    ]  # fmt: skip
    _say("\n### Two of 16 seats slow\n")
    _say(table(["16 seats", "last fast seat, s", "last seat, s", "repairs", "chunks lost", "broker, peak MiB"], rows))
    resumed = killed_half_way(site, size=extent.slow_size, stores=bench.scratch())
    _say("### A seat killed half-way\n")
    _say(
        f"kill -9 after {resumed.at_kill} of {resumed.chunks} chunks; {resumed.in_all} came in both lives: "
        f"{100 * resumed.again:.1f} % fetched again; whole {resumed.back_s:.2f} s after the restart began.\n"
    )
    if not extent.narrow_size or os.geteuid() != 0:
        _say("### Narrow links: not measured (full run, as root)\n")
        return
    narrow = narrow_room(folder, seats=20, mbit=100, size=extent.narrow_size, stores=bench.scratch())
    one = narrow.one_copy.took_s
    found: list[tuple[str, Sample | Timing]] = [
        (OURS, narrow.phonghop), (HTTPS, narrow.https), (FAN_OUT, narrow.fan_out)
    ]  # fmt: skip
    rows = [[name, f"{each.took_s:.1f}", f"{each.took_s / one:.1f}", f"{each.left_server / narrow.size:.2f}"]
            for name, each in found]  # fmt: skip
    _say(f"### 20 seats, every port 100 Mbit/s, {narrow.size / _MIB:.0f} MiB; one copy alone: {one:.2f} s\n")
    _say(table(["method", "last seat, s", "÷ one copy", "copies leaving the server"], rows))


def main(words: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.distribution", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small paper and few seats, about a minute")
    extent = QUICK if parser.parse_args(words).quick else FULL
    began = time.monotonic()
    _say(f"{machine()}\n")
    with tempfile.TemporaryDirectory(prefix="phonghop-bench-") as name:
        folder = Path(name)
        # nginx's workers are another user and must get through.
        folder.chmod(0o755)
        most = max(16, *(course.seats for course in extent.courses))
        with Site(folder / "site", Loopback(), seats=most) as site:
            bench = Bench(site, folder, extent, deadline_s=began + extent.budget_s)
            try:
                _measure(bench, site, extent, folder=folder)
            finally:
                bench.close()
    _say(f"{machine()}; {time.monotonic() - began:.0f} s in all")
    return 0


def _measure(bench: Bench, site: Site, extent: Extent, *, folder: Path) -> None:
    hash_s = hashing(bench.paper)
    every = [bench.run(course) for course in extent.courses]
    size = bench.paper.size
    where = "in memory (tmpfs)" if bench.is_in_memory else "on the disk"
    _say(
        f"\n{size / _MIB:.1f} MiB of ciphertext; stores {where}; SHA-256 alone: {hash_s * _GIB / size:.2f} CPU-s/GiB\n"
    )
    for results in every:
        course = results.course
        _say(f"### {course.seats} seats, {course.per_process} in a process, {len(results.took_s[OURS])} rounds\n")
        _say(times(results, size))
        _say("CPU-seconds per GiB delivered:\n")
        _say(costs(results, size))
    _say("### What the distribution sent\n")
    _say(counts(every, size))
    scenes(bench, site, extent, folder)


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
