"""Requests for papers: the part of the fold that knows them (W137–W140).

Rules: pure, as ``wire.fold``. What an event says must fit what was said before; who may say it was decided before.

Usage: in the table ``fold.HANDLERS``; ``fold`` calls :func:`handed_in` for every ``paper_submitted``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.paper_requests import MAX_REASON, MAX_REQUESTS, MAX_WHAT, WAITING, PaperRequest, Standing, Why
from wire.state import MeetingState, PaperState

REQUESTED: Final = "paper_requested"
CHANGED: Final = "paper_request_changed"
WITHDRAWN: Final = "paper_request_withdrawn"
REMINDED: Final = "paper_request_reminded"
_OF_PAPER: Final = {PaperState.SUBMITTED: Standing.SUBMITTED, PaperState.RETURNED: Standing.RETURNED}


def request_of(state: MeetingState, request: str) -> PaperRequest | None:
    """A request by id."""
    return next((each for each in state.requests if each.request == request), None)


def standing(state: MeetingState, request: PaperRequest) -> Standing:
    """How it stands: what has become of its paper (W138)."""
    if request.withdrawn:
        return Standing.WITHDRAWN
    paper = state.paper(request.paper)
    return Standing.ASKED if paper is None else _OF_PAPER.get(paper.state, Standing.APPROVED)


def takes_new(state: MeetingState, request: PaperRequest) -> bool:
    """Whether a first version is handed in for it: there is no paper yet, or the stub of a state secret came back."""
    paper = state.paper(request.paper)
    return paper is None or (paper.state is PaperState.RETURNED and paper.pages == 0)


def handed_in(before: MeetingState, after: MeetingState, event: Event, data: Fields) -> MeetingState:
    """``after`` a paper was submitted; the request that it was handed in for has it from now on (W138)."""
    if not data.has("request"):
        return after
    known = _known(before, data)
    paper, item = event.data["paper"], event.data["item"]
    fits = known.paper == paper or takes_new(before, known)
    if known.withdrawn or known.item != item or not fits:
        raise BadField("paper_submitted.request", "is for something else")
    return _with(after, replace(known, paper=paper, handed_in_at=known.handed_in_at or event.at))


def _requested(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    item = data.id("item", "i")
    if state.item(item) is None:
        raise BadField("paper_requested.item", "is not on the agenda")
    person, unit, name = _asked(data)
    fresh = PaperRequest(
        request=data.id("request", "w"),
        item=item,
        person=person,
        unit=unit,
        name=name,
        what=data.text("what", limit=MAX_WHAT),
        until=_day(data),
        asked_by=event.actor,
        asked_at=event.at,
    )
    if request_of(state, fresh.request) is not None or len(state.requests) >= MAX_REQUESTS:
        raise BadField("paper_requested.request", "is there already, or is one too many")
    return replace(state, requests=(*state.requests, fresh))


def _changed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _known(state, data)
    person, unit, name = _asked(data)
    until = _day(data)
    fresh = replace(
        known,
        person=person,
        unit=unit,
        name=name,
        what=data.text("what", limit=MAX_WHAT),
        until=until,
        revision=known.revision + 1,
        # Another day is a day to be reminded of anew, and so is another person.
        told=known.told if (until, person, unit) == (known.until, known.person, known.unit) else frozenset(),
    )
    if known.withdrawn:
        raise BadField("paper_request_changed.request", "is withdrawn")
    return _with(state, fresh)


def _withdrawn(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _known(state, data)
    reason = data.text("reason", limit=MAX_REASON)
    if standing(state, known) not in WAITING:
        raise BadField("paper_request_withdrawn.request", "is not waited for")
    return _with(state, replace(known, withdrawn=True, reason=reason))


def _reminded(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    why = Why(data.choice("why", frozenset(Why)))
    asked = data.ids("requests", "w", limit=MAX_REQUESTS)
    if not asked:
        raise BadField("paper_request_reminded.requests", "names nobody")
    for each in asked:
        known = request_of(state, each)
        if known is None or standing(state, known) not in WAITING:
            raise BadField("paper_request_reminded.requests", "are not waited for")
        told = known.told if why is Why.HAND else known.told | {why}
        state = _with(state, replace(known, reminders=known.reminders + 1, reminded_at=event.at, told=told))
    return state


def _asked(data: Fields) -> tuple[str, str, str]:
    """Person, unit – one of them – and the name."""
    person = data.id("person", "u") if data.has("person") else ""
    unit = data.id("unit", "o") if data.has("unit") else ""
    if bool(person) == bool(unit):
        raise BadField("person", "is asked, or a unit: one of them")
    return person, unit, data.text("name", limit=200)


def _day(data: Fields) -> dt.date:
    text = data.text("until", limit=10)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BadField("until", "is not a day like 2026-09-02") from exc
    if text != day.isoformat():
        raise BadField("until", "is not a day like 2026-09-02")
    return day


def _known(state: MeetingState, data: Fields) -> PaperRequest:
    known = request_of(state, data.id("request", "w"))
    if known is None:
        raise BadField("request", "was never made")
    return known


def _with(state: MeetingState, request: PaperRequest) -> MeetingState:
    return replace(
        state, requests=tuple(request if each.request == request.request else each for each in state.requests)
    )


HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    REQUESTED: _requested,
    CHANGED: _changed,
    WITHDRAWN: _withdrawn,
    REMINDED: _reminded,
}
