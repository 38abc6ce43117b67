"""The parts of the minutes: sections of blocks, each with a name that stays the same however often it is drafted anew.

Rules: pure. A *fact* says what the record says and knows its events (BB2); a *note* is the secretary's to write. A line
of a text that begins with a dash is a point of a list. The names of blocks are of the record: ``start``, ``v-…``,
``i-….conclusion``.

Usage: ``Block("start", BlockKind.FACT, "Thời gian bắt đầu: …", seqs=(7,))``.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

OPENING: Final = "opening"
CLOSING: Final = "closing"
MAX_TEXT: Final = 20_000
#: What the name of a paragraph is written with.
PARAGRAPH: Final = re.compile(r"[a-z0-9.-]{1,60}", re.ASCII)


class BlockKind(enum.StrEnum):
    """Drawn from the record · written by people."""

    FACT = "fact"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Block:
    """``seqs``: the numbers of the events that say it."""

    block: str
    kind: BlockKind
    text: str
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """``section``: ``opening``, an item's id, or ``closing``. ``title`` empty: none is printed."""

    section: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def item(self) -> str | None:
        """The item it is about; who may not know of the item does not see the section."""
        return None if self.section in {OPENING, CLOSING} else self.section
