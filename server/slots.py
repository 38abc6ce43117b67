"""Places where features built later plug into features built earlier.

Rules: each slot starts with an answer that is true when nothing is plugged in; a slot is filled once, while the server
is being put together, never while it runs.

Usage::

    services.slots.holders = distribution_store
    services.slots.announcers.append(distribution)
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from server.fleet.model import Presence
from server.fleet.ports import PresenceSource
from server.identity.model import Actor
from server.meetings.ports import Announcer, Epochs, Holder, Holders
from server.unit import Transaction
from wire.events import Event
from wire.ids import DeviceId, MeetingId
from wire.state import MeetingState

_LOG: Final = logging.getLogger("meetings")


class SeatDevices(Protocol):
    """Which terminal stands at a seat (the fleet answers)."""

    def at_seat(self, seat: str) -> dict[str, Any] | None:
        """``{id, state, online}`` of the terminal, None when there is none."""
        ...


class Displays(Protocol):
    """Signs the room displays in (the fleet answers)."""

    def room_of(self, token: str) -> str | None:
        """The room of the display that holds the cookie ``token``."""
        ...


class DeliveryFeed(Protocol):
    """How far the papers have come (the distribution answers)."""

    def delivery(self, meeting: MeetingId) -> dict[str, Any]:
        """``{seats, papers, recall}`` of docs/API.md."""
        ...


class SigningFeed(Protocol):
    """Rounds of signing (the signing desk answers)."""

    def signing(self, meeting: MeetingId) -> dict[str, Any]:
        """All rounds of a meeting, as ``GET /api/meetings/<m>/rounds``."""
        ...

    def signing_for(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        """What of :meth:`signing` is for this reader."""
        ...

    def waiting(self, person: str) -> list[dict[str, Any]]:
        """The rounds of ``GET /api/signing/waiting``."""
        ...


class FleetFeed(Protocol):
    """All terminals (the fleet answers)."""

    def devices(self) -> list[dict[str, Any]]:
        """As ``GET /api/devices``."""
        ...


class Nothing:
    """The honest answer of every slot while nothing is plugged in."""

    def holding(self, meeting: MeetingId) -> Sequence[Holder]:  # noqa: ARG002 - the port's signature
        """No device holds anything."""
        return ()

    def at_seat(self, seat: str) -> dict[str, Any] | None:  # noqa: ARG002 - the port's signature
        """No terminal stands anywhere."""
        return None

    def room_of(self, token: str) -> str | None:  # noqa: ARG002 - the port's signature
        """No display is known."""
        return None

    def delivery(self, meeting: MeetingId) -> dict[str, Any]:  # noqa: ARG002 - the port's signature
        """Nothing was delivered."""
        return {"seats": [], "papers": [], "recall": {"expected": 0, "confirmed": 0}}

    def signing(self, meeting: MeetingId) -> dict[str, Any]:  # noqa: ARG002 - the port's signature
        """No rounds."""
        return {"rounds": [], "has_stamps": False}

    def signing_for(
        self,
        meeting: MeetingId,  # noqa: ARG002 - the port's signature
        told: Mapping[str, Any],
        actor: Actor,  # noqa: ARG002 - the port's signature
    ) -> dict[str, Any]:
        """Nobody reads less of nothing."""
        return dict(told)

    def waiting(self, person: str) -> list[dict[str, Any]]:  # noqa: ARG002 - the port's signature
        """No signature is waited for."""
        return []

    def devices(self) -> list[dict[str, Any]]:
        """No terminal."""
        return []

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:  # noqa: ARG002 - as above
        """Nothing is known of any terminal."""
        return {}


@dataclass
class Slots:
    """All slots of the server."""

    announcers: list[Announcer] = field(default_factory=list)
    holders: Holders = field(default_factory=Nothing)
    #: None: meetings have epochs, and nobody keeps keys for them
    epochs: Epochs | None = None
    seat_devices: SeatDevices = field(default_factory=Nothing)
    displays: Displays = field(default_factory=Nothing)
    delivery: DeliveryFeed = field(default_factory=Nothing)
    signing: SigningFeed = field(default_factory=Nothing)
    fleet: FleetFeed = field(default_factory=Nothing)
    #: who is online (the distribution answers)
    presence: PresenceSource = field(default_factory=Nothing)
    #: who wants to know that somebody wrote in a meeting's minutes, which no event says
    minutes_changed: list[Callable[[MeetingId], None]] = field(default_factory=list)

    def minutes_written(self, meeting: MeetingId) -> None:
        """Tell whoever wants to know."""
        for changed in self.minutes_changed:
            changed(meeting)

    def announce(
        self, meeting: MeetingId, events: Sequence[Event], *, before: MeetingState, after: MeetingState
    ) -> None:
        """Tell all announcers; one that fails keeps the others from nothing."""
        for announcer in self.announcers:
            try:
                announcer.announce(meeting, events, before=before, after=after)
            except Exception:  # noqa: BLE001 - whatever one announcer raises, the change is committed and the next must hear
                _LOG.exception("%s was not told of %s up to %d", type(announcer).__name__, meeting, after.seq)

    def holding(self, meeting: MeetingId) -> Sequence[Holder]:
        """What the holders slot answers now."""
        return self.holders.holding(meeting)

    def delivery_now(self, meeting: MeetingId) -> dict[str, Any]:
        """What the delivery slot answers now."""
        return self.delivery.delivery(meeting)

    def signing_now(self, meeting: MeetingId) -> dict[str, Any]:
        """What the signing slot answers now."""
        return self.signing.signing(meeting)

    def signing_for(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        """What the signing slot says of it."""
        return self.signing.signing_for(meeting, told, actor)

    def waiting_now(self, person: str) -> list[dict[str, Any]]:
        """What the signing slot answers now."""
        return self.signing.waiting(person)

    def devices_now(self) -> list[dict[str, Any]]:
        """What the fleet slot answers now."""
        return self.fleet.devices()

    def device_at(self, seat: str) -> dict[str, Any] | None:
        """What the seat-devices slot answers now."""
        return self.seat_devices.at_seat(seat)

    def start(self, tx: Transaction, meeting: str, *, now: dt.datetime) -> int:
        """Start the next epoch of keys; 0 when nobody keeps any."""
        return 0 if self.epochs is None else self.epochs.start(tx, meeting, now=now)
