"""How requests come in: a slow client costs a place at the door, never one of the places where work is done.

Rules: head and small body of a request are received before it takes one of the ``threads`` places; they have to be here
within :data:`ARRIVAL_S`. Larger bodies (papers) have few places of their own, and have to come at
:data:`SLOWEST_BYTES_S` once :data:`GRACE_S` have been waited for them. Who is slower is cut off. What the application
itself takes its time for, and a live connection, are nobody's slowness.

Usage: ``{"worker_class": "server.reception.Reception"}`` among gunicorn's settings.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

ARRIVAL_S: Final = 10.0
SMALL_BYTES: Final = 1024 * 1024
GRACE_S: Final = 15.0
SLOWEST_BYTES_S: Final = 16 * 1024
#: Of all places, those that large bodies may have; and how long one is waited for.
LARGE_SHARE: Final = 4
LARGE_WAIT_S: Final = 60.0
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class Arrival:
    """What one connection is waited for: a moment (monotonic seconds), or a flow of bytes."""

    until_s: float = float("inf")
    received: int = 0
    waited_s: float = 0.0
    reading_since_s: float | None = None

    def is_late(self, now_s: float) -> bool:
        """Whether the client is slower than it may be."""
        if self.reading_since_s is None:
            return now_s > self.until_s
        waited_s = self.waited_s + now_s - self.reading_since_s
        return waited_s > GRACE_S + self.received / SLOWEST_BYTES_S


class Late:
    """The arrivals that are waited for; asked by the main loop, told by the threads."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._arrivals: Final[dict[Any, Arrival]] = {}

    @contextlib.contextmanager
    def watched(self, connection: Any, arrival: Arrival) -> Iterator[Arrival]:
        """Wait for the connection within the block; one that was watched before is watched again after it."""
        with self._lock:
            before = self._arrivals.get(connection)
            self._arrivals[connection] = arrival
        try:
            yield arrival
        finally:
            with self._lock:
                if before is None:
                    del self._arrivals[connection]
                else:
                    self._arrivals[connection] = before

    def cut_off(self, now_s: float) -> None:
        """End the reading of those who are late: a thread that waits for them reads the end."""
        with self._lock:
            late = [connection for connection, arrival in self._arrivals.items() if arrival.is_late(now_s)]
            for connection in late:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RD)


class Reception(ThreadWorker):
    """gunicorn's worker with threads, of which as many as are configured do work and the others receive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: Final = Late()
        self._places: Final = threading.BoundedSemaphore(self.cfg.threads)
        self._large: Final = threading.BoundedSemaphore(max(2, self.cfg.threads // LARGE_SHARE))

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """A thread for each connection: one that waits costs next to nothing."""
        return ThreadPoolExecutor(max_workers=self.worker_connections, thread_name_prefix="request")

    def murder_pending(self) -> None:
        """Called by the main loop at least every second."""
        super().murder_pending()
        self._late.cut_off(time.monotonic())

    def handle(self, conn: Any) -> Any:
        """One request: what comes before the work has to come soon."""
        with self._late.watched(conn, Arrival(time.monotonic() + ARRIVAL_S)):
            return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The head is here: receive a small body, take a place, do the work."""
        is_small = self._receive_small(req, conn)
        with self._late.watched(conn, Arrival()) as arrival:
            if is_small:
                with self._places:
                    return super().handle_request(req, conn)
            if not self._large.acquire(timeout=LARGE_WAIT_S):
                conn.sock.sendall(_BUSY)
                return False
            try:
                with self._places:
                    _measure(conn.parser.unreader, arrival)
                    return super().handle_request(req, conn)
            finally:
                self._large.release()

    def _receive_small(self, req: Any, conn: Any) -> bool:
        """Whether the whole body is here; raises NoMoreData when it is not here in time."""
        length = _length(req)
        if length is not None and length > SMALL_BYTES:
            return False
        if length == 0:
            return True
        with self._late.watched(conn, Arrival(time.monotonic() + ARRIVAL_S)):
            if req._expected_100_continue:  # noqa: SLF001 - gunicorn would say it only when the work begins
                conn.sock.sendall(_CONTINUE)
                req._expected_100_continue = False  # noqa: SLF001
            body = req.body.read(SMALL_BYTES + 1)
            # Read once more by the application: put back in front of what has not come.
            req.body.buf.write(body)
        if length is not None and len(body) < length:
            conn.sock.sendall(_TOO_SLOW)
            raise NoMoreData(b"")
        return len(body) <= SMALL_BYTES


def _length(req: Any) -> int | None:
    """Bytes of the body, None when they are not told."""
    headers = dict(req.headers)
    if "TRANSFER-ENCODING" in headers:
        return None
    stated = headers.get("CONTENT-LENGTH", "0")
    return int(stated) if stated.isdecimal() else None


def _measure(unreader: Any, arrival: Arrival) -> None:
    """Let ``arrival`` know how long is waited for bytes, and how many come."""
    read = type(unreader).chunk

    def chunk(size_hint: int | None = None) -> bytes:
        arrival.reading_since_s = began_s = time.monotonic()
        try:
            data: bytes = read(unreader, size_hint)
        finally:
            arrival.reading_since_s = None
            arrival.waited_s += time.monotonic() - began_s
        arrival.received += len(data)
        return data

    unreader.chunk = chunk
