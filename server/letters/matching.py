"""Whether an invitation's words name the time and the room that its meeting has.

Rules N16: pure. A draft keeps the words it was proposed with, and a meeting moves. Looked at is the line that begins as
the proposal's does (Thời gian, Địa điểm), else all of the words; day and time are known in the ways they are written.
What somebody words in a way of their own is named as well: it is read once more, and sent as it is.

Usage: ``differences(wording, state)`` -> ``(Difference("Thời gian: …", "…"),)``; nothing: they agree.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from server.attendance.table import HOUSE
from server.letters.compose import moment
from server.letters.days import day_of
from server.letters.model import Wording
from wire.state import MeetingState

_TIME: Final = "thời gian"
_PLACE: Final = "địa điểm"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the words say (empty: nothing of it), and what the meeting has ``now``."""

    says: str
    now: str

    def to_value(self) -> dict[str, str]:
        """As JSON."""
        return {"says": self.says, "now": self.now}


def differences(wording: Wording, state: MeetingState) -> tuple[Difference, ...]:
    """Of time and place, in this order."""
    found = []
    if state.starts_at is not None and day_of(state.starts_at) is not None:
        said = _line(wording, _TIME)
        if not _names(_plain(said or " ".join(wording.body)), state.starts_at):
            found.append(Difference(said, f"{moment(state.starts_at)}"))
    if state.room_name:
        said = _line(wording, _PLACE)
        if _plain(state.room_name) not in _plain(said or " ".join(wording.body)):
            found.append(Difference(said, state.room_name))
    return tuple(found)


def _line(wording: Wording, begins: str) -> str:
    return next((line for line in wording.body if _plain(line.removeprefix("- ")).startswith(begins)), "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _names(text: str, at: dt.datetime) -> bool:
    """Whether both the day and the time of ``at``, in Viet Nam, stand in ``text``."""
    local = at.astimezone(HOUSE)
    day = rf"\b0?{local.day}(?:\s*tháng\s*|[/.-])0?{local.month}(?:\s*năm\s*|[/.-]){local.year}\b"
    minutes = rf"{local.minute:02d}(?!\d)" if local.minute else r"(?:00(?!\d)|(?!\s*\d\d))"
    time = rf"\b0?{local.hour}\s*(?:giờ|h|:)\s*{minutes}"
    return re.search(day, text) is not None and re.search(time, text) is not None
