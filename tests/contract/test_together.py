"""Many acts with one commit: one suite, both databases; races with those that come alone (W28, V4, S1)."""

from __future__ import annotations

import contextlib
import os
from functools import partial

import pytest

from server.db.engine import Database
from server.idempotency.ports import ActTaken, DoneAct
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.meetings.commands import By
from server.speaking.model import Asking
from server.speaking.service import Ask, SpeakingService
from server.voting.casting import Cast, Sent
from server.voting.errors import AlreadyVoted
from server.voting.model import StoredBallot
from server.voting.ports import BallotTaken
from tests.contract.test_ballot_store import STORE, VOTERS, Town, _together
from tests.support.meeting_log import named
from tests.support.office import START, fresh_id
from tests.support.votes import nonce
from wire.speaking import SpeechKind

LEDGER = SqlActLedger()


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def _sent(town: Town, name: str, answer: str = "for") -> Sent:
    person = named("u", name)
    key = ActKey(fresh_id("a"), f"person:{person}", "cast", {"vote": town.vote, "answer": answer})
    return Sent(Cast(town.vote, person, answer, nonce(name)), key, START)


def test_W28_acts_are_kept_and_found_together_or_not_at_all(database: Database) -> None:
    done = [DoneAct(fresh_id("a"), "person:u-x", "open", "f" * 64, {"seq": seq}, START) for seq in range(3)]
    with database.begin() as tx:
        LEDGER.add_all(tx, done)
    with database.read() as tx:
        assert LEDGER.find_all(tx, [each.act for each in done[1:]] + [fresh_id("a")]) == {
            each.act: each for each in done[1:]
        }
    fresh = DoneAct(fresh_id("a"), "person:u-x", "open", "f" * 64, {}, START)
    with pytest.raises(ActTaken), database.begin() as tx:
        LEDGER.add_all(tx, [fresh, done[0]])
    with database.read() as tx:
        assert LEDGER.find(tx, fresh.act) is None


def test_V4_ballots_are_kept_together_or_not_at_all(town: Town) -> None:
    ballots = [StoredBallot(town.vote, named("u", name), "for", "00" * 32, "11" * 32) for name in VOTERS[:3]]
    with town.database.begin() as tx:
        STORE.add_all(tx, [(each, START) for each in ballots[:2]])
    with pytest.raises(BallotTaken), town.database.begin() as tx:
        STORE.add_all(tx, [(each, START) for each in reversed(ballots)])
    with town.database.read() as tx:
        assert STORE.voted(tx, town.vote, [each.person for each in ballots]) == {each.person for each in ballots[:2]}


def test_V4_who_has_voted_is_left_out_of_a_lot_and_the_others_are_answered(town: Town) -> None:
    first = town.cast("voter1", "against")
    assert isinstance(first, dict)
    lot = [_sent(town, name) for name in VOTERS]
    answers = town.voting.casting.cast_all(town.meeting, lot)
    assert [at for at, answer in enumerate(answers) if answer is None] == [1]
    # The server may have died before it said so: each act gets the very answer that was committed.
    alone = [town.voting.cast(town.meeting, one.cast, key=one.key, now=START) for one in lot if one is not lot[1]]
    assert alone == [answer for answer in answers if answer is not None]
    town.voting.close(town.meeting, town.vote, ask=town.ask())
    ballots = town.state.votes[0].ballots
    assert {each.person: each.answer for each in ballots} == {
        named("u", name): "against" if name == "voter1" else "for" for name in VOTERS
    }


def test_V4_a_lot_and_single_ballots_of_the_same_voters_at_once_are_one_ballot_each(town: Town) -> None:
    lot = [_sent(town, name) for name in VOTERS]
    jobs = [partial(town.voting.casting.cast_all, town.meeting, lot)]
    found = _together(*jobs, *(partial(town.cast, name, "against") for name in VOTERS[:10]))
    answers, alone = found[0], found[1:]
    assert isinstance(answers, list)
    # A lot that lost a race is left as a whole, and its acts come in alone.
    for one, answer in zip(lot, answers, strict=True):
        if answer is None:
            with contextlib.suppress(AlreadyVoted):
                town.voting.cast(town.meeting, one.cast, key=one.key, now=START)
    assert {each for each in alone if not isinstance(each, dict)} <= {"already-voted"}
    town.voting.close(town.meeting, town.vote, ask=town.ask())
    ballots = town.state.votes[0].ballots
    assert sorted(each.person for each in ballots) == sorted(named("u", name) for name in VOTERS)
    assert sum(each.answer == "against" for each in ballots) == sum(isinstance(each, dict) for each in alone)


def test_W67_a_lot_is_in_the_close_or_refused(town: Town) -> None:
    lots = [[_sent(town, name) for name in VOTERS[at : at + 10]] for at in range(0, 40, 10)]
    jobs = [partial(town.voting.casting.cast_all, town.meeting, lot) for lot in lots]
    found = _together(*jobs, lambda: town.voting.close(town.meeting, town.vote, ask=town.ask()))
    assert isinstance(found[-1], dict)
    acknowledged = {each["commitment"] for lot in found[:-1] for each in lot if each is not None}  # type: ignore[attr-defined]
    (vote,) = town.state.votes
    assert {each.commitment for each in vote.taken} == acknowledged
    assert len(vote.ballots) == len(acknowledged)


def test_S1_requests_of_many_are_one_commit_and_stand_in_their_order(town: Town) -> None:
    speaking = SpeakingService(town.meetings, random=os.urandom)
    (item,) = town.state.agenda

    def ask(name: str) -> tuple[Asking, Ask]:
        person = named("u", name)
        key = ActKey(fresh_id("a"), f"person:{person}", "ask", {"item": item.item})
        return Asking(item.item, person, SpeechKind.SPEECH), Ask(By(person), f"person:{person}", key, START)

    before = town.state.seq
    lots = [[ask(name) for name in VOTERS[at : at + 10]] for at in range(0, 40, 10)]
    lots[0].insert(3, ask("stranger"))
    found = _together(*(partial(speaking.ask_all, town.meeting, lot) for lot in lots))
    assert [answer is None for answer in found[0]] == [False] * 3 + [True] + [False] * 7, found  # type: ignore[attr-defined]
    events = town.meetings.events(town.meeting, after=before)
    assert [event.seq for event in events] == list(range(before + 1, before + 41))
    asked = [speech.person for speech in town.state.speaking.speeches]
    for at in range(0, 40, 10):
        mine = [named("u", name) for name in VOTERS[at : at + 10]]
        first = asked.index(mine[0])
        assert asked[first : first + 10] == mine
    # Each answer names the event that is theirs, and the same act again gets it.
    (asking, one), answer = lots[0][0], found[0][0]  # type: ignore[index]
    assert speaking.ask(town.meeting, asking, ask=one) == answer
    assert town.state.seq == before + 40
