"""For how long a dossier is kept, and the lists with which dossiers go to the archive.

Rules D4–D6: pure. The time is years, counted from the year in which the work was over, or for ever; it is decided when
the dossier is made up, and changed with a reason only. Nothing is deleted by it: what is due is shown.

Usage::

    ends_on(dt.date(2026, 3, 5), years=10)          # 2036-12-31; None for ever
"""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from wire.fields import print_instant

#: Luật Lưu trữ 2024: what is not kept for ever is kept for some years, at most 70.
MOST_YEARS: Final = 70
MAX_REASON: Final = 500
MAX_NAME: Final = 200
FOR_EVER: Final = "Vĩnh viễn"


def in_words(years: int | None) -> str:
    """As documents say it."""
    return FOR_EVER if years is None else f"{years} năm"


def ends_on(closed: dt.date, *, years: int | None) -> dt.date | None:
    """The last day on which it has to be there; None: there is none."""
    return None if years is None else dt.date(closed.year + years, 12, 31)


@dataclass(frozen=True, slots=True)
class Filed:
    """A dossier that was made up: ``number`` of ``year``; ``years`` None: for ever. ``reason``: of the last change."""

    meeting: str
    number: int
    year: int
    title: str
    type: str
    began: dt.date
    closed: dt.date
    documents: int
    pages: int
    years: int | None
    revision: int
    by_name: str
    made_at: dt.datetime
    reason: str = ""
    transfer: int | None = None

    @property
    def notation(self) -> str:
        """``03/2026``."""
        return f"{self.number:02d}/{self.year}"

    @property
    def ends_on(self) -> dt.date | None:
        """See :func:`ends_on`."""
        return ends_on(self.closed, years=self.years)

    def to_value(self, *, today: dt.date) -> dict[str, Any]:
        """As JSON; ``due``: its time is over."""
        last = self.ends_on
        return {
            "meeting": self.meeting,
            "notation": self.notation,
            "title": self.title,
            "type": self.type,
            "began": self.began.isoformat(),
            "closed": self.closed.isoformat(),
            "documents": self.documents,
            "pages": self.pages,
            "years": self.years,
            "ends_on": None if last is None else last.isoformat(),
            "due": last is not None and last < today,
            "revision": self.revision,
            "by": self.by_name,
            "made_at": print_instant(self.made_at),
            "reason": self.reason,
            "transfer": self.transfer,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier as it stands in a list."""

    notation: str
    title: str
    began: dt.date
    closed: dt.date
    years: int | None
    documents: int
    pages: int

    @classmethod
    def of(cls, filed: Filed) -> Line:
        """As it is now."""
        return cls(filed.notation, filed.title, filed.began, filed.closed, filed.years, filed.documents, filed.pages)


def written(lines: Sequence[Line]) -> str:
    """As they are kept."""
    names = Line.__slots__
    told = [{name: getattr(line, name) for name in names} for line in lines]
    return json.dumps(told, ensure_ascii=False, default=dt.date.isoformat)


def read_lines(kept: str) -> list[Line]:
    """As :func:`written`."""
    days = ("began", "closed")
    return [Line(**each | {day: dt.date.fromisoformat(each[day]) for day in days}) for each in json.loads(kept)]


class TransferState(enum.StrEnum):
    """đã lập mục lục → đã giao nộp, hoặc đã rút lại."""

    LISTED = "listed"
    DONE = "done"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A list of dossiers that go to the archive: those closed ``since`` … ``until``. ``receiver`` empty: not yet.

    ``back_lines``: of a list that was taken back, what stood in it (:func:`read_lines`).
    """

    number: int
    since: dt.date
    until: dt.date
    by_name: str
    made_at: dt.datetime
    receiver: str = ""
    position: str = ""
    done_on: dt.date | None = None
    done_by: str = ""
    back_at: dt.datetime | None = None
    back_by: str = ""
    back_reason: str = ""
    back_lines: str = ""

    @property
    def state(self) -> TransferState:
        """Whether the dossiers are the archive's, or free again."""
        if self.back_at is not None:
            return TransferState.BACK
        return TransferState.LISTED if self.done_on is None else TransferState.DONE

    def taken_back(self, lines: Sequence[Line], *, by_name: str, reason: str, now: dt.datetime) -> Transfer:
        """It holds no more, and stays readable as it was."""
        return replace(self, back_at=now, back_by=by_name, back_reason=reason, back_lines=written(lines))

    def to_value(self, dossiers: int) -> dict[str, Any]:
        """As JSON, with how many there are in it."""
        return {
            "transfer": self.number,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "dossiers": dossiers,
            "by": self.by_name,
            "made_at": print_instant(self.made_at),
            "state": self.state.value,
            "receiver": self.receiver,
            "position": self.position,
            "done_on": None if self.done_on is None else self.done_on.isoformat(),
            "done_by": self.done_by,
            "back_at": None if self.back_at is None else print_instant(self.back_at),
            "back_by": self.back_by,
            "back_reason": self.back_reason,
        }
