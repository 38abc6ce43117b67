"""A meeting that is one of a series (W141).

Rules: pure. Said by the first event, once and for all: one that is moved or cancelled still is the third of eight.

Usage: ``read_series(data.object("series"))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wire.errors import BadField
from wire.fields import Fields

MAX_SERIES: Final = 60


@dataclass(frozen=True, slots=True)
class Series:
    """``number`` counts from 1 to ``of``."""

    series: str
    number: int
    of: int

    def to_value(self) -> dict[str, Any]:
        """As the first event has it."""
        return {"series": self.series, "number": self.number, "of": self.of}


def read_series(data: Fields) -> Series:
    """The field ``series`` of a first event; raises BadField."""
    found = Series(
        data.id("series", "e"), data.number("number", low=1, high=MAX_SERIES), data.number("of", low=1, high=MAX_SERIES)
    )
    data.end()
    if found.number > found.of:
        raise BadField("series.number", "is more than there are")
    return found
