"""The ciphertext of one paper version: a sparse file of chunks, and which of them are there.

Rules W33, W34: a chunk is checked against the manifest before it is kept; its bit is set only after its bytes are
durable, so a bit never lies. Bytes that were written but not marked when the process was killed are found again by
their hash, not fetched again. The bitmap is written in place: bits only ever grow, so a torn write is still true.

Usage::

    chunks = Chunks.load(disk, manifest)
    if chunks.keep(7, data): ...
    chunks.flush()
"""

from __future__ import annotations

from typing import Final, Self

from edge.vault.disk import Disk
from wire.bitmap import Bitmap
from wire.errors import BadChunk, BadField
from wire.manifest import Manifest
from wire.topics import PaperVersion

FOLDER: Final = "papers"
#: Enough of a chunk to tell a hole from ciphertext (a false alarm costs one chunk).
_PROBE_BYTES: Final = 64


def ciphertext_name(paper: PaperVersion) -> str:
    """Where the ciphertext lies."""
    return f"{FOLDER}/{paper}.ct"


def bitmap_name(paper: PaperVersion) -> str:
    """Where the bitmap lies."""
    return f"{FOLDER}/{paper}.bits"


class Chunks:
    """One paper version's chunks. ``have`` holds the durable ones only."""

    def __init__(self, disk: Disk, manifest: Manifest, have: Bitmap) -> None:
        self._disk = disk
        self._pending: set[int] = set()
        self.manifest: Final = manifest
        self.have = have

    @classmethod
    def load(cls, disk: Disk, manifest: Manifest) -> Self:
        """What is on the disk, unmarked chunks found by their hash included."""
        chunks = cls(disk, manifest, _read_bitmap(disk, manifest))
        chunks._find_unmarked()
        return chunks

    def keep(self, number: int, data: bytes) -> bool:
        """Write a chunk; false when it is there already.

        Raises :class:`wire.errors.BadChunk` and :class:`edge.errors.DiskFull`.
        """
        self.manifest.check_chunk(number, data)
        if number in self.have or number in self._pending:
            return False
        offset, _ = self.manifest.layout.chunk(number)
        self._disk.write_at(ciphertext_name(self.manifest.key), offset, data)
        self._pending.add(number)
        return True

    @property
    def pending(self) -> int:
        """Chunks written and not yet durable."""
        return len(self._pending)

    def flush(self) -> bool:
        """Make what was written durable, then mark it; false when there was nothing."""
        if not self._pending:
            return False
        self._disk.sync(ciphertext_name(self.manifest.key))
        marked = self.have.copy()
        for number in self._pending:
            marked.add(number)
        self._write_bitmap(marked)
        self.have = marked
        self._pending.clear()
        return True

    def recheck(self) -> int:
        """Compare every chunk with the manifest and forget the damaged ones; how many those were."""
        good = Bitmap(self.have.size)
        for number in range(good.size):
            if number in self.have and self._matches(number):
                good.add(number)
        lost = len(self.have) - len(good)
        if lost:
            self._write_bitmap(good)
            self.have = good
        return lost

    @property
    def held_bytes(self) -> int:
        """Bytes of ciphertext that are durable."""
        layout = self.manifest.layout
        return sum(layout.chunk(number)[1] for number in range(layout.chunks) if number in self.have)

    def _find_unmarked(self) -> None:
        layout = self.manifest.layout
        size = self._disk.size(ciphertext_name(self.manifest.key))
        for number in self.have.missing():
            offset, length = layout.chunk(number)
            if offset + length <= size and self._matches(number):
                self._pending.add(number)
        self.flush()

    def _matches(self, number: int) -> bool:
        name = ciphertext_name(self.manifest.key)
        offset, length = self.manifest.layout.chunk(number)
        if not any(self._disk.read_at(name, offset, min(_PROBE_BYTES, length))):
            return False
        try:
            self.manifest.check_chunk(number, self._disk.read_at(name, offset, length))
        except BadChunk:
            return False
        return True

    def _write_bitmap(self, bitmap: Bitmap) -> None:
        name = bitmap_name(self.manifest.key)
        self._disk.write_at(name, 0, bitmap.to_bytes())
        self._disk.sync(name)


def remove_chunks(disk: Disk, paper: PaperVersion) -> None:
    """Remove a paper's files; without the key they are noise already."""
    disk.remove(bitmap_name(paper))
    disk.remove(ciphertext_name(paper))


def _read_bitmap(disk: Disk, manifest: Manifest) -> Bitmap:
    size = manifest.layout.chunks
    data = disk.read(bitmap_name(manifest.key))
    if data is None or disk.size(ciphertext_name(manifest.key)) == 0:
        return Bitmap(size)
    try:
        return Bitmap(size, data)
    except BadField:
        # Cut or of another length: the chunks themselves are found again by their hashes.
        return Bitmap(size)
