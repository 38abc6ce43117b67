"""The distribution: one thread that owns all state, one queue that everything enters by.

Rules: what comes from the broker, from other features and from the acts' workers is only put on the queue; the thread
takes it one by one, then lets the rooms' plans send what is due. Nothing that fails ends the thread; a change that is
committed and met a database that was away is taken up again until it is told. After a restart, or when the broker was
away, all is built anew from the database and from what the seats report.

Usage::

    distribution = Distribution(outside, link=link, keys=keys)
    slots.announcers.append(distribution); slots.holders = distribution
    distribution.start()
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sealing.boxes import BoxKey
from sealing.signatures import ServerSigner, device_verifier
from server.clock import Clock
from server.distribution.acts import ActDesk, Performed
from server.distribution.board import Board
from server.distribution.entries import (
    AskDue,
    AuditDue,
    Came,
    Entry,
    Hellos,
    LinkChanged,
    MeetingChanged,
    MeetingGone,
    Pointed,
    RoundsChanged,
    Say,
    Stop,
    with_hellos_together,
)
from server.distribution.greeting import Greeting, Tools
from server.distribution.hearing import Hearing, Parts
from server.distribution.inflow import Inflow
from server.distribution.model import Held, changes_delivery, changes_wishes, is_held
from server.distribution.moment import Moment
from server.distribution.outsiders import Outsiders
from server.distribution.peers import Peer, Peers
from server.distribution.plan import Pace
from server.distribution.ports import Ballots, Challenges, Fleet, OrderDesk, Record, UpdateDesk, Watcher
from server.distribution.ports import Rounds as SigningRounds
from server.distribution.rooms import Rooms, Source
from server.distribution.unhurried import Unhurried
from server.distribution.wishes import Wishes
from server.errors import ServerError, Unavailable
from server.fleet.model import Device, DeviceState, FleetChange, Presence
from server.link.codec import Codec
from server.link.ports import Link
from server.meetings.ports import ActHandler, GatheredHandler, Holder
from wire.errors import WireError
from wire.events import Event
from wire.ids import DeviceId, MeetingId, RoomId
from wire.messages import Head, Message, Point, View
from wire.state import MeetingState
from wire.topics import PaperVersion, Topic

OFFLINE_S: Final = 45.0
#: How often the database is asked whether a device has kept what it lost the right to.
AUDIT_S: Final = 30.0
#: So long seats have to say hello themselves after the broker came back.
ASK_AFTER_S: Final = 3.0
_ASKED_AT_ONCE: Final = 32
_BUSY_S: Final = 0.05
_IDLE_S: Final = 1.0
#: What seats say of themselves is answered when so many have, or no more is waiting.
_HEALTHS_AT_ONCE: Final = 64
#: Taken from the queue before the plans are asked again.
_BATCH: Final = 256
_LOG: Final = logging.getLogger("distribution")


class Keys(Protocol):
    """The server's own keys (``server.keys.site``)."""

    @property
    def signer(self) -> ServerSigner:
        """What it signs with."""
        ...

    @property
    def mailbox(self) -> BoxKey:
        """What seats seal to."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The other features."""

    source: Source
    fleet: Fleet
    acts: ActHandler
    gathered: GatheredHandler
    challenges: Challenges
    watcher: Watcher
    rounds: SigningRounds
    record: Record
    ballots: Ballots
    orders: OrderDesk
    updates: UpdateDesk
    clock: Clock
    random: Callable[[int], bytes]


