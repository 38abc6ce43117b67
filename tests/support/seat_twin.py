"""A seat as far as the server can see one: it greets, joins, keeps papers, reports, acts, destroys, gives receipts.

Rules: speaks ``wire`` and ``sealing`` alone, so what it understands is the contract and not the agent's code. What it
keeps survives :meth:`SeatTwin.die`; what it holds in memory does not. Everything wrong that comes is in ``faults``.

Usage::

    seat = SeatTwin(site, room=room)
    seat.live(connect)                  # connect(take) gives something with publish(topic, payload)
    until(lambda: seat.is_complete(paper))
    seat.die(); seat.live(connect)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sealing.boxes import BoxKey, new_key, open_box, seal_box
from sealing.epochs import EpochKey, open_epoch
from sealing.signatures import DeviceSigner, server_verifier
from wire import ids, lanes, messages
from wire.bitmap import Bitmap
from wire.envelope import open_envelope, seal
from wire.errors import BadFrame, WireError
from wire.events import Event, check_chain
from wire.fold import fold
from wire.lanes import Sealing
from wire.manifest import Manifest
from wire.messages import Head, Message
from wire.secret import Secret
from wire.state import MeetingState
from wire.topics import PaperVersion, Topic

REPORT_CHUNKS = 32
_TICK_S = 0.05
_REPORT_TICKS = 5
_ASK_TICKS = 20

Take = Callable[[Topic, bytes], None]


@dataclass(frozen=True)
class Trusted:
    """What a seat knows of its site: the server's raw Ed25519 key and its mailbox key."""

    server_key: bytes
    mailbox: bytes


class Connection(Protocol):
    """Either broker's client."""

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over."""
        ...


Connect = Callable[["SeatTwin"], tuple[Connection, Callable[[], None]]]


@dataclass
class KeptPaper:
    """A paper on the seat's disk."""

    manifest: Manifest
    key: Secret
    chunks: dict[int, bytes] = field(default_factory=dict)

    @property
    def bitmap(self) -> Bitmap:
        """Which chunks are there."""
        found = Bitmap(self.manifest.layout.chunks)
        for number in self.chunks:
            found.add(number)
        return found


@dataclass
class KeptMeeting:
    """A meeting on the seat's disk."""

    box: BoxKey
    epochs: dict[int, EpochKey] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """How far its log is."""
        return self.events[-1].seq if self.events else 0


