"""The server as a seat meets it: speaks the contract (`wire`, `sealing`) and keeps everything in memory.

Rules: the twin obeys the same rules as the real server – sessions, numbers, acknowledgement after the act, receipts
checked – and writes down what it saw, so that a test can compare. It has no clock and no network: ``handle`` takes a
frame, what it says goes to ``out``.

Usage::

    twin = ServerTwin(out=network.to_seat)
    twin.enrol(device_signer, seat="A1")
    meeting = twin.prepare_meeting(); twin.publish(meeting, "report", plain)
    twin.handle(topic, payload)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sealing.boxes import new_key, open_box, seal_box
from sealing.epochs import EpochKey, seal_epoch
from sealing.papers import encrypt_paper, new_paper_key
from sealing.signatures import DeviceSigner, ServerSigner, device_verifier, server_verifier
from server.marks.acts import MarkActs
from server.meetings.ports import Outcome
from tests.support.marks_play import MemoryMarkStore, service_on
from tests.support.meeting_log import MeetingLog, named, paper
from wire import messages
from wire.bitmap import Bitmap
from wire.envelope import open_envelope, seal
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.manifest import Manifest
from wire.messages import Head, Holding, Wish
from wire.phases import HOLDING
from wire.proof import server_key_hash
from wire.secret import Secret
from wire.state import MeetingState, PaperState
from wire.topics import PaperVersion, Topic

ROOM = RoomId(named("r", "room"))
BEGIN = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
#: What the twin's papers hold when a test does not care.
PLAIN = bytes(range(256)) * 2000

_ACTS = {
    "meeting_open": "meeting_opened",
    "meeting_recess": "meeting_recessed",
    "meeting_resume": "meeting_resumed",
    "meeting_close": "meeting_closed",
    "present_stop": "presenting_stopped",
}


@dataclass
class TwinDevice:
    """A seat as the server knows it."""

    id: DeviceId
    spki: bytes
    seat: str
    store_key: bytes = field(default_factory=lambda: os.urandom(32))
    session: bytes = b""
    box: bytes = b""
    heard: int = -1
    said: int = 0
    generation: int = 0
    keys: dict[str, bytes] = field(default_factory=dict)
    have: dict[PaperVersion, Bitmap] = field(default_factory=dict)
    health: messages.Health | None = None
    hellos: list[messages.Hello] = field(default_factory=list)
    keeping: tuple[messages.Hours | None, messages.Maintenance | None] = (None, None)


@dataclass
class TwinPaper:
    """One paper version, encrypted."""

    manifest: Manifest
    envelope: bytes
    key: Secret
    cipher: bytes

    def chunk(self, number: int) -> bytes:
        """One transport chunk."""
        offset, length = self.manifest.layout.chunk(number)
        return self.cipher[offset : offset + length]


@dataclass
class TwinMeeting:
    """One meeting."""

    log: MeetingLog
    epochs: dict[int, EpochKey] = field(default_factory=dict)
    papers: dict[PaperVersion, TwinPaper] = field(default_factory=dict)
    receipts: dict[str, messages.Receipt] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)

    @property
    def id(self) -> MeetingId:
        return self.log.meeting


class _Acts:
    """The twin as the handler of acts that stands behind the others."""

    def __init__(self, twin: ServerTwin) -> None:
        self._twin = twin

    def perform(self, act: messages.Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        return Outcome(*self._twin.perform(self._twin.devices[device], act))


class _States:
    """The twin's meetings."""

    def __init__(self, twin: ServerTwin) -> None:
        self._twin = twin

    def state(self, meeting: MeetingId) -> MeetingState:
        return self._twin.meetings[meeting].log.state


