"""The empty page and its files, as a browser of this machine loads them: the seat's, the bridge's.

Rules: nothing here says anything of anybody; who may call it stands in each program's own table, under ``page``,
``asset`` and ``icon``. The page is asked for anew each time, its files have names that change with them.

Usage: ``app.register_blueprint(front(web.dist(), page="seat.html", title="Chỗ ngồi"))``
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, send_from_directory
from flask.typing import ResponseReturnValue

_NOT_BUILT: Final = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title>
<h1>Giao diện chưa được dựng</h1><p>Hãy chạy <code>make web</code>.</p>
<h1 lang="en">The front end is not built</h1><p lang="en">Run <code>make web</code>.</p></html>"""


def front(dist: Path, *, page: str, title: str) -> Blueprint:
    """``page`` is the file in ``dist`` that ``/`` gives; ``title`` is shown while there is none."""
    routes = Blueprint("front", __name__)

    @routes.get("/", endpoint="page")
    def whole() -> ResponseReturnValue:
        if not (dist / page).is_file():
            return Response(_NOT_BUILT.format(title=title), status=503, mimetype="text/html")
        response = send_from_directory(dist, page)
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.get("/assets/<path:name>")
    def asset(name: str) -> ResponseReturnValue:
        response = send_from_directory(dist / "assets", name)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @routes.get("/favicon.svg")
    def icon() -> ResponseReturnValue:
        return send_from_directory(dist, "favicon.svg")

    return routes
