"""The devices as the server talks to them: sessions, numbers, what is sent to one of them (W24, W25).

Rules: for the distribution's thread only. A message is built around the next number of the peer's session; numbers are
reserved in the database before they are used, so a restarted server never repeats one.

Usage::

    peer = peers.get(device)
    peers.tell(peer, lambda head: Desired(head, wish))
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sealing.errors import BadKey
from server.clock import Clock
from server.distribution.model import NUMBERS, DeviceLink
from server.distribution.ports import LinkStore
from server.fleet.model import Place
from server.link.codec import Codec
from server.link.ports import Link
from server.unit import UnitOfWork
from wire.ids import DeviceId, RoomId
from wire.messages import Head, Message
from wire.topics import Topic

_LOG: Final = logging.getLogger("distribution")


@dataclass(slots=True)
class Peer:
    """One device: its place, its link, whether it is here, when it was heard last (monotonic seconds)."""

    device: DeviceId
    place: Place | None
    link: DeviceLink | None = None
    next_number: int = 0
    last_number: int = -1
    is_here: bool = False
    heard_s: float = 0.0

    @property
    def room(self) -> RoomId | None:
        """Where it stands."""
        return None if self.place is None else self.place.room


class Peers:
    """All approved devices."""

    def __init__(self, unit: UnitOfWork, store: LinkStore, *, link: Link, codec: Codec, clock: Clock) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._link: Final = link
        self._codec: Final = codec
        self._clock: Final = clock
        self._peers: dict[DeviceId, Peer] = {}

    def load(self) -> None:
        """Read the links; their numbers go on where no message has been."""
        with self._unit.begin() as tx:
            self._store.reserve_numbers(tx, count=NUMBERS)
            links = self._store.links(tx)
        for link in links:
            peer = self._peers.get(link.device)
            if peer is not None:
                self.keep(peer, link)
                peer.last_number = link.last_number
                peer.next_number = link.reserved_number - NUMBERS

    def place(self, device: DeviceId, place: Place | None) -> Peer:
        """A device stands at a seat."""
        peer = self._peers.setdefault(device, Peer(device, place))
        peer.place = place
        return peer

    def drop(self, device: DeviceId) -> None:
        """A device has lost its rights."""
        self._peers.pop(device, None)

    def get(self, device: str) -> Peer | None:
        """One device."""
        return self._peers.get(DeviceId(device))

    def all(self) -> list[Peer]:
        """Every device."""
        return list(self._peers.values())

    def in_room(self, room: RoomId) -> Iterator[Peer]:
        """The devices of a room."""
        return (peer for peer in self._peers.values() if peer.room == room)

    def keep(self, peer: Peer, link: DeviceLink) -> None:
        """The link as the database has it now."""
        peer.link = link

    def greeted(self, peer: Peer, link: DeviceLink) -> None:
        """A hello was accepted and kept."""
        if peer.link is None:
            peer.next_number = link.reserved_number - NUMBERS
        peer.link = link
        peer.last_number = link.last_number

    def check(self, peer: Peer, head: Head) -> None:
        """Raise :class:`wire.errors.StaleMessage` unless the message follows the last one that was taken."""
        head.must_follow(b"" if peer.link is None else peer.link.session or b"", peer.last_number)

    def tell(self, peer: Peer, build: Callable[[Head], Message]) -> bool:
        """Send one device a message; false when it has no session or there is no connection."""
        link = peer.link
        if link is None or link.session is None or link.box is None or not self._link.is_connected:
            return False
        head = Head(peer.device, link.session, self._number(peer, link), self._now())
        message = build(head)
        topic = Topic.down(peer.device, message.TYPE)
        try:
            return self._link.publish(topic, self._codec.seal_down(topic, message, to=link.box))
        except BadKey:
            _LOG.warning("%s gave a key that nothing can be sealed to", peer.device)
            return False

    def _number(self, peer: Peer, link: DeviceLink) -> int:
        if peer.next_number >= link.reserved_number:
            more = replace(link, reserved_number=link.reserved_number + NUMBERS)
            with self._unit.begin() as tx:
                self._store.save_link(tx, more)
            peer.link = more
        number = peer.next_number
        peer.next_number += 1
        return number

    def _now(self) -> dt.datetime:
        return self._clock.now()
