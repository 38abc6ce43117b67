"""Terminals as tests need them: a key, a certificate request, a certificate.

Rules: the key is made here, as on a real seat; only the request leaves it.

Usage: `device = Terminal.make(folder)`, then `site.issue_device(device.id, spki=device.spki, now=now)`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from server.pki import profiles
from server.pki.authority import private_pem
from wire import ids


@dataclass
class Terminal:
    """One device with its own P-256 key."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        public = serialization.PublicFormat.SubjectPublicKeyInfo
        self.spki = self.key.public_key().public_bytes(Encoding.DER, public)
        self.id = ids.device_id(self.spki)
        self.code = ids.pairing_code(self.spki)

    def request(self, serial: str = "") -> bytes:
        """The body of a `simpleenroll`: base 64 of a PKCS#10 request."""
        name = profiles.common_name(serial) if serial else x509.Name([])
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self.key, hashes.SHA256())
        return base64.encodebytes(csr.public_bytes(Encoding.DER))

    @property
    def certificate_file(self) -> Path:
        """Where :meth:`keep` put the certificate."""
        return self.folder / f"{self.id}.pem"

    @property
    def key_file(self) -> Path:
        """Where :meth:`keep` put the key."""
        return self.folder / f"{self.id}.key"

    def keep(self, certificate: x509.Certificate) -> None:
        """Write certificate and key where an MQTT client can load them."""
        self.certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        self.key_file.write_bytes(private_pem(self.key).reveal())
