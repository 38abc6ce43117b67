"""Read a device's certificate request (PKCS#10, RFC 2986, as RFC 7030 posts it: base 64 of DER).

Rules: ECDSA on P-256 with SHA-256 only; the request proves that the sender holds the key by signing itself; what it
asks for besides the key (extensions, names) is ignored, only a serial in the CN is kept for IT to read. The device's id
and its 12-digit code come from the key (``wire.ids``), so the same key is always the same request.

Usage: `request = read_request(body)`, then `request.device`, `request.code`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.pki.errors import BadRequestSignature, KeyNotAllowed, MalformedRequest, RequestTooLarge
from wire import ids
from wire.ids import DeviceId

#: An honest request has some 350 bytes of DER; this leaves room for a vendor's extensions.
MAX_BODY_BYTES: Final = 8 * 1024
_SERIAL: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """A request that was checked: whose it is, the code to compare, its key (DER SPKI) and the serial it names."""

    device: DeviceId
    code: str
    spki: bytes
    serial: str


def read_request(body: bytes) -> EnrolmentRequest:
    """Check the body of a `simpleenroll`; raises RequestTooLarge or a leaf of RequestError."""
    if len(body) > MAX_BODY_BYTES:
        raise RequestTooLarge(limit_kib=MAX_BODY_BYTES // 1024)
    try:
        request = x509.load_der_x509_csr(_der(body))
        subject = list(request.subject)
    except (ValueError, x509.InvalidVersion) as exc:
        raise MalformedRequest(why="not a PKCS#10 request") from exc
    key = _p256(request)
    _must_sign_itself(request)
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return EnrolmentRequest(ids.device_id(spki), ids.pairing_code(spki), spki, _serial(subject))


def _der(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as exc:
        raise MalformedRequest(why="not base 64") from exc


def _p256(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    try:
        key = request.public_key()
        algorithm = request.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError) as exc:
        raise KeyNotAllowed(why="a key of an unknown kind") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyNotAllowed(why="the key is not ECDSA on P-256")
    if not isinstance(algorithm, hashes.SHA256):
        raise KeyNotAllowed(why="the request is not signed with SHA-256")
    return key


def _must_sign_itself(request: x509.CertificateSigningRequest) -> None:
    try:
        valid = request.is_signature_valid
    except (UnsupportedAlgorithm, ValueError) as exc:
        raise BadRequestSignature(why="the signature cannot be read") from exc
    if not valid:
        raise BadRequestSignature(why="the signature is not of the key in the request")


def _serial(subject: list[x509.NameAttribute[str | bytes]]) -> str:
    names = [attribute.value for attribute in subject if attribute.oid == NameOID.COMMON_NAME]
    if not names:
        return ""
    name = names[0]
    if len(names) > 1 or not isinstance(name, str) or _SERIAL.fullmatch(name) is None:
        raise MalformedRequest(why="the CN is not a serial of 1 to 64 characters A-Z a-z 0-9 . _ : -")
    return name
