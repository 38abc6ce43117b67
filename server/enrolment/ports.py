"""What lists of terminals need from outside.

Usage: ``store.of_serial(tx, "PH-0042")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from server.enrolment.model import Promise, Seat
from server.fleet.model import Device, FleetChange
from server.pki.requests import EnrolmentRequest
from server.unit import Transaction
from wire.ids import DeviceId
from wire.secret import Secret


class PromiseStore(Protocol):
    """Rows that were taken."""

    def hold(self, tx: Transaction) -> None:
        """Nobody else adds one until the transaction ends."""
        ...

    def newest(self, tx: Transaction) -> int:
        """The highest number; 0 without any."""
        ...

    def add(self, tx: Transaction, promises: Sequence[Promise]) -> None:
        """More of them."""
        ...

    def save(self, tx: Transaction, promise: Promise) -> None:
        """From now on it is this."""
        ...

    def find(self, tx: Transaction, number: int) -> Promise | None:
        """By number; nobody else changes it until the transaction ends."""
        ...

    def names(self, tx: Transaction, serial: str) -> bool:
        """Whether any row is of this serial."""
        ...

    def of_serial(self, tx: Transaction, serial: str) -> Promise | None:
        """The newest of a serial that was not taken back; nobody else changes it until the transaction ends."""
        ...

    def waiting(self, tx: Transaction, *, now: dt.datetime) -> Sequence[Promise]:
        """Those whose code lets a machine in."""
        ...

    def attention(self, tx: Transaction, *, now: dt.datetime) -> int:
        """How many want IT's eyes: locked, a second machine with the serial, the promised seat given to another."""
        ...

    def shown(self, tx: Transaction, *, now: dt.datetime) -> Sequence[Promise]:
        """What waits or wants to be seen, and the newest of the rest; the newest first."""
        ...

    def tried(self, tx: Transaction, number: int, tag: str) -> int:
        """A wrong code, told apart by ``tag``; how many different ones there were."""
        ...

    def seats(self, tx: Transaction) -> Sequence[Seat]:
        """All seats of the house."""
        ...


class Fleet(Protocol):
    """Who is in, and letting one in."""

    def find_in(self, tx: Transaction, device: DeviceId) -> Device | None:
        """The device, None when it never asked."""
        ...

    def placed(self, tx: Transaction) -> Sequence[Device]:
        """Those that have a seat."""
        ...

    def approve_listed(
        self,
        tx: Transaction,
        request: EnrolmentRequest,
        *,
        seat: str,
        address: str,
        by: str,
        row: int,
        now: dt.datetime,
    ) -> FleetChange | None:
        """Give a machine its promised seat, in the name of who promised it; None when the seat is not free.

        Raises SeatTaken when another was faster.
        """
        ...

    def follow(self, change: FleetChange) -> None:
        """The broker and the screens hear of it; after the commit."""
        ...

    def enrol(self, request: EnrolmentRequest, *, address: str, now: dt.datetime) -> bytes | None:
        """As a machine that no list names."""
        ...


class CodeHashes(Protocol):
    """Hashes of codes that nobody guesses: they need not be slow, and a stranger's try must not be dear."""

    def hash(self, password: Secret) -> str:
        """The hash with its parameters, as text."""
        ...

    def is_right(self, stored: str, password: Secret) -> bool:
        """Whether it has this hash; an empty one is nobody's."""
        ...
