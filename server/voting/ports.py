"""What votes need from outside.

Rules: a store holds each ballot under (vote, person), once; it decides races, not the service. ``hold_open`` keeps the
vote from being closed until the transaction ends, and lets other ballots in beside it.

Usage::

    if store.hold_open(tx, meeting, vote) is VoteState.OPEN:
        store.add(tx, ballot, now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from server.unit import Transaction
from server.voting.model import StoredBallot
from wire.ids import MeetingId
from wire.votes import VoteState


class BallotTaken(Exception):
    """There is a ballot of this voter already."""


class BallotStore(Protocol):
    """Keeps ballots until the close, and the state that decides whether one may come in."""

    def set_state(self, tx: Transaction, meeting: MeetingId, vote: str, *, state: VoteState) -> None:
        """The state of a vote, in the transaction of its event."""
        ...

    def hold_open(self, tx: Transaction, meeting: MeetingId, vote: str) -> VoteState | None:
        """The vote's state, which stays as it is until the transaction ends; None for an unknown vote."""
        ...

    def add(self, tx: Transaction, ballot: StoredBallot, at: dt.datetime) -> None:
        """Keep a ballot; raises :class:`BallotTaken` when the voter has one."""
        ...

    def find(self, tx: Transaction, vote: str, person: str) -> StoredBallot | None:
        """The voter's ballot."""
        ...

    def add_all(self, tx: Transaction, cast: Sequence[tuple[StoredBallot, dt.datetime]]) -> None:
        """Keep many, each with its moment; raises :class:`BallotTaken` when one of the voters has one."""
        ...

    def voted(self, tx: Transaction, vote: str, people: Collection[str]) -> frozenset[str]:
        """Those of ``people`` whose ballot is here."""
        ...

    def of_vote(self, tx: Transaction, vote: str, *, unrecorded: bool = False) -> list[StoredBallot]:
        """All ballots of a vote in the voters' order, or those whose commitment is not in the log yet."""
        ...

    def mark_recorded(self, tx: Transaction, vote: str, people: frozenset[str]) -> None:
        """The commitments of these voters stand in the log."""
        ...

    def open_ones(self, tx: Transaction) -> list[tuple[MeetingId, str]]:
        """Meetings and votes that take ballots now."""
        ...

    def unrecorded(self, tx: Transaction) -> list[tuple[MeetingId, str]]:
        """Meetings and votes with ballots that are not in the log yet."""
        ...


class Timer(Protocol):
    """Closes votes when their time is over."""

    def look(self) -> None:
        """A vote was opened, paused, resumed or closed; returns at once."""
        ...


class Recorder(Protocol):
    """Writes commitments to the log soon."""

    def wake(self, meeting: MeetingId, vote: str) -> None:
        """A ballot was stored; returns at once."""
        ...
