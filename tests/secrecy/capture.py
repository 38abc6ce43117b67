"""What a broker carried and a server logged, written down; and what of it the server's lasting key opens.

Usage::

    capture = Capture(); link = Overheard(MqttLink(…), capture); logging.getLogger().addHandler(Writes(capture))
    opened(topic, payload, keys.mailbox)
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sealing.boxes import BoxKey, open_box
from server.link.ports import Inbox, Link
from wire import canonical
from wire.envelope import open_envelope
from wire.errors import WireError
from wire.topics import Topic

UP: Final = "u"


@dataclass
class Capture:
    """What the broker carried, in its order: moment, device, topic, bytes; and what the server logged."""

    carried: list[tuple[float, str, Topic, bytes]] = field(default_factory=list)
    logged: list[tuple[float, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, device: str, topic: Topic, payload: bytes) -> None:
        """A message went by."""
        with self.lock:
            self.carried.append((time.monotonic(), device, topic, payload))


class Writes(logging.Handler):
    """Every line of every logger, however unimportant."""

    def __init__(self, capture: Capture) -> None:
        super().__init__(logging.DEBUG)
        self._capture: Final = capture

    def emit(self, record: logging.LogRecord) -> None:
        self._capture.logged.append((time.monotonic(), f"{record.name} {record.threadName} {record.getMessage()}"))


@dataclass
class Overheard:
    """A link, and an inbox, whose messages are written down as the broker hands them over."""

    link: Link
    capture: Capture
    inbox: Inbox | None = None

    def start(self, inbox: Inbox) -> None:
        """Connect."""
        self.inbox = inbox
        self.link.start(self)

    def stop(self) -> None:
        """Disconnect."""
        self.link.stop()

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """To the broker."""
        self.capture.note(topic.owner, topic, payload)
        return self.link.publish(topic, payload)

    @property
    def is_connected(self) -> bool:
        """As the link says."""
        return self.link.is_connected

    @property
    def backlog(self) -> int:
        """As the link says."""
        return self.link.backlog

    def received(self, topic: Topic, payload: bytes) -> None:
        """From the broker."""
        self.capture.note(topic.owner, topic, payload)
        if self.inbox is not None:
            self.inbox.received(topic, payload)

    def connected(self) -> None:
        """The broker is there."""
        if self.inbox is not None:
            self.inbox.connected()

    def disconnected(self) -> None:
        """The broker is gone."""
        if self.inbox is not None:
            self.inbox.disconnected()


@dataclass(frozen=True)
class Said:
    """One message: whose connection, on which lane, and what it says to who has the mailbox key."""

    at: float
    device: str
    lane: str
    data: bytes

    @property
    def line(self) -> bytes:
        return f"{self.device} {self.lane} ".encode() + self.data


def opened(topic: Topic, payload: bytes, mailbox: BoxKey) -> bytes:
    """What seats said, opened; what they were told is sealed to keys that are gone."""
    if topic.tree != UP:
        return payload
    try:
        return open_envelope(open_box(payload, key=mailbox, topic=topic), verify=lambda *_: None).payload
    except WireError:
        return payload


def length(said: Sequence[Said], device: str) -> int:
    """How many bytes this device said with its ballot, asking and handing in, but for the head: that one counts."""
    own = [each.data for each in said if each.device == device and each.lane in {"act", "drop"}]
    return sum(len(canonical.encode({**canonical.decode(data), "head": None})) for data in own)
