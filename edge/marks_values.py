"""Values of private marks that decisions and adapters share.

Rules: values only; see ``edge/marks_book.py`` for what keeps them.

Usage: ``Place(meeting, person)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Whose marks, of which meeting."""

    meeting: str
    person: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a person does to one mark; without ``content`` it is removed."""

    mark: str
    content: dict[str, Any] | None = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's marks stand here. ``rev`` rises with every change, ``after``: how far the server's are known."""

    place: Place
    ready: bool
    unsent: int
    rev: int
    after: int
