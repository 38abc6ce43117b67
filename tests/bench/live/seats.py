"""Light seats: the seat's own keys, certificate, session and messages, and of the state nothing but the newest number.

Rules: every seat signs and seals what it says as a terminal does, and opens what comes to it. What a seat's own
processor would do beside the others' is not done while the others wait for this one: an act and the next hello are
signed before they are sent, an acknowledgement is opened after all have come (``settle``), and a message to the room,
the same bytes for all, is opened once. Room messages are not folded, their newest number is read.
``BareSeat``: no session and no keys; messages of the same sizes are sent and counted (`echo.py` answers).

Usage: see ``crowd.py``
"""

from __future__ import annotations

import abc
import base64
import json
import os
import re
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge.clock import SystemClock
from edge.link.codec import Channel, Site
from edge.link.ports import Frame
from edge.machine import HEALTH_S
from sealing.boxes import BoxKey, new_key
from sealing.epochs import EpochKey, open_epoch
from sealing.signatures import DeviceSigner, server_verifier
from tests.bench.live.house import Facts, Place
from tests.bench.live.wires import Loop, Wire
from wire import ids, messages
from wire.bitmap import Bitmap
from wire.errors import StaleMessage, WireError
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.messages import Head, Message
from wire.proof import server_key_hash
from wire.topics import PaperVersion, Topic, device_filters, parse

_CLOCK: Final = SystemClock()
#: As the seat's machine: a hello without a welcome is said again, and later each time. Five hundred that did not wait
#: longer would never be answered: every hello makes the welcome to the one before worth nothing.
_ANSWER_S: Final = 1.5
_ANSWER_LIMIT_S: Final = 10.0
_SEQ: Final = re.compile(rb'"seq":(\d+)')
_OPENED: Final = frozenset({"welcome", "desired", "key", "log", "ack"})


class Seat(abc.ABC):
    """What all seats have: a connection, and when they heard of which number."""

    def __init__(self, loop: Loop, facts: Facts, place: Place, *, port: int) -> None:
        self.place: Final = place
        self.device: Final = DeviceId(place.device)
        self.seq = 0
        #: moments of the newest numbers, of having caught up, and of what came in answer since the press
        self.heard_of: list[tuple[int, int]] = []
        self.caught_up_ns = 0
        self.answered_ns: list[int] = []
        self.sizes: dict[str, int] = {}
        self._loop: Final = loop
        filters = device_filters(self.device, RoomId(facts.room))
        self._wire: Final = Wire(loop, self.device, port=port, tls=_tls(facts, place), filters=filters, owner=self)

    def start(self) -> None:
        """Connect."""
        self._wire.start()

    def stop(self) -> None:
        """Disconnect."""
        self._wire.stop()

    @property
    def is_ready(self) -> bool:
        """Whether it has everything that it needs to take part."""
        return self.caught_up_ns > 0

    @abc.abstractmethod
    def up(self) -> None:
        """Connected and subscribed."""

    def down(self) -> None:
        """The connection is gone."""
        self.caught_up_ns = 0

    @abc.abstractmethod
    def heard(self, topic: str, payload: bytes, at_ns: int) -> None:
        """A message."""

    @abc.abstractmethod
    def prepare(self, kind: str, data: dict[str, Any]) -> None:
        """Make ready what the person is about to ask for."""

    @abc.abstractmethod
    def press(self) -> int:
        """Send it: the moment."""

    @abc.abstractmethod
    def settle(self) -> str:
        """What the answer says; opened now."""

    def _reached(self, seq: int, at_ns: int) -> None:
        if seq > self.seq:
            self.seq = seq
            self.heard_of.append((seq, at_ns))


class RoomMessages:
    """What the seats of a process hear in common: opened once, for the bytes are the same."""

    def __init__(self) -> None:
        self._last: tuple[bytes, int] = (b"", 0)

    def newest(self, payload: bytes, topic: str, key: EpochKey) -> int:
        """The newest number that a message to the room tells of."""
        if payload != self._last[0]:
            self._last = payload, _newest(key.open_room(payload, topic=parse(topic)))
        return self._last[1]


