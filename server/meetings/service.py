"""Use cases of meetings: what secretary, chair, seats and other features ask for.

Rules: each use case becomes a command or drafts, and ``logbook.py`` appends them; names of people, rooms and seats are
copied into the log as they are on that day.

Usage::

    meetings.step(meeting, Change.OPEN, asked=Asked(actor, act, now))
    meetings.change(meeting, actor="system", now=now, decide=lambda log: [Draft("paper_approved", {...})])
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.errors import NotAllowed
from server.idempotency.service import ActKey
from server.identity.model import Actor, Role
from server.meetings import model
from server.meetings.commands import By, Command, Describe, SetAgenda, SetMembers, Step
from server.meetings.errors import NoSuchMeeting
from server.meetings.logbook import Change as LogChange
from server.meetings.logbook import Decide, Logbook, Look
from server.meetings.model import Draft, Log
from server.meetings.ports import Also, Holders, MeetingRow, MeetingStore, People, Rooms
from server.rooms.errors import NoSuchSeat
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import HOLDING, LIVE, Change, Phase
from wire.series import Series
from wire.state import Item, MeetingState, Member, MemberRole, RollRules, SeatReceipt, Visibility


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime

    @property
    def by(self) -> By:
        """As the rules see the actor."""
        return By(self.actor.person_id, is_secretary=self.actor.has(Role.SECRETARY))


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """What the secretary writes about a meeting. ``roll`` None: as the house has it, or as it was."""

    title: str
    type: str
    room: str
    starts_at: dt.datetime
    planned_minutes: int
    roll: RollRules | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A member as the secretary writes it: person, role, and a seat or None."""

    person: str
    role: MemberRole
    seat: str | None


@dataclass(frozen=True, slots=True)
class NewItem:
    """An agenda item as it is written: ``item`` None is a new one."""

    item: str | None
    parent: str | None
    title: str
    minutes: int
    visibility: Visibility
    presenter: str | None


@dataclass(frozen=True, slots=True)
class Outside:
    """What meetings need from other features."""

    people: People
    rooms: Rooms
    holders: Holders
    random: Callable[[int], bytes]
    #: whether the house wants the chair's signature under a closing
    closing_must_be_signed: bool = False
    #: what the house wants of the roll, by the type of a meeting
    roll_rules: Callable[[str], RollRules] | None = None


