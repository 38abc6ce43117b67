"""What somebody holds of the office's documents: drafts that they wrote, or that are to be signed by them.

Rule HO1: what is put up, signed or issued stays; a round that waits for them is listed by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from server.handover.errors import HoldsNoMore, SuccessorNoSecretary
from server.handover.model import Holding, Kind
from server.handover.ports import Asked
from server.identity.model import Account, Role
from server.letters.model import Letter
from server.signing.desk import Asked as LetterAsked
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole

WRITER: Final = "writer"
SIGNER: Final = "signer"


class Letters(Protocol):
    """The documents of all meetings."""

    def drafts(self) -> Sequence[Letter]:
        """Of all meetings."""
        ...

    def hand(self, letter: str, person: str, *, to: str, signs: bool, asked: LetterAsked) -> bool:
        """A draft has another writer, or signer; whether ``to`` is that now. Nothing happens when it is not theirs."""
        ...


@dataclass(frozen=True, slots=True)
class LetterSource:
    """Drafts they wrote or are to sign."""

    letters: Letters
    state: Callable[[MeetingId], MeetingState]
    kind: Kind = Kind.LETTER

    def held(self, person: str, *, now: dt.datetime) -> list[Holding]:  # noqa: ARG002 - the port's signature
        """One line for each part they have in it."""
        found = []
        for each in self.letters.drafts():
            title, path = f"{each.kind.heading}: {each.wording.abstract}", f"/meetings/{each.meeting}/letters"
            parts = {WRITER: each.created_by == f"person:{person}", SIGNER: each.wording.signer == person}
            thing = f"{each.meeting}:{each.id}"
            found += [Holding(self.kind, thing, part, title, path) for part, theirs in parts.items() if theirs]
        return found

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """``to`` writes on, or is to sign; raises SuccessorNoSecretary, HoldsNoMore."""
        meeting, _, letter = holding.thing.partition(":")
        signs = holding.part == SIGNER
        member = self.state(MeetingId(meeting)).member(to.id)
        prepares = Role.SECRETARY in to.roles or (member is not None and member.role is MemberRole.SECRETARY)
        if not signs and not prepares:
            raise SuccessorNoSecretary(name=to.name)
        own = LetterAsked(asked.actor, asked.act, asked.now)
        if not self.letters.hand(letter, person, to=to.id, signs=signs, asked=own):
            raise HoldsNoMore(title=holding.title)
