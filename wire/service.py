"""Service calls (D6): water, paper, technical help, the secretary, or a few words – asked, taken, done or cancelled.

Rules W91: pure, with the part of the fold that knows them. One call goes forward only, by the table; what is open and
the newest that are over are kept, so that the state stays small whatever is asked for.

Usage::

    state.calls; open_calls(state)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields, print_instant
from wire.state import CallState, MeetingState, ServiceCall, ServiceKind

ASKED: Final = "service_asked"
TAKEN: Final = "service_taken"
ENDED: Final = "service_ended"
MAX_TEXT: Final = 200
#: Calls that are over and still shown.
KEPT: Final = 50
MAX_OPEN: Final = 2_000
TABLE: Final[dict[CallState, frozenset[CallState]]] = {
    CallState.ASKED: frozenset({CallState.TAKEN, CallState.DONE, CallState.CANCELLED}),
    CallState.TAKEN: frozenset({CallState.DONE, CallState.CANCELLED}),
    CallState.DONE: frozenset(),
    CallState.CANCELLED: frozenset(),
}
OPEN: Final = frozenset({CallState.ASKED, CallState.TAKEN})
_OVER: Final = frozenset({CallState.DONE, CallState.CANCELLED})


def find(state: MeetingState, call: str) -> ServiceCall | None:
    """A call by its id."""
    return next((each for each in state.calls if each.call == call), None)


def open_calls(state: MeetingState) -> tuple[ServiceCall, ...]:
    """Those that wait for somebody, the oldest first."""
    return tuple(each for each in state.calls if each.state in OPEN)


def section(state: MeetingState) -> list[dict[str, Any]]:
    """The section ``service`` of the screens."""
    return [value(state, each) for each in state.calls]


def value(state: MeetingState, call: ServiceCall) -> dict[str, Any]:
    """One call as JSON."""
    member = state.member(call.person)
    return {
        "call": call.call,
        "person": call.person,
        "name": "" if member is None else member.name,
        "seat_label": call.seat_label,
        "kind": call.kind.value,
        "text": call.text,
        "state": call.state.value,
        "asked_at": print_instant(call.asked_at),
        "by": call.by,
        "at": print_instant(call.at),
    }


def _asked(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    fresh = ServiceCall(
        call=data.id("call", "a"),
        person=data.id("person", "u"),
        seat_label=data.text("seat_label", limit=80, empty=True),
        kind=ServiceKind(data.choice("kind", frozenset(ServiceKind))),
        text=data.text("text", limit=MAX_TEXT) if data.has("text") else "",
        asked_at=event.at,
        at=event.at,
    )
    if state.member(fresh.person) is None or find(state, fresh.call) is not None or len(open_calls(state)) >= MAX_OPEN:
        raise BadField("service_asked.call", "is of no member, is there already, or is one too many")
    over = [each.call for each in state.calls if each.state in _OVER]
    gone = set(over[: max(0, len(over) - KEPT)])
    return replace(state, calls=(*(each for each in state.calls if each.call not in gone), fresh))


def _moved(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = find(state, data.id("call", "a"))
    wanted = CallState.TAKEN
    if event.kind == ENDED:
        wanted = CallState(data.choice("outcome", frozenset(_OVER)))
    by = data.text("by", limit=200, empty=True)
    if known is None or wanted not in TABLE[known.state]:
        raise BadField(f"{event.kind}.call", "is not open, or goes backwards")
    moved = replace(known, state=wanted, by=by or known.by, at=event.at)
    return replace(state, calls=tuple(moved if each.call == known.call else each for each in state.calls))


#: Every kind of event about service calls.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    ASKED: _asked,
    TAKEN: _moved,
    ENDED: _moved,
}
