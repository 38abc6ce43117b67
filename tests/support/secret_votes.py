"""Secret votes in a meeting's log, written as a playbook, with a key that signs blind and seats that mix.

Usage::

    log = MeetingLog().prepared(); log.add("meeting_opened")
    vote = open_secret(log, ["lan", "minh", "ha"])
    ballots = {name: ballot(log, vote, name, "for") for name in ("lan", "minh", "ha")}
    give(log, vote, ballots); call(log, vote); log.add("vote_closed", closed(log, vote, ballots.values()))
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.meeting_log import MeetingLog, named
from tests.support.votes import prepared as prepared_vote
from tests.support.votes import roll
from wire import blind, secret_ballots
from wire.secret_ballots import SecretBallot, receipt_of


@functools.cache
def token_key() -> tuple[int, int]:
    """Modulus and private exponent of one vote's key, the same within a run of the tests."""
    numbers = rsa.generate_private_key(blind.EXPONENT, blind.MODULUS_BITS).private_numbers()
    return numbers.public_numbers.n, numbers.d


def chance(word: str, size: int) -> bytes:
    """Bytes that are the same for the same word."""
    return hashlib.shake_256(word.encode()).digest(size)


def relay(name: str) -> str:
    """The public key with which this voter's seat would mix."""
    return chance(f"relay {name}", 32).hex()


def open_secret(log: MeetingLog, present: Iterable[str], **changes: Any) -> str:
    """Prepare and open a secret vote; its id."""
    data = prepared_vote(kind="secret", **changes)
    log.add("vote_prepared", data)
    log.add("vote_opened", {"vote": data["vote"], "roll": roll(present), "token_key": f"{token_key()[0]:0512x}"})
    vote: str = data["vote"]
    return vote


def ballot(log: MeetingLog, vote: str, name: str, answer: str) -> SecretBallot:
    """A ballot, blinded, signed and opened as between seat and server."""
    modulus, private = token_key()
    nonce, prefix = chance(f"nonce {name}", 32).hex(), chance(f"prefix {name}", 32).hex()
    message = secret_ballots.prepared(log.meeting, vote, answer=answer, nonce=nonce, prefix=prefix)
    factor = blind.factor_of(chance(f"factor {name}", blind.FACTOR_BYTES), modulus)
    shut = blind.blind(modulus, message, salt=chance(f"salt {name}", blind.SALT_BYTES), factor=factor)
    signed = pow(int.from_bytes(shut.message), private, modulus).to_bytes(blind.MODULUS_BYTES)
    signature = blind.finalize(modulus, message, signed, shut.inverse)
    return SecretBallot(answer, nonce, prefix, signature.hex())


def given(vote: str, names: Iterable[str]) -> dict[str, Any]:
    """The data of ``ballots_given``."""
    lines = [
        {
            "person": named("u", name),
            "device": named("d", name),
            "blinded": chance(f"blinded {name}", 32).hex(),
            "relay": relay(name),
        }
        for name in names
    ]
    return {"vote": vote, "ballots": lines}


def called(vote: str, names: Iterable[str], *, run: int = 1, reason: str = "closing") -> dict[str, Any]:
    """The data of ``ballots_called``; the first three mix."""
    relays = [relay(name) for name in list(names)[:3]]
    return {"vote": vote, "run": run, "key": chance(f"run {run}", 32).hex(), "relays": relays, "reason": reason}


def closed(log: MeetingLog, vote: str, ballots: Iterable[SecretBallot]) -> dict[str, Any]:
    """The data of ``vote_closed``."""
    ordered = sorted(ballots, key=lambda each: receipt_of(log.meeting, vote, each))
    return {"vote": vote, "ballots": [each.to_value() for each in ordered]}


def whole(log: MeetingLog, answers: Mapping[str, str]) -> str:
    """A secret vote from opening to close."""
    vote = open_secret(log, answers)
    ballots = [ballot(log, vote, name, answer) for name, answer in answers.items()]
    log.add("ballots_given", given(vote, answers))
    log.add("ballots_called", called(vote, answers))
    log.add("vote_closed", closed(log, vote, ballots))
    return vote
