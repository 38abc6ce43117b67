"""What taking a list of accounts needs from outside.

Usage: ``sheets.read(data)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.identity.model import Account
from server.unit import Transaction
from server.units.model import Unit
from wire.secret import Secret


class Sheets(Protocol):
    """Reads CSV and XLSX files apart from the server."""

    def read(self, data: bytes) -> Sequence[tuple[int, Sequence[str]]]:
        """Number and cells of each row that is not empty; raises RosterRefused, RosterBusy."""
        ...


class Accounts(Protocol):
    """The accounts' table."""

    def accounts(self, tx: Transaction) -> Sequence[Account]:
        """All, by name."""
        ...

    def add_account(self, tx: Transaction, account: Account) -> None:
        """Add it; raises UsernameTaken."""
        ...

    def change_account(self, tx: Transaction, account: Account) -> None:
        """Keep name, position, unit and roles as they are in ``account``."""
        ...


class Units(Protocol):
    """The table of units."""

    def units(self, tx: Transaction, *, to_change: bool = False) -> Sequence[Unit]:
        """All; ``to_change``: nobody else changes the tree until the transaction ends."""
        ...


class MadeHashes(Protocol):
    """The hash of a password of eighty random bits, which nobody can guess: it need not be slow."""

    def hash(self, password: Secret) -> str:
        """The hash with its parameters, as text."""
        ...
