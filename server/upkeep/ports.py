"""What the book needs from outside.

Usage: ``store.entries(tx)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.feedback.model import Feedback
from server.fleet.model import Device, Place
from server.unit import Transaction
from server.upkeep.model import Correction, Entry, Plan, Tally
from wire.ids import DeviceId


class UpkeepStore(Protocol):
    """Entries, what stood in them before, plans."""

    def hold(self, tx: Transaction) -> None:
        """Nobody else adds an entry or a plan until the transaction ends."""
        ...

    def newest(self, tx: Transaction) -> int:
        """The highest number of an entry; 0 without any."""
        ...

    def add(self, tx: Transaction, entry: Entry) -> None:
        """One more."""
        ...

    def change(self, tx: Transaction, entry: Entry, correction: Correction) -> None:
        """From now on it says this; what it said before is kept."""
        ...

    def find(self, tx: Transaction, number: int) -> Entry | None:
        """By number; nobody else changes it until the transaction ends."""
        ...

    def by_source(self, tx: Transaction, source: str) -> Entry | None:
        """What wrote itself from there."""
        ...

    def entries(self, tx: Transaction) -> Sequence[Entry]:
        """All, the newest day first."""
        ...

    def tallies(self, tx: Transaction) -> Mapping[str, Tally]:
        """What counts of each terminal that stands in the book; counted by the database, without the texts."""
        ...

    def history(self, tx: Transaction, *, device: str, seat: str | None) -> Sequence[Entry]:
        """Of a terminal and of the seat it stands at, the newest day first."""
        ...

    def corrections(self, tx: Transaction, entries: Sequence[int]) -> Sequence[Correction]:
        """What stood in these entries before, the newest first."""
        ...

    def has_room(self, tx: Transaction, room: str) -> bool:
        """Whether there is such a room."""
        ...

    def newest_plan(self, tx: Transaction) -> int:
        """The highest number of a plan; 0 without any."""
        ...

    def plans(self, tx: Transaction) -> Sequence[Plan]:
        """Those that have not ended."""
        ...

    def plan(self, tx: Transaction, number: int) -> Plan | None:
        """By number, ended or not; nobody else changes it until the transaction ends."""
        ...

    def room_names(self, tx: Transaction) -> Mapping[str, str]:
        """Of every room, also one without terminals."""
        ...

    def keep_plan(self, tx: Transaction, plan: Plan) -> None:
        """A new plan, or what it is from now on."""
        ...


class Terminals(Protocol):
    """The devices."""

    def all(self, tx: Transaction) -> Sequence[Device]:
        """Every device."""
        ...

    def find(self, tx: Transaction, device: DeviceId) -> Device | None:
        """One of them."""
        ...

    def place(self, tx: Transaction, seat: str) -> Place | None:
        """A seat with its room."""
        ...


class Faults(Protocol):
    """What was told at the seats."""

    def find(self, tx: Transaction, number: int) -> Feedback | None:
        """By number."""
        ...
