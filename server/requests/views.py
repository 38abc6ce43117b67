"""Requests as the consoles read them.

Rules: whoever prepares or leads sees all of a meeting; whoever was asked sees theirs, with the names of meeting and
item, and nothing else of a meeting they are not in.

Usage: ``line(state, request, today=today)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from server.requests.model import day_in_house
from wire.agenda import numbers
from wire.fields import print_instant
from wire.paper_requests import WAITING, PaperRequest, Standing
from wire.request_fold import standing
from wire.state import MeetingState, Paper


def line(state: MeetingState, request: PaperRequest, *, today: dt.date) -> dict[str, Any]:
    """One request; ``overdue``: still waited for after its day, ``late``: handed in after it."""
    item, paper, now = state.item(request.item), state.paper(request.paper), standing(state, request)
    given = request.handed_in_at
    return {
        "request": request.request,
        "item": request.item,
        "item_number": "" if item is None else item.number or numbers(state.agenda)[item.item],
        "item_title": "" if item is None else item.title,
        "person": request.person or None,
        "unit": request.unit or None,
        "name": request.name,
        "what": request.what,
        "until": request.until.isoformat(),
        "standing": now.value,
        "overdue": now in WAITING and item is not None and today > request.until,
        "days_left": (request.until - today).days,
        "late": given is not None and day_in_house(given) > request.until,
        "handed_in_at": None if given is None else print_instant(given),
        "asked_at": print_instant(request.asked_at),
        "revision": request.revision,
        "reminders": request.reminders,
        "reminded_at": None if request.reminded_at is None else print_instant(request.reminded_at),
        "reason": _reason(request, now, paper),
        "paper": None if paper is None else _paper(paper),
    }


def _reason(request: PaperRequest, now: Standing, paper: Paper | None) -> str:
    """Why it was returned or withdrawn."""
    if now is Standing.WITHDRAWN:
        return request.reason
    return paper.reason if paper is not None and now is Standing.RETURNED else ""


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "paper": paper.paper,
        "title": paper.title,
        "version": paper.version,
        "pages": paper.pages,
        "secrecy": paper.secrecy.value,
        "owner": paper.owner,
    }


def counts(lines: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many stand where; the five add up to all, ``overdue`` is within the first and third."""
    of = {each.value: sum(one["standing"] == each for one in lines) for each in Standing}
    return {**of, "overdue": sum(one["overdue"] for one in lines)}
