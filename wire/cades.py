"""The signed form of a statement: CAdES-B-B, a detached CMS SignedData over its bytes (W64, W65).

Rules: everything but the card's signature follows from the statement and the certificate – the signed attributes
(content-type, signing-time, message-digest, signing-certificate-v2, CMS algorithm protection) and the CMS around them –
so terminal and server write them down each by itself, and a CMS is taken only when it is, byte for byte, what is
written here. RSA 2048–4096 and P-256 with SHA-256, P-384 with SHA-384. ETSI EN 319 122-1, RFC 5652, RFC 5035,
RFC 6211. Standard library only: nothing is verified here but the form.

Usage::

    message = to_sign(statement, certificate)            # the card signs this
    cms = assemble(statement, certificate, signature)    # openssl cms -verify -content statement.json
    split(cms)                                           # Parts(certificates, signature)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wire import der
from wire.errors import BadCertificate, BadCms
from wire.statement import Statement

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
_ALGORITHM_PROTECTION: Final = "1.2.840.113549.1.9.52"
_RSA: Final = "1.2.840.113549.1.1.1"
_EC: Final = "1.2.840.10045.2.1"
_CURVES: Final = {"1.2.840.10045.3.1.7": "p256", "1.3.132.0.34": "p384"}
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_DIRECTORY_NAME: Final = 0xA4
_TAG_0: Final = 0xA0
_TAG_1: Final = 0xA1
_BIT_STRING: Final = 0x03
MAX_CHAIN: Final = 10


class _Suite(NamedTuple):
    digest: str
    digest_oid: str
    signature_oid: str
    #: RSA's identifiers have parameters (NULL), those of ECDSA have none (RFC 5754).
    parameters: bytes


_SUITES: Final = {
    "rsa": _Suite("sha256", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", der.NULL),
    "p256": _Suite("sha256", "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", b""),
    "p384": _Suite("sha384", "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3", b""),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """What the signed form takes from a certificate. ``key`` is ``rsa``, ``p256`` or ``p384``."""

    certificate: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    serial: bytes = field(repr=False)
    key: str

    @property
    def digest(self) -> str:
        """The hash this key signs with: ``sha256`` or ``sha384``."""
        return _SUITES[self.key].digest

    @classmethod
    def of(cls, certificate: bytes) -> Signer:
        """Read a certificate in DER; raises :class:`BadCertificate`, also for a key that is not taken."""
        try:
            inner, *_ = der.children(certificate, der.SEQUENCE)
            fields = [part for part in der.items(inner.value) if part.tag != _TAG_0]
            serial, _, issuer, _, _, key = fields[:6]
            if serial.tag != der.INTEGER or issuer.tag != der.SEQUENCE:
                raise ValueError("no serial number, or no issuer")
            return cls(certificate, issuer.whole, serial.whole, _key(key.whole))
        except (ValueError, IndexError) as exc:
            raise BadCertificate(str(exc)) from exc


class Parts(NamedTuple):
    """What a CMS holds that does not follow from the statement. ``certificates``: the signer's first."""

    certificates: tuple[bytes, ...]
    signature: bytes


def to_sign(statement: Statement, certificate: bytes) -> bytes:
    """The signed attributes (a DER SET) that the card signs; raises :class:`BadCertificate`."""
    return _attributes(statement, Signer.of(certificate))


def assemble(statement: Statement, certificate: bytes, signature: bytes, *, chain: Sequence[bytes] = ()) -> bytes:
    """The CMS with one signer; ``chain`` are further certificates. Raises :class:`BadCertificate`."""
    signer = Signer.of(certificate)
    suite = _SUITES[signer.key]
    attributes = _attributes(statement, signer)
    info = der.element(
        der.SEQUENCE,
        _number(1),
        der.element(der.SEQUENCE, signer.issuer, signer.serial),
        _digest_algorithm(suite),
        bytes([_TAG_0]) + attributes[1:],
        _signature_algorithm(suite),
        der.element(der.OCTETS, signature),
    )
    certificates = dict.fromkeys((certificate, *chain))
    signed = der.element(
        der.SEQUENCE,
        _number(1),
        der.set_of(_digest_algorithm(suite)),
        der.element(der.SEQUENCE, der.named(_DATA)),
        # SET OF, and so in the order of its bytes; who signed is said by issuer and number.
        bytes([_TAG_0]) + der.set_of(*certificates)[1:],
        der.set_of(info),
    )
    return der.element(der.SEQUENCE, der.named(_SIGNED_DATA), der.element(_TAG_0, signed))


