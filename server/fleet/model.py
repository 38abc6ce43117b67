"""What a terminal is, and its life cycle.

Rules: the table `STEPS` is the life cycle, what is not in it raises DeviceWrongState; only an approved device has a
seat; a revoked one has none and never comes back with its key. The 12-digit code is compared digit by digit, blanks
ignored.

Usage::

    state = step(DeviceState.PENDING, Step.APPROVE)      # APPROVED
    must_match(device.code, "1234 5678 9012")
"""

from __future__ import annotations

import datetime as dt
import enum
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

from server.fleet.errors import CodeDiffers, DeviceWrongState
from server.pki.model import Revoked
from wire.fields import print_instant
from wire.ids import DeviceId, RoomId, SeatId
from wire.messages import Machine

#: How often a waiting seat asks again, and how long a request that nobody repeats is kept.
RETRY_S: Final = 3
FORGOTTEN_AFTER: Final = dt.timedelta(hours=24)
#: A certificate younger than this is handed out again; an older one is replaced (renewal from day 10).
RENEW_AFTER: Final = dt.timedelta(days=10)
MAX_REASON: Final = 500


class DeviceState(enum.StrEnum):
    """chờ duyệt · đã duyệt · bị từ chối · đã thu hồi."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"


class Step(enum.StrEnum):
    """What IT can do to a device."""

    APPROVE = "approve"
    REFUSE = "refuse"
    MOVE = "move"
    REVOKE = "revoke"


#: The life cycle: what can be done in which state, and where it leads. A refusal can be taken back, a revocation not.
STEPS: Final = {
    (DeviceState.PENDING, Step.APPROVE): DeviceState.APPROVED,
    (DeviceState.PENDING, Step.REFUSE): DeviceState.REFUSED,
    (DeviceState.REFUSED, Step.APPROVE): DeviceState.APPROVED,
    (DeviceState.APPROVED, Step.MOVE): DeviceState.APPROVED,
    (DeviceState.APPROVED, Step.REVOKE): DeviceState.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A seat and the room it stands in."""

    seat: SeatId
    label: str
    room: RoomId
    room_name: str


@dataclass(frozen=True, slots=True)
class Device:
    """One terminal. ``spki`` is its public key (DER), ``place`` its seat while it is approved."""

    id: DeviceId
    code: str
    spki: bytes
    serial: str
    state: DeviceState
    requested_at: dt.datetime
    asked_at: dt.datetime
    place: Place | None = None
    certificate_until: dt.datetime | None = None
    #: when it was let in or turned away, moved, cut off: the last of them
    decided_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided about a device, why and when."""

    by: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Command:
    """Who decides, under which idempotency key, and when; ``name``: what that person is called, where it is known."""

    actor: str
    act: str
    now: dt.datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was issued: its serial number, DER, and how long it holds."""

    serial: int
    device: DeviceId
    der: bytes
    issued_at: dt.datetime
    until: dt.datetime
    #: when the device first said hello with it, and when it was taken back or another took its place
    seen_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


class Alert(enum.StrEnum):
    """What IT has to know of a terminal, beyond how it is just now."""

    #: let in again after its certificate had ended
    REENROLLED = "reenrolled"
    #: asks for certificates without end
    RENEWS_TOO_OFTEN = "renews_too_often"
    #: its key is at two places
    COPIED = "copied"
    #: asks with its first key, on and on, while a certificate for another one holds
    FIRST_KEY = "first_key"
    #: its store did not open, and was made anew
    STORE_LOST = "store_lost"
    #: its store waits for IT (``detail``: a Question); once settled it is made anew, and shown until it is open
    STORE_SHUT = "store_shut"
    #: its store fails to open (``detail``: the word for it), and it tries again; nobody settles it
    STORE_FAULT = "store_fault"


#: Those that IT settles; the other goes by itself.
SETTLED: Final = frozenset(Alert) - {Alert.STORE_FAULT}


