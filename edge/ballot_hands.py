"""Carries out what the machine wants of secret ballots, with the book on the disk (W77–W81).

Rules: what was made is durable before the server is asked; what was signed is durable before the act leaves the outbox.
What happened is returned as events for the machine.

Usage: ``events = BallotHands(ports).perform(HandIn(vote, meeting))``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.acts import BALLOT_ASK
from edge.commands import Answer, EraseBallots, FindBallots, FinishBallot, HandIn, Keep, MakeBallot, MixBoxes
from edge.errors import BallotNotSigned, NoSecretVote, SeatRefusal
from edge.events import BallotAway, BallotHeld, BallotsFound, Event
from edge.model import BallotState, HeldLine, State
from edge.ports import Ports
from edge.vault.ballots import HeldBallot, HeldVote
from wire import messages
from wire.errors import WireError
from wire.fields import Fields

BallotCommand = FinishBallot | HandIn | MixBoxes | FindBallots | EraseBallots


class BallotHands:
    """Performs; the ballots are in the vault."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports

    def make(
        self, command: MakeBallot, state: State, *, keep: Callable[[Keep], None], answer: Callable[[Answer], None]
    ) -> tuple[Event, ...]:
        """Write the ballot down and ask for its signature through the outbox."""
        followed = state.meetings.get(command.meeting)
        vote = None if followed is None else followed.state.vote(command.vote)
        try:
            if vote is None:
                raise NoSecretVote
            held, ballot = self._ports.vault.ballots.make(
                command.meeting,
                vote,
                command.person,
                answer=command.answer,
                act=command.act,
                random=self._ports.random,
            )
        except SeatRefusal as refusal:
            answer(Answer(command.request, refusal.code))
            return ()
        data = {"vote": held.vote, "blinded": ballot.blinded, "relay": held.relay.public.hex()}
        keep(Keep(command.request, ballot.act, BALLOT_ASK, held.meeting, ballot.person, data))
        return (BallotHeld(line(held, ballot)),)

    def perform(self, command: BallotCommand) -> tuple[Event, ...]:
        """Do one; raises :class:`edge.errors.VaultError`."""
        match command:
            case FinishBallot():
                return self._finish(command)
            case HandIn(vote, meeting):
                return self._hand_in(command, vote.vote, meeting)
            case MixBoxes():
                self._mix(command)
            case FindBallots(vote):
                return (BallotsFound(vote.vote, self._ports.vault.ballots.found(vote)),)
            case EraseBallots(vote):
                self._ports.vault.ballots.erase(vote)
        return ()

    def _finish(self, command: FinishBallot) -> tuple[Event, ...]:
        book = self._ports.vault.ballots
        try:
            if command.outcome != "done":
                held, ballot = book.drop(command.act)
                return (BallotHeld(line(held, ballot, BallotState.REFUSED, code=command.code)),)
            signed = Fields(dict(command.data), BALLOT_ASK).text("signed", limit=2_000)
            held, ballot = book.signed(command.act, signed)
        except BallotNotSigned as refusal:
            if all(each.act != command.act for held in book.all() for each in held.ballots):
                return ()
            held, ballot = book.drop(command.act)
            return (BallotHeld(line(held, ballot, BallotState.REFUSED, code=refusal.code)),)
        return (BallotHeld(line(held, ballot)),)

    def _hand_in(self, command: HandIn, vote: str, meeting: str) -> tuple[Event, ...]:
        call = command.vote.call
        try:
            boxes = self._ports.vault.ballots.boxes(command.vote)
        except (SeatRefusal, WireError) as refusal:
            # A key that nothing can be sealed to stops this ballot, not the seat.
            return (BallotAway(vote, refusal.code),)
        if boxes and call is not None:
            self._ports.say(lambda head: messages.Drop(head, meeting, vote, call.run, boxes))
        return ()

    def _mix(self, command: MixBoxes) -> None:
        mix = command.mix
        inner = self._ports.vault.ballots.mix(mix, command.vote)
        if inner is not None:
            self._ports.say(lambda head: messages.Mixed(head, mix.meeting, mix.vote, mix.run, mix.layer, inner))


def line(held: HeldVote, ballot: HeldBallot, state: BallotState | None = None, *, code: str = "") -> HeldLine:
    """What the machine and the voter's screen know of a ballot."""
    known = state or (BallotState.SEALED if ballot.signature else BallotState.ASKING)
    return HeldLine(held.meeting, held.vote, ballot.person, held.receipt(ballot), known, code)
