"""A sealed file that only grows: the outbox and the meetings' logs.

Rules: a record is its length, a CRC-32 and the sealed bytes, bound to file and position. What a power cut tore off the
end is cut away when the file is read; a record that is whole and does not open is :class:`SealBroken`. An append
that fails leaves the file as it was; when the disk does not even let go of what was half written, nothing more is
appended until it does.

Usage::

    journal = Journal(disk, "outbox", sealer=sealer)
    for record in journal.load(): ...
    journal.append([b"…"], durable=True)
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Sequence
from typing import Final

from edge.errors import DiskFull, VaultError
from edge.vault.disk import Disk
from edge.vault.seal import Sealer

_HEAD: Final = struct.Struct(">II")
MAX_RECORD_BYTES: Final = 1 << 22
#: A block of zeros, which a power cut may leave, is no record: nothing sealed is shorter than this.
_LEAST_BYTES: Final = 29


class Journal:
    """One file; call :meth:`load` once before :meth:`append`."""

    def __init__(self, disk: Disk, name: str, *, sealer: Sealer) -> None:
        self._disk = disk
        self._name = name
        self._sealer = sealer
        self._size = 0
        self._count = 0
        #: an append failed, and what it left behind could not be cut off
        self._torn = False

    def __len__(self) -> int:
        return self._count

    def load(self) -> list[bytes]:
        """All records in order; cuts a torn end off. Raises :class:`SealBroken`, and what the disk raises."""
        data = self._disk.read(self._name) or b""
        records: list[bytes] = []
        at = 0
        while (sealed := _whole_record(data, at)) is not None:
            records.append(self._sealer.open(sealed, place=self._place(len(records))))
            at += _HEAD.size + len(sealed)
        if at < len(data):
            self._disk.truncate(self._name, at)
        self._size, self._count = at, len(records)
        return records

    def append(self, records: Sequence[bytes], *, durable: bool) -> None:
        """Add records, and wait until they are durable if asked; raises :class:`DiskFull`."""
        block = self._print(records, first=self._count)
        if self._torn:
            self._undo()
        try:
            self._disk.append(self._name, block)
            if durable:
                self._disk.sync(self._name)
        except VaultError:
            # The first failure is the one to tell; the next append tries to undo again.
            with contextlib.suppress(VaultError):
                self._undo()
            raise
        self._size += len(block)
        self._count += len(records)

    def replace(self, records: Sequence[bytes]) -> None:
        """Write the file anew with these records only, durably; raises :class:`DiskFull`."""
        block = self._print(records, first=0)
        self._disk.put(self._name, block)
        self._size, self._count, self._torn = len(block), len(records), False

    def _print(self, records: Sequence[bytes], *, first: int) -> bytes:
        parts: list[bytes] = []
        for position, record in enumerate(records, start=first):
            sealed = self._sealer.seal(record, place=self._place(position))
            if len(sealed) > MAX_RECORD_BYTES:
                raise DiskFull(f"{self._name}: a record of {len(sealed)} bytes")
            parts += [_HEAD.pack(len(sealed), zlib.crc32(sealed)), sealed]
        return b"".join(parts)

    def _undo(self) -> None:
        """A half-written record in the middle would hide all that follow it; a whole one would come back."""
        self._torn = True
        self._disk.truncate(self._name, self._size)
        self._torn = False

    def _place(self, position: int) -> str:
        return f"{self._name}#{position}"


def _whole_record(data: bytes, at: int) -> bytes | None:
    if len(data) - at < _HEAD.size:
        return None
    length, check = _HEAD.unpack_from(data, at)
    start = at + _HEAD.size
    if not _LEAST_BYTES <= length <= min(MAX_RECORD_BYTES, len(data) - start):
        return None
    sealed = data[start : start + length]
    return sealed if zlib.crc32(sealed) == check else None
