"""What may be written to a meeting's log: commands in, events out.

Rules M1–M4, F1, F2: pure; ``decide`` checks right, phase and content against the folded state and gives the events to
be written, or none when nothing would change; it never gives an event the fold refuses. The life cycle is the table in
``wire/phases.py``; who may do what is the table ``commands.RIGHTS``.

Usage::

    drafts = decide(log, Step(Change.OPEN), By("u-…"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from server.errors import Malformed, NotAllowed
from server.meetings import agenda, errors
from server.meetings.commands import (
    RIGHTS,
    SECRETARY,
    By,
    CallBack,
    Command,
    Describe,
    HandPresenting,
    LeaveSeat,
    Present,
    RecordPresence,
    Right,
    SetAgenda,
    SetMembers,
    ShowOnDisplay,
    StartItem,
    Step,
    StopPresenting,
    TakeSeat,
)
from wire import fold
from wire.errors import PhaseError
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.letter_fold import excused
from wire.phases import HOLDING, LIVE, PREPARING, Change, Phase, step
from wire.places import SUBSTITUTE_ENDED, is_recused, replaced_by
from wire.quorum import here, rules_value
from wire.series import Series
from wire.state import (
    AttendanceMethod,
    DisplayMode,
    MeetingState,
    Member,
    MemberRole,
    Presence,
    Presenting,
    SeatReceipt,
)
from wire.visibility import sees
from wire.votes import RUNNING, SHOWN, VoteState

#: Ended meetings: nothing but the recall goes on.
ENDED: Final = frozenset({Phase.CLOSED, Phase.LOCKED, Phase.CANCELLED})
#: The moves of a rehearsal.
_PLAYED: Final = frozenset({Change.OPEN, Change.RECESS, Change.RESUME, Change.CLOSE})
#: Why somebody whom an answer sent has no place any more.
MOVED: Final = "Cuộc họp đổi giờ hoặc phòng"
#: Before approval only those who prepare a meeting see it.
UNSEEN: Final = frozenset({Phase.DRAFT, Phase.SUBMITTED})


class Draft(NamedTuple):
    """An event to be written: its kind and data; number, moment, actor and hash follow."""

    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Log:
    """The folded log, and the number of the newest event that set the agenda."""

    meeting: MeetingId
    state: MeetingState = field(default_factory=MeetingState)
    agenda_seq: int = 0

    def grown(self, events: Sequence[Event]) -> Log:
        """The log after ``events``; raises a WireError when one does not fit."""
        set_at = [event.seq for event in events if event.kind == "agenda_set"]
        state = fold.fold(events, self.state)
        return replace(self, state=state, agenda_seq=set_at[-1] if set_at else self.agenda_seq)

    def events_of(self, drafts: Sequence[Draft], *, actor: str, now: dt.datetime) -> list[Event]:
        """The drafts as the next events. A clock that went back does not take the log with it."""
        events: list[Event] = []
        last = self.state.last
        for draft in drafts:
            at = now if last is None else max(now, last.at)
            last = Event.after(last, meeting=self.meeting, at=at, actor=actor, kind=draft.kind, data=draft.data)
            events.append(last)
        return events


def may(state: MeetingState, right: Right, by: By) -> bool:
    """Whether ``by`` has ``right`` in this meeting."""
    member = state.member(by.person)
    return (right.secretaries and by.is_secretary) or (member is not None and member.role in right.members)


def may_see(phase: Phase, role: MemberRole | None, *, sees_all: bool) -> bool:
    """Whether someone with ``role`` (None: no member) sees a meeting; ``sees_all``: a secretary or auditor."""
    if sees_all or role in {MemberRole.CHAIR, MemberRole.SECRETARY}:
        return True
    return role is not None and phase not in UNSEEN


def decide(log: Log, command: Command, by: By) -> tuple[Draft, ...]:
    """The events that ``command`` makes, none when nothing would change.

    Raises the leaves of ``server/meetings/errors.py``.
    """
    _check_right(log.state, command, by)
    _check_rehearsal(log.state, command)
    return _DECIDERS[type(command)](log, command, by)


def created(described: Describe, *, series: Series | None = None) -> tuple[Draft, ...]:
    """The first event of a meeting; ``series``: which one of which it is."""
    told = {} if series is None else {"series": series.to_value()}
    return (Draft("meeting_created", {**_description(described), **told}),)


def _check_right(state: MeetingState, command: Command, by: By) -> None:
    right = RIGHTS.get(command.change if isinstance(command, Step) else type(command))
    if right is not None and may(state, right, by):
        return
    if isinstance(command, Present | StopPresenting) and _presents(state, command, by):
        return
    raise errors.NotAMember if state.member(by.person) is None else NotAllowed


def _check_rehearsal(state: MeetingState, command: Command) -> None:
    """A rehearsal is led like a meeting; it is not prepared, not signed, and ends by being destroyed (M5)."""
    if state.rehearsal is None:
        return
    if isinstance(command, RecordPresence) or (isinstance(command, Step) and command.statement):
        raise errors.RehearsalUnsigned
    if isinstance(command, Describe | SetMembers) or (isinstance(command, Step) and command.change not in _PLAYED):
        raise errors.RehearsalFixed
    # Who sees an item hangs on these: changed here, somebody would read what the real meeting keeps from them.
    if isinstance(command, SetAgenda) and not agenda.same_sight(state.agenda, command.items):
        raise errors.RehearsalFixed


def must_be_real(state: MeetingState) -> None:
    """Raise RehearsalUnsigned in a rehearsal: whatever is signed there, or given out, would outlive it (M5)."""
    if state.rehearsal is not None:
        raise errors.RehearsalUnsigned


def must_be_prepared(state: MeetingState) -> None:
    """Raise RehearsalFixed in a rehearsal: people, their places and papers are the real meeting's (M5)."""
    if state.rehearsal is not None:
        raise errors.RehearsalFixed


