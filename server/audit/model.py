"""One entry of the administrators' log, and the chain of hashes that holds all of them.

Rules: the hash of an entry covers its number, moment, actor, kind, data and the hash of the one before, as canonical
JSON; the first has the hash of nothing before it.

Usage::

    entry = follow(last, kind="anchor_added", data={...}, actor="person:u-…", at=now)
    broken_at([...])          # None: all of them hang together
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from wire.fields import Fields, print_instant
from wire.house import MAX_DATA_BYTES, entry_hash

NOTHING: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class AdminEvent:
    """``data`` is a JSON object without secrets; ``hash`` is SHA-256 in hexadecimal."""

    number: int
    at: dt.datetime
    actor: str
    kind: str
    data: dict[str, Any]
    before: str
    hash: str

    def whole(self) -> dict[str, Any]:
        """JSON with all that the hash covers, as a dossier brings it."""
        return {**self.to_value(), "before": self.before}

    @classmethod
    def from_value(cls, value: Any) -> AdminEvent:
        """What :meth:`whole` made; raises a WireError. The stated hash is not looked at: see :func:`hash_of`."""
        fields = Fields(value, "house")
        found = cls(
            fields.number("number", low=1),
            fields.instant("at"),
            fields.text("actor", limit=80),
            fields.text("kind", limit=60),
            fields.free("data", limit_bytes=MAX_DATA_BYTES),
            fields.hex("before", size=32),
            fields.hex("hash", size=32),
        )
        fields.end()
        return found

    def to_value(self) -> dict[str, Any]:
        """JSON for a screen."""
        return {
            "number": self.number,
            "at": print_instant(self.at),
            "actor": self.actor,
            "kind": self.kind,
            "data": self.data,
            "hash": self.hash,
        }


def follow(last: AdminEvent | None, *, kind: str, data: dict[str, Any], actor: str, at: dt.datetime) -> AdminEvent:
    """The entry after ``last``."""
    number, before = (1, NOTHING) if last is None else (last.number + 1, last.hash)
    # As it will be read again: milliseconds.
    moment = at.replace(microsecond=at.microsecond // 1000 * 1000)
    hashed = _hash(number, moment, actor=actor, kind=kind, data=data, before=before)
    return AdminEvent(number, moment, actor, kind, data, before, hashed)


def broken_at(events: Iterable[AdminEvent]) -> int | None:
    """The number of the first entry that does not fit what was before it; None when all do."""
    before = NOTHING
    for number, one in enumerate(events, start=1):
        expected = hash_of(one)
        if (one.number, one.before, one.hash) != (number, before, expected):
            return number
        before = one.hash
    return None


def hash_of(one: AdminEvent) -> str:
    """What its content hashes to, whatever it states."""
    return _hash(one.number, one.at, actor=one.actor, kind=one.kind, data=one.data, before=one.before)


def _hash(number: int, at: dt.datetime, *, actor: str, kind: str, data: dict[str, Any], before: str) -> str:
    content = {
        "number": number,
        "at": print_instant(at),
        "actor": actor,
        "kind": kind,
        "data": data,
        "before": before,
    }
    return entry_hash(content)
