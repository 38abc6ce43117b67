"""What goes to a room: its meetings' events, manifests and chunks, as the room's plan says.

Rules: for the distribution's thread only. Chunks are read where they lie and sent as they are; everything else is
signed, and sealed under the meeting's epoch.

Usage::

    rooms.refresh(room)
    rooms.send_events(room, meeting, state, events)
    rooms.advance(now_s)
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sealing.epochs import EpochKey
from server.distribution.model import Held, is_held
from server.distribution.plan import ChunkRoom, ChunkSeat, OfferRoom, OfferSeat, Pace, RoomPlan, Step
from server.distribution.ports import Chunks, Epochs, LinkStore, Meetings, Papers, Wrapping
from server.link.codec import Codec
from server.link.ports import Link
from server.meetings.errors import NoSuchMeeting
from server.papers.ports import StoredVersion
from server.unit import UnitOfWork
from wire import canonical
from wire.events import Event
from wire.ids import MeetingId, RoomId
from wire.messages import Events, PaperOffer, Point, View
from wire.state import MeetingState
from wire.topics import PaperVersion, Topic

#: Messages that the broker has not taken yet; beyond it nothing more is read from the disk.
BACKLOG: Final = 128
#: Far below the broker's limit for one message, whatever an agenda holds.
_EVENTS_A_MESSAGE: Final = 100
_BYTES_A_MESSAGE: Final = 512 * 1024
_LOG: Final = logging.getLogger("distribution")


@dataclass(frozen=True, slots=True)
class Source:
    """Where what goes to a room comes from."""

    unit: UnitOfWork
    store: LinkStore
    meetings: Meetings
    epochs: Epochs
    papers: Papers
    chunks: Chunks
    master: Wrapping


class Rooms:
    """A plan for every room with seats."""

    def __init__(self, source: Source, *, link: Link, codec: Codec, pace: Pace | None = None) -> None:
        self._source: Final = source
        self._link: Final = link
        self._codec: Final = codec
        self._pace: Final = pace
        self._plans: dict[RoomId, RoomPlan] = {}
        self._held: dict[RoomId, tuple[Held, ...]] = {}
        self._versions: dict[PaperVersion, StoredVersion] = {}
        self._epochs: dict[MeetingId, int] = {}
        self._pointer: tuple[MeetingId, EpochKey] | None = None

    def plan(self, room: RoomId) -> RoomPlan:
        """The plan of a room."""
        found = self._plans.get(room)
        if found is None:
            found = self._plans[room] = RoomPlan(self._pace)
            self.refresh(room)
        return found

    def restart(self) -> None:
        """Begin anew: the connection was lost, nobody is known to be here."""
        self._plans = {}

    def refresh(self, room: RoomId) -> None:
        """Look again at what the room's meetings want."""
        with self._source.unit.read() as tx:
            meetings = self._source.store.held_meetings(tx, room)
        known = [each for each in map(self._known, meetings) if each is not None]
        held = tuple(each for each in known if is_held(each.state) and each.state.room == room)
        self._held[room] = held
        if room in self._plans:
            wanted = [paper for each in held for paper in each.papers]
            sizes = [(paper, stored.layout.chunks) for paper in wanted if (stored := self.version(paper))]
            self._plans[room].want(sizes)

    def grew(self, meeting: MeetingId, before: MeetingState, after: MeetingState) -> bool:
        """Take a change that leaves room, phase and papers as they were; false for any other: look again.

        One that is told a second time, after a later one, is known already: what is held never grows older.
        """
        held, room = Held(meeting, after), RoomId(after.room)
        known = self._held.get(room, ())
        same = (before.room, before.phase, Held(meeting, before).papers) == (after.room, after.phase, held.papers)
        newest = next((each.state.seq for each in known if each.meeting == meeting), None)
        if not same or newest is None or newest < before.seq:
            return False
        if newest >= after.seq:
            return True
        self._held[room] = tuple(held if each.meeting == meeting else each for each in known)
        return True

    def _known(self, meeting: MeetingId) -> Held | None:
        try:
            return Held(meeting, self._source.meetings.state(meeting))
        except NoSuchMeeting:
            # A rehearsal that was deleted since the list was read; the room's other meetings go on.
            return None

    def forget(self, meeting: MeetingId, papers: Iterable[PaperVersion]) -> None:
        """A meeting was deleted with its papers."""
        self._epochs.pop(meeting, None)
        self._pointer = None
        for paper in papers:
            self._versions.pop(paper, None)

    def held(self, room: RoomId | None) -> tuple[Held, ...]:
        """The meetings that the seats of a room hold."""
        if room is None:
            return ()
        if room not in self._held:
            self.refresh(room)
        return self._held[room]

    def version(self, paper: PaperVersion) -> StoredVersion | None:
        """A published version."""
        found = self._versions.get(paper)
        if found is None:
            with self._source.unit.read() as tx:
                found = self._source.papers.find(tx, paper)
            if found is not None:
                self._versions[paper] = found
        return found

    def key(self, meeting: MeetingId, epoch: int) -> EpochKey:
        """The key of an epoch."""
        with self._source.unit.read() as tx:
            return self._source.epochs.key(tx, meeting, epoch=epoch)

    def note_key(self, meeting: MeetingId, epoch: int) -> None:
        """Some seat was sent the key of this epoch; before that, nobody could read what the room is told."""
        self._epochs[meeting] = max(epoch, self._epochs.get(meeting, 0))

    def send_events(self, room: RoomId, meeting: MeetingId, state: MeetingState, *, events: Sequence[Event]) -> None:
        """Send new events to the seats of a room; who has no key yet asks for them later."""
        if not self._can_read(meeting, state.epoch) or not self._link.is_connected:
            return
        topic, key = Topic.events(room, meeting), self.key(meeting, state.epoch)
        for batch in batches(events):
            self._link.publish(topic, self._codec.seal_room(topic, Events(meeting, batch), epoch=key))

    def point(self, room: RoomId, state: MeetingState, point: Point | View) -> None:
        """Tell the seats of a room where the presenter points, what they see; of many that wait none is missed."""
        meeting = MeetingId(point.meeting)
        busy = self._link.backlog > BACKLOG or not self._link.is_connected
        if busy or not self._can_read(meeting, state.epoch) or not is_held(state):
            return
        topic, key = Topic.pointer(room, meeting), self._pointer_key(meeting, state.epoch)
        self._link.publish(topic, self._codec.seal_room(topic, point, epoch=key))

    def _pointer_key(self, meeting: MeetingId, epoch: int) -> EpochKey:
        """Asked ten times a second: not from the database each time."""
        known = self._pointer
        if known is None or (known[0], known[1].epoch) != (meeting, epoch):
            known = self._pointer = (meeting, self.key(meeting, epoch))
        return known[1]

    def advance(self, now_s: float) -> bool:
        """Do what the plans say now; whether any of them still has work."""
        busy = False
        for room, plan in self._plans.items():
            if not self._link.is_connected or self._link.backlog > BACKLOG:
                return True
            for step in plan.steps(now_s):
                self._perform(room, step)
            busy = busy or not plan.idle
        return busy

    def _perform(self, room: RoomId, step: Step) -> None:
        stored = self.version(step.paper)
        if stored is None:
            return
        match step:
            case OfferRoom(paper):
                if self._can_read(stored.meeting, self._source.meetings.state(stored.meeting).epoch):
                    self._offer(Topic.manifest(room, paper), stored)
            case OfferSeat(device, paper):
                self._offer(Topic.seat_manifest(device, paper), stored)
            case ChunkRoom(paper, number):
                self._chunk(Topic.room_chunk(room, paper, number), stored, number)
            case ChunkSeat(device, paper, number):
                self._chunk(Topic.seat_chunk(device, paper, number), stored, number)

    def _can_read(self, meeting: MeetingId, epoch: int) -> bool:
        return 0 < epoch <= self._epochs.get(meeting, 0)

    def _offer(self, topic: Topic, stored: StoredVersion) -> None:
        epoch = self.key(stored.meeting, self._source.meetings.state(stored.meeting).epoch)
        wrapped = epoch.wrap(self._source.master.unwrap(stored.wrapped_key))
        offer = PaperOffer(stored.meeting, epoch.epoch, stored.manifest, wrapped)
        self._link.publish(topic, self._codec.seal_room(topic, offer, epoch=epoch))

    def _chunk(self, topic: Topic, stored: StoredVersion, number: int) -> None:
        try:
            data = self._source.chunks.chunk(stored.version, stored.layout, number)
        except OSError as exc:
            _LOG.error("%s cannot be read: %s", stored.version, exc)
            return
        self._link.publish(topic, data)


def batches(events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    """Events in portions that one message takes."""
    batch: list[Event] = []
    size = 0
    for event in events:
        weight = len(canonical.encode(event.to_value()))
        if batch and (len(batch) == _EVENTS_A_MESSAGE or size + weight > _BYTES_A_MESSAGE):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield tuple(batch)
