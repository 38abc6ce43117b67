"""Requests to speak in advance: asked, taken back, accepted, refused, put in order; words in, drafts of events out.

Rules W144, W145: pure. Members ask from the approval to the opening, once an item; chair and secretary decide until the
item is done. Nobody puts a request into the queue: every reader of the log does (``wire/before_fold.py: joined``).

Usage::

    drafts = ask(state, "q-…", Wanted("i-…", "Về chỉ tiêu quý IV", 5), by)
    drafts = decide(state, "q-…", WishChange.ACCEPT, by)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.before import errors
from server.before.remarks import must_be_before
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may, must_be_prepared
from server.speaking.errors import ItemOver, MayNotSpeak, SpeechReasonMissing
from server.speaking.model import must_lead
from wire.before import HOPING, MAX_REQUESTS, WRITABLE, Advance, Wish, WishChange, step
from wire.before_fold import ASKED, ORDERED, may_come, own_turn
from wire.errors import PhaseError
from wire.phases import HOLDING, LIVE, Phase
from wire.places import is_recused, may_speak
from wire.state import ItemState, MeetingState, MemberRole
from wire.visibility import sees

#: So many requests one person may make, taken back or not.
MOST_OF_ONE: Final = 100
_DONE: Final = {
    WishChange.ACCEPT: Wish.ACCEPTED,
    WishChange.REFUSE: Wish.REFUSED,
    WishChange.WITHDRAW: Wish.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """For which item, about what, for how many minutes."""

    item: str
    about: str
    minutes: int

    def to_value(self) -> dict[str, Any]:
        """As the event has it."""
        return {"item": self.item, "about": self.about, "minutes": self.minutes}


def may_ask(state: MeetingState, person: str) -> bool:
    """Whether the person has a place to speak from; who leads calls themselves."""
    member = state.member(person)
    return member is not None and member.role is MemberRole.MEMBER and may_speak(state, person)


def standing(state: MeetingState, item: str, person: str) -> Advance | None:
    """The person's request on an item that is not over."""
    own = (each for each in state.before.advances if (each.item, each.person) == (item, person))
    return next((each for each in own if each.state in HOPING), None)


def ask(state: MeetingState, request: str, wanted: Wanted, by: By) -> tuple[Draft, ...]:
    """Ask for an item; the same again changes nothing. Raises AdvanceTwice, AdvanceOnHeading and others."""
    must_be_before(state)
    if not may_ask(state, by.person) or is_recused(state, by.person, wanted.item):
        raise MayNotSpeak
    if not sees(state, by.person, wanted.item):
        raise meeting_errors.NoSuchItem(item=wanted.item)
    # A heading that they see parts of: turns are called on the part that is dealt with (W47).
    if any(each.parent == wanted.item and sees(state, by.person, each.item) for each in state.agenda):
        raise errors.AdvanceOnHeading
    known = standing(state, wanted.item, by.person)
    if known is not None:
        if (known.about, known.minutes) == (wanted.about, wanted.minutes):
            return ()
        raise errors.AdvanceTwice(advance=known.advance)
    own = sum(1 for each in state.before.advances if each.person == by.person)
    if own >= MOST_OF_ONE or len(state.before.advances) >= MAX_REQUESTS:
        raise errors.RemarksFull(most=MOST_OF_ONE if own >= MOST_OF_ONE else MAX_REQUESTS)
    return (Draft(ASKED, {"advance": request, "person": by.person, **wanted.to_value()}),)


def withdraw(state: MeetingState, request: str, by: By) -> tuple[Draft, ...]:
    """Take back one's own; raises AdvanceQueued once it stands in the queue: there it is taken back as any other."""
    known = state.before.advance(request)
    if known is None or known.person != by.person or state.member(by.person) is None:
        raise errors.AdvanceUnknown
    return _step(state, known, WishChange.WITHDRAW, {})


def decide(state: MeetingState, request: str, change: WishChange, by: By, *, reason: str = "") -> tuple[Draft, ...]:
    """Accept or refuse; raises ItemOver, AdvanceQueued, AdvanceOver, SpeechReasonMissing."""
    must_lead(state, by)
    known = state.before.advance(request)
    if known is None or is_recused(state, by.person, known.item):
        raise errors.AdvanceUnknown
    item = state.item(known.item)
    if item is None:
        raise meeting_errors.NoSuchItem(item=known.item)
    if item.state is ItemState.DONE:
        raise ItemOver
    if change is WishChange.REFUSE and not reason:
        raise SpeechReasonMissing
    return _step(state, known, change, {"reason": reason} if change is WishChange.REFUSE else {})


def arrange(state: MeetingState, item: str, requests: Sequence[str], by: By) -> tuple[Draft, ...]:
    """Put the requests of an item in order; who has come since, or is in the queue already, is no hindrance."""
    must_lead(state, by)
    _in_phase(state)
    if state.item(item) is None or is_recused(state, by.person, item):
        raise meeting_errors.NoSuchItem(item=item)
    now = [each.advance for each in state.before.of_item(item) if each.state in HOPING and not each.joined]
    wanted = [each for each in requests if each in now]
    wanted += [each for each in now if each not in wanted]
    return () if wanted == now else (Draft(ORDERED, {"item": item, "advances": wanted}),)


def may_read(state: MeetingState, request: Advance, by: By, *, reads_record: bool) -> bool:
    """Theirs, or of who leads; nobody is told of an item they have to leave, or may not know of."""
    if is_recused(state, by.person, request.item):
        return False
    if reads_record or may(state, LEADERS, by):
        return True
    if request.person != by.person or state.member(by.person) is None:
        return False
    return state.item(request.item) is None or sees(state, by.person, request.item)


def is_left(state: MeetingState, request: Advance) -> bool:
    """Whether its time is over without a turn: it can be handed in in writing (S4)."""
    item = state.item(request.item)
    if item is None or request.joined:
        return False
    return state.phase is Phase.CLOSED or item.state is ItemState.DONE


def may_hand_in(state: MeetingState, request: Advance) -> bool:
    """Whether the person hands it in in writing now: they would be called, and asked for no turn in the room."""
    is_now = state.phase in LIVE or state.phase is Phase.CLOSED
    is_without = request.state in WRITABLE and is_left(state, request) and own_turn(state, request) is None
    return is_now and is_without and may_come(state, request)


def _step(state: MeetingState, known: Advance, change: WishChange, more: dict[str, Any]) -> tuple[Draft, ...]:
    _in_phase(state)
    if known.joined:
        raise errors.AdvanceQueued
    if known.state is _DONE[change]:
        return ()
    try:
        step(known.state, change)
    except PhaseError:
        raise errors.AdvanceOver(state=known.state.value) from None
    return (Draft(change.value, {"advance": known.advance, **more}),)


def _in_phase(state: MeetingState) -> None:
    must_be_prepared(state)
    if state.phase not in HOLDING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
