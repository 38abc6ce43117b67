"""The recount of a secret vote's ballots, by itself: tokens, doubles, how many were given (W82).

Rules: as ``wire/recount.py``; the signatures are checked here with code of its own (RFC 8017 §8.1.2), not with the one
that the server and the seats use. Names are only in the list of those who were given a ballot.

Usage: ``count(bundle, prepared, opened, given=…, ballots=…)`` gives answer → votes; raises :class:`BadBundle`.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from typing import Any, Final

from wire import canonical, recount_election
from wire.errors import BadBundle

_BALLOT: Final = b"phonghop/v1/secret-ballot\0"
_RECEIPT: Final = b"phonghop/v1/receipt\0"
_EXPONENT: Final = 65_537
_HASH: Final = 48
_SALT: Final = 48


def count(
    bundle: dict[str, Any],
    prepared: dict[str, Any],
    opened: dict[str, Any],
    *,
    given: list[dict[str, Any]],
    ballots: list[dict[str, Any]],
) -> Counter[str]:
    """The ballots of each answer; the first thing that is wrong is named."""
    _check_given(opened, given)
    _must(len(ballots) <= len(given), f"{len(ballots)} ballots, but only {len(given)} were given")
    modulus = int(opened["token_key"], 16)
    votes: Counter[str] = Counter()
    seen: set[str] = set()
    for ballot in ballots:
        message = _message(bundle, ballot)
        receipt = receipt_of(message)
        _must(receipt not in seen, f"the ballot {receipt} stands there twice")
        marks = recount_election.marks(prepared, ballot["answer"], whose=receipt)
        holds = is_signed(modulus, message, bytes.fromhex(ballot["signature"]))
        _must(holds, f"the ballot {receipt} was not signed by the vote's key, or was changed")
        seen.add(receipt)
        votes.update(marks)
    return votes


def receipts(bundle: dict[str, Any], ballots: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Receipt and answer of every ballot, by which a voter finds their own."""
    return tuple((receipt_of(_message(bundle, ballot)), ballot["answer"]) for ballot in ballots)


def _check_given(opened: dict[str, Any], given: list[dict[str, Any]]) -> None:
    present = {line["person"]: line["name"] for line in opened["roll"] if line["present"]}
    people = [line["person"] for line in given]
    strange = sorted(set(people) - present.keys())
    _must(not strange, f"a ballot was given to {strange[:1]}, who was not on the roll, or not present")
    twice = sorted(present[person] for person, times in Counter(people).items() if times > 1)
    _must(not twice, f"two ballots were given to {twice[:1]}")


def _message(bundle: dict[str, Any], ballot: dict[str, Any]) -> bytes:
    said = {"v": 1, "meeting": bundle["meeting"], "vote": bundle["vote"]}
    said |= {"answer": ballot["answer"], "nonce": ballot["nonce"]}
    return bytes.fromhex(ballot["prefix"]) + _BALLOT + canonical.encode(said)


def receipt_of(message: bytes) -> str:
    """Sixteen letters in fours."""
    letters = base64.b32encode(hashlib.sha256(_RECEIPT + message).digest()[:10]).decode("ascii")
    return " ".join((letters[:4], letters[4:8], letters[8:12], letters[12:]))


def is_signed(modulus: int, message: bytes, signature: bytes) -> bool:
    """RSASSA-PSS-VERIFY with SHA-384 and a salt of 48 bytes."""
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= modulus:
        return False
    encoded = pow(number, _EXPONENT, modulus).to_bytes(size)
    if encoded[-1] != 0xBC or encoded[0] & 0x80:
        return False
    masked, digest = encoded[: size - _HASH - 1], encoded[size - _HASH - 1 : size - 1]
    stream = b"".join(hashlib.sha384(digest + at.to_bytes(4)).digest() for at in range(len(masked) // _HASH + 1))
    block = bytes(left ^ right for left, right in zip(masked, stream, strict=False))
    block = bytes((block[0] & 0x7F,)) + block[1:]
    salt, zeros = block[-_SALT:], block[: -_SALT - 1]
    if any(zeros) or block[-_SALT - 1] != 1:
        return False
    return hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest() == digest


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise BadBundle(otherwise)
