"""Elections through the whole server: prepared, refused, cast at seats, counted (V1, W105, W106)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.server.voting.test_voting import CASTING_VOTE, NONCE, Room
from wire import recount

NAMES = [f"Đồng chí ứng cử viên thứ {n} (demo)" for n in range(1, 46)]
RULE = {"base": "cast", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def _election(**changes: Any) -> dict[str, Any]:
    election = {"least": 1, "most": 3, "seats": 2, **changes.pop("election", {})}
    return {"template": "candidates", "candidates": NAMES, "rule": RULE, "election": election, **changes}


def test_V1_an_election_of_forty_five_from_the_paper_to_the_recount(room: Room) -> None:
    vote = room.open(**_election())
    assert room.cast(1, "daibieu", vote, "a45,a2").code == "no-such-answer"  # not in the order of the paper
    assert room.cast(1, "daibieu", vote, "a1,a2,a3,a4").code == "no-such-answer"
    assert room.cast(1, "daibieu", vote, "a2,a7,a45").outcome == "done"
    mine = room.chair.post(f"{room.path}/votes/{vote}/ballot", {"answer": "a2,a7", "nonce": NONCE})
    assert mine.status == 201
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    told = room.section(room.chair, vote)
    assert told["election"] == {"least": 1, "most": 3, "seats": 2}
    assert (told["result"]["outcome"], told["result"]["elected"]) == ("elected", ["a2", "a7"])
    bundle = room.secretary.get(f"{room.path}/votes/{vote}/bundle").done()
    found = recount.recount(json.dumps(bundle).encode())
    assert (found.elected, found.of, found.cast) == (("a2", "a7"), 2, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "hands"}, "election-by-rule"),
        ({"rule": CASTING_VOTE}, "election-by-rule"),
        ({"election": {"least": 4}}, "marks-disordered"),
        ({"election": {"seats": 46}}, "too-few-candidates"),
        ({"candidates": [*NAMES[:3], NAMES[0].upper()]}, "answer-twice"),
    ],
)
def test_V1_an_election_that_makes_no_sense_is_refused_in_words(changes: dict[str, Any], code: str, room: Room) -> None:
    refused = room.secretary.post(f"{room.path}/votes", room.body(**_election(**changes)))
    assert (refused.status, refused.code) == (400, code)


def test_V1_a_prepared_election_is_changed_and_asked_again_with_the_same_list(room: Room) -> None:
    vote = room.prepare(**_election())
    room.secretary.put(f"{room.path}/votes/{vote}", room.body(**_election(candidates=NAMES[:5]))).done()
    told = room.section(room.secretary, vote)
    assert [line["text"] for line in told["answers"]] == NAMES[:5]


def test_V1_one_candidate_for_one_seat_can_be_elected(room: Room) -> None:
    vote = room.open(**_election(candidates=NAMES[:1], election={"least": 0, "most": 1, "seats": 1}))
    assert room.cast(1, "daibieu", vote, "a1").outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    told = room.section(room.chair, vote)
    assert (told["result"]["outcome"], told["result"]["elected"]) == ("elected", ["a1"])