def _presents(state: MeetingState, command: Present | StopPresenting, by: By) -> bool:
    """Whether ``by`` presents the item of the paper it is about, or was let present and may read it themselves."""
    shown = state.presenting
    wanted = command.paper if isinstance(command, Present) else None if shown is None else shown.paper
    paper = None if wanted is None else state.paper(wanted)
    item = None if paper is None else state.item(paper.item)
    if item is None or state.member(by.person) is None:
        return False
    if by.person not in {item.presenter, state.presenter} or is_recused(state, by.person, item.item):
        return False
    # Whom the chair lets present still shows nobody what is not theirs to read (M4, W109).
    return item.presenter == by.person or sees(state, by.person, item.item)


def _in_phase(state: MeetingState, allowed: frozenset[Phase]) -> None:
    if state.phase not in allowed:
        raise errors.PhaseNotAllowed(phase=state.phase.value)


def _description(described: Describe) -> dict[str, Any]:
    roll = {} if described.roll is None else {"roll": rules_value(described.roll)}
    return {
        "title": described.title,
        "type": described.type,
        "room": described.room,
        "room_name": described.room_name,
        "starts_at": print_instant(described.starts_at),
        "planned_minutes": described.planned_minutes,
        **roll,
    }


def _describe(log: Log, command: Describe, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, PREPARING)
    ended = _sent_no_more(state) if (command.starts_at, command.room) != (state.starts_at, state.room) else []
    roll = command.roll
    if roll is not None and roll.late_after is None:
        command = replace(command, roll=replace(roll, late_after=state.roll_rules.late_after))
    return (*ended, Draft("meeting_described", _description(command)))


def _sent_no_more(state: MeetingState) -> list[Draft]:
    """A meeting that moves is answered anew (W133): whom an answer sent comes no more, and has no vote meanwhile."""
    answers = () if state.invitation is None else state.invitation.answers
    sent = {(each.person, each.substitute) for each in answers if each.substitute}
    ended = [each.member for each in state.substitutes if (each.member, each.person) in sent]
    return [Draft(SUBSTITUTE_ENDED, {"member": member, "reason": MOVED}) for member in ended]


