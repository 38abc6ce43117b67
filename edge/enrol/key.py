"""The device's own key: made here once, readable by the agent only, never sent (D2).

Rules: ECDSA on P-256 in a file of mode 0600; the request (PKCS #10, RFC 2986) carries the public half and the serial.
A key file that is there and cannot be used stops the start: making another would be another device.

Usage::

    key = DeviceKey.load_or_create(disk)
    key.request(serial="PH-0042")       # base 64, as simpleenroll wants it
"""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.errors import KeyUnusable
from edge.vault.disk import Disk
from sealing.errors import BadKey
from sealing.signatures import DeviceSigner
from wire import ids
from wire.ids import DeviceId
from wire.secret import Secret

NAME: Final = "identity/device.key"


class DeviceKey:
    """The key and what follows from it: ``signer``, ``device``, ``code``, ``spki``."""

    def __init__(self, signer: DeviceSigner, path: Path) -> None:
        self.signer: Final = signer
        self.path: Final = path
        self.spki: Final = signer.spki
        self.device: Final[DeviceId] = signer.key_id
        self.code: Final = ids.pairing_code(signer.spki)

    @classmethod
    def load_or_create(cls, disk: Disk) -> Self:
        """The key of this device; raises :class:`KeyUnusable`."""
        pem = disk.read(NAME)
        if pem is None:
            signer = DeviceSigner.generate()
            disk.put(NAME, signer.to_pem().reveal())
            return cls(signer, disk.path(NAME))
        path = disk.path(NAME)
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyUnusable(f"{path} can be read by others")
        try:
            return cls(DeviceSigner.from_pem(Secret(pem)), path)
        except BadKey as exc:
            raise KeyUnusable(f"{path} holds no P-256 key") from exc

    def request(self, *, serial: str) -> bytes:
        """The body of a ``simpleenroll``."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, serial)] if serial else [])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self._private(), hashes.SHA256())
        return base64.encodebytes(request.public_bytes(serialization.Encoding.DER))

    def _private(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.signer.to_pem().reveal(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyUnusable("not an elliptic curve key")
        return key

    def __repr__(self) -> str:
        return f"DeviceKey({self.device})"
