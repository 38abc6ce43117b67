"""What looking after terminals needs from outside.

Usage: ``store.put_hours(tx, room, RoomHours(420, 1050))``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.keeping.model import Card, Kept, RoomHours
from server.unit import Transaction
from server.workdays.model import Day
from wire.ids import DeviceId, RoomId


class KeepingStore(Protocol):
    """Hours, maintenance and cards."""

    def hold_room(self, tx: Transaction, room: RoomId) -> None:
        """Nobody else changes its hours until the transaction ends."""
        ...

    def hold_device(self, tx: Transaction, device: DeviceId) -> None:
        """Nobody else changes its maintenance or its rights until the transaction ends."""
        ...

    def hours(self, tx: Transaction) -> Mapping[RoomId, RoomHours]:
        """Of all rooms that have any."""
        ...

    def put_hours(self, tx: Transaction, room: RoomId, hours: RoomHours | None) -> None:
        """From now on; None: none."""
        ...

    def kept(self, tx: Transaction) -> Mapping[DeviceId, Kept]:
        """The terminals under maintenance."""
        ...

    def keep(self, tx: Transaction, device: DeviceId, kept: Kept | None) -> None:
        """Under maintenance from now on; None: no more."""
        ...

    def cards(self, tx: Transaction) -> Mapping[DeviceId, Card]:
        """What terminals said of their cards."""
        ...

    def put_card(self, tx: Transaction, card: Card) -> None:
        """As it said last."""
        ...


class Calendar(Protocol):
    """The calendar of the house."""

    def entered(self) -> Sequence[Day]:
        """What was entered for this year and the next."""
        ...


class Broadcast(Protocol):
    """A network that takes packets for everybody."""

    def send(self, packet: bytes, address: str) -> None:
        """Raises ``OSError``."""
        ...
