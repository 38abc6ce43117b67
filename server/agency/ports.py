"""What the agency's description needs from outside.

Usage: ``store.house(tx)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from server.agency.model import House
from server.documents.model import Document
from server.unit import Transaction


class AgencyStore(Protocol):
    """One description."""

    def house(self, tx: Transaction) -> House | None:
        """As it is now; None before anybody described it."""
        ...

    def put(self, tx: Transaction, house: House, *, at: dt.datetime) -> None:
        """From now on this."""
        ...


class Press(Protocol):
    """Sets documents."""

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...


class Office(Protocol):
    """What features need to make documents of the office."""

    def house(self) -> House:
        """How the agency is named; raises AgencyUnknown."""
        ...

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...
