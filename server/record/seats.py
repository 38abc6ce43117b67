"""The record and the seats: what each says it keeps is judged, and it is sent what has been added since (W74, W75) –
or, when a restoration that was acknowledged took it away, what leads it on (W130).

Rules: written down only when it changes; for the distribution's thread.

Usage: ``seats.hear(device, kept, now=now)``, then ``seats.later_than(device, now=now)`` for the answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from server.record.leading import Leading
from server.record.model import AGAINST, SeatState
from server.record.service import RecordService
from wire.messages import Head, Kept, RecordCheckpoint, RecordRestored


class SeatRecord:
    """What the distribution needs of the record."""

    def __init__(self, record: RecordService, leading: Leading) -> None:
        self._record: Final = record
        self._leading: Final = leading
        self._heard: Final[dict[str, tuple[Kept, SeatState]]] = {}

    def hear(self, device: str, kept: Kept, *, now: dt.datetime) -> None:
        """A seat has said what it keeps."""
        known = self._heard.get(device)
        if known is None or known[0] != kept:
            seen = self._record.heard(device, kept.size, kept.root, forked=kept.forked, now=now, gave_up=kept.gave_up)
            self._heard[device] = (kept, seen.state)

    def later_than(
        self, device: str, *, now: dt.datetime
    ) -> Callable[[Head], RecordCheckpoint | RecordRestored] | None:
        """What a seat that was heard does not have yet; None when there is nothing, or nothing it would believe."""
        kept, state = self._heard.get(device, (Kept(), SeatState.NONE))
        if state is SeatState.FORKED:
            return self._leading.from_here(kept, now=now)
        newest = self._record.newest()
        if state in AGAINST or newest is None or newest.size <= kept.size:
            return None
        proof = self._record.consistency(kept.size, newest.size)
        note, key = newest.note.decode(), self._record.tools.key.print()
        return lambda head: RecordCheckpoint(head, note, key, kept.size, proof)
