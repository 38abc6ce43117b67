"""Asks the services of a PKI over HTTP, and never waits longer than it was told.

Rules: one budget covers name look-up, connection, headers and body, whatever the other side does; an answer has a
limit of bytes; redirects are not followed and no proxy is asked. Every failure is :class:`PkiServiceAway`. A request
runs in a thread that the caller gives up when the budget is spent; at most ``at_once`` such threads live.

Usage::

    HttpFetcher(timeout_s=5).post(url, request, kind="application/timestamp-query")
"""

from __future__ import annotations

import http.client
import queue
import ssl
import threading
import time
from typing import Final
from urllib.parse import urlsplit

from server.trust.errors import PkiServiceAway

LIMIT_BYTES: Final = 32 * 2**20
_CHUNK: Final = 65536


class HttpFetcher:
    """Gets and posts; for all threads."""

    def __init__(self, *, timeout_s: float, at_once: int = 8, limit_bytes: int = LIMIT_BYTES) -> None:
        self.timeout_s: Final = timeout_s
        self._limit: Final = limit_bytes
        self._slots: Final = threading.BoundedSemaphore(at_once)

    def get(self, url: str) -> bytes:
        """The body at ``url``; raises :class:`PkiServiceAway`."""
        return self._ask("GET", url, body=None, headers={})

    def post(self, url: str, body: bytes, *, kind: str) -> bytes:
        """What the service answers to ``body`` of the media type ``kind``; raises :class:`PkiServiceAway`."""
        return self._ask("POST", url, body=body, headers={"Content-Type": kind})

    def _ask(self, method: str, url: str, *, body: bytes | None, headers: dict[str, str]) -> bytes:
        deadline = time.monotonic() + self.timeout_s
        host = urlsplit(url).hostname or ""
        if urlsplit(url).scheme not in {"http", "https"} or not host:
            raise PkiServiceAway(host=host)
        if not self._slots.acquire(timeout=self.timeout_s):
            raise PkiServiceAway(host=host)
        answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put(_exchange(method, url, body=body, headers=headers, deadline=deadline, limit=self._limit))
            except (OSError, http.client.HTTPException, ValueError):
                answers.put(None)
            finally:
                self._slots.release()

        threading.Thread(target=work, name="pki-fetch", daemon=True).start()
        try:
            found = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise PkiServiceAway(host=host) from None
        if found is None:
            raise PkiServiceAway(host=host)
        return found


def _exchange(
    method: str, url: str, *, body: bytes | None, headers: dict[str, str], deadline: float, limit: int
) -> bytes:
    parts = urlsplit(url)
    patience = max(0.1, deadline - time.monotonic())
    connection = (
        http.client.HTTPSConnection(parts.netloc, context=ssl.create_default_context(), timeout=patience)
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.netloc, timeout=patience)
    )
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise ValueError(f"status {answer.status}")
        found = bytearray()
        while chunk := answer.read1(_CHUNK):
            found += chunk
            if len(found) > limit or time.monotonic() > deadline:
                raise ValueError("too long")
        if answer.length:
            raise ValueError("cut short")
        return bytes(found)
    finally:
        connection.close()
