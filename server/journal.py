"""The port to the administrators' log, for every feature that changes the house.

Rules: an entry is written in the transaction of the change it tells of, so that neither is there without the other
(L1); it names people and things by their ids and holds no secret.

Usage::

    with unit.begin() as tx:
        store.add(tx, room)
        journal.record(tx, "room_created", {"room": room.id}, actor="person:u-…", now=now)
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from server.unit import Transaction


class Journal(Protocol):
    """What :class:`server.audit.service.AdminLog` is to the others."""

    def record(self, tx: Transaction, kind: str, data: dict[str, Any], *, actor: str, now: dt.datetime) -> object:
        """One more entry, there when ``tx`` is committed."""
        ...
