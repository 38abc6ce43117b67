"""Acts that people made and the server has not committed yet; they survive everything but a lost disk.

Rules W28: an act counts as accepted when it is durable here, and leaves when the server's acknowledgement says that it
is committed or refused for good. Same id, same act: putting it twice keeps it once. Order is kept. A settled act whose
mark was lost in a power cut is sent again, which the server answers as before. Sealed under the store key. Acts leave
room for receipts; a receipt finds a place even without room, for its note is durable and makes it anew (P7).

Usage::

    outbox = Outbox.open(disk, sealer)
    outbox.put(entry); outbox.owe(receipt)
    for entry in outbox.waiting(): ...
    outbox.settle(entry.act)
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final, Self

from edge.errors import DiskFull
from edge.vault.disk import Disk
from edge.vault.journal import Journal
from edge.vault.seal import Sealer
from wire import canonical
from wire.fields import Fields, print_instant

NAME: Final = "outbox"
_COMPACT_AFTER: Final = 64
#: What people's acts leave free, so that a recall can still be noted and receipted (P7).
RECEIPT_RESERVE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One act (or receipt): ``act`` is its idempotency key, ``data`` what ``wire.messages.Act`` carries."""

    act: str
    kind: str
    meeting: str
    person: str | None
    made_at: dt.datetime
    data: dict[str, Any] = field(default_factory=dict, hash=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "act": self.act,
            "kind": self.kind,
            "meeting": self.meeting,
            "person": self.person,
            "made_at": print_instant(self.made_at),
            "data": self.data,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check; raises :class:`wire.errors.BadField`."""
        entry = cls(
            act=fields.id("act", "a"),
            kind=fields.text("kind", limit=40),
            meeting=fields.id("meeting", "m"),
            person=fields.id("person", "u") if fields.has("person") else None,
            made_at=fields.instant("made_at"),
            data=fields.any("data"),
        )
        fields.end()
        return entry


class Outbox:
    """The entries that wait, in the order they were put."""

    def __init__(self, disk: Disk, journal: Journal) -> None:
        self._disk = disk
        self._journal = journal
        self._waiting: dict[str, Entry] = {}

    @classmethod
    def open(cls, disk: Disk, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`edge.errors.SealBroken`, and what the disk raises."""
        outbox = cls(disk, Journal(disk, NAME, sealer=sealer))
        outbox._load()
        return outbox

    def put(self, entry: Entry) -> bool:
        """Keep an act durably; false when it was there. Raises :class:`edge.errors.DiskFull`."""
        if entry.act in self._waiting:
            return False
        if self._disk.free_bytes() < RECEIPT_RESERVE_BYTES:
            raise DiskFull(f"{NAME}: what is left is for receipts")
        self._append(entry)
        self._waiting[entry.act] = entry
        return True

    def owe(self, receipt: Entry) -> None:
        """Keep a receipt whose note is durable; without room for it the memory has to do until the next start."""
        if receipt.act not in self._waiting:
            with contextlib.suppress(DiskFull):
                self._append(receipt)
            self._waiting[receipt.act] = receipt

    def settle(self, act: str) -> None:
        """Forget an entry; one that is not there is settled already."""
        if self._waiting.pop(act, None) is None:
            return
        if len(self._journal) >= _COMPACT_AFTER + 2 * len(self._waiting):
            self._compact()
        else:
            self._journal.append([canonical.encode({"done": act})], durable=False)

    def waiting(self) -> tuple[Entry, ...]:
        """What the server has not acknowledged, oldest first."""
        return tuple(self._waiting.values())

    def get(self, act: str) -> Entry | None:
        """One waiting entry."""
        return self._waiting.get(act)

    def _load(self) -> None:
        records = self._journal.load()
        for record in records:
            fields = Fields(canonical.decode(record), "outbox")
            if fields.has("put"):
                entry = Entry.read(fields.object("put"))
                self._waiting[entry.act] = entry
            else:
                self._waiting.pop(fields.id("done", "a"), None)
        if len(records) > len(self._waiting):
            # Smaller is better, not needed: a full disk must not keep the store from opening.
            with contextlib.suppress(DiskFull):
                self._compact()

    def _append(self, entry: Entry) -> None:
        self._journal.append([canonical.encode({"put": entry.to_value()})], durable=True)

    def _compact(self) -> None:
        self._journal.replace([canonical.encode({"put": entry.to_value()}) for entry in self._waiting.values()])
