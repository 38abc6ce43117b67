"""Working days against a calendar that is written out day by day (K1–K5)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.workdays.model import Kind, WorkDays, answers_by, by_law

_DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2035, 12, 31))
_ENTERED = st.dictionaries(_DAYS, st.sampled_from(Kind), max_size=40)
_ONE = dt.timedelta(days=1)


def _plain(entered: dict[dt.date, Kind], first: dt.date, last: dt.date) -> list[dt.date]:
    """The working days of a span, looked up one by one."""
    found, day = [], first
    while day <= last:
        is_free = day.strftime("%a") in {"Sat", "Sun"} or day in by_law(day.year)
        if entered[day] is Kind.WORKED if day in entered else not is_free:
            found.append(day)
        day += _ONE
    return found


@given(_ENTERED, _DAYS, st.integers(1, 30))
def test_K3_before_is_what_counting_on_a_wall_calendar_gives(
    entered: dict[dt.date, Kind], day: dt.date, count: int
) -> None:
    wall = _plain(entered, day - 200 * _ONE, day - _ONE)
    assert WorkDays(entered).before(day, count) == wall[-count]


@given(_ENTERED, _DAYS, st.integers(1, 30))
def test_K4_after_is_what_counting_on_a_wall_calendar_gives(
    entered: dict[dt.date, Kind], day: dt.date, count: int
) -> None:
    wall = _plain(entered, day + _ONE, day + 200 * _ONE)
    assert WorkDays(entered).after(day, count) == wall[count - 1]


@given(_ENTERED, _DAYS, st.integers(-5, 60))
def test_K3_K4_days_between_are_those_of_the_wall_calendar(
    entered: dict[dt.date, Kind], first: dt.date, span: int
) -> None:
    last = first + span * _ONE
    assert WorkDays(entered).between(first, last) == len(_plain(entered, first, last))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        # 30/4 and 1/5 on Thursday and Friday: nothing to make up for.
        (2026, ["01-01", "04-30", "05-01", "09-02"]),
        # 1/1 a Friday, 30/4 a Friday, 1/5 a Saturday: Monday.
        (2027, ["01-01", "04-30", "05-01", "05-03", "09-02"]),
        # 30/4 a Sunday and 1/5 a Monday, 1/1 and 2/9 a Saturday: none of the days is given twice.
        (2028, ["01-01", "01-03", "04-30", "05-01", "05-02", "09-02", "09-04"]),
    ],
)
def test_K1_a_holiday_on_a_free_day_is_made_up_for_on_the_next_working_day(year: int, days: list[str]) -> None:
    assert sorted(by_law(year)) == [dt.date.fromisoformat(f"{year}-{day}") for day in days]


def test_K2_what_the_house_entered_beats_the_law() -> None:
    saturday, holiday, tet = dt.date(2026, 8, 22), dt.date(2026, 9, 2), dt.date(2026, 2, 17)
    days = WorkDays({saturday: Kind.WORKED, holiday: Kind.WORKED, tet: Kind.OFF})
    assert [days.is_worked(day) for day in (saturday, holiday, tet)] == [True, True, False]
    assert [WorkDays().is_worked(day) for day in (saturday, holiday, tet)] == [False, False, True]


def test_K3_who_acts_on_the_third_working_day_before_is_in_time() -> None:
    assert WorkDays().before(dt.date(2026, 11, 27), 3) == dt.date(2026, 11, 24)
    assert WorkDays().before(dt.date(2026, 11, 23), 3) == dt.date(2026, 11, 18), "over a weekend"
    assert WorkDays().after(dt.date(2026, 12, 31), 5) == dt.date(2027, 1, 8), "over New Year's day and a weekend"


def test_K3_a_calendar_without_a_working_day_is_said_to_be_one() -> None:
    with pytest.raises(OverflowError):
        WorkDays({dt.date(2020, 1, 1) + n * _ONE: Kind.OFF for n in range(5_000)}).after(dt.date(2021, 1, 1), 1)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-11-19", "2026-11-20"),
        ("2026-11-20", "2026-11-20"),  # who acts on the day is in time
        ("2026-11-21", "2026-11-22"),  # the Friday is over: the day before the meeting
        ("2026-11-22", "2026-11-22"),
        ("2026-11-23", "2026-11-23"),  # the meeting's own day
        ("2026-11-24", None),
    ],
)
def test_K5_nobody_is_asked_to_answer_by_a_day_that_has_passed(asked: str, until: str | None) -> None:
    monday = dt.date(2026, 11, 23)
    found = answers_by(WorkDays().before(monday, 1), monday, asked=dt.date.fromisoformat(asked))
    assert found == (None if until is None else dt.date.fromisoformat(until))
