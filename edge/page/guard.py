"""Who may talk to the page, and what the page may do.

Rules: the request must be addressed to this host and port by a loopback name (a page of the Internet whose name is
bent to 127.0.0.1 is addressed otherwise); whatever the seat shows goes to the terminal's own browser only (its cookie,
see ``kiosk``), and to every program of the terminal nothing but the empty page and a sign of life; whatever changes
something carries the token of this start and comes from this origin; every answer forbids foreign scripts, styles,
frames and addresses.

Usage: ``guard(app, token=token, port=lambda: 8790, kiosk=kiosk)``
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, request

from edge.errors import KioskOnly, WrongHost, WrongToken
from edge.page.kiosk import Kiosk

TOKEN_HEADER: Final = "X-Seat-Token"  # noqa: S105 - a name
_NAMES: Final = ("localhost", "127.0.0.1")
#: Blueprints that show nothing of the seat; everything else needs the cookie.
OPEN: Final = frozenset({"front", "kiosk"})
_SOURCES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
_POLICY: Final = "; ".join(_SOURCES)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def guard(app: Flask, *, token: str, port: Callable[[], int], kiosk: Kiosk) -> None:
    """Check every request before its route, and mark every answer."""

    @app.before_request
    def check() -> None:
        own = {f"{name}:{port()}" for name in _NAMES}
        if request.host not in own:
            raise WrongHost
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}" for name in own}:
            raise WrongHost
        # What matches no route is a 404 for everybody.
        if request.blueprint in OPEN or request.endpoint is None:
            return
        if not kiosk.is_known(request.cookies):
            raise KioskOnly
        if request.method not in {"GET", "HEAD"}:
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode("utf-8"), token.encode("ascii")):
                raise WrongToken

    @app.after_request
    def mark(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
