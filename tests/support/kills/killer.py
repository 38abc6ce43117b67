"""Kills what the plan says and starts it again, from threads of its own, and tells how long it was away.

Usage::

    killer = Killer(room, chair.dies)
    killer.at("open", plan); killer.ends()
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable

from tests.support.kills.plan import Kill, Round
from tests.support.room_process import RunningRoom

CHAIR = "chair"
_PATIENCE_S = 120.0


class Killer:
    """One for the whole run."""

    def __init__(self, room: RunningRoom, browser_dies: Callable[[], None]) -> None:
        self._room = room
        self._browser_dies = browser_dies
        self._threads: list[threading.Thread] = []
        #: what is on its way back is killed again when it is there
        self._one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self.failed: list[BaseException] = []
        self.told: list[str] = []

    def at(self, stage: str, plan: Round) -> None:
        """A stage begins: its kills are on their way."""
        for kill in plan.kills:
            if kill.stage == stage:
                thread = threading.Thread(target=self._run, args=(kill,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def ends(self) -> None:
        """When everything that was killed is back; raises what went wrong."""
        for thread in self._threads:
            thread.join(_PATIENCE_S)
            assert not thread.is_alive(), "what was killed did not come back"
        self._threads.clear()
        if self.failed:
            raise self.failed[0]

    def _run(self, kill: Kill) -> None:
        try:
            threading.Event().wait(kill.after_s)
            with self._one_at_a_time[kill.victim]:
                self._do(kill)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread by ``ends``
            self.failed.append(error)

    def _do(self, kill: Kill) -> None:
        said = f"kill {kill.number:3} · {kill.victim} · {kill.after_s:.2f} s into {kill.stage}"
        if kill.victim == CHAIR:
            self._browser_dies()
            self.told.append(said)
            return
        began = time.monotonic()
        self._room.kill(kill.victim)
        threading.Event().wait(kill.away_s)
        self._room.start(kill.victim)
        self.told.append(f"{said} · answers again after {time.monotonic() - began:.1f} s")
