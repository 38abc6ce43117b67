"""What one reader may know and do of the remarks of one meeting, asked of many remarks at once.

Rules W143: pure. A board has up to 2,000 remarks on few items and papers: what holds for an item or a paper is worked
out once.

Usage::

    sight = Sight(state, Reader(by))
    [each for each in state.before.remarks if sight.reads(each)]
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property

from server.meetings.commands import LEADERS, By
from server.meetings.model import may
from server.requests.model import is_asked
from wire.before import Readers, Remark
from wire.phases import HOLDING
from wire.places import is_recused
from wire.state import MeetingState
from wire.visibility import sees


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. ``units``: those they answer for; ``reads_record``: an auditor."""

    by: By
    units: Collection[str] = frozenset()
    reads_record: bool = False

    @property
    def person(self) -> str:
        """Their id."""
        return self.by.person


class Sight:
    """One reader's, of one state."""

    def __init__(self, state: MeetingState, reader: Reader) -> None:
        self._state = state
        self._reader = reader
        self._is_recused = cache(lambda item: is_recused(state, reader.person, item))
        self._sees = cache(lambda item: sees(state, reader.person, item))
        self._has_prepared = cache(self._prepared)

    @cached_property
    def leads(self) -> bool:
        """Whether they lead or prepare this meeting."""
        return may(self._state, LEADERS, self._reader.by)

    def reads(self, remark: Remark) -> bool:
        """W143; what was withdrawn is read in the log alone, and an item that one leaves not at all."""
        if remark.withdrawn or self._is_recused(remark.item):
            return False
        if self.leads or self._reader.reads_record:
            return True
        if remark.person == self._reader.person:
            # Whoever wrote on an item that was removed still finds their words.
            is_gone = self._state.item(remark.item) is None and self._state.member(remark.person) is not None
            return is_gone or self._sees(remark.item)
        return remark.readers is Readers.ALL and (
            self._sees(remark.item) or self._has_prepared(remark.item, remark.paper)
        )

    def answers(self, remark: Remark) -> bool:
        """Who leads, presents or prepared; nobody themselves, and nobody on an item they have to leave."""
        item = self._state.item(remark.item)
        if item is None or remark.person == self._reader.person or self._is_recused(remark.item):
            return False
        if self.leads:
            return True
        if remark.readers is not Readers.ALL:
            return False
        presents = item.presenter == self._reader.person and self._state.member(self._reader.person) is not None
        return presents or self._has_prepared(remark.item, remark.paper)

    def may_answer(self, remark: Remark) -> bool:
        """The same, now."""
        return self._state.phase in HOLDING and self.answers(remark)

    def _prepared(self, item: str, paper: str) -> bool:
        """Whether they handed in the paper, or were asked for it; a paper of the item when none is named."""
        state, reader = self._state, self._reader
        published = {each.paper for each in state.papers if each.item == item and each.readable_version}
        papers = published & {paper} if paper else published
        if any(each.paper in papers and each.owner == reader.person for each in state.papers):
            return True
        asked = (each for each in state.requests if each.paper in papers and not each.withdrawn)
        return any(is_asked(each, reader.person, reader.units) for each in asked)