def _set_members(log: Log, command: SetMembers, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, PREPARING | LIVE)
    _unique([m.person for m in command.members], errors.MemberTwice)
    _unique([m.seat for m in command.members if m.seat is not None], errors.SeatGivenTwice)
    if sum(m.role is MemberRole.CHAIR for m in command.members) > 1:
        raise errors.TwoChairs
    if command.members == state.members:
        return ()
    after = replace(state, members=command.members)
    if state.phase is not Phase.DRAFT:
        _check_complete(after)
    gone = [person for person, _ in state.seated if after.member(person) is None]
    drafts = [Draft("members_set", {"members": [member_value(member) for member in command.members]})]
    return (*drafts, *(Draft("person_left", {"person": person}) for person in gone))


def _unique(values: list[str], error: type[Malformed]) -> None:
    twice = next((value for index, value in enumerate(values) if value in values[:index]), None)
    if twice is not None:
        raise error(id=twice)


def member_value(member: Member) -> dict[str, Any]:
    """As the event ``members_set`` holds it."""
    placed = {} if member.seat is None else {"seat": member.seat, "seat_label": member.seat_label}
    return {
        "person": member.person,
        "name": member.name,
        "position": member.position,
        "unit": member.unit,
        "role": member.role.value,
        **placed,
    }


def _set_agenda(log: Log, command: SetAgenda, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, PREPARING | LIVE)
    if state.phase in PREPARING and not may(state, SECRETARY, by):
        raise NotAllowed
    if command.expected_seq < log.agenda_seq:
        raise errors.AgendaChanged(seq=state.seq)
    items = agenda.ordered(command.items)
    agenda.check_kept(state, items)
    if agenda.is_same(state.agenda, items):
        return ()
    if state.phase is not Phase.DRAFT:
        _check_complete(replace(state, agenda=items))
    return (Draft("agenda_set", {"items": [agenda.to_value(item) for item in items]}),)


def _check_complete(state: MeetingState) -> None:
    """What a meeting needs once it has left the draft."""
    if sum(member.role is MemberRole.CHAIR for member in state.members) != 1:
        raise errors.ChairMissing
    if not state.agenda:
        raise errors.AgendaEmpty
    for item in state.agenda:
        if item.presenter is not None and state.member(item.presenter) is None:
            raise errors.PresenterNotMember(item=item.title)


def _step(log: Log, command: Step, by: By) -> tuple[Draft, ...]:
    state = log.state
    try:
        after = step(state.phase, command.change)
    except PhaseError:
        raise errors.PhaseNotAllowed(phase=state.phase.value) from None
    if command.change is Change.SUBMIT:
        _check_complete(state)
    if command.change is Change.RETURN and any(paper.published_version for paper in state.papers):
        raise errors.PapersPublished
    if command.change in {Change.RECESS, Change.CLOSE}:
        _check_votes(state, command.change)
    if command.change is Change.LOCK and not command.reason:
        _check_recalled(state)
    if command.must_be_signed and not command.statement and state.rehearsal is None:
        raise errors.ClosingMustBeSigned
    data = {"reason": command.reason} if command.reason else {}
    if command.statement:
        data["statement"] = command.statement
    drafts = [Draft(command.change.value, data)]
    if command.change is Change.OPEN:
        drafts += _opener(state, by)
        drafts += _excused(state)
    if command.change is Change.APPROVE:
        drafts.append(start_epoch(state))
    if after in ENDED and (state.phase in LIVE or command.holders):
        drafts.append(_recall(command.holders))
    return tuple(drafts)


def _opener(state: MeetingState, by: By) -> list[Draft]:
    """Who opens the meeting is there (A1): the roll says so, unless it does already or their seat does."""
    if state.member(by.person) is None or by.person in here(state) or replaced_by(state, by.person) is not None:
        return []
    about = {"presence": Presence.PRESENT.value, "method": AttendanceMethod.SELF.value}
    return [Draft("attendance_recorded", {"person": by.person, **about})]