class LightSeat(Seat):
    """A seat of the product."""

    def __init__(self, loop: Loop, facts: Facts, place: Place, *, port: int, room: RoomMessages) -> None:
        super().__init__(loop, facts, place, port=port)
        self._meeting: Final = MeetingId(facts.meeting)
        self._room: Final = room
        public = bytes.fromhex(facts.server_key)
        signer = DeviceSigner(load_pem_private_key(Path(place.key).read_bytes(), None))  # type: ignore[arg-type]
        site = Site(server_verifier(public), bytes.fromhex(facts.mailbox), server_key_hash(public))
        self._channel: Final = Channel(signer, site, now=_CLOCK.now, random=os.urandom)
        self._paper: Final = PaperVersion(PaperId(facts.paper), 1)
        self._chunks: Final = facts.chunks
        self._reports = 0
        self._is_waiting = False
        self._joining: Final[BoxKey] = new_key()
        self._key: EpochKey | None = None
        self._is_up = False
        self._hello: Frame | None = None
        self._greeted = 0
        self._patience_s = _ANSWER_S
        #: what came and is not opened yet, in its order
        self._closed: list[tuple[str, bytes, int]] = []
        self._act: tuple[str, Frame] = ("", Frame(Topic.up(self.device, "act"), b""))
        self._outcomes: dict[str, str] = {}

    def prepare(self, kind: str, data: dict[str, Any]) -> None:
        """Sign and seal the act."""
        act, now = ids.new("a", os.urandom(ids.RANDOM_BYTES)), _CLOCK.now()
        frame = self._channel.say(
            lambda head: messages.Act(head, act, self._meeting, kind, self.place.person, now, data)
        )
        assert frame is not None, f"{self.device} has not been welcomed"
        self._act, self.answered_ns, self._is_waiting = (act, frame), [], True

    def press(self) -> int:
        """Send it."""
        frame, at_ns, self._is_waiting = self._act[1], time.monotonic_ns(), False
        self._publish(frame)
        return at_ns

    def settle(self) -> str:
        """Open what came in answer."""
        self._open()
        return self._outcomes.pop(self._act[0], "another act was answered")

    def up(self) -> None:
        """Say hello."""
        self._is_up = True
        self._greet()

    def down(self) -> None:
        """Make the next hello ready."""
        super().down()
        self._is_up = False
        self._channel.hang_up()
        self._closed.clear()
        self._patience_s = _ANSWER_S
        self._hello = self._hello_frame()

    def heard(self, topic: str, payload: bytes, at_ns: int) -> None:
        """Take a message; of an acknowledgement only the moment."""
        lane = topic.split("/")[2]
        if lane == "ev":
            self.sizes["ev"] = len(payload)
            if self._key is not None:
                self._reached(self._room.newest(payload, topic, self._key), at_ns)
        elif lane in _OPENED:
            self._closed.append((topic, payload, at_ns))
            if lane == "ack":
                self.sizes["ack"] = len(payload)
                self.answered_ns.append(at_ns)
            else:
                self._open()

    def _hello_frame(self) -> Frame:
        held = (self._meeting,) if self._key is not None else ()
        return self._channel.greet(boot="bench", agent="bench/1", is_open=True, held=held)

    def _greet(self) -> None:
        frame, self._hello = self._hello or self._hello_frame(), None
        self._publish(frame)
        self._greeted += 1
        number = self._greeted
        self._loop.after(self._patience_s, lambda: self._greet_again(number))
        self._patience_s = min(2 * self._patience_s, _ANSWER_LIMIT_S)

    def _greet_again(self, number: int) -> None:
        if self._is_up and number == self._greeted:
            self._greet()

    def _say(self, build: Callable[[Head], Message]) -> None:
        frame = self._channel.say(build)
        if frame is not None:
            self._publish(frame)

    def _publish(self, frame: Frame) -> None:
        self.sizes[frame.topic.lane] = len(frame.payload)
        self._wire.publish(str(frame.topic), frame.payload)

    def _open(self) -> None:
        waiting, self._closed = self._closed, []
        for topic, payload, at_ns in waiting:
            try:
                self._opened(self._channel.open(parse(topic), payload), at_ns)
            except StaleMessage:
                continue  # said to a session that has ended; it says hello again
            except WireError as refused:
                sys.stderr.write(f"{self.device}: {refused}\n")

    def _opened(self, message: Any, at_ns: int) -> None:
        match message:
            case messages.Welcome() | messages.Desired():
                self._greeted += 1
                self._wished(message.wish, at_ns)
                if isinstance(message, messages.Welcome):
                    self._report(message.wish.generation)
            case messages.Key():
                self._key = open_epoch(
                    message.sealed,
                    key=self._joining,
                    meeting=message.meeting,
                    epoch=message.epoch,
                    device=self.device,
                )
                self._want()
            case messages.Log():
                self._reached(message.events[-1].seq if message.events else message.head_seq, at_ns)
                if self.seq >= message.head_seq:
                    self.caught_up_ns = at_ns
            case messages.Ack():
                self._outcomes[message.act] = message.code or message.outcome

    def _wished(self, wish: messages.Wish, at_ns: int) -> None:
        held = next((each for each in wish.hold if each.meeting == self._meeting), None)
        if held is None:
            return
        if self._key is None:
            self._say(lambda head: messages.Join(head, self._meeting, self._joining.public))
        elif held.seq > self.seq:
            self._want()
        else:
            self.caught_up_ns = at_ns

    def _report(self, generation: int) -> None:
        """What it has of the paper, and how it is; every fifteen seconds from now on."""
        chunks = Bitmap(self._chunks)
        for number in range(self._chunks):
            chunks.add(number)
        self._say(lambda head: messages.Have(head, self._paper, self._chunks, chunks.to_bytes()))
        self._reports += 1
        self._health(generation, self._reports)

    def _health(self, generation: int, number: int) -> None:
        if self._is_waiting and number == self._reports:
            # What is signed later has a later number: the act that waits to be pressed goes first.
            self._loop.after(HEALTH_S / 10, lambda: self._health(generation, number))
        elif self._is_up and number == self._reports:
            seqs: dict[str, int] = {self._meeting: self.seq}
            self._say(lambda head: messages.Health(head, generation, seqs, 10_000, "signed_in"))
            self._loop.after(HEALTH_S, lambda: self._health(generation, number))

    def _want(self) -> None:
        self._say(lambda head: messages.Want(head, self._meeting, "events", self.seq))


