"""What the search needs from outside: the meetings, the files of papers, their texts.

Usage: ``SearchService(Tools(...))`` in ``server/assembly/search.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pages.model import Document
from server.search.model import Section
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


@dataclass(frozen=True, slots=True)
class MinutesNow:
    """The minutes of a meeting as they stand. ``shared``: members may read them."""

    shared: bool
    sections: tuple[Section, ...]


class Minutes(Protocol):
    """The minutes, as far as the search needs them."""

    def now(self, meeting: MeetingId) -> MinutesNow | None:
        """As they stand; None of a meeting that goes on, or has none."""
        ...


class Letters(Protocol):
    """The documents that the office issued, as far as the search needs them."""

    def words(self, letter: str) -> str:
        """What it says; empty when there is none."""
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
