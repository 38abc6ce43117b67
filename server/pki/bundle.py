"""Certificates as EST sends them (RFC 7030 § 4.1.3): a PKCS#7 that holds certificates only, base 64 in short lines.

Rules: the order inside a PKCS#7 set means nothing; a seat finds its own certificate by its key.

Usage: `Response(bundle([certificate, ca]), mimetype=CERTS_ONLY)`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

CERTS_ONLY: Final = "application/pkcs7-mime; smime-type=certs-only"


def bundle(certificates: Sequence[x509.Certificate]) -> bytes:
    """Base 64 (lines of 76) of the DER of a certs-only PKCS#7."""
    return base64.encodebytes(pkcs7.serialize_certificates(list(certificates), Encoding.DER))
