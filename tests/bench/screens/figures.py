"""Samples and how they are told: median, 95th percentile, number; measured beside the budget.

Rules: the percentile is the smallest sample that 95 of 100 do not exceed, so of fewer than twenty it is the largest; a
budget is held against the percentile. Milliseconds unless a unit is named.

Usage: ``report.add("Page turn", samples, budget=100)``; ``report.text()``
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_HEAD: Final = ("| | p50 | p95 | n | budget | |", "|---|---:|---:|---:|---:|---|")


def p95(samples: Sequence[float]) -> float:
    """The nearest-rank 95th percentile; there must be a sample."""
    return sorted(samples)[math.ceil(0.95 * len(samples)) - 1]


@dataclass
class Report:
    """Rows in the order in which they were added; ``missed`` names those over their budget."""

    rows: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, what: str, samples: Sequence[float], *, budget: float | None = None, unit: str = "ms") -> None:
        """One row; nothing measured is a row, too."""
        if not samples:
            self.rows.append(f"| {what} | – | – | 0 | | not measured |")
            return
        high = p95(samples)
        fits = budget is None or high <= budget
        if not fits:
            self.missed.append(what)
        verdict = "" if budget is None else ("✓" if fits else "✗")
        limit = "" if budget is None else f"{budget:g} {unit}"
        middle = f"{statistics.median(samples):.0f} {unit}"
        self.rows.append(f"| {what} | {middle} | {high:.0f} {unit} | {len(samples)} | {limit} | {verdict} |")
        _say(self.rows[-1])

    def section(self, title: str) -> None:
        """A new table."""
        self.rows += ["", f"**{title}**", "", *_HEAD]
        _say(f"\n{title} (load {os.getloadavg()[0]:.1f})")

    def note(self, text: str) -> None:
        """A line below the table."""
        self.rows += ["", text]
        _say(text)

    def text(self) -> str:
        """Everything, as Markdown."""
        return "\n".join(self.rows).strip()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
