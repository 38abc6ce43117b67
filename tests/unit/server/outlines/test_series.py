"""The days of a series against a plain count, and where they go when offices are closed (O5–O7)."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from server.outlines.series import MOST, Move, Rule, moved, planned

_DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2090, 1, 1))


def _weekday(day: dt.date) -> bool:
    return day.weekday() < 5


@given(_DAYS, st.integers(1, 4), st.integers(1, MOST))
def test_O5_weekly_is_the_same_day_every_so_many_weeks(first: dt.date, every: int, count: int) -> None:
    days = planned(Rule.WEEKLY, first=first, every=every, count=count)
    assert (days[0], len(days)) == (first, count)
    assert all((later - day).days == 7 * every for day, later in itertools.pairwise(days))


@given(_DAYS, st.integers(1, 4), st.integers(1, MOST))
def test_O5_monthly_has_one_day_in_every_month_and_begins_with_the_first(
    first: dt.date, every: int, count: int
) -> None:
    for rule in (Rule.MONTHLY_DATE, Rule.MONTHLY_WEEKDAY):
        days = planned(rule, first=first, every=every, count=count)
        assert (days[0], len(days)) == (first, count)
        months = [day.year * 12 + day.month for day in days]
        assert months == [months[0] + every * number for number in range(count)]
        if rule is Rule.MONTHLY_WEEKDAY:
            assert {day.weekday() for day in days} == {first.weekday()}
        else:
            assert all(day.day in {first.day, calendar.monthrange(day.year, day.month)[1]} for day in days)


def test_O5_the_31st_is_the_last_day_and_the_fifth_friday_the_last_friday() -> None:
    last = planned(Rule.MONTHLY_DATE, first=dt.date(2027, 1, 31), every=1, count=3)
    assert last == [dt.date(2027, 1, 31), dt.date(2027, 2, 28), dt.date(2027, 3, 31)], "February shortens none after it"
    fifth = planned(Rule.MONTHLY_WEEKDAY, first=dt.date(2027, 1, 29), every=1, count=3)
    assert fifth == [dt.date(2027, 1, 29), dt.date(2027, 2, 26), dt.date(2027, 3, 26)]


@given(_DAYS, st.sampled_from(list(Move)))
def test_O6_what_falls_on_a_day_off_goes_to_the_nearest_day_of_work_and_the_rule_goes_on(
    first: dt.date, move: Move
) -> None:
    counted = planned(Rule.MONTHLY_DATE, first=first, every=1, count=12)
    for each, day in zip(moved(counted, _weekday, move), counted, strict=True):
        assert (each.counted, each.off) == (day, not _weekday(day))
        if move is Move.KEEP or _weekday(day):
            assert each.day == day
        else:
            span = range(1, 3)
            sign = 1 if move is Move.AFTER else -1
            nearest = next(
                day + dt.timedelta(days=sign * n) for n in span if _weekday(day + dt.timedelta(days=sign * n))
            )
            assert each.day == nearest


def test_O7_two_that_meet_on_one_day_are_both_shown() -> None:
    days = [dt.date(2026, 11, 28), dt.date(2026, 11, 30), dt.date(2026, 12, 7)]  # a Saturday, and the Monday after it
    assert [each.twice for each in moved(days, _weekday, Move.AFTER)] == [True, True, False]