def _excused(state: MeetingState) -> list[Draft]:
    """The roll begins with the absences that were approved beforehand, where nobody has written anything (A1).

    Who came after all and sits at their seat is there: no absence is written of them.
    """
    about = {"presence": Presence.EXCUSED.value, "method": AttendanceMethod.STAFF.value}
    there = here(state)
    return [
        Draft("attendance_recorded", {"person": person, **about, "reason": reason})
        for person, reason in excused(state)
        if state.presence_of(person) is None and person not in there
    ]


def _check_votes(state: MeetingState, change: Change) -> None:
    """A paused vote may wait through a recess; none is left behind when the meeting ends (V3)."""
    in_the_way = RUNNING if change is Change.CLOSE else {VoteState.OPEN}
    running = next((vote for vote in state.votes if vote.state in in_the_way), None)
    if running is not None:
        raise errors.VoteRunning(question=running.question)


def _check_recalled(state: MeetingState) -> None:
    """A record is final with its proofs (P7); that a seat will never answer is for a person to say, with the reason."""
    answered = {receipt.device for receipt in state.recall.receipts}
    missing = [label for device, label in state.recall.expected if device not in answered]
    if missing:
        expected = len(state.recall.expected)
        confirmed = expected - len(missing)
        raise errors.RecallIncomplete(confirmed=confirmed, expected=expected, seats=missing, missing=", ".join(missing))


def start_epoch(state: MeetingState) -> Draft:
    """The event that begins the next epoch of keys."""
    return Draft("epoch_started", {"epoch": state.epoch + 1})


def _recall(holders: tuple[tuple[str, str], ...]) -> Draft:
    devices = [{"device": device, "seat_label": label or "–"} for device, label in holders]
    return Draft("recall_started", {"devices": devices})


def _start_item(log: Log, command: StartItem, by: By) -> tuple[Draft, ...]:
    _in_phase(log.state, frozenset({Phase.OPEN}))
    if log.state.item(command.item) is None:
        raise errors.NoSuchItem(item=command.item)
    active = log.state.active_item
    if active is not None and active.item == command.item:
        return ()
    return (Draft("item_started", {"item": command.item}),)


def _present(log: Log, command: Present, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, frozenset({Phase.OPEN}))
    paper = state.paper(command.paper)
    if paper is None:
        raise errors.NoSuchPaper(paper=command.paper)
    version = command.version or paper.published_version
    if paper.published_version == 0 or version != paper.published_version:
        raise errors.PaperNotPublished(paper=command.paper)
    if not 1 <= command.page <= paper.published_pages:
        raise errors.NoSuchPage(page=command.page)
    shown = state.presenting
    data = {"paper": paper.paper, "version": version, "page": command.page, "person": by.person}
    data["call"] = 0 if shown is None else shown.call
    at = None if shown is None else (shown.paper, shown.version, shown.page, shown.person)
    if at == (paper.paper, version, command.page, by.person):
        return ()
    return (Draft("page_presented", data),)


def _call_back(log: Log, command: CallBack, by: By) -> tuple[Draft, ...]:
    _in_phase(log.state, frozenset({Phase.OPEN}))
    shown = log.state.presenting
    if shown is None:
        raise errors.NothingPresented
    data = {
        "paper": shown.paper,
        "version": shown.version,
        "page": shown.page,
        "person": shown.person,
        "call": shown.call + 1,
    }
    return (Draft("page_presented", data),)


def _hand_presenting(log: Log, command: HandPresenting, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, LIVE)
    person = command.person or ""
    if person == state.presenter:
        return ()
    if person and state.member(person) is None:
        raise errors.PresenterNotMember(item="–")
    if person:
        must_have_place(state, person)
    drafts = [Draft("presenter_set", {"person": person} if person else {})]
    shown = state.presenting
    if shown is not None and shown.person == state.presenter and state.display.mode is DisplayMode.PAGE:
        # What everybody looks at stays in front of them, led by the chair again. Not while something else is on the
        # wall, which this would take down: there the word above says enough.
        drafts.append(Draft("page_presented", {**_page(shown), "person": by.person}))
    return tuple(drafts)


def _page(shown: Presenting) -> dict[str, Any]:
    return {"paper": shown.paper, "version": shown.version, "page": shown.page, "call": shown.call}


