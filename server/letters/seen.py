"""A document as it stands now: with its round, its number, and the meeting as that is meanwhile (N16, N17).

Rules: pure. What is told about time and place is told of an invitation alone; one that a newer one replaced is nobody's
concern any more.

Usage: ``beside(Seen(letter, stage), state).outdated``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from server.letters.errors import LetterTooLate
from server.letters.matching import Difference, differences
from server.letters.model import Kind, Letter, Stage, stage_now
from server.meetings.model import ENDED
from server.signing.model import Round
from server.signing.numbers import Number
from wire.fields import print_instant
from wire.letter_fold import invited, is_outdated
from wire.phases import PREPARING
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter with the stage its round has come to, and the number it was given.

    ``outdated``: it invites to another time or room than the meeting has; ``revoked``: why it holds no more;
    ``differs``: what a draft says otherwise than the meeting.
    """

    letter: Letter
    stage: Stage
    number: str = ""
    issued_on: str = ""
    signed: int = 0
    signers: int = 0
    outdated: bool = False
    revoked: str = ""
    differs: tuple[Difference, ...] = ()


def in_round(letter: Letter, found: Round | None, given: Number | None) -> Seen:
    """``letter`` as its round has it, and the number that gave it."""
    if found is None:
        return Seen(letter, letter.stage)
    return Seen(
        letter,
        stage_now(letter.stage, complete=found.is_complete, closed=found.closed_at is not None),
        number="" if given is None else f"{given.number:02d}{given.notation}",
        issued_on="" if given is None else given.day.isoformat(),
        signed=sum(each.signed_at is not None for each in found.signers),
        signers=len(found.signers),
    )


def beside(seen: Seen, state: MeetingState) -> Seen:
    """``seen`` with its meeting as that is now."""
    letter = seen.letter
    told = next((each for each in state.letters if each.letter == letter.id), None)
    if seen.stage is Stage.REVOKED:
        return replace(seen, revoked="" if told is None else told.revoked)
    if letter.kind is not Kind.INVITATION:
        return seen
    if seen.stage is Stage.DRAFT:
        return replace(seen, differs=differences(letter.wording, state))
    last = None if state.invitation is None else state.invitation.letter
    counts = seen.stage is not Stage.ISSUED or letter.id == last
    return replace(seen, outdated=counts and told is not None and state.phase in PREPARING and is_outdated(state, told))


def must_come(kind: Kind, state: MeetingState) -> None:
    """Raise LetterTooLate for an invitation to a meeting that is over or cancelled."""
    if kind is Kind.INVITATION and state.phase in ENDED:
        raise LetterTooLate(phase=state.phase.value)


def said(state: MeetingState) -> dict[str, str]:
    """Time and room as a document is set with them, for its event (W132)."""
    return {} if state.starts_at is None else {"starts_at": print_instant(state.starts_at), "room": state.room}


def issued(seen: Seen, state: MeetingState) -> dict[str, Any]:
    """What the event of its issue says: which file, with which number, to how many."""
    signed = next(each for each in state.rounds if each.round == seen.letter.round)
    numbered = {"number": seen.number, "issued_on": seen.issued_on} if seen.number else {}
    is_invitation = seen.letter.kind is Kind.INVITATION
    recipients = len(invited(state)) if is_invitation else len(seen.letter.wording.recipients)
    return {"letter": seen.letter.id, "sha256": signed.sha256, "recipients": recipients, **numbered}
