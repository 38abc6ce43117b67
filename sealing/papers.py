"""Papers under Cobblestone-256 (C2SP chunked-encryption): written once, read anywhere (W30).

Rules: the whole stream is written by the library; single records are opened here, so that any
page can be shown without decrypting what lies before it and no plain text touches a disk. Every
record is authenticated before a byte of it is given out; the key commitment is checked first.

Usage::

    made = encrypt_paper(source, target, key=key, paper=paper)
    reader = PaperReader(file, layout=Layout(made.plain_bytes), key=key, paper=paper)
    reader.seek(1_000_000); reader.read(4096)
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sealing.errors import BadKey
from wire import records
from wire.errors import BadChunk
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_READ_BYTES: Final = 16 * records.RECORD_PLAIN_BYTES
#: 1 MiB of plain text: PDFium comes back to the same cross-reference blocks again and again.
_KEPT_RECORDS: Final = 64


@dataclass(frozen=True, slots=True)
class EncryptedPaper:
    """What the manifest needs: plain length, its SHA-256 (hexadecimal), 32 bytes for each chunk."""

    plain_bytes: int
    plain_sha256: str
    hashes: bytes


def new_paper_key() -> Secret:
    """A fresh key for one paper version."""
    return Secret(os.urandom(KEY_BYTES))


def encrypt_paper(source: BinaryIO, target: BinaryIO, *, key: Secret, paper: PaperVersion) -> EncryptedPaper:
    """Encrypt all of ``source`` into ``target``, hashing as it goes; raises :class:`BadKey`.

    The caller makes ``target`` durable. A key must never encrypt two different plain texts of
    the same paper version; the salt makes even that harmless, but take a new key for a version.
    """
    encryptor = Cobblestone256Encryptor(_key(key), records.context(*paper))
    plain = hashlib.sha256()
    plain_bytes = 0
    chunks = _ChunkHashes()
    while block := source.read(_READ_BYTES):
        plain.update(block)
        plain_bytes += len(block)
        sealed = encryptor.update(block)
        chunks.update(sealed)
        target.write(sealed)
    sealed = encryptor.finalize()
    chunks.update(sealed)
    target.write(sealed)
    return EncryptedPaper(plain_bytes, plain.hexdigest(), chunks.finish())


class _ChunkHashes:
    """SHA-256 of each transport chunk of a stream that comes in pieces of any length."""

    def __init__(self) -> None:
        self._done: list[bytes] = []
        self._running = hashlib.sha256()
        self._room = records.HEAD_BYTES + records.CHUNK_BYTES
        self._empty = True

    def update(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            part, rest = rest[: self._room], rest[self._room :]
            self._running.update(part)
            self._room -= len(part)
            self._empty = False
            if self._room == 0:
                self._close()

    def finish(self) -> bytes:
        if not self._empty:
            self._close()
        return b"".join(self._done)

    def _close(self) -> None:
        self._done.append(self._running.digest())
        self._running = hashlib.sha256()
        self._room = records.CHUNK_BYTES
        self._empty = True


class RecordReader:
    """Single records of an encrypted stream; the key commitment is checked before the first one."""

    def __init__(self, file: BinaryIO, *, layout: Layout, key: Secret, context: bytes) -> None:
        self._file: Final = file
        self._layout: Final = layout
        self._context: Final = context
        self._key = Secret(_key(key))
        self._cipher: AESGCM | None = None
        self._base_nonce = b""

    def record(self, number: int) -> bytes:
        """The plain bytes of a record; raises :class:`BadChunk` when it is missing or changed."""
        cipher = self._opened()
        offset, length = self._layout.record(number)
        try:
            return cipher.decrypt(records.nonce(self._base_nonce, number), self._raw(offset, length), b"")
        except InvalidTag as exc:
            raise BadChunk(f"record {number} is missing or changed") from exc

    def close(self) -> None:
        """Forget the key."""
        self._cipher = None
        self._key = Secret(bytes(KEY_BYTES))

    def _opened(self) -> AESGCM:
        """The cipher; the head is read at the first record, as it may not be there before."""
        if self._cipher is None:
            head = self._raw(0, records.HEAD_BYTES)
            salt, commitment = head[: records.SALT_BYTES], head[records.SALT_BYTES :]
            info = records.KDF_LABEL + salt + self._context
            length = KEY_BYTES + _NONCE_BYTES + records.COMMITMENT_BYTES
            derived = HKDFExpand(hashes.SHA512(), length, info).derive(self._key.reveal())
            if not hmac.compare_digest(derived[KEY_BYTES + _NONCE_BYTES :], commitment):
                raise BadChunk("the head is missing, or of another key or paper")
            self._base_nonce = derived[KEY_BYTES : KEY_BYTES + _NONCE_BYTES]
            self._cipher = AESGCM(derived[:KEY_BYTES])
        return self._cipher

    def _raw(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise BadChunk(f"the file ends before byte {offset + length}")
        return data


class PaperReader(io.RawIOBase):
    """The plain text of an encrypted paper as a seekable file, decrypted where it is read.

    ``file`` may still lack chunks: reading there raises :class:`BadChunk`, reading elsewhere
    works. Not for several threads at once. Closing it leaves ``file`` open.
    """

    def __init__(self, file: BinaryIO, *, layout: Layout, key: Secret, paper: PaperVersion) -> None:
        super().__init__()
        self._records: Final = RecordReader(file, layout=layout, key=key, context=records.context(*paper))
        self._plain_bytes: Final = layout.plain_bytes
        self._at = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move, also past the end; raises ``ValueError`` as files do."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._plain_bytes}
        if whence not in origin:
            raise ValueError("whence is 0, 1 or 2")
        if origin[whence] + offset < 0:
            raise ValueError("a position before the start")
        self._at = origin[whence] + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` as far as the text goes; raises :class:`BadChunk`."""
        if self.closed:
            raise ValueError("the reader is closed")
        target = memoryview(buffer).cast("B")
        at, end = self._at, min(self._at + len(target), self._plain_bytes)
        filled = 0
        while at < end:
            number, skipped = divmod(at, records.RECORD_PLAIN_BYTES)
            part = memoryview(self._record(number))[skipped : skipped + end - at]
            target[filled : filled + len(part)] = part
            filled += len(part)
            at += len(part)
        self._at = max(at, self._at)
        return filled

    def close(self) -> None:
        """Forget key and text."""
        self._kept.clear()
        self._records.close()
        super().close()

    def _record(self, number: int) -> bytes:
        plain = self._kept.get(number)
        if plain is None:
            plain = self._kept[number] = self._records.record(number)
            if len(self._kept) > _KEPT_RECORDS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(number)
        return plain


def _key(key: Secret) -> bytes:
    if len(key) != KEY_BYTES:
        raise BadKey(f"a paper key has {KEY_BYTES} bytes")
    return key.reveal()
