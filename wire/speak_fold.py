"""Events about speaking → state (W92–W95): the part of the fold that knows turns.

Rules: as ``wire/fold.py``. What a turn may take is computed here from the rules and totals at its beginning, so the log
needs no figure that somebody could have made up. Who speaks when the meeting goes on to another item, or ends, has
spoken; who was only called waits again; a recess interrupts.

Usage: ``HANDLERS[event.kind](state, event, data)``, and ``followed(before, after, event)`` after every other event.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire.before_fold import with_turn
from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.phases import HOLDING, LIVE, Phase
from wire.speak_order import allowed_ms
from wire.speaking import (
    BEGUN,
    MAX_SPEECHES,
    STANDING,
    Order,
    Paper,
    Seconds,
    Span,
    Speaking,
    SpeakingRules,
    Speech,
    SpeechChange,
    SpeechKind,
    SpeechState,
    step,
    stretch_ms,
)
from wire.state import MeetingState

ASKED: Final = "speech_asked"
EXTENDED: Final = "speech_extended"
ORDERED: Final = "speaking_ordered"
RULES_SET: Final = "speaking_rules_set"
#: In the data of a stop: nobody stopped it, its time was over.
CLOCK: Final = "clock"
#: Of one turn, one budget, one extension.
MAX_SECONDS: Final = 24 * 3600
#: Of a speech in writing: characters, and bytes, so that it fits into an act (W28).
MAX_CHARACTERS: Final = 20_000
MAX_TEXT_BYTES: Final = 60_000
#: How often one speech may be handed in anew.
MAX_WRITINGS: Final = 20
MAX_REASON: Final = 500


def read_rules(data: Fields) -> SpeakingRules:
    """What a house has chosen; raises :class:`BadField`."""
    seconds = data.object("seconds")
    limits = Seconds(**{kind.value: seconds.number(kind.value, high=MAX_SECONDS) for kind in SpeechKind})
    seconds.end()
    return SpeakingRules(
        order=Order(data.choice("order", frozenset(Order))),
        seconds=limits,
        warn_s=data.number("warn", high=MAX_SECONDS),
        person_s=data.number("person", high=MAX_SECONDS),
        group_s=data.number("group", high=MAX_SECONDS),
        span=Span(data.choice("span", frozenset(Span))),
        cuts=data.flag("cuts"),
    )


def _rules_set(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return replace(state, speaking=replace(state.speaking, rules=read_rules(data)))


def _asked(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    speech, item = data.id("speech", "q"), data.id("item", "i")
    member = state.member(data.id("person", "u"))
    if member is None or state.item(item) is None:
        raise BadField("speech_asked", "names nobody of this meeting, or nothing on its agenda")
    if state.speaking.speech(speech) is not None or len(state.speaking.speeches) >= MAX_SPEECHES:
        raise BadField("speech_asked.speech", f"is there already, or would be more than {MAX_SPEECHES}")
    fresh = Speech(
        speech=speech,
        item=item,
        person=member.person,
        kind=SpeechKind(data.choice("kind", frozenset(SpeechKind))),
        name=member.name,
        position=member.position,
        unit=member.unit,
        asked_at=event.at,
        by="" if event.actor == f"person:{member.person}" else event.actor.removeprefix("person:"),
    )
    speaking = state.speaking
    return replace(state, speaking=replace(speaking, speeches=(*speaking.speeches, fresh)))


def _called(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    _nobody_else(state, data)
    return _with(state, replace(_moved(state, event, data), called_at=event.at))


def _put_back(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return _with(state, replace(_moved(state, event, data), called_at=None))


def _started(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    _nobody_else(state, data)
    speech = _moved(state, event, data)
    limit = allowed_ms(state.speaking, speech)
    called = speech.called_at or event.at
    begun = replace(speech, limit_ms=limit, since=event.at, started_at=event.at, called_at=called)
    return _with(state, begun)


def _paused(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return _with(state, _held(_moved(state, event, data), event.at))


def _resumed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    _nobody_else(state, data)
    return _with(state, replace(_moved(state, event, data), since=event.at))


def _stopped(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    by_clock = data.has("by") and data.choice("by", frozenset({CLOCK})) == CLOCK
    speech = _known(state, data)
    if by_clock and not (state.speaking.rules.cuts and speech.is_over(event.at)):
        raise BadField("speech_stopped.by", "is the clock, which does not end turns here, or whose time is not over")
    ended = _held(_moved(state, event, data), event.at)
    return _with(state, replace(ended, ended_at=event.at, by_clock=by_clock))


def _extended(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    speech, seconds = _known(state, data), data.number("seconds", low=1, high=MAX_SECONDS)
    if speech.state not in BEGUN or speech.limit_ms is None:
        raise BadField("speech_extended.speech", "does not go on, or has no limit")
    return _with(state, replace(speech, limit_ms=speech.limit_ms + 1000 * seconds))


def _refused(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    reason = data.text("reason", limit=MAX_REASON)
    return _with(state, replace(_moved(state, event, data), reason=reason, ended_at=event.at))


def _cancelled(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return _with(state, replace(_moved(state, event, data), ended_at=event.at))


def _written(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    # A request in advance whose person was not there never was in the queue (W145).
    state = with_turn(state, data.id("speech", "q"))
    text = data.text("text", limit=MAX_CHARACTERS)
    size = len(text.encode("utf-8"))
    speech = _moved(state, event, data)
    times = 1 if speech.written is None else speech.written.times + 1
    if size > MAX_TEXT_BYTES or times > MAX_WRITINGS:
        raise BadField("speech_written.text", "is too long, or was handed in too often")
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return _with(state, replace(speech, written=Paper(digest, len(text), event.at, times)))


def _ordered(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    wanted = data.ids("speeches", "q", limit=MAX_SPEECHES)
    places = {speech: place for place, speech in enumerate(wanted)}
    if not places.keys() <= {each.speech for each in state.speaking.speeches}:
        raise BadField("speaking_ordered.speeches", "holds one that nobody asked for")
    return _each(state, lambda each: replace(each, place=places[each.speech]) if each.speech in places else each)


def followed(before: MeetingState, after: MeetingState, event: Event) -> MeetingState:
    """What another event means for the turns: an item that is left, a recess, an end, a member who is none any more."""
    if after.speaking is not before.speaking or not after.speaking.speeches:
        return after
    if after.phase not in HOLDING:
        return after if before.phase not in HOLDING else _each(after, lambda each: _left(each, event.at))
    if after.members != before.members:
        after = _each(after, lambda each: each if after.member(each.person) else _gone(each, event.at))
    if after.phase is Phase.RECESS and before.phase is Phase.OPEN:
        return _each(after, lambda each: _interrupted(each, event.at))
    left, now = before.active_item, after.active_item
    if after.phase in LIVE and left is not None and (now is None or now.item != left.item):
        return _each(after, lambda each: _left(each, event.at))
    return after


def _interrupted(speech: Speech, at: dt.datetime) -> Speech:
    if speech.state is SpeechState.SPEAKING:
        return replace(_held(speech, at), state=SpeechState.PAUSED)
    return speech


def _left(speech: Speech, at: dt.datetime) -> Speech:
    if speech.state in BEGUN:
        return replace(_held(speech, at), state=SpeechState.ENDED, ended_at=at)
    if speech.state is SpeechState.CALLED:
        return replace(speech, state=SpeechState.WAITING, called_at=None)
    return speech


def _gone(speech: Speech, at: dt.datetime) -> Speech:
    ended = _left(speech, at)
    return replace(ended, state=SpeechState.CANCELLED, ended_at=at) if ended.state in STANDING else ended


def _held(speech: Speech, at: dt.datetime) -> Speech:
    """The stretch that goes on has ended: what it took is added, to the millisecond."""
    if speech.since is None:
        return speech
    return replace(speech, spent_ms=speech.spent_ms + stretch_ms(speech.since, at), since=None)


def _nobody_else(state: MeetingState, data: Fields) -> None:
    other = state.speaking.in_turn
    if other is not None and other.speech != data.id("speech", "q"):
        raise BadField("speech", "cannot begin: somebody else has the floor")


def _moved(state: MeetingState, event: Event, data: Fields) -> Speech:
    speech = _known(state, data)
    return replace(speech, state=step(speech.state, SpeechChange(event.kind)))


def _known(state: MeetingState, data: Fields) -> Speech:
    speech = state.speaking.speech(data.id("speech", "q"))
    if speech is None:
        raise BadField("speech", "was never asked for")
    return speech


def _with(state: MeetingState, speech: Speech) -> MeetingState:
    return _each(state, lambda each: speech if each.speech == speech.speech else each)


def _each(state: MeetingState, change: Callable[[Speech], Speech]) -> MeetingState:
    speaking: Speaking = state.speaking
    return replace(state, speaking=replace(speaking, speeches=tuple(map(change, speaking.speeches))))


#: Every kind of event about speaking.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    RULES_SET: _rules_set,
    ASKED: _asked,
    ORDERED: _ordered,
    EXTENDED: _extended,
    SpeechChange.CALL.value: _called,
    SpeechChange.PUT_BACK.value: _put_back,
    SpeechChange.START.value: _started,
    SpeechChange.PAUSE.value: _paused,
    SpeechChange.RESUME.value: _resumed,
    SpeechChange.STOP.value: _stopped,
    SpeechChange.REFUSE.value: _refused,
    SpeechChange.CANCEL.value: _cancelled,
    SpeechChange.WRITE.value: _written,
}
