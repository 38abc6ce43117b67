"""How the agency is named on its documents (NĐ 30/2020, Phụ lục I: cells 2, 3 and 4).

Rules: names line by line, as they are to be set; ``short`` is what notations end with (``GM-VKSTC``), set by the head
of the agency; ``place`` begins the line of the date.

Usage: ``House(("Viện kiểm sát nhân dân tối cao",), ("Viện kiểm sát nhân dân", "tỉnh …"), "VKS…", "…").issuing``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from server.documents.model import Agency, clean

MAX_LINES: Final = 3
MAX_LINE: Final = 120
LETTERS: Final = MAX_LINES * (MAX_LINE + 1)
MAX_SHORT: Final = 30
MAX_PLACE: Final = 60


@dataclass(frozen=True, slots=True)
class House:
    """The agency. ``parent`` may be empty: none above it."""

    parent: tuple[str, ...]
    name: tuple[str, ...]
    short: str
    place: str

    @property
    def issuing(self) -> Agency:
        """As documents carry it."""
        return Agency(self.parent, self.name, self.place)

    def to_value(self) -> dict[str, Any]:
        """As JSON: names with their line breaks."""
        lines = {"parent": "\n".join(self.parent), "name": "\n".join(self.name)}
        return {**lines, "short": self.short, "place": self.place}


def tidy(house: House) -> House:
    """The same with clean lines, empty ones gone."""
    return House(_lines(house.parent), _lines(house.name), clean(house.short).strip(), clean(house.place).strip())


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(clean(line).split()) for line in lines if clean(line).strip())
