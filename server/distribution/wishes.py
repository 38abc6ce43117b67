"""What each device should hold, kept and sent when it changes (W27).

Rules: for the distribution's thread only. The number of a wish is in the database before the wish is sent.

Usage::

    wishes.refresh(peers.in_room(room))
    wish = wishes.of(peer)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from server.distribution.model import DeviceLink, SeatKey, wish_for
from server.distribution.peers import Peer, Peers
from server.distribution.ports import LinkStore
from server.distribution.rooms import Rooms
from server.unit import UnitOfWork
from wire.messages import Desired, Wish


class Wishes:
    """The wishes of all devices."""

    def __init__(self, unit: UnitOfWork, store: LinkStore, *, peers: Peers, rooms: Rooms) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._peers: Final = peers
        self._rooms: Final = rooms

    def numbered(self, peer: Peer, link: DeviceLink, owed: Sequence[SeatKey]) -> tuple[DeviceLink, Wish]:
        """The wish of this moment with its number, and the link that knows it (to be saved if it is another one).

        ``owed``: the keys that the device holds.
        """
        wish = wish_for(peer.place, self._rooms.held(peer.room), owed=owed, generation=0)
        link = link.wished(wish)
        return link, replace(wish, generation=link.generation)

    def of(self, peer: Peer) -> Wish | None:
        """The wish of a device that has a link."""
        if peer.link is None:
            return None
        with self._unit.read() as tx:
            link, wish = self.numbered(peer, peer.link, self._store.keys_of(tx, peer.device))
        if link is not peer.link:
            with self._unit.begin() as tx:
                self._store.save_link(tx, link)
            peer.link = link
        return wish

    def refresh(self, peers: Iterable[Peer]) -> None:
        """Tell those whose wish has changed."""
        known = [(peer, peer.link) for peer in peers if peer.link is not None]
        changed: list[tuple[Peer, DeviceLink, Wish]] = []
        with self._unit.begin() as tx:
            owed = self._store.keys_of_all(tx, [peer.device for peer, _ in known])
            for peer, before in known:
                link, wish = self.numbered(peer, before, owed.get(peer.device, ()))
                if link is not before:
                    changed.append((peer, link, wish))
            self._store.save_links(tx, [link for _, link, _ in changed])
        for peer, link, wish in changed:
            peer.link = link
            self.tell(peer, wish)

    def tell(self, peer: Peer, wish: Wish | None, *, heard: str = "", anew: str = "") -> None:
        """Send a device its wish, and what there is to say to what it told of its store (W195)."""
        if wish is not None:
            self._peers.tell(peer, lambda head: Desired(head, wish, heard, anew))
