"""A file that only this process, and whom it tells the key, can read: how an upload lies on the disk (invariant 7).

Rules: written once from front to back, then read anywhere, in the same format as papers; its key lives in memory, so
what a crash leaves behind is noise.

Usage::

    sealed = SealedFile.new(folder / "x.upload", limit_bytes=...)
    with sealed.writer() as file: file.write(data)
    with sealed.reader() as file: file.read(4)
"""

from __future__ import annotations

import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

from cryptography.cobblestone import Cobblestone256Encryptor

from sealing.papers import PaperReader, new_paper_key
from server.papers.errors import PaperTooLarge
from wire import ids, records
from wire.fields import Fields
from wire.ids import PaperId
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MIB: Final = 1024 * 1024
#: Readers of PDF ask for a few bytes at a time.
_BUFFER_BYTES: Final = 256 * 1024


@dataclass(slots=True)
class SealedFile:
    """Path, key, and how many plain bytes were written."""

    path: Path
    key: Secret
    name: PaperVersion
    limit_bytes: int
    plain_bytes: int = 0

    @classmethod
    def new(cls, path: Path, *, limit_bytes: int) -> Self:
        """A file that is not there yet."""
        name = PaperVersion(PaperId(ids.new("p", secrets.token_bytes(ids.RANDOM_BYTES))), 1)
        return cls(path, new_paper_key(), name, limit_bytes)

    @property
    def exists(self) -> bool:
        """Whether anything was written, if only nothing."""
        return self.path.exists()

    def writer(self) -> BinaryIO:
        """A stream to write it; ends when it is closed or, as form parsers do it, set back to its start.

        Raises :class:`PaperTooLarge` for a byte too many and ``OSError`` as files do.
        """
        # Its owner alone may even see the noise, and a second file in one form is refused here.
        file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        return cast("BinaryIO", _Writer(file, self))

    def reader(self) -> BinaryIO:
        """A stream to read it, seekable; raises :class:`wire.errors.BadChunk` where it was changed."""
        raw = _Reader(self.path.open("rb"), self)
        return cast("BinaryIO", io.BufferedReader(raw, _BUFFER_BYTES))

    def remove(self) -> None:
        """Leave nothing."""
        self.path.unlink(missing_ok=True)

    def to_value(self) -> dict[str, Any]:
        """For the pipe to the checking process; it holds the key."""
        return {
            "path": str(self.path.absolute()),
            "key": self.key.reveal().hex(),
            "name": self.name.paper,
            "limit_bytes": self.limit_bytes,
            "plain_bytes": self.plain_bytes,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """What :meth:`to_value` gave."""
        return cls(
            path=Path(fields.text("path")),
            key=Secret(bytes.fromhex(fields.hex("key", size=32))),
            name=PaperVersion(PaperId(fields.id("name", "p")), 1),
            limit_bytes=fields.number("limit_bytes"),
            plain_bytes=fields.number("plain_bytes"),
        )


class _Writer(io.RawIOBase):
    def __init__(self, file: BinaryIO, sealed: SealedFile) -> None:
        super().__init__()
        self._file: Final = file
        self._sealed: Final = sealed
        self._encryptor: Final = Cobblestone256Encryptor(sealed.key.reveal(), records.context(*sealed.name))
        sealed.plain_bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        block = bytes(data)
        self._sealed.plain_bytes += len(block)
        if self._sealed.plain_bytes > self._sealed.limit_bytes:
            raise PaperTooLarge(limit_mib=self._sealed.limit_bytes // MIB)
        self._file.write(self._encryptor.update(block))
        return len(block)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if (offset, whence) != (0, os.SEEK_SET):
            raise io.UnsupportedOperation("it is written from front to back")
        self.close()
        return 0

    def close(self) -> None:
        if not self.closed and not self._file.closed:
            try:
                self._file.write(self._encryptor.finalize())
            finally:
                self._file.close()
        super().close()


class _Reader(PaperReader):
    """Closes its file with itself."""

    def __init__(self, file: BinaryIO, sealed: SealedFile) -> None:
        super().__init__(file, layout=Layout(sealed.plain_bytes), key=sealed.key, paper=sealed.name)
        self._owned: Final = file

    def close(self) -> None:
        if not self._owned.closed:
            self._owned.close()
        super().close()
