"""Who may call what: one table for every route, and the door in front of them (G50).

Rules: the request is addressed to the loopback by its number and this port, so a name that is bent to 127.0.0.1 leads
nowhere. A paired page names its origin, and gets answers that it alone can read; any other origin gets a status and no
word of CORS, never a wildcard. The person's own browser has a cookie made from a secret that only the person's files
hold; what it changes carries a token of this start and comes from the bridge's own page. A route that is not in the
table is refused. Nothing is changed by GET.

Usage: ``guard(app, Door(home, …))``.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import Flask, Response, request

from edge.bridge.errors import CallerUnknown, OriginUnknown
from edge.errors import WrongHost, WrongToken
from edge.page.guard import HEADERS
from edge.page.kiosk import Kiosk

TOKEN_HEADER: Final = "X-Bridge-Token"  # noqa: S105 - a name
TICKET_HEADER: Final = "X-Bridge-Ticket"
HOST: Final = "127.0.0.1"
_PREFLIGHT_S: Final = 600


class Caller(enum.Enum):
    """Who may call a route."""

    ANYBODY = "anybody on this machine: shows nothing"
    NAVIGATION = "any browser of this machine: the empty page and its files"
    CONSOLE = "a page of a paired server"
    PERSON = "the person's own browser, on the bridge's own page"


#: Endpoint → who. A test compares it with the routes there are.
TABLE: Final[Mapping[str, Caller]] = {
    "here": Caller.ANYBODY,
    "enter": Caller.ANYBODY,
    "page": Caller.NAVIGATION,
    "asset": Caller.NAVIGATION,
    "icon": Caller.NAVIGATION,
    "hello": Caller.CONSOLE,
    "vouch": Caller.CONSOLE,
    "ask": Caller.CONSOLE,
    "renew": Caller.CONSOLE,
    "withdraw": Caller.CONSOLE,
    "live": Caller.CONSOLE,
    "file": Caller.CONSOLE,
    "offer": Caller.CONSOLE,
    "own": Caller.PERSON,
    "own_live": Caller.PERSON,
    "propose": Caller.PERSON,
    "pair": Caller.PERSON,
    "unpair": Caller.PERSON,
    "pin": Caller.PERSON,
    "decline": Caller.PERSON,
    "picture": Caller.PERSON,
    "sizes": Caller.PERSON,
}


@dataclass(frozen=True, slots=True)
class Door:
    """What the guard asks; ``token`` is of this start, ``is_paired`` says so of an origin."""

    port: Callable[[], int]
    kiosk: Kiosk
    token: str = field(repr=False)
    is_paired: Callable[[str], bool]

    @property
    def own(self) -> str:
        """The bridge's own origin."""
        return f"http://{HOST}:{self.port()}"


def caller_of(endpoint: str) -> Caller | None:
    """Who may call a view; by its name without its blueprint's."""
    return TABLE.get(endpoint.rpartition(".")[2])


def guard(app: Flask, door: Door) -> None:
    """Check every request before its route, and mark every answer."""

    @app.before_request
    def check() -> Response | None:
        if request.host != f"{HOST}:{door.port()}":
            raise WrongHost
        origin = request.headers.get("Origin")
        if request.method == "OPTIONS":
            return _preflight(door, origin)
        if request.endpoint is None:
            return None  # Flask answers 404 or 405 itself
        caller = caller_of(request.endpoint)
        if caller is Caller.CONSOLE:
            _must_be_console(door, origin)
        elif caller is Caller.PERSON:
            _must_be_person(door, origin)
        elif caller is None or (origin is not None and origin != door.own):
            raise WrongHost
        return None

    @app.after_request
    def mark(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        origin = request.headers.get("Origin")
        if origin is not None and _is_console_route(door, origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Vary"] = "Origin"
        return response


def _is_console_route(door: Door, origin: str) -> bool:
    return caller_of(request.endpoint or "") is Caller.CONSOLE and door.is_paired(origin)


def _must_be_console(door: Door, origin: str | None) -> None:
    if origin is None or not door.is_paired(origin):
        raise OriginUnknown


def _must_be_person(door: Door, origin: str | None) -> None:
    if origin is not None and origin != door.own:
        raise WrongHost
    if not door.kiosk.is_known(request.cookies):
        raise CallerUnknown
    if request.method != "GET":
        given = request.headers.get(TOKEN_HEADER, "")
        if origin is None or not hmac.compare_digest(given.encode("utf-8"), door.token.encode("ascii")):
            raise WrongToken


def _preflight(door: Door, origin: str | None) -> Response:
    """What a paired page may send, answered for that page alone (Fetch; Local Network Access)."""
    if origin is None or not _is_console_route(door, origin):
        raise OriginUnknown
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = f"Content-Type, {TICKET_HEADER}"
    response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_S)
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        response.headers["Access-Control-Allow-Private-Network"] = "true"
    return response