class ServerTwin:
    """All of the server that one room needs."""

    def __init__(self, out: Callable[[Topic, bytes], None]) -> None:
        self._out = out
        self.signer = ServerSigner.generate()
        self.mailbox = new_key()
        self.devices: dict[str, TwinDevice] = {}
        self.meetings: dict[str, TwinMeeting] = {}
        self.passwords: dict[str, str] = {}
        self.outcomes: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self.performed: list[messages.Act] = []
        #: what seats told of readings, and how the twin answers it
        self.readings: list[messages.Act] = []
        self.readings_outcome: tuple[str, str] | None = ("done", "")
        #: what seats answered to orders
        self.obeyed: list[tuple[str, str, str]] = []
        #: what it says to the question of a store that does not open
        self.anew = ""
        #: what seats said that they have lost: why, and which loss
        self.losses: list[tuple[str, str]] = []
        #: how far seats said they are with a new image
        self.updating: list[messages.Updating] = []
        self.stale = 0
        self.is_up = True
        #: what the server keeps of private marks, and the feature itself in front of the twin's acts
        self.marks = MemoryMarkStore()
        self._acts = MarkActs(_Acts(self), service_on(self.marks, _States(self)))

    @property
    def server_key(self) -> str:
        """How a token's signature names this server."""
        return server_key_hash(self.signer.public)

    @property
    def verify(self) -> Any:
        """What seats check the server's signatures with."""
        return server_verifier(self.signer.public)

    # ------------------------------------------------------------ scenario

    def enrol(self, signer: DeviceSigner, *, seat: str) -> TwinDevice:
        """A device with a seat in the room."""
        device = TwinDevice(signer.key_id, signer.spki, named("s", seat))
        self.devices[signer.key_id] = device
        return device

    def prepare_meeting(self, name: str = "demo") -> TwinMeeting:
        """An approved meeting with its first epoch; the members of the playbook have the password of their name."""
        log = MeetingLog(MeetingId(named("m", name))).created()
        meeting = TwinMeeting(log)
        self.meetings[meeting.id] = meeting
        self.passwords |= {named("u", who): who for who in ("chair", "secretary", "lan", "guest")}
        log.add("meeting_submitted")
        log.add("meeting_approved")
        self.start_epoch(meeting)
        return meeting

    def start_epoch(self, meeting: TwinMeeting) -> None:
        """A new epoch key, for every seat that has joined."""
        epoch = max(meeting.epochs, default=0) + 1
        meeting.epochs[epoch] = EpochKey.generate(epoch)
        self.add(meeting, "epoch_started", {"epoch": epoch})
        for device in self.devices.values():
            self._send_key(device, meeting)
        self.wish_changed()

    def add(self, meeting: TwinMeeting, kind: str, data: dict[str, Any] | None = None) -> None:
        """Write an event and tell the room."""
        before = len(meeting.log.events)
        meeting.log.add(kind, data)
        fresh = tuple(meeting.log.events[before:])
        if meeting.epochs:
            epoch = meeting.epochs[max(meeting.epochs)]
            self._room(Topic.events(ROOM, meeting.id), messages.Events(meeting.id, fresh), epoch=epoch)

    def publish(self, meeting: TwinMeeting, name: str, plain: bytes, *, version: int = 1, pages: int = 3) -> TwinPaper:
        """Submit, approve and publish a paper, offer it and send it to the room."""
        made = self.encrypt(meeting, name, plain, version=version, pages=pages)
        entry = paper(name, under="one", version=version, pages=pages)
        self.add(meeting, "paper_submitted", entry | {"plain_sha256": made.manifest.plain_sha256})
        self.add(meeting, "paper_approved", {"paper": made.manifest.paper})
        digest = hashlib.sha256(_payload(made.envelope)).hexdigest()
        where = {"paper": made.manifest.paper, "version": version}
        self.add(meeting, "paper_published", where | {"manifest_sha256": digest})
        meeting.papers[made.manifest.key] = made
        self.wish_changed()
        self.offer(meeting, made)
        for number in range(made.manifest.layout.chunks):
            self._out(Topic.room_chunk(ROOM, made.manifest.key, number), made.chunk(number))
        return made

    def encrypt(self, meeting: TwinMeeting, name: str, plain: bytes, *, version: int = 1, pages: int = 3) -> TwinPaper:
        """A paper that nobody knows of yet."""
        key, target = new_paper_key(), io.BytesIO()
        where = PaperVersion(PaperId(named("p", name)), version)
        made = encrypt_paper(io.BytesIO(plain), target, key=key, paper=where)
        manifest = Manifest(meeting.id, where.paper, version, made.plain_bytes, pages, made.plain_sha256, made.hashes)
        envelope = seal("manifest", manifest.to_value(), key_id=self.signer.key_id, sign=self.signer.sign)
        return TwinPaper(manifest, envelope, key, target.getvalue())

    def offer(self, meeting: TwinMeeting, made: TwinPaper, *, to: DeviceId | None = None) -> None:
        """Send a paper's manifest and wrapped key to the room, or to one seat."""
        epoch = meeting.epochs[max(meeting.epochs)]
        offer = messages.PaperOffer(meeting.id, epoch.epoch, made.envelope, epoch.wrap(made.key))
        where = made.manifest.key
        topic = Topic.manifest(ROOM, where) if to is None else Topic.seat_manifest(to, where)
        self._room(topic, offer, epoch=epoch)

    def close(self, meeting: TwinMeeting, kind: str = "meeting_closed") -> None:
        """End the meeting; seats that ever had its key are to destroy it."""
        self.add(meeting, kind)
        expected = [{"device": each, "seat_label": "A"} for each in sorted(meeting.holders)]
        self.add(meeting, "recall_started", {"devices": expected})
        self.wish_changed()

    def wish_changed(self) -> None:
        """Tell every seat what it should hold now."""
        for device in self.devices.values():
            device.generation += 1
            if device.session:
                wish = self.wish(device)
                self._say(device, "desired", partial(messages.Desired, wish=wish))

    def wish(self, device: TwinDevice) -> Wish:
        """What a seat should hold."""
        hold, recall = [], []
        for meeting in self.meetings.values():
            state = meeting.log.state
            if state.phase in HOLDING and meeting.epochs:
                papers = tuple(
                    PaperVersion(PaperId(each.paper), each.published_version)
                    for each in state.papers
                    if each.published_version and each.state is not PaperState.RECALLED
                )
                hold.append(Holding(meeting.id, max(meeting.epochs), state.seq, papers))
            elif device.id in meeting.holders and device.id not in meeting.receipts:
                recall.append(meeting.id)
        return Wish(device.generation, device.seat, "A1", ROOM, "Phòng họp 1", tuple(hold), tuple(recall))

    def restart(self) -> None:
        """As after a kill: the database stays, sessions in memory are gone."""
        for device in self.devices.values():
            device.session = b""
            device.have.clear()

    def repair(self, *, at_most: int = 16) -> None:
        """Send each seat some of what its own report says it lacks; ask again for a report that was lost."""
        for meeting in self.meetings.values():
            for device in self.devices.values():
                for where, made in meeting.papers.items():
                    have = device.have.get(where)
                    if have is None and device.id in meeting.holders:
                        self.offer(meeting, made, to=device.id)
                    for number in list(have.missing())[:at_most] if have is not None else ():
                        self._out(Topic.seat_chunk(device.id, where, number), made.chunk(number))

    # ------------------------------------------------------------ what comes

    def handle(self, topic: Topic, payload: bytes) -> None:
        """A frame from a seat."""
        device = self.devices.get(topic.owner)
        if not self.is_up or device is None or topic.lane == "gone":
            return
        verify = device_verifier(lambda name: self.devices[name].spki if name in self.devices else None)
        signed = open_envelope(open_box(payload, key=self.mailbox, topic=topic), verify=verify)
        assert signed.type == topic.lane
        assert signed.key_id == device.id
        message = messages.parse(signed.type, signed.value())
        if isinstance(message, messages.Hello):
            self._hello(device, message)
        elif message.head.session != device.session or message.head.number <= device.heard:
            self.stale += 1
        else:
            device.heard = message.head.number
            self._take(device, message)

    def _hello(self, device: TwinDevice, hello: messages.Hello) -> None:
        device.session, device.box = hello.head.session, hello.box
        device.heard, device.said = hello.head.number, 0
        device.have.clear()
        device.hellos.append(hello)
        self._say(device, "welcome", lambda head: messages.Welcome(head, self.wish(device), device.store_key))
        if any(device.keeping):
            self._say(device, "keeping", lambda head: messages.Keeping(head, *device.keeping))

    def _hear(self, device: TwinDevice, health: messages.Health) -> None:
        device.health = health
        heard = "" if health.machine is None else health.machine.store_loss
        if health.machine is not None and heard:
            self.losses.append((health.machine.store_lost, heard))
        # As the server does: a wish that was lost comes with the answer.
        self._say(device, "desired", lambda head: messages.Desired(head, self.wish(device), heard, self.anew))

    def _take(self, device: TwinDevice, message: Any) -> None:
        match message:
            case messages.Join():
                device.keys[message.meeting] = message.key
                self._send_key(device, self.meetings[message.meeting])
            case messages.Want(kind="events"):
                self._send_log(device, self.meetings[message.meeting], message.after)
            case messages.Want():
                meeting = self.meetings[message.meeting]
                if message.paper in meeting.papers:
                    self.offer(meeting, meeting.papers[message.paper], to=device.id)
            case messages.Have():
                device.have[message.paper] = Bitmap(message.chunks, message.bitmap)
            case messages.Health():
                self._hear(device, message)
            case messages.Obeyed():
                self.obeyed.append((message.order, message.outcome, message.code))
            case messages.Updating():
                self.updating.append(message)
            case messages.Act(kind="readings"):
                self._read(device, message)
            case messages.Act():
                done = self._acts.perform(message, device=device.id, seat=device.seat, now=message.head.at)
                self._ack(device, message.act, done.outcome, done.code, done.data)
            case messages.Receipt():
                self._receipt(device, message)

    def _read(self, device: TwinDevice, message: messages.Act) -> None:
        self.readings.append(message)
        if self.readings_outcome is not None:
            self._ack(device, message.act, *self.readings_outcome, {})

    def order(self, device: str, order: str, kind: str, text: str = "") -> None:
        """IT has a seat do something."""
        self._say(self.devices[device], "order", lambda head: messages.Order(head, order, kind, text))

    def keep(
        self, device: str, *, hours: messages.Hours | None = None, maintenance: messages.Maintenance | None = None
    ) -> None:
        """IT looks after a seat so; also told after each welcome from now on."""
        found = self.devices[device]
        found.keeping = hours, maintenance
        self._say(found, "keeping", lambda head: messages.Keeping(head, hours, maintenance))

    def update(self, device: str, update: str, kind: str, release: messages.Release) -> None:
        """Have a seat fetch, install, start or drop a new image."""
        self._say(self.devices[device], "update", lambda head: messages.Update(head, update, kind, release))

    def _send_key(self, device: TwinDevice, meeting: TwinMeeting) -> None:
        key = device.keys.get(meeting.id)
        if key is None or not device.session:
            return
        meeting.holders.add(device.id)
        newest = max(meeting.epochs)
        sealed = seal_epoch(meeting.epochs[newest], to=key, meeting=meeting.id, device=device.id)
        self._say(device, "key", lambda head: messages.Key(head, meeting.id, newest, sealed))

    def _send_log(self, device: TwinDevice, meeting: TwinMeeting, after: int) -> None:
        events = tuple(meeting.log.events[after:])
        self._say(device, "log", lambda head: messages.Log(head, meeting.id, meeting.log.state.seq, events))

    def _receipt(self, device: TwinDevice, receipt: messages.Receipt) -> None:
        meeting = self.meetings[receipt.meeting]
        if device.id not in meeting.receipts:
            meeting.receipts[device.id] = receipt
            self.wish_changed()
        self._ack(device, receipt.act, "done", "", {})

    def perform(self, device: TwinDevice, act: messages.Act) -> tuple[str, str, dict[str, Any]]:
        """An act of an outbox, once."""
        known = self.outcomes.get(act.act)
        if known is None:
            known = self._decide(device, act)
            self.outcomes[act.act] = known
        return known

    def _decide(self, device: TwinDevice, act: messages.Act) -> tuple[str, str, dict[str, Any]]:
        meeting = self.meetings.get(act.meeting)
        if meeting is None or meeting.log.state.phase not in HOLDING:
            return "refused", "meeting-not-live", {}
        self.performed.append(act)
        if act.kind == "sign_in":
            if self.passwords.get(act.data["person"]) != act.data["password"]:
                return "refused", "bad-credentials", {}
            self.add(meeting, "person_seated", {"person": act.data["person"], "seat": device.seat})
        elif act.kind == "sign_out":
            self.add(meeting, "person_left", {"person": act.person})
        elif act.kind == "present":
            self.add(meeting, "page_presented", {**act.data, "person": act.person, "call": 0})
        elif act.kind == "meeting_close":
            self.close(meeting)
        elif act.kind == "item_start":
            self.add(meeting, "item_started", act.data)
        else:
            self.add(meeting, _ACTS[act.kind])
        return "done", "", {"seq": meeting.log.state.seq}

    def _ack(self, device: TwinDevice, act: str, outcome: str, code: str, data: dict[str, Any]) -> None:
        self._say(device, "ack", lambda head: messages.Ack(head, act, outcome, code, data))

    # ------------------------------------------------------------ what goes

    def answer(self, device: TwinDevice, lane: str, build: Callable[[Head], Any]) -> None:
        """Say something to a seat in its session."""
        self._say(device, lane, build)

    def _say(self, device: TwinDevice, lane: str, build: Callable[[Head], Any]) -> None:
        device.said += 1
        message = build(Head(device.id, device.session, device.said, BEGIN))
        self.say(device, message, topic=Topic.down(device.id, lane))

    def say(self, device: TwinDevice, message: Any, *, topic: Topic) -> None:
        """Seal any message to a seat, as the server would."""
        self._out(topic, seal_box(self.signed(message), to=device.box, topic=topic))

    def signed(self, message: Any) -> bytes:
        """A message in an envelope."""
        return seal(message.TYPE, message.to_value(), key_id=self.signer.key_id, sign=self.signer.sign)

    def _room(self, topic: Topic, message: Any, *, epoch: EpochKey) -> None:
        self._out(topic, epoch.seal_room(self.signed(message), topic=topic))


def _payload(envelope: bytes) -> bytes:
    return open_envelope(envelope, verify=lambda *_: None).payload
