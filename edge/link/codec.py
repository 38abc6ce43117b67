"""Messages ⇄ what travels, as the seat sees it: sessions, numbers, boxes, room frames (W20–W25).

Rules: every hello begins a new session, so every welcome is fresh; what the server still says to the session before is
taken until the new welcome comes. A message must be of the type its lane is for, be signed by the server, name this
device, and follow the last number. Nothing here decides what a message means.

Usage::

    frame = channel.greet(boot=boot, agent="phonghop/0.1.0", is_open=True, held=())
    message = channel.open(topic, payload)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from edge.link.ports import Frame
from sealing.boxes import BoxKey, new_key, open_box, seal_box
from sealing.epochs import EpochKey
from sealing.signatures import DeviceSigner
from wire import frames, lanes, messages
from wire.envelope import Verify, open_envelope, seal
from wire.errors import BadField, BadFrame, BadTopic, StaleMessage
from wire.ids import DeviceId
from wire.lanes import Sealing
from wire.manifest import Manifest
from wire.messages import Head, Hello, Message, PaperOffer, Welcome
from wire.messages.head import SESSION_BYTES
from wire.topics import Topic


@dataclass(frozen=True, slots=True)
class Site:
    """Whom the seat talks to: how the server's signatures are checked, its mailbox key (32 bytes), and the SHA-256 of
    its signing key, by which a token's signature names it (W55).
    """

    verify: Verify
    mailbox: bytes
    server_key: str


@dataclass(slots=True)
class _Session:
    """One session: the numbers of both directions."""

    id: bytes
    sent: int = 0
    heard: int = -1


class Channel:
    """What the seat says and hears, for one start of the agent: the box key for answers is made here."""

    def __init__(
        self,
        signer: DeviceSigner,
        site: Site,
        *,
        now: Callable[[], dt.datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._signer: Final = signer
        self._site: Final = site
        self._now: Final = now
        self._random: Final = random
        self._box: Final[BoxKey] = new_key()
        self._current: _Session | None = None
        self._greeting: _Session | None = None
        self.device: Final[DeviceId] = signer.key_id
        self.server_key: Final = site.server_key

    def greet(self, *, boot: str, agent: str, is_open: bool, held: Iterable[str], certificate: str = "") -> Frame:
        """A hello that begins a new session."""
        self._greeting = _Session(self._random(SESSION_BYTES))
        hello = Hello(self._head(self._greeting), self._box.public, boot, agent, is_open, tuple(held), certificate)
        return self._boxed(hello)

    def say(self, build: Callable[[Head], Message]) -> Frame | None:
        """The frame of the message that ``build`` makes around the next head; None before a welcome."""
        if self._current is None:
            return None
        return self._boxed(build(self._head(self._current)))

    @property
    def is_greeted(self) -> bool:
        """Whether the server has answered, so that something can be said."""
        return self._current is not None

    def hang_up(self) -> None:
        """The connection is gone: what comes next must answer a new hello."""
        self._current = self._greeting = None

    def open(self, topic: Topic, payload: bytes) -> Any:
        """A message to this seat alone (a box lane); raises a :class:`wire.errors.WireError`."""
        lane = lanes.of(topic)
        if lane.sealing is not Sealing.BOX or topic.owner != self.device:
            raise BadTopic("not a lane to this seat")
        message = self._checked(open_box(payload, key=self._box, topic=topic), lane)
        if message.head.device != self.device:
            raise BadField("head.device", "is another device")
        self._must_be_fresh(message)
        return message

    def open_room(self, topic: Topic, payload: bytes, keys: Iterable[EpochKey]) -> Any:
        """A message under one of these epoch keys (a room lane); raises a :class:`wire.errors.WireError`."""
        lane = lanes.of(topic)
        if lane.sealing is not Sealing.ROOM:
            raise BadTopic("not a lane of the room")
        epoch = frames.parse_room(payload).epoch
        for key in keys:
            if key.epoch != epoch:
                continue
            try:
                envelope = key.open_room(payload, topic=topic)
            except BadFrame:
                # Another meeting in the same room may be in the same epoch.
                continue
            return self._checked(envelope, lane)
        raise BadFrame(f"no key here opens epoch {epoch}")

    def open_manifest(self, offer: PaperOffer) -> tuple[Manifest, bytes]:
        """The manifest inside an offer and its signed bytes; raises a :class:`wire.errors.WireError`."""
        signed = open_envelope(offer.manifest, verify=self._site.verify)
        if signed.type != "manifest":
            raise BadField("offer.manifest", "is not a manifest")
        manifest = Manifest.from_value(signed.value())
        if manifest.meeting != offer.meeting:
            raise BadField("offer.meeting", "is not the manifest's")
        return manifest, signed.payload

    def _checked(self, envelope: bytes, lane: lanes.Lane) -> Any:
        signed = open_envelope(envelope, verify=self._site.verify)
        if signed.type not in lane.types:
            raise BadField("envelope.payloadType", "is not one of this lane")
        return messages.parse(signed.type, signed.value())

    def _must_be_fresh(self, message: Any) -> None:
        head: Head = message.head
        if isinstance(message, Welcome) and self._greeting is not None and head.session == self._greeting.id:
            self._current, self._greeting = self._greeting, None
        if self._current is None:
            raise StaleMessage("nothing is awaited before the welcome")
        head.must_follow(self._current.id, self._current.heard)
        self._current.heard = head.number

    def _head(self, session: _Session) -> Head:
        session.sent += 1
        return Head(self.device, session.id, session.sent, self._now())

    def _boxed(self, message: Message) -> Frame:
        topic = Topic.up(self.device, message.TYPE)
        envelope = seal(message.TYPE, message.to_value(), key_id=self._signer.key_id, sign=self._signer.sign)
        return Frame(topic, seal_box(envelope, to=self._site.mailbox, topic=topic))
