"""What a release and a roll-out are.

Rules: a release is its bytes (SHA-256); a roll-out goes from one terminal over one room to all of them, and ends once.

Usage::

    rollout = Rollout("a-…", release.sha256, lab="d-…", room="r-…", soak_h=24, begun_at=now, begun_by="person:u-…")
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, Final

from wire.fields import print_instant
from wire.ids import DeviceId, RoomId
from wire.messages import Release

MAX_SOAK_H: Final = 24 * 14
#: What lies in a release and not in the seats or the network: one seat that had it falls back, or could not take it.
FAULTS: Final = frozenset(
    {"install", "signature", "tampered", "too-old", "unwell", "wrong-device", "expired", "no-slot"}
)
#: How often a seat is asked again after what was the network's, the disk's or the moment's.
MOST_TRIES: Final = 3
ENDS: Final = frozenset({"good", "failed", "fallen-back", "cancelled"})


class Stage(enum.StrEnum):
    """ghế thử → một phòng → tất cả."""

    LAB = "lab"
    ROOM = "room"
    ALL = "all"

    @property
    def next(self) -> Stage | None:
        """What comes after it."""
        return {Stage.LAB: Stage.ROOM, Stage.ROOM: Stage.ALL}.get(self)


class RolloutState(enum.StrEnum):
    """đang triển khai · đã dừng · hoàn thành · đã kết thúc sớm."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    ENDED = "ended"


#: Nothing more happens in these.
OVER: Final = frozenset({RolloutState.DONE, RolloutState.ENDED})


@dataclass(frozen=True, slots=True)
class Described:
    """What a bundle says of itself, believed; ``signer`` is the subject of whoever signed it."""

    version: str
    compatible: str
    minimum: str
    expires: dt.datetime
    signer: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as the house keeps it: ``signer`` is the subject of who signed, ``name`` the file's as it came."""

    release: Release
    name: str
    signer: str
    added_at: dt.datetime
    added_by: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **self.release.to_value(),
            "name": self.name,
            "signer": self.signer,
            "added_at": print_instant(self.added_at),
            "added_by": self.added_by,
        }


@dataclass(frozen=True, slots=True)
class Rollout:
    """``soak_h``: hours for which a stage has to stay well before the next begins; ``ready_at``: since when all of this
    stage are; ``fault``: the terminal that stopped it and its reason.
    """

    id: str
    sha256: str
    lab: DeviceId
    room: RoomId
    soak_h: int
    begun_at: dt.datetime
    begun_by: str
    stage: Stage = Stage.LAB
    state: RolloutState = RolloutState.RUNNING
    ready_at: dt.datetime | None = None
    fault: tuple[DeviceId, str] | None = None
    ended_at: dt.datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in it."""
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a terminal is: ``update`` the id of the words it is told, ``said`` the last of them; the rest is its own.

    A new try has a new id, because the same word again is the same word (W176).
    """

    device: DeviceId
    update: str
    said: str
    said_at: dt.datetime
    state: str = ""
    done: int = 0
    reason: str = ""
    heard_at: dt.datetime | None = None
    tries: int = 1
    skipped: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether the terminal does nothing more by itself."""
        return self.state in ENDS

    @property
    def last_at(self) -> dt.datetime:
        """When anything was last said or heard."""
        return self.said_at if self.heard_at is None else max(self.said_at, self.heard_at)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a roll-out needs to know of an approved terminal; ``compatible`` None: it has not said so yet."""

    device: DeviceId
    label: str
    room: RoomId
    online: bool
    image: str
    compatible: str | None
    room_name: str = ""
