"""The epoch keys of meetings: made here, kept wrapped, given to the distribution (W26).

Rules: numbers grow by one and are never used again; the key is kept in the transaction that writes the event
``epoch_started``, so no log names an epoch whose key does not exist.

Usage::

    epoch = epochs.start(tx, meeting, now=now)
    epochs.key(tx, meeting, epoch=epoch).seal_room(...)
"""

from __future__ import annotations

import datetime as dt
import threading
from typing import Final, Protocol

from sealing.epochs import EpochKey
from server.keys.errors import EpochUnknown
from server.keys.ports import EpochStore
from server.unit import Transaction
from wire.secret import Secret


class Wrapping(Protocol):
    """What keeps keys safe in the database (``server.keys.master``)."""

    def wrap(self, key: Secret) -> bytes:
        """The key, wrapped."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again."""
        ...


class EpochKeys:
    """Starts epochs and finds their keys."""

    def __init__(self, store: EpochStore, master: Wrapping) -> None:
        self._store: Final = store
        self._master: Final = master
        self._known: dict[tuple[str, int], EpochKey] = {}
        self._lock: Final = threading.Lock()

    def start(self, tx: Transaction, meeting: str, *, now: dt.datetime) -> int:
        """Make the key of the meeting's next epoch; its number."""
        epoch = self._store.newest_epoch(tx, meeting) + 1
        key = EpochKey.generate(epoch)
        self._store.add_epoch(tx, meeting, epoch=epoch, wrapped=self._master.wrap(key.key), at=now)
        return epoch

    def key(self, tx: Transaction, meeting: str, *, epoch: int) -> EpochKey:
        """The key of an epoch; raises :class:`EpochUnknown`."""
        with self._lock:
            found = self._known.get((meeting, epoch))
        if found is None:
            wrapped = self._store.epoch(tx, meeting, epoch=epoch)
            if wrapped is None:
                raise EpochUnknown(meeting=meeting, epoch=epoch)
            found = EpochKey(epoch, self._master.unwrap(wrapped))
            with self._lock:
                self._known[meeting, epoch] = found
        return found
