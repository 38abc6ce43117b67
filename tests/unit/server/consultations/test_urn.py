"""The urn by itself: the same bytes whatever order ballots came in, and figures that are the ballots' (W174, C8)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from server.consultations import reading
from server.consultations.errors import BallotRefused, UrnFull
from server.consultations.model import Recipient, Slip, Stage
from server.consultations.secret import urn
from server.consultations.secret.counted import counted
from server.consultations.secret.urn import Opened
from tests.support.secret_slips import chance
from tests.support.slips import DEADLINE, question
from wire.consultation_ballots import SLOT_BYTES, SlipBallot, receipt_of
from wire.fields import Fields, parse_instant

_PLACES = 9
_CHOICES = ("for", "against", "abstain")


def _ballot(luck: random.Random) -> SlipBallot:
    said = ({"question": "q1", "answer": luck.choice(_CHOICES), "opinion": luck.choice(["", "Nhất trí", "x" * 900])},)
    nonce, prefix, signature = (chance(luck.random(), size=size).hex() for size in (32, 32, 256))
    return SlipBallot(said, nonce, prefix, signature)


def _receipt(ballot: SlipBallot) -> str:
    return receipt_of("f-aaaaaaaaaaaaaaaa", "ab" * 32, ballot)


def _slip(now: dt.datetime) -> Slip:
    wording = {"subject": "x", "submission": "x", "recipients": [], "questions": [question()], "deadline": DEADLINE}
    flags = {"signed": False, "live": False, "shared": True, "secret": True}
    found = reading.wording(Fields(wording | flags, "test"))
    return Slip("f-aaaaaaaaaaaaaaaa", Stage.CLOSED, 1, found, "u-a", now, now, b"", sha256="ab" * 32)


@pytest.mark.parametrize("seed", range(12))
def test_W174_the_urn_is_the_same_in_every_order_and_its_figures_are_the_ballots(seed: int) -> None:
    luck = random.Random(seed)
    ballots = [_ballot(luck) for _ in range(luck.randint(3, _PLACES))]
    kept = set()
    for _ in range(3):
        slots = urn.empty(places=_PLACES)
        # Some come twice.
        for each in luck.sample(ballots, len(ballots)) + luck.sample(ballots, 2):
            slots = urn.added(slots, each, given=_PLACES, receipt=_receipt)
        kept.add(slots)
    (slots,) = kept
    assert len(slots) == _PLACES * SLOT_BYTES
    found = urn.ballots(slots)
    assert sorted(each.nonce for each in found) == sorted(each.nonce for each in ballots)
    now = parse_instant(DEADLINE)
    people = [Recipient("f", f"u-{n}", n, f"Người {n}", "", "", drawn="x") for n in range(_PLACES)]
    whole = counted(_slip(now), people, Opened(len(found), tuple(found)))
    (result,) = whole.results(_slip(now).wording.questions)
    said = Counter(each.answers[0]["answer"] for each in ballots)
    assert [line["votes"] for line in result["result"]["counts"]] == [said[each] for each in _CHOICES]
    assert result["result"]["of"] == _PLACES, "of everybody asked"
    assert len(result["voices"]) == sum(bool(each.answers[0]["opinion"]) for each in ballots)
    assert "Người" not in str((result, whole.ballots()))


def test_W174_no_more_go_in_than_were_given() -> None:
    luck, slots = random.Random(7), urn.empty(places=3)
    first, second, third = (_ballot(luck) for _ in range(3))
    slots = urn.added(urn.added(slots, first, given=2, receipt=_receipt), second, given=2, receipt=_receipt)
    assert urn.added(slots, first, given=2, receipt=_receipt) == slots
    with pytest.raises(UrnFull):
        urn.added(slots, third, given=2, receipt=_receipt)


def test_W174_two_ballots_of_one_receipt_do_not_both_go_in() -> None:
    luck = random.Random(8)
    first, second = (_ballot(luck) for _ in range(2))
    slots = urn.added(urn.empty(places=3), first, given=3, receipt=lambda _: "AAAA")
    with pytest.raises(BallotRefused):
        urn.added(slots, second, given=3, receipt=lambda _: "AAAA")
    assert urn.added(slots, first, given=3, receipt=lambda _: "AAAA") == slots, "the same one again is no other"
