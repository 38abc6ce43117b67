"""A certificate authority: one P-256 key that issues certificates and the list of those it took back.

Rules: `issue` signs whatever profile it is given, for a public key; it makes no key and keeps no record. The
revocation list (CRL, RFC 5280 § 5) is valid for long, because a broker whose list has expired refuses every seat: it is
issued anew at each start, each day and at each revocation, and its age is on the health page.

Usage::

    authority = Authority.found("Phòng họp CA", now=now)
    certificate = authority.issue(profiles.device(device, window=window), key=public_key)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from server.pki import profiles
from server.pki.errors import BrokenPki, KeyNotAllowed
from server.pki.model import Revoked
from wire.secret import Secret

CRL_DAYS: Final = 180
#: From this age on the health page warns: something has stopped the daily issue.
CRL_ALARM: Final = dt.timedelta(days=7)

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class Authority:
    """A CA with its key in memory; raises :class:`BrokenPki` when key and certificate do not fit."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        if certificate.public_key() != key.public_key():
            raise BrokenPki(why=f"the key of {certificate.subject.rfc4514_string()} is not its own")
        self._key: Final = key
        self.certificate: Final = certificate

    @classmethod
    def found(cls, name: str, *, now: dt.datetime, key: ec.EllipticCurvePrivateKey | None = None) -> Authority:
        """A new self-signed root, with a new key unless one is given."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        window = profiles.Window.starting(now, profiles.CA_DAYS)
        builder = _identified(profiles.ca(name, window=window), key.public_key())
        return cls(key, builder.issuer_name(profiles.common_name(name)).sign(key, hashes.SHA256()))

    def issue(self, profile: x509.CertificateBuilder, *, key: PublicKey) -> x509.Certificate:
        """A certificate of this profile for ``key``."""
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            _identified(profile, key)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def revocation_list(self, revoked: Iterable[Revoked], *, now: dt.datetime) -> x509.CertificateRevocationList:
        """The signed list; its number grows with the clock, so a later list is known as later."""
        issued_at = now.astimezone(dt.UTC)
        issuer = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(issued_at.replace(microsecond=0) - profiles.BACKDATED)
            .next_update(issued_at.replace(microsecond=0) + dt.timedelta(days=CRL_DAYS))
            .add_extension(x509.CRLNumber(int(issued_at.timestamp() * 1000)), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        )
        for one in sorted(revoked, key=lambda entry: (entry.at, entry.serial)):
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256())

    def key_pem(self) -> Secret:
        """The private key, for the file it is kept in."""
        return private_pem(self._key)


def private_pem(key: ec.EllipticCurvePrivateKey) -> Secret:
    """A private key as PEM (PKCS#8)."""
    return Secret(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def device_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key in a DER SubjectPublicKeyInfo; raises :class:`KeyNotAllowed`."""
    try:
        key = serialization.load_der_public_key(spki)
    except ValueError as exc:
        raise KeyNotAllowed(why="the key cannot be read") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyNotAllowed(why="the key is not ECDSA on P-256")
    return key


def _identified(builder: x509.CertificateBuilder, key: PublicKey) -> x509.CertificateBuilder:
    return builder.public_key(key).add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
