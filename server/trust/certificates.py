"""Reads certificates, and checks a raw signature with the key of one.

Rules: whatever the library raises about bytes of a stranger becomes :class:`CertificateUnreadable`; the hash of a
signature follows from the key (G11): SHA-384 for P-384, SHA-256 for all others.

Usage::

    facts = read(der)
    check_signature(facts, message, signature)      # raises SignatureWrong
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from server.trust.errors import CertificateUnreadable
from server.trust.model import Facts
from server.trust.ports import Proof

MAX_BYTES: Final = 64 * 1024
_CURVES: Final = {"secp256r1": "p256", "secp384r1": "p384"}


class SignatureWrong(Exception):
    """The signature is not of this key over these bytes. Inside the server only: callers say what it means."""


def read(data: bytes) -> Facts:
    """The facts of a certificate in DER or PEM; raises :class:`CertificateUnreadable`."""
    if len(data) > MAX_BYTES:
        raise CertificateUnreadable
    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        return _facts(found)
    except (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ) as exc:
        raise CertificateUnreadable from exc


class Reader:
    """The port :class:`server.trust.ports.Reader`."""

    def read(self, data: bytes) -> Facts:
        """As :func:`read`."""
        return read(data)

    def proves(self, facts: Facts, proof: Proof) -> bool:
        """Whether the signature is of this certificate's key."""
        try:
            check_signature(facts, proof.message, proof.signature)
        except SignatureWrong:
            return False
        return True


def digest_for(facts: Facts) -> str:
    """The hash this key signs with: ``sha384`` for P-384, ``sha256`` for all others."""
    return "sha384" if facts.key == "p384" else "sha256"


def check_signature(facts: Facts, message: bytes, signature: bytes) -> None:
    """``signature`` (PKCS#1 v1.5, or ECDSA in DER) is over ``message``; raises :class:`SignatureWrong`."""
    digest = hashes.SHA384() if digest_for(facts) == "sha384" else hashes.SHA256()
    try:
        verify(x509.load_der_x509_certificate(facts.der).public_key(), signature, message, digest)
    except (InvalidSignature, ValueError, TypeError) as exc:
        raise SignatureWrong(facts.key) from exc


def verify(key: object, signature: bytes, message: bytes, digest: hashes.HashAlgorithm | None) -> None:
    """PKCS#1 v1.5 or ECDSA; raises InvalidSignature, ValueError, and TypeError for other kinds of keys."""
    if digest is None:
        raise TypeError("no hash")
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(digest))
    else:
        raise TypeError(type(key).__name__)


def _facts(found: x509.Certificate) -> Facts:
    der = found.public_bytes(serialization.Encoding.DER)
    usage = _extension(found, ExtensionOID.KEY_USAGE)
    extended = _extension(found, ExtensionOID.EXTENDED_KEY_USAGE)
    basic = _extension(found, ExtensionOID.BASIC_CONSTRAINTS)
    algorithm = found.signature_hash_algorithm
    return Facts(
        fingerprint=hashlib.sha256(der).hexdigest(),
        der=der,
        name=_attribute(found.subject, NameOID.COMMON_NAME) or found.subject.rfc4514_string(),
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        serial=f"{found.serial_number:x}",
        subject_id=_subject_id(found),
        since=found.not_valid_before_utc,
        until=found.not_valid_after_utc,
        key=_key(found),
        hash="none" if algorithm is None else algorithm.name,
        usages=_usages(usage) if isinstance(usage, x509.KeyUsage) else None,
        extended=frozenset(oid.dotted_string for oid in extended)
        if isinstance(extended, x509.ExtendedKeyUsage)
        else None,
        is_authority=isinstance(basic, x509.BasicConstraints) and basic.ca,
        is_self_issued=found.subject == found.issuer,
        crl_urls=_crl_urls(found),
        ocsp_urls=_ocsp_urls(found),
    )


def _extension(found: x509.Certificate, oid: x509.ObjectIdentifier) -> x509.ExtensionType | None:
    try:
        return found.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""


def _subject_id(found: x509.Certificate) -> str:
    for oid in (NameOID.SERIAL_NUMBER, NameOID.USER_ID, NameOID.EMAIL_ADDRESS):
        if value := _attribute(found.subject, oid):
            return value
    names = _extension(found, ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    if isinstance(names, x509.SubjectAlternativeName):
        return next(iter(names.get_values_for_type(x509.RFC822Name)), "")
    return ""


def _key(found: x509.Certificate) -> str:
    key = found.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name)
    return type(key).__name__.removesuffix("PublicKey").lower()


def _usages(usage: x509.KeyUsage) -> frozenset[str]:
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_cert_sign", "crl_sign")
    return frozenset(name for name in names if getattr(usage, name))


def _crl_urls(found: x509.Certificate) -> tuple[str, ...]:
    points = _extension(found, ExtensionOID.CRL_DISTRIBUTION_POINTS)
    if not isinstance(points, x509.CRLDistributionPoints):
        return ()
    return tuple(
        str(name.value)
        for point in points
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    )


def _ocsp_urls(found: x509.Certificate) -> tuple[str, ...]:
    access = _extension(found, ExtensionOID.AUTHORITY_INFORMATION_ACCESS)
    if not isinstance(access, x509.AuthorityInformationAccess):
        return ()
    return tuple(
        str(entry.access_location.value)
        for entry in access
        if entry.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(entry.access_location, x509.UniformResourceIdentifier)
    )
