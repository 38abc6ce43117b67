"""The record for the people who look after the house: how it is, checked now, taken away (L1–L3).

Rules: looking shows numbers and hashes, never what happened in a meeting; every check and every copy that is taken is
an entry of the administrators' log, and with it a leaf.

Usage: ``RecordDesk(record, audit, devices, names).overview()``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from server.audit.service import AdminLog
from server.dossier.findings import Finding, Mark
from server.dossier.service import archive
from server.record import archive as files
from server.record.errors import RecordForked
from server.record.model import Checked, Problem, Seen
from server.record.service import RecordService
from wire.fields import print_instant

VERIFIED: Final = "record_verified"
EXPORTED: Final = "record_exported"


class Place(NamedTuple):
    """Where a terminal stands."""

    room: str
    seat: str


@dataclass(frozen=True, slots=True)
class RecordDesk:
    """What the routes work with. ``places``: by device; ``name_of``: an actor in words."""

    record: RecordService
    audit: AdminLog
    places: Callable[[], Mapping[str, Place]]
    name_of: Callable[[str], str]

    def overview(self) -> dict[str, Any]:
        """How it is, without looking through it."""
        newest, checks = self.record.newest(), self.audit.newest(VERIFIED, limit=1)
        places = self.places()
        return {
            "key": self.record.tools.key.print(),
            "size": self.record.size(),
            "checkpoint": None
            if newest is None
            else {
                "size": newest.size,
                "root": newest.root.hex(),
                "at": print_instant(newest.at),
                "note": newest.note.decode(),
            },
            "forked": self.record.is_forked(),
            "verified": None
            if not checks
            else {"at": print_instant(checks[0].at), "by": self.name_of(checks[0].actor), **checks[0].data},
            "seats": [_seat(seen, places) for seen in self.record.all_seen() if seen.device in places],
        }

    def verify(self, *, by: str, now: dt.datetime) -> dict[str, Any]:
        """Look through all of it now; what was found is written down."""
        # What is checked is what others can hold the house to.
        with contextlib.suppress(RecordForked):
            self.record.sign(now=now)
        checked = self.record.check()
        told = {"size": checked.size, "problems": len(checked.problems)}
        with self.audit.unit.begin() as tx:
            self.audit.record(tx, VERIFIED, told, actor=by, now=now)
        return {**_checked(checked), "at": print_instant(now)}

    def export(self, *, by: str, now: dt.datetime) -> bytes:
        """A ZIP archive of leaves, checkpoints and key."""
        with self.audit.unit.begin() as tx:
            self.audit.record(tx, EXPORTED, {"size": self.record.size()}, actor=by, now=now)
        # What came after the signing is in the next copy: nobody signed it yet, and it is no fault of this one.
        is_whole = False
        try:
            self.record.sign(now=now)
        except RecordForked:
            # A record that is not what it was is taken all the same, and all of it: whoever checks it will see that.
            is_whole = True
        entries, signed = self.record.taken(is_whole=is_whole)
        return archive(files.write(entries, signed, self.record.tools.key))


def _seat(seen: Seen, places: Mapping[str, Place]) -> dict[str, Any]:
    place = places[seen.device]
    return {
        "device": seen.device,
        "room": place.room,
        "seat": place.seat,
        "size": seen.size,
        "state": seen.state.value,
        "at": print_instant(seen.at),
    }


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "size": checked.size,
        "root": checked.root.hex(),
        "logs": checked.logs,
        "checkpoints": checked.checkpoints,
        "problems": [_problem(one) for one in checked.problems],
    }


def _problem(one: Problem) -> dict[str, Any]:
    vi, en = Finding(Mark.WRONG, one.code, one.told()).lines()
    return {"code": one.code, "data": one.data, "vi": vi, "en": en}
