"""Use cases of the calendar of working days.

Rules: entering and dropping a day are administrative acts, in the record; they count from the next look on.

Usage: ``workdays.deadlines(dt.date(2026, 11, 27), closed=None)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from server.workdays.errors import NoSuchDay, TooManyDays
from server.workdays.model import MAX_DAYS, Day, Deadlines, WorkDays, by_law, deadlines
from server.workdays.ports import DayStore

ENTERED: Final = "work_day_entered"
DROPPED: Final = "work_day_dropped"
#: Far enough on both sides for every deadline there is, Tết included.
_AROUND: Final = dt.timedelta(days=60)


class WorkDayService:
    """The calendar of the house."""

    def __init__(self, unit: UnitOfWork, store: DayStore, *, ledger: ActLedger, journal: Journal) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._ledger: Final = ledger
        self._journal: Final = journal

    def year(self, year: int) -> dict[str, Any]:
        """``{year, days: [{day, kind, name}], by_law: [day]}``."""
        with self._unit.read() as tx:
            entered = self._of_year(tx, year)
        return {
            "year": year,
            "days": [each.to_value() for each in entered],
            "by_law": [each.isoformat() for each in sorted(by_law(year))],
        }

    def entered(self, year: int) -> list[Day]:
        """What was entered for a year."""
        with self._unit.read() as tx:
            return self._of_year(tx, year)

    def deadlines(self, meeting: dt.date, *, closed: dt.date | None) -> Deadlines:
        """Until when invitation, papers, answers and notice of a meeting are in time."""
        with self._unit.read() as tx:
            days = self._store.days(tx, meeting - _AROUND, (closed or meeting) + _AROUND)
        return deadlines(WorkDays({each.day: each.kind for each in days}), meeting, closed=closed)

    def before(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day before ``day`` (K3)."""
        with self._unit.read() as tx:
            days = self._store.days(tx, day - _AROUND, day)
        return WorkDays({each.day: each.kind for each in days}).before(day, count)

    def is_worked(self, day: dt.date) -> bool:
        """Whether offices work on ``day``."""
        with self._unit.read() as tx:
            days = self._store.days(tx, day, day)
        return WorkDays({each.day: each.kind for each in days}).is_worked(day)

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie from ``first`` to ``last``, both of them counted."""
        with self._unit.read() as tx:
            days = self._store.days(tx, first, last)
        return WorkDays({each.day: each.kind for each in days}).between(first, last)

    def enter(self, day: Day, *, actor: str, act: str, now: dt.datetime) -> dict[str, Any]:
        """From now on ``day`` is this; gives its year. Raises TooManyDays, ActReused."""
        with self._unit.begin() as tx:

            def put() -> dict[str, Any]:
                others = [each for each in self._of_year(tx, day.day.year) if each.day != day.day]
                if len(others) >= MAX_DAYS:
                    raise TooManyDays(most=MAX_DAYS)
                if day not in self._store.days(tx, day.day, day.day):
                    self._store.put(tx, day)
                    self._journal.record(tx, ENTERED, day.to_value(), actor=actor, now=now)
                return {"year": day.day.year}

            return once(self._ledger, tx, ActKey(act, actor, ENTERED, day.to_value()), now=now, do=put)

    def drop(self, day: dt.date, *, actor: str, act: str, now: dt.datetime) -> dict[str, Any]:
        """The law decides about ``day`` again; gives its year. Raises NoSuchDay, ActReused."""
        about = {"day": day.isoformat()}
        with self._unit.begin() as tx:

            def drop() -> dict[str, Any]:
                if not self._store.drop(tx, day):
                    raise NoSuchDay(**about)
                self._journal.record(tx, DROPPED, about, actor=actor, now=now)
                return {"year": day.year}

            return once(self._ledger, tx, ActKey(act, actor, DROPPED, about), now=now, do=drop)

    def _of_year(self, tx: Transaction, year: int) -> list[Day]:
        return list(self._store.days(tx, dt.date(year, 1, 1), dt.date(year, 12, 31)))
