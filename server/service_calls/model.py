"""What may be asked for and by whom it is served, as drafts of events (D6, W91).

Rules: pure. Who sits in the meeting asks, while its seats are in use; the same kind again waits for the first, and
nobody has more than a few open or asks more than twenty times an hour. Who asked may cancel; the desk takes, ends and
cancels. A step that was made already changes nothing when the same is asked again.

Usage::

    drafts = ask(state, Wanted("a-…", ServiceKind.WATER, "", "A3"), person, now=now)
    drafts = take(state, "a-…", by="Nguyễn Văn An")
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from server.meetings import errors as meeting_errors
from server.meetings.model import Draft
from server.service_calls import errors
from wire.phases import HOLDING
from wire.service import ASKED, ENDED, OPEN, TABLE, TAKEN, find, open_calls
from wire.state import CallState, MeetingState, ServiceCall, ServiceKind

MOST_OPEN: Final = 4
MOST_AN_HOUR: Final = 20
_HOUR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; ``call`` is the id of the act, so that the same act is the same call."""

    call: str
    kind: ServiceKind
    text: str
    seat_label: str


def ask(state: MeetingState, wanted: Wanted, person: str, *, now: dt.datetime) -> tuple[Draft, ...]:
    """Somebody asks at their seat."""
    if state.member(person) is None:
        raise meeting_errors.NotAMember
    _must_hold(state)
    own = [each for each in state.calls if each.person == person]
    waiting = [each for each in own if each.state in OPEN]
    if wanted.kind is not ServiceKind.OTHER and any(each.kind is wanted.kind for each in waiting):
        raise errors.CallOpen
    if len(waiting) >= MOST_OPEN or sum(1 for each in own if now - each.asked_at < _HOUR) >= MOST_AN_HOUR:
        raise errors.TooManyCalls
    data: dict[str, Any] = {"call": wanted.call, "person": person, "seat_label": wanted.seat_label}
    data["kind"] = wanted.kind.value
    text = wanted.text.strip()
    return (Draft(ASKED, {**data, "text": text} if text else data),)


def take(state: MeetingState, call: str, *, by: str) -> tuple[Draft, ...]:
    """Somebody of the desk sees to it."""
    _must_hold(state)
    found = _known(state, call)
    if found.state is CallState.TAKEN and found.by == by:
        return ()
    _must(found, CallState.TAKEN)
    return (Draft(TAKEN, {"call": call, "by": by}),)


def end(state: MeetingState, call: str, outcome: CallState, *, by: str) -> tuple[Draft, ...]:
    """It is done, or nobody wants it any more."""
    _must_hold(state)
    found = _known(state, call)
    if found.state is outcome:
        return ()
    _must(found, outcome)
    return (Draft(ENDED, {"call": call, "outcome": outcome.value, "by": by}),)


def cancel_own(state: MeetingState, call: str, person: str) -> tuple[Draft, ...]:
    """Who asked needs it no longer."""
    if _known(state, call).person != person:
        raise errors.NoSuchCall(call=call)
    return end(state, call, CallState.CANCELLED, by="")


def waiting(state: MeetingState) -> tuple[ServiceCall, ...]:
    """What the desk has to see to."""
    return open_calls(state) if state.phase in HOLDING else ()


def _must_hold(state: MeetingState) -> None:
    if state.phase not in HOLDING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)


def _known(state: MeetingState, call: str) -> ServiceCall:
    found = find(state, call)
    if found is None:
        raise errors.NoSuchCall(call=call[:40])
    return found


def _must(call: ServiceCall, wanted: CallState) -> None:
    if wanted not in TABLE[call.state]:
        raise errors.CallOver
