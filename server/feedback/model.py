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
from dataclasses import dataclass, field
from typing import Any, Final

from wire.fields import Fields, print_instant

MAX_TEXT: Final = 4_000
MAX_ANSWER: Final = 2_000
MAX_ABOUT: Final = 300
#: Of one person, waiting at the same moment.
MOST: Final = 20
#: What may come with it, and nothing else.
ABOUT: Final = ("page", "version", "at", "error", "browser", "screen", "language")


class Kind(enum.StrEnum):
    """lỗi · góp ý."""

    FAULT = "fault"
    WISH = "wish"


class State(enum.StrEnum):
    """mới → đã nhận → đã trả lời."""

    NEW = "new"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sends."""

    kind: Kind
    text: str
    about: dict[str, str] = field(default_factory=dict)


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
        return {**value, "name": self.name, "about": self.said.about} if whole else value


def read_said(fields: Fields) -> Said:
    """A body; raises BadField."""
    kind = Kind(fields.choice("kind", frozenset(Kind)))
    text = fields.text("text", limit=MAX_TEXT).strip()
    about: dict[str, str] = {}
    if fields.has("about"):
        told = fields.object("about")
        about = {name: told.text(name, limit=MAX_ABOUT) for name in ABOUT if told.has(name)}
        told.end()
    fields.end()
    return Said(kind, text, about)
