"""What a token signs when somebody signs in at a seat, and what the seat sends of it (W55, W56); at a console (G53).

Rules: both sides write the text down by themselves, each with what it knows on its own – the seat with the server key
of its site document, the server with its own key and clock – so a challenge that was handed on from elsewhere gives
another text and no valid signature. A seat's text, a console's and that of an enrolment (G57) are of different types:
none passes as another. Pure; no cryptography but the hash.

Usage::

    proof = Proof(challenge=…, server_nonce=…, seat_nonce=…, server_key=…, …)
    signature = token signs proof.signed()
    data = TokenData(challenge, seat_nonce, certificate_der, signature).to_value()
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical
from wire.envelope import pae, payload_type
from wire.errors import BadField
from wire.fields import Fields, print_instant

TYPE: Final = "token_sign_in"
CONSOLE_TYPE: Final = "console_sign_in"
ENROL_TYPE: Final = "console_enrol"
NONCE_BYTES: Final = 32
#: How long a challenge is good at most.
LIFE_S: Final = 60
MAX_CERTIFICATE_BYTES: Final = 16 * 1024
#: RSA-4096 gives 512 bytes, P-384 at most 104.
MAX_SIGNATURE_BYTES: Final = 512
#: Word in ``data.method`` of a sign-in; an act without it is the way with a password.
TOKEN: Final = "token"  # noqa: S105 - the name of a way to sign in


def server_key_hash(public: bytes) -> str:
    """The name of a server in a proof: SHA-256 of its raw Ed25519 public key, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate's DER, in hexadecimal: what people are enrolled by."""
    return hashlib.sha256(certificate).hexdigest()


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that a sign-in with a token is bound to. ``certificate`` is a :func:`fingerprint`."""

    challenge: str
    server_nonce: bytes = field(repr=False)
    seat_nonce: bytes = field(repr=False)
    server_key: str
    device: str
    seat: str
    meeting: str
    expires_at: dt.datetime
    certificate: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "challenge": self.challenge,
            "server_nonce": _b64(self.server_nonce),
            "seat_nonce": _b64(self.seat_nonce),
            "server_key": self.server_key,
            "device": self.device,
            "seat": self.seat,
            "meeting": self.meeting,
            "expires_at": print_instant(self.expires_at),
            "certificate": self.certificate,
        }

    def signed(self) -> bytes:
        """The bytes that the token signs: DSSE's encoding of a type of its own, and the canonical value."""
        return pae(payload_type(TYPE), canonical.encode(self.to_value()))


@dataclass(frozen=True, slots=True)
class ConsoleProof:
    """Everything that a sign-in at a console is bound to (G53): ``bridge`` is the PC's, ``origin`` the page's."""

    challenge: str
    server_nonce: bytes = field(repr=False)
    bridge_nonce: bytes = field(repr=False)
    server_key: str
    bridge: str
    origin: str
    expires_at: dt.datetime
    certificate: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "challenge": self.challenge,
            "server_nonce": _b64(self.server_nonce),
            "bridge_nonce": _b64(self.bridge_nonce),
            "server_key": self.server_key,
            "bridge": self.bridge,
            "origin": self.origin,
            "expires_at": print_instant(self.expires_at),
            "certificate": self.certificate,
        }

    def signed(self) -> bytes:
        """The bytes that the token signs, of a type of their own."""
        return pae(payload_type(CONSOLE_TYPE), canonical.encode(self.to_value()))


@dataclass(frozen=True, slots=True)
class EnrolProof:
    """What the key of a certificate signs that becomes ``person``'s for ``use`` (``login``, ``document``; G57).

    ``asked`` says where, when and by which certificate; its type is not a sign-in's.
    """

    asked: ConsoleProof
    person: str
    use: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**self.asked.to_value(), "person": self.person, "use": self.use}

    def signed(self) -> bytes:
        """The bytes that the token signs, of a type of their own."""
        return pae(payload_type(ENROL_TYPE), canonical.encode(self.to_value()))


@dataclass(frozen=True, slots=True)
class TokenData:
    """``data`` of a sign-in with a token, ``nonce`` the signer's. There is no place in it for a PIN or a password."""

    challenge: str
    nonce: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "method": TOKEN,
            "challenge": self.challenge,
            "nonce": _b64(self.nonce),
            "certificate": _b64(self.certificate),
            "signature": _b64(self.signature),
        }

    @classmethod
    def read(cls, fields: Fields) -> TokenData:
        """Read and check, to the last field; raises :class:`BadField`."""
        fields.choice("method", frozenset({TOKEN}))
        found = cls(
            challenge=fields.id("challenge", "c"),
            nonce=fields.base64("nonce", size=NONCE_BYTES),
            certificate=_bytes(fields, "certificate", MAX_CERTIFICATE_BYTES),
            signature=_bytes(fields, "signature", MAX_SIGNATURE_BYTES),
        )
        fields.end()
        return found


def _bytes(fields: Fields, key: str, limit: int) -> bytes:
    found = fields.base64(key)
    if not 0 < len(found) <= limit:
        raise BadField(f"sign_in.{key}", f"is not 1 … {limit} bytes")
    return found


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
