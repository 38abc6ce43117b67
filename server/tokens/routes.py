"""HTTP of tokens at consoles: what a page carries to the bridge of its PC, and brings back (G50–G54).

Rules: a page gets questions only for the bridge that vouched for this browser, and for its own origin. What comes back
is checked like anything from outside; a PIN is in none of it. Who asks too often waits.

Usage: ``app.register_blueprint(blueprint(ConsoleRoutes(consoles, sessions, …)))``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.errors import NotAuthenticated
from server.fleet.limits import AddressLimit
from server.identity.routes import me_value, session_token, set_session_cookie, source
from server.identity.service import IdentityService
from server.identity.sign_ins import Means
from server.identity.token_sessions import TokenSessions
from server.tokens.consoles import Consoles
from server.tokens.errors import BridgeVouchWrong
from server.tokens.model import Proven
from server.web import allow, answer, body, nothing, public
from wire import ids
from wire.asking import Kind
from wire.proof import TokenData

BRIDGE_COOKIE: Final = "phonghop_bridge"
#: As long as a PC is in use; the server's key decides, not the browser.
_COOKIE_S: Final = 400 * 24 * 3600
_NONCE_BYTES: Final = 200
_KEY_BYTES: Final = 200
_SIGNATURE_BYTES: Final = 200


@dataclass(frozen=True, slots=True)
class Brought:
    """What a token has signed, and the bridge of the browser that brings it."""

    data: TokenData
    bridge: str


@dataclass(frozen=True, slots=True)
class ConsoleRoutes:
    """What the views work with; ``name`` is the site's, ``ports`` those of bridges."""

    consoles: Consoles
    sessions: TokenSessions
    identity: IdentityService
    limit: AddressLimit
    clock: Clock
    name: str
    ports: tuple[int, ...]

    def bridge(self) -> str:
        """The bridge that vouched for this browser; raises BridgeUnknown, TooManyRequests."""
        self.take()
        return self.consoles.bridge_of(request.cookies.get(BRIDGE_COOKIE, ""))

    def take(self) -> None:
        """Count a request of this address; raises TooManyRequests."""
        self.limit.take(source(), at_s=self.clock.monotonic_s())

    def brought(self) -> Brought:
        """The signed challenge that this request brings back."""
        bridge, fields = self.bridge(), body()
        return Brought(TokenData.read(fields), bridge)

    def proven(self, brought: Brought) -> Proven:
        """Who signed it."""
        return self.consoles.prove(brought.data, brought.bridge, origin=origin(), now=self.clock.now())


def blueprint(desk: ConsoleRoutes) -> Blueprint:
    """All of it."""
    routes = Blueprint("console_tokens", __name__)
    _pairing(routes, desk)
    _signing_in(routes, desk)
    return routes


def _pairing(routes: Blueprint, desk: ConsoleRoutes) -> None:
    @routes.get("/api/bridge")
    @public("who this server is, for the bridge of a PC; the person compares the figures")
    def about() -> ResponseReturnValue:
        key = desk.consoles.signer.public
        return answer({"name": desk.name, "key": _text(key), "code": ids.pairing_code(key), "ports": list(desk.ports)})

    @routes.post("/api/bridge/pairing")
    @public("nobody has signed in before the bridge is paired")
    def begin_pairing() -> ResponseReturnValue:
        body().end()
        desk.take()
        return answer({"nonce": _text(desk.consoles.nonce())})

    @routes.post("/api/bridge/paired")
    @public("as above; the bridge's own signature is checked")
    def paired() -> ResponseReturnValue:
        fields = body()
        nonce, key, signature = fields.base64("nonce"), fields.base64("key"), fields.base64("signature")
        fields.end()
        desk.take()
        if len(nonce) > _NONCE_BYTES or len(key) > _KEY_BYTES or len(signature) > _SIGNATURE_BYTES:
            raise BridgeVouchWrong
        cookie = desk.consoles.vouch(nonce, key, signature, origin=origin())
        response = nothing()
        _keep(response, cookie)
        return response


def _signing_in(routes: Blueprint, desk: ConsoleRoutes) -> None:
    @routes.post("/api/sign-in/token/challenge")
    @public("signing in is how one stops being anybody; only a paired browser gets one")
    def challenge() -> ResponseReturnValue:
        body().end()
        return answer({"message": _text(desk.consoles.challenge(desk.bridge(), origin()))})

    @routes.post("/api/sign-in/token")
    @public("as above; the token's signature is checked")
    def sign_in() -> ResponseReturnValue:
        brought, now = desk.brought(), desk.clock.now()
        with desk.identity.noted(desk.consoles.holder(brought.data), Means.CONSOLE_TOKEN, source(), now=now):
            proven = desk.proven(brought)
            begun = desk.sessions.begin(proven.person, proven.certificate, source=source(), now=now)
        response = answer(me_value(desk.identity, begun.account, begun.token, certificate=proven.certificate))
        set_session_cookie(response, begun.token)
        return response

    @routes.post("/api/unlock/token")
    @public("a locked session can do nothing else; cookie and signature are checked here")
    def unlock() -> ResponseReturnValue:
        token = session_token()
        if not token:
            raise NotAuthenticated
        brought, now = desk.brought(), desk.clock.now()
        # Whose screen it is, whoever's token is put in: the same as with a password.
        _, account = desk.identity.live_session(token, now=now)
        with desk.identity.noted(account.id, Means.UNLOCK, source(), now=now):
            proven = desk.proven(brought)
            account = desk.sessions.unlock(token, proven.person, proven.certificate, now=now)
        return answer(me_value(desk.identity, account, token, certificate=proven.certificate))

    @routes.post("/api/lock")
    @allow(signed_in=True, while_locked=True, act=False)
    def lock() -> ResponseReturnValue:
        body().end()
        desk.sessions.lock(session_token(), now=desk.clock.now())
        return nothing()

    @routes.post("/api/bridge/watch")
    @allow(signed_in=True, act=False)
    def watch() -> ResponseReturnValue:
        body().end()
        certificate = desk.sessions.certificate(session_token(), now=desk.clock.now())
        message = desk.consoles.ask(Kind.WATCH, desk.bridge(), origin(), data={"certificate": certificate})
        return answer({"message": _text(message)})


def asker(consoles: Consoles) -> Callable[[Kind, Mapping[str, Any]], str]:
    """For features: a signed question to the bridge of the browser that calls (base 64); raises BridgeUnknown."""

    def ask(kind: Kind, data: Mapping[str, Any]) -> str:
        bridge = consoles.bridge_of(request.cookies.get(BRIDGE_COOKIE, ""))
        return _text(consoles.ask(kind, bridge, origin(), data=data))

    return ask


def origin() -> str:
    """The page that asks; it is of this server (``server.web`` has looked)."""
    return request.headers.get("Origin") or request.host_url.rstrip("/")


def _keep(response: Response, cookie: str) -> None:
    response.set_cookie(
        BRIDGE_COOKIE,
        cookie,
        max_age=_COOKIE_S,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
        path="/api",
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
