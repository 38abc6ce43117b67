"""``python -m tests.bench.live [--quick] [--seats N] [--rounds N]``: a live meeting of five hundred seats, measured.

Rules: product and yardstick take turns, round by round; what is printed is p50 and p95 of all rounds, and the ratio of
the medians. The budgets are those of the design for 150 seats, on the wire and at the screen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.live.house import BenchBroker, House, cpu_count
from tests.bench.live.programs import Fleet, Program, Screens
from tests.bench.live.scenes import ASKING, Bare, Figures, Scene, bare_commits
from tests.bench.meter import Used
from tests.bench.report import table

#: milliseconds at p95
_BUDGETS: Final = {
    "ballot acknowledged": 150,
    "tally on the consoles": 400,
    "request acknowledged": 150,
    "queue on the consoles": 400,
    "page turn at a seat": 300,
    "page turn at the last seat": 300,
    "seat caught up": 2000,
    "last seat caught up": 2000,
}
_PROCESSES: Final = 2
_LAST_LINES: Final = 30


def main(argv: Sequence[str]) -> None:
    """Measure and print Markdown."""
    words = argparse.ArgumentParser(prog="tests.bench.live")
    words.add_argument("--seats", type=int, default=500)
    words.add_argument("--consoles", type=int, default=20)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--quick", action="store_true", help="50 seats, one round")
    chosen = words.parse_args(argv)
    seats, rounds = (50, 1) if chosen.quick else (chosen.seats, chosen.rounds)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        ours, bare, commits = measured(Path(folder), seats=seats, consoles=chosen.consoles, rounds=rounds)
    took_s = time.monotonic() - began_s
    sys.stdout.write(report(ours, bare, commits, seats=seats, consoles=chosen.consoles, took_s=took_s))


def measured(folder: Path, *, seats: int, consoles: int, rounds: int) -> tuple[Figures, Figures, list[float]]:
    """All scenes of the product and of the yardstick, by turns."""
    ours, bare, commits = Figures(), Figures(), []
    _say(f"{seats} seats are enrolled, {seats} people have accounts …")
    with House(folder, seats=seats, consoles=consoles) as house, _telling(house):
        _say("they connect …")
        with Fleet(house, port=house.broker.seats_port, processes=_PROCESSES) as fleet:
            screens = Screens(house, processes=2)
            scene = Scene(house, fleet, screens, ours)
            for number in range(1, rounds + 1):
                _say(f"round {number}: the product …")
                for act in (scene.ballots, scene.requests, scene.turns, scene.returns):
                    act()
                    _say(f"  {act.__name__}: {_newest(ours)}")
                _say(f"round {number}: the yardstick …")
                _yardstick(house, bare, sizes=ours.sizes, seats=seats)
                commits.append(bare_commits(folder, seats))
            screens.stop()
    return ours, bare, commits


@contextmanager
def _telling(house: House) -> Iterator[None]:
    """What the server said last, when something goes wrong."""
    try:
        yield
    except AssertionError:
        _say("\n".join(house.server.log().splitlines()[-_LAST_LINES:]))
        raise


def _yardstick(house: House, figures: Figures, *, sizes: dict[str, int], seats: int) -> None:
    """A broker, seats and an echo that are there for this round only."""
    figures.sizes.update(sizes)
    broker = BenchBroker(house.database.parent, "yardstick")
    broker.start()
    words = (str(house.facts_file), str(broker.server_port), str(sizes["ack"]))
    try:
        echo = Program("echo", *words)
        echo.answer()
        with Fleet(house, port=broker.seats_port, processes=_PROCESSES, bare=sizes["act"]) as fleet:
            scene = Bare(house, broker, fleet, echo, figures)
            scene.press("ballot acknowledged", most=seats)
            scene.press("request acknowledged", most=min(ASKING, seats))
            scene.turns()
            scene.returns()
        echo.stop()
    finally:
        broker.kill()


def report(ours: Figures, bare: Figures, commits: Sequence[float], *, seats: int, consoles: int, took_s: float) -> str:
    """Markdown."""
    rows = [_row(name, ours, bare) for name in ours.ms]
    lines = [
        f"### {seats} seats, {consoles} consoles\n",
        table(["", "p50", "p95", "worst", "n", "bare broker p50 · p95", "÷ bare", "budget p95"], rows),
        _limit(commits, seats),
        table(["CPU-seconds · peak MiB", *_parts(ours)], [_costs(name, used) for name, used in ours.used.items()]),
        _machine(took_s),
    ]
    return "\n".join(lines)


def _limit(commits: Sequence[float], seats: int) -> str:
    took = f"{statistics.median(commits):.0f} ms ({min(commits):.0f}–{max(commits):.0f})"
    return f"{seats} synced commits of one row, one after the other, on the same disk: {took}.\n"


def _machine(took_s: float) -> str:
    return (
        f"{cpu_count()} processors, load {'/'.join(f'{each:.1f}' for each in os.getloadavg())}, "
        f"Python {sys.version.split()[0]}, loopback, TLS 1.3; {took_s:.0f} s in all\n"
    )


def _row(name: str, ours: Figures, bare: Figures) -> list[str]:
    values, others, budget = ours.ms[name], bare.ms.get(name, []), _BUDGETS.get(name)
    p95 = percentile(values, 95)
    there = f"{percentile(others, 50):.0f} · {percentile(others, 95):.0f} ms" if others else "–"
    times = f"{percentile(values, 50) / percentile(others, 50):.1f}×" if others else "–"
    kept = "" if budget is None else f"{budget} ms {'✓' if p95 <= budget else '✗'}"
    figures = [f"{percentile(values, 50):.0f} ms", f"{p95:.0f} ms", f"{max(values):.0f} ms", str(len(values))]
    return [name, *figures, there, times, kept]


def percentile(values: Sequence[float], part: int) -> float:
    """The smallest value that ``part`` per cent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]


def _parts(figures: Figures) -> list[str]:
    return list(next(iter(figures.used.values())))


def _costs(name: str, used: dict[str, Used]) -> list[str]:
    return [name, *(f"{each.cpu_s:.2f} · {each.peak_mib:.0f}" for each in used.values())]


def _newest(figures: Figures) -> str:
    return ", ".join(f"{name} p95 {percentile(values, 95):.0f} ms" for name, values in list(figures.ms.items())[-2:])


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
