"""What a signed act does, and whether the statement that came says exactly that.

Rules G44, G45: pure. The expected statement is composed from this server's own state; of the one that came only two
things are taken over – when it was made, within limits, and the event it is bound to, which must be in this log. After
that both are the same value or the act is refused, with the place that differs.

Usage::

    deed = Deed("attend", body=lambda state: {"presence": "present"}, drafts=…)
    must_say(said, deed.expected(state, maker))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.meetings.model import Draft, Log
from server.meetings.ports import Also
from server.statements.errors import StatementDiffers, StatementOfOtherLog, StatementTimeWrong
from wire import declare
from wire.declare import Maker
from wire.events import Event
from wire.state import MeetingState
from wire.statement import Statement

#: Clocks of terminals are a little off.
AHEAD: Final = dt.timedelta(minutes=2)
#: An act waits in a seat's outbox while the server is away; a session ends after as long.
OLDEST: Final = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Deed:
    """One signed act: ``body`` is what the statement must say, ``drafts`` what is written for it (given its SHA-256).

    ``drafts`` decides as ``model.decide`` does and raises what is not allowed; ``also`` is written with the
    same commit.
    """

    kind: str
    body: Callable[[MeetingState], dict[str, Any]]
    drafts: Callable[[Log, str], Sequence[Draft]]
    also: Also | None = None

    def expected(self, state: MeetingState, maker: Maker) -> Statement:
        """The statement for the newest state; raises BadField for somebody who is no member."""
        return declare.declare(state, self.kind, self.body(state), maker=maker)


def must_say(said: Statement, expected: Statement) -> None:
    """Raise StatementDiffers unless they are one value but for the moment and the event, which are judged apart."""
    wanted = replace(expected, made_at=said.made_at, seq=said.seq, hash=said.hash)
    if wanted.encode() != said.encode():
        raise StatementDiffers(where=first_difference(said.to_value(), wanted.to_value()))


def must_be_bound(said: Statement, event: Event | None, *, now: dt.datetime) -> None:
    """``event`` is the one of this log with the number the statement names, None when there is none.

    Raises StatementOfOtherLog, StatementTimeWrong.
    """
    if event is None or (event.meeting, event.seq, event.hash) != (said.meeting, said.seq, said.hash):
        raise StatementOfOtherLog
    if not max(event.at, now - OLDEST) - AHEAD <= said.made_at <= now + AHEAD:
        raise StatementTimeWrong


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """The path of the first place at which two values differ; empty when they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            found = first_difference(one.get(key), other.get(key), f"{path}.{key}" if path else key)
            if found:
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found_in = (first_difference(*pair, f"{path}[{at}]") for at, pair in enumerate(zip(one, other, strict=True)))
        return next((found for found in found_in if found), "")
    return "" if one == other else path


def names_in(events: Sequence[Event]) -> set[str]:
    """The statements that the log names."""
    return {part["statement"] for event in events for part in parts_of(event.data)}


def parts_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects inside that name a statement."""
    if isinstance(value, dict):
        if isinstance(value.get("statement"), str) and value["statement"]:
            yield value
        for inner in value.values():
            yield from parts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts_of(inner)
