"""A broker in memory: the twin of the real one, with its access rules, for tests without processes.

Rules: like the real one it hands messages on in order, from a thread of its own, to whoever is subscribed at that
moment and to nobody later; a client that is cut off misses what comes; who may do what is ``wire.topics``.

Usage::

    broker = MemoryBroker()
    link = MemoryLink(broker)
    seat = broker.join(device, room, take=messages.append)
    seat.publish(topic, payload)
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from server.link.ports import Inbox
from wire.ids import DeviceId, RoomId
from wire.topics import SERVER_FILTER, SERVER_GRANTS, Grant, Topic, device_filters, device_grants

Take = Callable[[Topic, bytes], None]


def matches(topic: str, pattern: str) -> bool:
    """Whether an MQTT filter matches a topic (MQTT 5.0, 4.7)."""
    levels, wanted = topic.split("/"), pattern.split("/")
    for index, want in enumerate(wanted):
        if want == "#":
            return True
        if index >= len(levels) or want not in {"+", levels[index]}:
            return False
    return len(levels) == len(wanted)


@dataclass
class Client:
    """One connection to the broker in memory."""

    broker: MemoryBroker
    filters: tuple[str, ...]
    grants: tuple[Grant, ...]
    take: Take
    will: Topic | None = None
    is_up: bool = True
    dropped: list[Topic] = field(default_factory=list)

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over; what the client may not write is dropped in silence, as mosquitto does."""
        if not self.is_up:
            return False
        if any(grant.access == "write" and matches(str(topic), grant.filter) for grant in self.grants):
            self.broker.spread(topic, payload)
        else:
            self.dropped.append(topic)
        return True

    def may_read(self, topic: Topic) -> bool:
        """Whether a message on this topic is for this client."""
        text = str(topic)
        return any(matches(text, wanted) for wanted in self.filters) and any(
            grant.access == "read" and matches(text, grant.filter) for grant in self.grants
        )

    def leave(self, *, lost: bool = False) -> None:
        """Disconnect; when the connection is ``lost`` the broker speaks the last will."""
        self.is_up = False
        self.broker.drop(self)
        if lost and self.will is not None:
            self.broker.spread(self.will, b"")


class MemoryBroker:
    """Passes messages on; ``seen`` holds all of them."""

    def __init__(self) -> None:
        self.seen: list[tuple[Topic, bytes]] = []
        self._clients: list[Client] = []
        self._lock: Final = threading.Lock()
        self._queue: Final[queue.SimpleQueue[tuple[Client, Topic, bytes] | None]] = queue.SimpleQueue()
        self._thread: Final = threading.Thread(target=self._run, name="memory-broker", daemon=True)
        self._thread.start()

    def join(self, device: DeviceId, room: RoomId | None, take: Take) -> Client:
        """Connect a seat."""
        will = Topic.up(device, "gone")
        return self.connect(Client(self, device_filters(device, room), device_grants(device, room), take, will))

    def connect(self, client: Client) -> Client:
        """Connect any client."""
        with self._lock:
            self._clients.append(client)
        return client

    def drop(self, client: Client) -> None:
        """Forget a client."""
        with self._lock:
            if client in self._clients:
                self._clients.remove(client)

    def spread(self, topic: Topic, payload: bytes) -> None:
        """Queue a message for everyone who may read it now."""
        with self._lock:
            self.seen.append((topic, payload))
            for client in self._clients:
                if client.may_read(topic):
                    self._queue.put((client, topic, payload))

    def close(self) -> None:
        """Stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (entry := self._queue.get()) is not None:
            client, topic, payload = entry
            if client.is_up:
                client.take(topic, payload)


class MemoryLink:
    """The port :class:`server.link.ports.Link` on a broker in memory."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker: Final = broker
        self._client: Client | None = None
        self._inbox: Inbox | None = None

    def start(self, inbox: Inbox) -> None:
        """Connect."""
        self._inbox = inbox
        self._client = self._broker.connect(Client(self._broker, (SERVER_FILTER,), SERVER_GRANTS, inbox.received))
        inbox.connected()

    def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            self._client.leave()
            self._client = None
        if self._inbox is not None:
            self._inbox.disconnected()

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over."""
        return self._client is not None and self._client.publish(topic, payload)

    @property
    def is_connected(self) -> bool:
        """Whether a message can be handed over."""
        return self._client is not None

    @property
    def backlog(self) -> int:
        """Nothing waits in memory."""
        return 0
