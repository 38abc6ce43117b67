"""Hellos and welcomes: all that came at the same moment share one look at the database and one commit (W24).

Rules: for the distribution's thread only. When the broker comes back, every seat of the house says hello within a
second or two, and again when it waits too long; a welcome to a hello that was said again is worth nothing. So of each
device every hello is taken down – a session that was left is never taken for a new one – and only the last is answered.
A link is on record before its welcome is sent. What only concerns signing comes after all welcomes. What is wrong with
one device is its own: a lot that cannot be kept is kept device by device, and who cannot be welcomed keeps nobody else
waiting. Only a database that is away ends the lot: it is away for all, and they say hello again.

Usage::

    lot = greeting.lot(); lot.add(peer, hello); greeting.answer(lot, now)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.distribution.board import Board
from server.distribution.copies import Copies
from server.distribution.model import NUMBERS, DeviceLink
from server.distribution.moment import Moment
from server.distribution.peers import Peer, Peers
from server.distribution.ports import Fleet, Rounds
from server.distribution.rooms import Rooms, Source
from server.distribution.wishes import Wishes
from server.errors import ServerError, Unavailable
from wire import messages
from wire.ids import DeviceId, MeetingId
from wire.messages import Hello, Keeping, Welcome
from wire.secret import Secret

_LOG: Final = logging.getLogger("distribution")
STORE_KEY_BYTES: Final = 32
#: what is told of a device that is heard: the device, the moment, and whether what was on its way is lost
Arrived = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Tools:
    """What greeting works with."""

    source: Source
    peers: Peers
    rooms: Rooms
    wishes: Wishes
    board: Board
    signing: Rounds
    random: Callable[[int], bytes]
    #: what hellos say of the fleet: the certificate they came with (W183), and that a key is at two places (W184)
    fleet: Fleet


@dataclass(frozen=True, slots=True)
class _Said:
    """The last hello of a device, and its link with all of them."""

    peer: Peer
    link: DeviceLink
    agent: str
    anew: bool
    #: all of this lot, the last one at the end
    hellos: tuple[Hello, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A hello that is on record: the link as it was kept, and what the device is to hold."""

    said: _Said
    link: DeviceLink
    wish: messages.Wish


class Lot:
    """Hellos that are answered together."""

    def __init__(self, new_link: Callable[[DeviceId], DeviceLink]) -> None:
        self._new_link: Final = new_link
        self.said: Final[dict[DeviceId, _Said]] = {}

    def add(self, peer: Peer, hello: Hello) -> None:
        """Take a hello down; raises :class:`wire.errors.StaleMessage`."""
        before = self.said.get(peer.device)
        known = peer.link if before is None else before.link
        link = known or self._new_link(peer.device)
        # A seat that says hello without having been gone keeps what is on its way, unless it was started anew.
        anew = (
            known is None or known.box != hello.box or known.boot != hello.boot or (before is not None and before.anew)
        )
        if before is None:
            link = replace(link, last_number=max(link.last_number, peer.last_number))
        link = link.greeted(hello.head, box=hello.box, boot=hello.boot, agent=hello.agent)
        hellos = (*(() if before is None else before.hellos), hello)
        self.said[peer.device] = _Said(peer, link, hello.agent, anew, hellos)