@dataclass(frozen=True, slots=True)
class Question:
    """Of a store that waits for IT: its number, why it is asked (empty: not said), and whether IT has answered."""

    asked: str
    why: str
    is_ordered: bool = False

    def text(self) -> str:
        """As it is kept, in the detail of the alert."""
        return " ".join([self.asked, self.why or "-", *(["ordered"] if self.is_ordered else [])])

    @classmethod
    def read(cls, text: str) -> Self:
        """What :meth:`text` wrote."""
        asked, why, *ordered = [*text.split(), "", ""][:3]
        return cls(asked, "" if why == "-" else why, ordered == ["ordered"])


@dataclass(frozen=True, slots=True)
class Wiped:
    """That a device is to destroy what it keeps, or has: when IT ordered it and when its receipt came."""

    device: DeviceId
    ordered_at: dt.datetime | None
    wiped_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """An alert about one device that nobody has settled: since when, when last, how often; ``detail`` tells more."""

    device: DeviceId
    kind: Alert
    since: dt.datetime
    last_at: dt.datetime
    times: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of a device beyond the database; ``seqs`` maps meetings to the number it has reached.

    Numbers, disk and generation are as old as ``reported_at``, the device's last report of its health.
    """

    online: bool = False
    last_seen_at: dt.datetime | None = None
    reported_at: dt.datetime | None = None
    agent: str = ""
    seqs: tuple[tuple[str, int], ...] = ()
    disk_free_mb: int | None = None
    generation: int = 0
    #: which screen the seat is on, and what its reader holds (W113); empty before the first report
    screen: str = ""
    token: str = ""
    #: how its machine is (W170); None: it does not say
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class FleetChange:
    """A committed change of one device: what happened, and its place before and after."""

    device: DeviceId
    step: Step | None
    before: Place | None = None
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class AccessWanted:
    """What the broker is to be told: who may connect and from which room, whose certificates are taken back."""

    members: tuple[tuple[DeviceId, RoomId | None], ...]
    revoked: tuple[Revoked, ...]
    revoked_devices: tuple[DeviceId, ...]


def step(state: DeviceState, wanted: Step) -> DeviceState:
    """Where ``wanted`` leads; raises :class:`DeviceWrongState`."""
    found = STEPS.get((state, wanted))
    if found is None:
        raise DeviceWrongState(state=state.value, step=wanted.value)
    return found


def must_match(code: str, typed: str) -> None:
    """Raise :class:`CodeDiffers` unless ``typed`` has the same 12 digits."""
    expected, given = ("".join(text.split()).encode() for text in (code, typed))
    if not hmac.compare_digest(expected, given):
        raise CodeDiffers


def device_value(
    device: Device, presence: Presence, alerts: Iterable[Told] = (), wiped: Wiped | None = None
) -> dict[str, Any]:
    """A device as the console sees it (docs/API.md, ``GET /api/devices``)."""
    place = device.place
    return {
        "id": device.id,
        "code": device.code,
        "state": device.state.value,
        "serial": device.serial,
        "seat": place.seat if place else None,
        "seat_label": place.label if place else "",
        "room": place.room if place else None,
        "room_name": place.room_name if place else "",
        "requested_at": print_instant(device.requested_at),
        "online": presence.online,
        "last_seen_at": _moment(presence.last_seen_at),
        "reported_at": _moment(presence.reported_at),
        "agent": presence.agent,
        "certificate_until": _moment(device.certificate_until),
        "seqs": dict(presence.seqs),
        "disk_free_mb": presence.disk_free_mb,
        "generation": presence.generation,
        "screen": presence.screen,
        "token": presence.token,
        "machine": presence.machine.to_value() if presence.machine else None,
        "wipe_ordered_at": _moment(wiped.ordered_at) if wiped else None,
        "wiped_at": _moment(wiped.wiped_at) if wiped else None,
        "alerts": [
            {
                "kind": each.kind.value,
                "since": print_instant(each.since),
                "last_at": print_instant(each.last_at),
                "times": each.times,
                "detail": each.detail,
                "question": _question(each),
            }
            for each in alerts
        ],
    }


def _question(told: Told) -> dict[str, Any] | None:
    if told.kind is not Alert.STORE_SHUT:
        return None
    question = Question.read(told.detail)
    return {"asked": question.asked, "why": question.why, "ordered": question.is_ordered}


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else print_instant(at)
