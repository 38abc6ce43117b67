"""Elections, rules V1, W105, W106: marks as one word, seats, thresholds, ties; counted twice by code of two kinds."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import secret_votes as secret
from tests.support import votes
from tests.support.meeting_log import MeetingLog, named
from wire import recount
from wire.bundle import bundle_of
from wire.election_marks import Election, marks_of, said
from wire.errors import BadBundle, BadField
from wire.secret_ballots import PACKED_BYTES, SecretBallot
from wire.tally import Outcome, verdict
from wire.votes import Vote

NAMES = ("lan", "minh", "ha", "tuan", "hoa")
PAPER = [{"answer": f"a{n}", "text": f"Ứng cử viên số {n} (demo)", "means": "other"} for n in range(1, 6)]
ORDER = [line["answer"] for line in PAPER]
BY_CAST = {"base": "cast", "majority": votes.MORE_THAN_HALF, "quorum": None, "tie": "fails"}


def _asked(*, least: int = 1, most: int = 2, seats: int = 2, **more: Any) -> dict[str, Any]:
    election = {"least": least, "most": most, "seats": seats}
    return {"template": "candidates", "answers": PAPER, "rule": BY_CAST, "election": election, **more}


@pytest.fixture
def log() -> MeetingLog:
    made = MeetingLog().prepared()
    made.add("meeting_opened")
    return made


def _counted(log: MeetingLog, ballots: dict[str, str], **changes: Any) -> Vote:
    return votes.whole(log, ballots, NAMES, **_asked(**changes))


def _again(log: MeetingLog, vote: Vote) -> recount.Recounted:
    bundle = bundle_of(vote, log.events, title="Họp (demo)")
    return recount.recount(json.dumps(bundle).encode())


@given(st.sets(st.sampled_from(ORDER)))
def test_W105_one_content_has_one_word(marks: set[str]) -> None:
    word = said(marks, order=ORDER)
    assert set(marks_of(word)) == marks
    assert Election(0, 5, 1).accepts(word, order=ORDER)
    assert Election(3, 5, 1).accepts(word, order=ORDER) == (len(marks) >= 3)


@pytest.mark.parametrize("word", ["a2,a1", "a1,a1", "a9", "a1,a2,a3", "none", "", "a1,", "a1,none", "for"])
def test_W105_what_is_no_ballot_of_the_election_is_refused(word: str, log: MeetingLog) -> None:
    assert not Election(1, 2, 2).accepts(word, order=ORDER)
    vote = votes.open_vote(log, NAMES, **_asked())
    if not word:
        return
    votes.take(log, vote, {"lan": word})
    with pytest.raises(BadField):
        log.add("vote_closed", votes.closed(vote, {"lan": word}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "hands"},
        {"rule": {**BY_CAST, "tie": "chair"}},
        {"rule": {**BY_CAST, "base": "decided"}},
        {"answers": votes.ANSWERS},
        {"answers": PAPER[:1]},
        {"election": {"least": 3, "most": 2, "seats": 1}},
        {"election": {"least": 0, "most": 6, "seats": 1}},
        {"election": {"least": 0, "most": 1, "seats": 6}},
    ],
)
def test_W105_an_election_that_makes_no_sense_is_not_prepared(wrong: dict[str, Any], log: MeetingLog) -> None:
    with pytest.raises(BadField):
        log.add("vote_prepared", {**votes.prepared(**_asked()), **wrong})


def test_W106_who_has_the_share_and_the_most_votes_fills_the_seats(log: MeetingLog) -> None:
    vote = _counted(log, {"lan": "a1,a2", "minh": "a1,a2", "ha": "a1,a3", "tuan": "a1,a2", "hoa": "a4"})
    found = verdict(vote)
    assert (found.outcome, found.elected, found.tied) == (Outcome.ELECTED, ("a1", "a2"), ())
    assert (found.of, found.need, found.cast) == (5, 3, 5)  # five ballots, not nine marks
    again = _again(log, vote)
    assert (again.outcome, again.elected, again.of, again.cast) == ("elected", ("a1", "a2"), 5, 5)


def test_W106_a_seat_stays_open_when_nobody_else_has_the_share(log: MeetingLog) -> None:
    vote = _counted(log, {"lan": "a1,a2", "minh": "a1,a3", "ha": "a1,a4"})
    assert (verdict(vote).outcome, verdict(vote).elected) == (Outcome.UNFILLED, ("a1",))
    assert _again(log, vote).outcome == "unfilled"


def test_W106_those_tied_for_the_last_seat_are_named_and_none_of_them_is_elected(log: MeetingLog) -> None:
    ballots = {"lan": "a1,a2,a3", "minh": "a1,a2,a3", "ha": "a1,a2,a3", "tuan": "a1,a4"}
    vote = _counted(log, ballots, most=3)
    found = verdict(vote)
    assert (found.outcome, found.elected, found.tied) == (Outcome.UNFILLED, ("a1",), ("a2", "a3"))
    assert (_again(log, vote).elected, _again(log, vote).tied) == (("a1",), ("a2", "a3"))


def test_W106_a_blank_ballot_is_cast_and_marks_nobody_where_that_is_allowed(log: MeetingLog) -> None:
    vote = _counted(log, {"lan": "none", "minh": "a1"}, least=0, seats=1)
    assert (verdict(vote).of, verdict(vote).elected) == (2, ())  # one of two is not more than half
    assert _again(log, vote).cast == 2


def test_W106_without_quorum_nobody_is_elected(log: MeetingLog) -> None:
    rule = {**BY_CAST, "quorum": votes.MORE_THAN_HALF}
    vote = votes.open_vote(log, ["lan"], NAMES[1:], **_asked(seats=1) | {"rule": rule})
    votes.take(log, vote, {"lan": "a1"})
    log.add("vote_closed", votes.closed(vote, {"lan": "a1"}))
    found = log.state.vote(vote)
    assert found is not None
    assert (verdict(found).outcome, verdict(found).elected) == (Outcome.NO_QUORUM, ())
    assert _again(log, found).outcome == "no_quorum"


_PAPERS = [",".join(part) for size in (1, 2) for part in combinations(ORDER, size)]


@given(
    st.lists(st.sampled_from(_PAPERS), min_size=1, max_size=5),
    st.lists(st.integers(1, 4), min_size=5, max_size=5),
    st.integers(1, 4),
)
def test_W106_seats_are_those_of_a_count_by_hand_and_of_the_recount(
    said: list[str], weights: list[int], seats: int
) -> None:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    by = dict(zip(NAMES, weights, strict=True))
    ballots = dict(zip(NAMES, said, strict=False))
    vote = votes.whole(log, ballots, NAMES, weights=by, **_asked(seats=seats))
    found = verdict(vote)
    marks = Counter(dict.fromkeys(ORDER, 0))
    for who, word in ballots.items():
        marks.update(dict.fromkeys(word.split(","), by[who]))
    of = sum(by[who] for who in ballots)
    above = {name for name in ORDER if Fraction(marks[name], of) > Fraction(1, 2)}
    sure = {name for name in above if sum(marks[other] >= marks[name] for other in above) <= seats}
    assert set(found.elected) == sure
    assert (found.outcome is Outcome.ELECTED) == (len(sure) == seats)
    again = _again(log, vote)
    assert (set(again.elected), set(again.tied), again.of) == (sure, set(found.tied), of)


def test_V10_a_bent_count_of_an_election_is_found(log: MeetingLog) -> None:
    vote = _counted(log, {"lan": "a1", "minh": "a1", "ha": "a2"}, seats=1)
    bundle = bundle_of(vote, log.events, title="Họp (demo)")
    bundle["result"]["elected"] = ["a2"]
    with pytest.raises(BadBundle, match="elected"):
        recount.recount(json.dumps(bundle).encode())


def test_V8_a_secret_election_is_signed_blind_with_its_marks_and_counted_anew(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES, **_asked())
    words = dict(zip(NAMES, ("a1,a2", "a1", "a1,a5", "a2,a3", "a1"), strict=True))
    ballots = {name: secret.ballot(log, vote, name, word) for name, word in words.items()}
    log.add("ballots_given", secret.given(vote, NAMES))
    log.add("ballots_called", secret.called(vote, NAMES))
    wrong = secret.ballot(log, vote, "lan", "a1,a2,a3")
    with pytest.raises(BadField):
        log.add("vote_closed", secret.closed(log, vote, [wrong, *list(ballots.values())[1:]]))
    log.add("vote_closed", secret.closed(log, vote, ballots.values()))
    found = log.state.vote(vote)
    assert found is not None
    assert (verdict(found).elected, verdict(found).of) == (("a1",), 5)
    again = _again(log, found)
    assert (again.elected, again.given) == (("a1",), 5)
    assert named("u", "lan") not in str(again.receipts)


def test_W78_the_box_of_a_secret_ballot_has_room_for_sixty_marks() -> None:
    word = ",".join(f"a{n}" for n in range(1, 61))
    ballot = SecretBallot(word, "0" * 64, "0" * 64, "0" * 512)
    assert len(ballot.packed()) == PACKED_BYTES
    assert SecretBallot.unpack(ballot.packed()) == ballot