class Greeting:
    """Answers hellos. ``arrived`` is told of every device that is heard."""

    def __init__(self, tools: Tools, arrived: Arrived) -> None:
        self._tools: Final = tools
        self._arrived: Final = arrived
        self._copies: Final = Copies()
        #: the start of the agent that was told of no round of a meeting, and of none since: it need not be told again
        self._knows_of_none: Final[dict[tuple[DeviceId, MeetingId], str]] = {}

    def lot(self) -> Lot:
        """An empty one."""
        return Lot(self._new_link)

    def answer(self, lot: Lot, now: Moment) -> None:
        """Keep the links, then welcome everybody. Raises Unavailable."""
        said = list(lot.said.values())
        if not said:
            return
        try:
            kept = self._kept(said, now)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - whichever of them it was: alone it fails alone
            _LOG.exception("%d hellos are answered one by one", len(said))
            kept = self._kept_alone(said, now)
        for each in kept:
            self._tools.peers.greeted(each.said.peer, each.link)
        greeted = [each.said for each in kept if self._greet(each, now)]
        self._tell_all_rounds([each.peer for each in greeted])
        for one in greeted:
            self._tell_fleet(one, now)

    def _kept(self, said: Sequence[_Said], now: Moment) -> list[_Kept]:
        """Their links, in the database, and their wishes."""
        tools = self._tools
        with tools.source.unit.begin() as tx:
            owed = tools.source.store.keys_of_all(tx, [one.peer.device for one in said])
            kept = []
            for one in said:
                heard = replace(one.link, heard_at=now.at)
                link, wish = tools.wishes.numbered(one.peer, heard, owed.get(one.peer.device, ()))
                kept.append(_Kept(one, link, wish))
            tools.source.store.save_links(tx, [each.link for each in kept])
        return kept

    def _kept_alone(self, said: Sequence[_Said], now: Moment) -> list[_Kept]:
        kept: list[_Kept] = []
        for one in said:
            try:
                kept += self._kept([one], now)
            except Unavailable as exc:
                _LOG.warning("%d hellos could not be answered now: %s", len(said) - len(kept), exc)
                break
            except Exception:  # noqa: BLE001 - the others are waiting
                _LOG.exception("the hello of %s could not be taken down", one.peer.device)
        return kept

    def _greet(self, kept: _Kept, now: Moment) -> bool:
        """Welcome a device whose hello is on record; whether that went well."""
        one = kept.said
        try:
            self._arrived(one.peer, now, anew=one.anew)
            self._tools.board.seen(one.peer.device, online=True, at=now.at, agent=one.agent)
            self.welcome(one.peer, kept.wish)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - the others are waiting; it says hello again
            _LOG.exception("%s could not be welcomed", one.peer.device)
            return False
        return True

    def _tell_fleet(self, said: _Said, now: Moment) -> None:
        device, fleet = said.peer.device, self._tools.fleet
        try:
            for hello in said.hellos:
                copied = self._copies.heard(device, hello, now_s=now.s)
                if copied is not None:
                    fleet.copied(device, copied)
            if said.hellos[-1].certificate:
                fleet.certificate_seen(device, said.hellos[-1].certificate)
        except Exception:  # noqa: BLE001 - it shows again with the next hello; everybody is welcomed already
            _LOG.exception("what %s said of itself could not be noted", device)

    def forget(self, device: DeviceId) -> None:
        """A device has lost its rights."""
        self._copies.forget(device)

    def welcome(self, peer: Peer, wish: messages.Wish) -> None:
        """Send a device its store's key and its wish, and how it is looked after; it answers with all its reports."""
        link = peer.link
        if link is not None:
            store_key = self._tools.source.master.unwrap(link.wrapped_store_key).reveal()
            self._tools.peers.tell(peer, lambda head: Welcome(head, wish, store_key))
            hours, maintenance = self._tools.fleet.kept(peer.device, peer.room)
            if hours is not None or maintenance is not None:
                self._tools.peers.tell(peer, lambda head: Keeping(head, hours, maintenance))

    def tell_rounds(
        self, peer: Peer, meeting: MeetingId, *, unless_none: bool = False, signers: Collection[str] | None = None
    ) -> None:
        """Tell a seat what waits for the signature of who is signed in there (W59).

        ``signers``: all signers of the meeting's rounds, where they are known; nobody else is asked for.
        """
        place = peer.place
        if place is None or not peer.is_here:
            return
        seated = self._tools.source.meetings.state(meeting).seated
        for person in [person for person, seat in seated if seat == place.seat]:
            asked = signers is None or person in signers
            rounds = tuple(self._tools.signing.rounds_for(meeting, person)) if asked else ()
            if rounds:
                self._knows_of_none.pop((peer.device, meeting), None)
            if rounds or not unless_none:
                self._tools.peers.tell(
                    peer,
                    lambda head, who=person, all_=rounds: messages.SignRounds(head, meeting, who, all_),  # type: ignore[misc]
                )

    def _tell_all_rounds(self, peers: Collection[Peer]) -> None:
        signers: dict[MeetingId, Collection[str]] = {}
        for peer in peers:
            for held in self._tools.rooms.held(peer.room):
                try:
                    if held.meeting not in signers:
                        signers[held.meeting] = self._tools.signing.signers(held.meeting)
                    self._tell_unless_known(peer, held.meeting, signers[held.meeting])
                except ServerError as exc:  # a meeting that has just gone, a round: of one seat, not of the lot
                    _LOG.warning("%s was not told of its rounds: %s", peer.device, exc)
                except Exception:  # noqa: BLE001 - as above, and the log has all of it
                    _LOG.exception("%s was not told of its rounds", peer.device)

    def _tell_unless_known(self, peer: Peer, meeting: MeetingId, signers: Collection[str]) -> None:
        """Five hundred seats that come back to a meeting without rounds know that there are none."""
        boot, known = "" if peer.link is None else peer.link.boot, self._knows_of_none.get((peer.device, meeting))
        if signers or known is None or known != boot:
            self.tell_rounds(peer, meeting, signers=signers)
            if not signers:
                self._knows_of_none[peer.device, meeting] = boot

    def _new_link(self, device: DeviceId) -> DeviceLink:
        key = Secret(self._tools.random(STORE_KEY_BYTES))
        return DeviceLink(device, self._tools.source.master.wrap(key), reserved_number=NUMBERS)
