"""What the seats say, and what the server does about it (W24–W29, W34).

Rules: for the distribution's thread only. Every message was opened and its signature checked; its number is taken here.
A key is on record before it is sent, a receipt before it is acknowledged. What a seat may not have is not refused
aloud: it is sent its wish again.

Usage::

    hearing.hear(peer, opened, now=now, now_s=now_s)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from sealing.epochs import EpochKey, seal_epoch
from server.distribution.acts import ActDesk
from server.distribution.board import Board
from server.distribution.chunks import of_bitmap
from server.distribution.errors import DeviceWithoutSeat
from server.distribution.model import NUMBERS, DeviceLink, SeatKey
from server.distribution.peers import Peer, Peers
from server.distribution.ports import Ballots, Challenges, Record, Watcher
from server.distribution.ports import Rounds as SigningRounds
from server.distribution.rooms import Rooms, Source, batches
from server.distribution.wishes import Wishes
from server.errors import ServerError
from server.idempotency.errors import ActReused
from server.link.codec import Opened
from server.meetings.errors import NoSuchMeeting
from server.unit import Transaction
from wire import messages
from wire.errors import BadField
from wire.ids import DeviceId, MeetingId
from wire.messages import Ack, Head, Key, Log, Welcome
from wire.secret import Secret
from wire.state import SeatReceipt
from wire.topics import PaperVersion

_LOG: Final = logging.getLogger("distribution")
STORE_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks: ``at`` for what is written down, ``s`` (monotonic) for spans."""

    at: dt.datetime
    s: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What the hearing works with."""

    source: Source
    peers: Peers
    rooms: Rooms
    wishes: Wishes
    board: Board
    acts: ActDesk
    challenges: Challenges
    watcher: Watcher
    signing: SigningRounds
    record: Record
    ballots: Ballots
    random: Callable[[int], bytes]


class Hearing:
    """One method a message."""

    def __init__(self, parts: Parts) -> None:
        self._parts: Final = parts
        #: reports of complete papers that are not in the database yet
        self._complete: dict[tuple[DeviceId, PaperVersion], bytes] = {}
        self._known: set[tuple[DeviceId, PaperVersion]] = set()

    def hear(self, peer: Peer, opened: Opened, now: Moment) -> None:
        """Take one message; raises a WireError for a stale one, and what the database raises."""
        message = opened.message
        if isinstance(message, messages.Hello):
            self._hello(peer, message, now)
            return
        self._parts.peers.check(peer, message.head)
        self.arrived(peer, now)
        match message:
            case messages.Join():
                self._join(peer, message, now)
            case messages.Want():
                self._want(peer, message)
            case messages.Have():
                self._have(peer, message, opened.envelope, now=now)
            case messages.Knock():
                self._knock(peer, message)
            case messages.Act():
                self._act(peer, message, size=len(opened.envelope))
            case messages.Drop() | messages.Mixed():
                self._parts.ballots.heard(peer.device, message)
            case messages.Receipt():
                self._receipt(peer, message, opened.envelope, now=now)
            case messages.Health():
                self._health(peer, message, now)
        # W24: taken only together with its effect; what failed may be sent again.
        peer.last_number = message.head.number

    # Coming and going

    def arrived(self, peer: Peer, now: Moment, *, anew: bool = False) -> None:
        """A device is heard; ``anew`` when what was on its way to it is lost."""
        peer.heard_s = now.s
        if peer.room is not None and (anew or not peer.is_here):
            self._parts.rooms.plan(peer.room).arrive(peer.device, now.s)
        if not peer.is_here:
            peer.is_here = True
            self._parts.watcher.fleet_changed()
            self.delivery_changed(peer)
        self._parts.board.seen(peer.device, online=True, at=now.at)

    def left(self, peer: Peer) -> None:
        """A device is gone."""
        if not peer.is_here:
            return
        peer.is_here = False
        if peer.room is not None:
            self._parts.rooms.plan(peer.room).leave(peer.device)
        self._parts.board.seen(peer.device, online=False, at=None)
        self._parts.watcher.fleet_changed()
        self.delivery_changed(peer)

    def delivery_changed(self, peer: Peer) -> None:
        """Say that something has changed for the meetings of a device's room."""
        for held in self._parts.rooms.held(peer.room):
            self._parts.watcher.delivery_changed(held.meeting)

    def _hello(self, peer: Peer, hello: messages.Hello, now: Moment) -> None:
        source = self._parts.source
        known = peer.link
        link = known or self._new_link(peer.device)
        # A seat that says hello without having been gone keeps what is on its way, unless it was started anew.
        anew = known is None or known.box != hello.box or known.boot != hello.boot
        link = replace(link, last_number=max(link.last_number, peer.last_number))
        link = link.greeted(hello.head, box=hello.box, boot=hello.boot, agent=hello.agent)
        with source.unit.begin() as tx:
            link, wish = self._parts.wishes.numbered(tx, peer, replace(link, heard_at=now.at))
            source.store.save_link(tx, link)
        self._parts.peers.greeted(peer, link)
        self.arrived(peer, now, anew=anew)
        self._parts.board.seen(peer.device, online=True, at=now.at, agent=hello.agent)
        self.welcome(peer, wish)
        for held in self._parts.rooms.held(peer.room):
            self.tell_rounds(peer, held.meeting)

    def welcome(self, peer: Peer, wish: messages.Wish) -> None:
        """Send a device its store's key and its wish; it answers with all its reports."""
        link = peer.link
        if link is not None:
            store_key = self._parts.source.master.unwrap(link.wrapped_store_key).reveal()
            self._parts.peers.tell(peer, lambda head: Welcome(head, wish, store_key))

    def tell_rounds(self, peer: Peer, meeting: MeetingId, *, unless_none: bool = False) -> None:
        """Tell a seat what waits for the signature of who is signed in there (W59)."""
        place = peer.place
        if place is None or not peer.is_here:
            return
        seated = self._parts.source.meetings.state(meeting).seated
        for person in [person for person, seat in seated if seat == place.seat]:
            rounds = tuple(self._parts.signing.rounds_for(meeting, person))
            if rounds or not unless_none:
                self._parts.peers.tell(
                    peer,
                    lambda head, who=person, all_=rounds: messages.SignRounds(head, meeting, who, all_),  # type: ignore[misc]
                )

    def _new_link(self, device: DeviceId) -> DeviceLink:
        key = Secret(self._parts.random(STORE_KEY_BYTES))
        return DeviceLink(device, self._parts.source.master.wrap(key), reserved_number=NUMBERS)

    def _health(self, peer: Peer, health: messages.Health, now: Moment) -> None:
        self._parts.board.seen(
            peer.device,
            online=True,
            at=now.at,
            reported_at=now.at,
            seqs=tuple(sorted(health.seqs.items())),
            disk_free_mb=health.disk_free_mb,
            generation=health.generation,
        )
        with self._parts.source.unit.begin() as tx:
            self._note(tx, peer, health.head, now=now)
        # The answer tells the seat that the server is there, and how far each meeting is.
        self._parts.wishes.tell(peer, self._parts.wishes.of(peer))
        self._parts.watcher.fleet_changed()
        self.delivery_changed(peer)
        try:
            self._record(peer, health.record, now)
        except (LookupError, TypeError, ValueError, ServerError):
            # A record with a damaged row can be proven to nobody; meetings go on, and a check of it names the row.
            _LOG.exception("%s could not be shown what was added to the record", peer.device)

    def _record(self, peer: Peer, kept: messages.Kept | None, now: Moment) -> None:
        """Judge what a seat has seen of the record, and show it what has been added since (W74)."""
        if kept is None:
            return
        self._parts.record.hear(peer.device, kept, now=now.at)
        later = self._parts.record.later_than(peer.device)
        if later is not None:
            self._parts.peers.tell(peer, later)

    def _note(self, tx: Transaction, peer: Peer, head: Head, *, now: Moment) -> None:
        """Write the number of a message down with its effect."""
        if peer.link is not None:
            peer.link = replace(peer.link, last_number=head.number, heard_at=now.at)
            self._parts.source.store.save_link(tx, peer.link)

    # Keys

    def _join(self, peer: Peer, join: messages.Join, now: Moment) -> None:
        meeting = MeetingId(join.meeting)
        given = self._give_key(peer, join, now)
        if given is None:
            self._parts.wishes.tell(peer, self._parts.wishes.of(peer))
        else:
            self._send_key(peer, meeting, given[0], sealed=given[1])

    def _give_key(self, peer: Peer, join: messages.Join, now: Moment) -> tuple[int, bytes] | None:
        """Note that the device is given the meeting's key; its epoch and the key sealed to the seat."""
        source, place, meeting = self._parts.source, peer.place, MeetingId(join.meeting)
        if place is None:
            return None
        with source.unit.begin() as tx:
            # A meeting that ends at this moment either counts this key in its recall or is over for this join.
            if not source.store.may_join(tx, meeting, room=place.room):
                return None
            key = source.epochs.key(tx, meeting, epoch=source.meetings.state(meeting).epoch)
            sealed = seal_epoch(key, to=join.key, meeting=meeting, device=peer.device)
            seat_key = SeatKey(peer.device, meeting, join.key, key.epoch, place.seat, place.label, now.at)
            source.store.save_key(tx, seat_key)
            self._note(tx, peer, join.head, now=now)
        return key.epoch, sealed

    def rekey(self, meeting: MeetingId, epoch: EpochKey) -> None:
        """Send a new epoch's key to the seats of the meeting that still have a right to it."""
        source, sent = self._parts.source, []
        room = source.meetings.state(meeting).room
        with source.unit.begin() as tx:
            for key in source.store.keys_for(tx, meeting):
                peer = self._parts.peers.get(key.device)
                if peer is None or peer.room != room or key.epoch_sent >= epoch.epoch:
                    continue
                source.store.save_key(tx, replace(key, epoch_sent=epoch.epoch))
                sent.append((peer, seal_epoch(epoch, to=key.public_key, meeting=meeting, device=key.device)))
        for peer, sealed in sent:
            self._send_key(peer, meeting, epoch.epoch, sealed=sealed)

    def _send_key(self, peer: Peer, meeting: MeetingId, epoch: int, *, sealed: bytes) -> None:
        self._parts.board.keyed(peer.device, meeting, has_key=True)
        self._parts.rooms.note_key(meeting, epoch)
        self._parts.peers.tell(peer, lambda head: Key(head, meeting, epoch, sealed))
        self._parts.watcher.delivery_changed(meeting)

    # What a seat lacks and has

    def _want(self, peer: Peer, want: messages.Want) -> None:
        meeting = MeetingId(want.meeting)
        held = next((each for each in self._parts.rooms.held(peer.room) if each.meeting == meeting), None)
        if held is None or peer.room is None:
            self._parts.wishes.tell(peer, self._parts.wishes.of(peer))
        elif want.paper is not None:
            self._parts.rooms.plan(peer.room).ask(peer.device, want.paper)
        else:
            events = self._parts.source.meetings.events(meeting, after=want.after)
            head_seq = events[-1].seq if events else want.after
            for batch in [*batches(events)] or [()]:
                self._parts.peers.tell(peer, lambda head, batch=batch: Log(head, meeting, head_seq, batch))  # type: ignore[misc]

    def _have(self, peer: Peer, have: messages.Have, envelope: bytes, *, now: Moment) -> None:
        stored = self._parts.rooms.version(have.paper)
        if stored is None or stored.layout.chunks != have.chunks or peer.room is None:
            return
        if all(held.meeting != stored.meeting for held in self._parts.rooms.held(peer.room)):
            raise BadField("have.paper", "is of no meeting that this seat holds")
        chunks = of_bitmap(have.bitmap, have.chunks)
        self._parts.rooms.plan(peer.room).report(peer.device, have.paper, chunks, now=now.s)
        count = chunks.bit_count()
        self._parts.board.reported(peer.device, have.paper, count)
        delivery = (peer.device, have.paper)
        if count == have.chunks and delivery not in self._known:
            self._complete[delivery] = envelope
        self._parts.watcher.delivery_changed(stored.meeting)

    def known_delivery(self, device: DeviceId, paper: PaperVersion) -> None:
        """This delivery is in the database."""
        self._known.add((device, paper))

    def keep_deliveries(self, now: Moment) -> None:
        """Write down which papers became complete, all in one transaction."""
        if not self._complete:
            return
        source = self._parts.source
        with source.unit.begin() as tx:
            for (device, paper), report in self._complete.items():
                source.store.add_delivery(tx, device, paper, report=report, at=now.at)
        self._known.update(self._complete)
        self._complete.clear()

    # Acts and receipts

    def _knock(self, peer: Peer, knock: messages.Knock) -> None:
        """Give a challenge for the meeting that the seat holds (W53)."""
        place = peer.place
        if place is None or all(held.meeting != knock.meeting for held in self._parts.rooms.held(peer.room)):
            self._parts.wishes.tell(peer, self._parts.wishes.of(peer))
            return
        challenges = self._parts.challenges
        given = challenges.give(peer.device, place.seat, meeting=knock.meeting)
        self._parts.peers.tell(
            peer,
            lambda head: messages.Challenge(
                head,
                knock.act,
                given.challenge,
                given.nonce,
                challenges.server_key,
                place.seat,
                knock.meeting,
                given.expires_at,
            ),
        )

    def _act(self, peer: Peer, act: messages.Act, *, size: int) -> None:
        if peer.place is None:
            self.acknowledge(peer, act.act, "refused", code=DeviceWithoutSeat.code)
        else:
            self._parts.acts.take(act, peer.place.seat, size=size)

    def acknowledge(
        self, peer: Peer, act: str, outcome: str, *, code: str = "", data: dict[str, Any] | None = None
    ) -> None:
        """Say what became of an act or a receipt."""
        self._parts.peers.tell(peer, lambda head: Ack(head, act, outcome, code, data or {}))

    def _receipt(self, peer: Peer, receipt: messages.Receipt, envelope: bytes, *, now: Moment) -> None:
        source, meeting = self._parts.source, MeetingId(receipt.meeting)
        try:
            state = source.meetings.state(meeting)
        except NoSuchMeeting as exc:
            self.acknowledge(peer, receipt.act, "refused", code=exc.code)
            return
        with source.unit.begin() as tx:
            held = next((key for key in source.store.keys_of(tx, peer.device) if key.meeting == meeting), None)
            kept = source.store.receipt(tx, receipt.act)
            is_foreign = kept is not None and (kept.device, kept.meeting) != (peer.device, meeting)
            if kept is None:
                source.store.add_receipt(
                    tx, receipt.act, device=peer.device, meeting=meeting, envelope=envelope, at=now.at
                )
            self._note(tx, peer, receipt.head, now=now)
        if is_foreign:
            self.acknowledge(peer, receipt.act, "refused", code=ActReused.code)
            return
        self._parts.board.keyed(peer.device, meeting, has_key=False)
        if any(device == peer.device for device, _ in state.recall.expected):
            seat, label = _seat_of(peer, held)
            confirmed = _confirmation(receipt, envelope if kept is None else kept.envelope, seat=seat, label=label)
            source.meetings.confirm_recall(meeting, confirmed, now=now.at)
        self.acknowledge(peer, receipt.act, "done")
        self._parts.wishes.refresh([peer])
        self._parts.watcher.delivery_changed(meeting)


def _seat_of(peer: Peer, held: SeatKey | None) -> tuple[str, str]:
    """Where the device stood when it was given the key; it may have been moved since."""
    if held is not None:
        return held.seat, held.seat_label
    return ("", "") if peer.place is None else (peer.place.seat, peer.place.label)


def _confirmation(receipt: messages.Receipt, envelope: bytes, *, seat: str, label: str) -> SeatReceipt:
    whole = [held for held in receipt.papers if held.pages]
    return SeatReceipt(
        device=receipt.head.device,
        seat=seat,
        seat_label=label,
        papers=len(whole),
        pages=sum(held.pages for held in whole),
        at=receipt.destroyed_at,
        receipt_sha256=hashlib.sha256(envelope).hexdigest(),
    )