def _stop_presenting(log: Log, command: StopPresenting, by: By) -> tuple[Draft, ...]:
    _in_phase(log.state, LIVE)
    return () if log.state.presenting is None else (Draft("presenting_stopped", {}),)


def _show(log: Log, command: ShowOnDisplay, by: By) -> tuple[Draft, ...]:
    state = log.state
    _in_phase(state, HOLDING)
    if command.mode is DisplayMode.MESSAGE and not command.text.strip():
        raise errors.DisplayTextMissing
    if command.mode is DisplayMode.PAGE and state.presenting is None:
        raise errors.NothingPresented
    if command.mode is DisplayMode.VOTE and not any(vote.state in SHOWN for vote in state.votes):
        raise errors.NothingPresented
    if (state.display.mode, state.display.text) == (command.mode, command.text):
        return ()
    return (Draft("display_set", {"mode": command.mode.value, "text": command.text}),)


def _take_seat(log: Log, command: TakeSeat, by: By) -> tuple[Draft, ...]:
    _in_phase(log.state, HOLDING)
    must_have_place(log.state, by.person)
    if (by.person, command.seat) in log.state.seated:
        return ()
    how = {"method": "token", "certificate": command.certificate} if command.certificate else {}
    return (Draft("person_seated", {"person": by.person, "seat": command.seat, **how}),)


def _record_presence(log: Log, command: RecordPresence, by: By) -> tuple[Draft, ...]:
    _in_phase(log.state, HOLDING)
    must_have_place(log.state, by.person)
    known = log.state.presence_of(by.person)
    if known is not None and known.presence is command.presence and known.statement:
        raise errors.PresenceKnown(presence=command.presence.value)
    said = {"person": by.person, "presence": command.presence.value, "method": "token", "statement": command.statement}
    return (Draft("attendance_recorded", said),)


def must_have_place(state: MeetingState, person: str) -> None:
    """Raise PlaceTaken for a member whose place a substitute has taken (A3)."""
    standing = replaced_by(state, person)
    if standing is not None:
        sitter = state.member(standing.person)
        raise errors.PlaceTaken(name="" if sitter is None else sitter.name)


def _leave_seat(log: Log, command: LeaveSeat, by: By) -> tuple[Draft, ...]:
    return leave(log.state, by.person)


#: One decider a command; each takes its own kind of command, which the table's key vouches for.
_DECIDERS: Final[Mapping[type, Callable[[Log, Any, By], tuple[Draft, ...]]]] = {
    Describe: _describe,
    SetMembers: _set_members,
    SetAgenda: _set_agenda,
    Step: _step,
    StartItem: _start_item,
    Present: _present,
    CallBack: _call_back,
    HandPresenting: _hand_presenting,
    StopPresenting: _stop_presenting,
    ShowOnDisplay: _show,
    TakeSeat: _take_seat,
    LeaveSeat: _leave_seat,
    RecordPresence: _record_presence,
}


def confirm_recall(state: MeetingState, receipt: SeatReceipt) -> tuple[Draft, ...]:
    """A seat's receipt as an event; the same one again gives none (P7)."""
    _in_phase(state, ENDED)
    if any(known.receipt_sha256 == receipt.receipt_sha256 for known in state.recall.receipts):
        return ()
    data = {
        "device": receipt.device,
        "seat": receipt.seat,
        "seat_label": receipt.seat_label or "–",
        "papers": receipt.papers,
        "pages": receipt.pages,
        "destroyed_at": print_instant(receipt.at),
        "receipt_sha256": receipt.receipt_sha256,
    }
    return (Draft("recall_confirmed", data),)


def leave(state: MeetingState, who: str) -> tuple[Draft, ...]:
    """A person is at no seat any more; none when they were not."""
    return (Draft("person_left", {"person": who}),) if any(person == who for person, _ in state.seated) else ()


def next_epoch(state: MeetingState) -> tuple[Draft, ...]:
    """A new epoch of keys while seats hold the meeting; none otherwise."""
    return (start_epoch(state),) if state.phase in HOLDING else ()
