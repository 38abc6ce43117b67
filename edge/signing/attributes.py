"""The signed attributes of CAdES (ETSI EN 319 122-1), as strictly as a terminal wants them.

Rules G7, G8: content-type is data, message-digest is the hash the terminal computed, signing-certificate-v2 names the
card's own certificate by its hash (and, if it says so, by issuer and serial), CMS algorithm protection may stand there
and names the same hash. Nothing else, and each once: an attribute nobody knows could mean anything.

Usage: ``check(attributes, digest=hash_of_file, name="sha256", certificate=der)`` returns nothing or raises.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from edge.signing.errors import AttributesWrong, DigestWrong, OtherCertificate
from wire import der

CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
ALGORITHM_PROTECTION: Final = "1.2.840.113549.1.9.52"
_NEEDED: Final = {CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE}
_DATA: Final = "1.2.840.113549.1.7.1"
HASHES: Final = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384"}
#: RSA with PKCS#1 v1.5 and ECDSA, with the hash of the same name.
_SIGNATURES: Final = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
}
_DIRECTORY_NAME: Final = 0xA4
_VERSION: Final = 0xA0
_SIGNATURE: Final = 0xA1


def check(attributes: bytes, *, digest: bytes, name: str, certificate: bytes) -> None:
    """Raises AttributesWrong, DigestWrong, OtherCertificate."""
    try:
        found = _values(attributes)
        if der.oid(der.one(found[CONTENT_TYPE], der.OID)) != _DATA:
            raise AttributesWrong(why="content-type")
        if not hmac.compare_digest(der.one(found[MESSAGE_DIGEST], der.OCTETS).value, digest):
            raise DigestWrong
        _check_certificate(found[SIGNING_CERTIFICATE], certificate)
        if ALGORITHM_PROTECTION in found:
            _check_algorithms(found[ALGORITHM_PROTECTION], name)
    except ValueError as exc:
        raise AttributesWrong(why="form") from exc


def _values(attributes: bytes) -> dict[str, bytes]:
    """Each attribute's one value."""
    found: dict[str, bytes] = {}
    for attribute in der.children(attributes, der.SET):
        kind, values = der.children(attribute.whole, der.SEQUENCE)
        name = der.oid(kind)
        if name in found or name not in _NEEDED | {ALGORITHM_PROTECTION}:
            raise AttributesWrong(why=name)
        (value,) = der.children(values.whole, der.SET)
        found[name] = value.whole
    if not found.keys() >= _NEEDED:
        raise AttributesWrong(why="missing")
    return found


def _check_certificate(value: bytes, certificate: bytes) -> None:
    """SigningCertificateV2 with one ESSCertIDv2 (RFC 5035); no policies."""
    (certs,) = der.children(value, der.SEQUENCE)
    (entry,) = der.children(certs.whole, der.SEQUENCE)
    parts = der.children(entry.whole, der.SEQUENCE)
    name = "sha256"
    if parts and parts[0].tag == der.SEQUENCE:
        name = _algorithm(parts.pop(0).whole, HASHES)
    if not parts or parts[0].tag != der.OCTETS:
        raise ValueError("no hash of the certificate")
    if not hmac.compare_digest(parts[0].value, hashlib.new(name, certificate).digest()):
        raise OtherCertificate
    if len(parts) > 2 or (len(parts) == 2 and not _same_issuer(parts[1].whole, certificate)):
        raise OtherCertificate


def _same_issuer(value: bytes, certificate: bytes) -> bool:
    """IssuerSerial: one directory name, and the number."""
    names, serial = der.children(value, der.SEQUENCE)
    (name,) = der.children(names.whole, der.SEQUENCE)
    inner = der.children(certificate, der.SEQUENCE)[0]
    fields = [part for part in der.items(inner.value) if part.tag != _VERSION]
    return name.tag == _DIRECTORY_NAME and name.value == fields[2].whole and serial.whole == fields[0].whole


def _check_algorithms(value: bytes, name: str) -> None:
    """CMSAlgorithmProtection (RFC 6211): the hash, and a signature algorithm with the same hash."""
    digest, signature = der.children(value, der.SEQUENCE)
    if signature.tag != _SIGNATURE or _algorithm(digest.whole, HASHES) != name:
        raise AttributesWrong(why="algorithm")
    method = der.oid(next(der.items(signature.value)))
    if _SIGNATURES.get(method) != name:
        raise AttributesWrong(why="algorithm")


def _algorithm(value: bytes, known: dict[str, str]) -> str:
    found = known.get(der.oid(der.children(value, der.SEQUENCE)[0]))
    if found is None:
        raise ValueError("an algorithm that is not used")
    return found
