"""Signed messages: DSSE, the Dead Simple Signing Envelope (secure-systems-lab/dsse v1).

Rules W20–W21: the signature covers the payload's type and its exact bytes (PAE), so a message of
one type never passes as another and nothing has to be re-encoded to be checked. This module
holds no cryptography: it is handed a signer or a verifier.

Usage::

    data = seal("have", body, key_id=device, sign=sign)
    message = open_envelope(data, verify=verify)   # message.type == "have"
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from wire import canonical
from wire.errors import BadField, UnknownType, UnknownVersion
from wire.fields import Fields

VERSION: Final = 1
_PREFIX: Final = "application/vnd.phonghop."
_SUFFIX: Final = "+json"
_NAME: Final = re.compile(r"[a-z_]{1,40}", re.ASCII)
#: No message is longer; a manifest of the largest paper takes 6 MiB.
MAX_BYTES: Final = 16 * 2**20

#: sign(bytes to sign) → signature
Sign = Callable[[bytes], bytes]
#: verify(key id, signed bytes, signature) → None, or raises BadSignature
Verify = Callable[[str, bytes, bytes], None]


@dataclass(frozen=True, slots=True)
class Signed:
    """An envelope that was checked: who signed which type of message over which bytes."""

    type: str
    key_id: str
    payload: bytes

    def value(self) -> Any:
        """The payload's value; raises :class:`BadJson`."""
        return canonical.decode(self.payload)


def payload_type(message_type: str) -> str:
    """``have`` → ``application/vnd.phonghop.have.v1+json``."""
    return f"{_PREFIX}{message_type}.v{VERSION}{_SUFFIX}"


def pae(kind: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the bytes that are signed."""
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def seal(message_type: str, value: Any, *, key_id: str, sign: Sign) -> bytes:
    """A signed envelope around the canonical bytes of ``value``; raises :class:`BadJson`."""
    return seal_written(message_type, canonical.encode(value), key_id=key_id, sign=sign)


def seal_written(message_type: str, payload: bytes, *, key_id: str, sign: Sign) -> bytes:
    """A signed envelope around a value that is in its canonical bytes already."""
    kind = payload_type(message_type)
    signature = sign(pae(kind, payload))
    return canonical.encode(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": kind,
            "signatures": [{"keyid": key_id, "sig": base64.b64encode(signature).decode("ascii")}],
        }
    )


def open_envelope(data: bytes, *, verify: Verify) -> Signed:
    """Check and open an envelope.

    Raises :class:`BadJson`, :class:`BadField`, :class:`UnknownVersion`, :class:`UnknownType`
    and whatever :class:`WireError` ``verify`` raises.
    """
    if len(data) > MAX_BYTES:
        raise BadField("envelope", f"is longer than {MAX_BYTES} bytes")
    fields = Fields(canonical.decode(data), "envelope")
    kind = fields.text("payloadType", limit=100)
    payload = fields.base64("payload")
    signatures = fields.objects("signatures", limit=1)
    fields.end()
    if len(signatures) != 1:
        raise BadField("envelope.signatures", "holds exactly one signature")
    key_id = signatures[0].text("keyid", limit=64)
    signature = signatures[0].base64("sig")
    signatures[0].end()
    # The signature first: nobody unknown may make a seat believe that it is too old.
    verify(key_id, pae(kind, payload), signature)
    return Signed(_message_type(kind), key_id, payload)


def _message_type(kind: str) -> str:
    if not (kind.startswith(_PREFIX) and kind.endswith(_SUFFIX)):
        raise UnknownType("not one of our message types")
    name, _, version = kind[len(_PREFIX) : -len(_SUFFIX)].rpartition(".")
    if version != f"v{VERSION}":
        raise UnknownVersion(f"message version {version[:10]!r}")
    if _NAME.fullmatch(name) is None:
        raise UnknownType(f"message type {name[:40]!r}")
    return name
