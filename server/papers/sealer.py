"""Signs the manifest of a paper version (W31, W32).

Rules: the event that publishes a version names the SHA-256 of the manifest's canonical bytes, so the log itself vouches
for every chunk.

Usage: ``ManifestSealer(signer).seal(meeting, version, made=made, pages=12).envelope``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from sealing.papers import EncryptedPaper
from sealing.signatures import ServerSigner
from wire import canonical
from wire.envelope import seal
from wire.ids import MeetingId
from wire.manifest import Manifest
from wire.topics import PaperVersion

MANIFEST: Final = "manifest"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A manifest, its signed envelope, and the SHA-256 (hexadecimal) of its canonical bytes."""

    manifest: Manifest
    envelope: bytes
    sha256: str


class ManifestSealer:
    """Makes manifests with the server's key."""

    def __init__(self, signer: ServerSigner) -> None:
        self._signer: Final = signer

    def seal(self, meeting: MeetingId, version: PaperVersion, *, made: EncryptedPaper, pages: int) -> Sealed:
        """The signed manifest of a paper that was encrypted."""
        manifest = Manifest(
            meeting=meeting,
            paper=version.paper,
            version=version.version,
            plain_bytes=made.plain_bytes,
            pages=pages,
            plain_sha256=made.plain_sha256,
            hashes=made.hashes,
        )
        value = manifest.to_value()
        envelope = seal(MANIFEST, value, key_id=self._signer.key_id, sign=self._signer.sign)
        return Sealed(manifest, envelope, hashlib.sha256(canonical.encode(value)).hexdigest())
