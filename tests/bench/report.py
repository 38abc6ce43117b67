"""Figures as Markdown tables: the median, and the smallest and largest in parentheses.

Usage: ``table(["Phương pháp", "giây"], [["a", spread([1.0, 1.2])]])``
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], digits: int = 2) -> str:
    """``1.20 (1.10–1.40)``; one value alone stands alone."""
    if not values:
        return "–"
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio(values: Sequence[float], others: Sequence[float]) -> str:
    """The median of the ratios round by round, for a machine whose speed drifts."""
    pairs = [a / b for a, b in zip(values, others, strict=False) if b]
    return f"{statistics.median(pairs):.2f}×" if pairs else "–"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
