"""What the seats say, and what the server does about it (W24–W29, W34).

Rules: for the distribution's thread only. Every message was opened and its signature checked; its number is taken here.
A key is on record before it is sent, a receipt before it is acknowledged. What a seat may not have is not refused
aloud: it is sent its wish again.

Usage::

    hearing.hear(peer, opened, now=now, now_s=now_s)
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from sealing.epochs import EpochKey, seal_epoch
from server.distribution.acts import ActDesk
from server.distribution.board import Board
from server.distribution.chunks import of_bitmap
from server.distribution.errors import DeviceWithoutSeat
from server.distribution.healths import Healths, Tools
from server.distribution.model import SeatKey
from server.distribution.moment import Moment
from server.distribution.peers import Peer, Peers
from server.distribution.ports import Ballots, Challenges, Fleet, OrderDesk, Record, UpdateDesk, Watcher
from server.distribution.rooms import Rooms, Source, batches
from server.distribution.wishes import Wishes
from server.idempotency.errors import ActReused
from server.link.codec import Opened
from server.meetings.errors import NoSuchMeeting
from server.unit import Transaction
from wire import messages
from wire.errors import BadField
from wire.events import Event
from wire.ids import DeviceId, MeetingId, RoomId
from wire.messages import Ack, Head, Key, Log
from wire.state import SeatReceipt
from wire.topics import PaperVersion


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
    record: Record
    fleet: Fleet
    ballots: Ballots
    orders: OrderDesk
    updates: UpdateDesk


class Hearing:
    """One method a message."""

    def __init__(self, parts: Parts) -> None:
        self._parts: Final = parts
        #: what seats say of themselves: to be answered when what came has been gone through
        self.healths: Final = Healths(
            Tools(
                source=parts.source,
                peers=parts.peers,
                wishes=parts.wishes,
                board=parts.board,
                record=parts.record,
                fleet=parts.fleet,
                watcher=parts.watcher,
                room_changed=self.room_changed,
            )
        )
        #: reports of complete papers that are not in the database yet
        self._complete: dict[tuple[DeviceId, PaperVersion], bytes] = {}
        self._known: set[tuple[DeviceId, PaperVersion]] = set()
        #: the events that were asked for last: of which meeting, after which number, up to which
        self._wanted: tuple[tuple[MeetingId, int, int], list[tuple[Event, ...]]] | None = None

    def hear(self, peer: Peer, opened: Opened, now: Moment) -> None:
        """Take one message; raises a WireError for a stale one, and what the database raises."""
        message = opened.message
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
                self.healths.take(peer, message, now)
            case messages.Obeyed():
                self._parts.orders.obeyed(peer.device, message)
            case messages.Updating():
                self._parts.updates.heard(peer.device, message)
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
        self.room_changed(peer.room)

    def room_changed(self, room: RoomId | None) -> None:
        """Say that who stands in a room, or what they have, has changed for its meetings."""
        for held in self._parts.rooms.held(room):
            self._parts.watcher.delivery_changed(held.meeting)

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
            head_seq, portions = self._events(meeting, want.after)
            for batch in portions:
                self._parts.peers.tell(peer, lambda head, batch=batch: Log(head, meeting, head_seq, batch))  # type: ignore[misc]

    def _events(self, meeting: MeetingId, after: int) -> tuple[int, list[tuple[Event, ...]]]:
        """The newest number and the events above ``after``, in portions; all seats that were away ask for the same."""
        newest = self._parts.source.meetings.state(meeting).seq
        asked = meeting, after, newest
        if self._wanted is None or self._wanted[0] != asked:
            events = self._parts.source.meetings.events(meeting, after=after)
            head_seq = events[-1].seq if events else after
            self._wanted = (meeting, after, head_seq), [*batches(events)] or [()]
        (_, _, head_seq), portions = self._wanted
        return head_seq, portions

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

    def forget(self, papers: Collection[PaperVersion]) -> None:
        """Papers were deleted: nothing that is said of them is written down any more."""
        self._complete = {key: report for key, report in self._complete.items() if key[1] not in papers}
        self._known = {key for key in self._known if key[1] not in papers}

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
