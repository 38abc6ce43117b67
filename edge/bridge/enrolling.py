"""A certificate that its owner enrols: shown whose it will be, and proved by its key (G57).

Rules: the server's question names the account and what the certificate is for; the bridge takes the certificate of the
token that is in, and writes the text that its key signs by itself, with its own nonce, the server's key and the origin
of the pairing. A key for documents proves only a certificate for documents, and the reverse.

Usage::

    wanted = EnrolAsk.read(ask)                        # raises AskWrong
    message = wanted.text(proof)                       # to the card; ``proof`` is the bridge's own
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from edge.bridge.errors import AskWrong
from edge.card.certificate import Purpose
from wire.asking import Ask
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import NONCE_BYTES, ConsoleProof, EnrolProof

_PURPOSES: Final = {"login": Purpose.LOGIN, "document": Purpose.DOCUMENT}


@dataclass(frozen=True, slots=True)
class EnrolAsk:
    """Whose certificate it will be, by id and by name, and for what."""

    nonce: bytes = field(repr=False)
    person: str
    name: str
    purpose: Purpose

    @classmethod
    def read(cls, ask: Ask) -> EnrolAsk:
        """Raises AskWrong."""
        try:
            fields = Fields(dict(ask.data), "ask.data")
            found = cls(
                nonce=fields.base64("nonce", size=NONCE_BYTES),
                person=fields.id("person", "u"),
                name=fields.text("name", limit=200),
                purpose=_PURPOSES[fields.choice("use", frozenset(_PURPOSES))],
            )
            fields.end()
        except WireError as exc:
            raise AskWrong(str(exc)) from exc
        return found

    def to_value(self) -> dict[str, Any]:
        """As the bridge's page shows it."""
        return {"person": self.person, "name": self.name, "use": self.purpose.value}

    def text(self, proof: ConsoleProof) -> bytes:
        """What the key signs; ``proof`` says where, when and by which certificate."""
        return EnrolProof(proof, self.person, self.purpose.value).signed()
