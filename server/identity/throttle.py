"""Guessing passwords is slowed: per name and place, per name, per place over all names, and over everything (I4).

Rules: a try is counted before the password is looked at, so that many at once are many tries; a right password takes
its own try back. Waits grow twofold up to ten minutes. What a place did wrong is forgiven bit by bit, because an office
behind one address mistypes too. The bound over everything slows only places that have been wrong themselves: whoever
types the right password at once is never kept out by others. The store keeps a bounded number of rows.

Usage::

    counted = throttle.count(name, source, now=now)      # raises TooManyTries or TooManyTriesHere
    ... throttle.take_back(counted, now=now)             # password and code were right
    ... throttle.undo(counted, now=now)                  # the password was right, a code has still to come
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from server.identity import model
from server.identity.errors import TooManyTries, TooManyTriesHere
from server.identity.ports import IdentityStore, Tries
from server.unit import Transaction, UnitOfWork


@dataclass(frozen=True, slots=True)
class _Limit:
    who: str
    free: int
    forgiven_every_s: int
    refusal: type[TooManyTries]


@dataclass(frozen=True, slots=True)
class Counted:
    """A try that was counted, and what names and places had before it.

    ``left``: how many more are free of waiting, should this one be wrong.
    """

    left: int
    names: tuple[tuple[str, Tries | None], ...]
    places: tuple[tuple[str, Tries | None], ...]


class Throttle:
    """Counts tries in the database, so that a restart forgives nothing."""

    def __init__(self, unit: UnitOfWork, store: IdentityStore) -> None:
        self._unit: Final = unit
        self._store: Final = store

    def count(self, name: str, source: str, *, now: dt.datetime) -> Counted:
        """Count one try of ``name`` from ``source``; raises TooManyTries or TooManyTriesHere and counts nothing."""
        place = model.place_of(source)
        names = (
            _Limit(_hash(f"{name}\0{source}"), model.FREE_TRIES, model.NEVER_S, TooManyTries),
            _Limit(_hash(name), model.FREE_TRIES_EVERYWHERE, model.NEVER_S, TooManyTries),
        )
        here = _Limit(_hash(f"\0place\0{place}"), model.FREE_TRIES_HERE, model.FORGIVEN_HERE_S, TooManyTriesHere)
        overall = _Limit(_hash("\0all"), model.FREE_TRIES_OVERALL, model.FORGIVEN_OVERALL_S, TooManyTriesHere)
        with self._unit.begin() as tx:
            known = {limit: self._count(tx, limit, now) for limit in (*names, here)}
            is_suspect = _counting(known[here], here, now) > 0
            before_overall = self._count(tx, overall, now, waits=is_suspect)
        left = min(max(0, limit.free - _counting(before, limit, now) - 1) for limit, before in known.items())
        places = ((here.who, known[here]), (overall.who, before_overall))
        return Counted(left, tuple((limit.who, known[limit]) for limit in names), places)

    def take_back(self, counted: Counted, *, now: dt.datetime) -> None:
        """The password was right: forget the name's tries, and take this one back from the places."""
        with self._unit.begin() as tx:
            self._store.forget_tries(tx, [who for who, _ in counted.names])
            for who, before in counted.places:
                self._undo(tx, who, before, now=now)

    def undo(self, counted: Counted, *, now: dt.datetime) -> None:
        """As if this try had not been, and nothing else forgotten: who knows a password has not proved the rest."""
        with self._unit.begin() as tx:
            for who, before in (*counted.names, *counted.places):
                self._undo(tx, who, before, now=now)

    def _undo(self, tx: Transaction, who: str, before: Tries | None, *, now: dt.datetime) -> None:
        current = self._store.tries(tx, who)
        if current is None or current.failures == 0:
            return
        # Unless somebody was wrong meanwhile, the span of quiet goes on as if nothing had been.
        last_at = before.last_at if before is not None and current.last_at == now else current.last_at
        self._store.set_tries(tx, who, Tries(current.failures - 1, last_at))

    def _count(self, tx: Transaction, limit: _Limit, now: dt.datetime, *, waits: bool = True) -> Tries | None:
        before = self._store.tries(tx, limit.who)
        failures = _counting(before, limit, now)
        if before is not None and waits:
            wait = model.wait_s(failures, free=limit.free) - abs((now - before.last_at).total_seconds())
            if wait > 0:
                raise limit.refusal(wait_s=max(1, round(wait)))
        self._store.set_tries(tx, limit.who, Tries(failures + 1, now))
        return before


def _counting(tries: Tries | None, limit: _Limit, now: dt.datetime) -> int:
    if tries is None:
        return 0
    quiet_s = (now - tries.last_at).total_seconds()
    return model.not_forgiven(tries.failures, quiet_s=quiet_s, every_s=limit.forgiven_every_s)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
