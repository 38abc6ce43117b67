"""What may happen to turns to speak: commands in, drafts of events out.

Rules S1–S5, W92–W95: pure; every member of the meeting may ask for an item they know of, chair and secretary for
anybody. Chair and secretary lead the queue. A turn is called on the item that is dealt with only, so a click that comes
after the meeting has gone on changes nothing. What somebody else has just done in the same way is done: nothing
follows, and nothing is refused.

Usage::

    drafts = ask(state, "q-…", Asking("i-…", "u-…", SpeechKind.SPEECH), by=By("u-…"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may
from server.speaking import errors
from wire.before_fold import may_come, own_turn, with_turn
from wire.errors import PhaseError
from wire.phases import HOLDING, LIVE, PREPARING, Phase
from wire.places import is_recused, may_speak
from wire.speak_fold import ASKED, CLOCK, EXTENDED, MAX_CHARACTERS, MAX_TEXT_BYTES, MAX_WRITINGS, ORDERED, RULES_SET
from wire.speak_view import rules as rules_value
from wire.speaking import (
    BEGUN,
    IN_TURN,
    STANDING,
    Order,
    SpeakingRules,
    Speech,
    SpeechChange,
    SpeechKind,
    SpeechState,
    step,
)
from wire.state import ItemState, MeetingState
from wire.visibility import sees

#: In which state a turn is after a change: found there already, somebody was faster.
_DONE: Final = {
    SpeechChange.CALL: SpeechState.CALLED,
    SpeechChange.PUT_BACK: SpeechState.WAITING,
    SpeechChange.START: SpeechState.SPEAKING,
    SpeechChange.PAUSE: SpeechState.PAUSED,
    SpeechChange.RESUME: SpeechState.SPEAKING,
    SpeechChange.STOP: SpeechState.ENDED,
    SpeechChange.REFUSE: SpeechState.REFUSED,
    SpeechChange.CANCEL: SpeechState.CANCELLED,
}
#: So often one person may ask in a meeting, taken back or not: the log of a meeting is for all of them.
MOST_OF_ONE: Final = 100
#: What gives somebody the floor.
_TAKING: Final = frozenset({SpeechChange.CALL, SpeechChange.START, SpeechChange.RESUME})
#: What the chair's order may hold.
_ORDERED: Final = IN_TURN | {SpeechState.WAITING}
#: Until the record is final, what was left unsaid may still be handed in.
_WRITING: Final = LIVE | {Phase.CLOSED}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks to speak on what, in which way."""

    item: str
    person: str
    kind: SpeechKind


def known(state: MeetingState, speech: str) -> Speech:
    """The turn; raises NoSuchSpeech."""
    found = state.speaking.speech(speech)
    if found is None:
        raise errors.NoSuchSpeech(speech=speech)
    return found


def must_lead(state: MeetingState, by: By) -> None:
    """Raise unless ``by`` leads the queue here."""
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed


def standing(state: MeetingState, asking: Asking) -> Speech | None:
    """The same request that is not over yet."""
    wanted = (asking.item, asking.person, asking.kind)
    found = (each for each in state.speaking.speeches if (each.item, each.person, each.kind) == wanted)
    return next((each for each in found if each.state in STANDING), None)


def set_rules(state: MeetingState, chosen: SpeakingRules, *, by: By) -> tuple[Draft, ...]:
    """What the house, or this meeting, has chosen (S2, S3)."""
    must_lead(state, by)
    _in_phase(state, PREPARING | LIVE)
    return () if chosen == state.speaking.rules else (Draft(RULES_SET, rules_value(chosen)),)


def ask(state: MeetingState, speech: str, asking: Asking, *, by: By) -> tuple[Draft, ...]:
    """Register, for oneself or for somebody; nothing when the same request stands already."""
    if asking.person != by.person:
        must_lead(state, by)
    if state.member(asking.person) is None:
        raise meeting_errors.NotAMember
    _in_phase(state, HOLDING)
    if not may_speak(state, asking.person) or is_recused(state, asking.person, asking.item):
        raise errors.MayNotSpeak
    item = state.item(asking.item)
    if item is None or not sees(state, asking.person, asking.item):
        raise meeting_errors.NoSuchItem(item=asking.item)
    if item.state is ItemState.DONE:
        raise errors.ItemOver
    if standing(state, asking) is not None:
        return ()
    if sum(1 for each in state.speaking.speeches if each.person == asking.person) >= MOST_OF_ONE:
        raise errors.TooManySpeeches(most=MOST_OF_ONE)
    data = {"speech": speech, "item": asking.item, "person": asking.person, "kind": asking.kind.value}
    return (Draft(ASKED, data),)


def move(
    state: MeetingState, speech: str, change: SpeechChange, *, by: By, reason: str = "", ends: str | None = None
) -> tuple[Draft, ...]:
    """One step of a turn; nothing when it has been taken already.

    ``ends``: whose turn the caller saw going on and ends with this call. Has somebody else the floor by now, nothing
    happens: the screen was old.
    """
    found = known(state, speech)
    if change is not SpeechChange.CANCEL or found.person != by.person:
        _must_lead_turn(state, found, change, by)
    _in_phase(state, HOLDING if change is SpeechChange.CANCEL else LIVE)
    if found.state is _DONE[change]:
        return ()
    if change in _TAKING and (not may_speak(state, found.person) or is_recused(state, found.person, found.item)):
        raise errors.MayNotSpeak  # the place, or the item, was lost after the request
    before = _freeing(state, found, ends) if change in _TAKING else ()
    try:
        step(found.state, change)
    except PhaseError:
        raise errors.SpeechStateNotAllowed(state=found.state.value, name=found.name) from None
    data = {"speech": speech}
    if change is SpeechChange.REFUSE:
        if not reason.strip():
            raise errors.SpeechReasonMissing
        data["reason"] = reason
    return (*before, Draft(change.value, data))


