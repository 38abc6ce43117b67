"""What the distribution needs from outside.

Rules: the store takes the transaction first; nothing else here is called inside one.

Usage: ``Distribution(Outside(...), store, link=link)`` in ``server/assembly/distribution.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sealing.epochs import EpochKey
from server.distribution.model import DeviceLink, KeptReceipt, SeatKey, SentKey
from server.fleet.model import Device
from server.papers.ports import StoredVersion
from server.unit import Transaction
from wire.events import Event
from wire.ids import DeviceId, MeetingId, RoomId
from wire.messages import (
    Drop,
    Head,
    Hours,
    Kept,
    Machine,
    Maintenance,
    Mixed,
    Obeyed,
    RecordCheckpoint,
    RecordRestored,
    SigningRound,
    Updating,
)
from wire.records import Layout
from wire.secret import Secret
from wire.state import MeetingState, SeatReceipt
from wire.topics import PaperVersion


class Given(Protocol):
    """A challenge as the tokens feature gives it."""

    @property
    def challenge(self) -> str:
        """Its id."""
        ...

    @property
    def nonce(self) -> bytes:
        """32 random bytes."""
        ...

    @property
    def expires_at(self) -> dt.datetime:
        """Until when it is good."""
        ...


class Challenges(Protocol):
    """Gives challenges for signing in with a token (``server.tokens``)."""

    @property
    def server_key(self) -> str:
        """SHA-256 of this server's signing key."""
        ...

    def give(self, device: str, seat: str, *, meeting: str) -> Given:
        """A challenge for one device at one seat; never waits."""
        ...


class Rounds(Protocol):
    """Rounds of signing, as the seats of their signers are told of them (``server.signing.seats``)."""

    def rounds_for(self, meeting: MeetingId, person: str) -> Sequence[SigningRound]:
        """Those in which a person is a signer, the newest first."""
        ...

    def signers(self, meeting: MeetingId) -> frozenset[str]:
        """Everybody who is a signer in any of them."""
        ...


class Record(Protocol):
    """The record, as the seats keep what they see of it (``server.record.seats``)."""

    def hear(self, device: str, kept: Kept, *, now: dt.datetime) -> None:
        """A seat has said what it keeps."""
        ...

    def later_than(
        self, device: str, *, now: dt.datetime
    ) -> Callable[[Head], RecordCheckpoint | RecordRestored] | None:
        """What a seat that was heard does not have yet; None when there is nothing."""
        ...


class LinkStore(Protocol):
    """Links, seat keys, deliveries, receipts; and what of the meetings must be seen in the same transaction."""

    def links(self, tx: Transaction) -> list[DeviceLink]:
        """All links."""
        ...

    def link(self, tx: Transaction, device: DeviceId) -> DeviceLink | None:
        """One link."""
        ...

    def save_link(self, tx: Transaction, link: DeviceLink) -> None:
        """Keep a link, new or changed."""
        ...

    def save_links(self, tx: Transaction, links: Sequence[DeviceLink]) -> None:
        """Keep links, new or changed."""
        ...

    def destroy_store_key(self, tx: Transaction, device: DeviceId) -> None:
        """What the device keeps is opened by nobody any more."""
        ...

    def revoked_with_key(self, tx: Transaction) -> list[DeviceId]:
        """Revoked devices whose store key is not destroyed."""
        ...

    def reserve_numbers(self, tx: Transaction, *, count: int) -> None:
        """Raise every link's reserved number by ``count``."""
        ...

    def keys_of(self, tx: Transaction, device: DeviceId) -> list[SeatKey]:
        """The seat keys of a device that are not destroyed."""
        ...

    def keys_of_all(self, tx: Transaction, devices: Sequence[DeviceId]) -> Mapping[DeviceId, Sequence[SeatKey]]:
        """The seat keys of these devices that are not destroyed; a device without one is left out."""
        ...

    def keys_for(self, tx: Transaction, meeting: MeetingId) -> list[SeatKey]:
        """The seat keys for a meeting that are not destroyed."""
        ...

    def sent_keys(self, tx: Transaction) -> list[SentKey]:
        """Who was ever sent a key of the meetings in the phases of holding, destroyed or not."""
        ...

    def save_key(self, tx: Transaction, key: SeatKey) -> None:
        """Keep a seat key, new or changed."""
        ...

    def held_meetings(self, tx: Transaction, room: str) -> list[MeetingId]:
        """The meetings of a room in the phases of holding, the earliest start first."""
        ...

    def may_join(self, tx: Transaction, meeting: MeetingId, *, room: str) -> bool:
        """Whether the meeting is held in the room; nobody closes it until the transaction ends."""
        ...

    def add_delivery(
        self, tx: Transaction, device: DeviceId, version: PaperVersion, *, report: bytes, at: dt.datetime
    ) -> None:
        """Keep the signed report that a paper is complete on a device; the first one counts."""
        ...

    def deliveries(self, tx: Transaction, version: PaperVersion) -> list[DeviceId]:
        """The devices on which a paper was complete."""
        ...

    def receipt(self, tx: Transaction, act: str) -> KeptReceipt | None:
        """The receipt of this act, whoever gave it."""
        ...

    def add_receipt(
        self, tx: Transaction, act: str, *, device: DeviceId, meeting: MeetingId, envelope: bytes, at: dt.datetime
    ) -> None:
        """Keep a signed receipt, and note that the device's key for the meeting is destroyed."""
        ...


