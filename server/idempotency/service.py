"""Perform an act at most once.

Rules: a key belongs to one actor, one kind of act and one content; with anything else it is refused
(:class:`ActReused`), never silently answered.

Usage::

    key = ActKey(act, actor.label, "create_room", {"name": name})
    answer = once(ledger, tx, key, now=now, do=lambda: {"id": create(tx)})
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.idempotency.errors import ActReused
from server.idempotency.ports import ActLedger, DoneAct
from server.unit import Transaction
from wire import canonical


@dataclass(frozen=True, slots=True)
class ActKey:
    """The act's id, who asks, for what, and with which content (JSON; put no secret into it)."""

    act: str
    actor: str
    kind: str
    content: Any = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(canonical.encode(self.content)).hexdigest()

    def names(self, done: DoneAct) -> bool:
        """Whether ``done`` is this very act: same actor, kind and content."""
        return (done.actor, done.kind, done.fingerprint) == (self.actor, self.kind, self.fingerprint)


def once(
    ledger: ActLedger, tx: Transaction, key: ActKey, *, now: dt.datetime, do: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What ``do`` answers, or answered the first time; raises :class:`ActReused` and what ``do`` raises."""
    known = answered(ledger, tx, key)
    if known is not None:
        return known
    answer = do()
    ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now))
    return answer


def answered(ledger: ActLedger, tx: Transaction, key: ActKey) -> dict[str, Any] | None:
    """The stored answer of an act that was performed, None when it is new; raises :class:`ActReused`."""
    known = ledger.find(tx, key.act)
    if known is None:
        return None
    if not key.names(known):
        raise ActReused
    return known.answer
