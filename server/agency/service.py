"""Use cases of the agency's description.

Rules: a change is an administrative act, in the record; what documents were made of before stays in them.

Usage: ``agency.house().issuing``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from server.agency import model
from server.agency.errors import AgencyNameless, AgencyUnknown
from server.agency.model import House
from server.agency.ports import AgencyStore, Press
from server.documents.model import Document
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.unit import UnitOfWork

DESCRIBED: Final = "agency_described"


class AgencyService:
    """The agency."""

    def __init__(
        self, unit: UnitOfWork, store: AgencyStore, *, ledger: ActLedger, journal: Journal, press: Press
    ) -> None:
        self._press: Final = press
        self._unit: Final = unit
        self._store: Final = store
        self._ledger: Final = ledger
        self._journal: Final = journal

    def known(self) -> House | None:
        """The description; None before there is one."""
        with self._unit.read() as tx:
            return self._store.house(tx)

    def house(self) -> House:
        """The description; raises AgencyUnknown."""
        found = self.known()
        if found is None:
            raise AgencyUnknown
        return found

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        return self._press.print(document, at=at)

    def describe(self, house: House, *, actor: str, act: str, now: dt.datetime) -> dict[str, Any]:
        """Name the agency so from now on; gives the description. Raises AgencyNameless, ActReused."""
        wanted = model.tidy(house)
        if not (wanted.name and wanted.short and wanted.place):
            raise AgencyNameless
        with self._unit.begin() as tx:

            def put() -> dict[str, Any]:
                if self._store.house(tx) != wanted:
                    self._store.put(tx, wanted, at=now)
                    self._journal.record(tx, DESCRIBED, wanted.to_value(), actor=actor, now=now)
                return wanted.to_value()

            return once(self._ledger, tx, ActKey(act, actor, DESCRIBED, wanted.to_value()), now=now, do=put)