class SeatTwin:
    """One seat; for the tests' threads and its own."""

    def __init__(self, trusted: Trusted, signer: DeviceSigner | None = None) -> None:
        self.signer = signer or DeviceSigner.generate()
        self.device = self.signer.key_id
        self._trusted = trusted
        self._verify = server_verifier(trusted.server_key)
        self._lock = threading.RLock()
        # The disk
        self.meetings: dict[str, KeptMeeting] = {}
        self.papers: dict[PaperVersion, KeptPaper] = {}
        self.receipts: dict[str, tuple[str, dt.datetime, tuple[messages.HeldPaper, ...]]] = {}
        # The memory
        self.wish: messages.Wish | None = None
        self.store_key = b""
        self.acks: dict[str, messages.Ack] = {}
        self.challenges: list[messages.Challenge] = []
        #: what came of signing papers, in its order
        self.signing: list[messages.SignRounds | messages.SignPart | messages.SignOffer] = []
        #: boxes of secret ballots that it was asked to mix
        self.mixes: list[messages.Mix] = []
        #: where the presenter pointed
        self.points: list[messages.Point] = []
        self.faults: list[str] = []
        self.received = 0
        self.twice = 0
        self.welcomes = 0
        self.hellos = 0
        self.overheard: Callable[[bytes], None] = lambda _payload: None
        self._forget_session()

    def _forget_session(self) -> None:
        self._box = new_key()
        self._session = b""
        self._greeting = b""
        self._sent = 0
        self._heard = -1
        self._unreported: dict[PaperVersion, int] = {}
        self._connection: Connection | None = None
        self._leave: Callable[[], None] | None = None
        self._stop = threading.Event()
        self._ticks = 0

    # ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def live(self, connect: Connect) -> None:
        """Start: connect, greet, and go on until :meth:`die`."""
        with self._lock:
            self._connection, self._leave = connect(self)
            self.hello()
        self._thread = threading.Thread(target=self._run, name=f"seat {self.device}", daemon=True)
        self._thread.start()

    def die(self) -> None:
        """Power off: the connection is lost, the memory is gone, the disk stays."""
        self._stop.set()
        self._thread.join()
        leave = self._leave
        if leave is not None:
            leave()
        with self._lock:
            self.wish, self.store_key = None, b""
            self._forget_session()

    def mute(self) -> None:
        """Hang: the connection stays, nothing is said any more."""
        self._stop.set()

    def is_complete(self, *papers: PaperVersion) -> bool:
        """Whether all of the papers are whole."""
        with self._lock:
            return all(paper in self.papers and self.papers[paper].bitmap.full for paper in papers)

    def state(self, meeting: str) -> MeetingState:
        """The meeting as the seat knows it."""
        with self._lock:
            kept = self.meetings.get(meeting)
            return fold(kept.events) if kept is not None else MeetingState()

    def ciphertext(self, paper: PaperVersion) -> bytes:
        """The whole encrypted paper."""
        with self._lock:
            kept = self.papers[paper]
            return b"".join(kept.chunks[number] for number in range(kept.manifest.layout.chunks))

    # ── speaking ─────────────────────────────────────────────────────────────────────────────────────────────────

    def hello(self) -> None:
        """Begin a new session."""
        with self._lock:
            self._greeting = secrets.token_bytes(16)
            self.hellos += 1
            head = Head(self.device, self._greeting, 0, _now())
            self._send(messages.Hello(head, self._box.public, "boot", "twin/1", open=True, held=tuple(self.meetings)))

    def act(self, meeting: str, kind: str, data: dict[str, Any], *, person: str | None, act: str | None = None) -> str:
        """Ask for something; the act's id. The answer comes in ``acks``."""
        found = act or ids.new("a", secrets.token_bytes(10))
        self.say(lambda head: messages.Act(head, found, meeting, kind, person, _now(), data))
        return found

    def say(self, build: Callable[[Head], Message]) -> None:
        """Send a message of the current session."""
        with self._lock:
            if not self._session:
                return
            self._sent += 1
            self._send(build(Head(self.device, self._session, self._sent, _now())))

    def report(self, paper: PaperVersion) -> None:
        """Say which chunks are kept."""
        with self._lock:
            bitmap = self.papers[paper].bitmap
            self._unreported.pop(paper, None)
        self.say(lambda head: messages.Have(head, paper, bitmap.size, bitmap.to_bytes()))

    def health(self) -> None:
        """Say how far the logs are."""
        generation = self.wish.generation if self.wish else 0
        seqs = {meeting: kept.seq for meeting, kept in self.meetings.items()}
        self.say(lambda head: messages.Health(head, generation, seqs, 1000, "welcome"))

    def _send(self, message: Message) -> None:
        topic = Topic.up(self.device, message.TYPE)
        envelope = seal(message.TYPE, message.to_value(), key_id=self.device, sign=self.signer.sign)
        if self._connection is not None:
            self._connection.publish(topic, seal_box(envelope, to=self._trusted.mailbox, topic=topic))

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, topic: Topic, payload: bytes) -> None:
        """A message came."""
        self.overheard(payload)
        with self._lock:
            if self._stop.is_set():
                return
            try:
                self._take(topic, payload)
            except WireError as exc:
                self.faults.append(f"{topic}: {exc.code} {exc}")

    def _take(self, topic: Topic, payload: bytes) -> None:
        lane = lanes.of(topic)
        if lane.sealing is Sealing.CHUNK:
            self._chunk(topic, payload)
            return
        envelope = self._open(topic, payload, lane.sealing)
        if envelope is None:
            return
        signed = open_envelope(envelope, verify=self._verify)
        message = messages.parse(signed.type, signed.value())
        if lane.sealing is Sealing.BOX:
            if isinstance(message, messages.Welcome) and message.head.session == self._greeting:
                self._session, self._greeting, self._sent, self._heard = self._greeting, b"", 0, -1
            message.head.must_follow(self._session, self._heard)
            self._heard = message.head.number
        getattr(self, f"_on_{signed.type}")(message)

    def _open(self, topic: Topic, payload: bytes, sealing: Sealing) -> bytes | None:
        if sealing is Sealing.BOX:
            return open_box(payload, key=self._box, topic=topic)
        keys = [key for kept in self.meetings.values() for key in kept.epochs.values()]
        for key in keys:
            try:
                return key.open_room(payload, topic=topic)
            except BadFrame:
                continue
        return None  # its key is not here yet, or never will be

    def _on_welcome(self, message: messages.Welcome) -> None:
        self.welcomes += 1
        if self.store_key and self.store_key != message.store_key:
            self.faults.append("another store key")
        self.store_key = message.store_key
        self._wish(message.wish)
        for paper in list(self.papers):
            self.report(paper)
        self.health()

    def _on_desired(self, message: messages.Desired) -> None:
        if self.wish is None or message.wish.generation >= self.wish.generation:
            self._wish(message.wish)

    def _wish(self, wish: messages.Wish) -> None:
        self.wish = wish
        for meeting in wish.recall:
            self.destroy(meeting)
        self._ask()

    def _ask(self) -> None:
        for holding in self.wish.hold if self.wish else ():
            kept = self.meetings.setdefault(holding.meeting, KeptMeeting(new_key()))
            if holding.epoch not in kept.epochs:
                self._join(holding.meeting, kept)
            elif kept.seq < holding.seq:
                self._want(holding.meeting, kept.seq)
            for paper in holding.papers:
                if holding.epoch in kept.epochs and paper not in self.papers:
                    self._want_manifest(holding.meeting, paper)

    def _join(self, meeting: str, kept: KeptMeeting) -> None:
        self.say(lambda head: messages.Join(head, meeting, kept.box.public))

    def _want(self, meeting: str, after: int) -> None:
        self.say(lambda head: messages.Want(head, meeting, "events", after))

    def _want_manifest(self, meeting: str, paper: PaperVersion) -> None:
        self.say(lambda head: messages.Want(head, meeting, "manifest", paper=paper))

    def _on_key(self, message: messages.Key) -> None:
        kept = self.meetings.get(message.meeting)
        if kept is not None:
            kept.epochs[message.epoch] = open_epoch(
                message.sealed, key=kept.box, meeting=message.meeting, epoch=message.epoch, device=self.device
            )
            self._ask()

    def _on_ack(self, message: messages.Ack) -> None:
        self.acks[message.act] = message

    def _on_sign_rounds(self, message: messages.SignRounds) -> None:
        self.signing.append(message)

    def _on_sign_part(self, message: messages.SignPart) -> None:
        self.signing.append(message)

    def _on_sign_offer(self, message: messages.SignOffer) -> None:
        self.signing.append(message)

    def _on_mix(self, message: messages.Mix) -> None:
        self.mixes.append(message)

    def _on_challenge(self, message: messages.Challenge) -> None:
        self.challenges.append(message)

    def _on_log(self, message: messages.Log) -> None:
        self._events(message.meeting, message.events)

    def _on_point(self, message: messages.Point) -> None:
        self.points.append(message)

    def _on_events(self, message: messages.Events) -> None:
        self._events(message.meeting, message.events)

    def _events(self, meeting: str, events: tuple[Event, ...]) -> None:
        kept = self.meetings.get(meeting)
        if kept is None:
            return
        fresh = [event for event in events if event.seq > kept.seq]
        if fresh and fresh[0].seq > kept.seq + 1:
            self._want(meeting, kept.seq)
            return
        check_chain(fresh, after=kept.events[-1] if kept.events else None, meeting=meeting)
        kept.events += fresh
        self._ask()

    def _on_offer(self, message: messages.PaperOffer) -> None:
        signed = open_envelope(message.manifest, verify=self._verify)
        manifest = Manifest.from_value(signed.value())
        kept = self.meetings[message.meeting]
        known = fold(kept.events).paper(manifest.paper)
        if known is None or known.manifest_sha256 != hashlib.sha256(signed.payload).hexdigest():
            return  # the log does not name it yet; asked for again
        if manifest.key not in self.papers:
            key = kept.epochs[message.epoch].unwrap(message.wrapped_key)
            self.papers[manifest.key] = KeptPaper(manifest, key)
        self.report(manifest.key)

    def _chunk(self, topic: Topic, payload: bytes) -> None:
        kept = None if topic.paper is None else self.papers.get(topic.paper)
        if kept is None or topic.chunk is None:
            return
        self.received += 1
        kept.manifest.check_chunk(topic.chunk, payload)
        if topic.chunk in kept.chunks:
            self.twice += 1
            return
        kept.chunks[topic.chunk] = payload
        waiting = self._unreported[kept.manifest.key] = self._unreported.get(kept.manifest.key, 0) + 1
        if waiting >= REPORT_CHUNKS or len(kept.chunks) == kept.manifest.layout.chunks:
            self.report(kept.manifest.key)

    def destroy(self, meeting: str) -> None:
        """Destroy what is kept of a meeting, and say so (again)."""
        if meeting in self.meetings:
            gone = [paper for paper, kept in self.papers.items() if kept.manifest.meeting == meeting]
            held = tuple(_held(self.papers.pop(paper)) for paper in gone)
            del self.meetings[meeting]
            self.receipts[meeting] = (ids.new("a", secrets.token_bytes(10)), _now(), held)
        act, at, papers = self.receipts.setdefault(meeting, (ids.new("a", secrets.token_bytes(10)), _now(), ()))
        self.say(lambda head: messages.Receipt(head, act, meeting, at, papers))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        while not self._stop.wait(_TICK_S):
            with self._lock:
                self._tick()

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks % _REPORT_TICKS == 0:
            for paper in list(self._unreported):
                self.report(paper)
        if self._ticks % _ASK_TICKS == 0:
            if self.wish is None:
                self.hello()
            else:
                self._ask()
                for meeting in self.wish.recall:
                    self.destroy(meeting)


def _held(kept: KeptPaper) -> messages.HeldPaper:
    whole = kept.bitmap.full
    size = sum(len(chunk) for chunk in kept.chunks.values())
    return messages.HeldPaper(kept.manifest.key, kept.manifest.pages if whole else 0, size)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
