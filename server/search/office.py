"""What the office wrote, as the search reads it: the words of issued documents, and of the minutes as they stand.

Rules: nothing is kept here, and nothing is decided about who may read it.

Usage: ``LetterWords(database, store).words("l-…")``; ``MinutesWords(minutes).now(meeting)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.errors import ServerError, Unavailable
from server.letters.ports import LetterStore
from server.minutes.service import MinutesService
from server.search.model import Section
from server.search.ports import MinutesNow
from server.unit import UnitOfWork
from wire.ids import MeetingId


@dataclass(frozen=True, slots=True)
class LetterWords:
    """Of documents that were issued: their wording is what stands in the file."""

    unit: UnitOfWork
    store: LetterStore

    def words(self, letter: str) -> str:
        """What it says; empty when there is none."""
        with self.unit.read() as tx:
            found = self.store.find(tx, letter)
        if found is None:
            return ""
        said = found.wording
        return "\n".join((said.abstract, *said.basis, *said.body, *said.authority, *said.recipients))


@dataclass(frozen=True, slots=True)
class MinutesWords:
    """Of meetings that are over."""

    minutes: MinutesService

    def now(self, meeting: MeetingId) -> MinutesNow | None:
        """As they stand; None when there are none. Raises Unavailable."""
        try:
            whole = self.minutes.whole(meeting)
        except Unavailable:
            raise
        except ServerError:
            return None
        sections = (
            Section(part.item or "", part.title, "\n".join(each.text for each in part.paragraphs))
            for part in whole.minutes.parts
        )
        shared = whole.sheet.comments_until is not None or bool(whole.sheet.round)
        return MinutesNow(shared, tuple(section for section in sections if section.text))
