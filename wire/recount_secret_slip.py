"""The recount of a secret consultation's ballots, by itself: signatures, doubles, their order (W175).

Rules: as ``wire/recount_secret.py``, whose check of a signature is used: code apart from the one that server and
browsers use. The first thing that is wrong is named.

Usage: ``receipts(slip, bundle)`` gives receipt and answers of every ballot; raises :class:`BadBundle`.
"""

from __future__ import annotations

from typing import Any, Final

from wire import canonical, recount_secret
from wire.errors import BadBundle

#: Fewer are not opened.
LEAST: Final = 3
_BALLOT: Final = b"phonghop/v1/consultation-ballot\0"


def receipts(slip: dict[str, Any], bundle: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Every ballot was signed by the slip's key, answers its questions, and stands there once, by its receipt."""
    modulus, found = int(slip["token_key"], 16), []
    for ballot in bundle["ballots"]:
        message = _message(slip["consultation"], bundle["sha256"], ballot)
        receipt = recount_secret.receipt_of(message)
        if not recount_secret.is_signed(modulus, message, bytes.fromhex(ballot["signature"])):
            raise BadBundle(f"the ballot {receipt} was not signed by the slip's key, or was changed")
        if [each["question"] for each in ballot["answers"]] != [each["question"] for each in slip["questions"]]:
            raise BadBundle(f"the ballot {receipt} does not answer the slip's questions")
        found.append((receipt, ballot["answers"]))
    names = [receipt for receipt, _ in found]
    if names != sorted(set(names)):
        raise BadBundle("a ballot stands there twice, or the ballots are in another order than their receipts")
    return found


def _message(slip: str, sha256: str, ballot: dict[str, Any]) -> bytes:
    said = {"v": 1, "consultation": slip, "slip": sha256, "answers": ballot["answers"], "nonce": ballot["nonce"]}
    return bytes.fromhex(ballot["prefix"]) + _BALLOT + canonical.encode(said)
