"""HTTP of rehearsals.

Rules: addressed by the meeting that is tried out, never by the rehearsal: who prepares a meeting begins and ends it.

Usage: ``app.register_blueprint(blueprint(rehearsals, clock))``.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.meetings.service import Asked
from server.rehearsals.service import RehearsalService
from server.web import act_id, actor, allow, answer, body
from wire.ids import MeetingId
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


def blueprint(rehearsals: RehearsalService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/rehearsal``."""
    routes = Blueprint("rehearsals", __name__, url_prefix="/api/meetings/<meeting>/rehearsal")

    @routes.get("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def read(meeting: str) -> ResponseReturnValue:
        found = rehearsals.of(MeetingId(meeting))
        return answer({"running": None if found is None else found.to_value()})

    @routes.post("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def start(meeting: str) -> ResponseReturnValue:
        fields = body()
        leads = fields.flag("leads")
        fields.end()
        asked = Asked(actor(), act_id(), clock.now())
        return answer(rehearsals.start(MeetingId(meeting), leads=leads, asked=asked), 201)

    @routes.post("/end")
    @allow(Role.SECRETARY, member=_LEADERS)
    def end(meeting: str) -> ResponseReturnValue:
        body().end()
        return answer(rehearsals.end(MeetingId(meeting)))

    return routes
