"""Search as people type: without accents, without đ, in any case.

Rules: ``bao cao`` finds ``Báo cáo`` and ``BÁO  CÁO``; ``dieu`` finds ``điều``. Marks are dropped by
Unicode decomposition, white space is one space. The folded text keeps, for every character, where
it came from, so that the excerpt shows the paper's own words.

Usage::

    fold("Điều  1").text == "dieu 1"
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

# Old fonts and typists write đ with look-alikes: eth and d with topbar.
_LETTERS: Final = str.maketrans({"đ": "d", "ð": "d", "\N{LATIN SMALL LETTER D WITH TOPBAR}": "d"})
_BEFORE: Final = 40
_AFTER: Final = 80


@dataclass(frozen=True, slots=True)
class Folded:
    """``origins[i]`` is the place in the original of the character ``text[i]``."""

    text: str
    origins: tuple[int, ...]


def fold(original: str) -> Folded:
    """The folded text and where each of its characters stands in ``original``."""
    letters: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(original):
        for letter in _plain(char):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
            origins.append(place)
    while letters and letters[-1] == " ":
        letters.pop()
        origins.pop()
    return Folded("".join(letters), tuple(origins))


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Cf":
        return ""  # soft hyphens and joiners stand inside words
    if char.isspace() or not char.isprintable():
        return " "
    parts = unicodedata.normalize("NFKD", char.casefold()).casefold()
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)


def count(folded: Folded, query: str) -> int:
    """How often the folded ``query`` stands in the text, without overlaps."""
    return folded.text.count(query) if query else 0


def excerpt(original: str, folded: Folded, query: str) -> str:
    """The words around the first place where ``query`` stands; empty when it does not."""
    at = folded.text.find(query)
    if at < 0 or not query:
        return ""
    first, last = folded.origins[at], folded.origins[at + len(query) - 1]
    start = _word_start(original, max(0, first - _BEFORE), first)
    end = _word_end(original, last + 1, min(len(original), last + 1 + _AFTER))
    shown = " ".join(original[start:end].split())
    return f"{'… ' if start > 0 else ''}{shown}{' …' if end < len(original) else ''}"


def _word_start(text: str, start: int, limit: int) -> int:
    if start == 0:
        return 0
    return next((place + 1 for place in range(start, limit) if text[place].isspace()), limit)


def _word_end(text: str, limit: int, end: int) -> int:
    if end == len(text):
        return end
    return next((place for place in range(end, limit, -1) if text[place - 1].isspace()), limit)


def composed(text: str) -> str:
    """``text`` for :func:`by_letter`: letters composed, spaces for all white space but line ends, nothing unprinted."""
    whole = unicodedata.normalize("NFKC", text)
    return "".join(char if char == "\n" or char.isprintable() else " " if char.isspace() else "" for char in whole)


class _Letters(dict[int, str]):
    """For ``str.translate``: one letter for every letter, found when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _plain(char)
        self[code] = plain if len(plain) == 1 else char.lower() if len(char.lower()) == 1 else char
        return self[code]


_ONE_FOR_ONE: Final = _Letters()


def by_letter(text: str) -> str:
    """``text`` folded letter for letter: what is found at a place of it stands at that place of ``text``.

    Much quicker than :func:`fold`, and meant for :func:`composed` text: a letter that folds to several stays.
    """
    return text.translate(_ONE_FOR_ONE)
