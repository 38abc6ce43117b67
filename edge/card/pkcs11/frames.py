"""How the agent and the process with the module speak: a header of JSON and a blob, both with their length.

Rules: nothing is unpickled; lengths are checked before they are believed. The blob is written from and read into a
``bytearray`` without copies, because it may be a PIN. An end of file raises ``EOFError``, a passed deadline
``TimeoutError``, nonsense ``ValueError``.

Usage::

    send(fd, {"op": "login", "slot": 3}, pin)
    header, blob = receive(fd, deadline=time.monotonic() + 5)
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import time
from typing import Any, Final

MAX_HEADER_BYTES: Final = 2**20
MAX_BLOB_BYTES: Final = 2**16
_LENGTHS: Final = struct.Struct(">II")


def send(fd: int, header: dict[str, Any], blob: bytes | bytearray = b"") -> None:
    """Write one message; raises ``OSError`` when the other side is gone."""
    text = json.dumps(header).encode("ascii")
    for part in (_LENGTHS.pack(len(text), len(blob)) + text, blob):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(fd, rest) :]


def receive(fd: int, *, deadline: float | None = None) -> tuple[dict[str, Any], bytearray]:
    """Read one message; ``deadline`` is of ``time.monotonic``."""
    header_bytes, blob_bytes = _LENGTHS.unpack(_exactly(fd, _LENGTHS.size, deadline))
    if header_bytes > MAX_HEADER_BYTES or blob_bytes > MAX_BLOB_BYTES:
        raise ValueError("a message beyond all size")
    header = json.loads(bytes(_exactly(fd, header_bytes, deadline)))
    if not isinstance(header, dict):
        raise ValueError("a message that is no object")  # noqa: TRY004 - the other side's bytes, not our argument
    return header, _exactly(fd, blob_bytes, deadline)


def _exactly(fd: int, wanted: int, deadline: float | None) -> bytearray:
    data = bytearray(wanted)
    view = memoryview(data)
    while view:
        if deadline is not None:
            _wait(fd, deadline)
        got = os.readv(fd, [view])
        if not got:
            raise EOFError("the other side has ended")
        view = view[got:]
    return data


def _wait(fd: int, deadline: float) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(fd, selectors.EVENT_READ)
        if not ready.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
