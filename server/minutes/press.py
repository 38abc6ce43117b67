"""Sets the minutes as a document of the office (BB12).

Usage: ``MinutesPress(minutes, office).draft(meeting, shown, now=now)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Protocol

from server.agency.model import House
from server.documents.model import Document
from server.minutes import printed
from server.minutes.document import Minutes
from server.minutes.model import State
from server.minutes.printed import Signers
from server.minutes.service import Whole


class Office(Protocol):
    """How documents of the office are made."""

    def house(self) -> House:
        """How the agency is named; raises AgencyUnknown."""
        ...

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...


class MinutesPress:
    """Drafts to look at, and what is put up."""

    def __init__(self, office: Office) -> None:
        self._office: Final = office

    def draft(self, whole: Whole, shown: Minutes, *, now: dt.datetime) -> bytes:
        """To be read, and marked as that; raises AgencyUnknown, DocumentTooLong, PrinterFailed."""
        mark = printed.DRAFT if whole.at is State.DRAFTING else printed.COPY
        return self._office.print(self.document(whole, shown, signers=default_signers(whole), mark=mark), at=now)

    def document(self, whole: Whole, shown: Minutes, *, signers: Signers, mark: str = "") -> Document:
        """The document as it is set; raises AgencyUnknown."""
        house = self._office.house()
        return printed.document(shown, whole.facts, house, signers=signers, events=whole.events, mark=mark)


def default_signers(whole: Whole) -> Signers:
    """The first secretary, and the chair."""
    secretaries, chair = whole.facts.secretaries, whole.facts.chair
    return Signers(secretaries[0].name if secretaries else "", "" if chair is None else chair.name)
