"""The words of the scanned dossier: paragraphs, remarks, table rows and days, drawn for one document at a time.

Rules: a document never repeats a paragraph; what was planned is not told as done, so the paragraphs come from one pool
before the room was installed and from another after; the numbers in them are drawn anew each time. The days a document
speaks of lie shortly before its date, those it promises shortly after.

    writer = Writer(2026, DOCUMENTS[0])
    writer.paragraph()
"""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from functools import cache

from deploy.demo.papers.dossier import ACTIONS, EQUIPMENT, OUTCOMES, ROOMS, Document, written
from deploy.demo.papers.markup import read_text

_RANGE = re.compile(r"\{(\d+)-(\d+)\}")
_INSTALLED = date(2026, 7, 1)
_FRIDAY = 4


@cache
def pools() -> dict[str, tuple[str, ...]]:
    """Return the paragraphs of the text file by the name of their pool."""
    blocks = re.split(r"^\[(.+)\]$", read_text("ho-so"), flags=re.MULTILINE)[1:]
    return {name: tuple(filter(None, body.splitlines())) for name, body in zip(blocks[::2], blocks[1::2], strict=True)}


class Writer:
    """Draws the words of one document; the same seed and document give the same words."""

    def __init__(self, seed: int, document: Document) -> None:
        self.rng = random.Random(f"{seed}/{document.title}/{document.day}")  # noqa: S311 - demo prose, no secret
        self.document = document
        phase = "khao-sat" if document.day < _INSTALLED else "van-hanh"
        self._paragraphs = iter(self._shuffled(phase))
        self._remarks = iter(self._shuffled("nhan-xet"))

    def paragraph(self) -> str:
        """Return a paragraph this document has not used yet; raises StopIteration when its pool is used up."""
        text = _RANGE.sub(self._draw_number, next(self._paragraphs))
        text = text.replace("{phong}", self.rng.choice(ROOMS))
        return text.replace("{ngay}", written(self.day(-14))).replace("{ngay_sau}", written(self.day(21)))

    def remark(self) -> str:
        """Return a short remark for a log or a form, not used before in this document."""
        return next(self._remarks)

    def day(self, within: int) -> date:
        """Return a working day at most so many days after (or, if negative, before) the document's."""
        distance = self.rng.randint(1, abs(within)) * (1 if within > 0 else -1)
        found = self.document.day + timedelta(days=distance)
        return found if found.weekday() <= _FRIDAY else found - timedelta(days=found.weekday() - _FRIDAY)

    def days_of_month(self, count: int) -> list[date]:
        """Return working days of the document's month, in order."""
        month = self.document.day
        days = [month.replace(day=number) for number in range(3, month.day + 1)]
        return sorted(self.rng.sample([day for day in days if day.weekday() <= _FRIDAY], count))

    def equipment_row(self, index: int) -> tuple[str, ...]:
        """Return one line of an inventory: number, name, serial, amount, state, place."""
        name, most = self.rng.choice(tuple(EQUIPMENT.items()))
        serial = f"DM-{self.rng.randint(1000, 9999)}-{self.rng.randint(100, 999)}"
        worn = self.document.day < _INSTALLED
        state = self.rng.choice(("Tốt", "Tốt", "Tốt", "Cần sửa") if worn else ("Mới", "Mới", "Mới", "Tốt"))
        return (str(index), name, serial, f"{self.rng.randint(1, most):02d}", state, self.rng.choice(ROOMS))

    def log_rows(self, count: int) -> list[tuple[str, ...]]:
        """Return lines of a day's log, in order of time: time, seat, action, outcome, seconds."""
        minutes = sorted(self.rng.sample((*range(8 * 60, 11 * 60 + 30), *range(13 * 60 + 30, 17 * 60)), count))
        return [
            (
                f"{minute // 60:02d}:{minute % 60:02d}",
                f"Chỗ {self.rng.randint(1, 24):02d}",
                self.rng.choice(ACTIONS),
                self.rng.choice(OUTCOMES),
                f"{self.rng.uniform(0.4, 38):.1f}".replace(".", ","),
            )
            for minute in minutes
        ]

    def _shuffled(self, pool: str) -> list[str]:
        lines = list(pools()[pool])
        self.rng.shuffle(lines)
        return lines

    def _draw_number(self, match: re.Match[str]) -> str:
        # Official papers write 05 for five.
        return f"{self.rng.randint(int(match[1]), int(match[2])):02d}"
