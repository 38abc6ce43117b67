"""Yardstick: every seat downloads the file over HTTPS, verifies each chunk and keeps it durably.

Rules: does what a seat does with a chunk and nothing else: SHA-256 against the known list, write, one ``fdatasync`` at
the end. The TLS connections stand before the measurement begins, which favours the download.

Usage: ``python -m tests.bench.downloads JOB.json``; a line on its standard input starts it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.bench.slots import OneSlot, Slot, Slots
from wire.records import CHUNK_BYTES, Layout


@dataclass(frozen=True)
class Job:
    """What a process of downloading seats does; ``seats`` are the numbers of its slots."""

    slots: str
    slot_count: int
    seats: tuple[int, ...]
    stores: str
    host: str
    port: int
    path: str
    ca: str
    plain_bytes: int
    hashes: str

    def write(self, path: Path) -> None:
        """For a process that is about to start."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


class Download:
    """One seat."""

    def __init__(self, job: Job, number: int, slot: OneSlot) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cafile=job.ca)
        self._connection: Final = http.client.HTTPSConnection(job.host, job.port, context=context, timeout=300)
        self._connection.connect()
        self._job: Final = job
        self._file: Final = Path(job.stores) / f"download-{number}"
        self._slot: Final = slot
        slot[Slot.UP] = 1

    def run(self) -> None:
        """Fetch, check, keep; raises ``ValueError`` for a chunk that is not the one of the list."""
        layout, hashes = Layout(self._job.plain_bytes), bytes.fromhex(self._job.hashes)
        self._connection.request("GET", self._job.path)
        answer = self._connection.getresponse()
        buffer = memoryview(bytearray(2 * CHUNK_BYTES))
        target = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number in range(layout.chunks):
            offset, length = layout.chunk(number)
            data = buffer[:length]
            filled = 0
            while filled < length:
                got = answer.readinto(data[filled:])
                if not got:
                    raise ValueError(f"the download ended in chunk {number}")
                filled += got
            if hashlib.sha256(data).digest() != hashes[32 * number : 32 * number + 32]:
                raise ValueError(f"chunk {number} is not the one of the list")
            os.pwrite(target, data, offset)
            self._slot.add(Slot.CHUNKS)
        os.fdatasync(target)
        os.close(target)
        self._slot.finished()


def main(path: str) -> None:
    """Connect all, wait for the word, download, end with standard input."""
    job = Job(**json.loads(Path(path).read_text(encoding="utf-8")))
    slots = Slots(Path(job.slots), job.slot_count)
    downloads = [Download(job, number, slots[number]) for number in job.seats]
    sys.stdin.readline()
    threads = [threading.Thread(target=each.run, daemon=True) for each in downloads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
