"""What the chair concludes of an item, as it is written down (W136).

Rules: pure. Who leads writes it, from the opening until the meeting is locked; of two who write the same the second is
told. The same words again are no change.

Usage: ``drafts = conclude(state, "i-…", Concluding("…", seen=0), by=By("u-…"))``.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may
from server.minutes import errors
from server.minutes.model import WRITING
from wire.conclusions import CONCLUDED, conclusion_of
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Concluding:
    """``text`` empty: taken back; ``seen``: the event of the conclusion that the writer saw, 0 when there was none."""

    text: str
    seen: int


def conclude(state: MeetingState, item: str, said: Concluding, *, by: By) -> tuple[Draft, ...]:
    """The event, or none; raises NoSuchItem, PhaseNotAllowed, ConclusionChanged."""
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed
    if state.item(item) is None:
        raise meeting_errors.NoSuchItem(item=item)
    if state.phase not in WRITING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    known = conclusion_of(state, item)
    text = said.text.strip()
    if text == ("" if known is None else known.text):
        return ()
    if said.seen != (0 if known is None else known.seq):
        member = None if known is None else state.member(known.by.removeprefix("person:"))
        raise errors.ConclusionChanged(
            text="" if known is None else known.text,
            seq=0 if known is None else known.seq,
            by="" if member is None else member.name,
        )
    return (Draft(CONCLUDED, {"item": item, "text": text}),)
