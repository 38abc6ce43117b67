"""A disk with a table of partitions (GPT, UEFI 2.10 § 5.3) and nothing in them: another seat's, for a test.

Usage: ``write(Path("other.img"), {"boot": 8, "store": 32})``: names, and how many MiB each has.
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_SECTOR: Final = 512
_MIB: Final = (1 << 20) // _SECTOR
_ENTRIES, _ENTRY_BYTES = 128, 128
#: Linux server data (Discoverable Partitions Specification), as the store is.
_KIND: Final = uuid.UUID("3b8f8425-20e0-4f3b-907f-1a25a76f98e8")


def write(file: Path, partitions: Mapping[str, int]) -> None:
    """Make the file."""
    sectors = (2 + sum(partitions.values())) * _MIB
    entries, at = b"", _MIB
    for number, (name, mib) in enumerate(partitions.items(), 1):
        own = uuid.UUID(int=number).bytes_le
        last = at + mib * _MIB - 1
        entries += _KIND.bytes_le + own + struct.pack("<QQQ", at, last, 0) + name.encode("utf-16-le").ljust(72, b"\0")
        at = last + 1
    entries = entries.ljust(_ENTRIES * _ENTRY_BYTES, b"\0")
    disk = bytearray(sectors * _SECTOR)
    disk[446:512] = struct.pack("<8B2I", 0, 0, 2, 0, 0xEE, 255, 255, 255, 1, sectors - 1).ljust(64, b"\0") + b"\x55\xaa"
    disk[2 * _SECTOR : 34 * _SECTOR] = entries
    disk[-33 * _SECTOR : -_SECTOR] = entries
    disk[_SECTOR : 2 * _SECTOR] = _head(1, sectors - 1, 2, sectors, entries)
    disk[-_SECTOR:] = _head(sectors - 1, 1, sectors - 33, sectors, entries)
    file.write_bytes(disk)


def _head(here: int, other: int, table: int, sectors: int, entries: bytes) -> bytes:
    disk = uuid.UUID(int=77).bytes_le

    def packed(check: int) -> bytes:
        return struct.pack(
            "<8s4I4Q16sQ3I", b"EFI PART", 0x10000, 92, check, 0, here, other, 34, sectors - 34,
            disk, table, _ENTRIES, _ENTRY_BYTES, zlib.crc32(entries),
        )  # fmt: skip

    return packed(zlib.crc32(packed(0))).ljust(_SECTOR, b"\0")
