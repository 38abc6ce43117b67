"""What a ballot says, as one word: an answer, or the marks of an election (W105).

Rules: pure. The marks of an election stand in the order of the ballot paper, joined by commas, each once; a ballot
without marks says ``none``. One content has one word, so that it can be hashed, signed blind and compared as an answer.

Usage::

    said(["a3", "a1"], order=["a1", "a2", "a3"])     # "a1,a3"
    marks_of("a1,a3")                                # ("a1", "a3")
    Election(least=1, most=2, seats=2).accepts("a1,a3", order=["a1", "a2", "a3"])
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

MAX_CANDIDATES: Final = 60
#: Sixty names of three letters and their commas; a secret ballot's box has room for it (W78).
SAID_LIMIT: Final = 240
NOBODY: Final = "none"


@dataclass(frozen=True, slots=True)
class Election:
    """Between ``least`` and ``most`` candidates are marked on a ballot; ``seats`` are to be filled."""

    least: int
    most: int
    seats: int

    def accepts(self, word: str, *, order: Sequence[str]) -> bool:
        """Whether a ballot may say this: known candidates, so many as allowed, in the one way to write them."""
        marks = marks_of(word)
        return word == said(marks, order=order) and self.least <= len(marks) <= self.most


def said(marks: Collection[str], *, order: Sequence[str]) -> str:
    """The word of these marks; marks that are not on the paper are left out."""
    return ",".join(each for each in order if each in marks) or NOBODY


def marks_of(word: str) -> tuple[str, ...]:
    """The marks of a ballot."""
    return () if word == NOBODY else tuple(word.split(","))
