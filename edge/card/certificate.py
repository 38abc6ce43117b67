"""A certificate on a token, and the check that a signature is its key's.

Rules: pure. What is read here is not trusted: path, validity and revocation are judged by who knows the anchors. A
signature leaves this package only after :meth:`TokenCertificate.check`: a card that answers nonsense, or signs with
another key, would otherwise put a broken signature into a document.

Usage::

    certificate = read(der, Purpose.DOCUMENT, pin_always=True)
    certificate.check(digest, signature)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from edge.card.algorithms import Digest, Hash, KeyKind
from edge.card.errors import AnswerGarbled, CertificateUnreadable, KeyMismatch, KeyUnsupported

#: Longer than any certificate of a token; read before it is parsed.
MAX_BYTES: Final = 16 * 1024
#: What the parser raises for what is no certificate, or one of a kind it does not know.
UNREADABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_RSA: Final = {2048: KeyKind.RSA_2048, 3072: KeyKind.RSA_3072, 4096: KeyKind.RSA_4096}
_CURVES: Final = {"secp256r1": KeyKind.P256, "secp384r1": KeyKind.P384}
_HASHES: Final[dict[Hash, hashes.HashAlgorithm]] = {
    Hash.SHA256: hashes.SHA256(),
    Hash.SHA384: hashes.SHA384(),
    Hash.SHA512: hashes.SHA512(),
}


class Purpose(Enum):
    """What a key is for."""

    LOGIN = "login"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate as the token gave it. ``pin_always``: its key wants the PIN before every signature."""

    purpose: Purpose
    der: bytes = field(repr=False)
    key: KeyKind
    subject: str
    pin_always: bool

    @property
    def sha256(self) -> str:
        """The fingerprint it is enrolled under, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def common_name(self) -> str:
        """The name in it, for people to read: nobody is found by it. The whole subject where there is none."""
        names = x509.load_der_x509_certificate(self.der).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(names[0].value) if names else self.subject

    def check(self, digest: Digest, signature: bytes) -> None:
        """Return when ``signature`` is this key's over ``digest``; raises AnswerGarbled or KeyMismatch."""
        public = x509.load_der_x509_certificate(self.der).public_key()
        algorithm = Prehashed(_HASHES[digest.hash])
        try:
            if isinstance(public, rsa.RSAPublicKey):
                if len(signature) != self.key.size:
                    raise AnswerGarbled(f"a signature of {len(signature)} bytes")
                public.verify(signature, digest.value, padding.PKCS1v15(), algorithm)
            elif isinstance(public, ec.EllipticCurvePublicKey):
                decode_dss_signature(signature)
                public.verify(signature, digest.value, ec.ECDSA(algorithm))
        except ValueError as exc:
            raise AnswerGarbled("a signature that is none") from exc
        except InvalidSignature as exc:
            raise KeyMismatch(purpose=self.purpose.value) from exc


def read(der: bytes, purpose: Purpose, *, pin_always: bool) -> TokenCertificate:
    """The certificate in ``der``; raises :class:`CertificateUnreadable` or :class:`KeyUnsupported`."""
    if len(der) > MAX_BYTES:
        raise CertificateUnreadable("longer than any certificate", purpose=purpose.value)
    try:
        parsed = x509.load_der_x509_certificate(der)
        public = parsed.public_key()
        subject = parsed.subject.rfc4514_string()
    except UNREADABLE as exc:
        raise CertificateUnreadable("no certificate", purpose=purpose.value) from exc
    return TokenCertificate(purpose, der, key=_kind(public, purpose), subject=subject, pin_always=pin_always)


def _kind(public: object, purpose: Purpose) -> KeyKind:
    if isinstance(public, rsa.RSAPublicKey):
        found, name = _RSA.get(public.key_size), f"RSA-{public.key_size}"
    elif isinstance(public, ec.EllipticCurvePublicKey):
        found, name = _CURVES.get(public.curve.name), public.curve.name
    else:
        found, name = None, type(public).__name__.lstrip("_").removesuffix("PublicKey")
    if found is None:
        raise KeyUnsupported(purpose=purpose.value, key=name)
    return found
