"""The record for the people who look after the house: how it is, checked now, taken away (L1–L3).

Rules: looking shows numbers and hashes, never what happened in a meeting; every check and every copy that is taken is
an entry of the administrators' log, and with it a leaf.

Usage: ``RecordDesk(record, audit, devices, names).overview()``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from server.audit.model import AdminEvent
from server.audit.service import AdminLog
from server.dossier.findings import Finding, Mark
from server.dossier.packing import archive
from server.record import archive as files
from server.record.errors import RecordForked, RecordNotRestored, RestorationNotShown
from server.record.model import AGAINST, Checked, Problem, SeatState, Seen, WentBack
from server.record.service import RecordService
from wire.fields import print_instant
from wire.restorations import RESTORED, Restoration

VERIFIED: Final = "record_verified"
#: Of so many restorations the terminals are explained.
_RESTORATIONS: Final = 50
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
        places, restored = self.places(), self.audit.newest(RESTORED, limit=_RESTORATIONS)
        back = self.record.went_back()
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
            "went_back": None if back is None else _went_back(back),
            "restored": [self._restored(one) for one in restored[:1]],
            "seats": [_seat(seen, places, restored) for seen in self.record.all_seen() if seen.device in places],
        }

    def verify(self, *, by: str, now: dt.datetime) -> dict[str, Any]:
        """Look through all of it now; what was found is written down."""
        # What is checked is what others can hold the house to.
        with contextlib.suppress(RecordForked):
            self.record.sign(now=now)
        return self.conclude(self.record.check(), since=0, by=by, now=now)

    def conclude(self, checked: Checked, *, since: int, by: str, now: dt.datetime) -> dict[str, Any]:
        """Write down what a check found; ``since``: from how many leaves on it looked, 0 for all."""
        told: dict[str, Any] = {"size": checked.size, "root": checked.root.hex(), "problems": len(checked.problems)}
        if since:
            told["since"] = since
        if checked.problems:
            told["first"] = {"code": checked.problems[0].code, **checked.problems[0].data}
        with self.audit.unit.begin() as tx:
            self.audit.record(tx, VERIFIED, told, actor=by, now=now)
        return {**_checked(checked), "at": print_instant(now)}

    def acknowledge(self, shown: tuple[int, int], *, reason: str, by: str, now: dt.datetime) -> dict[str, Any]:
        """Say that the database was put back on purpose; signing goes on. ``shown``: from and to which number.

        Raises RecordNotRestored, RestorationNotShown. The entry is there before the old note is set aside: whoever
        dies in between is asked once more, and the record knows of both.
        """
        back = self.record.went_back()
        if back is None:
            raise RecordNotRestored
        # What is added meanwhile is no other restoration.
        if back.old != shown[0] or not back.signed <= shown[1] <= back.new:
            raise RestorationNotShown(old=back.old, new=back.new)
        told = {"old": back.old, "root": back.root, "new": shown[1], "signed": back.signed, "reason": reason}
        with self.audit.unit.begin() as tx:
            self.audit.record(tx, RESTORED, told, actor=by, now=now)
        self.record.tools.keep.set_aside()
        self.record.sign(now=now)
        return self.overview()

    def _restored(self, entry: AdminEvent) -> dict[str, Any]:
        told = {name: entry.data[name] for name in ("old", "new", "reason")}
        return {**told, "at": print_instant(entry.at), "by": self.name_of(entry.actor)}

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


def _went_back(back: WentBack) -> dict[str, Any]:
    at = None if back.at is None else print_instant(back.at)
    return {"old": back.old, "new": back.new, "at": at}


def _state(seen: Seen, restored: Sequence[AdminEvent]) -> str:
    """A terminal that keeps what a restoration took away is right, and explained; one that left it says so."""
    if seen.state not in AGAINST:
        return "followed" if seen.gave_up and seen.state is SeatState.GOOD else seen.state.value
    explained = any(Restoration.read(one.data).explains(seen.size, seen.root) for one in restored)
    return "acknowledged" if seen.state is SeatState.FORKED and explained else SeatState.FORKED.value


def _seat(seen: Seen, places: Mapping[str, Place], restored: Sequence[AdminEvent]) -> dict[str, Any]:
    place = places[seen.device]
    return {
        "device": seen.device,
        "room": place.room,
        "seat": place.seat,
        "size": seen.size,
        "state": _state(seen, restored),
        "gave_up": seen.gave_up,
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