def _must_lead_turn(state: MeetingState, found: Speech, change: SpeechChange, by: By) -> None:
    if change is SpeechChange.CANCEL and state.member(by.person) is not None and not may(state, LEADERS, by):
        raise errors.NotYourSpeech
    # Who speaks ends their own turn.
    if change is SpeechChange.STOP and found.person == by.person:
        return
    must_lead(state, by)


def _freeing(state: MeetingState, speech: Speech, ends: str | None) -> tuple[Draft, ...]:
    """What ends the turn that goes on: who speaks has spoken, who was only called waits again."""
    _in_phase(state, frozenset({Phase.OPEN}))
    active = state.active_item
    if active is None or active.item != speech.item:
        raise errors.ItemNotDealtWith
    other = state.speaking.in_turn
    if other is None or other.speech == speech.speech:
        return ()
    if other.speech != ends:
        raise errors.SomebodySpeaks(name=other.name)
    ending = SpeechChange.PUT_BACK if other.state is SpeechState.CALLED else SpeechChange.STOP
    return (Draft(ending.value, {"speech": other.speech}),)


def stop_by_clock(state: MeetingState, speech: str, *, now: dt.datetime) -> tuple[Draft, ...]:
    """End a turn whose time is over, where the house wants that; nothing when somebody was faster."""
    found = state.speaking.speech(speech)
    if found is None or not state.speaking.rules.cuts or not found.is_over(now):
        return ()
    return (Draft(SpeechChange.STOP.value, {"speech": speech, "by": CLOCK}),)


def extend(state: MeetingState, speech: str, seconds: int, *, by: By) -> tuple[Draft, ...]:
    """Give a turn that goes on more time."""
    must_lead(state, by)
    found = known(state, speech)
    if found.state not in BEGUN:
        raise errors.SpeechStateNotAllowed(state=found.state.value, name=found.name)
    if found.limit_ms is None:
        raise errors.TurnHasNoLimit
    return (Draft(EXTENDED, {"speech": speech, "seconds": seconds}),)


def arrange(state: MeetingState, item: str, speeches: Sequence[str], *, by: By) -> tuple[Draft, ...]:
    """Put who waits on an item in the chair's order; who has come since, or waits no more, is no hindrance."""
    must_lead(state, by)
    _in_phase(state, HOLDING)
    if state.speaking.rules.order is not Order.CHAIR:
        raise errors.OrderNotChairs
    waiting = {each.speech for each in state.speaking.speeches if each.item == item and each.state in _ORDERED}
    wanted = [each for each in speeches if each in waiting]
    return (Draft(ORDERED, {"speeches": wanted}),) if wanted else ()


def write(state: MeetingState, speech: str, text: str, *, by: By) -> tuple[Draft, ...]:
    """Hand in in writing what was not said (S4); who asked in advance and was not there hands it in, too (W145)."""
    state = _with_advance(state, speech, by)
    found = known(state, speech)
    if found.person != by.person:
        raise errors.NotYourSpeech
    if is_recused(state, found.person, found.item):
        raise errors.MayNotSpeak
    _in_phase(state, _WRITING)
    if len(text) > MAX_CHARACTERS or len(text.encode("utf-8")) > MAX_TEXT_BYTES:
        raise errors.SpeechTextTooLong(most=MAX_CHARACTERS)
    if found.written is not None and found.written.times >= MAX_WRITINGS:
        raise errors.WrittenTooOften(most=MAX_WRITINGS)
    try:
        step(found.state, SpeechChange.WRITE)
    except PhaseError:
        raise errors.SpeechStateNotAllowed(state=found.state.value, name=found.name) from None
    return (Draft(SpeechChange.WRITE.value, {"speech": speech, "text": text}),)


def _with_advance(state: MeetingState, speech: str, by: By) -> MeetingState:
    """With the turn of a request in advance whose item has come without its person; raises ItemNotDealtWith before.

    Whoever would not be called hands nothing in either; whoever asked in the room has that turn, not two.
    """
    asked = state.before.advance(speech)
    item = None if asked is None or asked.joined else state.item(asked.item)
    if asked is None or item is None:
        return state
    if asked.person != by.person:
        raise errors.NotYourSpeech
    if not may_come(state, asked):
        raise errors.MayNotSpeak
    if turn := own_turn(state, asked):
        raise errors.SpeechStateNotAllowed(state=turn.state.value, name=turn.name)
    if state.phase in HOLDING and item.state is ItemState.WAITING:
        raise errors.ItemNotDealtWith
    return with_turn(state, speech)


def may_read(state: MeetingState, speech: Speech, by: By, *, reads_record: bool) -> bool:
    """Who reads a speech in writing: who wrote it, who leads, and auditors (``reads_record``)."""
    return speech.person == by.person or reads_record or may(state, LEADERS, by)


def _in_phase(state: MeetingState, allowed: frozenset[Phase]) -> None:
    if state.phase not in allowed:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
