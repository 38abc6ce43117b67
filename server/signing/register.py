"""The register of numbers: one series a year, no gap, no number twice (NĐ 30/2020 Điều 15; G63).

Rules: a number is held for one paper as long as its lease runs, and stands in the register with the same commit as the
signature that bears it; so a signature that is not made leaves no gap. Only one paper of a series is being numbered at
a time: who comes meanwhile is told how long to wait. The next number is the last one and one; where the year has none
yet, it is the one with which the year goes on (the register began on paper): a property of the year, whichever paper is
signed first. The table's key holds each number once.

Usage::

    number = register.hold(tx, Wanted(round_id, day, "/TB-VKS"), until=until, now=now)
    register.keep(tx, round_id, person, now=now); register.release(tx, round_id)
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.signing.errors import LeaseLost, NumberHeld, NumberOutOfTurn, NumberTaken
from server.signing.numbers import SERIES, Number, Wanted
from server.unit import Transaction

HOLDS: Final = Table(
    "signing_number_holds",
    metadata,
    Column("series", String(20), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("round", String(40), ForeignKey("signing_rounds.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("notation", String(60), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("until", Moment, nullable=False),
)
NUMBERS: Final = Table(
    "signing_numbers",
    metadata,
    Column("series", String(20), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("round", String(40), ForeignKey("signing_rounds.id"), nullable=False),
    Column("notation", String(60), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("person", String(18), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("round", name="uq_signing_numbers_round"),
)
#: With which number a year goes on that began on paper.
YEARS: Final = Table(
    "signing_number_years",
    metadata,
    Column("series", String(20), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, nullable=False),
)


class SqlRegister:
    """The register of both databases."""

    def next(self, tx: Transaction, wanted: Wanted) -> int:
        """The number the paper would get now; ``wanted.first`` as if the year had begun with it."""
        same = (NUMBERS.c.year == wanted.year) & _shared(wanted)
        last = tx.execute(select(func.max(NUMBERS.c.number)).where(same)).scalar()
        if last is not None:
            return int(last) + 1
        year = (YEARS.c.series == wanted.series) & (YEARS.c.year == wanted.year)
        return wanted.first or tx.execute(select(YEARS.c.first).where(year)).scalar() or 1

    def begin_year(self, tx: Transaction, wanted: Wanted) -> None:
        """The year goes on with ``wanted.first``, the last word counts; raises NumberOutOfTurn when it has numbers."""
        due = self.next(tx, wanted)
        if due != wanted.first:
            raise NumberOutOfTurn(next=due)
        values = {"series": wanted.series, "year": wanted.year, "first": wanted.first}
        tx.execute(upsert(tx, YEARS, values=values, key=("series", "year")))

    def hold(self, tx: Transaction, wanted: Wanted, *, until: dt.datetime, now: dt.datetime) -> int:
        """The next number, for this paper alone until ``until``; raises NumberHeld."""
        key = (HOLDS.c.series == wanted.series) & (HOLDS.c.year == wanted.year)
        # What it held in the year before (a lease that ran out over New Year) is nothing to keep.
        tx.execute(delete(HOLDS).where((HOLDS.c.round == wanted.round) & ~key))
        held = tx.execute(select(HOLDS.c.round, HOLDS.c.until).where(key)).one_or_none()
        if held is not None and held.round != wanted.round and held.until > now:
            raise NumberHeld(wait_s=max(1, int((held.until - now).total_seconds())))
        number = self.next(tx, wanted)
        about = {"notation": wanted.notation, "issued_on": wanted.day.isoformat()}
        values = {"round": wanted.round, "number": number, "until": until, **about}
        if held is None:
            try:
                tx.execute(insert(HOLDS).values(series=wanted.series, year=wanted.year, **values))
            except IntegrityError as exc:
                raise NumberHeld(wait_s=1) from exc
        else:
            same = key & (HOLDS.c.round == held.round) & (HOLDS.c.until == held.until)
            if tx.execute(sa.update(HOLDS).where(same).values(**values)).rowcount != 1:
                raise NumberHeld(wait_s=1)
        return number

    def keep(self, tx: Transaction, round_id: str, person: str, *, now: dt.datetime) -> Number:
        """Write the held number down for good; raises LeaseLost when it is not held any more, NumberTaken."""
        held = tx.execute(select(HOLDS).where(HOLDS.c.round == round_id)).one_or_none()
        if held is None:
            raise LeaseLost
        row = {name: getattr(held, name) for name in ("series", "year", "number", "round", "notation", "issued_on")}
        try:
            tx.execute(insert(NUMBERS).values(**row, person=person, at=now))
        except IntegrityError as exc:
            raise NumberTaken from exc
        self.release(tx, round_id)
        return Number(int(held.number), str(held.notation), dt.date.fromisoformat(held.issued_on))

    def of(self, tx: Transaction, round_id: str) -> Number | None:
        """The number a paper was given."""
        row = tx.execute(select(NUMBERS).where(NUMBERS.c.round == round_id)).one_or_none()
        return None if row is None else Number(row.number, row.notation, dt.date.fromisoformat(row.issued_on))

    def release(self, tx: Transaction, round_id: str) -> None:
        """The paper was not signed: the number is the next one's."""
        tx.execute(delete(HOLDS).where(HOLDS.c.round == round_id))

    def years(self, tx: Transaction) -> list[int]:
        """Those that have numbers, the newest first."""
        return list(tx.execute(select(NUMBERS.c.year).distinct().order_by(NUMBERS.c.year.desc())).scalars())

    def given(self, tx: Transaction, year: int, *, series: str = SERIES) -> list[tuple[int, str]]:
        """Numbers of a year with their papers, in order."""
        same = (NUMBERS.c.series == series) & (NUMBERS.c.year == year)
        rows = tx.execute(select(NUMBERS.c.number, NUMBERS.c.round).where(same).order_by(NUMBERS.c.number))
        return [(int(row.number), str(row.round)) for row in rows]


def _shared(wanted: Wanted) -> sa.ColumnElement[bool]:
    """Where the number before it may stand: a house may go over from one series to several, and back, in mid-year."""
    if wanted.series == SERIES:
        return sa.true()
    of_kind = NUMBERS.c.notation.startswith(f"/{wanted.series}-", autoescape=True)
    return (NUMBERS.c.series == wanted.series) | ((NUMBERS.c.series == SERIES) & of_kind)
