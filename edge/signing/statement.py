"""A signed act at the terminal: what the card signs for a statement, and what is sent of it (G43, W62–W65).

Rules: pure. The statement is made here, from the terminal's own state (``wire.declare``); the signed attributes are
written here, from the statement that was shown and from the certificate of the card that is in the reader. A hash of
somebody else is never given to the card.

Usage::

    message = statement_to_sign(statement, certificate)     # to the card, with the key of that certificate
    data = build(statement, certificate, signature)         # {statement, certificate, signature} as JSON
"""

from __future__ import annotations

from typing import Any

from wire import cades
from wire.statement import SignedStatement, Statement


def digest_name(certificate: bytes) -> str:
    """The hash this card signs with, ``sha256`` or ``sha384``; raises BadCertificate for a key that is not taken."""
    return cades.Signer.of(certificate).digest


def statement_to_sign(statement: Statement, certificate: bytes) -> bytes:
    """What the card signs (it hashes by itself, or is given the hash of this); raises BadCertificate."""
    return cades.to_sign(statement, certificate)


def build(statement: Statement, certificate: bytes, signature: bytes) -> dict[str, Any]:
    """The data of the act, as JSON; there is no place in it for a PIN."""
    return SignedStatement(statement.encode(), certificate, signature).to_value()
