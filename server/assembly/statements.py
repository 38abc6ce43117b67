"""Signed acts: what people declare with their token; and the dossier of a meeting.

Rules: puts ``statements`` and ``dossiers`` into the services, and its kinds among the acts of seats. Trust has the
policy for signing.

Usage: ``statements.build(services)``, after ``signing.build`` and ``papers.build``.
"""

from __future__ import annotations

from typing import Final

from server.assembly.signing import signing_trust
from server.dossier import routes as dossier_routes
from server.dossier.service import Dossiers
from server.dossier.service import Tools as DossierTools
from server.meetings.commands import By
from server.papers.plain import PlainPapers
from server.services import Services
from server.statements import routes
from server.statements.deeds import KINDS, Deeds
from server.statements.model import Deed
from server.statements.seat import seat_act
from server.statements.service import StatementService, Tools
from server.statements.store import SqlStatementStore
from server.tokens.routes import asker
from wire.ids import MeetingId
from wire.statement import APPROVE_PAPERS, CLOSE, Statement


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    deeds: Final = Deeds(approve=services.papers.signed_approval, complete=services.meetings.with_holders)
    services.statements = StatementService(
        Tools(
            unit=services.database,
            store=SqlStatementStore(),
            ledger=services.ledger,
            trust=signing_trust(services),
            meetings=services.meetings,
        )
    )

    def make(meeting: MeetingId, said: Statement, by: By) -> Deed:
        return deeds.of(said.kind, meeting, said.body, by=by)

    for kind in KINDS:
        services.seat_acts[kind] = seat_act(kind, services.statements, rooms=services.rooms, make=make)
    services.dossiers = Dossiers(
        DossierTools(
            meetings=services.meetings,
            statements=services.statements,
            rounds=services.signing,
            trust=services.trust,
            shelf=PlainPapers(services.papers),
            log=services.audit,
            record=services.record,
        )
    )
    services.blueprints.append(dossier_routes.blueprint(services.dossiers, services.clock))
    wanted = {
        APPROVE_PAPERS: services.settings.approval_must_be_signed,
        CLOSE: services.settings.closing_must_be_signed,
    }
    desk = routes.StatementDesk(
        services.statements,
        deeds,
        services.clock,
        seal=asker(services.consoles),
        demanded=frozenset(kind for kind, is_wanted in wanted.items() if is_wanted),
    )
    services.blueprints.append(routes.blueprint(desk))
