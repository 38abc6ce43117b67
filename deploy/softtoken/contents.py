"""What is on a card when it is made: PIN, PUK, keys, objects; read from a file the caller gives.

Rules: the file holds private keys of people who do not exist, in JSON; it is written for its owner alone. Certificates
lie packed when ``gzip`` is asked for, as some issuers do.

Usage::

    contents = Contents(guid=os.urandom(16))
    contents.put_key(0x9A, private, certificate_der)
    save(contents, path); contents = load(path)
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from deploy.softtoken.ber import write
from deploy.softtoken.keys import Key, PinPolicy, Private

CHUID: Final = 0x5FC102
CAPABILITIES: Final = 0x5FC107
DISCOVERY: Final = 0x7E
#: Where the certificate of a slot's key lies (SP 800-73-4, part 1, table 3).
CERTIFICATES: Final = {0x9A: 0x5FC105, 0x9C: 0x5FC10A, 0x9D: 0x5FC10B, 0x9E: 0x5FC101}
_POLICIES: Final = {0x9C: PinPolicy.ALWAYS, 0x9E: PinPolicy.NEVER}
#: "No FASC-N": the agency's digits are 9999 (SP 800-73-4, part 1, 3.1.2).
_FASC_N: Final = bytes.fromhex("d4e739da739ced39ce739d836858210842108421c84210c3eb")


@dataclass
class Contents:
    """A card as it leaves its issuer. PIN and PUK have 8 bytes at most."""

    guid: bytes
    pin: str = "123456"
    puk: str = "12345678"
    tries: int = 3
    keys: dict[int, Key] = field(default_factory=dict)
    objects: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.objects.setdefault(CHUID, chuid(self.guid))
        self.objects.setdefault(CAPABILITIES, _capabilities(self.guid))
        self.objects.setdefault(DISCOVERY, write(0x4F, _AID) + write(0x5F2F, b"\x40\x00"))

    def __repr__(self) -> str:
        return f"Contents({self.guid.hex()}, keys={sorted(self.keys)})"

    def put_key(self, slot: int, private: Private, certificate: bytes | None, *, pack: bool = False) -> None:
        """Give a slot its key and certificate (DER)."""
        self.keys[slot] = Key(private, policy_of(slot))
        if certificate is not None:
            self.objects[CERTIFICATES[slot]] = certificate_object(certificate, pack=pack)


_AID: Final = bytes.fromhex("a000000308000010000100")


def policy_of(slot: int) -> PinPolicy:
    """When a slot's key wants the PIN if nothing else is said."""
    return _POLICIES.get(slot, PinPolicy.ONCE)


def chuid(guid: bytes, *, signature: bytes = b"") -> bytes:
    """The inside of a CHUID; with the issuer's signature it has some two kilobytes."""
    fields = ((0x30, _FASC_N), (0x34, guid), (0x35, b"20351231"), (0x3E, signature), (0xFE, b""))
    return b"".join(write(tag, value) for tag, value in fields)


def certificate_object(der: bytes, *, pack: bool = False) -> bytes:
    """The inside of a certificate object."""
    body = gzip.compress(der, mtime=0) if pack else der
    return write(0x70, body) + write(0x71, b"\1" if pack else b"\0") + write(0xFE, b"")


def _capabilities(guid: bytes) -> bytes:
    identifier = bytes.fromhex("a000000116ff02") + guid[:14]
    fields = [(0xF0, identifier), (0xF1, b"\x21"), (0xF2, b"\x21"), (0xF3, b""), (0xF4, b"\0"), (0xF5, b"\x10")]
    fields += [(tag, b"") for tag in (0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE)]
    return b"".join(write(tag, value) for tag, value in fields)


def save(contents: Contents, path: Path) -> None:
    """Write the file anew, readable by its owner alone."""
    plain: dict[str, Any] = {
        "guid": contents.guid.hex(),
        "pin": contents.pin,
        "puk": contents.puk,
        "tries": contents.tries,
        "keys": {f"{slot:02x}": _key_to_plain(key) for slot, key in contents.keys.items()},
        "objects": {f"{tag:x}": base64.b64encode(value).decode() for tag, value in contents.objects.items()},
    }
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(plain, file, indent=1)
    draft.replace(path)


def load(path: Path) -> Contents:
    """Read a file of :func:`save`; raises ``ValueError`` or ``KeyError`` for another."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    return Contents(
        guid=bytes.fromhex(plain["guid"]),
        pin=plain["pin"],
        puk=plain["puk"],
        tries=int(plain["tries"]),
        keys={int(slot, 16): _key_from_plain(key) for slot, key in plain["keys"].items()},
        objects={int(tag, 16): base64.b64decode(value) for tag, value in plain["objects"].items()},
    )


def _key_to_plain(key: Key) -> dict[str, str]:
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"pem": pem.decode(), "policy": key.policy.name}


def _key_from_plain(plain: dict[str, str]) -> Key:
    private = load_pem_private_key(plain["pem"].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("a key of a kind this card does not know")  # noqa: TRY004 - the file is wrong, not the caller
    return Key(private, PinPolicy[plain["policy"]])
