"""A dossier as one archive, piece by piece: what it weighs is never in memory at once.

Rules G48: the same files give the same archive; its own clock stands still, the moment stands in the index. Sizes
follow each file, since the archive is written to somebody who waits; papers are stored as they are: PDFs hardly shrink.

Usage::

    b"".join(packed({"events.json": b"…"}, [Streamed("papers/p-….1.pdf", 12, pieces)]))
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6
_STORED: Final = 0
#: From here on an entry is begun as one whose sizes may need more than 32 bits. Well below 2 GiB, where it has to be:
#: what is stored is a little larger than its file, and the archive refuses it only after the last byte.
LARGE: Final = 2**30


class Streamed(NamedTuple):
    """A file that is read when its turn comes."""

    path: str
    size_bytes: int
    pieces: Callable[[], Iterator[bytes]]


def packed(files: Mapping[str, bytes], streamed: Sequence[Streamed] = ()) -> Iterator[bytes]:
    """A ZIP archive of ``files``, then of what is ``streamed``; raises what its pieces raise."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_STORED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED, _LEVEL)
            yield sink.taken()
        for each in streamed:
            with made.open(each.path, "w", force_zip64=each.size_bytes >= LARGE) as entry:
                for piece in each.pieces():
                    entry.write(piece)
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of what lies in memory."""
    return b"".join(packed(files))


class _Sink(io.RawIOBase):
    """Where the archive is written: it cannot seek, and is emptied as it fills."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Keep it until it is taken."""
        with memoryview(data) as view:
            self._held.extend(view)
            return view.nbytes

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self._held)
        self._held.clear()
        return found
