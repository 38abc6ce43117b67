"""HTTP of one's own second factor.

Rules: who has to set one up may do it right after signing in; who has one proves password and code once more before it
is replaced, or gets new recovery codes; who may go without one gives the password. Secret and recovery codes leave in
an answer that nobody keeps, once.

Usage: ``app.register_blueprint(blueprint(factors, identity, clock))``.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.factors import picture
from server.factors.service import FactorService
from server.identity.model import Role
from server.identity.routes import code, password, source
from server.identity.service import IdentityService
from server.web import SESSION_COOKIE, actor, allow, answer, body, nothing
from wire.fields import print_instant
from wire.secret import Secret


def blueprint(factors: FactorService, identity: IdentityService, clock: Clock) -> Blueprint:
    """Routes under ``/api/me/second-factor``, and the reset of somebody else's."""
    routes = Blueprint("factors", __name__)

    def prove_again() -> None:
        fields = body()
        account = identity.person(actor().person_id)
        if identity.must_set_factor(account):
            fields.end()
            return
        secret, given = password(fields, "password"), code(fields)
        fields.end()
        token = request.cookies.get(SESSION_COOKIE, "")
        identity.check_again(token, secret, given, source=source(), now=clock.now())

    @routes.get("/api/me/second-factor")
    @allow(signed_in=True, without_factor=True)
    def status() -> ResponseReturnValue:
        account = identity.person(actor().person_id)
        found, must_set = _status(factors.status(account.id)), identity.must_set_factor(account)
        return answer({**found, "must_set": must_set, "username": account.username})

    @routes.post("/api/me/second-factor")
    @allow(signed_in=True, without_factor=True, act=False)
    def begin() -> ResponseReturnValue:
        prove_again()
        account = identity.person(actor().person_id)
        enrolment = factors.begin(account.id, name=account.username, now=clock.now())
        drawn = picture.modules(enrolment.address)
        return answer({"secret": enrolment.groups, "address": enrolment.address, "picture": drawn}, 201)

    @routes.post("/api/me/second-factor/confirm")
    @allow(signed_in=True, without_factor=True, act=False)
    def confirm() -> ResponseReturnValue:
        fields = body()
        given = code(fields) or Secret(b"")
        fields.end()
        return answer({"codes": factors.confirm(actor().person_id, given, now=clock.now())})

    @routes.post("/api/me/second-factor/codes")
    @allow(signed_in=True, act=False)
    def renew() -> ResponseReturnValue:
        prove_again()
        return answer({"codes": factors.renew_codes(actor().person_id, now=clock.now())})

    @routes.post("/api/people/<person>/second-factor/reset")
    @allow(Role.SECURITY_ADMIN)
    def reset(person: str) -> ResponseReturnValue:
        body().end()
        identity.reset_factor(person, by=actor(), now=clock.now())
        return nothing()

    return routes


def _status(found: dict[str, Any]) -> dict[str, Any]:
    since = found["since"]
    return {**found, "since": None if since is None else print_instant(since)}