class MeetingService:
    """All meetings."""

    def __init__(self, unit: UnitOfWork, store: MeetingStore, *, logbook: Logbook, outside: Outside) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._logbook: Final = logbook
        self._outside: Final = outside

    # Reading

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        return self._logbook.log(meeting).state

    def events(self, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events with numbers above ``after``; raises NoSuchMeeting."""
        self._logbook.log(meeting)
        with self._unit.read() as tx:
            return self._store.events(tx, meeting, after=after)

    def live(self) -> list[MeetingId]:
        """The meetings that go on, or are in recess."""
        with self._unit.read() as tx:
            return [row.id for row in self._store.rows(tx, phases=LIVE)]

    def known(self) -> list[MeetingId]:
        """All there are, the newest first, without rehearsals."""
        with self._unit.read() as tx:
            return [row.id for row in self._store.rows(tx) if row.rehearsal_of is None]

    def event(self, meeting: MeetingId, seq: int) -> Event | None:
        """The event of that number, None when there is none; raises NoSuchMeeting."""
        self._logbook.log(meeting)
        with self._unit.read() as tx:
            return self._store.event(tx, meeting, seq)

    def meetings_of(self, actor: Actor) -> list[tuple[MeetingRow, MemberRole | None]]:
        """The meetings one may see, with one's role in each (None: not a member)."""
        with self._unit.read() as tx:
            if actor.person is None:
                rows = self._store.rows(tx, room=actor.display_room)
                return [(row, None) for row in rows if Phase(row.phase) not in model.UNSEEN]
            roles = self._store.roles(tx, actor.person)
            sees_all = actor.has(Role.SECRETARY, Role.AUDITOR)
            rows = self._store.rows(tx, person=None if sees_all else actor.person)
        pairs = [(row, roles.get(row.id)) for row in rows]
        return [(row, role) for row, role in pairs if model.may_see(Phase(row.phase), role, sees_all=sees_all)]

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The state, if ``actor`` may see the meeting; raises NoSuchMeeting, NotAllowed."""
        state = self.state(meeting)
        if actor.person is None:
            if actor.display_room == state.room and state.phase not in model.UNSEEN:
                return state
            raise NotAllowed
        member = state.member(actor.person)
        sees_all = actor.has(Role.SECRETARY, Role.AUDITOR)
        if not model.may_see(state.phase, None if member is None else member.role, sees_all=sees_all):
            raise NotAllowed
        return state

    def member_roles(self, person: str, meeting: MeetingId | None) -> frozenset[MemberRole]:
        """The person's role in a meeting (or none), or their roles in all meetings."""
        if meeting is None:
            with self._unit.read() as tx:
                return frozenset(self._store.roles(tx, person).values())
        try:
            member = self.state(meeting).member(person)
        except NoSuchMeeting:
            member = None
        return frozenset() if member is None else frozenset({member.role})

    # Preparing

    def create_meeting(self, new: NewMeeting, asked: Asked) -> dict[str, Any]:
        """A new draft; gives ``{id, seq}``. Raises NoSuchRoom."""
        meeting = MeetingId(self._new("m"))
        key = ActKey(asked.act, asked.actor.label, "create_meeting", _content(new))
        return self._logbook.append(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=lambda _log: model.created(self._described(self._with_house_rules(new))),
            key=key,
            also=lambda _tx, _state: {"id": meeting},
            creates=True,
        )

    def create_whole(
        self,
        new: NewMeeting,
        placed: Sequence[Placed],
        items: Sequence[NewItem],
        *,
        series: Series | None,
        asked: Asked,
    ) -> dict[str, Any]:
        """A draft with members and agenda in one commit; gives ``{id, seq}``. Raises what each of them refuses."""
        meeting = MeetingId(self._new("m"))
        written = {"placed": [_content(each) for each in placed], "items": [_content(each) for each in items]}
        told = None if series is None else series.to_value()
        key = ActKey(asked.act, asked.actor.label, "create_whole", {**written, "new": _content(new), "series": told})

        def decide(log: Log) -> Sequence[Draft]:
            described = self._described(self._with_house_rules(new))
            members = tuple(self._member(each, new.room) for each in placed)
            agenda = tuple(self._item(each) for each in items)
            drafts = model.created(described, series=series)
            for command in (SetMembers(members), SetAgenda(agenda, 0)):
                grown = log.grown(log.events_of(drafts, actor=asked.actor.label, now=asked.now))
                drafts += model.decide(grown, command, asked.by)
            return drafts

        return self._logbook.append(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=decide,
            key=key,
            also=lambda _tx, _state: {"id": meeting},
            creates=True,
        )

    def create_copy(
        self, drafts: Sequence[Draft], asked: Asked, *, key: ActKey, look: Look, also: Also, meeting: MeetingId
    ) -> dict[str, Any]:
        """A rehearsal from the events it begins with; gives what ``also`` adds. Raises what ``look`` refuses."""
        return self._logbook.append(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=lambda _log: drafts,
            key=key,
            look=look,
            also=also,
            creates=True,
        )

    def destroy(self, meeting: MeetingId, erase: Callable[[Transaction], None]) -> MeetingState:
        """Have ``erase`` delete a rehearsal; gives its last state. Raises NoSuchMeeting, also for a real meeting."""
        return self._logbook.destroy(meeting, erase).state

    def rehearsals(self) -> list[MeetingRow]:
        """All that there are now."""
        with self._unit.read() as tx:
            return [row for row in self._store.rows(tx) if row.rehearsal_of is not None]

    def describe_meeting(self, meeting: MeetingId, new: NewMeeting, asked: Asked) -> dict[str, Any]:
        """Change title, kind, room or time; gives ``{seq}``."""
        return self._command(meeting, Describe, lambda _log: self._described(new), asked=asked, content=_content(new))

    def set_members(self, meeting: MeetingId, placed: Sequence[Placed], asked: Asked) -> dict[str, Any]:
        """Replace the list of members; raises NoSuchPerson, NoSuchSeat and what the rules refuse."""

        def command(log: Log) -> Command:
            # Looked up when it is decided: an act that was done is answered as it was, whatever is found now.
            return SetMembers(tuple(self._member(entry, log.state.room) for entry in placed))

        content = [_content(entry) for entry in placed]
        return self._command(meeting, SetMembers, command, asked=asked, content=content)

    def set_agenda(
        self, meeting: MeetingId, items: Sequence[NewItem], expected_seq: int, *, asked: Asked
    ) -> dict[str, Any]:
        """Replace the agenda, unless somebody else did after ``expected_seq``; raises what the rules refuse."""
        command = SetAgenda(tuple(self._item(entry) for entry in items), expected_seq)
        content = {"items": [_content(entry) for entry in items], "expected_seq": expected_seq}
        return self._command(meeting, SetAgenda, lambda _log: command, asked=asked, content=content)

    # Leading

    def step(self, meeting: MeetingId, change: Change, *, reason: str = "", asked: Asked) -> dict[str, Any]:
        """Move along the life cycle; closing and cancelling begin the recall in the same transaction."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.decide(log, self.with_holders(meeting, Step(change, reason)), asked.by)

        key = ActKey(asked.act, asked.actor.label, change.value, {"meeting": meeting, "reason": reason})
        return self.change(meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key)

    def perform(self, meeting: MeetingId, command: Command, asked: Asked) -> dict[str, Any]:
        """Any other command; gives ``{seq}``, the number of the last event."""
        content = _content(command)
        return self._command(meeting, type(command), lambda _log: command, asked=asked, content=content)

    # For other features

    def among(self, phases: Collection[str]) -> list[MeetingRow]:
        """The meetings in these phases, the newest start first, without rehearsals."""
        with self._unit.read() as tx:
            return [row for row in self._store.rows(tx, phases=phases) if row.rehearsal_of is None]

    def held(self) -> list[MeetingId]:
        """The meetings whose seats are in use: approved and not over."""
        with self._unit.read() as tx:
            return [row.id for row in self._store.rows(tx, phases=HOLDING)]

    def must_hold_seat(self, meeting: MeetingId, seat: str) -> None:
        """Raise NoSuchSeat unless the seat is in the meeting's room."""
        if self._outside.rooms.seat(seat).room != self.state(meeting).room:
            raise NoSuchSeat(seat=seat)

    def in_room(self, meeting: MeetingId, seats: Collection[str]) -> frozenset[str]:
        """Those of ``seats`` that are in the meeting's room; raises NoSuchMeeting."""
        room = self.state(meeting).room
        return frozenset(seat for seat, place in self._outside.rooms.seats(seats).items() if place.room == room)

    def change_all(self, meeting: MeetingId, changes: Sequence[LogChange]) -> Sequence[dict[str, Any] | None]:
        """Append what many ask for with one commit; see :meth:`Logbook.append_all`."""
        return self._logbook.append_all(meeting, changes)

    def change(
        self,
        meeting: MeetingId,
        *,
        actor: str,
        now: dt.datetime,
        decide: Decide,
        key: ActKey | None = None,
        also: Also | None = None,
        look: Look | None = None,
    ) -> dict[str, Any]:
        """Append what ``decide`` gives for the newest state; the answer is ``{seq}`` and what ``also`` adds.

        ``look`` (in the transaction) and ``decide`` may run more than once and only read. A ``key`` makes it happen
        once: the same act again gets the stored answer. Raises NoSuchMeeting, ActReused, Unavailable and what
        ``decide`` raises.
        """
        return self._logbook.append(meeting, actor=actor, now=now, decide=decide, key=key, also=also, look=look)

    def with_holders(self, meeting: MeetingId, command: Command) -> Command:
        """A closing or cancelling with the devices whose keys it recalls, and with what the house wants of a closing.

        Any other command is given as it is.
        """
        if not isinstance(command, Step) or command.change not in {Change.CLOSE, Change.CANCEL}:
            return command
        held = tuple((holder.device, holder.seat_label) for holder in self._outside.holders.holding(meeting))
        signed = command.change is Change.CLOSE and self._outside.closing_must_be_signed
        return dataclasses.replace(command, holders=held, must_be_signed=signed)

    def confirm_recall(self, meeting: MeetingId, receipt: SeatReceipt, *, now: dt.datetime) -> None:
        """Write a seat's verified receipt to the log; the same receipt again changes nothing."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.confirm_recall(log.state, receipt)

        self.change(meeting, actor=f"device:{receipt.device}", now=now, decide=decide)

    def unseat(self, people: Sequence[str] | None = None, *, now: dt.datetime) -> None:
        """Sign disabled people out of their seats: those of ``people``, or all that are found (after a crash)."""
        with self._unit.read() as tx:
            held = [row.id for row in self._store.rows(tx, phases=HOLDING)]
        for meeting in held:
            seated = [person for person, _ in self.state(meeting).seated if people is None or person in people]
            for person in self._outside.people.disabled_of(seated, now=now):
                self._unseat(meeting, person, now)

    def unseat_by(self, certificates: Collection[str], *, now: dt.datetime) -> None:
        """Sign out of their seats all who signed in there with one of ``certificates`` (SHA-256, hexadecimal)."""
        with self._unit.read() as tx:
            held = [row.id for row in self._store.rows(tx, phases=HOLDING)]
        for meeting in held:
            seated = {person for person, _ in self.state(meeting).seated}
            by: dict[str, str] = {}
            for event in self.events(meeting) if seated else ():
                if event.kind == "person_seated":
                    by[event.data["person"]] = event.data.get("certificate", "")
            for person in sorted(seated):
                if by.get(person) in certificates:
                    self._unseat(meeting, person, now)

    def _unseat(self, meeting: MeetingId, person: str, now: dt.datetime) -> None:
        self.change(meeting, actor="system", now=now, decide=lambda log: model.leave(log.state, person))

    def start_epoch(self, meeting: MeetingId, *, now: dt.datetime) -> None:
        """Begin a new epoch of keys (a device left); only while seats hold the meeting."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.next_epoch(log.state)

        self.change(meeting, actor="system", now=now, decide=decide)

    def _command(
        self,
        meeting: MeetingId,
        kind: type[Command],
        command: Callable[[Log], Command],
        *,
        asked: Asked,
        content: Any,
    ) -> dict[str, Any]:
        key = ActKey(asked.act, asked.actor.label, kind.__name__, {"meeting": meeting, "content": content})
        return self.change(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=lambda log: model.decide(log, command(log), asked.by),
            key=key,
        )

    # Names for what is written

    def _described(self, new: NewMeeting) -> Describe:
        name = self._outside.rooms.room(new.room).name
        return Describe(
            title=new.title,
            type=new.type,
            room=new.room,
            room_name=name,
            starts_at=new.starts_at,
            planned_minutes=new.planned_minutes,
            roll=new.roll,
        )

    def _with_house_rules(self, new: NewMeeting) -> NewMeeting:
        house = self._outside.roll_rules
        if house is None or (new.roll is not None and new.roll.late_after is not None):
            return new
        own = house(new.type)
        # Who chose a quorum has said nothing of who is late.
        roll = own if new.roll is None else dataclasses.replace(new.roll, late_after=own.late_after)
        return dataclasses.replace(new, roll=roll)

    def _member(self, placed: Placed, room: str) -> Member:
        person = self._outside.people.person(placed.person)
        label = ""
        if placed.seat is not None:
            seat = self._outside.rooms.seat(placed.seat)
            if seat.room != room:
                raise NoSuchSeat(seat=placed.seat)
            label = seat.label
        return Member(
            person=placed.person,
            name=person.name,
            position=person.position,
            unit=person.unit,
            role=placed.role,
            seat=placed.seat,
            seat_label=label,
        )

    def _item(self, new: NewItem) -> Item:
        return Item(
            item=new.item or self._new("i"),
            parent=new.parent,
            title=new.title,
            minutes=new.minutes,
            visibility=new.visibility,
            presenter=new.presenter,
        )

    def _new(self, prefix: str) -> str:
        return ids.new(prefix, self._outside.random(ids.RANDOM_BYTES))


def _content(value: Any) -> Any:
    """A command or its parts as JSON, for the fingerprint of the act."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _content(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_content(entry) for entry in value]
    return print_instant(value) if isinstance(value, dt.datetime) else value
