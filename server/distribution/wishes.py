"""What each device should hold, kept and sent when it changes (W27).

Rules: for the distribution's thread only. The number of a wish is in the database before the wish is sent.

Usage::

    wishes.refresh(peers.in_room(room))
    wish = wishes.of(peer)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from server.distribution.model import DeviceLink, wish_for
from server.distribution.peers import Peer, Peers
from server.distribution.ports import LinkStore
from server.distribution.rooms import Rooms
from server.unit import Transaction, UnitOfWork
from wire.messages import Desired, Wish


class Wishes:
    """The wishes of all devices."""

    def __init__(self, unit: UnitOfWork, store: LinkStore, *, peers: Peers, rooms: Rooms) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._peers: Final = peers
        self._rooms: Final = rooms

    def numbered(self, tx: Transaction, peer: Peer, link: DeviceLink) -> tuple[DeviceLink, Wish]:
        """The wish of this moment with its number, and the link that knows it (to be saved if it is another one)."""
        held = self._rooms.held(peer.room)
        wish = wish_for(peer.place, held, owed=self._store.keys_of(tx, peer.device), generation=0)
        link = link.wished(wish)
        return link, replace(wish, generation=link.generation)

    def of(self, peer: Peer) -> Wish | None:
        """The wish of a device that has a link."""
        if peer.link is None:
            return None
        with self._unit.read() as tx:
            link, wish = self.numbered(tx, peer, peer.link)
        if link is not peer.link:
            with self._unit.begin() as tx:
                self._store.save_link(tx, link)
            peer.link = link
        return wish

    def refresh(self, peers: Iterable[Peer]) -> None:
        """Tell those whose wish has changed."""
        changed: list[tuple[Peer, DeviceLink, Wish]] = []
        with self._unit.begin() as tx:
            for peer in peers:
                if peer.link is None:
                    continue
                link, wish = self.numbered(tx, peer, peer.link)
                if link is not peer.link:
                    self._store.save_link(tx, link)
                    changed.append((peer, link, wish))
        for peer, link, wish in changed:
            peer.link = link
            self.tell(peer, wish)

    def tell(self, peer: Peer, wish: Wish | None) -> None:
        """Send a device its wish."""
        if wish is not None:
            self._peers.tell(peer, lambda head: Desired(head, wish))
