"""Vietnamese names in the order in which people look for them.

Rules: pure. By the given name, the last word, then by the whole name; without the mark of demo data. Letters go
a ă â b c d đ e ê … o ô ơ … u ư …; only between the same letters the tones count: none, huyền, hỏi, ngã, sắc, nặng.
That is how ``Intl.Collator('vi')`` has it in the browser (web/src/console/names.ts). Normal forms do not matter.

Usage: ``sorted(people, key=lambda each: by_name(each.name))``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

_LETTERS: Final = {letter: at for at, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_MARK: Final = re.compile(r"\s*\(.*\)$")

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], str]


@functools.lru_cache(maxsize=8192)
def by_name(name: str) -> tuple[Key, Key]:
    """What to sort a person's name by."""
    plain = _MARK.sub("", name.strip())
    return collated(plain.rpartition(" ")[2]), collated(plain)


def collated(text: str) -> Key:
    """What to sort any text by: its letters, then its tones, then itself."""
    letters: list[str] = []
    tones: list[int] = []
    for sign in unicodedata.normalize("NFD", text):
        if sign in _TONES and tones:
            tones[-1] = _TONES[sign]
        elif unicodedata.combining(sign) and letters:
            letters[-1] += sign
        else:
            letters.append(sign)
            tones.append(0)
    return tuple(_rank(each) for each in letters), tuple(tones), text


def _rank(sign: str) -> tuple[int, int]:
    """Signs first, then digits, our letters, and all others."""
    letter = unicodedata.normalize("NFC", sign).lower()
    if letter in _LETTERS:
        return 2, _LETTERS[letter]
    return (1 if letter.isdigit() else 3 if letter.isalpha() else 0), ord(letter[0])
