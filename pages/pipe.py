"""How the two processes speak: a header of JSON and a blob of bytes, both with their length.

Rules: nothing is unpickled; lengths are checked before they are believed; a reader with a
deadline raises ``TimeoutError``, an end of file ``EOFError``.

Usage::

    send(fd, {"op": "render"}, key)
    header, blob = receive(fd)
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import time
from typing import Any, Final

MAX_HEADER_BYTES: Final = 16 * 2**20
MAX_BLOB_BYTES: Final = 64 * 2**20
_LENGTHS: Final = struct.Struct(">II")


def send(fd: int, header: dict[str, Any], blob: bytes = b"") -> None:
    """Write one message; raises ``OSError`` when the other side is gone."""
    text = json.dumps(header).encode("ascii")
    rest = memoryview(_LENGTHS.pack(len(text), len(blob)) + text + blob)
    while rest:
        rest = rest[os.write(fd, rest) :]


def receive(fd: int, *, timeout_s: float | None = None) -> tuple[Any, bytes]:
    """Read one message; raises ``EOFError``, ``TimeoutError`` or ``ValueError``."""
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    header_bytes, blob_bytes = _LENGTHS.unpack(_exactly(fd, _LENGTHS.size, deadline=deadline))
    if header_bytes > MAX_HEADER_BYTES or blob_bytes > MAX_BLOB_BYTES:
        raise ValueError("a message beyond all size")
    header = json.loads(_exactly(fd, header_bytes, deadline=deadline))
    return header, _exactly(fd, blob_bytes, deadline=deadline)


def _exactly(fd: int, wanted: int, *, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < wanted:
        if deadline is not None:
            _wait(fd, deadline)
        part = os.read(fd, min(wanted - len(parts), 2**20))
        if not part:
            raise EOFError("the other side has ended")
        parts += part
    return bytes(parts)


def _wait(fd: int, deadline: float) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(fd, selectors.EVENT_READ)
        if not ready.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
