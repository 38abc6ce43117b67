"""What lies between prepare and complete, as canonical JSON: nothing in it has to be trusted to be a Python object.

Rules G10: the state names the base by its hash, holds the bytes that were appended to it, where the hole for the
signature is, and the signed attributes the card signs. It is read as strictly as a message from outside.

Usage: ``Prepared.from_bytes(prepared.to_bytes()) == prepared``.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from server.signing.errors import FileChanged, SigningStateBroken
from server.signing.model import Level
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields

VERSION: Final = 1
_DIGESTS: Final = frozenset({"sha256", "sha384"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file with a hole. ``hole`` is begin and end of ``<00…00>`` in the whole file, brackets included."""

    base_sha256: str
    base_bytes: int
    increment: bytes = field(repr=False)
    hole: tuple[int, int]
    digest: str
    signed_attributes: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    field_name: str
    level: Level
    #: number and date are filled in with this signature
    is_numbered: bool = False

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the signer's certificate."""
        return hashlib.sha256(self.certificate).hexdigest()

    def file(self, base: bytes) -> bytes:
        """The whole prepared file; raises FileChanged when ``base`` is not the one it was made from."""
        if len(base) != self.base_bytes or hashlib.sha256(base).hexdigest() != self.base_sha256:
            raise FileChanged
        return base + self.increment

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical.encode(
            {
                "v": VERSION,
                "base_sha256": self.base_sha256,
                "base_bytes": self.base_bytes,
                "increment": _text(self.increment),
                "hole": list(self.hole),
                "digest": self.digest,
                "signed_attributes": _text(self.signed_attributes),
                "certificate": _text(self.certificate),
                "field": self.field_name,
                "level": self.level.value,
                "numbered": self.is_numbered,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Prepared:
        """Read again; raises SigningStateBroken."""
        try:
            value = Fields(canonical.decode(data), "prepared")
            if value.number("v") != VERSION:
                raise SigningStateBroken
            begin, end = (_whole(item) for item in value.items("hole", limit=2))
            found = cls(
                base_sha256=value.hex("base_sha256", size=32),
                base_bytes=value.number("base_bytes", low=1),
                increment=value.base64("increment"),
                hole=(begin, end),
                digest=value.choice("digest", _DIGESTS),
                signed_attributes=value.base64("signed_attributes"),
                certificate=value.base64("certificate"),
                field_name=value.text("field", limit=80),
                level=Level(value.text("level", limit=10)),
                is_numbered=value.has("numbered") and value.flag("numbered"),
            )
        except (WireError, ValueError) as exc:
            raise SigningStateBroken from exc
        if not found.base_bytes < begin < end <= found.base_bytes + len(found.increment):
            raise SigningStateBroken
        return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SigningStateBroken
    return value
