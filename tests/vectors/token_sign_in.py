"""One sign-in with a token, byte for byte: what is signed, and a signature that anybody can check (W55).

Rules: the key and certificate are the published ones of tests/vectors/gsa-icam; RSA with PKCS #1 v1.5 gives the same
bytes every time, so the file is the same on every run.

Usage: `python -m tests.vectors.token_sign_in` writes the file and the example in wire/README.md.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.support.meeting_log import named
from wire import canonical
from wire.proof import Proof, TokenData, fingerprint, server_key_hash

HERE = Path(__file__).resolve().parent
README = HERE.parents[1] / "wire" / "README.md"
BEGIN, END = "<!-- token-sign-in: begin -->", "<!-- token-sign-in: end -->"
_PEM = HERE / "gsa-icam" / "piv-auth.pem"


def certificate() -> bytes:
    """The published certificate, DER."""
    return x509.load_pem_x509_certificate(_PEM.read_bytes()).public_bytes(Encoding.DER)


def proof() -> Proof:
    """What the example is bound to."""
    return Proof(
        challenge=named("c", "one"),
        server_nonce=hashlib.sha256(b"server nonce").digest(),
        seat_nonce=hashlib.sha256(b"seat nonce").digest(),
        server_key=server_key_hash(hashlib.sha256(b"server key").digest()),
        device=named("d", "A3"),
        seat=named("s", "A3"),
        meeting=named("m", "demo"),
        expires_at=dt.datetime(2026, 11, 21, 1, 16, tzinfo=dt.UTC),
        certificate=fingerprint(certificate()),
    )


def made() -> dict[str, Any]:
    """The content of `token-sign-in.json`."""
    bound = proof()
    key = load_pem_private_key(_PEM.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(bound.signed(), padding.PKCS1v15(), hashes.SHA256())
    data = TokenData(bound.challenge, bound.seat_nonce, certificate(), signature)
    return {
        "about": "W55, W56. The certificate's key signs `signed` (PKCS #1 v1.5, SHA-256); `data` is what is sent.",
        "server_public": base64.b64encode(hashlib.sha256(b"server key").digest()).decode(),
        "value": bound.to_value(),
        "signed": base64.b64encode(bound.signed()).decode(),
        "signed_sha256": hashlib.sha256(bound.signed()).hexdigest(),
        "data": data.to_value(),
    }


def readme_section() -> str:
    """The part of wire/README.md between the markers."""
    pretty = json.dumps(proof().to_value(), ensure_ascii=False, indent=1, sort_keys=True)
    length = len(canonical.encode(proof().to_value()))
    closing = f"{length} bytes of value; SHA-256 of all that is signed: `{made()['signed_sha256']}`."
    return f"{BEGIN}\n\n```json\n{pretty}\n```\n\n{closing}\n\n{END}"


if __name__ == "__main__":
    from tests.vectors.make import printed

    (HERE / "token-sign-in.json").write_text(printed(made()), encoding="utf-8")
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + readme_section() + rest.partition(END)[2], encoding="utf-8")
