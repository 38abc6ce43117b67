"""A damaged record silences nobody: a seat's health is answered all the same (W28, W74)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.assembly.distribution import outside_of, plug
from server.distribution.plan import Pace
from server.distribution.service import Distribution
from server.record.errors import RecordTooShort
from tests.support import poll
from tests.support.theatre import Theatre
from wire.messages import Head, Health, Kept, RecordCheckpoint

until = functools.partial(poll.until, timeout_s=30)
FAULTS = (LookupError(3, 0), RecordTooShort(size=9), TypeError("a column of another kind"))


class Damaged:
    """A record of which rows are gone; ``asked``: how often a seat was to be shown it."""

    def __init__(self) -> None:
        self.asked = 0

    def hear(self, device: str, kept: Kept, *, now: dt.datetime) -> None:
        """A seat has said what it keeps."""

    def later_than(self, device: str, *, now: dt.datetime) -> Callable[[Head], RecordCheckpoint] | None:
        """Fails."""
        self.asked += 1
        raise FAULTS[self.asked % len(FAULTS)]


class DamagedTheatre(Theatre):
    """A theatre whose record cannot be read."""

    def _new_distribution(self) -> Distribution:
        services, self.record = self.office.services, Damaged()
        outside = dataclasses.replace(outside_of(services), record=self.record)
        distribution = Distribution(outside, link=self.new_link(), keys=services.keys, pace=Pace(settle_s=0.1))
        plug(services, distribution)
        return distribution


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[DamagedTheatre]:
    with DamagedTheatre(tmp_path) as theatre:
        yield theatre


def test_W74_a_damaged_record_keeps_no_seat_from_its_answer(theatre: DamagedTheatre) -> None:
    seat = theatre.seat(0)
    until(lambda: seat.wish is not None, what="the seat is welcome")
    for number in range(1, len(FAULTS) + 1):
        asked = len(theatre.broker.seen)
        seat.say(lambda head: Health(head, 0, {}, 1000, "welcome", record=Kept(2, "00" * 32)))
        until(lambda number=number: theatre.record.asked == number, what="the record was asked")  # type: ignore[misc]
        told = functools.partial(_told, theatre, asked)
        until(told, what="the seat has its answer")


def _told(theatre: Theatre, asked: int) -> bool:
    return any(topic.lane == "desired" for topic, _ in theatre.broker.seen[asked:])
