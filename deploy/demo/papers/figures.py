"""The figures of the demo agency: made up from a seed, yet sound as book-keeping.

Rules: every number any demo paper prints about the agency's work comes from here, so the report and its appendix can
never disagree; what a month leaves open is what the next month carries over; nothing is settled that was not received.
No real statistics are imitated: the numbers are drawn from a seeded generator.

    quarter = make_quarter(2026)
    quarter.total().reports_open
"""

from __future__ import annotations

import random
from dataclasses import dataclass

MONTHS = (7, 8, 9)
UNITS = (*(f"Phường A{n}" for n in range(1, 7)), *(f"Xã B{n}" for n in range(1, 9)))


@dataclass(frozen=True)
class Work:
    """Work of one unit over a period, in cases or people; `reports_*` are sources of crime information."""

    reports_carried: int
    reports_new: int
    reports_settled: int
    cases_opened: int
    accused_opened: int
    cases_charged: int
    accused_charged: int
    cases_tried: int
    accused_tried: int
    civil_received: int
    civil_settled: int
    recommendations: int
    protests: int

    @property
    def reports_handled(self) -> int:
        """Carried over plus new."""
        return self.reports_carried + self.reports_new

    @property
    def reports_open(self) -> int:
        """Not yet settled at the end of the period."""
        return self.reports_handled - self.reports_settled

    @property
    def settled_percent(self) -> float:
        """Share of the handled reports that were settled, in percent."""
        return 100 * self.reports_settled / self.reports_handled


@dataclass(frozen=True)
class UnitQuarter:
    """One unit's three months, in the order of `MONTHS`."""

    unit: str
    months: tuple[Work, ...]

    def total(self) -> Work:
        """The quarter as one period."""
        return over_time(self.months)


@dataclass(frozen=True)
class Quarter:
    """All units of the agency over one quarter."""

    units: tuple[UnitQuarter, ...]

    def month(self, index: int) -> Work:
        """All units in the month `MONTHS[index]`."""
        return side_by_side(tuple(unit.months[index] for unit in self.units))

    def total(self) -> Work:
        """All units, whole quarter."""
        return side_by_side(tuple(unit.total() for unit in self.units))


def side_by_side(parts: tuple[Work, ...]) -> Work:
    """Add the work of different units over the same time: every column is a plain sum."""
    return Work(**{name: sum(getattr(part, name) for part in parts) for name in Work.__dataclass_fields__})


def over_time(parts: tuple[Work, ...]) -> Work:
    """Add the work of one unit over consecutive periods: what was carried over counts once, at the start."""
    sums = {name: sum(getattr(part, name) for part in parts) for name in Work.__dataclass_fields__}
    return Work(**{**sums, "reports_carried": parts[0].reports_carried})


def make_quarter(seed: int) -> Quarter:
    """Draw a quarter; the same seed gives the same figures on every machine."""
    rng = random.Random(f"{seed}/figures")  # noqa: S311 - demo figures, no secret
    return Quarter(tuple(UnitQuarter(unit, _months(rng, scale=rng.uniform(0.6, 1.5))) for unit in UNITS))


def _months(rng: random.Random, *, scale: float) -> tuple[Work, ...]:
    months: list[Work] = []
    carried = rng.randint(2, 5)
    for _ in MONTHS:
        month = _month(rng, carried, scale=scale)
        months.append(month)
        carried = month.reports_open
    return tuple(months)


def _month(rng: random.Random, carried: int, *, scale: float) -> Work:
    new = max(3, round(rng.gauss(9.0, 2.2) * scale))
    settled = min(carried + new - 1, round((carried + new) * rng.uniform(0.72, 0.9)))
    opened = max(1, round(settled * rng.uniform(0.36, 0.58)))
    charged = max(1, round(opened * rng.uniform(0.7, 1.0)))
    tried = max(1, round(charged * rng.uniform(0.7, 1.0)))
    more_opened = rng.randint(0, opened)
    more_charged = rng.randint(0, more_opened)
    received = round(rng.uniform(9, 22) * scale)
    return Work(
        reports_carried=carried,
        reports_new=new,
        reports_settled=settled,
        cases_opened=opened,
        accused_opened=opened + more_opened,
        cases_charged=charged,
        accused_charged=charged + more_charged,
        cases_tried=tried,
        accused_tried=tried + rng.randint(0, more_charged),
        civil_received=received,
        civil_settled=round(received * rng.uniform(0.7, 0.96)),
        recommendations=rng.choice((0, 0, 0, 1, 1, 2)),
        protests=rng.choice((0, 0, 0, 1)),
    )


def split(total: int, weights: tuple[float, ...]) -> tuple[int, ...]:
    """Divide a count in given proportions so that the parts add up to it exactly (largest remainder)."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def count(value: int) -> str:
    """Write a count the Vietnamese way: 1.234, and two digits below ten (01, 02 …) as official papers do."""
    return f"{value:02d}" if value < 10 else f"{value:,}".replace(",", ".")


def percent(value: float) -> str:
    """Write a percentage the Vietnamese way: 87,5%."""
    return f"{value:.1f}".replace(".", ",") + "%"


def change(now: int, before: int) -> str:
    """Say in words how a count moved: `tăng 12 (4,2%)`."""
    if now == before:
        return "không thay đổi"
    verb = "tăng" if now > before else "giảm"
    return f"{verb} {count(abs(now - before))} ({percent(100 * abs(now - before) / before)})"
