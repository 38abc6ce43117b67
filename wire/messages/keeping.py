"""How a seat is looked after: when its screen is lit by itself, and whether it is under maintenance (W187–W189).

Usage::

    Keeping(head, hours=Hours(7 * 60, 17 * 60 + 30, off=(dt.date(2027, 2, 8),)), maintenance=None)
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.messages.head import Head

DAY_MIN: Final = 24 * 60
#: Of a year that began and the next one: holidays, days that were exchanged.
MAX_DAYS: Final = 300
MAX_REASON: Final = 300
MAX_INSTEAD: Final = 80
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hours:
    """Lit from ``begins`` to ``ends`` (minutes of the day in Vietnam) on working days, which are Monday to Friday but
    for ``off``, and ``worked``. Raises :class:`BadField` when it would end before it begins.
    """

    begins: int
    ends: int
    off: tuple[dt.date, ...] = ()
    worked: tuple[dt.date, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.begins < self.ends <= DAY_MIN:
            raise BadField("hours.ends", "is not after the beginning")

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "begins": self.begins,
            "ends": self.ends,
            "off": [each.isoformat() for each in self.off],
            "worked": [each.isoformat() for each in self.worked],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check."""
        hours = cls(
            begins=fields.number("begins", high=DAY_MIN),
            ends=fields.number("ends", high=DAY_MIN),
            off=_days(fields, "off"),
            worked=_days(fields, "worked"),
        )
        fields.end()
        return hours


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Why nobody signs in here, since when, and where to sit instead (a seat's name; empty: the secretary knows)."""

    reason: str
    since: dt.datetime
    instead: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"reason": self.reason, "since": print_instant(self.since), "instead": self.instead}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check."""
        maintenance = cls(
            reason=fields.text("reason", limit=MAX_REASON),
            since=fields.instant("since"),
            instead=fields.text("instead", limit=MAX_INSTEAD, empty=True),
        )
        fields.end()
        return maintenance


@dataclass(frozen=True, slots=True)
class Keeping:
    """Server → seat, after its welcome and whenever it changes; what is not there does not hold any more."""

    TYPE: ClassVar[str] = "keeping"
    head: Head
    hours: Hours | None = None
    maintenance: Maintenance | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value: dict[str, Any] = {"head": self.head.to_value()}
        if self.hours is not None:
            value["hours"] = self.hours.to_value()
        if self.maintenance is not None:
            value["maintenance"] = self.maintenance.to_value()
        return value

    @classmethod
    def read(cls, fields: Fields) -> Keeping:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            hours=Hours.read(fields.object("hours")) if fields.has("hours") else None,
            maintenance=Maintenance.read(fields.object("maintenance")) if fields.has("maintenance") else None,
        )


def _days(fields: Fields, key: str) -> tuple[dt.date, ...]:
    days = fields.items(key, limit=MAX_DAYS)
    found = []
    for each in days:
        try:
            if not isinstance(each, str) or _DAY.fullmatch(each) is None:
                raise ValueError
            found.append(dt.date.fromisoformat(each))
        except ValueError:
            raise BadField(key, "is not a list of days") from None
    if len(set(found)) != len(found):
        raise BadField(key, "names a day twice")
    return tuple(found)
