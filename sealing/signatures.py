"""Who signs: the server with Ed25519, a device with the ECDSA P-256 key of its certificate (W20).

Rules: a signer is what :func:`wire.envelope.seal` needs (``key_id``, ``sign``), a verifier what
:func:`wire.envelope.open_envelope` needs; a verifier returns nothing or raises.

Usage::

    data = seal("have", value, key_id=signer.key_id, sign=signer.sign)
    open_envelope(data, verify=device_verifier(devices.spki))
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sealing.errors import BadKey
from wire import ids
from wire.envelope import Verify
from wire.errors import BadSignature
from wire.ids import DeviceId
from wire.secret import Secret

_ECDSA: Final = ec.ECDSA(hashes.SHA256())


def server_key_id(public: bytes) -> str:
    """``server-`` and half of the SHA-256 of the raw Ed25519 public key, in hexadecimal."""
    return f"server-{hashlib.sha256(public).hexdigest()[:32]}"


class ServerSigner:
    """The server's Ed25519 signing key. ``public`` is raw, 32 bytes."""

    __slots__ = ("_private", "key_id", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private: Final = private
        self.public: Final = private.public_key().public_bytes_raw()
        self.key_id: Final = server_key_id(self.public)

    @classmethod
    def generate(cls) -> ServerSigner:
        """A fresh key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: Secret) -> ServerSigner:
        """The key of an unencrypted PKCS #8 file; raises :class:`BadKey`."""
        key = _load(pem)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadKey("not an Ed25519 key")
        return cls(key)

    def to_pem(self) -> Secret:
        """As PKCS #8, unencrypted: keep it where only the server reads."""
        return _pem(self._private)

    def sign(self, data: bytes) -> bytes:
        """64 bytes over ``data``."""
        return self._private.sign(data)


class DeviceSigner:
    """A device's P-256 key. ``spki`` is DER SubjectPublicKeyInfo, ``key_id`` the device's id."""

    __slots__ = ("_private", "key_id", "spki")

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(private.curve, ec.SECP256R1):
            raise BadKey("not a P-256 key")
        self._private: Final = private
        self.spki: Final = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id: Final[DeviceId] = ids.device_id(self.spki)

    @classmethod
    def generate(cls) -> DeviceSigner:
        """A fresh key from the operating system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: Secret) -> DeviceSigner:
        """The key of an unencrypted PKCS #8 file; raises :class:`BadKey`."""
        key = _load(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadKey("not an elliptic curve key")
        return cls(key)

    def to_pem(self) -> Secret:
        """As PKCS #8, unencrypted: it never leaves the device."""
        return _pem(self._private)

    def sign(self, data: bytes) -> bytes:
        """A DER signature (ECDSA, SHA-256) over ``data``."""
        return self._private.sign(data, _ECDSA)


def server_verifier(public: bytes) -> Verify:
    """A check against the server's raw Ed25519 key; raises :class:`BadKey` if it is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError as exc:
        raise BadKey("not an Ed25519 public key") from exc
    wanted = server_key_id(public)

    def verify(key_id: str, data: bytes, signature: bytes) -> None:
        if key_id != wanted:
            raise BadSignature("not signed by this server's key")
        try:
            key.verify(signature, data)
        except InvalidSignature as exc:
            raise BadSignature("the server's signature does not fit") from exc

    return verify


def holds(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature is of the raw key ``public``: the check of signed notes (W72)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def device_verifier(lookup: Callable[[str], bytes | None]) -> Verify:
    """A check against the key that ``lookup(device id)`` knows (DER SPKI; None: no such device)."""

    def verify(key_id: str, data: bytes, signature: bytes) -> None:
        spki = lookup(key_id)
        if spki is None or ids.device_id(spki) != key_id:
            raise BadSignature("not signed by a device that is known here")
        try:
            _public(spki).verify(signature, data, _ECDSA)
        except InvalidSignature as exc:
            raise BadSignature("the device's signature does not fit") from exc

    return verify


@functools.lru_cache(maxsize=1024)
def _public(spki: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise BadKey("not a public key") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadKey("not a P-256 public key")
    return key


def _load(pem: Secret) -> object:
    try:
        return serialization.load_pem_private_key(pem.reveal(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The library's message may quote what it read: it does not travel on.
        raise BadKey("not a private key in an unencrypted PEM file") from None


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> Secret:
    return Secret(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
