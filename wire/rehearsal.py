"""Rehearsals (M5, W108): a meeting that says in its first event which other meeting it tries out.

Rules: pure. What is signed outlives whatever is deleted, so a rehearsal holds nothing that anybody signed: every reader
of its log refuses that. Its title says what it is wherever a title stands.

Usage::

    state = replace(state, rehearsal=read(data))
    must_be_unsigned(state, event)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wire.errors import BadField
from wire.fields import Fields
from wire.votes import VoteKind

if TYPE_CHECKING:
    from wire.events import Event
    from wire.state import MeetingState

#: Before the title of what is rehearsed.
MARK: Final = "CHẠY THỬ – "
_TITLE_LIMIT: Final = 500
#: Rounds of signing belong to real meetings.
_SIGNING: Final = frozenset({"round_opened", "paper_signed", "round_closed"})


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``of``: the meeting that is tried out; ``seq``: the number of its newest event when it was copied."""

    of: str
    seq: int

    def to_value(self) -> dict[str, Any]:
        """As the first event has it."""
        return {"of": self.of, "seq": self.seq}


def read(data: Fields) -> Rehearsal:
    """The field ``rehearsal`` of a first event; raises BadField."""
    found = Rehearsal(data.id("of", "m"), data.number("seq", low=1))
    data.end()
    return found


def titled(title: str) -> str:
    """The title of the rehearsal of a meeting with ``title``."""
    return f"{MARK}{title}"[:_TITLE_LIMIT].rstrip()


def must_be_unsigned(state: MeetingState, event: Event) -> None:
    """Raise BadField for what somebody signed; ``state`` is what the event leads to (W108)."""
    if state.rehearsal is None:
        return
    signed = event.kind in _SIGNING or "statement" in event.data
    if signed or any(vote.kind is VoteKind.NAMED for vote in state.votes):
        raise BadField(event.kind, "is signed, and a rehearsal holds nothing that anybody signed")
