"""The built front end, the security headers of every answer, and ``/healthz``.

Rules: no answer allows a script, style, font or address of another origin, nor anything inline; what has a hash in its
name is kept for a year, pages are asked for anew each time. Without a built front end a plain page says so.

Usage: ``app.register_blueprint(blueprint(web.dist(), health))`` and ``app.after_request(secure)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue

from server.errors import NotFound
from server.web import answer, public

_SOURCES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(ports: Iterable[int] = ()) -> str:
    """The content policy; a page may speak with this origin, and with the bridge of its own PC on ``ports`` (G50)."""
    bridges = "".join(f" http://127.0.0.1:{port}" for port in ports)
    return "; ".join(
        f"{name} {allowed}{bridges if name == 'connect-src' else ''}" for name, allowed in _SOURCES.items()
    )


CONTENT_POLICY: Final = policy()
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR: Final = "public, max-age=31536000, immutable"
_HASHED: Final = re.compile(r"-[A-Za-z0-9_-]{8}\.\w+$")
_NOT_BUILT: Final = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Phòng họp không giấy</title>
<h1>Giao diện chưa được dựng</h1><p>Máy chủ đang chạy, nhưng chưa có giao diện. Hãy chạy <code>make web</code>.</p>
<h1 lang="en">The front end is not built</h1><p lang="en">The server runs without pages. Run <code>make web</code>.</p>
</html>"""

Health = Mapping[str, Callable[[], bool]]


def blueprint(dist: Path, health: Health, *, bridge_ports: Iterable[int] = ()) -> Blueprint:
    """``/``, ``/display``, the assets and ``/healthz``; consoles alone speak with bridges."""
    with_bridges = policy(bridge_ports)
    routes = Blueprint("front", __name__)

    @routes.get("/")
    @public("the sign-in page")
    def console() -> ResponseReturnValue:
        response = _page(dist, "console.html")
        response.headers["Content-Security-Policy"] = with_bridges
        return response

    @routes.get("/display")
    @public("the room display; its link's token is checked when it signs in")
    def display() -> ResponseReturnValue:
        return _page(dist, "display.html")

    @routes.get("/assets/<path:name>")
    @public("scripts and styles hold no secret")
    def asset(name: str) -> ResponseReturnValue:
        return _file(dist / "assets", name)

    @routes.get("/favicon.svg")
    @public("an icon")
    def icon() -> ResponseReturnValue:
        return _file(dist, "favicon.svg")

    @routes.get("/healthz")
    @public("says whether the server is well, and nothing else")
    def healthz() -> ResponseReturnValue:
        found = {name: _is_well(check) for name, check in health.items()}
        well = all(found.values())
        return answer({"ok": well, **found}, 200 if well else 503)

    return routes


def secure(response: Response) -> Response:
    """Add the security headers."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _page(dist: Path, name: str) -> Response:
    if not (dist / name).is_file():
        return Response(_NOT_BUILT, status=503, mimetype="text/html")
    response = send_from_directory(dist, name)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _file(folder: Path, name: str) -> Response:
    try:
        found = (folder / name).is_file()
    except (OSError, ValueError):
        found = False  # longer than any file's name, or with a zero in it
    if not found:
        raise NotFound
    response = send_from_directory(folder, name)
    response.headers["Cache-Control"] = _A_YEAR if _HASHED.search(name) else "no-cache"
    return response


def _is_well(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not well
        return False
