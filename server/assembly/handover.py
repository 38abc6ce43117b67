"""Hand-over when somebody leaves: takes what each feature holds for a person.

Rules: runs after all of them.

Usage: ``handover.build(services)``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.assembly import record
from server.calendars.service import CalendarService
from server.calendars.store import SqlAddressStore
from server.consultations.model import Slip, Wording
from server.consultations.service import SlipService
from server.consultations.tools import Asked
from server.db.engine import Database
from server.handover import routes
from server.handover.of_house import (
    CalendarSource,
    CertificateSource,
    RoundSource,
    SlipSource,
    TaskSource,
    UnitSource,
)
from server.handover.of_letters import LetterSource
from server.handover.of_meetings import MeetingSource, MembershipSource, RequestSource
from server.handover.service import HandoverService
from server.handover.store import SqlHandoverStore
from server.services import Services
from server.tasks.handing import Handing

#: Stands in the record as the reason of each certificate that is withdrawn.
_LEFT: Final = "Bàn giao, thôi sử dụng tài khoản"


@dataclass(frozen=True, slots=True)
class _Slips:
    """Slips of every stage, and the one change a hand-over makes."""

    database: Database
    slips: SlipService

    def all(self) -> Sequence[Slip]:
        """Of every stage."""
        with self.database.read() as tx:
            return self.slips.tools.store.all(tx)

    def edit(self, slip: str, wording: Wording, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Another wording of a draft."""
        return self.slips.edit(slip, wording, revision=revision, asked=asked)


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    database, journal = services.database, record.build_audit(services)
    calendars = CalendarService(
        database,
        SqlAddressStore(),
        people=services.identity,
        meetings=services.meetings,
        journal=journal,
        random=os.urandom,
    )
    sources = (
        MeetingSource(services.meetings),
        MembershipSource(services.meetings),
        UnitSource(services.units),
        TaskSource(Handing(services.tasks.tasks)),
        RequestSource(services.meetings),
        SlipSource(_Slips(database, services.consultations)),
        LetterSource(services.letters, services.meetings.state),
        RoundSource(services.rounds),
        CertificateSource(services.trust_admin, _LEFT),
        CalendarSource(
            lambda person: calendars.of(person) is not None,
            lambda person, by, now: calendars.end(person, by=by, now=now),
        ),
    )
    handover = HandoverService(
        database,
        SqlHandoverStore(),
        services.identity,
        sources,
        ledger=services.ledger,
        journal=journal,
        office=services.agency,
    )
    services.blueprints.append(routes.blueprint(handover, services.clock))
