"""Events about what is said before a meeting opens → state (W142–W145), and how requests come into the queue.

Rules: as ``wire/fold.py``. Nobody writes that a request came into the queue: every reader of the log puts it there
after the event that made it possible – its item begins, the person comes, chair or secretary accept it – so it happens
exactly once, whenever a server or a seat died in between.

Usage: ``HANDLERS[event.kind](state, event, data)``, and ``joined(before, after)`` after every event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire.before import (
    HOPING,
    MAX_ABOUT,
    MAX_MINUTES,
    MAX_REASON,
    MAX_REMARK,
    MAX_REMARKS,
    MAX_REQUESTS,
    MAX_REVISIONS,
    WRITABLE,
    Advance,
    Answer,
    Readers,
    Remark,
    RemarkKind,
    Wish,
    WishChange,
    step,
)
from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.manifest import MAX_PAGES
from wire.phases import Phase
from wire.places import may_speak
from wire.quorum import here
from wire.speaking import MAX_SPEECHES, STANDING, Speech, SpeechKind, SpeechState
from wire.state import ItemState, MeetingState, Member
from wire.visibility import sees

REMARKED: Final = "remark_written"
REMARK_CHANGED: Final = "remark_changed"
REMARK_WITHDRAWN: Final = "remark_withdrawn"
ANSWERED: Final = "remark_answered"
ASKED: Final = "advance_asked"
ORDERED: Final = "advance_ordered"


def _remarked(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    item, member = _item(state, data), _member(state, data)
    paper = data.id("paper", "p") if data.has("paper") else ""
    known = state.paper(paper)
    page = data.number("page", low=1, high=MAX_PAGES) if data.has("page") else 0
    if (paper and (known is None or known.item != item)) or (page and not paper):
        raise BadField("remark_written.paper", "is none of this item, or a page is named without one")
    fresh = Remark(
        remark=data.id("remark", "h"),
        item=item,
        paper=paper,
        page=page,
        kind=_kind(data),
        readers=_readers(data),
        text=data.text("text", limit=MAX_REMARK),
        person=member.person,
        name=member.name,
        position=member.position,
        unit=member.unit,
        written_at=event.at,
    )
    before = state.before
    if before.remark(fresh.remark) is not None or len(before.remarks) >= MAX_REMARKS:
        raise BadField("remark_written.remark", f"is there already, or would be more than {MAX_REMARKS}")
    return replace(state, before=replace(before, remarks=(*before.remarks, fresh)))


def _remark_changed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _counted(_open(state, data))
    if known.answer is not None:
        raise BadField("remark_changed.remark", "was answered")
    text = data.text("text", limit=MAX_REMARK)
    changed = replace(known, kind=_kind(data), readers=_readers(data), text=text, changed_at=event.at)
    return _with_remark(state, changed)


def _remark_withdrawn(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = _open(state, data)
    if known.answer is not None:
        raise BadField("remark_withdrawn.remark", "was answered")
    return _with_remark(state, replace(known, withdrawn=True))


def _answered(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    answer = Answer(
        text=data.text("text", limit=MAX_REMARK),
        person=data.id("person", "u"),
        name=data.text("name", limit=200),
        at=event.at,
    )
    return _with_remark(state, replace(_counted(_open(state, data)), answer=answer))


def _asked(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    item, member = _item(state, data), _member(state, data)
    fresh = Advance(
        advance=data.id("advance", "q"),
        item=item,
        person=member.person,
        name=member.name,
        position=member.position,
        unit=member.unit,
        about=data.text("about", limit=MAX_ABOUT),
        minutes=data.number("minutes", low=1, high=MAX_MINUTES),
        asked_at=event.at,
    )
    before = state.before
    taken = before.advance(fresh.advance) is not None or state.speaking.speech(fresh.advance) is not None
    if taken or len(before.advances) >= MAX_REQUESTS:
        raise BadField("advance_asked.advance", f"is there already, or would be more than {MAX_REQUESTS}")
    return replace(state, before=replace(before, advances=(*before.advances, fresh)))


def _moved(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = state.before.advance(data.id("advance", "q"))
    if known is None or known.joined:
        raise BadField(f"{event.kind}.advance", "was never made, or is in the queue")
    change = WishChange(event.kind)
    reason = data.text("reason", limit=MAX_REASON) if change is WishChange.REFUSE else ""
    return _with_request(state, replace(known, state=step(known.state, change), reason=reason))


def _ordered(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    item, wanted = _item(state, data), data.ids("advances", "q", limit=MAX_REQUESTS)
    places = {request: place for place, request in enumerate(wanted)}
    own = {each.advance for each in state.before.advances if each.item == item}
    if not places.keys() <= own:
        raise BadField("advance_ordered.advances", "holds one that nobody made for this item")
    requests = (
        replace(each, place=places.get(each.advance)) if each.item == item else each for each in state.before.advances
    )
    return replace(state, before=replace(state.before, advances=tuple(requests)))


# ---------------------------------------------------------------- into the queue


def joined(before: MeetingState, after: MeetingState) -> MeetingState:
    """``after`` an event, with the requests in advance whose time has come in the queue (W145)."""
    if not after.before.advances:
        return after
    if after.members != before.members:
        after = _each_request(after, lambda each: each if after.member(each.person) else _gone(each))
    if after.phase is not Phase.OPEN:
        return after
    coming = [
        each
        # A heading is in progress with what is below it (W47): who asked for the heading is not passed over.
        for item in after.agenda
        if item.state is ItemState.ACTIVE
        for each in after.before.of_item(item.item)
        if each.state is Wish.ACCEPTED and not each.joined and may_come(after, each)
    ]
    there = here(after) if coming else frozenset[str]()
    for each in coming:
        if each.person in there:
            after = _queued(after, each)
    return after


def may_come(state: MeetingState, request: Advance) -> bool:
    """Whether the person has a place to speak from, may still know of the item, and need not leave it."""
    return may_speak(state, request.person) and sees(state, request.person, request.item)


def own_turn(state: MeetingState, request: Advance) -> Speech | None:
    """The turn that the person asked for in the room for the same; None where there is none, or it was taken back."""
    same = (request.item, request.person, SpeechKind.SPEECH)
    found = (each for each in state.speaking.speeches if (each.item, each.person, each.kind) == same)
    return next((each for each in found if each.state is not SpeechState.CANCELLED), None)


def with_turn(state: MeetingState, request: str) -> MeetingState:
    """With a turn that waits, for a request in advance that never came into the queue: to be handed in in writing (S4).

    The state as it is for everything else.
    """
    known = state.before.advance(request)
    if known is None or known.joined or known.state not in WRITABLE or state.item(known.item) is None:
        return state
    return _queued(state, known)


def _queued(state: MeetingState, request: Advance) -> MeetingState:
    marked = _with_request(state, replace(request, joined=True))
    speeches = state.speaking.speeches
    same = (request.item, request.person, SpeechKind.SPEECH)
    stands = [each for each in speeches if (each.item, each.person, each.kind) == same and each.state in STANDING]
    if stands:
        # Who asked in the room meanwhile stands once.
        found = tuple(replace(each, in_advance=True) if each is stands[0] else each for each in speeches)
        return replace(marked, speaking=replace(state.speaking, speeches=found))
    if len(speeches) >= MAX_SPEECHES or state.speaking.speech(request.advance) is not None:
        return marked
    turn = Speech(
        speech=request.advance,
        item=request.item,
        person=request.person,
        kind=SpeechKind.SPEECH,
        name=request.name,
        position=request.position,
        unit=request.unit,
        asked_at=request.asked_at,
        in_advance=True,
    )
    # They asked before anybody in the room did, and stand before them.
    at = next(
        (n for n, each in enumerate(speeches) if each.item == request.item and not each.in_advance), len(speeches)
    )
    return replace(marked, speaking=replace(state.speaking, speeches=(*speeches[:at], turn, *speeches[at:])))


def _gone(request: Advance) -> Advance:
    return replace(request, state=Wish.GONE) if request.state in HOPING and not request.joined else request


# ---------------------------------------------------------------- parts


def _item(state: MeetingState, data: Fields) -> str:
    item = data.id("item", "i")
    if state.item(item) is None:
        raise BadField("item", "is not on the agenda")
    return item


def _member(state: MeetingState, data: Fields) -> Member:
    member = state.member(data.id("person", "u"))
    if member is None:
        raise BadField("person", "is no member")
    return member


def _kind(data: Fields) -> RemarkKind:
    return RemarkKind(data.choice("kind", frozenset(RemarkKind)))


def _readers(data: Fields) -> Readers:
    return Readers(data.choice("readers", frozenset(Readers)))


def _open(state: MeetingState, data: Fields) -> Remark:
    known = state.before.remark(data.id("remark", "h"))
    if known is None or known.withdrawn:
        raise BadField("remark", "was never written, or is withdrawn")
    return known


def _counted(known: Remark) -> Remark:
    if known.revision >= MAX_REVISIONS:
        raise BadField("remark", f"was changed more than {MAX_REVISIONS} times")
    return replace(known, revision=known.revision + 1)


def _with_remark(state: MeetingState, remark: Remark) -> MeetingState:
    remarks = tuple(remark if each.remark == remark.remark else each for each in state.before.remarks)
    return replace(state, before=replace(state.before, remarks=remarks))


def _with_request(state: MeetingState, request: Advance) -> MeetingState:
    return _each_request(state, lambda each: request if each.advance == request.advance else each)


def _each_request(state: MeetingState, change: Callable[[Advance], Advance]) -> MeetingState:
    return replace(state, before=replace(state.before, advances=tuple(map(change, state.before.advances))))


#: Every kind of event about what is said before.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    REMARKED: _remarked,
    REMARK_CHANGED: _remark_changed,
    REMARK_WITHDRAWN: _remark_withdrawn,
    ANSWERED: _answered,
    ASKED: _asked,
    ORDERED: _ordered,
    **dict.fromkeys((change.value for change in WishChange), _moved),
}
