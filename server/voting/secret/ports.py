"""What secret votes need from outside.

Rules: the store holds the line of a ballot that was given under (vote, person), once; it decides races. It keeps no
time and no number of a row. What is sent to a seat is sent soon, or not at all: whoever waits asks again.

Usage::

    store.give(tx, "v-…", GivenBallot(…))       # raises BallotGiven
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from server.unit import Transaction
from wire.ids import MeetingId
from wire.messages import Drop, Head, Message, Mixed


class BallotGiven(Exception):
    """The person was given a ballot already."""


@dataclass(frozen=True, slots=True)
class GivenBallot:
    """To whom, at which device, the SHA-256 of what was signed blind, the key of the seat as a relay; hexadecimal."""

    person: str
    device: str
    blinded: str
    relay: str


class SecretStore(Protocol):
    """Keeps who was given a ballot, and the vote's key until the close."""

    def keep_key(self, tx: Transaction, vote: str, wrapped: bytes) -> None:
        """The private key, wrapped."""
        ...

    def key(self, tx: Transaction, vote: str) -> bytes | None:
        """The wrapped key; None when it is destroyed."""
        ...

    def drop_key(self, tx: Transaction, vote: str) -> None:
        """Destroy it."""
        ...

    def give(self, tx: Transaction, vote: str, ballot: GivenBallot) -> None:
        """Note it; raises :class:`BallotGiven`."""
        ...

    def find(self, tx: Transaction, vote: str, person: str) -> GivenBallot | None:
        """The person's line."""
        ...

    def given(self, tx: Transaction, vote: str) -> list[GivenBallot]:
        """All lines, in the order of the people's names for the machine."""
        ...

    def unrecorded(self, tx: Transaction) -> list[tuple[MeetingId, str]]:
        """Meetings and open votes with lines, which the log may not have yet."""
        ...

    def collecting(self, tx: Transaction) -> list[tuple[MeetingId, str]]:
        """Votes whose collection was called and not finished."""
        ...


class Line(Protocol):
    """The way to the seats (the distribution)."""

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        """Send one device a message soon, if it is there."""
        ...

    def here(self, devices: Collection[str]) -> frozenset[str]:
        """Those that are connected."""
        ...


class Hears(Protocol):
    """Told what the seats say of a collection."""

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """Returns at once."""
        ...


class Nobody:
    """Hears nothing and keeps nothing, where no collection can be."""

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """Nobody waits for it."""
