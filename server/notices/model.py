"""What may happen to messages: commands in, drafts of events out.

Rules W96, F2: pure; chair and secretary prepare, send and take away; who got one says that they have read it. What
somebody else has just done in the same way is done.

Usage: ``drafts = prepare(state, "g-…", new, by=By("u-…"))``
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may
from server.notices import errors
from wire.errors import PhaseError
from wire.notice_fold import PREPARED, READ
from wire.notices import Notice, NoticeChange, NoticeState, NoticeTo, step
from wire.phases import HOLDING, PREPARING, Phase
from wire.state import MeetingState

_DONE = {NoticeChange.SEND: NoticeState.SENT, NoticeChange.WITHDRAW: NoticeState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A message as it is written; ``people`` empty: all; ``sends``: at once, else it waits in the queue."""

    to: NoticeTo
    text: str
    people: tuple[str, ...] = ()
    seconds: int = 0
    sends: bool = False


def known(state: MeetingState, notice: str) -> Notice:
    """The message; raises NoSuchNotice."""
    found = state.notice(notice)
    if found is None:
        raise errors.NoSuchNotice(notice=notice)
    return found


def prepare(state: MeetingState, notice: str, new: NewNotice, *, by: By) -> tuple[Draft, ...]:
    """Write a message down, and send it if that is wanted."""
    _must_lead(state, by)
    _in_phase(state, HOLDING if new.sends else PREPARING | HOLDING)
    if new.to is NoticeTo.WALL and new.people:
        raise errors.WallHasNoPeople
    if any(state.member(person) is None for person in new.people):
        raise meeting_errors.NotAMember
    data = {"notice": notice, "to": new.to.value, "text": new.text, "people": list(new.people), "seconds": new.seconds}
    written = Draft(PREPARED, data)
    return (written, Draft(NoticeChange.SEND.value, {"notice": notice})) if new.sends else (written,)


def move(state: MeetingState, notice: str, change: NoticeChange, *, by: By) -> tuple[Draft, ...]:
    """Send it, or take it away."""
    _must_lead(state, by)
    found = known(state, notice)
    _in_phase(state, PREPARING | HOLDING if change is NoticeChange.WITHDRAW else HOLDING)
    if found.state is _DONE[change]:
        return ()
    try:
        step(found.state, change)
    except PhaseError:
        raise errors.NoticeStateNotAllowed(state=found.state.value) from None
    return (Draft(change.value, {"notice": notice}),)


def read(state: MeetingState, notice: str, *, by: By) -> tuple[Draft, ...]:
    """A person has read it; nothing when they have said so, or it was taken away meanwhile."""
    found = known(state, notice)
    if found.to is not NoticeTo.SEATS or by.person not in found.people:
        raise errors.NoSuchNotice(notice=notice)
    _in_phase(state, HOLDING)
    return (Draft(READ, {"notice": notice, "person": by.person}),) if found.waits_for(by.person) else ()


def _must_lead(state: MeetingState, by: By) -> None:
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed


def _in_phase(state: MeetingState, allowed: Collection[Phase]) -> None:
    if state.phase not in allowed:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
