"""A fault or a wish, and how far it is.

Rules FB1–FB3: pure.

FB1 Sent with it is what was shown before: the kind of page (never its address, which may hold what was searched for),
the version, the moment, the code and number of the last error, the browser. No paper, no name, no password.
FB2 new → taken → done; only an answer ends it.
FB3 Whoever sent it sees the answer until they have read it, and nobody but those who run the product sees the rest.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, Final

from wire.feedback import Said
from wire.fields import print_instant

MAX_ANSWER: Final = 2_000
#: Of one person, waiting at the same moment.
MOST: Final = 20


class State(enum.StrEnum):
    """mới → đã nhận → đã trả lời."""

    NEW = "new"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One of them. ``by_name``: who took or answered it."""

    number: int
    person: str
    name: str
    said: Said
    at: dt.datetime
    state: State = State.NEW
    by_name: str = ""
    answer: str = ""
    answered_at: dt.datetime | None = None
    read_at: dt.datetime | None = None
    #: the terminal it was told at; empty for a console
    device: str = ""
    #: the seat at which that stood then; empty for a console, and of old ones
    seat: str = ""

    def to_value(self, *, whole: bool) -> dict[str, Any]:
        """As JSON; ``whole``: for those who run the product."""
        value = {
            "number": self.number,
            "kind": self.said.kind.value,
            "text": self.said.text,
            "at": print_instant(self.at),
            "state": self.state.value,
            "by": self.by_name,
            "answer": self.answer,
            "answered_at": None if self.answered_at is None else print_instant(self.answered_at),
            "unread": self.state is State.DONE and self.read_at is None,
        }
        return {**value, "name": self.name, "about": self.said.about, "device": self.device} if whole else value
