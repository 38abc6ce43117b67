"""Takes an upload to the disk: counted while it comes, refused early, never left behind and never in clear.

Rules: the upload lies in ``data_dir/incoming`` (mode 0700), sealed under a key that is only in memory, and nowhere
else, not in the system's folder for temporary files either. It is gone when the block ends, and ``sweep`` removes the
noise that a crash left. What cannot fit is refused before the first byte.

Usage::

    with intake.receive(expected_bytes=request.content_length) as inbox:
        form = parse(request, stream_factory=inbox.open)
        ... inbox.upload.reader()
"""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from server.papers.errors import DiskFull, PaperTooLarge
from server.papers.sealed import MIB, SealedFile

#: What a form may weigh besides its file.
FORM_BYTES: Final = MIB
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Inbox:
    """Room for one upload: the file as it came (``upload``), and a place for its safe version (``safe``)."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        name = secrets.token_hex(8)
        self.upload: Final = SealedFile.new(folder / f"{name}.upload", limit_bytes=limit_bytes)
        # Written anew, a file may grow a little.
        self.safe: Final = SealedFile.new(folder / f"{name}.safe", limit_bytes=2 * limit_bytes)

    def open(self, *_ignored: object, **_named: object) -> BinaryIO:
        """The stream to write the upload into (a ``stream_factory`` of Werkzeug)."""
        return self.upload.writer()

    def remove(self) -> None:
        """Leave nothing."""
        self.upload.remove()
        self.safe.remove()


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
