"""The database goes away while the distribution is told of a change: nothing that seats must hear is lost."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from server.assembly.distribution import outside_of, plug
from server.db.errors import DatabaseAway
from server.distribution.plan import Pace
from server.distribution.service import Distribution
from server.unit import Transaction, UnitOfWork
from tests.support import pdfs, poll
from tests.support.office import fresh_id
from tests.support.theatre import Theatre

until = functools.partial(poll.until, timeout_s=30)


class Flaky:
    """A unit of work that fails for the distribution's own thread while it is ``away``; ``missed`` counts."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self.away = False
        self.missed = 0

    def begin(self) -> AbstractContextManager[Transaction]:
        self._may()
        return self._unit.begin()

    def read(self) -> AbstractContextManager[Transaction]:
        self._may()
        return self._unit.read()

    def _may(self) -> None:
        if self.away and threading.current_thread().name == "distribution":
            self.missed += 1
            raise DatabaseAway


class FlakyTheatre(Theatre):
    """A theatre whose distribution may lose its database."""

    unit: Flaky

    def _new_distribution(self) -> Distribution:
        services = self.office.services
        outside = outside_of(services)
        self.unit = Flaky(outside.source.unit)
        outside = dataclasses.replace(outside, source=dataclasses.replace(outside.source, unit=self.unit))
        distribution = Distribution(outside, link=self.new_link(), keys=services.keys, pace=Pace(settle_s=0.1))
        plug(services, distribution)
        return distribution


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[FlakyTheatre]:
    with FlakyTheatre(tmp_path) as theatre:
        yield theatre


def test_P7_a_recall_that_met_a_database_away_is_ordered_when_it_is_back(theatre: FlakyTheatre) -> None:
    seat = theatre.seat(0)
    meeting, paper = theatre.published(pdfs.text_pdf())
    until(lambda: seat.is_complete(paper), what="the seat has the paper")
    chair = theatre.chair
    chair.post(f"/api/meetings/{meeting}/open").done()
    until(lambda: seat.state(meeting).phase == "open")
    theatre.unit.away = True
    chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: theatre.unit.missed, what="the distribution has heard of it in vain")
    theatre.unit.away = False
    until(lambda: paper not in seat.papers, what="the seat has destroyed the paper")
    delivery = f"/api/meetings/{meeting}/delivery"
    until(lambda: chair.get(delivery).body["recall"]["confirmed"] == 1, what="the proof is there")


def test_T8_a_revocation_that_met_a_database_away_still_gives_the_room_a_new_key(theatre: FlakyTheatre) -> None:
    seat, other = theatre.seat(0), theatre.seat(1)
    meeting, paper = theatre.published(pdfs.text_pdf())
    until(lambda: all(each.is_complete(paper) for each in (seat, other)), what="both have the paper")
    services = theatre.office.services
    theatre.unit.away = True
    operator = theatre.office.sign_in("kythuat")
    operator.post(f"/api/devices/{seat.device}/revoke", {"reason": "mất"}, act=fresh_id("a"))
    until(lambda: theatre.unit.missed, what="the distribution has heard of it in vain")
    theatre.unit.away = False
    until(lambda: services.meetings.state(meeting).epoch == 2, what="a new epoch has begun")  # type: ignore[arg-type]
