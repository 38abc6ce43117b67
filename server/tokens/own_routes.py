"""HTTP of one's own certificates (G57).

Rules: who signed in with a password proves it once more before a question is asked of the bridge, for what is enrolled
here signs in and signs from then on. With a token they have just proved more than that.

Usage: ``app.register_blueprint(blueprint(OwnRoutes(own, consoles, sessions, identity, clock)))``.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.routes import code, password, session_token, source
from server.identity.service import IdentityService
from server.tokens.own import OwnCertificates
from server.tokens.routes import BRIDGE_COOKIE, origin
from server.trust.admin import Asked
from server.trust.model import Use
from server.web import act_id, actor, allow, answer, body
from wire.fields import Fields
from wire.proof import TokenData

_USES: Final = frozenset(use.value for use in Use)


@dataclass(frozen=True, slots=True)
class OwnRoutes:
    """What the views work with."""

    own: OwnCertificates
    identity: IdentityService
    clock: Clock

    def by_token(self) -> bool:
        """Whether this session was begun with a token."""
        return bool(self.identity.live_session(session_token(), now=self.clock.now())[0].certificate)

    def bridge(self) -> str:
        """Of this browser; raises BridgeUnknown."""
        return self.own.consoles.bridge_of(request.cookies.get(BRIDGE_COOKIE, ""))


def blueprint(desk: OwnRoutes) -> Blueprint:
    """Routes under ``/api/me/certificates``."""
    routes = Blueprint("own_certificates", __name__)

    @routes.get("/api/me/certificates")
    @allow(signed_in=True)
    def get_own_certificates() -> ResponseReturnValue:
        found = desk.own.listed(actor().person_id, now=desk.clock.now())
        return answer({"certificates": found, "allowed": desk.own.allowed, "by_token": desk.by_token()})

    @routes.post("/api/me/certificates/<use>/ask")
    @allow(signed_in=True, act=False)
    def ask_for_own_certificate(use: str) -> ResponseReturnValue:
        fields = body()
        if desk.by_token():
            fields.end()
        else:
            secret, given = password(fields, "password"), code(fields)
            fields.end()
            desk.identity.check_again(session_token(), secret, given, source=source(), now=desk.clock.now())
        account = desk.identity.person(actor().person_id)
        message = desk.own.ask(account, _use(use), bridge=desk.bridge(), origin=origin())
        return answer({"message": base64.b64encode(message).decode("ascii")})

    @routes.post("/api/me/certificates/<use>")
    @allow(signed_in=True)
    def enrol_own_certificate(use: str) -> ResponseReturnValue:
        data = TokenData.read(body())
        asked = Asked(actor(), act_id(), desk.clock.now())
        found = desk.own.enrol(data, _use(use), bridge=desk.bridge(), origin=origin(), asked=asked)
        return answer({"fingerprint": found.facts.fingerprint}, 201)

    return routes


def _use(word: str) -> str:
    return Fields({"use": word}, "path").choice("use", _USES)
