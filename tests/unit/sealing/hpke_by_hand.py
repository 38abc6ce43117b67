"""HPKE base mode written out from RFC 9180, sections 4, 5.1 and 7, with nothing but X25519, HMAC and AES-GCM.

Rules: independent of what it checks; checked itself against the published vectors.

Usage: `ciphertext = seal(public, b"text", info=b"", aad=b"")`.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEM = b"KEM" + (0x0020).to_bytes(2, "big")
_HPKE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0020, 0x0001, 0x0002))


def _extract(suite: bytes, salt: bytes, label: bytes, data: bytes) -> bytes:
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + data, hashlib.sha256).digest()


def _expand(suite: bytes, secret: bytes, label: bytes, info: bytes, *, length: int) -> bytes:
    wanted = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    found, block = b"", b""
    while len(found) < length:
        block = hmac.new(secret, block + wanted + bytes([len(found) // 32 + 1]), hashlib.sha256).digest()
        found += block
    return found[:length]


def shared_secret(diffie_hellman: bytes, *, enc: bytes, public: bytes) -> bytes:
    """ExtractAndExpand of the KEM."""
    key = _extract(_KEM, b"", b"eae_prk", diffie_hellman)
    return _expand(_KEM, key, b"shared_secret", enc + public, length=32)


def key_and_nonce(secret: bytes, *, info: bytes) -> tuple[bytes, bytes]:
    """KeySchedule in mode 0."""
    context = b"\x00" + _extract(_HPKE, b"", b"psk_id_hash", b"") + _extract(_HPKE, b"", b"info_hash", info)
    schedule = _extract(_HPKE, secret, b"secret", b"")
    return (
        _expand(_HPKE, schedule, b"key", context, length=32),
        _expand(_HPKE, schedule, b"base_nonce", context, length=12),
    )


def seal(public: bytes, plain: bytes, *, info: bytes, aad: bytes = b"", ephemeral: bytes | None = None) -> bytes:
    """``enc || ciphertext``; ``ephemeral`` is the sender's private key, random unless a vector gives it."""
    sender = X25519PrivateKey.generate() if ephemeral is None else X25519PrivateKey.from_private_bytes(ephemeral)
    enc = sender.public_key().public_bytes_raw()
    agreed = sender.exchange(X25519PublicKey.from_public_bytes(public))
    key, nonce = key_and_nonce(shared_secret(agreed, enc=enc, public=public), info=info)
    return enc + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(private: bytes, sealed: bytes, *, info: bytes, aad: bytes = b"") -> bytes:
    """The plain text."""
    receiver = X25519PrivateKey.from_private_bytes(private)
    enc, ciphertext = sealed[:32], sealed[32:]
    agreed = receiver.exchange(X25519PublicKey.from_public_bytes(enc))
    public = receiver.public_key().public_bytes_raw()
    key, nonce = key_and_nonce(shared_secret(agreed, enc=enc, public=public), info=info)
    return AESGCM(key).decrypt(nonce, ciphertext, aad)
