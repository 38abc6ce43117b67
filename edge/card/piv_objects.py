"""What lies in the data objects of a PIV card (NIST SP 800-73-4, part 1, appendix A).

Rules: pure; bytes in, values out. Whatever a card may hold leads to a value, None or an error of this package.

Usage: `der = certificate_der(application.get_data(ObjectId.LOGIN_CERTIFICATE), purpose)`.
"""

from __future__ import annotations

import zlib
from enum import Enum
from typing import Final

from edge.card import tlv
from edge.card.certificate import MAX_BYTES, Purpose
from edge.card.errors import AnswerGarbled, CertificateUnreadable

_CERTIFICATE: Final = 0x70
_CERTIFICATE_INFO: Final = 0x71
_COMPRESSED: Final = 0x01
_FASC_N: Final = 0x30
_GUID: Final = 0x34
_GUID_BYTES: Final = 16
_PIN_POLICY: Final = 0x5F2F
_HAS_GLOBAL_PIN: Final = 0x20
_GLOBAL_PRIMARY: Final = 0x20
#: Both headers are told apart by zlib: gzip as the standard says, zlib as some issuers write.
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS


class ObjectId(Enum):
    """The data objects that are read here, by their tags."""

    DISCOVERY = "7e"
    CAPABILITIES = "5fc107"
    CHUID = "5fc102"
    LOGIN_CERTIFICATE = "5fc105"
    DOCUMENT_CERTIFICATE = "5fc10a"

    @property
    def tag(self) -> bytes:
        """The tag as it stands in a tag list."""
        return bytes.fromhex(self.value)


def certificate_der(inside: bytes, purpose: Purpose) -> bytes:
    """The certificate of a certificate object, unpacked; raises :class:`CertificateUnreadable`."""
    try:
        values = tlv.parse(inside)
    except AnswerGarbled as exc:
        raise CertificateUnreadable(str(exc), purpose=purpose.value) from exc
    der = tlv.find(values, _CERTIFICATE)
    info = tlv.find(values, _CERTIFICATE_INFO) or b"\0"
    if not der:
        raise CertificateUnreadable("an object without a certificate", purpose=purpose.value)
    return _unpacked(der, purpose) if info[0] & _COMPRESSED else der


def _unpacked(packed: bytes, purpose: Purpose) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        der = unpacking.decompress(packed, MAX_BYTES + 1)
    except zlib.error as exc:
        raise CertificateUnreadable("packed, and broken", purpose=purpose.value) from exc
    if len(der) > MAX_BYTES or not unpacking.eof:
        raise CertificateUnreadable("packed, and without an end", purpose=purpose.value)
    return der


def serial(chuid: bytes | None) -> str | None:
    """The card's number: the GUID of the CHUID, else its FASC-N; None when it has neither."""
    if chuid is None:
        return None
    try:
        values = tlv.parse(chuid)
    except AnswerGarbled:
        return None
    guid = tlv.find(values, _GUID) or b""
    if len(guid) == _GUID_BYTES and any(guid):
        return guid.hex()
    fasc_n = tlv.find(values, _FASC_N) or b""
    return fasc_n.hex() if any(fasc_n) else None


def global_pin_is_primary(discovery: bytes | None) -> bool:
    """Whether the card asks for its global PIN rather than the application's (SP 800-73-4, part 1, 3.3.2)."""
    try:
        policy = tlv.find(tlv.parse(discovery or b""), _PIN_POLICY) or b""
    except AnswerGarbled:
        return False
    return len(policy) == 2 and bool(policy[0] & _HAS_GLOBAL_PIN) and policy[1] == _GLOBAL_PRIMARY
