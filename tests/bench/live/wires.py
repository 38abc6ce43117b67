"""Connections of many seats in one loop: TLS 1.3 with the seat's certificate, MQTT 5, made again for ever.

Rules: on the wire as the seat's own link (``edge/link/mqtt.py``) – the same packets, limits, certificates and waits, a
clean start each time, a message acknowledged when it is dealt with – but without a thread and a client library for
each: five hundred of those take more of a processor than server and broker together, and in a room every seat brings
its own. One thread; moments are CLOCK_MONOTONIC, taken when bytes are read and before they are sent.

Usage::

    wire = Wire(loop, device, port=8883, tls=context, filters=(…), owner=seat)
    wire.start()
    while not done(): loop.turn()
"""

from __future__ import annotations

import errno
import heapq
import itertools
import random
import select
import socket
import ssl
import time
from collections.abc import Callable
from typing import Final, Protocol

from edge.link.mqtt import AWAY_WAIT_S, FIRST_WAIT_S, KEEPALIVE_S, LONGEST_WAIT_S, RECEIVE_MAXIMUM
from tests.bench.live import packets
from wire.ids import DeviceId
from wire.topics import Topic

_HOST: Final = "127.0.0.1"
_READ: Final = 65536
_IDLE_S: Final = 0.2
_PING_S: Final = KEEPALIVE_S / 2
_MANY: Final = 1024


class Owner(Protocol):
    """Whose connection it is."""

    def up(self) -> None:
        """Connected and subscribed."""
        ...

    def down(self) -> None:
        """The connection is gone."""
        ...

    def heard(self, topic: str, payload: bytes, at_ns: int) -> None:
        """A message."""
        ...


class Loop:
    """One epoll for all, and what is to be done later."""

    def __init__(self) -> None:
        self._poll: Final = select.epoll()
        self._ready: Final[dict[int, Callable[[int], None]]] = {}
        self._later: Final[list[tuple[int, int, Callable[[], None]]]] = []
        self._order: Final = itertools.count()

    def at(self, moment_ns: int, do: Callable[[], None]) -> None:
        """Do something then."""
        heapq.heappush(self._later, (moment_ns, next(self._order), do))

    def after(self, wait_s: float, do: Callable[[], None]) -> None:
        """Do something after a while."""
        self.at(time.monotonic_ns() + int(wait_s * 1e9), do)

    def watch(self, fd: int, events: int, ready: Callable[[int], None]) -> None:
        """Call ``ready`` whenever something happens there."""
        self._ready[fd] = ready
        self._poll.register(fd, events)

    def expect(self, fd: int, events: int) -> None:
        """Wait for something else there."""
        self._poll.modify(fd, events)

    def forget(self, fd: int) -> None:
        """Before it is closed."""
        del self._ready[fd]
        self._poll.unregister(fd)

    def turn(self) -> None:
        """Whatever is due or has come; returns after a fifth of a second at most."""
        now_ns = time.monotonic_ns()
        while self._later and self._later[0][0] <= now_ns:
            heapq.heappop(self._later)[2]()
        wait_s = _IDLE_S
        if self._later:
            wait_s = min(wait_s, max(0.0, (self._later[0][0] - time.monotonic_ns()) / 1e9))
        for fd, events in self._poll.poll(wait_s, _MANY):
            ready = self._ready.get(fd)
            if ready is not None:
                ready(events)


