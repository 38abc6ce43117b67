"""Events → state: the one fold that server and seat share (M2, W43).

Rules: pure; an unknown kind raises :class:`UnknownType` (a seat too old says so and stops
instead of showing half a truth); an event that does not follow the last raises
:class:`BrokenChain`; one that speaks of what is not there, or says more than its kind has fields
for, raises :class:`BadField`. Whoever wrote it, an event changes the state or raises a
:class:`WireError`, nothing else. Whether it may happen is decided before it is written
(``server/meetings/model.py``).

Usage::

    state = fold(events)
    state = apply(state, event)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from wire.agenda import MAX_ITEMS, dealt_with, ended, in_reading_order
from wire.before_fold import HANDLERS as BEFORE_HANDLERS
from wire.before_fold import joined
from wire.conclusions import HANDLERS as CONCLUSION_HANDLERS
from wire.errors import BadField, BrokenChain, UnknownType
from wire.events import Event, check_chain
from wire.fields import Fields
from wire.frames import MAX_EPOCH
from wire.letter_fold import HANDLERS as LETTER_HANDLERS
from wire.letter_fold import asked_anew
from wire.manifest import MAX_PAGES, MAX_PLAIN_BYTES
from wire.notice_fold import HANDLERS as NOTICE_HANDLERS
from wire.phases import Change, Phase, step
from wire.places import HANDLERS as PLACE_HANDLERS
from wire.places import kept
from wire.quorum import read_rules
from wire.rehearsal import must_be_unsigned
from wire.rehearsal import read as read_rehearsal
from wire.request_fold import HANDLERS as REQUEST_HANDLERS
from wire.request_fold import handed_in
from wire.roll import attendance_recorded, paper_signed, round_closed, round_opened
from wire.series import read_series
from wire.service import HANDLERS as SERVICE_HANDLERS
from wire.speak_fold import HANDLERS as SPEAK_HANDLERS
from wire.speak_fold import followed
from wire.state import (
    Display,
    DisplayMode,
    Item,
    MeetingState,
    Member,
    MemberRole,
    Paper,
    PaperState,
    Presenting,
    Recall,
    SeatReceipt,
    Secrecy,
    Visibility,
)
from wire.topics import MAX_VERSION
from wire.vote_fold import HANDLERS as VOTE_HANDLERS

Handler = Callable[[MeetingState, Event, Fields], MeetingState]

CREATED: Final = "meeting_created"
MAX_MEMBERS: Final = 1_000
MAX_PAPERS: Final = 2_000
MAX_DEVICES: Final = 2_000
#: How somebody signed in at a seat; without the word it was a password.
SIGN_IN_METHODS: Final = frozenset({"password", "token"})


def fold(events: Iterable[Event], state: MeetingState | None = None) -> MeetingState:
    """The state after ``events``, starting from ``state`` or from nothing."""
    now = state or MeetingState()
    for event in events:
        now = apply(now, event)
    return now


def apply(state: MeetingState, event: Event) -> MeetingState:
    """The state after one more event; raises a :class:`wire.errors.WireError`."""
    handler = HANDLERS.get(event.kind)
    if handler is None:
        raise UnknownType(f"event kind {event.kind[:40]!r}")
    check_chain((event,), after=state.last, meeting=event.meeting if state.last is None else state.last.meeting)
    if (event.kind == CREATED) != (event.seq == 1):
        raise BrokenChain(f"a log begins with {CREATED}, and nowhere else")
    data = Fields(event.data, event.kind)
    changed = handler(state, event, data)
    data.end()
    must_be_unsigned(changed, event)
    return asked_anew(state, replace(joined(state, followed(state, changed, event)), last=event))


def _created(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    rehearsal = read_rehearsal(data.object("rehearsal")) if data.has("rehearsal") else None
    series = read_series(data.object("series")) if data.has("series") else None
    return replace(_described(state, event, data), rehearsal=rehearsal, series=series)


def _described(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return replace(
        state,
        title=data.text("title", limit=500),
        kind=data.text("type", limit=80),
        room=data.id("room", "r"),
        room_name=data.text("room_name", limit=200),
        starts_at=data.instant("starts_at"),
        planned_minutes=data.number("planned_minutes", high=100_000),
        roll_rules=read_rules(data.object("roll")) if data.has("roll") else state.roll_rules,
    )


def _members(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    members = tuple(_member(entry) for entry in data.objects("members", limit=MAX_MEMBERS))
    seats = [member.seat for member in members if member.seat is not None]
    if len({member.person for member in members}) != len(members) or len(set(seats)) != len(seats):
        raise BadField("members_set.members", "names a person or a seat twice")
    after = kept(replace(state, members=members))
    return after if after.member(after.presenter) is not None else replace(after, presenter="")


def _member(data: Fields) -> Member:
    member = Member(
        person=data.id("person", "u"),
        name=data.text("name", limit=200),
        position=data.text("position", limit=200, empty=True),
        unit=data.text("unit", limit=200, empty=True),
        role=MemberRole(data.choice("role", frozenset(MemberRole))),
        seat=data.id("seat", "s") if data.has("seat") else None,
        seat_label=data.text("seat_label", limit=80, empty=True) if data.has("seat_label") else "",
    )
    data.end()
    return member


def _agenda(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    items = in_reading_order(_item(state, entry) for entry in data.objects("items", limit=MAX_ITEMS))
    kept = {item.item for item in items}
    now = state.active_item
    while now is not None and now.item not in kept:
        now = None if now.parent is None else state.item(now.parent)
    # The tree may have changed around the item that is dealt with: others stand above it now.
    return replace(state, agenda=items if now is None else dealt_with(items, now.item, event.at))


def _item(state: MeetingState, data: Fields) -> Item:
    fresh = Item(
        item=data.id("item", "i"),
        parent=data.id("parent", "i") if data.has("parent") else None,
        title=data.text("title", limit=500),
        minutes=data.number("minutes", high=10_000),
        visibility=Visibility(data.choice("visibility", frozenset(Visibility))),
        presenter=data.id("presenter", "u") if data.has("presenter") else None,
    )
    data.end()
    known = state.item(fresh.item)
    if known is None:
        return fresh
    # What has happened to an item stays with it, however the agenda is reordered.
    return replace(fresh, state=known.state, started_at=known.started_at, ended_at=known.ended_at)


def _phase(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    change = Change(event.kind)
    phase = step(state.phase, change)
    moved = replace(state, phase=phase, reason="")
    if data.has("reason"):
        moved = replace(moved, reason=data.text("reason", limit=2000))
    if change is Change.CLOSE:
        _statement(data)
    if change is Change.OPEN:
        there = {person for person, _ in state.seated}
        # Whoever tried a seat and went again was not there when the meeting began.
        came = tuple(pair for pair in state.arrivals if pair[0] in there)
        return replace(moved, opened_at=event.at, arrivals=came, display=Display(DisplayMode.ITEM))
    if phase is Phase.CLOSED:
        return _closed(moved, event)
    if phase is Phase.CANCELLED:
        return _closed(replace(moved, closed_at=event.at), event)
    return moved


def _closed(state: MeetingState, event: Event) -> MeetingState:
    """Nothing goes on after the end: items end, presenting ends, published papers are recalled."""
    return replace(
        state,
        closed_at=event.at,
        presenting=None,
        presenter="",
        display=Display(DisplayMode.WELCOME),
        seated=(),
        stayed=() if state.opened_at is None else tuple(person for person, _ in state.seated),
        agenda=tuple(ended(item, event.at) for item in state.agenda),
        papers=tuple(
            # Also one whose next version was still being prepared: the seats held the one before.
            replace(paper, state=PaperState.RECALLED) if paper.readable_version else paper
            for paper in state.papers
        ),
    )


def _item_started(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    wanted = data.id("item", "i")
    if state.item(wanted) is None:
        raise BadField("item_started.item", "is not on the agenda")

    return replace(
        state,
        agenda=dealt_with(state.agenda, wanted, event.at),
        presenting=None,
        presenter="",
        display=Display(DisplayMode.ITEM),
    )


def _paper_submitted(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    known = state.paper(data.id("paper", "p"))
    fresh = Paper(
        paper=data.id("paper", "p"),
        item=data.id("item", "i"),
        title=data.text("title", limit=500, empty=True),
        secrecy=Secrecy(data.choice("secrecy", frozenset(Secrecy))),
        version=data.number("version", low=1, high=MAX_VERSION),
        state=PaperState.SUBMITTED,
        pages=data.number("pages", high=MAX_PAGES),
        size_bytes=data.number("size_bytes", high=MAX_PLAIN_BYTES),
        plain_sha256=data.hex("plain_sha256", size=32) if data.any("plain_sha256") else "",
        owner=data.id("owner", "u"),
        signed=data.flag("signed"),
        manifest_sha256="" if known is None else known.manifest_sha256,
        published_version=0 if known is None else known.published_version,
        published_pages=0 if known is None else known.published_pages,
    )
    if known is None:
        if len(state.papers) >= MAX_PAPERS:
            raise BadField("paper_submitted.paper", f"would be more than {MAX_PAPERS}")
        return handed_in(state, replace(state, papers=(*state.papers, fresh)), event, data)
    return handed_in(state, _with_paper(state, fresh), event, data)


def _paper_state(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    paper = _known_paper(state, data)
    reason = data.text("reason", limit=2000) if data.has("reason") else ""
    if event.kind == "paper_approved":
        _statement(data)
    return _with_paper(state, replace(paper, state=_PAPER_STATES[event.kind], reason=reason))


def _paper_published(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    paper = _known_paper(state, data)
    version = data.number("version", low=1, high=paper.version)
    newest = version == paper.version
    published = replace(
        paper,
        state=PaperState.PUBLISHED if newest else paper.state,
        published_version=version,
        published_pages=paper.pages if newest else paper.published_pages,
        manifest_sha256=data.hex("manifest_sha256", size=32),
    )
    return _with_paper(state, published)


def _statement(data: Fields) -> None:
    """The SHA-256 of what was signed: it binds the evidence beside the log to the log (W65), and changes nothing."""
    if data.has("statement"):
        data.hex("statement", size=32)


def _known_paper(state: MeetingState, data: Fields) -> Paper:
    paper = state.paper(data.id("paper", "p"))
    if paper is None:
        raise BadField("paper", "was never submitted")
    return paper


def _with_paper(state: MeetingState, paper: Paper) -> MeetingState:
    return replace(state, papers=tuple(paper if p.paper == paper.paper else p for p in state.papers))


def _presented(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    shown = Presenting(
        paper=_known_paper(state, data).paper,
        version=data.number("version", low=1, high=MAX_VERSION),
        page=data.number("page", low=1, high=MAX_PAGES),
        person=data.id("person", "u"),
        call=data.number("call"),
    )
    return replace(state, presenting=shown, display=Display(DisplayMode.PAGE))


def _presenter_set(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    shown = state.presenting
    if shown is not None and shown.person == state.presenter:
        # Whoever takes it back leads the page; what is on the wall stays.
        state = replace(state, presenting=replace(shown, person=event.actor.removeprefix("person:")))
    if not data.has("person"):
        return replace(state, presenter="")
    person = data.id("person", "u")
    if state.member(person) is None:
        raise BadField("presenter_set.person", "is no member")
    return replace(state, presenter=person)


def _presenting_stopped(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return replace(state, presenting=None, display=Display(DisplayMode.ITEM))


def _display(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    mode = DisplayMode(data.choice("mode", frozenset(DisplayMode)))
    return replace(state, display=Display(mode, data.text("text", limit=500, empty=True)))


def _epoch(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return replace(state, epoch=data.number("epoch", low=state.epoch + 1, high=MAX_EPOCH))


def _seated(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    person, seat = data.id("person", "u"), data.id("seat", "s")
    # How they proved who they are is for whoever reads the log; for the state it makes no difference.
    if data.has("method"):
        data.choice("method", SIGN_IN_METHODS)
    if data.has("certificate"):
        data.hex("certificate", size=32)
    others = tuple(pair for pair in state.seated if person not in pair and seat not in pair)
    since = dict(state.arrivals)
    if state.opened_at is None and all(person != known for known, _ in state.seated):
        since.pop(person, None)
    since.setdefault(person, event.at)
    return replace(state, seated=(*others, (person, seat)), arrivals=tuple(since.items()))


def _unseated(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    person = data.id("person", "u")
    return replace(state, seated=tuple(pair for pair in state.seated if person not in pair))


def _recall_started(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    expected = tuple(_holder(entry) for entry in data.objects("devices", limit=MAX_DEVICES))
    if len({device for device, _ in expected}) != len(expected):
        raise BadField("recall_started.devices", "names a device twice")
    return replace(state, recall=Recall(expected=expected))


def _holder(data: Fields) -> tuple[str, str]:
    holder = data.id("device", "d"), data.text("seat_label", limit=80, empty=True)
    data.end()
    return holder


def _recall_confirmed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    receipt = SeatReceipt(
        device=data.id("device", "d"),
        seat=data.id("seat", "s"),
        seat_label=data.text("seat_label", limit=80, empty=True),
        papers=data.number("papers"),
        pages=data.number("pages"),
        at=data.instant("destroyed_at"),
        receipt_sha256=data.hex("receipt_sha256", size=32),
    )
    others = tuple(r for r in state.recall.receipts if r.device != receipt.device)
    return replace(state, recall=replace(state.recall, receipts=(*others, receipt)))


_PAPER_STATES: Final[dict[str, PaperState]] = {
    "paper_approved": PaperState.APPROVED,
    "paper_returned": PaperState.RETURNED,
    "paper_recalled": PaperState.RECALLED,
}

#: Every kind of event there is.
HANDLERS: Final[dict[str, Handler]] = {
    CREATED: _created,
    "meeting_described": _described,
    "members_set": _members,
    "agenda_set": _agenda,
    **{change.value: _phase for change in Change},
    "item_started": _item_started,
    "paper_submitted": _paper_submitted,
    **dict.fromkeys(_PAPER_STATES, _paper_state),
    "paper_published": _paper_published,
    "page_presented": _presented,
    "presenting_stopped": _presenting_stopped,
    "presenter_set": _presenter_set,
    "display_set": _display,
    "epoch_started": _epoch,
    "person_seated": _seated,
    "person_left": _unseated,
    "recall_started": _recall_started,
    "recall_confirmed": _recall_confirmed,
    "attendance_recorded": attendance_recorded,
    "round_opened": round_opened,
    "paper_signed": paper_signed,
    "round_closed": round_closed,
    **VOTE_HANDLERS,
    **SPEAK_HANDLERS,
    **PLACE_HANDLERS,
    **SERVICE_HANDLERS,
    **NOTICE_HANDLERS,
    **LETTER_HANDLERS,
    **CONCLUSION_HANDLERS,
    **REQUEST_HANDLERS,
    **BEFORE_HANDLERS,
}


def kinds() -> frozenset[str]:
    """All event kinds (for the docs and the architecture test)."""
    return frozenset(HANDLERS)
