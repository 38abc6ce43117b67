"""HTTP of dossiers: one archive.

Usage: ``app.register_blueprint(blueprint(dossiers, clock))``.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.dossier.service import Dossiers
from server.identity.model import Role
from server.readings.keeping import MAX_REASON
from server.web import actor, allow
from wire.ids import MeetingId
from wire.state import MemberRole


def blueprint(dossiers: Dossiers, clock: Clock) -> Blueprint:
    """The one route."""
    routes = Blueprint("dossier", __name__)

    @routes.get("/api/meetings/<meeting>/dossier")
    @allow(Role.SECRETARY, Role.AUDITOR, member=(MemberRole.CHAIR, MemberRole.SECRETARY))
    def get_dossier(meeting: str) -> ResponseReturnValue:
        reason = request.args.get("reason", "").replace("\0", "").strip()[:MAX_REASON]
        papers = request.args.get("papers", "") != "no"
        taken = dossiers.take(MeetingId(meeting), actor(), now=clock.now(), reason=reason, papers=papers)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="ho-so-{meeting}.zip"',
            # Whoever saves it is told what it lacks without opening it.
            "Dossier-Without": ", ".join(sorted(set(taken.without.values()))),
        }
        return Response(taken.pieces, mimetype="application/zip", headers=headers)

    return routes
