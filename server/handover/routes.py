"""HTTP of hand-overs: for those who end accounts; auditors read.

Usage: ``app.register_blueprint(blueprint(handover, clock))``.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.handover.ports import Asked
from server.handover.service import NOBODY, HandoverService, Wish
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body
from wire.fields import Fields

_MOST: Final = 2_000
_REASON: Final = 500
_KEY: Final = 120


def blueprint(handover: HandoverService, clock: Clock) -> Blueprint:
    """``/api/people/<u>/holdings``, ``/api/people/<u>/hand-over`` and ``/api/hand-overs``."""
    routes = Blueprint("handover", __name__)

    def asked() -> Asked:
        return Asked(actor(), act_id(), clock.now())

    @routes.get("/api/people/<person>/holdings")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def holdings(person: str) -> ResponseReturnValue:
        return answer(handover.held(person, now=clock.now()))

    @routes.post("/api/people/<person>/hand-over")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def begin(person: str) -> ResponseReturnValue:
        fields = body()
        wishes = [_wish(each) for each in fields.objects("lines", limit=_MOST)]
        reason = fields.text("reason", limit=_REASON).strip()
        fields.end()
        return answer(handover.begin(person, wishes, reason, asked=asked()), 201)

    @routes.get("/api/hand-overs")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    def list_handovers() -> ResponseReturnValue:
        return answer({"handovers": handover.all()})

    @routes.get("/api/hand-overs/<int:number>")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    def read_handover(number: int) -> ResponseReturnValue:
        return answer(handover.one(_number(number)))

    @routes.get("/api/hand-overs/<int:number>/protocol.pdf")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    def print_handover(number: int) -> ResponseReturnValue:
        pdf = handover.paper(_number(number), now=clock.now())
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="bien-ban-ban-giao-{number}.pdf"',
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.post("/api/hand-overs/<int:number>/go-on")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def go_on(number: int) -> ResponseReturnValue:
        fields = body()
        leave = fields.has("leave") and fields.flag("leave")
        fields.end()
        return answer(handover.go_on(_number(number), leave=leave, asked=asked()))

    return routes


def _wish(fields: Fields) -> Wish:
    left = fields.any("to") == NOBODY
    wish = Wish(fields.text("key", limit=_KEY), NOBODY if left else fields.id("to", "u"))
    fields.end()
    return wish


def _number(number: int) -> int:
    return number if number < 2**31 else 0
