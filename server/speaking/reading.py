"""What people write about speaking: JSON → values, for the consoles' requests and the seats' acts alike.

Rules: shapes and limits are those of the events (``wire/speak_fold.py``).

Usage: ``asking(body(), person)``.
"""

from __future__ import annotations

from server.speaking.model import Asking
from server.speaking.service import Move
from wire.fields import Fields
from wire.speak_fold import MAX_CHARACTERS, MAX_REASON, MAX_SECONDS
from wire.speaking import SpeechChange, SpeechKind


def asking(data: Fields, person: str) -> Asking:
    """``{item, kind, person?}``: without a person it is for ``person`` themselves."""
    found = Asking(
        item=data.id("item", "i"),
        person=data.id("person", "u") if data.has("person") else person,
        kind=SpeechKind(data.choice("kind", frozenset(SpeechKind))),
    )
    data.end()
    return found


def move(data: Fields, change: SpeechChange, *, speech: str | None = None) -> Move:
    """``{speech?, ends?, reason?}``; the turn is ``speech`` where a path names it."""
    found = Move(
        speech=data.id("speech", "q") if speech is None else speech,
        change=change,
        reason=data.text("reason", limit=MAX_REASON, empty=True) if data.has("reason") else "",
        ends=data.id("ends", "q") if data.has("ends") else None,
    )
    data.end()
    return found


def seconds(data: Fields) -> int:
    """More time for a turn."""
    return data.number("seconds", low=1, high=MAX_SECONDS)


def text(data: Fields) -> str:
    """A speech in writing."""
    return data.text("text", limit=MAX_CHARACTERS)
