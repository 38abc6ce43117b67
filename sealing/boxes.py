"""Box frames: bytes for one receiver (W22).

Rules: HPKE base mode (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM; the topic is bound
through ``info``, so a frame moved to another topic does not open. Base mode does not tell who
sealed it: what is inside is a signed envelope.

Usage::

    key = new_key()
    frame = seal_box(envelope, to=key.public, topic=Topic.down(device, "welcome"))
    open_box(frame, key=key, topic=Topic.down(device, "welcome"))
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sealing.errors import BadKey
from wire import frames
from wire.errors import BadFrame
from wire.secret import Secret
from wire.topics import Topic

KEY_BYTES: Final = 32
_SUITE: Final = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class BoxKey:
    """An X25519 key pair. ``public`` is 32 bytes; the private half shows nowhere."""

    __slots__ = ("_private", "public")

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private: Final = private
        self.public: Final = private.public_key().public_bytes_raw()

    @classmethod
    def from_secret(cls, secret: Secret) -> BoxKey:
        """The key pair of 32 private bytes; raises :class:`BadKey`."""
        if len(secret) != KEY_BYTES:
            raise BadKey(f"an X25519 key has {KEY_BYTES} bytes")
        return cls(X25519PrivateKey.from_private_bytes(secret.reveal()))

    def to_secret(self) -> Secret:
        """The private bytes, to be kept sealed."""
        return Secret(self._private.private_bytes_raw())

    def open(self, sealed: bytes, *, info: bytes) -> bytes:
        """HPKE's ``enc || ciphertext`` opened; raises :class:`BadFrame`."""
        try:
            return _SUITE.decrypt(sealed, self._private, info=info)
        except (InvalidTag, ValueError) as exc:
            raise BadFrame("the box does not open: not for this key, moved or changed") from exc

    def __repr__(self) -> str:
        return f"BoxKey(public={self.public.hex()[:16]}…)"

    def __reduce__(self) -> str:
        raise TypeError("a BoxKey cannot be pickled")


def new_key() -> BoxKey:
    """A fresh key pair from the operating system's randomness."""
    return BoxKey(X25519PrivateKey.generate())


def seal(data: bytes, *, to: bytes, info: bytes) -> bytes:
    """HPKE's ``enc || ciphertext`` of ``data`` for the public key ``to``; raises :class:`BadKey`."""
    try:
        return _SUITE.encrypt(data, X25519PublicKey.from_public_bytes(to), info=info)
    except ValueError as exc:
        # Not 32 bytes, or one of the points of small order that would give everyone the key.
        raise BadKey("not an X25519 public key to seal to") from exc


def seal_box(data: bytes, *, to: bytes, topic: Topic) -> bytes:
    """A box frame of ``data`` for ``to`` (32 bytes) on ``topic``; raises :class:`BadKey`."""
    return frames.print_box(seal(data, to=to, info=frames.box_info(topic)))


def open_box(frame: bytes, *, key: BoxKey, topic: Topic) -> bytes:
    """What was sealed; raises :class:`BadFrame` or :class:`wire.errors.UnknownVersion`."""
    return key.open(frames.parse_box(frame), info=frames.box_info(topic))