class Distribution:
    """Inbox of the link, announcer of meetings, watcher of the fleet; answers who holds what and who is there."""

    def __init__(
        self,
        outside: Outside,
        *,
        link: Link,
        keys: Keys,
        pace: Pace | None = None,
        inflow: Inflow[Came] | None = None,
    ) -> None:
        self._outside: Final = outside
        self._link: Final = link
        self._queue: Final[queue.SimpleQueue[Entry]] = queue.SimpleQueue()
        #: changes that could not be told while the database was away, in their order
        self._untold: Final[deque[MeetingChanged | MeetingGone | FleetChange]] = deque()
        self._spki: Final[dict[str, bytes]] = {}
        self._refused: Final[Counter[str]] = Counter()
        self._inflow: Final[Inflow[Came]] = inflow or Inflow()
        self._unhurried: Final = Unhurried()
        self._told_passed_over = 0
        self._audit_due_s = float("-inf")
        self._was_up = False
        self._ask_at_s = float("inf")
        self._unasked: deque[Peer] = deque()
        source = outside.source
        codec = Codec(signer=keys.signer, mailbox=keys.mailbox, verify=device_verifier(self._spki.get))
        self._codec: Final = codec
        self._board: Final = Board()
        self._outsiders: Final = Outsiders(source, outside.fleet, outside.clock)
        self._peers: Final = Peers(source.unit, source.store, link=link, codec=codec, clock=outside.clock)
        self._rooms: Final = Rooms(source, link=link, codec=codec, pace=pace)
        self._wishes: Final = Wishes(source.unit, source.store, peers=self._peers, rooms=self._rooms)
        self._acts: Final = ActDesk(outside.acts, outside.clock, hand_back=self._queue.put, gathered=outside.gathered)
        self._hearing: Final = Hearing(
            Parts(
                source=source,
                peers=self._peers,
                rooms=self._rooms,
                wishes=self._wishes,
                board=self._board,
                acts=self._acts,
                challenges=outside.challenges,
                watcher=outside.watcher,
                record=outside.record,
                fleet=outside.fleet,
                ballots=outside.ballots,
                orders=outside.orders,
                updates=outside.updates,
            )
        )
        self._greeting: Final = Greeting(
            Tools(
                source=source,
                peers=self._peers,
                rooms=self._rooms,
                wishes=self._wishes,
                board=self._board,
                signing=outside.rounds,
                random=outside.random,
                fleet=outside.fleet,
            ),
            self._hearing.arrived,
        )
        self._thread: threading.Thread | None = None

    # Life

    def start(self) -> None:
        """Read what is known, start the thread, connect."""
        self._load()
        self._thread = threading.Thread(target=self._run, name="distribution", daemon=True)
        self._thread.start()
        self._link.start(self)

    def stop(self) -> None:
        """Disconnect and end the thread; what was taken from the queue is done."""
        self._link.stop()
        self._queue.put(Stop())
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._acts.close()

    @property
    def is_well(self) -> bool:
        """Whether the broker is there."""
        return self._link.is_connected

    # Called from other threads

    def received(self, topic: Topic, payload: bytes) -> None:
        """A message came; of a device that says much it waits its turn, and the others are heard (``inflow.py``)."""
        came = Came(topic, payload)
        if topic.lane == "gone":
            may = self._inflow.follows(topic.owner, came)
        else:
            now_s = self._outside.clock.monotonic_s()
            may = self._inflow.admits(topic.owner, came, size=len(payload), at_s=now_s)
        if may:
            self._queue.put(came)

    @property
    def passed_over(self) -> int:
        """Messages of devices that would not stop, not taken."""
        return self._inflow.passed_over

    def connected(self) -> None:
        """The broker is there."""
        self._queue.put(LinkChanged(is_up=True))

    def disconnected(self) -> None:
        """The broker is gone."""
        self._queue.put(LinkChanged(is_up=False))

    def announce(
        self, meeting: MeetingId, events: Sequence[Event], *, before: MeetingState, after: MeetingState
    ) -> None:
        """A meeting has changed."""
        self._queue.put(MeetingChanged(meeting, tuple(events), before, after))

    def meeting_gone(self, meeting: MeetingId, last: MeetingState) -> None:
        """A rehearsal was deleted: its seats give up what they have of it (M5)."""
        self._queue.put(MeetingGone(meeting, last))

    def pointed(self, room: RoomId, point: Point | View) -> None:
        """The presenter of a meeting points on the page (W110)."""
        self._queue.put(Pointed(room, point))

    def fleet_changed(self, change: FleetChange) -> None:
        """A device came, moved or went."""
        self._queue.put(change)

    def rounds_changed(self, meeting: MeetingId) -> None:
        """A round of signing has changed: the seats of its signers are told (W59)."""
        self._queue.put(RoundsChanged(meeting))

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        """Send one device a message soon, if it is there."""
        self._queue.put(Say(device, build))

    def here(self, devices: Collection[str]) -> frozenset[str]:
        """Those that are connected."""
        found = self._board.presence([DeviceId(device) for device in devices])
        return frozenset(device for device, presence in found.items() if presence.online)

    def holding(self, meeting: MeetingId) -> Sequence[Holder]:
        """The devices that were sent a key of the meeting and have not destroyed it."""
        with self._outside.source.unit.read() as tx:
            keys = self._outside.source.store.keys_for(tx, meeting)
        return [Holder(key.device, key.seat, key.seat_label) for key in keys if key.epoch_sent]

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        """Who is there."""
        return self._board.presence(devices)

    def delivery(self, meeting: MeetingId) -> dict[str, Any]:
        """``{seats, papers, recall}`` of docs/API.md; raises NoSuchMeeting."""
        state = self._outside.source.meetings.state(meeting)
        stored = [found for paper in Held(meeting, state).papers if (found := self._rooms.version(paper))]
        told = self._board.delivery(meeting, state, {each.version: each.layout.chunks for each in stored})
        told["recall"]["revoked"] = self._revoked(state)
        return told

    def _revoked(self, state: MeetingState) -> list[str]:
        """The expected devices that will never answer, because they were revoked before they had."""
        answered = {receipt.device for receipt in state.recall.receipts}
        silent = [device for device, _ in state.recall.expected if device not in answered]
        found = {device: self._outside.fleet.find(device) for device in silent}
        return [device for device, each in found.items() if each is not None and each.state is DeviceState.REVOKED]

    # The thread

    def _run(self) -> None:
        busy = False
        while True:
            self._tell_again()
            now_s = self._outside.clock.monotonic_s()
            if now_s >= self._audit_due_s:
                self._audit_due_s = now_s + AUDIT_S
                self._guarded(AuditDue())
                self._tell_of_floods()
            for came in self._inflow.due(now_s):
                self._queue.put(came)  # behind what the device said before
            wait_s = _BUSY_S if busy or self._inflow.has_waiting else _IDLE_S
            taken = self._take(0.0 if self._unhurried.has_waiting else wait_s)
            ordered = self._unhurried.sorted(taken, now_s=now_s, is_quiet=self._queue.empty())
            for entry in with_hellos_together(ordered):
                if isinstance(entry, Stop):
                    return
                self._guarded(entry)
            self._answer_healths()
            self._guarded(AskDue())
            busy = self._advance() or bool(self._unasked)

    def _answer_healths(self) -> None:
        healths = self._hearing.healths
        if self._unhurried.has_waiting and healths.waiting < _HEALTHS_AT_ONCE:
            return
        try:
            healths.answer(self._now())
        except Exception:  # noqa: BLE001 - they say it again in a quarter of a minute
            _LOG.exception("seats could not be told that they were heard")

    def _take(self, wait_s: float) -> list[Entry]:
        entries: list[Entry] = []
        try:
            entries.append(self._queue.get(timeout=wait_s))
            while len(entries) < _BATCH:
                entries.append(self._queue.get_nowait())
        except queue.Empty:
            return entries
        return entries

    def _tell_again(self) -> None:
        untold = list(self._untold)
        self._untold.clear()
        for entry in untold:
            self._guarded(entry)

    def _guarded(self, entry: Entry) -> None:
        try:
            self._dispatch(entry)
        except WireError as exc:
            self._refuse(entry, exc)
        except Unavailable as exc:
            _LOG.warning("%s: %s", type(entry).__name__, exc)
            # Seats say again what was not heard; nobody else says again what a meeting or the fleet has become.
            if isinstance(entry, MeetingChanged | MeetingGone | FleetChange):
                self._untold.append(entry)
        except ServerError as exc:
            _LOG.warning("%s: %s", type(entry).__name__, exc)
        except Exception:  # noqa: BLE001 - one bad entry must not end the thread; the log has all of it
            _LOG.exception("%s could not be dealt with", type(entry).__name__)

    def _advance(self) -> bool:
        try:
            now = self._now()
            self._hearing.keep_deliveries(now)
            for peer in self._peers.all():
                if peer.is_here and now.s - peer.heard_s > OFFLINE_S:
                    self._hearing.left(peer)
            return self._rooms.advance(now.s)
        except Exception:  # noqa: BLE001 - the database may be away; the next round tries again
            _LOG.exception("the rooms could not be served")
            return False

    def _dispatch(self, entry: Entry) -> None:
        match entry:
            case Came():
                self._came(entry)
            case Hellos():
                self._greet(entry)
            case MeetingChanged() | MeetingGone():
                self._meeting_told(entry)
            case FleetChange():
                self._device_changed(entry)
            case Performed():
                self._performed(entry)
            case RoundsChanged():
                self._rounds_changed(entry)
            case Say() | Pointed():
                self._say(entry)
            case AuditDue() | AskDue():
                self._ask() if isinstance(entry, AskDue) else self._audit()
            case LinkChanged(is_up=True):
                self._link_up()
            case LinkChanged():
                self._unasked.clear()
                for peer in self._peers.all():
                    self._hearing.left(peer)
                self._rooms.restart()

    def _say(self, told: Say | Pointed) -> None:
        if isinstance(told, Pointed):
            state = self._outside.source.meetings.state(MeetingId(told.point.meeting))
            self._rooms.point(told.room, state, told.point)
            return
        peer = self._peers.get(told.device)
        if peer is not None:
            self._peers.tell(peer, told.build)

    def _came(self, came: Came) -> None:
        peer = self._peers.get(came.topic.owner)
        if peer is None:
            return
        if came.topic.lane == "gone":
            self._hearing.left(peer)
            return
        self._hearing.hear(peer, self._codec.open_up(came.topic, came.payload), self._now())

    def _greet(self, hellos: Hellos) -> None:
        lot = self._greeting.lot()
        for came in hellos.came:
            peer = self._peers.get(came.topic.owner)
            if peer is None:
                continue
            try:
                lot.add(peer, self._codec.open_up(came.topic, came.payload).message)
            except WireError as exc:
                self._refuse(came, exc)
        self._greeting.answer(lot, self._now())

    def _link_up(self) -> None:
        """Ask everybody what they have; whoever is here answers."""
        self._rooms.restart()
        # A server that has just started asks at once. When the connection was lost it was mostly the broker, and the
        # seats say hello themselves: a welcome that crosses it is worth nothing and keeps the others waiting.
        self._ask_at_s = self._now().s + (ASK_AFTER_S if self._was_up else 0.0)
        self._was_up = True
        self._unasked = deque(self._peers.all())

    def _ask(self) -> None:
        """Ask some of those who have not been heard since the connection is there."""
        now_s = self._now().s
        if now_s < self._ask_at_s:
            return
        for _ in range(min(_ASKED_AT_ONCE, len(self._unasked))):
            peer = self._unasked.popleft()
            if peer.is_here or self._peers.get(peer.device) is not peer:
                continue  # here already, or it has lost its rights since
            try:
                wish = self._wishes.of(peer)
            except Unavailable:
                self._unasked.append(peer)
                raise
            if wish is not None:
                self._greeting.welcome(peer, wish)

    def _performed(self, performed: Performed) -> None:
        self._acts.done(performed.device)
        peer, outcome = self._peers.get(performed.device), performed.outcome
        if peer is None or outcome is None:
            return
        for reply in outcome.replies:
            self._peers.tell(peer, reply)
        if not outcome.replies:
            self._hearing.acknowledge(peer, performed.act, outcome.outcome, code=outcome.code, data=outcome.data)

    def _rounds_changed(self, change: RoundsChanged) -> None:
        room = self._outside.source.meetings.state(change.meeting).room
        for peer in self._peers.in_room(RoomId(room)):
            self._greeting.tell_rounds(peer, change.meeting)

    def _meeting_told(self, told: MeetingChanged | MeetingGone) -> None:
        if isinstance(told, MeetingChanged):
            self._meeting_changed(told)
        else:
            self._meeting_gone(told.meeting, told.last)

    def _meeting_changed(self, change: MeetingChanged) -> None:
        before, after, room = change.before, change.after, RoomId(change.after.room)
        rooms = {RoomId(state.room) for state in (before, after) if state.room}
        if not self._rooms.grew(change.meeting, before, after):
            for each in rooms:
                self._rooms.refresh(each)
        if is_held(before) or is_held(after):
            if before.epoch and after.epoch > before.epoch:
                self._hearing.rekey(change.meeting, self._rooms.key(change.meeting, after.epoch))
            self._rooms.send_events(room, change.meeting, after, events=change.events)
        if changes_wishes(before, after):
            # Manifests go out before the wish that asks for them, so that nobody has to ask.
            self._rooms.advance(self._now().s)
            for each in rooms:
                self._wishes.refresh(self._peers.in_room(each))
        if changes_delivery(before, after):
            self._outside.watcher.delivery_changed(change.meeting)
        for seat in {str(event.data["seat"]) for event in change.events if event.kind == "person_seated"}:
            for peer in self._peers.in_room(room):
                if peer.place is not None and peer.place.seat == seat:
                    self._greeting.tell_rounds(peer, change.meeting, unless_none=True)

    def _meeting_gone(self, meeting: MeetingId, last: MeetingState) -> None:
        room, papers = RoomId(last.room), Held(meeting, last).versions
        self._rooms.forget(meeting, papers)
        self._hearing.forget(papers)
        self._rooms.refresh(room)
        # What they hold and is no longer wished for they forget, those that are away when they come back.
        self._wishes.refresh(self._peers.in_room(room))

    def _device_changed(self, change: FleetChange) -> None:
        device = self._outside.fleet.find(change.device)
        known = self._peers.get(change.device)
        # As the change says it: told a second time, the peer may have been moved or dropped already.
        old_room = change.before.room if change.before is not None else None if known is None else known.room
        if device is not None and device.state is DeviceState.APPROVED:
            self._admit(device, was_in=old_room)
        elif known is not None:
            # First: a database that is away leaves the peer to the next audit.
            self._destroy_store_keys()
            self._hearing.left(known)
            self._peers.drop(known.device)
            self._greeting.forget(known.device)
            self._spki.pop(known.device, None)
            self._board.placed(known.device, None)
            self._tell_owed(known.device)
        if old_room is not None and (device is None or device.place is None or device.place.room != old_room):
            # Of a device that was away nobody was told yet that it stands there no more.
            self._hearing.room_changed(old_room)
            # What the room's meetings say from now on is not for it.
            self._outsiders.shut_out()

    def _destroy_store_keys(self) -> None:
        """Of all that are revoked, once more: what one said afterwards, or an older version, may have left its key."""
        source = self._outside.source
        with source.unit.read() as tx:
            left = source.store.revoked_with_key(tx)
        if left:
            with source.unit.begin() as tx:
                for device in left:
                    source.store.destroy_store_key(tx, device)
            _LOG.info("store keys of %d revoked devices destroyed", len(left))

    def _tell_owed(self, device: DeviceId) -> None:
        """Meetings that are over wait for a device's proof, and it will not come any more."""
        with self._outside.source.unit.read() as tx:
            owed = self._outside.source.store.keys_of(tx, device)
        for key in owed:
            self._outside.watcher.delivery_changed(MeetingId(key.meeting))

    def _admit(self, device: Device, *, was_in: RoomId | None) -> None:
        known = self._peers.get(device.id)
        if known is not None and was_in is not None and (device.place is None or device.place.room != was_in):
            self._hearing.left(known)
        self._spki[device.id] = device.spki
        peer = self._peers.place(device.id, device.place)
        self._board.placed(device.id, device.place)
        self._wishes.refresh([peer])
        self._hearing.delivery_changed(peer)

    def _audit(self) -> None:
        """Take up what nobody was told of: the server died after a commit, or a watcher failed. Also at each start."""
        self._destroy_store_keys()
        approved = {device.id: device.place for device in self._outside.fleet.approved()}
        for peer in self._peers.all():
            if peer.device not in approved or approved[peer.device] != peer.place:
                self._device_changed(FleetChange(peer.device, None, before=peer.place))
        for device in approved.keys() - {peer.device for peer in self._peers.all()}:
            self._device_changed(FleetChange(device, None))
        self._outsiders.shut_out()

    def _load(self) -> None:
        source = self._outside.source
        for device in self._outside.fleet.approved():
            self._spki[device.id] = device.spki
            self._peers.place(device.id, device.place)
            self._board.placed(device.id, device.place)
        self._peers.load()
        rooms = {peer.room for peer in self._peers.all() if peer.room is not None}
        with source.unit.read() as tx:
            for peer in self._peers.all():
                for key in source.store.keys_of(tx, peer.device):
                    self._board.keyed(peer.device, key.meeting, has_key=key.epoch_sent > 0)
                    self._rooms.note_key(key.meeting, key.epoch_sent)
                link = peer.link
                if link is not None:
                    self._board.seen(peer.device, online=False, at=link.heard_at, agent=link.agent)
            for paper in [paper for room in rooms for held in self._rooms.held(room) for paper in held.papers]:
                self._load_deliveries(tx, paper)

    def _load_deliveries(self, tx: Any, paper: PaperVersion) -> None:
        stored = self._rooms.version(paper)
        for device in self._outside.source.store.deliveries(tx, paper):
            self._hearing.known_delivery(device, paper)
            if stored is not None and self._peers.get(device) is not None:
                self._board.reported(device, paper, stored.layout.chunks)

    def _tell_of_floods(self) -> None:
        passed_over = self._inflow.passed_over
        if passed_over >= 2 * max(1, self._told_passed_over):
            self._told_passed_over = passed_over
            _LOG.warning("devices say too much: %d messages passed over", passed_over)

    def _refuse(self, entry: Entry, exc: WireError) -> None:
        self._refused[exc.code] += 1
        if self._refused[exc.code].bit_count() == 1:  # the 1st, 2nd, 4th … of a kind: a flood does not fill the log
            where = str(entry.topic) if isinstance(entry, Came) else type(entry).__name__
            _LOG.warning("refused on %s: %s (%s)", where, exc.code, exc)

    def _now(self) -> Moment:
        return Moment(self._outside.clock.now(), self._outside.clock.monotonic_s())
