"""A terminal that votes: the contract's twin with the agent's real ballot book.

Usage::

    seat = BallotSeat(trusted, signer, folds=Folds()); seat.live(connect)
    seat.finish(seat.ask(meeting, vote, "for"))
"""

from __future__ import annotations

import enum
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from edge.vault.ballots import BallotBook, HeldBallot, HeldVote
from edge.vault.seal import Sealer
from tests.support.fake_disk import FakeDisk
from tests.support.poll import until
from tests.support.seat_twin import SeatTwin, Trusted
from wire import ids, messages
from wire.events import Event
from wire.fold import fold
from wire.messages import Drop, Mixed
from wire.secret import Secret
from wire.state import MeetingState
from wire.votes import Vote, VoteState

WAIT_S: Final = 60.0


class Leak(enum.StrEnum):
    """What is wrong on purpose in a leaky variant."""

    LOG = "a line of the log for each ballot as it comes, without a name"
    ROW = "a row of the database for each ballot as it comes, without a name"
    NONCE = "seats count where they should draw by chance"
    SIZE = "who votes for it hands in two boxes"


class Folds:
    """The state after an event, folded once for all seats: they have the same log."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._known: Final[dict[str, MeetingState]] = {}

    def after(self, events: Sequence[Event]) -> MeetingState:
        """The state that these events come to."""
        with self._lock:
            known = next((at for at in range(len(events), 0, -1) if events[at - 1].hash in self._known), 0)
            start = self._known[events[known - 1].hash] if known else MeetingState()
            state = fold(events[known:], start)
            self._known[events[-1].hash] = state
            return state


class BallotSeat(SeatTwin):
    """A terminal with a ballot book; hands in and mixes when the log and the server say so."""

    def __init__(self, trusted: Trusted, signer: Any, *, folds: Folds) -> None:
        super().__init__(trusted, signer)
        self.book = BallotBook.load(FakeDisk(), Sealer(Secret(os.urandom(32))))
        self.leaks = frozenset[Leak]()
        self.draws: Callable[[int], bytes] = os.urandom
        self.person = ""
        self._folds: Final = folds
        self._handed: set[tuple[str, int]] = set()

    def ask(self, meeting: str, vote: Vote, answer: str) -> str:
        """Write the ballot down and have it signed blind; the act."""
        held, ballot = self.book.make(
            meeting, vote, self.person, answer=answer, act=ids.new("a", os.urandom(10)), random=self.draws
        )
        data = {"vote": held.vote, "blinded": ballot.blinded, "relay": held.relay.public.hex()}
        return self.act(meeting, "ballot_ask", data, person=self.person, act=ballot.act)

    def finish(self, act: str) -> tuple[HeldVote, HeldBallot]:
        """The server has signed."""
        until(lambda: act in self.acks, timeout_s=WAIT_S, what="the ballot is signed")
        ack = self.acks[act]
        assert ack.outcome == "done", ack
        return self.book.signed(act, str(ack.data["signed"]))

    def _events(self, meeting: str, events: tuple[Event, ...]) -> None:
        super()._events(meeting, events)
        kept = self.meetings.get(meeting)
        if kept is None or not kept.events:
            return
        for vote in self._folds.after(tuple(kept.events)).votes:
            call = vote.call
            if vote.state is VoteState.COLLECTING and call is not None and (vote.vote, call.run) not in self._handed:
                self._handed.add((vote.vote, call.run))
                self._hand_in(meeting, vote, call.run)

    def _hand_in(self, meeting: str, vote: Vote, run: int) -> None:
        boxes = self.book.boxes(vote)
        held = self.book.find(vote.vote)
        if Leak.SIZE in self.leaks and held is not None and held.ballots[0].answer == "for":
            boxes *= 2
        self.say(lambda head: Drop(head, meeting, vote.vote, run, boxes))

    def _on_mix(self, message: messages.Mix) -> None:
        vote = self._folds.after(tuple(self.meetings[message.meeting].events)).vote(message.vote)
        inner = None if vote is None else self.book.mix(message, vote)
        if inner is not None:
            self.say(lambda head: Mixed(head, message.meeting, message.vote, message.run, message.layer, inner))
