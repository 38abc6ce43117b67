"""HTTP of calendars.

Rules: the address of a calendar is all that a calendar program has to show: it stands in no log of ours (deploy/nginx
keeps none of these requests), and a wrong one is told nothing but that it is unknown.

Usage: ``app.register_blueprint(blueprint(calendars, clock))``.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.calendars.service import CalendarService
from server.clock import Clock
from server.identity.model import Role
from server.web import ANY_MEMBER, actor, allow, answer, body, nothing, public
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.secret import Secret

_TYPE: Final = "text/calendar; charset=utf-8"
#: More is no address of ours.
_TOKEN: Final = 100


def blueprint(calendars: CalendarService, clock: Clock) -> Blueprint:
    """``/api/me/calendar``, ``/calendar/<address>.ics`` and the file of a meeting."""
    routes = Blueprint("calendars", __name__)

    @routes.get("/api/me/calendar")
    @allow(signed_in=True)
    def mine() -> ResponseReturnValue:
        found = calendars.of(actor().person_id)
        told = None if found is None else {"titles": found.titles, "made_at": print_instant(found.made_at)}
        return answer({"address": told})

    @routes.post("/api/me/calendar")
    @allow(signed_in=True, act=False)  # the answer is a secret, so it is not kept to be given again
    def make() -> ResponseReturnValue:
        fields = body()
        titles = fields.flag("titles")
        fields.end()
        token = calendars.make(actor(), titles=titles, now=clock.now())
        return answer({"url": f"/calendar/{token.reveal().decode('ascii')}.ics"}, 201)

    @routes.delete("/api/me/calendar")
    @allow(signed_in=True, act=False)  # nothing to give again, and again is fine
    def take_back() -> ResponseReturnValue:
        calendars.take_back(actor(), now=clock.now())
        return nothing()

    @routes.get("/calendar/<address>.ics")
    @public("the address is what a calendar program has instead of a name")
    def read(address: str) -> ResponseReturnValue:
        token = Secret(address[:_TOKEN].encode("utf-8"))
        return _file(calendars.read(token, now=clock.now(), base=request.host_url), "lich-hop.ics")

    @routes.get("/api/meetings/<meeting>/calendar")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def one(meeting: str) -> ResponseReturnValue:
        file = calendars.one(MeetingId(meeting), actor(), now=clock.now(), base=request.host_url)
        return _file(file, f"{meeting}.ics")

    return routes


def _file(text: bytes, name: str) -> Response:
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=_TYPE, headers=headers)
