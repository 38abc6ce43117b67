"""Rehearsals: the service, its routes, and the thread that ends what is over.

Rules: runs after papers and the link to the seats, which forget what is gone.

Usage: ``rehearsals.build(services)``, last of all parts.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Final

from server.assembly.record import build_audit
from server.chores import Chore
from server.papers.copying import PaperCopier
from server.rehearsals.routes import blueprint
from server.rehearsals.service import RehearsalService, Tools
from server.rehearsals.store import erase
from server.services import Services
from wire.ids import MeetingId
from wire.state import MeetingState

#: Whoever forgot a rehearsal is not waited for longer than its day and this.
SWEEP_S: Final = 60.0
_LOG: Final = logging.getLogger("rehearsals")


def build(services: Services) -> None:
    """Put the feature together."""
    rehearsals = RehearsalService(
        Tools(
            unit=services.database,
            ledger=services.ledger,
            meetings=services.meetings,
            papers=PaperCopier(services.papers.tools),
            rows=services.paper_store,
            files=services.paper_files,
            people=services.identity,
            journal=build_audit(services),
            erase=erase,
            random=os.urandom,
        )
    )
    services.rehearsals = rehearsals
    rehearsals.leavers.extend([services.live, _Seats(services)])
    services.slots.announcers.append(rehearsals)
    services.blueprints.append(blueprint(rehearsals, services.clock))
    services.chores.add(Chore("rehearsals", SWEEP_S, lambda: _sweep(services)))
    watch = _Watch(services)
    services.starters.append(watch.start)
    services.closers.append(watch.stop)


class _Seats:
    """Whoever is the link to the seats then."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def meeting_gone(self, meeting: MeetingId, last: MeetingState) -> None:
        """Seats and collections forget it."""
        self._services.distribution.meeting_gone(meeting, last)
        self._services.urn.meeting_gone(last)


class _Watch:
    """Ends a rehearsal at once when its meeting opens: nobody waits for the next chore."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services
        self._ending: Final = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=self._run, name="rehearsals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._ending.set()
        self._services.rehearsals.woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        woken = self._services.rehearsals.woken
        while not self._ending.is_set():
            woken.wait()
            woken.clear()
            try:
                _sweep(self._services)
            except Exception:  # noqa: BLE001 - the chore looks again
                _LOG.exception("rehearsals could not be looked at")


def _sweep(services: Services) -> None:
    services.rehearsals.sweep(now=services.clock.now())
