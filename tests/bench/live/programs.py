"""Programs that obey lines: seats in several processes, consoles, the echo.

Usage::

    with Fleet(house, port=house.broker.seats_port, processes=4) as fleet:
        fleet.ask("press", kind="vote_cast", data={...}, begin_ns=…, spread_ns=10**9, most=500)
"""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Final, Self

from tests.bench.live.house import House
from tests.support.broker import ENDS_WITH_US

_ENDING_S: Final = 60.0


class Program:
    """One of them."""

    def __init__(self, module: str, *words: str) -> None:
        command = [*ENDS_WITH_US, sys.executable, "-m", f"tests.bench.live.{module}", *words]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def tell(self, value: Any) -> None:
        """Give an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Its answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "a program of the measurement has ended"
        found: dict[str, Any] = json.loads(line)
        assert "failed" not in found, found
        return found

    def stop(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Fleet:
    """All seats. ``bare``: of the yardstick, with acts of so many bytes."""

    def __init__(self, house: House, *, port: int, processes: int, bare: int = 0) -> None:
        self._words = (str(house.facts_file), str(port))
        self._bare = (str(bare),) if bare else ()
        self._processes = processes
        self._programs: list[Program] = []

    def __enter__(self) -> Self:
        # One process after the other: connecting is not what is measured here.
        for first in range(self._processes):
            self._programs.append(Program("crowd", *self._words, str(first), str(self._processes), *self._bare))
            self._programs[-1].tell({"do": "start"})
            self._programs[-1].answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self._programs:
            program.stop()

    @property
    def pids(self) -> list[int]:
        """Of its processes."""
        return [program.pid for program in self._programs]

    def order(self, do: str, **words: Any) -> None:
        """Give all processes an order."""
        for program in self._programs:
            program.tell({"do": do, **words})

    def answers(self) -> list[dict[str, Any]]:
        """Of all processes, in the order of the seats."""
        return [program.answer() for program in self._programs]

    def ask(self, do: str, **words: Any) -> list[dict[str, Any]]:
        """Order and answers."""
        self.order(do, **words)
        return self.answers()


class Screens:
    """All consoles."""

    def __init__(self, house: House, *, processes: int) -> None:
        self._programs = [Program("consoles", str(house.server.port), house.facts.meeting) for _ in range(processes)]
        for at, program in enumerate(self._programs):
            program.tell(house.cookies[at::processes])
        for program in self._programs:
            program.answer()

    @property
    def pids(self) -> list[int]:
        """Of its processes."""
        return [program.pid for program in self._programs]

    def told(self) -> list[dict[str, Any]]:
        """What each console has shown since the last time."""
        for program in self._programs:
            program.tell({"do": "told"})
        return [each for program in self._programs for each in program.answer()["told"]]

    def stop(self) -> None:
        """Close them."""
        for program in self._programs:
            program.stop()
