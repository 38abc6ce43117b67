"""Coming back: a program is killed, the chair turns the page meanwhile, and the screens catch up when it is back.

Rules: the time begins when the program answers again (its start is told beside it), and ends when the page that the
chair turned to while it was away – for the server, the moment it answered – is painted.

Usage: ``back = Returning(room, chair); back.agent(0, reader, page=7)``
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.screens.following import Presenter
from tests.bench.screens.readers import Reader
from tests.support.poll import until
from tests.support.room_process import RunningRoom

_AWAY_S: Final = 1.0
_START_S: Final = 60.0


@dataclass
class Returning:
    """``caught_up`` and ``started``: milliseconds by kind."""

    room: RunningRoom
    chair: Presenter
    caught_up: dict[str, list[float]] = field(default_factory=dict)
    started: dict[str, list[float]] = field(default_factory=dict)

    def agent(self, index: int, reader: Reader, *, page: int) -> None:
        """The program of a seat is killed; its page stays open in the browser."""
        name = f"seat-{index + 1}"
        self.room.kill(name)
        began, _ = self.chair.shows(page)
        ready = self._starts(name, "agent")
        self._caught("agent", reader, page, began_s=began, ready_s=ready)

    def broker(self, readers: Sequence[Reader], *, page: int) -> None:
        """Nothing reaches the seats for a while."""
        self.room.kill("broker")
        began, _ = self.chair.shows(page)
        ready = self._starts("broker", "broker")
        for reader in readers:
            self._caught("broker", reader, page, began_s=began, ready_s=ready)

    def server(self, seats: Sequence[Reader], others: Sequence[Reader], *, page: int) -> None:
        """The chair turns the page as soon as the server answers again."""
        self.room.kill("server")
        ready = self._starts("server", "server")
        began, _ = self.chair.shows(page)
        for kind, readers in (("server, at the seats", seats), ("server, at console and display", others)):
            for reader in readers:
                self._caught(kind, reader, page, began_s=began, ready_s=ready)

    def _starts(self, name: str, kind: str) -> float:
        away = time.monotonic() + _AWAY_S
        until(lambda: time.monotonic() > away, what="a moment away")
        began = time.time()
        program = self.room.room.programs[name]
        program.start()
        until(lambda: program.pid is not None and program.program.ready(), timeout_s=_START_S, what=f"{name} answers")
        ready = time.time()
        self.started.setdefault(kind, []).append(1000 * (ready - began))
        return ready

    def _caught(self, kind: str, reader: Reader, page: int, *, began_s: float, ready_s: float) -> None:
        at = reader.painted_at(page, began_s, timeout_s=_START_S)
        self.caught_up.setdefault(kind, []).append(1000 * max(0.0, at - ready_s))