class Ballots(Protocol):
    """What is done with secret ballots that are handed in (the urn)."""

    def heard(self, device: str, message: Drop | Mixed) -> None:
        """Returns at once."""
        ...


class OrderDesk(Protocol):
    """Who waits for what terminals answer to IT's orders (W171)."""

    def obeyed(self, device: str, message: Obeyed) -> None:
        """Returns at once."""
        ...


class UpdateDesk(Protocol):
    """Who looks after new images of terminals (W176)."""

    def heard(self, device: str, message: Updating) -> None:
        """Returns at once."""
        ...


class Fleet(Protocol):
    """The devices."""

    def approved(self) -> Sequence[Device]:
        """Those that have a seat."""
        ...

    def find(self, device: str) -> Device | None:
        """One of them."""
        ...

    def kept(self, device: DeviceId, room: RoomId | None) -> tuple[Hours | None, Maintenance | None]:
        """How a device is looked after, for its welcome (W187)."""
        ...

    def certificate_seen(self, device: DeviceId, serial: str) -> None:
        """A hello of the device named the certificate it came with (hexadecimal)."""
        ...

    def copied(self, device: DeviceId, detail: str) -> None:
        """The device's key is at two places; ``detail``: which two starts were heard in turns."""
        ...

    def store_lost(self, device: DeviceId) -> None:
        """The device has made its store anew, or given up a part of it (W195)."""
        ...

    def store_said(self, device: DeviceId, machine: Machine, now: dt.datetime) -> str:
        """How the device's store is; its question, when IT has said of it: make it anew. Empty otherwise (W195)."""
        ...


class Meetings(Protocol):
    """The meetings feature, as far as seats need it."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId, *, after: int = 0) -> list[Event]:
        """The events with numbers above ``after``."""
        ...

    def confirm_recall(self, meeting: MeetingId, receipt: SeatReceipt, *, now: dt.datetime) -> None:
        """Write a verified receipt to the log, once."""
        ...

    def start_epoch(self, meeting: MeetingId, *, now: dt.datetime) -> None:
        """Begin a new epoch of keys."""
        ...


class Epochs(Protocol):
    """The keys of epochs."""

    def key(self, tx: Transaction, meeting: str, *, epoch: int) -> EpochKey:
        """The key; raises EpochUnknown."""
        ...


class Papers(Protocol):
    """The versions of papers."""

    def find(self, tx: Transaction, version: PaperVersion) -> StoredVersion | None:
        """One version."""
        ...


class Chunks(Protocol):
    """The encrypted files."""

    def chunk(self, version: PaperVersion, layout: Layout, number: int) -> bytes:
        """One transport chunk; raises ``OSError``."""
        ...


class Wrapping(Protocol):
    """Keeps keys safe in the database."""

    def wrap(self, key: Secret) -> bytes:
        """The key, wrapped."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again."""
        ...


class Watcher(Protocol):
    """Wants to know that something to look at has changed (the live hub)."""

    def delivery_changed(self, meeting: MeetingId) -> None:
        """How far a meeting's papers have come."""
        ...

    def fleet_changed(self) -> None:
        """Who is there."""
        ...
