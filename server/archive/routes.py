"""HTTP of the archive.

Rules: who prepares or leads a meeting makes its dossier up; secretaries of the house and registry clerks list
dossiers and hand them over; auditors read. ``years`` null is for ever.

Usage: ``app.register_blueprint(blueprint(archive, clock))``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.archive.model import MAX_NAME, MAX_REASON, MOST_YEARS, TransferState
from server.archive.service import ArchiveService, Asked, Receipt
from server.clock import Clock
from server.identity.model import Role
from server.web import act_id, actor, allow, answer, body
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import MeetingId
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_ONE: Final = "/api/meetings/<meeting>/archive"
_LISTS: Final = "/api/archive/transfers"
_MOST: Final = 1_000


def blueprint(archive: ArchiveService, clock: Clock) -> Blueprint:
    """``/api/archive`` and ``/api/meetings/<m>/archive``."""
    routes = Blueprint("archive", __name__)
    _dossiers(routes, archive, clock)
    _lists(routes, archive, clock)
    return routes


def _dossiers(routes: Blueprint, archive: ArchiveService, clock: Clock) -> None:
    @routes.get("/api/archive")
    @allow(Role.SECRETARY, Role.CLERK, Role.AUDITOR)
    def read_archive() -> ResponseReturnValue:
        return answer(archive.board(now=clock.now()))

    @routes.get(_ONE)
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def read_filing(meeting: str) -> ResponseReturnValue:
        return answer(archive.one(MeetingId(meeting), now=clock.now()))

    @routes.post(_ONE)
    @allow(Role.SECRETARY, member=_LEADERS)
    def make_up(meeting: str) -> ResponseReturnValue:
        fields = body()
        years = _years(fields)
        fields.end()
        return answer(archive.make_up(MeetingId(meeting), years, asked=_asked(clock)), 201)

    @routes.put(_ONE)
    @allow(Role.SECRETARY, member=_LEADERS)
    def keep_for(meeting: str) -> ResponseReturnValue:
        fields = body()
        years, reason = _years(fields), fields.text("reason", limit=MAX_REASON, empty=True)
        revision = fields.number("revision", low=1)
        fields.end()
        return answer(archive.keep_for(MeetingId(meeting), years, reason, revision=revision, asked=_asked(clock)))


def _lists(routes: Blueprint, archive: ArchiveService, clock: Clock) -> None:
    @routes.post(_LISTS)
    @allow(Role.SECRETARY, Role.CLERK)
    def list_up() -> ResponseReturnValue:
        fields = body()
        since, until = _day(fields, "since"), _day(fields, "until")
        meetings = fields.ids("meetings", "m", limit=_MOST)
        fields.end()
        if until < since:
            raise BadField("body.until", "is before since")
        return answer(archive.list_up(since, until, meetings, asked=_asked(clock)), 201)

    @routes.get(f"{_LISTS}/<int:number>/list.pdf")
    @allow(Role.SECRETARY, Role.CLERK, Role.AUDITOR)
    def read_list(number: int) -> ResponseReturnValue:
        pdf = archive.paper(_number(number), now=clock.now())
        headers = {
            "Content-Disposition": f'inline; filename="giao-nhan-ho-so-{number}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.post(f"{_LISTS}/<int:number>/handed")
    @allow(Role.SECRETARY, Role.CLERK)
    def hand_over(number: int) -> ResponseReturnValue:
        fields = body()
        receipt = Receipt(
            fields.text("receiver", limit=MAX_NAME).strip(),
            fields.text("position", limit=MAX_NAME, empty=True).strip() if fields.has("position") else "",
            _day(fields, "on"),
        )
        fields.end()
        if not receipt.receiver:
            raise BadField("body.receiver", "is empty")
        return answer(archive.hand_over(_number(number), receipt, asked=_asked(clock)))

    @routes.post(f"{_LISTS}/<int:number>/back")
    @allow(Role.SECRETARY, Role.CLERK)
    def take_back(number: int) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=MAX_REASON, empty=True)
        seen = TransferState(fields.choice("seen", frozenset(TransferState)))
        fields.end()
        return answer(archive.take_back(_number(number), reason, seen=seen, asked=_asked(clock)))


def _asked(clock: Clock) -> Asked:
    return Asked(actor(), act_id(), clock.now())


def _years(fields: Fields) -> int | None:
    return fields.number("years", low=1, high=MOST_YEARS) if fields.has("years") else None


def _day(fields: Fields, key: str) -> dt.date:
    text = fields.text(key, limit=10)
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise BadField(f"body.{key}", "is no day") from None
    if found.isoformat() != text:
        raise BadField(f"body.{key}", "is not a day as YYYY-MM-DD")
    return found


def _number(number: int) -> int:
    return number if number < 2**31 else 0
