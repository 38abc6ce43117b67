"""Use cases of the minutes: read them, write in them together, share them for comments (BB1–BB9).

Rules: what is acknowledged is committed. All changes of one meeting's minutes come one after the other; each is in the
history with who, when and what stood there before. The draft is derived from the log at each reading; while the minutes
are signed, and afterwards, from the log as it was when they were put up. Log and round are looked at before a
transaction is opened, never within one: each has a connection of its own, and readers who hold one while they wait for
another stop the house.

Usage::

    minutes.edit(meeting, "start", Edit("…", version=0, reason="…"), ask=ask)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.meetings.model import must_be_real
from server.minutes import errors, model
from server.minutes.document import Minutes, Writing, merged
from server.minutes.drafting import drafted
from server.minutes.facts import Facts, facts_of
from server.minutes.model import Author, Change, Comment, CommentState, Edit, Sheet, State
from server.minutes.ports import Line, Meetings, MinutesStore, Rounds
from server.unit import Transaction, UnitOfWork
from wire.events import Event
from wire.fold import fold
from wire.ids import MeetingId
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, as what the log calls them, under which key, when."""

    author: Author
    actor: str
    key: ActKey
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """The minutes and all around them. ``late``: facts of which the record says something else since the put-up."""

    state: MeetingState
    events: Sequence[Event]
    facts: Facts
    minutes: Minutes
    sheet: Sheet
    at: State
    comments: Sequence[Comment]
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What other features said just before: the log, and how far the round of the sheet is."""

    state: MeetingState
    events: Sequence[Event]
    round: str
    at: State

    def at_of(self, sheet: Sheet) -> State:
        """Of the sheet as it is read now: another round than was looked at has been put up meanwhile."""
        return self.at if sheet.round == self.round else State.SIGNING


@dataclass(frozen=True, slots=True)
class MinutesTools:
    """What the service works with; ``changed`` tells the screens of a meeting."""

    unit: UnitOfWork
    store: MinutesStore
    meetings: Meetings
    ledger: ActLedger
    rounds: Rounds
    changed: Callable[[MeetingId], None]


class MinutesService:
    """The minutes of all meetings."""

    def __init__(self, tools: MinutesTools) -> None:
        self.tools: Final = tools

    # Reading

    def whole(self, meeting: MeetingId) -> Whole:
        """As they stand; raises NoSuchMeeting, RehearsalUnsigned, MinutesNotYet."""
        looked = self._look(meeting)
        with self.tools.unit.read() as tx:
            return self._within(tx, meeting, self.tools.store.sheet(tx, meeting) or Sheet(), looked=looked)

    def _look(self, meeting: MeetingId) -> Looked:
        """Outside any transaction."""
        # Of an event that comes between the two the state knows nothing: it is left for the next reading.
        state = self.tools.meetings.state(meeting)
        events = self.tools.meetings.events(meeting)[: state.seq]
        with self.tools.unit.read() as tx:
            sheet = self.tools.store.sheet(tx, meeting) or Sheet()
        return Looked(state, events, sheet.round, self.state_of(sheet))

    def _within(self, tx: Transaction, meeting: MeetingId, sheet: Sheet, *, looked: Looked) -> Whole:
        """The same inside a transaction."""
        state, events, at = looked.state, looked.events, looked.at_of(sheet)
        must_be_real(state)
        model.must_exist(state)
        written = self.tools.store.writings(tx, meeting)
        minutes, facts = _merged(state, events, written), facts_of(state, events)
        late: tuple[str, ...] = ()
        if at is not State.DRAFTING:
            sealed = events[: sheet.sealed_seq]
            now, facts = minutes, facts_of(fold(sealed), sealed)
            minutes = merged(drafted(facts), written, seq=len(sealed))
            late = tuple(_changed(minutes, now))
        comments = self.tools.store.comments(tx, meeting)
        return Whole(state, events[: minutes.seq], facts, minutes, sheet, at, comments, late)

    def state_of(self, sheet: Sheet) -> State:
        """From the round: whoever closes it before all have signed gives the minutes back."""
        if not sheet.round:
            return State.DRAFTING
        complete, closed_at = self.tools.rounds.standing(sheet.round)
        if complete:
            return State.SIGNED
        return State.SIGNING if closed_at is None else State.DRAFTING

    def history(self, meeting: MeetingId, paragraph: str | None) -> Sequence[Line]:
        """All changes, or those of one paragraph, the oldest first."""
        with self.tools.unit.read() as tx:
            return self.tools.store.history(tx, meeting, paragraph)

    def stamp(self, meeting: MeetingId) -> int:
        """Grows with every change of the minutes."""
        with self.tools.unit.read() as tx:
            sheet = self.tools.store.sheet(tx, meeting)
        return 0 if sheet is None else sheet.stamp

    # Writing

    def edit(self, meeting: MeetingId, paragraph: str, edit: Edit, *, ask: Ask) -> dict[str, Any]:
        """Write a paragraph anew; gives ``{version}``. Raises ParagraphMoved, ReasonMissing, MinutesFrozen."""

        def do(tx: Transaction, whole: Whole) -> dict[str, Any]:
            stands = whole.minutes.paragraph(paragraph)
            known = self._newest(tx, meeting, paragraph)
            writing, change = model.edited(stands, known, edit, author=ask.author, now=ask.now)
            self._write(tx, meeting, change, writing, was="" if stands is None else stands.text)
            return {"paragraph": paragraph, "version": writing.version}

        return self._change(meeting, do, ask)

    def add(self, meeting: MeetingId, text: str, *, after: str, ask: Ask) -> dict[str, Any]:
        """A paragraph behind another; gives ``{paragraph, version}``."""

        def do(tx: Transaction, whole: Whole) -> dict[str, Any]:
            others = self.tools.store.writings(tx, meeting)
            name = f"x-{self._next(tx, meeting):06d}"
            writing = model.added(whole.minutes, name, text, after=after, author=ask.author, now=ask.now, others=others)
            self._write(tx, meeting, Change.ADDED, writing, was="")
            return {"paragraph": name, "version": writing.version}

        return self._change(meeting, do, ask)

    # Comments

    def share(self, meeting: MeetingId, until: dt.datetime | None, *, ask: Ask) -> dict[str, Any]:
        """Let the members comment until then; None: the time is over now. Raises DeadlinePast."""
        if until is not None and until <= ask.now:
            raise errors.DeadlinePast

        def do(tx: Transaction, whole: Whole) -> dict[str, Any]:
            sheet = self.tools.store.hold(tx, meeting)
            if until is None and not model.is_open(sheet, ask.now):
                raise errors.CommentsClosed
            self.tools.store.save(tx, meeting, replace(sheet, comments_until=until or ask.now))
            return {"comments_until": None if until is None else until.isoformat()}

        return self._change(meeting, do, ask)

    def comment(self, meeting: MeetingId, paragraph: str, text: str, *, ask: Ask) -> dict[str, Any]:
        """A member says something about a paragraph; gives ``{comment}``. Raises CommentsClosed, NoSuchParagraph."""

        def do(tx: Transaction, whole: Whole) -> dict[str, Any]:
            by = ask.author.by
            if not model.leads(whole.state, by):
                model.must_read(whole.state, whole.sheet, by)
            if whole.at is not State.DRAFTING or not model.is_open(whole.sheet, ask.now):
                raise errors.CommentsClosed
            seen = whole.minutes if model.leads(whole.state, by) else model.readable(whole.state, whole.minutes, by)
            stands = model.found(seen, paragraph)
            if len(whole.comments) >= model.MAX_COMMENTS:
                raise errors.TooManyComments(most=model.MAX_COMMENTS)
            number = len(whole.comments) + 1
            fresh = Comment(number, paragraph, stands.text, text.strip(), by.person, ask.author.name, ask.now)
            self.tools.store.put_comment(tx, meeting, fresh)
            return {"comment": number}

        return self._change(meeting, do, ask, writes=False)

    def answer(self, meeting: MeetingId, comment: int, said: CommentState, text: str, *, ask: Ask) -> dict[str, Any]:
        """The secretary takes it up, or says why not; raises NoSuchComment, CommentAnswered."""

        def do(tx: Transaction, whole: Whole) -> dict[str, Any]:
            known = next((each for each in whole.comments if each.number == comment), None)
            if known is None:
                raise errors.NoSuchComment
            if known.state is not CommentState.OPEN:
                raise errors.CommentAnswered(by=known.answered_by)
            done = replace(known, state=said, answer=text.strip(), answered_by=ask.author.name, answered_at=ask.now)
            self.tools.store.put_comment(tx, meeting, done)
            return {"comment": comment, "state": said.value}

        return self._change(meeting, do, ask)

    # Below

    def _change(
        self, meeting: MeetingId, do: Callable[[Transaction, Whole], dict[str, Any]], ask: Ask, *, writes: bool = True
    ) -> dict[str, Any]:
        """One change, once a key; ``writes``: only who may change the minutes, and only while they are drafted."""
        looked = self._look(meeting)  # nothing is kept of a meeting that is none
        with self.tools.unit.begin() as tx:

            def perform() -> dict[str, Any]:
                whole = self._within(tx, meeting, self.tools.store.hold(tx, meeting), looked=looked)
                if writes:
                    model.must_write(whole.state, whole.at, ask.author.by)
                told = do(tx, whole)
                sheet = self.tools.store.hold(tx, meeting)
                self.tools.store.save(tx, meeting, replace(sheet, stamp=sheet.stamp + 1))
                return told

            told = once(self.tools.ledger, tx, ask.key, now=ask.now, do=perform)
        self.tools.changed(meeting)
        return told

    def _write(self, tx: Transaction, meeting: MeetingId, change: Change, writing: Writing, *, was: str) -> None:
        self.tools.store.write(tx, meeting, Line(self._next(tx, meeting), change, writing, was))

    def _next(self, tx: Transaction, meeting: MeetingId) -> int:
        history = self.tools.store.history(tx, meeting)
        return history[-1].number + 1 if history else 1

    def _newest(self, tx: Transaction, meeting: MeetingId, paragraph: str) -> Writing | None:
        written = self.tools.store.writings(tx, meeting)
        return next((each for each in written if each.paragraph == paragraph), None)


def _merged(state: MeetingState, events: Sequence[Event], written: Sequence[Writing]) -> Minutes:
    return merged(drafted(facts_of(state, events)), written, seq=state.seq)


def _changed(sealed: Minutes, now: Minutes) -> Sequence[str]:
    """The facts of which the record says something else now."""
    records = {each.paragraph: each.record for each in now.paragraphs if each.record is not None}
    before = {each.paragraph: each.record for each in sealed.paragraphs if each.record is not None}
    return [name for name in {**before, **records} if records.get(name) != before.get(name)]
