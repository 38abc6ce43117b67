"""Consultation slips: their services, papers and routes, and the clock that closes them.

Rules: runs after statements, the agency and letters, whose press shows previews.

Usage: ``consultations.build(services)``.
"""

from __future__ import annotations

import logging
import os
from typing import Final

from server.assembly import record
from server.chores import Chore
from server.clock import Clock
from server.consultations import files_routes, routes
from server.consultations.answering import Answering
from server.consultations.leading import Leading
from server.consultations.papers import SlipPapers
from server.consultations.safe import SlipSafe
from server.consultations.secret import routes as secret_routes
from server.consultations.secret.keys import UrnKeys
from server.consultations.secret.service import Ballots
from server.consultations.service import SlipService
from server.consultations.showing import Showing
from server.consultations.store import SqlSlipStore
from server.consultations.tools import Tools
from server.papers.checker import Checker
from server.papers.files import PaperFiles
from server.papers.intake import Intake
from server.services import Services
from server.tokens.routes import asker

#: A slip is closed this soon after its deadline; answers are refused from the very moment on.
CLOSE_S: Final = 5.0
_LOG: Final = logging.getLogger("consultations")


def build(services: Services) -> None:
    """Put the feature together."""
    settings, clock, master = services.settings, services.clock, services.keys.master
    tools = Tools(
        unit=services.database,
        store=SqlSlipStore(),
        ledger=services.ledger,
        journal=record.build_audit(services),
        people=services.identity,
        safe=SlipSafe(master),
        urns=UrnKeys(settings.data_dir / "urns", master),
        statements=services.statements,
        office=services.agency,
        random=os.urandom,
    )
    answering, leading = Answering(tools), Leading(tools)
    showing = Showing(tools, answering)
    files = PaperFiles(settings.data_dir / "consultations")
    papers = SlipPapers(tools, showing, files, Checker(), master)
    swept = papers.sweep()
    if swept:
        _LOG.warning("removed %d files that an interrupted upload had left", swept)
    ballots = Ballots(tools)
    clerk = _Clerk(leading, ballots, clock)
    services.health["urns"] = lambda: not ballots.without_key()
    intake = Intake(
        settings.data_dir / "incoming", limit_mib=settings.max_upload_mib, reserve_mib=settings.disk_reserve_mib
    )
    services.consultations = SlipService(tools)
    services.chores.add(Chore("consultations at their deadline", CLOSE_S, clerk.look))
    services.blueprints += [
        routes.blueprint(
            routes.SlipDesk(services.consultations, leading, answering, showing, clock, seal=asker(services.consoles))
        ),
        files_routes.blueprint(
            files_routes.FileDesk(
                papers, showing, services.agency, services.press, services.identity, intake, services.renderer, clock
            )
        ),
    ]
    services.blueprints.append(secret_routes.blueprint(ballots, clock))
    services.closers.append(files.close)


class _Clerk:
    """Closes what is due, destroys keys that a close had to leave, and tells once of each slip whose key is missing."""

    def __init__(self, leading: Leading, ballots: Ballots, clock: Clock) -> None:
        self._leading: Final = leading
        self._ballots: Final = ballots
        self._clock: Final = clock
        self._told: frozenset[str] = frozenset()

    def look(self) -> None:
        """The chore."""
        closed = self._leading.close_due(self._clock.now())
        if closed:
            _LOG.info("%d slips closed at their deadline", closed)
        stale = self._ballots.sweep()
        if stale:
            _LOG.warning("destroyed the keys of %d secret slips that were over", stale)
        missing = frozenset(self._ballots.without_key())
        for slip in sorted(missing - self._told):
            _LOG.error("the secret slip %s is open and its key is not in urns/: put it back, or end the slip", slip)
        self._told = missing
