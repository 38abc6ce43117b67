"""Secret slips as a browser hands them in: blinded, drawn by name, cast without a session.

Usage::

    slips = SecretSlips(Office(tmp_path))
    path = slips.sent()
    receipt = slips.votes("daibieu", path, "for")
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.office import Reply
from tests.support.slips import Slips
from wire import blind, consultation_ballots
from wire.consultation_ballots import SlipBallot

PEOPLE = ("daibieu", "khach", "thuky")


def chance(*seed: object, size: int = 32) -> bytes:
    """Bytes that are the same in every run."""
    found = b""
    while len(found) < size:
        found += hashlib.sha256(f"{seed}{len(found)}".encode()).digest()
    return found[:size]


@dataclass(frozen=True)
class Draft:
    """A ballot before it is signed."""

    answers: list[dict[str, Any]]
    nonce: str
    prefix: str
    message: bytes
    shut: blind.Blinded
    modulus: int

    def signed(self, signature: bytes) -> SlipBallot:
        """Finished; raises BadSignature."""
        found = blind.finalize(self.modulus, self.message, signature, self.shut.inverse)
        return SlipBallot(tuple(self.answers), self.nonce, self.prefix, found.hex())


class SecretSlips(Slips):
    """Slips whose answers are handed in without a name."""

    def wording(self, people: Sequence[str] = PEOPLE, **more: Any) -> dict[str, Any]:
        """Asks three people or more."""
        return super().wording(people, **{"secret": True, **more})

    def written(
        self, path: str, said: Sequence[str | None] | str, *, seed: object, opinion: str = "", every: bool = False
    ) -> Draft:
        """A ballot as a browser makes it, blinded; read by who leads. ``every``: the words with each question."""
        slip = self.read("thuky", path)
        questions = slip["wording"]["questions"]
        chosen = [said] * len(questions) if isinstance(said, str) else said
        answers = [
            {"question": each["question"], "answer": one, "opinion": opinion if every or each is questions[-1] else ""}
            for each, one in zip(questions, chosen, strict=True)
        ]
        nonce, prefix = chance("nonce", seed, path).hex(), chance("prefix", seed, path).hex()
        ident = slip["consultation"]
        message = consultation_ballots.prepared(ident, slip["sha256"], answers=answers, nonce=nonce, prefix=prefix)
        modulus = int(slip["token_key"], 16)
        factor = blind.factor_of(chance("factor", seed, path, size=blind.FACTOR_BYTES), modulus)
        shut = blind.blind(modulus, message, salt=chance("salt", seed, path, size=blind.SALT_BYTES), factor=factor)
        return Draft(answers, nonce, prefix, message, shut, modulus)

    def draw(self, name: str, path: str, draft: Draft, **more: Any) -> Reply:
        """By name."""
        body = {"blinded": draft.shut.message.hex(), "browser": "Chrome, Windows"}
        return self.browser(name).post(f"{path}/draw", body, **more)

    def cast(self, path: str, ballot: SlipBallot | dict[str, Any]) -> Reply:
        """By nobody: a browser without cookies, and no header that names anything."""
        value = ballot if isinstance(ballot, dict) else ballot.to_value()
        return Reply.of(self.office.app.test_client().post(f"{path}/cast", json=value))

    def votes(self, name: str, path: str, said: Sequence[str | None] | str, *, opinion: str = "") -> str:
        """All of it; gives the receipt."""
        draft = self.written(path, said, seed=name, opinion=opinion)
        signed = bytes.fromhex(self.draw(name, path, draft).done()["signed"])
        return str(self.cast(path, draft.signed(signed)).done()["receipt"])

    def close(self, path: str) -> None:
        """Before the deadline."""
        self.browser("chutri").post(f"{path}/close", {"reason": "Đã đủ (demo)"}).done()
