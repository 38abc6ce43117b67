"""What the tree of units needs from outside.

Usage: ``store.units(tx)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from server.identity.model import Account
from server.unit import Transaction
from server.units.model import Unit


class UnitStore(Protocol):
    """The table of units."""

    def units(self, tx: Transaction, *, to_change: bool = False) -> Sequence[Unit]:
        """All; ``to_change``: nobody else changes the tree until the transaction ends."""
        ...

    def put(self, tx: Transaction, unit: Unit) -> None:
        """From now on it is this; new when nobody has its id."""
        ...


class Members(Protocol):
    """Which account is in which unit (the accounts keep it)."""

    def accounts(self, tx: Transaction) -> Sequence[Account]:
        """All, by name."""
        ...

    def account(self, tx: Transaction, person: str) -> Account | None:
        """By id."""
        ...

    def place_account(self, tx: Transaction, person: str, *, unit_id: str | None, unit: str) -> None:
        """The account is in this unit of this name."""
        ...

    def rename_unit(self, tx: Transaction, unit_id: str, *, to: str | None, name: str) -> None:
        """All accounts of a unit are in ``to`` from now on (None: in the same), which is called ``name``."""
        ...


class Enabled(Protocol):
    """Who may act."""

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raises AccountDisabled, or NoSuchPerson."""
        ...
