"""Whether the log and the signed acts hold each other: every statement is named by an event, says what it did, and was
bound to the log before it.

Rules W63, W65, G45, G49: as the server compared them when they came – the statement is composed anew from the state
before the event and must be the same value. An event may not name a statement that is not there.

Usage::

    for act in acts_of(events):                     # raises a WireError for a log that does not fold
        where = act.differs(said)                   # "" when it says what the log says
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.statements.model import first_difference, parts_of
from wire import declare
from wire.declare import Maker
from wire.errors import WireError
from wire.events import Event
from wire.fold import apply
from wire.state import MeetingState
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, VOTE, Statement


@dataclass(frozen=True, slots=True)
class SignedAct:
    """What the log says of one statement: the events that name it, the state before the first, all events."""

    sha256: str
    events: tuple[Event, ...]
    before: MeetingState
    log: Sequence[Event]
    #: the part of an event that names it, where that is not the event itself (a ballot in a closing)
    part: Mapping[str, Any] | None = None

    @property
    def seq(self) -> int:
        """Of the first event."""
        return self.events[0].seq

    def differs(self, said: Statement) -> str:
        """The first place at which the statement does not say what the log says; empty when it does."""
        maker = _MAKERS.get(said.kind)
        if maker is None:
            return "kind"
        bound = self.log[said.seq - 1] if said.seq <= len(self.log) else None
        if bound is None or bound.hash != said.hash or said.seq >= self.seq:
            return "log"
        if self.part is None and any(event.actor != f"person:{said.person}" for event in self.events):
            return "person"
        try:
            body = maker(self, said)
            expected = declare.declare(self.before, said.kind, body, maker=Maker(said.person, said.place, said.made_at))
        except (WireError, KeyError, TypeError, AttributeError):
            return "body"
        wanted = replace(expected, seq=said.seq, hash=said.hash)
        return first_difference(said.to_value(), wanted.to_value())


def acts_of(events: Sequence[Event]) -> Iterator[SignedAct]:
    """All signed acts of a log, in its order; raises a WireError when it does not fold."""
    state, found = MeetingState(), dict[str, SignedAct]()
    for event in events:
        before, state = state, apply(state, event)
        for part in parts_of(event.data):
            name = part["statement"]
            known = found.get(name)
            whole = part is event.data
            if known is None:
                found[name] = SignedAct(name, (event,), before, events, None if whole else part)
            else:
                found[name] = replace(known, events=(*known.events, event))
    yield from found.values()


def _attend(act: SignedAct, _said: Statement) -> dict[str, Any]:
    (event,) = (each for each in act.events if each.kind == "attendance_recorded")
    return {"presence": event.data["presence"]}


def _approve(act: SignedAct, _said: Statement) -> dict[str, Any]:
    papers = [event.data["paper"] for event in act.events if event.kind == "paper_approved"]
    return declare.approval_body(act.before, papers)


def _close(act: SignedAct, _said: Statement) -> dict[str, Any]:
    (_event,) = (each for each in act.events if each.kind == "meeting_closed")
    return declare.closing_body(act.before)


def _vote(act: SignedAct, said: Statement) -> dict[str, Any]:
    """The ballot as it was published; the vote as it stood before."""
    event, part = act.events[0], act.part or {}
    if part.get("person") != said.person:
        raise KeyError("person")
    vote = next(each for each in act.before.votes if each.vote == event.data["vote"])
    elector = vote.elector(said.person)
    if elector is None:
        raise KeyError("elector")
    return {
        "ballot": vote.vote,
        "question": vote.question,
        "answers": [{"answer": each.answer, "text": each.text} for each in vote.answers],
        "answer": part["answer"],
        "weight": elector.weight,
    }


_MAKERS: Final[Mapping[str, Callable[[SignedAct, Statement], dict[str, Any]]]] = {
    ATTEND: _attend,
    APPROVE_PAPERS: _approve,
    CLOSE: _close,
    VOTE: _vote,
}