class BareSeat(Seat):
    """A connection that sends and counts messages of the product's sizes."""

    def __init__(self, loop: Loop, facts: Facts, place: Place, *, port: int, size: int) -> None:
        super().__init__(loop, facts, place, port=port)
        self._act: Final = str(Topic.up(self.device, "act")), bytes(size)

    def up(self) -> None:
        """That is all."""
        self.caught_up_ns = time.monotonic_ns()

    def heard(self, topic: str, payload: bytes, at_ns: int) -> None:
        """Count it."""
        if topic.split("/")[2] == "ev":
            self._reached(self.seq + 1, at_ns)
        else:
            self.answered_ns.append(at_ns)

    def prepare(self, kind: str, data: dict[str, Any]) -> None:
        """Nothing is signed."""
        self.answered_ns = []

    def press(self) -> int:
        """Send as many bytes."""
        at_ns = time.monotonic_ns()
        self._wire.publish(*self._act)
        return at_ns

    def settle(self) -> str:
        """It is no more than there."""
        return "done"


def _newest(envelope: bytes) -> int:
    """The newest number in a signed message to the room, without reading all of it."""
    payload = base64.b64decode(json.loads(envelope)["payload"])
    found = _SEQ.findall(payload)
    return int(found[-1])


def _tls(facts: Facts, place: Place) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cafile=str(Path(facts.pki) / "ca.pem"))
    context.load_cert_chain(place.certificate, place.key)
    return context
