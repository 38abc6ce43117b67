"""How the seats are: what came at the same moment shares one look at the database and one commit (D4, W24).

Rules: for the distribution's thread only. Every seat says how it is when it was welcomed and every fifteen seconds;
five hundred that came back together say so together from then on, while others vote. What each said is shown at once,
its number is on record before it is answered, and the answer is its wish: that the server is there, and how far each
meeting is. Who has said hello again meanwhile, or has lost its rights, is not answered. A lot that cannot be kept is
kept seat by seat; with the database away nobody is answered, and they say it again.

Usage::

    healths.take(peer, health, now)
    healths.answer(now)                  # when what came has been gone through
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.distribution.board import Board
from server.distribution.model import DeviceLink
from server.distribution.moment import Moment
from server.distribution.peers import Peer, Peers
from server.distribution.ports import Fleet, Record, Watcher
from server.distribution.rooms import Source
from server.distribution.wishes import Wishes
from server.errors import ServerError, Unavailable
from wire import messages
from wire.ids import DeviceId, RoomId
from wire.messages import Health

_LOG: Final = logging.getLogger("distribution")


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering works with. ``room_changed``: the meetings of a room are to be told that something is new."""

    source: Source
    peers: Peers
    wishes: Wishes
    board: Board
    record: Record
    fleet: Fleet
    watcher: Watcher
    room_changed: Callable[[RoomId | None], None]


@dataclass(frozen=True, slots=True)
class _Said:
    peer: Peer
    link: DeviceLink
    health: Health


class Healths:
    """Collects what seats say of themselves, and answers."""

    def __init__(self, tools: Tools) -> None:
        self._tools: Final = tools
        self._waiting: dict[DeviceId, tuple[Peer, Health]] = {}
        #: the loss of each seat that was noted last: it says so until it is answered
        self._noted: dict[DeviceId, str] = {}

    def take(self, peer: Peer, health: Health, now: Moment) -> None:
        """Show it; of several of one seat the last is answered."""
        self._tools.board.seen(
            peer.device,
            online=True,
            at=now.at,
            reported_at=now.at,
            seqs=tuple(sorted(health.seqs.items())),
            disk_free_mb=health.disk_free_mb,
            generation=health.generation,
            screen=health.screen,
            token=health.token,
            machine=health.machine,
        )
        self._waiting[peer.device] = peer, health

    @property
    def waiting(self) -> int:
        """How many seats have not been answered yet."""
        return len(self._waiting)

    def answer(self, now: Moment) -> None:
        """Write their numbers down, then tell each its wish and what was added to the record."""
        waiting, self._waiting = self._waiting, {}
        said = [each for peer, health in waiting.values() if (each := self._current(peer, health)) is not None]
        if not said:
            return
        for each, wish in self._kept_or_alone(said, now):
            # Noted first: what is answered is not said again.
            self._tools.wishes.tell(each.peer, wish, heard=self._noted_loss(each), anew=self._store(each, now))
            self._show_record(each, now)
        self._tools.watcher.fleet_changed()
        for room in {each.peer.room for each in said}:
            self._tools.room_changed(room)

    def _current(self, peer: Peer, health: Health) -> _Said | None:
        link = peer.link
        if self._tools.peers.get(peer.device) is not peer or link is None or link.session != health.head.session:
            return None
        return _Said(peer, link, health)

    def _kept_or_alone(self, said: Sequence[_Said], now: Moment) -> list[tuple[_Said, messages.Wish]]:
        try:
            return self._kept(said, now)
        except Unavailable as exc:
            _LOG.warning("%d seats are not answered now: %s", len(said), exc)
            return []
        except Exception:  # noqa: BLE001 - whichever of them it was: alone it fails alone
            _LOG.exception("%d seats are answered one by one", len(said))
        kept: list[tuple[_Said, messages.Wish]] = []
        for each in said:
            try:
                kept += self._kept([each], now)
            except Exception:  # noqa: BLE001 - the others are waiting; it says how it is again
                _LOG.exception("%s could not be answered", each.peer.device)
        return kept

    def _kept(self, said: Sequence[_Said], now: Moment) -> list[tuple[_Said, messages.Wish]]:
        """Their links, in the database, and their wishes."""
        source, kept, links = self._tools.source, [], []
        with source.unit.begin() as tx:
            owed = source.store.keys_of_all(tx, [each.peer.device for each in said])
            for each in said:
                number = max(each.link.last_number, each.health.head.number)
                noted = replace(each.link, last_number=number, heard_at=now.at)
                link, wish = self._tools.wishes.numbered(each.peer, noted, owed.get(each.peer.device, ()))
                kept.append((each, wish))
                links.append(link)
            source.store.save_links(tx, links)
        for each, link in zip(said, links, strict=True):
            each.peer.link = link
        return kept

    def _noted_loss(self, said: _Said) -> str:
        """The loss that a seat tells of, once IT is told (W195); empty when there is none, or it could not be noted."""
        device, machine = said.peer.device, said.health.machine
        if machine is None or not machine.store_lost:
            return ""
        # A seat that names no loss says so on and on, and is told of once while this program runs.
        if self._noted.get(device) != machine.store_loss:
            try:
                self._tools.fleet.store_lost(device)
            except Exception:  # noqa: BLE001 - it says so again
                _LOG.exception("the loss of %s could not be noted", device)
                return ""
            self._noted[device] = machine.store_loss
        return machine.store_loss

    def _store(self, said: _Said, now: Moment) -> str:
        """The question of a seat whose store does not open, when IT has answered it (W195)."""
        if said.health.machine is None:
            return ""
        try:
            return self._tools.fleet.store_said(said.peer.device, said.health.machine, now.at)
        except Exception:  # noqa: BLE001 - it says so again
            _LOG.exception("how the store of %s is could not be noted", said.peer.device)
            return ""

    def _show_record(self, said: _Said, now: Moment) -> None:
        """Judge what a seat has seen of the record, and show it what has been added since (W74, W130)."""
        kept, device = said.health.record, said.peer.device
        if kept is None:
            return
        try:
            self._tools.record.hear(device, kept, now=now.at)
            later = self._tools.record.later_than(device, now=now.at)
        except (LookupError, TypeError, ValueError, ServerError):
            # A record with a damaged row can be proven to nobody; meetings go on, and a check of it names the row.
            _LOG.exception("%s could not be shown what was added to the record", device)
            return
        if later is not None:
            self._tools.peers.tell(said.peer, later)
