"""Signed acts of a seat (W28, G46): the act's data are a signed statement and nothing else.

Rules: whoever acts has signed in at that very seat, and the statement says so. Another feature's signed act (a named
vote) is made the same way, with a deed of its own.

Usage::

    services.seat_acts["attend"] = seat_act("attend", statements, rooms=rooms, make=make_deed)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from server.meetings.commands import By
from server.meetings.errors import NotSignedInHere
from server.meetings.model import Draft, Log
from server.meetings.ports import Rooms, SeatAct, Seated
from server.statements.errors import StatementCertificateUnsure, StatementKindUnknown
from server.statements.model import Deed
from server.statements.service import Doing, StatementService
from server.trust.errors import PkiServiceAway, RevocationUnknown
from wire.declare import Maker
from wire.fields import Fields
from wire.ids import MeetingId
from wire.statement import Place, SignedStatement, Statement

#: What a statement asks for, as a deed of ``by``; reads only what the person chose.
MakeDeed = Callable[[MeetingId, Statement, By], Deed]


def seat_act(kind: str, statements: StatementService, *, rooms: Rooms, make: MakeDeed) -> SeatAct:
    """The act ``kind`` of a seat; ``make`` gives its deed.

    Raises what ``StatementService.perform`` does, and NotSignedInHere; nothing that may be tried again.
    """

    def perform(data: Fields, seated: Seated) -> dict[str, Any]:
        signed = SignedStatement.read(data)
        said = Statement.read(signed.statement)
        if said.kind != kind:
            raise StatementKindUnknown(kind=said.kind)
        deed = make(seated.meeting, said, By(seated.person))

        def drafts(log: Log, sha256: str) -> Sequence[Draft]:
            if (seated.person, seated.seat) not in log.state.seated:
                raise NotSignedInHere
            return deed.drafts(log, sha256)

        place = Place(seated.device, seated.seat, rooms.seat(seated.seat).label)
        doing = Doing(Maker(seated.person, place, seated.now), seated.key, seated.now)
        try:
            return statements.perform(seated.meeting, replace(deed, drafts=drafts), signed, doing=doing)
        except (RevocationUnknown, PkiServiceAway) as exc:
            # A person waits at the seat: an answer now is better than an act that is sent again and again.
            raise StatementCertificateUnsure from exc

    return perform
