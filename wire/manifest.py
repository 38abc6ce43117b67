"""What a paper is made of: the signed list against which every chunk is checked.

Rules W31–W33. The manifest names the paper version, its size, its pages, the record scheme and
the SHA-256 of each transport chunk. It is signed by the server (message type ``manifest``) and
its own SHA-256 stands in the event that published the paper.

Usage::

    manifest = Manifest.from_value(signed.value())
    manifest.check_chunk(7, data)
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from wire.errors import BadChunk, BadManifest
from wire.fields import Fields
from wire.ids import MeetingId, PaperId
from wire.records import Layout
from wire.topics import MAX_VERSION, PaperVersion

SCHEME: Final = "c2sp-chunked-aes256gcm-sha512"
HASH_BYTES: Final = 32
MAX_PAGES: Final = 20_000
MAX_PLAIN_BYTES: Final = 2**33


@dataclass(frozen=True, slots=True)
class Manifest:
    """One paper version. ``plain_sha256`` is hexadecimal; ``hashes`` are 32 bytes a chunk."""

    meeting: MeetingId
    paper: PaperId
    version: int
    plain_bytes: int
    pages: int
    plain_sha256: str
    hashes: bytes

    def __post_init__(self) -> None:
        if len(self.hashes) != HASH_BYTES * self.layout.chunks:
            raise BadManifest("the number of chunk hashes does not fit the size")

    @property
    def layout(self) -> Layout:
        """Offsets of the ciphertext."""
        return Layout(self.plain_bytes)

    @property
    def key(self) -> PaperVersion:
        """Paper and version."""
        return PaperVersion(self.paper, self.version)

    def check_chunk(self, number: int, data: bytes) -> None:
        """Raise :class:`BadChunk` unless ``data`` is the chunk ``number`` of this paper."""
        if not 0 <= number < self.layout.chunks:
            raise BadChunk(f"no chunk {number}")
        if len(data) != self.layout.chunk(number)[1]:
            raise BadChunk(f"chunk {number} has the wrong length")
        wanted = self.hashes[number * HASH_BYTES : (number + 1) * HASH_BYTES]
        if hashlib.sha256(data).digest() != wanted:
            raise BadChunk(f"chunk {number} is not the one of the manifest")

    def to_value(self) -> dict[str, Any]:
        """The canonical JSON value that is signed."""
        return {
            "v": 1,
            "scheme": SCHEME,
            "meeting": self.meeting,
            "paper": self.paper,
            "version": self.version,
            "plain_bytes": self.plain_bytes,
            "pages": self.pages,
            "plain_sha256": self.plain_sha256,
            "hashes": base64.b64encode(self.hashes).decode("ascii"),
        }

    @classmethod
    def from_value(cls, value: Any) -> Manifest:
        """Read a signed value; raises :class:`BadField` or :class:`BadManifest`."""
        fields = Fields(value, "manifest")
        fields.number("v", low=1, high=1)
        if fields.text("scheme") != SCHEME:
            raise BadManifest("an unknown encryption scheme")
        manifest = cls(
            meeting=MeetingId(fields.id("meeting", "m")),
            paper=PaperId(fields.id("paper", "p")),
            version=fields.number("version", low=1, high=MAX_VERSION),
            plain_bytes=fields.number("plain_bytes", high=MAX_PLAIN_BYTES),
            pages=fields.number("pages", low=1, high=MAX_PAGES),
            plain_sha256=fields.hex("plain_sha256", size=HASH_BYTES),
            hashes=fields.base64("hashes"),
        )
        fields.end()
        return manifest
