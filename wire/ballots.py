"""What a ballot is bound to before anybody may read it (W67).

Rules: ``commitment = SHA-256(domain || canonical(meeting, vote, person, answer, nonce, statement))``, the domain being
``phonghop/v1/ballot`` and a zero byte. The nonce is 32 random bytes of the voter's screen: without it nobody can try
the few answers there are. The log holds the commitment from the moment on when the ballot is stored; the ballot and its
nonce are published when the vote is closed.

Usage::

    commitment(meeting, vote, person, answer="for", nonce="00…")
"""

from __future__ import annotations

import hashlib
from typing import Final

from wire import canonical

_DOMAIN: Final = b"phonghop/v1/ballot\0"
NONCE_BYTES: Final = 32


def commitment(meeting: str, vote: str, person: str, *, answer: str, nonce: str, statement: str = "") -> str:
    """In hexadecimal, as ``nonce`` and ``statement`` (the SHA-256 of what the voter signed, of a named vote)."""
    ballot = {"answer": answer, "nonce": nonce, "statement": statement}
    value = {"v": 1, "meeting": meeting, "vote": vote, "person": person, **ballot}
    return hashlib.sha256(_DOMAIN + canonical.encode(value)).hexdigest()
