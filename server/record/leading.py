"""Leads terminals from before a restoration that was acknowledged to the record as it is now (W130, ADR 0033).

Rules: only what the acknowledgement explains – a checkpoint that was taken away by it, of a terminal that was shown
nothing contradictory. Each such checkpoint is named in the administrators' log, by size and root, before any terminal
is told; one entry for all that keep the same. For the distribution's thread.

Usage: ``leading.from_here(kept, now=now)`` builds the message, or is None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from server.audit.model import AdminEvent
from server.audit.service import AdminLog
from server.record.errors import RecordTooShort
from server.record.model import Signed
from server.record.service import RecordService
from wire.entries import HOUSE
from wire.inclusions import Proof
from wire.messages import Head, Kept, RecordRestored
from wire.restorations import LED, RESTORED, Proven, Restoration, led_data

BY: Final = "system"
#: More restorations, and more checkpoints between two of them, than any house has.
_RESTORATIONS: Final = 50
_LED: Final = 2000


class _Way(NamedTuple):
    restored: AdminEvent
    led: AdminEvent


@dataclass(slots=True)
class Leading:
    """``audit`` is where acknowledgements stand; ``most``: checkpoints that are named at all."""

    record: RecordService
    audit: AdminLog
    most: int = _LED
    #: by size and root of what is left; read once, for another database comes with another process
    _ways: dict[tuple[int, str], _Way] | None = field(default=None, init=False)

    def from_here(self, kept: Kept, *, now: dt.datetime) -> Callable[[Head], RecordRestored] | None:
        """What leads a terminal on that keeps ``kept``; None when nothing explains that, or is signed yet."""
        if self._ways is None:
            self._ways = self._known()
        way = self._ways.get((kept.size, kept.root)) or self._opened(kept, now)
        if way is None:
            return None
        # Remembered before it can be told: the line of the log is written once.
        self._ways[kept.size, kept.root] = way
        newest = self.record.newest()
        if newest is None:
            return None
        try:
            restored, led = self._proven(way.restored, newest), self._proven(way.led, newest)
        except RecordTooShort:
            return None  # signed in a few seconds, and the terminal speaks again
        note, key = newest.note.decode(), self.record.tools.key.print()
        return lambda head: RecordRestored(head, note, key, kept.size, restored, led)

    def _opened(self, kept: Kept, now: dt.datetime) -> _Way | None:
        if self._ways is not None and len(self._ways) >= self.most:
            return None  # a terminal that says another root each time fills no log
        if self.record.is_forked():
            return None  # put back once more: an earlier word does not explain that
        for restored in self.audit.newest(RESTORED, limit=_RESTORATIONS):
            if Restoration.read(restored.data).explains(kept.size, kept.root):
                told = led_data(restored.number, kept.size, kept.root)
                with self.audit.unit.begin() as tx:
                    return _Way(restored, self.audit.record(tx, LED, told, actor=BY, now=now))
        return None

    def _known(self) -> dict[tuple[int, str], _Way]:
        restored = {one.number: one for one in self.audit.newest(RESTORED, limit=_RESTORATIONS)}
        led = [one for one in self.audit.newest(LED, limit=self.most) if one.data["restored"] in restored]
        return {(one.data["size"], one.data["root"]): _Way(restored[one.data["restored"]], one) for one in led}

    def _proven(self, entry: AdminEvent, signed: Signed) -> Proven:
        return Proven(entry.whole(), Proof(*self.record.prove_one(HOUSE, entry.number, size=signed.size)))
