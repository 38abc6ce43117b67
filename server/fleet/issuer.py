"""The site CA as the fleet's port `Issuer`.

Rules: what is issued is returned, the service keeps it.

Usage: `issuer = SiteIssuer(site)`.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.fleet.model import Certificate
from server.pki.bundle import bundle
from server.pki.site import SitePki
from wire.ids import DeviceId


class SiteIssuer:
    """Issues device certificates."""

    def __init__(self, site: SitePki) -> None:
        self._site: Final = site

    def issue(self, device: DeviceId, *, spki: bytes, now: dt.datetime) -> Certificate:
        """A certificate of 30 days."""
        made = self._site.issue_device(device, spki=spki, now=now)
        return Certificate(made.serial_number, device, made.public_bytes(Encoding.DER), now, made.not_valid_after_utc)

    def key_of(self, certificate: Certificate) -> bytes:
        """The public key it is for (DER SubjectPublicKeyInfo)."""
        key = x509.load_der_x509_certificate(certificate.der).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def bundle(self, certificate: Certificate) -> bytes:
        """The certificate and the CA, as EST sends them."""
        return bundle([x509.load_der_x509_certificate(certificate.der), self._site.authority.certificate])
