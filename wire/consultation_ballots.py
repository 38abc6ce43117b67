"""The ballot of a secret consultation slip: what is signed blind, its receipt, and the slot that it lies in (W172).

Rules: as a vote's secret ballot (``wire/secret_ballots.py``); in the place of one answer stand the answers to all
questions with their words, and the ballot names the slip by its SHA-256, which the record has. What was signed is taken
as it is: who answers can change no letter afterwards, and neither can anybody else.

Usage::

    ballot = SlipBallot(answers, nonce, prefix, signature)
    must_be_signed("f-…", sha256, ballot, token_key=modulus)      # raises BadSignature
    receipt_of("f-…", sha256, ballot)                             # "ABCD EFGH IJKL MNOP"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical
from wire.blind import MODULUS_BYTES, PREFIX_BYTES, verify
from wire.errors import BadField
from wire.fields import Fields
from wire.secret_ballots import LEAST_BALLOTS, NONCE_BYTES, receipt
from wire.statement import MAX_OPINION, MAX_QUESTIONS

__all__ = ["LEAST_BALLOTS", "SLOT_BYTES", "SlipBallot", "message_of", "must_be_signed", "prepared", "receipt_of"]
_BALLOT: Final = b"phonghop/v1/consultation-ballot\0"
#: Every ballot takes so many bytes, however much is written: no length tells whose it is.
SLOT_BYTES: Final = 8_192
_CHOICE: Final = 40


@dataclass(frozen=True, slots=True)
class SlipBallot:
    """``answers``: ``{question, answer, opinion}`` for each question; the others in hexadecimal."""

    answers: tuple[dict[str, Any], ...] = field(repr=False)
    nonce: str = field(repr=False)
    prefix: str = field(repr=False)
    signature: str = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        kept = {"nonce": self.nonce, "prefix": self.prefix, "signature": self.signature}
        return {"answers": [dict(each) for each in self.answers], **kept}

    @classmethod
    def read(cls, fields: Fields) -> SlipBallot:
        """Read and check the shape; raises :class:`BadField`."""
        ballot = cls(
            answers=tuple(_said(entry) for entry in fields.objects("answers", limit=MAX_QUESTIONS)),
            nonce=fields.hex("nonce", size=NONCE_BYTES),
            prefix=fields.hex("prefix", size=PREFIX_BYTES),
            signature=fields.hex("signature", size=MODULUS_BYTES),
        )
        fields.end()
        return ballot

    def packed(self) -> bytes:
        """:data:`SLOT_BYTES` bytes: two of length, the ballot, zeros; raises :class:`BadField` when it is longer."""
        data = canonical.encode(self.to_value())
        if len(data) > SLOT_BYTES - 2:
            raise BadField("ballot.answers", f"is longer than {SLOT_BYTES} bytes with its signature")
        return len(data).to_bytes(2) + data + bytes(SLOT_BYTES - 2 - len(data))

    @classmethod
    def unpack(cls, packed: bytes) -> SlipBallot:
        """What was packed; raises a :class:`wire.errors.WireError`."""
        size = int.from_bytes(packed[:2])
        return cls.read(Fields(canonical.decode(packed[2 : 2 + size]), "ballot"))


def prepared(slip: str, sha256: str, *, answers: Sequence[dict[str, Any]], nonce: str, prefix: str) -> bytes:
    """The prepared message (RFC 9474 §4.1: 32 random bytes, then what is said)."""
    said = {"v": 1, "consultation": slip, "slip": sha256, "answers": [dict(each) for each in answers], "nonce": nonce}
    return bytes.fromhex(prefix) + _BALLOT + canonical.encode(said)


def message_of(slip: str, sha256: str, ballot: SlipBallot) -> bytes:
    """The prepared message of a finished ballot."""
    return prepared(slip, sha256, answers=ballot.answers, nonce=ballot.nonce, prefix=ballot.prefix)


def must_be_signed(slip: str, sha256: str, ballot: SlipBallot, *, token_key: str) -> None:
    """Raise :class:`wire.errors.BadSignature` unless the slip's key (modulus, hexadecimal) has signed the ballot."""
    verify(int(token_key, 16), message_of(slip, sha256, ballot), bytes.fromhex(ballot.signature))


def receipt_of(slip: str, sha256: str, ballot: SlipBallot) -> str:
    """Sixteen letters in fours, by which a ballot is found in the published list."""
    return receipt(message_of(slip, sha256, ballot))


def _said(entry: Fields) -> dict[str, Any]:
    answer = entry.text("answer", limit=_CHOICE) if entry.has("answer") else None
    if answer is None:
        entry.any("answer")
    found = {
        "question": entry.text("question", limit=_CHOICE),
        "answer": answer,
        "opinion": entry.text("opinion", limit=MAX_OPINION, empty=True),
    }
    entry.end()
    return found
