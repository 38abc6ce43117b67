"""HTTP of the search.

Rules: whoever is signed in may look; what they are told of is judged for them, one by one. What is looked for is in the
address of this request alone, and in no log.

Usage: ``app.register_blueprint(blueprint(search))``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.errors import Malformed
from server.identity.model import Role
from server.search.model import Kind, Limits, Seeker, parse
from server.search.service import SearchService
from server.web import actor, allow, answer

#: Days are Vietnamese; the country has one zone and no summer time.
_LOCAL: Final = dt.timezone(dt.timedelta(hours=7))
_DAY: Final = dt.timedelta(days=1)
_TYPE: Final = 200
_FIRST, _LAST = 2000, 2099
_DEEPEST: Final = 10_000


def blueprint(search: SearchService) -> Blueprint:
    """``GET /api/search``."""
    routes = Blueprint("search", __name__)

    @routes.get("/api/search")
    @allow(signed_in=True)
    def find() -> ResponseReturnValue:
        caller = actor()
        wanted = parse(request.args.get("q", ""))
        seeker = Seeker(
            caller.person or "", is_secretary=caller.has(Role.SECRETARY), is_auditor=caller.has(Role.AUDITOR)
        )
        return answer(search.find(wanted, seeker, _limits(), offset=_offset()))

    return routes


def _limits() -> Limits:
    kind, kinds = request.args.get("kind", ""), frozenset(Kind)
    if kind:
        if kind not in kinds:
            raise Malformed(path="kind", reason=" | ".join(Kind))
        kinds = frozenset({Kind(kind)})
    until = _day("to")
    return Limits(
        kinds=kinds,
        type=request.args.get("type", "")[:_TYPE],
        since=_day("from"),
        until=None if until is None else until + _DAY,
    )


def _day(name: str) -> dt.datetime | None:
    """The beginning of that day in Viet Nam."""
    given = request.args.get(name, "")
    if not given:
        return None
    try:
        found = dt.date.fromisoformat(given)
    except ValueError:
        raise Malformed(path=name, reason="2026-11-22") from None
    if not _FIRST <= found.year <= _LAST:
        raise Malformed(path=name, reason=f"{_FIRST} … {_LAST}")
    return dt.datetime(found.year, found.month, found.day, tzinfo=_LOCAL)


def _offset() -> int:
    given = request.args.get("offset", "0")
    if not given.isascii() or not given.isdigit() or int(given[:9]) > _DEEPEST:
        raise Malformed(path="offset", reason=f"0 … {_DEEPEST}")
    return int(given)
