"""A secret ballot: what is signed blind, its receipt, and the box of one size that it travels in (W76, W78).

Rules: the ballot names meeting, vote, answer and 32 random bytes; its prepared message (RFC 9474) is what the vote's
key signs, so that nobody can change the answer afterwards. The receipt is the beginning of the hash of that message. A
box holds one ballot, padded, so that no length tells an answer.

Usage::

    ballot = SecretBallot("for", nonce, prefix, signature)
    receipt_of(meeting, vote, ballot)            # "ABCD EFGH IJKL MNOP"
    SecretBallot.unpack(ballot.packed())
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from wire import canonical
from wire.blind import MODULUS_BYTES, PREFIX_BYTES, verify
from wire.election_marks import SAID_LIMIT
from wire.errors import BadField
from wire.fields import Fields

_BALLOT: Final = b"phonghop/v1/secret-ballot\0"
_RECEIPT: Final = b"phonghop/v1/receipt\0"
NONCE_BYTES: Final = 32
#: Every box holds so many bytes, whatever the answer.
PACKED_BYTES: Final = 1_024
#: Below this a ballot is nobody's secret.
LEAST_BALLOTS: Final = 3
#: So many seats mix, or all there are.
RELAYS: Final = 3
#: …or so many, when others do not answer.
LEAST_RELAYS: Final = 2
_RECEIPT_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class SecretBallot:
    """``nonce``, ``prefix`` and ``signature`` in hexadecimal."""

    answer: str
    nonce: str
    prefix: str
    signature: str

    def to_value(self) -> dict[str, str]:
        """As JSON."""
        return {"answer": self.answer, "nonce": self.nonce, "prefix": self.prefix, "signature": self.signature}

    @classmethod
    def read(cls, fields: Fields) -> SecretBallot:
        """Read and check; raises :class:`BadField`."""
        ballot = cls(
            answer=fields.text("answer", limit=SAID_LIMIT),
            nonce=fields.hex("nonce", size=NONCE_BYTES),
            prefix=fields.hex("prefix", size=PREFIX_BYTES),
            signature=fields.hex("signature", size=MODULUS_BYTES),
        )
        fields.end()
        return ballot

    def packed(self) -> bytes:
        """:data:`PACKED_BYTES` bytes: two of length, the ballot, zeros."""
        data = canonical.encode(self.to_value())
        return len(data).to_bytes(2) + data + bytes(PACKED_BYTES - 2 - len(data))

    @classmethod
    def unpack(cls, packed: bytes) -> SecretBallot:
        """What was packed; raises a :class:`wire.errors.WireError`."""
        size = int.from_bytes(packed[:2])
        if len(packed) != PACKED_BYTES or any(packed[2 + size :]):
            raise BadField("secret_ballot", "is not packed as ballots are")
        return cls.read(Fields(canonical.decode(packed[2 : 2 + size]), "secret_ballot"))


def prepared(meeting: str, vote: str, *, answer: str, nonce: str, prefix: str) -> bytes:
    """The prepared message of a ballot (RFC 9474 §4.1: 32 random bytes, then what is said)."""
    said: dict[str, Any] = {"v": 1, "meeting": meeting, "vote": vote, "answer": answer, "nonce": nonce}
    return bytes.fromhex(prefix) + _BALLOT + canonical.encode(said)


def message_of(meeting: str, vote: str, ballot: SecretBallot) -> bytes:
    """The prepared message of a finished ballot."""
    return prepared(meeting, vote, answer=ballot.answer, nonce=ballot.nonce, prefix=ballot.prefix)


def must_be_signed(meeting: str, vote: str, ballot: SecretBallot, *, token_key: str) -> None:
    """Raise :class:`wire.errors.BadSignature` unless the vote's key (modulus, hexadecimal) has signed the ballot."""
    verify(int(token_key, 16), message_of(meeting, vote, ballot), bytes.fromhex(ballot.signature))


def receipt_of(meeting: str, vote: str, ballot: SecretBallot) -> str:
    """Sixteen letters in fours, by which a ballot is found in the published list."""
    return receipt(message_of(meeting, vote, ballot))


def receipt(message: bytes) -> str:
    """The receipt of a prepared message: 80 bits of its SHA-256 in base 32."""
    letters = base64.b32encode(hashlib.sha256(_RECEIPT + message).digest()[:_RECEIPT_BYTES]).decode("ascii")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def box_info(meeting: str, vote: str, run: int) -> bytes:
    """What the innermost box is bound to."""
    return b"\0".join((b"phonghop/v1/ballot-box", meeting.encode(), vote.encode(), str(run).encode()))


def relay_info(meeting: str, vote: str, run: int, *, layer: int) -> bytes:
    """What a relay's layer is bound to; ``layer`` counts from 0, in the order of the relays."""
    parts = (b"phonghop/v1/ballot-relay", meeting.encode(), vote.encode(), str(run).encode(), str(layer).encode())
    return b"\0".join(parts)