class Wire:
    """The connection of one seat."""

    def __init__(
        self, loop: Loop, device: DeviceId, *, port: int, tls: ssl.SSLContext, filters: tuple[str, ...], owner: Owner
    ) -> None:
        self._loop: Final = loop
        self._port: Final = port
        self._tls: Final = tls
        self._owner: Final = owner
        self._hello: Final = packets.connect(
            device, keepalive_s=KEEPALIVE_S, receive_maximum=RECEIVE_MAXIMUM, will=str(Topic.up(device, "gone"))
        )
        self._filters: Final = packets.subscribe(filters)
        self._socket: ssl.SSLSocket | None = None
        self._raw: socket.socket | None = None
        self._came = bytearray()
        self._going = bytearray()
        self._number = 0
        self._wait_s = FIRST_WAIT_S
        self._is_full = False
        self._stopped = False
        self.is_up = False

    def start(self) -> None:
        """Connect."""
        if self._stopped:
            return
        raw = socket.socket()
        raw.settimeout(0)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._raw = raw
        if raw.connect_ex((_HOST, self._port)) not in {0, errno.EINPROGRESS}:
            self._fail(AWAY_WAIT_S)
            return
        self._loop.watch(raw.fileno(), select.EPOLLOUT, self._reached)

    def stop(self) -> None:
        """Leave."""
        self._stopped = True
        if self.is_up:
            self._send(packets.DISCONNECT)
        self._close()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message; lost without a connection."""
        if self.is_up:
            self._number = self._number % 65535 + 1
            self._send(packets.publish(topic, payload, number=self._number))

    def _reached(self, _events: int) -> None:
        raw = self._raw
        assert raw is not None
        self._loop.forget(raw.fileno())
        if raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._fail(AWAY_WAIT_S)
            return
        self._socket = self._tls.wrap_socket(raw, server_hostname=_HOST, do_handshake_on_connect=False)
        self._raw = None
        self._loop.watch(self._socket.fileno(), select.EPOLLIN, self._shake)
        self._shake(0)

    def _shake(self, _events: int) -> None:
        tls = self._socket
        assert tls is not None
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except OSError:
            self._fail(FIRST_WAIT_S)
            return
        self._loop.forget(tls.fileno())
        self._loop.watch(tls.fileno(), select.EPOLLIN, self._ready)
        self._send(self._hello)

    def _ready(self, events: int) -> None:
        if events & select.EPOLLOUT:
            self._flush()
        tls, at_ns = self._socket, time.monotonic_ns()
        if tls is None or not events & ~select.EPOLLOUT:
            return
        try:
            data = tls.recv(_READ)
            while tls.pending():
                data += tls.recv(_READ)
        except ssl.SSLWantReadError:
            return
        except OSError:
            data = b""
        if not data:
            self._fail(FIRST_WAIT_S if self.is_up else LONGEST_WAIT_S)
            return
        self._came += data
        for packet in packets.packets(self._came):
            self._take(packet, at_ns)

    def _take(self, packet: packets.Packet, at_ns: int) -> None:
        if packet.kind == packets.PUBLISH:
            message = packets.published(packet)
            self._owner.heard(message.topic, message.payload, at_ns)
            if message.number is not None:
                self._send(packets.acknowledge(message.number))
        elif packet.kind == packets.CONNACK:
            self._send(self._filters)
        elif packet.kind == packets.SUBACK:
            self.is_up = True
            self._ping(self._socket)
            self._owner.up()

    def _ping(self, of: ssl.SSLSocket | None) -> None:
        if of is self._socket and self.is_up:
            self._send(packets.PING)
            self._loop.after(_PING_S, lambda: self._ping(of))

    def _send(self, data: bytes) -> None:
        self._going += data
        self._flush()

    def _flush(self) -> None:
        tls = self._socket
        if tls is None:
            return
        try:
            while self._going:
                del self._going[: tls.send(self._going)]
        except ssl.SSLWantWriteError:
            self._is_full = True
            self._loop.expect(tls.fileno(), select.EPOLLIN | select.EPOLLOUT)
            return
        except OSError:
            return  # what is gone is noticed where it is read
        if self._is_full:
            self._is_full = False
            self._loop.expect(tls.fileno(), select.EPOLLIN)

    def _fail(self, at_most_s: float) -> None:
        self._close()
        self._owner.down()
        self._wait_s = min(2 * self._wait_s, at_most_s)
        # As the seat's link spreads it.
        self._loop.after(self._wait_s * random.uniform(0.5, 1.0), self.start)

    def _close(self) -> None:
        self.is_up = self._is_full = False
        if self._socket is not None:
            self._loop.forget(self._socket.fileno())
            self._socket.close()
        if self._raw is not None:
            self._raw.close()
        self._socket = self._raw = None
        self._came.clear()
        self._going.clear()
