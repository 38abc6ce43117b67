"""Fetch a bundle in pieces, over TLS, in a thread of its own.

Rules: what is there already is asked for by its offset and not again, also after a power cut; nothing is written that
leaves the seat less than its reserve; length and digest are compared before the bundle gets its name. What another
server, a proxy or a half file could give is refused by a word of the closed list; no answer is asked for again, ever
less often, for half an hour without a byte. Nobody waits for a thread that is stopped, so it may meet the next one at
the same file: it writes nothing from then on, and lays nothing under the bundle's name.

Usage::

    fetch = Fetch(release, folder, connect=…, free_bytes=…, reserve_bytes=…, tell=queue.put)
    fetch.start(); fetch.stop()
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import logging
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from edge.events import UpdateWent
from wire.messages.updates import RELEASE_PATH, Release

#: Where root's unit looks for it, below the folder of the store (recipe/root/usr/lib/phonghop/install-release).
BUNDLE: Final = "bundle"
PIECE_BYTES: Final = 1 << 18
#: So much may be lost by a power cut.
SYNC_BYTES: Final = 16 << 20
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 60.0
PATIENCE_S: Final = 1800.0
_RANGE: Final = re.compile(r"bytes ([0-9]{1,12})-[0-9]{1,12}/([0-9]{1,12})", re.ASCII)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOG: Final = logging.getLogger("phonghop.seat.updates")


class _Refused(Exception):
    """It will not come any better: ``reason``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason: Final = reason


class Fetch:
    """One release; tells :class:`UpdateWent` with every per cent and at the end."""

    def __init__(
        self,
        release: Release,
        folder: Path,
        *,
        connect: Callable[[], http.client.HTTPConnection],
        free_bytes: Callable[[], int],
        reserve_bytes: int,
        tell: Callable[[UpdateWent], None],
        wait_s: float = FIRST_WAIT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._release: Final = release
        self._folder: Final = folder
        self._part: Final = folder / f"{release.sha256}.part"
        self._connect: Final = connect
        self._free_bytes: Final = free_bytes
        self._reserve_bytes: Final = reserve_bytes
        self._tell: Final = tell
        self._wait_s: Final = wait_s
        self._patience_s: Final = patience_s
        self._told = -1
        self._stopping: Final = threading.Event()
        #: held while a piece is written or the bundle is named, for as long as the disk takes: after stop() neither is
        self._lock: Final = threading.Lock()
        self._thread: Final = threading.Thread(target=self._run, name="update", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing is written or told any more, what came stays. Nobody waits for a server that is slow."""
        with self._lock:
            self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Wait for its end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._until_whole()
            self._take()
            self._say("fetched", 100)
        except _Refused as no:
            _LOG.warning("the bundle of %s is not taken: %s", self._release.version, no.reason)
            self._say("failed", 0, no.reason)
        except OSError as exc:
            _LOG.warning("the bundle of %s cannot be kept: %s", self._release.version, exc)
            self._say("failed", 0, "no-space" if exc.errno in _FULL else "install")

    def _until_whole(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        wait_s, moved_s = self._wait_s, time.monotonic()
        while not self._stopping.is_set() and (before := self._have()) < self._release.size:
            try:
                self._go_on(before)
            except (http.client.HTTPException, ConnectionError, TimeoutError, OSError) as exc:
                if isinstance(exc, OSError) and exc.errno in _FULL:
                    raise
                _LOG.info("the bundle of %s stands at %d bytes: %r", self._release.version, self._have(), exc)
            if self._have() > before:
                wait_s, moved_s = self._wait_s, time.monotonic()
            elif time.monotonic() - moved_s >= self._patience_s:
                raise _Refused("unreachable")
            if self._have() < self._release.size:
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _have(self) -> int:
        try:
            return self._part.stat().st_size
        except FileNotFoundError:
            return 0

    def _go_on(self, have: int) -> None:
        """One connection, as far as it carries."""
        if self._free_bytes() < self._release.size - have + self._reserve_bytes:
            raise _Refused("no-space")
        connection = self._connect()
        try:
            path = RELEASE_PATH.format(sha256=self._release.sha256)
            connection.request("GET", path, headers={"Range": f"bytes={have}-"} if have else {})
            answer = connection.getresponse()
            if self._stopping.is_set():
                return
            self._write(answer, self._offset(answer, have))
        finally:
            connection.close()

    def _offset(self, answer: http.client.HTTPResponse, have: int) -> int:
        """Where what comes belongs; raises :class:`_Refused`, and ``HTTPException`` for what may be better later."""
        if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
            found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if found is None or int(found[1]) != have or int(found[2]) != self._release.size:
                raise _Refused("truncated")
            return have
        if answer.status == http.HTTPStatus.OK:
            if answer.length != self._release.size:
                raise _Refused("truncated")
            return 0
        if answer.status in {http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE}:
            raise _Refused("unreachable")
        raise http.client.HTTPException(f"status {answer.status}")

    def _write(self, answer: http.client.HTTPResponse, offset: int) -> None:
        with self._opened("r+b" if offset else "wb") as file:
            at = synced = offset
            file.seek(offset)
            while at < self._release.size and not self._stopping.is_set():
                piece = answer.read(min(PIECE_BYTES, self._release.size - at))
                with self._lock:
                    if not piece or self._stopping.is_set():
                        break
                    file.write(piece)
                    file.flush()
                at += len(piece)
                if at - synced >= SYNC_BYTES:
                    os.fdatasync(file.fileno())
                    synced = at
                self._progress(at)
            os.fsync(file.fileno())

    def _opened(self, mode: str) -> IO[bytes]:
        """The file of what came; opening it anew cuts it, which a stopped thread may not do either."""
        with self._lock:
            if self._stopping.is_set():
                raise ConnectionError("stopped")
            return self._part.open(mode)

    def _progress(self, at: int) -> None:
        done = min(at * 100 // self._release.size, 99)
        if done != self._told:
            self._told = done
            self._say("fetching", done)

    def _take(self) -> None:
        """Give the bundle its name; raises :class:`_Refused` for another content than was promised."""
        if self._stopping.is_set():
            return
        with self._part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        with self._lock:
            if self._stopping.is_set():
                return
            if found != self._release.sha256:
                self._part.unlink()
                raise _Refused("tampered")
            self._part.replace(self._folder / BUNDLE)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _say(self, state: str, done: int, reason: str = "") -> None:
        if not self._stopping.is_set():
            self._tell(UpdateWent(self._release.sha256, state, done, reason))
