"""What the search needs from outside: the meetings, the files of papers, their texts.

Usage: ``SearchService(Tools(...))`` in ``server/assembly/search.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pages.model import Document
from server.unit import Transaction
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.topics import PaperVersion


@dataclass(frozen=True, slots=True)
class SealedText:
    """The words of one version, and their key, wrapped."""

    version: PaperVersion
    wrapped_key: bytes
    sealed: bytes


class Meetings(Protocol):
    """The meetings feature, as far as the search needs it."""

    def known(self) -> list[MeetingId]:
        """All there are, the newest first, without rehearsals."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...


class Papers(Protocol):
    """The papers feature, as far as the search needs it."""

    def file(self, version: PaperVersion) -> Document | None:
        """A version's file with its key, None when there is none."""
        ...


class Texts(Protocol):
    """What stands on the pages of papers, as it was read once."""

    def find(self, tx: Transaction, version: PaperVersion) -> list[str] | None:
        """The text of each page, None when it was not read yet; raises Unreadable."""
        ...

    def seal(self, version: PaperVersion, pages: Sequence[str]) -> SealedText:
        """What may be kept of it."""
        ...

    def put(self, tx: Transaction, text: SealedText) -> None:
        """Keep it in place of what is there."""
        ...


class Pages(Protocol):
    """Reads the words of a file."""

    def read(self, document: Document) -> list[str]:
        """The text of each page, empty where there is none; raises Unreadable."""
        ...
