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
from typing import Any, Final

from server.idempotency.errors import ActReused
from server.idempotency.ports import ActLedger, DoneAct
from server.unit import Transaction, UnitOfWork
from wire import canonical

_PORTION: Final = 500
#: What is left after so many is left for the next time.
_MOST_PORTIONS: Final = 200


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
    ledger: ActLedger,
    tx: Transaction,
    key: ActKey,
    *,
    now: dt.datetime,
    do: Callable[[], dict[str, Any]],
    meeting: str | None = None,
) -> dict[str, Any]:
    """What ``do`` answers, or answered the first time; raises :class:`ActReused` and what ``do`` raises.

    ``meeting``: the one that it came out of; its act stays known as long as that goes on.
    """
    known = answered(ledger, tx, key)
    if known is not None:
        return known
    answer = do()
    ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, answer, now, meeting))
    return answer


def answered(ledger: ActLedger, tx: Transaction, key: ActKey) -> dict[str, Any] | None:
    """The stored answer of an act that was performed, None when it is new; raises :class:`ActReused`."""
    known = ledger.find(tx, key.act)
    if known is None:
        return None
    if not key.names(known):
        raise ActReused
    return known.answer


def forget_old(ledger: ActLedger, unit: UnitOfWork, *, before: dt.datetime) -> int:
    """Drop the acts from before a moment, in portions that keep no writer waiting; how many.

    An act of a meeting that goes on stays: a seat that was off for months may ask for it again. Of an ended one nothing
    can be done a second time.
    """
    dropped = 0
    for _ in range(_MOST_PORTIONS):
        with unit.begin() as tx:
            count = ledger.prune(tx, before=before, limit=_PORTION)
        dropped += count
        if count < _PORTION:
            break
    return dropped
