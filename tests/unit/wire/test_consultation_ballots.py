"""Rule W172: a secret slip's ballot is the bytes of the vector, which the browser makes as well; it takes one size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wire import consultation_ballots as ballots
from wire.consultation_ballots import SLOT_BYTES, SlipBallot
from wire.errors import BadField

_VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "slip-ballot.json").read_text(encoding="utf-8"))


def _ballot(opinion: str | None = None) -> SlipBallot:
    answers = [dict(each) for each in _VECTOR["answers"]]
    answers[1]["opinion"] = answers[1]["opinion"] if opinion is None else opinion
    return SlipBallot(tuple(answers), _VECTOR["nonce"], _VECTOR["prefix"], "0" * 512)


def test_W172_what_is_signed_and_its_receipt_are_those_of_the_vector() -> None:
    names = (_VECTOR["consultation"], _VECTOR["sha256"])
    assert ballots.message_of(*names, _ballot()).hex() == _VECTOR["message"]
    assert ballots.receipt_of(*names, _ballot()) == _VECTOR["receipt"]


def test_W172_every_ballot_takes_one_size_and_one_that_is_too_long_is_none() -> None:
    for opinion in ("", "x" * 2_999):
        packed = _ballot(opinion).packed()
        assert len(packed) == SLOT_BYTES
        assert SlipBallot.unpack(packed) == _ballot(opinion)
    with pytest.raises(BadField):
        _ballot("ế" * 3_000).packed()
