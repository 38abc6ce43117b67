"""Times, lengths and shares in the words of documents (NĐ 30/2020: figures below 10 have a zero before them).

Rules: pure; times are those of the house (UTC+7). A percentage is cut off, never rounded up (V6).

Usage: ``Clock(opened_at).at(moment)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from server.documents.model import day_in_words, time_in_words

HOUSE: Final = dt.timezone(dt.timedelta(hours=7))
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Clock:
    """Says the day where it is not that of the opening: a meeting may go on past midnight."""

    opened_at: dt.datetime | None

    def at(self, moment: dt.datetime) -> str:
        """``08 giờ 30``, or ``08 giờ 30, ngày 24 tháng 11 năm 2026``."""
        local = moment.astimezone(HOUSE)
        if self.opened_at is not None and self.opened_at.astimezone(HOUSE).date() == local.date():
            return time_in_words(local.time())
        return whole(moment)


def whole(moment: dt.datetime) -> str:
    """``08 giờ 30, ngày 24 tháng 11 năm 2026``."""
    local = moment.astimezone(HOUSE)
    return f"{time_in_words(local.time())}, {day_in_words(local.date())}"


def two(number: int) -> str:
    """``05``, ``12``."""
    return f"{number:02d}"


def lasted(spent_ms: int) -> str:
    """``05 phút 30 giây``, ``1 giờ 05 phút 00 giây``; whole seconds, what is left of one is cut off."""
    minutes, seconds = divmod(spent_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} giờ"] if hours else []
    if hours or minutes:
        parts.append(f"{two(minutes)} phút")
    return " ".join([*parts, f"{two(seconds)} giây"])


def share(hundredths: int) -> str:
    """``66,66%``."""
    return f"{hundredths // 100},{hundredths % 100:02d}%"


def listed(words: Iterable[str]) -> str:
    """One after the other, with semicolons."""
    return "; ".join(words)


def sentence(words: str) -> str:
    """With a capital and a full stop."""
    text = words.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…", "./.")) else f"{text}."
