"""What is believed, and why: bytes in, checked values out (X.509, RFC 5280; PKCS #7, RFC 2315).

Rules: a CA is the site's when its SHA-256 is the one in the settings; a certificate counts when that CA issued it and
it is valid now; the site document counts when the signing certificate in it does, and signed the rest. ``now`` is the
wall clock: a device whose clock stands in another year is told so, not that the site is false. What was valid when it
was kept is read again without it (``now`` None), so a clock that jumps takes nothing from the seat.

Usage::

    ca = find_ca(pkcs7, sha256=settings.ca_sha256)
    site = read_site(document, ca=ca, now=now)
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7

from edge.errors import BadServerAnswer, ClockWrong, SiteNotTrusted
from edge.link.codec import Site
from sealing.signatures import server_verifier
from wire import canonical
from wire.envelope import pae, payload_type
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import server_key_hash

RENEW_AFTER: Final = dt.timedelta(days=10)
_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class SiteDocument:
    """Whom the seat talks to, and where the broker is."""

    site: Site
    host: str
    port: int
    name: str


def read_bundle(body: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a certs-only PKCS #7 in base 64; raises :class:`BadServerAnswer`."""
    try:
        found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(b"".join(body.split()), validate=True))
    except (binascii.Error, ValueError) as exc:
        raise BadServerAnswer("not a PKCS #7 of certificates") from exc
    return tuple(found[:_MOST])


def find_ca(body: bytes, *, sha256: str) -> x509.Certificate:
    """The site's CA among ``cacerts``; raises :class:`SiteNotTrusted`."""
    for certificate in read_bundle(body):
        if hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() == sha256:
            return certificate
    raise SiteNotTrusted("no certificate with the fingerprint of the settings")


def read_ca(pem: bytes, *, sha256: str) -> x509.Certificate:
    """The CA that was kept; raises :class:`SiteNotTrusted` when the settings name another now."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as exc:
        raise SiteNotTrusted("the kept CA cannot be read") from exc
    if hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() != sha256:
        raise SiteNotTrusted("the kept CA is another one")
    return certificate


def find_own(body: bytes, *, spki: bytes, ca: x509.Certificate, now: dt.datetime) -> x509.Certificate:
    """This device's certificate in the answer to an enrolment; raises an :class:`edge.errors.EnrolmentError`."""
    for certificate in read_bundle(body):
        if _spki(certificate) == spki:
            must_be_issued(certificate, ca=ca, now=now)
            return certificate
    raise BadServerAnswer("no certificate for this device's key")


def must_be_issued(certificate: x509.Certificate, *, ca: x509.Certificate, now: dt.datetime | None) -> None:
    """Raise :class:`SiteNotTrusted` or :class:`ClockWrong` unless ``ca`` issued it and it is valid."""
    try:
        certificate.verify_directly_issued_by(ca)
    except (InvalidSignature, ValueError, TypeError) as exc:
        raise SiteNotTrusted("a certificate that the site's CA did not issue") from exc
    if now is not None and not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ClockWrong(f"valid from {certificate.not_valid_before_utc} to {certificate.not_valid_after_utc}")


def is_due(certificate: x509.Certificate, now: dt.datetime) -> bool:
    """Whether it is time for a new certificate: from the tenth day on."""
    return now >= certificate.not_valid_before_utc + RENEW_AFTER


def read_site(document: bytes, *, ca: x509.Certificate, now: dt.datetime | None) -> SiteDocument:
    """The site document, checked; raises an :class:`edge.errors.EnrolmentError`."""
    try:
        value = canonical.decode_lenient(document)
        fields = Fields(value, "site")
        certificate = _signing_certificate(fields.text("server_certificate"), ca=ca, now=now)
        signature = fields.base64("signature", size=64)
        mqtt = fields.object("mqtt")
        found = SiteDocument(
            site=_site(certificate.public_bytes_raw(), fields.base64("mailbox_key", size=32)),
            host=mqtt.text("host", limit=253),
            port=mqtt.number("port", low=1, high=65_535),
            name=fields.text("name", limit=200),
        )
        signed = canonical.encode({key: each for key, each in value.items() if key != "signature"})
    except WireError as exc:
        raise BadServerAnswer(str(exc)) from exc
    try:
        certificate.verify(signature, pae(payload_type("site"), signed))
    except InvalidSignature as exc:
        raise SiteNotTrusted("the site document is not signed by the server") from exc
    return found


def _site(signing_key: bytes, mailbox: bytes) -> Site:
    return Site(server_verifier(signing_key), mailbox, server_key_hash(signing_key))


def _signing_certificate(pem: str, *, ca: x509.Certificate, now: dt.datetime | None) -> Ed25519PublicKey:
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        key: Any = certificate.public_key()
    except (ValueError, x509.ExtensionNotFound) as exc:
        raise SiteNotTrusted("the server's signing certificate cannot be read") from exc
    must_be_issued(certificate, ca=ca, now=now)
    if not usage.digital_signature or not isinstance(key, Ed25519PublicKey):
        raise SiteNotTrusted("the server's certificate is not for signing")
    return key


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
