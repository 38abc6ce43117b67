"""Takes an upload to the disk: counted while it comes, refused early, never left behind.

Rules: the plain file lies in ``data_dir/incoming`` (mode 0700) and nowhere else, not in the system's folder for
temporary files either; it is gone when the block ends, and ``sweep`` removes what a crash left. What cannot fit is
refused before the first byte.

Usage::

    with intake.receive(expected_bytes=request.content_length) as inbox:
        form = parse(request, stream_factory=inbox.open)
        ... inbox.path, inbox.size_bytes
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from server.papers.errors import DiskFull, PaperTooLarge

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MIB: Final = 1024 * 1024
#: What a form may weigh besides its file.
FORM_BYTES: Final = MIB
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Inbox:
    """Room for one upload: the file as it came (``path``) and a place for its safe version (``safe``)."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        name = secrets.token_hex(8)
        self.path: Final = folder / f"{name}.upload"
        self.safe: Final = folder / f"{name}.safe"
        self._limit_bytes: Final = limit_bytes

    @property
    def size_bytes(self) -> int:
        """How much has come; 0 when no file came."""
        return self.path.stat().st_size if self.path.exists() else 0

    def open(self, *_ignored: object, **_named: object) -> IO[bytes]:
        """The file to write the upload into (a ``stream_factory`` of Werkzeug)."""
        return _Counted(self.path, self._limit_bytes)

    def remove(self) -> None:
        """Leave nothing."""
        self.path.unlink(missing_ok=True)
        self.safe.unlink(missing_ok=True)


class Intake:
    """The way in; ``free_bytes`` says what the disk still has."""

    def __init__(
        self,
        folder: Path,
        *,
        limit_mib: int,
        reserve_mib: int,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self._folder: Final = folder
        self.limit_mib: Final = limit_mib
        self._reserve_bytes: Final = reserve_mib * MIB
        self._free_bytes: Final = free_bytes

    def sweep(self) -> int:
        """Remove what a crash left; how many files. Call it before the first upload."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        left = [path for path in self._folder.iterdir() if path.is_file()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    @property
    def form_limit_bytes(self) -> int:
        """The most bytes a request with an upload may have."""
        return self.limit_mib * MIB + FORM_BYTES

    @contextmanager
    def receive(self, *, expected_bytes: int | None) -> Iterator[Inbox]:
        """Room for one upload; raises :class:`PaperTooLarge` or :class:`DiskFull`, also while it comes."""
        if expected_bytes is not None and expected_bytes > self.form_limit_bytes:
            raise PaperTooLarge(limit_mib=self.limit_mib)
        # The upload, its safe version and the encrypted one lie side by side for a moment.
        if self._free_bytes(self._folder) < 3 * (expected_bytes or 0) + self._reserve_bytes:
            raise DiskFull
        inbox = Inbox(self._folder, self.limit_mib * MIB)
        try:
            with no_room_is_disk_full():
                yield inbox
        finally:
            inbox.remove()


@contextmanager
def no_room_is_disk_full() -> Iterator[None]:
    """The system's "no space left" as :class:`DiskFull`."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _NO_ROOM:
            raise DiskFull from exc
        raise


class _Counted(io.FileIO):
    """A new file, for its owner only, that takes no more than it may."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        super().__init__(path, "x+", opener=lambda name, flags: os.open(name, flags, 0o600))
        self._left = limit_bytes
        self._limit_bytes: Final = limit_bytes

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of ``data``; raises :class:`PaperTooLarge`."""
        view = memoryview(data)
        self._left -= view.nbytes
        if self._left < 0:
            raise PaperTooLarge(limit_mib=self._limit_bytes // MIB)
        written = 0
        while written < view.nbytes:
            written += super().write(view[written:]) or 0
        return written