def split(cms: bytes) -> Parts:
    """Certificates and signature of a CMS; raises :class:`BadCms`. Says nothing about what is signed: see check()."""
    try:
        kind, content = der.children(cms, der.SEQUENCE)
        (signed,) = der.children(content.whole, _TAG_0)
        _, _, _, certificates, infos = der.children(signed.whole, der.SEQUENCE)
        (info,) = der.children(infos.whole, der.SET)
        _, who, _, _, _, signature = der.children(info.whole, der.SEQUENCE)
        held = [each.whole for each in der.children(certificates.whole, _TAG_0)]
        if der.oid(kind) != _SIGNED_DATA or len(held) > MAX_CHAIN:
            raise ValueError("no signed data")
        signer = next(each for each in held if _names(each) == who.value)
        others = (each for each in held if each != signer)
        return Parts((signer, *others), der.one(signature.whole, der.OCTETS).value)
    except (ValueError, StopIteration) as exc:
        raise BadCms(str(exc)) from exc


def check(statement: Statement, cms: bytes) -> Parts:
    """The parts of a CMS that is the one form there is for this statement; raises :class:`BadCms`, BadCertificate."""
    parts = split(cms)
    again = assemble(statement, parts.certificates[0], parts.signature, chain=parts.certificates[1:])
    if again != cms:
        raise BadCms("another statement's, or not in the form of W64")
    return parts


def _names(certificate: bytes) -> bytes:
    try:
        signer = Signer.of(certificate)
    except BadCertificate:
        # An authority in the chain may have a key that no person signs with here.
        return b""
    return signer.issuer + signer.serial


def _key(spki: bytes) -> str:
    algorithm, bits = der.children(spki, der.SEQUENCE)
    name, parameters = der.children(algorithm.whole, der.SEQUENCE)
    if der.oid(name) == _EC:
        curve = _CURVES.get(der.oid(parameters))
        if curve is None:
            raise ValueError("a curve that is not taken")
        return curve
    if der.oid(name) != _RSA or bits.tag != _BIT_STRING:
        raise ValueError("a key that is not taken")
    modulus = der.children(bits.value[1:], der.SEQUENCE)[0]
    if not 2048 <= int.from_bytes(modulus.value, "big").bit_length() <= 4096:
        raise ValueError("a key of RSA has 2048 … 4096 bits here")
    return "rsa"


def _attributes(statement: Statement, signer: Signer) -> bytes:
    suite = _SUITES[signer.key]
    digest = hashlib.new(suite.digest, statement.encode()).digest()
    protection = der.element(der.SEQUENCE, _digest_algorithm(suite), bytes([_TAG_1]) + _signature_algorithm(suite)[1:])
    return der.set_of(
        _attribute(_CONTENT_TYPE, der.named(_DATA)),
        _attribute(_SIGNING_TIME, _time(statement.made_at)),
        _attribute(_MESSAGE_DIGEST, der.element(der.OCTETS, digest)),
        _attribute(_SIGNING_CERTIFICATE, _named_certificate(signer, suite)),
        _attribute(_ALGORITHM_PROTECTION, protection),
    )


def _attribute(name: str, value: bytes) -> bytes:
    return der.element(der.SEQUENCE, der.named(name), der.set_of(value))


def _named_certificate(signer: Signer, suite: _Suite) -> bytes:
    """SigningCertificateV2 with one ESSCertIDv2; SHA-256 is its default and left out (X.690 § 11.5)."""
    digest = der.element(der.OCTETS, hashlib.new(suite.digest, signer.certificate).digest())
    algorithm = b"" if suite.digest == "sha256" else _digest_algorithm(suite)
    names = der.element(der.SEQUENCE, der.element(_DIRECTORY_NAME, signer.issuer))
    entry = der.element(der.SEQUENCE, algorithm, digest, der.element(der.SEQUENCE, names, signer.serial))
    return der.element(der.SEQUENCE, der.element(der.SEQUENCE, entry))


def _digest_algorithm(suite: _Suite) -> bytes:
    """Parameters are absent (RFC 5754 § 2)."""
    return der.element(der.SEQUENCE, der.named(suite.digest_oid))


def _signature_algorithm(suite: _Suite) -> bytes:
    return der.element(der.SEQUENCE, der.named(suite.signature_oid), suite.parameters)


def _time(moment: dt.datetime) -> bytes:
    """RFC 5652 § 11.3: UTCTime up to 2049, then GeneralizedTime."""
    moment = moment.astimezone(dt.UTC)
    if 1950 <= moment.year < 2050:
        return der.element(_UTC_TIME, f"{moment:%y%m%d%H%M%S}Z".encode("ascii"))
    return der.element(_GENERALIZED_TIME, f"{moment.year:04d}{moment:%m%d%H%M%S}Z".encode("ascii"))


def _number(value: int) -> bytes:
    return der.element(der.INTEGER, bytes([value]))
