"""Checks the signatures in a bundle without a server: each statement's CMS by the certificate in it (V7, W69).

Rules: shows that the bytes were signed by the key of the certificate they name, and whose it says it is. Whether that
certificate was to be trusted then is another question, with more evidence (``phonghop verify``).

Usage: ``recount(data, check=check_signature)``.
"""

from __future__ import annotations

import base64
from typing import Any

from server.trust.certificates import Reader
from server.trust.ports import Proof
from wire import cades
from wire.errors import BadBundle, WireError
from wire.statement import Statement


def check_signature(line: dict[str, Any]) -> None:
    """Raise BadBundle unless the line's ``cms`` is a signature over its ``statement``."""
    said = Statement.read(base64.b64decode(line["statement"], validate=True))
    try:
        parts = cades.check(said, base64.b64decode(line["cms"], validate=True))
        reader = Reader()
        facts = reader.read(parts.certificates[0])
        holds = reader.proves(facts, Proof(cades.to_sign(said, facts.der), parts.signature))
    except WireError as exc:
        raise BadBundle(f"the signature of {said.name} cannot be read: {exc}") from exc
    if not holds:
        raise BadBundle(f"the signature of {said.name} does not hold")
