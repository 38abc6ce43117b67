"""Days around the one on which the demo is made: working days alone, in both directions."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.past import words
from deploy.demo.past.days import LOCAL, Days
from deploy.demo.past.story import BEGINS

#: A Monday.
MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(("number", "day"), [(-1, 20), (-5, 16), (1, 24), (5, 30), (0, 23)])
def test_weekends_are_left_out(number: int, day: int) -> None:
    assert Days(MONDAY).day(number) == dt.date(2026, 11, day)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), st.integers(-80, 80).filter(bool))
def test_every_day_but_today_is_worked_and_their_number_is_right(today: dt.date, number: int) -> None:
    found = Days(today).day(number)
    assert found.weekday() < 5
    low, high = sorted((found, today))
    between = (low + dt.timedelta(days=step) for step in range(1 if low == today else 0, (high - low).days + 1))
    assert sum(day.weekday() < 5 for day in between if day != today) == abs(number)


def test_a_moment_is_that_of_the_house() -> None:
    moment = Days.around(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)).moment(1, 8, 30)
    assert moment.astimezone(LOCAL).isoformat() == "2026-11-24T08:30:00+07:00"


def test_everything_that_is_over_happened_after_the_house_began_and_says_that_it_is_a_demo() -> None:
    assert all(0 < each.days < -BEGINS for each in words.REGULAR)
    plans = (words.HELD, words.NEXT, *(each.plan for each in words.REGULAR))
    titles = [plan.title for plan in plans] + [each.title for each in words.TASKS] + [*words.PAPERS, words.SLIP_SUBJECT]
    assert all(title.endswith("(demo)") for title in titles)
