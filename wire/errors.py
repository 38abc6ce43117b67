"""Everything that can be wrong with bytes from the other side.

::

    WireError
    ├── BadId               bad-id
    ├── BadTopic            bad-topic
    ├── BadJson             bad-json
    ├── BadField            bad-field
    ├── UnknownVersion      unknown-version
    ├── UnknownType         unknown-type
    ├── BadSignature        bad-signature
    ├── StaleMessage        stale-message
    ├── BadFrame            bad-frame
    ├── BadManifest         bad-manifest
    ├── BadChunk            bad-chunk
    ├── BrokenChain         broken-chain
    ├── BadAgenda           bad-agenda
    ├── BadCertificate      bad-certificate
    ├── BadCms              bad-cms
    ├── BadBundle           vote-bundle-broken
    ├── BadNote             bad-note
    ├── BadProof            bad-proof
    └── PhaseError          phase-not-allowed
"""

from __future__ import annotations

from typing import Any, ClassVar


class WireError(Exception):
    """Root of the package; ``code`` is stable and names a text in the catalogues."""

    code: ClassVar[str] = "wire-error"

    @property
    def data(self) -> dict[str, Any]:
        """What the text of the code names, as JSON."""
        return {}


class BadId(WireError):
    """An identifier that does not have the one allowed form (W02)."""

    code = "bad-id"


class BadTopic(WireError):
    """A topic string that no :class:`wire.topics.Topic` prints (W10)."""

    code = "bad-topic"


class BadJson(WireError):
    """Bytes that are not canonical JSON of the allowed subset (W03)."""

    code = "bad-json"


class BadField(WireError):
    """A field is missing, of the wrong kind or out of range."""

    code = "bad-field"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    @property
    def data(self) -> dict[str, Any]:
        """Which field, and what is wrong with it."""
        return {"path": self.path, "reason": self.reason}


class UnknownVersion(WireError):
    """The sender speaks a later protocol version (W05)."""

    code = "unknown-version"


class UnknownType(WireError):
    """A message or event kind this version does not know (W05)."""

    code = "unknown-type"


class BadSignature(WireError):
    """The signature does not fit the bytes, the type or the key (W20)."""

    code = "bad-signature"


class StaleMessage(WireError):
    """A replayed message: another session, or a number already seen (W24)."""

    code = "stale-message"


class BadFrame(WireError):
    """A sealed frame that is cut, of another kind, for another topic or with a wrong tag (W22)."""

    code = "bad-frame"


class BadManifest(WireError):
    """A manifest whose numbers contradict each other (W31)."""

    code = "bad-manifest"


class BadChunk(WireError):
    """A chunk whose length or hash is not the manifest's (W33)."""

    code = "bad-chunk"


class BrokenChain(WireError):
    """An event that does not follow the one before it (W41)."""

    code = "broken-chain"


class BadAgenda(WireError):
    """An agenda that is no tree: an item twice, a parent that is not there, a circle, too deep (W45)."""

    code = "bad-agenda"


class BadCertificate(WireError):
    """A certificate that cannot be read, or whose key signs no statements here (W64)."""

    code = "bad-certificate"


class BadCms(WireError):
    """A signed form that is not the one there is for its statement (W65)."""

    code = "bad-cms"


class BadBundle(WireError):
    """A vote's bundle does not hold together (W69); the message names the first thing that is wrong."""

    code = "vote-bundle-broken"


class BadNote(WireError):
    """A signed note or checkpoint that cannot be read, or is not signed by the key that is known (W72)."""

    code = "bad-note"


class BadProof(WireError):
    """A proof of the record that does not show what it should (W71)."""

    code = "bad-proof"


class PhaseError(WireError):
    """A change that the life-cycle table does not contain (M1)."""

    code = "phase-not-allowed"
