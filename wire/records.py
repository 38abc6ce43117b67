"""Where things lie in an encrypted paper (C2SP chunked-encryption, "Cobblestone-256").

Rules W30: ciphertext = 24-byte salt || 32-byte commitment || records. A record holds 16,384
bytes of plain text and a 16-byte tag; the last is always shorter (possibly empty). A transport
chunk is :data:`RECORDS_PER_CHUNK` whole records, chunk 0 also carries the 56-byte head. Offsets
depend on the length alone, so a seat can take a chunk from MQTT, an HTTPS range, a relay or a
neighbour with the same manifest (W35).

Usage::

    layout = Layout(plain_bytes)
    first, length = layout.chunk(7)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wire.errors import BadManifest

SALT_BYTES: Final = 24
COMMITMENT_BYTES: Final = 32
HEAD_BYTES: Final = SALT_BYTES + COMMITMENT_BYTES
RECORD_PLAIN_BYTES: Final = 16_384
TAG_BYTES: Final = 16
RECORD_BYTES: Final = RECORD_PLAIN_BYTES + TAG_BYTES
RECORDS_PER_CHUNK: Final = 4
CHUNK_BYTES: Final = RECORDS_PER_CHUNK * RECORD_BYTES

#: HKDF-Expand (SHA-512) ``info`` before salt and context.
KDF_LABEL: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"


def context(paper: str, version: int) -> bytes:
    """The application context of the key derivation: one key stream per paper version."""
    return f"phonghop/v1/paper/{paper}.{version}".encode("ascii")


@dataclass(frozen=True, slots=True)
class Layout:
    """Offsets of an encrypted paper whose plain text has ``plain_bytes`` bytes."""

    plain_bytes: int

    def __post_init__(self) -> None:
        if self.plain_bytes < 0:
            raise BadManifest("a negative size")

    @property
    def records(self) -> int:
        """Number of records; the last one is shorter than a full one."""
        return self.plain_bytes // RECORD_PLAIN_BYTES + 1

    @property
    def cipher_bytes(self) -> int:
        """Length of the whole ciphertext."""
        return HEAD_BYTES + self.plain_bytes + self.records * TAG_BYTES

    @property
    def chunks(self) -> int:
        """Number of transport chunks."""
        return -(-self.records // RECORDS_PER_CHUNK)

    def record(self, number: int) -> tuple[int, int]:
        """Offset and length of a record in the ciphertext; raises :class:`BadManifest`."""
        if not 0 <= number < self.records:
            raise BadManifest(f"no record {number}")
        offset = HEAD_BYTES + number * RECORD_BYTES
        return offset, min(RECORD_BYTES, self.cipher_bytes - offset)

    def chunk(self, number: int) -> tuple[int, int]:
        """Offset and length of a transport chunk; raises :class:`BadManifest`."""
        if not 0 <= number < self.chunks:
            raise BadManifest(f"no chunk {number}")
        first = 0 if number == 0 else HEAD_BYTES + number * CHUNK_BYTES
        end = min(HEAD_BYTES + (number + 1) * CHUNK_BYTES, self.cipher_bytes)
        return first, end - first

    def chunks_for(self, first_byte: int, end_byte: int) -> range:
        """The chunks that hold plain bytes ``first_byte`` … ``end_byte`` (end not included)."""
        end_byte = min(end_byte, self.plain_bytes)
        if not 0 <= first_byte < end_byte:
            return range(0)
        per_chunk = RECORD_PLAIN_BYTES * RECORDS_PER_CHUNK
        return range(first_byte // per_chunk, (end_byte - 1) // per_chunk + 1)


def nonce(base_nonce: bytes, number: int) -> bytes:
    """The nonce of record ``number``: base nonce XOR the number, big endian."""
    return (int.from_bytes(base_nonce, "big") ^ number).to_bytes(len(base_nonce), "big")
