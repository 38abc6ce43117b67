"""Figures that were read once, kept in this process (RP2).

Rules: what is kept is asked for with the number of the newest event and the version of the rules, as the database says
them in the same transaction, and is given for those alone: a correction, other rules, another process that counted
anew – the old ones are never told again. Bounded by how many there are and how long their texts were together; what
was asked for longest ago goes first. It may lose anything at any moment: the figures are read again. For all threads.

Usage::

    memory.find(head) or memory.put(head, Figures.read(json.loads(body)), letters=len(body))
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from server.reports.model import Figures
from server.reports.ports import Head

#: Ten years of a house with five hundred meetings a year; a meeting of forty-five takes some 8,000 letters as text.
MOST: Final = 5_000
MOST_LETTERS: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class _Known:
    head: Head
    figures: Figures
    letters: int


class Memory:
    """What was read."""

    def __init__(self, *, most: int = MOST, most_letters: int = MOST_LETTERS) -> None:
        self._most: Final = most
        self._most_letters: Final = most_letters
        self._known: Final[OrderedDict[str, _Known]] = OrderedDict()
        self._letters = 0
        self._lock: Final = threading.Lock()

    def __len__(self) -> int:
        """Of how many meetings there are figures."""
        return len(self._known)

    @property
    def letters(self) -> int:
        """How long their texts were together."""
        return self._letters

    def find(self, head: Head) -> Figures | None:
        """Those that were counted up to this event by these rules; None when there are none, or others."""
        with self._lock:
            known = self._known.get(head.meeting)
            if known is None or known.head != head:
                return None
            self._known.move_to_end(head.meeting)
            return known.figures

    def put(self, head: Head, figures: Figures, *, letters: int) -> None:
        """In place of what is there of this meeting; what is longer than all may be is not kept."""
        with self._lock:
            self._drop(head.meeting)
            if letters > self._most_letters or self._most < 1:
                return
            self._known[head.meeting] = _Known(head, figures, letters)
            self._letters += letters
            while len(self._known) > self._most or self._letters > self._most_letters:
                self._drop(next(iter(self._known)))

    def _drop(self, meeting: str) -> None:
        known = self._known.pop(meeting, None)
        if known is not None:
            self._letters -= known.letters
