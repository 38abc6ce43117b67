"""Use cases before a meeting: write, change, withdraw and answer remarks; ask, take back, decide and order requests.

Rules W142–W145: each change is an event of its meeting, committed before it is acknowledged; an act happens once. Of
two who change or answer the same remark at once, the second is shown what the first has written.

Usage::

    before.write(meeting, Place("i-…"), Wording(...), asked=asked)
    before.board(meeting, actor, now=now)
    before.mine(actor, now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from server.before import advance, remarks, views
from server.before.advance import Wanted
from server.before.ports import Meetings, People, Units
from server.before.remarks import Place, Wording
from server.before.sight import Reader, Sight
from server.errors import NotAllowed
from server.idempotency.service import ActKey
from server.identity.model import Actor, Role
from server.meetings.commands import By
from server.meetings.model import Draft, Log
from wire import ids
from wire.before import Wish, WishChange
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import HOLDING
from wire.state import MeetingState

#: Meetings of which it is remembered whether there is anything to look at.
_REMEMBERED: Final = 4_000


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

    def key(self, kind: str, content: Any) -> ActKey:
        """The act."""
        return ActKey(self.act, self.actor.label, kind, content)


@dataclass(slots=True)
class BeforeService:
    """What is said before all meetings."""

    meetings: Meetings
    people: People
    units: Units
    random: Callable[[int], bytes]
    #: meeting → number of its log, and whether it has remarks or requests: most have none
    _seen: dict[str, tuple[int, bool]] = field(default_factory=dict)

    # Remarks

    def write(self, meeting: MeetingId, place: Place, wording: Wording, *, asked: Asked) -> dict[str, Any]:
        """Write one; gives ``{seq, remark}``."""
        fresh = ids.new("h", self.random(ids.RANDOM_BYTES))
        key = asked.key("write_remark", {"meeting": meeting, **asdict(place), **wording.to_value()})
        return self._change(
            meeting,
            lambda log: remarks.write(log.state, fresh, place, wording, asked.by),
            key,
            asked,
            also=lambda _state: {"remark": fresh},
        )

    def change(
        self, meeting: MeetingId, remark: str, wording: Wording, *, revision: int, asked: Asked
    ) -> dict[str, Any]:
        """Change one's own; gives ``{seq}``. Raises RemarkChanged, RemarkAnswered."""
        content = {"meeting": meeting, "remark": remark, "revision": revision, **wording.to_value()}
        return self._change(
            meeting,
            lambda log: remarks.change(log.state, remark, wording, revision=revision, by=asked.by),
            asked.key("change_remark", content),
            asked,
        )

    def withdraw(self, meeting: MeetingId, remark: str, *, asked: Asked) -> dict[str, Any]:
        """Take one's own back; gives ``{seq}``."""
        key = asked.key("withdraw_remark", {"meeting": meeting, "remark": remark})
        return self._change(meeting, lambda log: remarks.withdraw(log.state, remark, asked.by), key, asked)

    def answer(self, meeting: MeetingId, remark: str, text: str, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Answer; gives ``{seq}``. Raises RemarkChanged with what somebody else wrote meanwhile."""
        reader = self._reader(asked.actor, now=asked.now)
        name = self.people.person(asked.actor.person_id).name
        content = {"meeting": meeting, "remark": remark, "text": text, "revision": revision}
        return self._change(
            meeting,
            lambda log: remarks.answer(log.state, remark, text, revision=revision, reader=reader, name=name),
            asked.key("answer_remark", content),
            asked,
        )

    # Requests in advance

    def ask(self, meeting: MeetingId, wanted: Wanted, *, asked: Asked) -> dict[str, Any]:
        """Ask to speak; gives ``{seq, advance}``, of the same request where it stands already."""
        fresh = ids.new("q", self.random(ids.RANDOM_BYTES))

        def named(state: MeetingState) -> dict[str, Any]:
            found = advance.standing(state, wanted.item, asked.actor.person_id)
            return {"advance": fresh if found is None else found.advance}

        key = asked.key("ask_in_advance", {"meeting": meeting, **wanted.to_value()})
        return self._change(
            meeting, lambda log: advance.ask(log.state, fresh, wanted, asked.by), key, asked, also=named
        )

    def take_back(self, meeting: MeetingId, request: str, *, asked: Asked) -> dict[str, Any]:
        """Take one's own back; gives ``{seq}``."""
        key = asked.key("withdraw_advance", {"meeting": meeting, "request": request})
        return self._change(meeting, lambda log: advance.withdraw(log.state, request, asked.by), key, asked)

    def decide(
        self, meeting: MeetingId, request: str, change: WishChange, *, reason: str = "", asked: Asked
    ) -> dict[str, Any]:
        """Accept or refuse; gives ``{seq}``."""
        key = asked.key(change.value, {"meeting": meeting, "request": request, "reason": reason})
        return self._change(
            meeting, lambda log: advance.decide(log.state, request, change, asked.by, reason=reason), key, asked
        )

    def arrange(self, meeting: MeetingId, item: str, requests: Sequence[str], *, asked: Asked) -> dict[str, Any]:
        """Put the requests of an item in order; gives ``{seq}``."""
        key = asked.key("order_advance", {"meeting": meeting, "item": item, "requests": list(requests)})
        return self._change(meeting, lambda log: advance.arrange(log.state, item, requests, asked.by), key, asked)

    # Reading

    def board(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
        """What the actor may know; whoever prepared a paper needs no part in the meeting. Raises NotAllowed."""
        state, reader = self.meetings.state(meeting), self._reader(actor, now=now)
        found = views.board(state, reader)
        try:
            self.meetings.see(meeting, actor)
        except NotAllowed:
            if not found["remarks"] or state.phase not in HOLDING or state.member(actor.person_id) is not None:
                raise
        return {**found, "meeting": meeting, "title": state.title, "phase": state.phase.value}

    def mine(self, actor: Actor, *, now: dt.datetime) -> list[dict[str, Any]]:
        """Meetings with questions that wait for this person, or requests that they decide; the next meeting first."""
        reader = self._reader(actor, now=now)
        found = []
        for row in sorted(self.meetings.among(HOLDING), key=lambda each: each.starts_at):
            state = self._if_any(MeetingId(row.id), row.seq)
            if state is None:
                continue
            questions = remarks.waiting(state, reader)
            member = state.member(reader.person)
            leads = member is not None and Sight(state, Reader(By(reader.person))).leads
            undecided = [each for each in state.before.advances if leads and each.state is Wish.ASKED]
            undecided = [each for each in undecided if not each.joined and state.item(each.item) is not None]
            if questions or undecided:
                found.append(
                    {
                        "meeting": row.id,
                        "title": state.title,
                        "starts_at": print_instant(row.starts_at),
                        "room_name": row.room_name,
                        "phase": row.phase,
                        "member": member is not None,
                        "questions": len(questions),
                        "requests": len(undecided),
                    }
                )
        return found

    # Parts

    def _if_any(self, meeting: MeetingId, seq: int) -> MeetingState | None:
        """The state of a meeting before which something was said; of others only the number of their log is read."""
        if self._seen.get(meeting) == (seq, False):
            return None
        state = self.meetings.state(meeting)
        has_any = bool(state.before.remarks or state.before.advances)
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[meeting] = (state.seq, has_any)
        return state if has_any else None

    def _reader(self, actor: Actor, *, now: dt.datetime) -> Reader:
        by = By(actor.person_id, is_secretary=actor.has(Role.SECRETARY))
        units = self.units.answered_by(actor.person_id, now=now)
        return Reader(by, units, reads_record=actor.has(Role.AUDITOR))

    def _change(
        self,
        meeting: MeetingId,
        decide: Callable[[Log], Sequence[Draft]],
        key: ActKey,
        asked: Asked,
        *,
        also: Callable[[MeetingState], dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        return self.meetings.change(
            meeting,
            actor=asked.actor.label,
            now=asked.now,
            decide=decide,
            key=key,
            also=None if also is None else lambda _tx, state: also(state),
        )
