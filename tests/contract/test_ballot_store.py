"""Ballots: one suite, both databases; races included (V4)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from server.db.engine import Database
from server.db.errors import DatabaseAway
from server.errors import ServerError, Unavailable
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.meetings.commands import By
from server.meetings.logbook import Logbook
from server.meetings.model import Draft
from server.meetings.service import MeetingService, Outside
from server.meetings.store import SqlMeetingStore
from server.record.service import Recorder
from server.record.store import SqlRecordStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.slots import Slots
from server.statements.service import StatementService
from server.voting.casting import Cast
from server.voting.model import StoredBallot
from server.voting.ports import BallotTaken
from server.voting.service import Ask, VotingService
from server.voting.store import SqlBallotStore
from tests.support.meeting_log import described, item, member, named
from tests.support.office import START, fresh_id
from tests.support.votes import nonce, prepared, roll
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.votes import VoteChange, VoteState

STORE = SqlBallotStore()
VOTERS = [f"voter{number}" for number in range(40)]
CROWD = [f"voter{number}" for number in range(500)]
CHAIR = named("u", "chair")


class Town:
    """A meeting with an open vote of forty, or of ``voters``."""

    def __init__(self, database: Database, voters: Sequence[str] = VOTERS) -> None:
        self.database = database
        self.meeting = MeetingId(fresh_id("m"))
        self.vote = fresh_id("v")
        slots, ledger, store = Slots(), SqlActLedger(), SqlMeetingStore()
        logbook = Logbook(
            database, store, ledger=ledger, announcer=slots, epochs=slots, record=Recorder(database, SqlRecordStore())
        )
        nobody: Outside = None  # type: ignore[assignment]  # names and rooms are not asked for here
        self.meetings = MeetingService(database, store, logbook=logbook, outside=nobody)
        unsigned: StatementService = None  # type: ignore[assignment]  # open votes have no statements
        self.voting = VotingService(
            database, STORE, meetings=self.meetings, ledger=ledger, statements=unsigned, random=bytes
        )
        room = Room(fresh_id("r"), fresh_id("r"), ())
        with database.begin() as tx:
            SqlRoomStore().add(tx, room, START)
        people = [member("chair", "chair"), *(member(name, "member") for name in voters)]
        drafts = [
            Draft("meeting_created", {**described(), "room": room.id}),
            Draft("members_set", {"members": people}),
            Draft("agenda_set", {"items": [item("one")]}),
            Draft("meeting_submitted", {}),
            Draft("meeting_approved", {}),
            Draft("meeting_opened", {}),
            Draft("vote_prepared", {**prepared(), "vote": self.vote}),
            Draft("vote_opened", {"vote": self.vote, "roll": roll(["chair", *voters]), "chair": CHAIR}),
        ]

        def keep(tx: object, _state: MeetingState) -> None:
            STORE.set_state(tx, self.meeting, self.vote, state=VoteState.OPEN)  # type: ignore[arg-type]

        logbook.append(self.meeting, actor="system", now=START, decide=lambda _: drafts, also=keep, creates=True)

    def cast(self, name: str, answer: str = "for", *, act: str = "") -> object:
        key = ActKey(act or fresh_id("a"), f"person:{named('u', name)}", "cast", {"vote": self.vote, "answer": answer})
        ballot = Cast(self.vote, named("u", name), answer, nonce(name))
        try:
            return self.voting.cast(self.meeting, ballot, key=key, now=START)
        except ServerError as refusal:
            return refusal.code

    def ask(self) -> Ask:
        return Ask(By(CHAIR), f"person:{CHAIR}", ActKey(fresh_id("a"), f"person:{CHAIR}", "x"), START)

    @property
    def state(self) -> MeetingState:
        return self.meetings.state(self.meeting)


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def _together(*jobs: Callable[[], object]) -> list[object]:
    """All at once; what they gave, or the fault of the first that failed."""
    found: list[object] = [None] * len(jobs)
    ready = threading.Barrier(len(jobs))

    def run(at: int) -> None:
        ready.wait()
        try:
            found[at] = jobs[at]()
        except Exception as fault:  # noqa: BLE001 - shown by the caller's assertion
            found[at] = fault

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_V4_the_table_holds_one_ballot_a_voter(town: Town) -> None:
    ballot = StoredBallot(town.vote, CHAIR, "for", "00" * 32, "11" * 32)
    with town.database.begin() as tx:
        STORE.add(tx, ballot, START)
    with pytest.raises(BallotTaken), town.database.begin() as tx:
        STORE.add(tx, StoredBallot(town.vote, CHAIR, "against", "22" * 32, "33" * 32), START)
    with town.database.read() as tx:
        assert STORE.of_vote(tx, town.vote) == [ballot]
        assert STORE.unrecorded(tx) == [(town.meeting, town.vote)]
    with town.database.begin() as tx:
        STORE.mark_recorded(tx, town.vote, frozenset({CHAIR}))
    with town.database.read() as tx:
        assert STORE.unrecorded(tx) == []
        assert STORE.of_vote(tx, town.vote, unrecorded=True) == []


def test_V4_one_voter_at_many_seats_at_once_has_one_ballot(town: Town) -> None:
    answers = ["for", "against", "abstain"] * 4
    found = _together(*(partial(town.cast, "voter1", answer) for answer in answers))
    done = [each for each in found if isinstance(each, dict)]
    assert len(done) == 1, found
    assert {each for each in found if not isinstance(each, dict)} == {"already-voted"}


def test_V4_one_act_sent_many_times_at_once_is_one_ballot_with_one_answer(town: Town) -> None:
    act = fresh_id("a")
    found = _together(*((lambda: town.cast("voter2", act=act)),) * 8)
    assert all(each == found[0] for each in found), found
    assert isinstance(found[0], dict)


def test_V4_forty_voters_at_once_while_the_log_is_written_lose_no_ballot(town: Town) -> None:
    jobs: list[Callable[[], object]] = [partial(town.cast, name) for name in VOTERS]
    jobs += [lambda: town.voting.record(town.meeting, town.vote, now=START)] * 4
    found = _together(*jobs)
    assert all(isinstance(each, dict) for each in found[: len(VOTERS)]), found
    assert found[len(VOTERS) :] == [None] * 4
    town.voting.close(town.meeting, town.vote, ask=town.ask())
    (vote,) = town.state.votes
    assert sorted(ballot.person for ballot in vote.ballots) == sorted(named("u", name) for name in VOTERS)


def test_W67_a_ballot_is_in_the_close_or_refused(town: Town) -> None:
    """Twenty voters race the chair: what was acknowledged is published, and nothing else is."""
    jobs: list[Callable[[], object]] = [partial(town.cast, name) for name in VOTERS[:20]]
    jobs.insert(10, lambda: town.voting.close(town.meeting, town.vote, ask=town.ask()))
    found = _together(*jobs)
    closing = found.pop(10)
    assert isinstance(closing, dict), closing
    assert {each for each in found if not isinstance(each, dict)} <= {"vote-not-open"}
    acknowledged = {each["commitment"] for each in found if isinstance(each, dict)}
    (vote,) = town.state.votes
    assert {each.commitment for each in vote.taken} == acknowledged
    assert len(vote.ballots) == len(acknowledged)


def test_V3_a_paused_vote_takes_nothing_and_goes_on(town: Town) -> None:
    town.voting.step(town.meeting, town.vote, VoteChange.PAUSE, ask=town.ask())
    assert town.cast("voter3") == "vote-not-open"
    town.voting.step(town.meeting, town.vote, VoteChange.RESUME, ask=town.ask())
    assert isinstance(town.cast("voter3"), dict)


def test_V4_five_hundred_threads_have_one_ballot_each_exactly_once_and_the_bar_never_lies(database: Database) -> None:
    """Second votes through a race, ballots lost to read-modify-write, a turnout that runs ahead of what is durable."""
    town = Town(database, CROWD)
    rivals = CROWD[:20]
    over = threading.Event()
    lies: list[tuple[int, int]] = []

    def durable() -> int:
        with database.read() as tx:
            return len(STORE.of_vote(tx, town.vote))

    def watch() -> None:
        while not over.is_set():
            shown = town.state.votes[0].turnout.cast
            kept = durable()  # read after it: it may only have grown
            if shown > kept:
                lies.append((shown, kept))
            town.voting.record(town.meeting, town.vote, now=START)
            over.wait(0.02)

    def insists(name: str, answer: str) -> object:
        """As a seat does where the queue is longer than the database waits: the same act again."""
        act = fresh_id("a")
        # No set: what was done is a dict, which has no hash.
        while (said := town.cast(name, answer, act=act)) in (Unavailable.code, DatabaseAway.code):
            continue
        return said

    bar = threading.Thread(target=watch)
    bar.start()
    jobs: list[Callable[[], object]] = [partial(insists, name, "for") for name in CROWD]
    jobs += [partial(insists, name, "against") for name in rivals]
    found = _together(*jobs)
    over.set()
    bar.join()
    assert lies == []
    first, second = found[: len(rivals)], found[len(CROWD) :]
    assert all(isinstance(each, dict) for each in found[len(rivals) : len(CROWD)])
    assert all(
        sorted(map(type, pair), key=str) == [dict, str] and "already-voted" in pair
        for pair in zip(first, second, strict=True)
    ), "of two ballots of one voter one counts"
    town.voting.record(town.meeting, town.vote, now=START)
    assert town.state.votes[0].turnout.cast == durable() == len(CROWD)
    town.voting.close(town.meeting, town.vote, ask=town.ask())
    ballots = town.state.votes[0].ballots
    assert sorted(each.person for each in ballots) == sorted(named("u", name) for name in CROWD)
    against = sum(isinstance(each, dict) for each in second)
    assert sum(each.answer == "against" for each in ballots) == against
