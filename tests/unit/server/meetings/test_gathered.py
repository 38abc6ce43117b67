"""Acts of many seats with one commit: the same answers and the same log as one by one (W28)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import Unavailable
from server.identity.store import SqlIdentityStore
from server.meetings.gathered import GatheredActs
from server.meetings.model import Draft
from server.meetings.ports import TRY_AGAIN, ActTogether, Outcome, Seated, SentAct
from server.rooms.model import NewSeat
from tests.support.meeting_log import member
from tests.support.office import Office, fresh_id
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act, Head
from wire.speaking import SpeechState
from wire.state import MeetingState
from wire.votes import VoteState

MANY = 8
DISABLED = 7
RULE = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass(frozen=True)
class Asked:
    """What somebody presses: a ballot or a request to speak, perhaps at another's seat, perhaps a key used before."""

    who: int
    kind: str
    answer: str = "for"
    seat_of: int | None = None
    as_act: int | None = None


class Hall:
    """Two meetings of the same eight people at their seats; one of them has lost their account."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        services, now = self.office.services, self.office.clock.now()
        self.people = [self.office.add(f"dai{number}") for number in range(MANY)]
        added = [NewSeat(f"B{number}", 10 * number, 10) for number in range(MANY)]
        drawn = services.rooms.draw(self.office.room, [], added, actor="system", act=fresh_id("a"), now=now)
        self.seats = [seat["id"] for seat in drawn["added"]]
        self.meetings = [self._convened(), self._convened()]
        with services.database.begin() as tx:  # as after a crash: nobody was told, and they still sit there
            SqlIdentityStore().set_disabled(tx, self.people[DISABLED], now)

    def _convened(self) -> MeetingId:
        meeting = MeetingId(self.office.meeting("open"))
        chair = self.office.people["chutri"]
        members = [{**member("chair", "chair"), "person": chair}]
        members += [{**member(str(number), "member"), "person": who} for number, who in enumerate(self.people)]
        drafts = [Draft("members_set", {"members": members})]
        drafts += [
            Draft("person_seated", {"person": who, "seat": seat})
            for who, seat in zip(self.people, self.seats, strict=True)
        ]
        now = self.office.clock.now()
        self.office.services.meetings.change(meeting, actor="system", now=now, decide=lambda _: drafts)
        return meeting

    def state(self, meeting: MeetingId) -> MeetingState:
        return self.office.services.meetings.state(meeting)

    def open_vote(self, meeting: MeetingId) -> str:
        chair, path = self.office.sign_in("chutri"), f"/api/meetings/{meeting}"
        item = self.state(meeting).agenda[0].item
        body = {"item": item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": RULE}
        vote: str = chair.post(f"{path}/votes", body).done()["vote"]
        chair.post(f"{path}/votes/{vote}/open").done()
        return vote

    def close(self, meeting: MeetingId, vote: str) -> list[tuple[str, str]]:
        self.office.sign_in("chutri").post(f"/api/meetings/{meeting}/votes/{vote}/close").done()
        found = self.state(meeting).vote(vote)
        assert found is not None
        return [(ballot.person, ballot.answer) for ballot in found.ballots]

    def clear(self) -> None:
        """Nobody waits to speak and no vote is open: the next example begins as the first did."""
        for meeting in self.meetings:
            state = self.state(meeting)
            waiting = [each.speech for each in state.speaking.speeches if each.state is SpeechState.WAITING]
            drafts = [Draft("speech_cancelled", {"speech": speech}) for speech in waiting]
            self.office.services.meetings.change(
                meeting,
                actor="system",
                now=self.office.clock.now(),
                decide=lambda _, drafts=drafts: drafts,  # type: ignore[misc]
            )
            for vote in state.votes:
                if vote.state is VoteState.OPEN:
                    self.close(meeting, vote.vote)

    def sent(self, meeting: MeetingId, asked: Sequence[Asked], vote: str) -> list[SentAct]:
        names = [fresh_id("a") for _ in asked]
        return [
            self._sent(meeting, one, vote, name=names[one.as_act % (at + 1) if one.as_act is not None else at])
            for at, one in enumerate(asked)
        ]

    def _sent(self, meeting: MeetingId, one: Asked, vote: str, *, name: str) -> SentAct:
        item = self.state(meeting).agenda[0].item
        ballot = {"vote": vote, "answer": one.answer, "nonce": f"{one.who:064x}"}
        data: dict[str, Any] = ballot if one.kind == "vote_cast" else {"item": item, "kind": "speech"}
        now, device = self.office.clock.now(), f"d-{one.who:016d}"
        act = Act(Head(device, b"\0" * 16, 1, now), name, meeting, one.kind, self.people[one.who], now, data)
        return SentAct(act, device, self.seats[one.who if one.seat_of is None else one.seat_of])

    def alone(self, sent: SentAct) -> Outcome:
        now = self.office.clock.now()
        return self.office.services.acts.perform(sent.act, device=sent.device, seat=sent.seat, now=now)

    def together(self, sent: Sequence[SentAct]) -> list[Outcome | None]:
        return list(self.office.services.gathered.perform_all(sent, now=self.office.clock.now()))

    def log(self, meeting: MeetingId, after: int) -> list[tuple[int, str, str]]:
        events = self.office.services.meetings.events(meeting, after=after)
        return [(event.seq - after, event.kind, event.actor) for event in events]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    found = Hall(tmp_path_factory.mktemp("hall"))
    yield found
    found.office.services.close()


ASKED = st.builds(
    Asked,
    who=st.integers(0, MANY - 1),
    kind=st.sampled_from(["vote_cast", "vote_cast", "speech_ask"]),
    answer=st.sampled_from(["for", "against", "nothing"]),
    seat_of=st.one_of(st.none(), st.none(), st.none(), st.integers(0, MANY - 1)),
    as_act=st.one_of(st.none(), st.none(), st.none(), st.integers(0, 20)),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(asked=st.lists(ASKED, min_size=1, max_size=14))
def test_W28_together_and_one_by_one_give_the_same_answers_ballots_and_log(hall: Hall, asked: list[Asked]) -> None:
    one, other = hall.meetings
    try:
        votes = hall.open_vote(one), hall.open_vote(other)
        before = hall.state(one).seq, hall.state(other).seq
        singly = [hall.alone(sent) for sent in hall.sent(one, asked, votes[0])]
        sent = hall.sent(other, asked, votes[1])
        together = [outcome or hall.alone(sent[at]) for at, outcome in enumerate(hall.together(sent))]
        assert told(together, before[1]) == told(singly, before[0])
        assert hall.log(other, before[1]) == hall.log(one, before[0])
        assert hall.close(other, votes[1]) == hall.close(one, votes[0])
        # As after an answer that was lost, or a server that died between commit and answer.
        assert [outcome or hall.alone(sent[at]) for at, outcome in enumerate(hall.together(sent))] == together
    finally:
        hall.clear()


def told(outcomes: Sequence[Outcome], before: int) -> list[tuple[str, str, int | None]]:
    """What was answered, with numbers from ``before`` on: two meetings that are asked the same say the same."""
    return [(each.outcome, each.code, each.data["seq"] - before if "seq" in each.data else None) for each in outcomes]


def test_W28_a_request_to_speak_in_every_example_is_a_new_one(hall: Hall) -> None:
    """What the comparison above rests on."""
    asked = [Asked(0, "speech_ask"), Asked(1, "speech_ask"), Asked(0, "speech_ask")]
    for _ in range(2):
        before = hall.state(hall.meetings[0]).seq
        hall.together(hall.sent(hall.meetings[0], asked, ""))
        assert [kind for _, kind, _ in hall.log(hall.meetings[0], before)] == ["speech_asked", "speech_asked"]
        hall.clear()


@pytest.mark.parametrize("way", ["pause", "close"])
def test_W28_ballots_of_a_vote_that_is_not_open_are_refused_one_by_one(hall: Hall, way: str) -> None:
    meeting = hall.meetings[0]
    vote = hall.open_vote(meeting)
    chair, path = hall.office.sign_in("chutri"), f"/api/meetings/{meeting}/votes/{vote}"
    chair.post(f"{path}/{way}").done()
    sent = hall.sent(meeting, [Asked(0, "vote_cast"), Asked(1, "vote_cast")], vote)
    assert hall.together(sent) == [None, None]
    assert {hall.alone(each).outcome for each in sent} == {"refused"}
    if way == "pause":
        chair.post(f"{path}/resume").done()
        hall.close(meeting, vote)
    found = hall.state(meeting).vote(vote)
    assert found is not None
    assert not found.ballots


def test_W28_neither_a_seat_elsewhere_nor_a_key_of_another_meeting_is_taken_in_a_lot(hall: Hall) -> None:
    one, other = hall.meetings
    votes = hall.open_vote(one), hall.open_vote(other)
    room = {"name": f"Phòng khác {fresh_id('a')} (demo)", "seats": [{"label": "C1", "x": 100, "y": 500}]}
    elsewhere = hall.office.sign_in("kythuat").post("/api/rooms", room).done()["seats"][0]["id"]
    (far,) = hall.sent(one, [Asked(0, "vote_cast")], votes[0])
    (used,) = hall.sent(one, [Asked(1, "vote_cast")], votes[0])
    (reused,) = hall.sent(other, [Asked(1, "vote_cast")], votes[1])
    reused = reused._replace(act=dataclasses.replace(reused.act, act=used.act.act))
    (good,) = hall.sent(other, [Asked(2, "vote_cast")], votes[1])
    sent = [far._replace(seat=elsewhere), used, reused, good]
    assert [outcome is not None for outcome in hall.together(sent)] == [False, True, False, True]
    assert [hall.alone(sent[at]).outcome for at in (0, 2)] == ["refused", "refused"]
    assert hall.close(one, votes[0]) == [(hall.people[1], "for")]
    assert hall.close(other, votes[1]) == [(hall.people[2], "for")]


def test_W28_what_is_plain_is_performed_together_and_everything_else_is_left(hall: Hall) -> None:
    meeting = hall.meetings[0]
    vote = hall.open_vote(meeting)
    before = hall.state(meeting).seq
    asked = [
        Asked(0, "vote_cast"),
        Asked(1, "vote_cast", "nothing"),
        Asked(2, "vote_cast", seat_of=3),
        Asked(0, "vote_cast", "against"),
        Asked(DISABLED, "vote_cast"),
        Asked(4, "vote_cast"),
    ]
    sent = hall.sent(meeting, asked, vote)
    assert [outcome is not None for outcome in hall.together(sent)] == [True, False, False, False, False, True]
    codes = [hall.alone(sent[at]).code for at in (1, 2, 3, 4)]
    assert codes == ["no-such-answer", "not-signed-in-here", "already-voted", "account-disabled"]
    assert hall.state(meeting).seq == before
    assert hall.close(meeting, vote) == sorted([(hall.people[0], "for"), (hall.people[4], "for")])


def test_W28_a_lot_that_fails_takes_nothing_with_it(hall: Hall) -> None:
    """Whatever one kind does to the database, the other kinds of the same lot are answered."""
    meeting, services = hall.meetings[0], hall.office.services
    vote = hall.open_vote(meeting)

    def broken(meeting: MeetingId, acts: Sequence[tuple[Fields, Seated]]) -> Sequence[dict[str, Any] | None]:
        raise RuntimeError(f"a fault of ours with {len(acts)} acts of {meeting}")

    gathered = _with(hall, {"vote_cast": broken, "speech_ask": services.acts_together["speech_ask"]})
    sent = hall.sent(meeting, [Asked(0, "vote_cast"), Asked(5, "speech_ask")], vote)
    outcomes = gathered.perform_all(sent, now=hall.office.clock.now())
    assert [outcome is not None for outcome in outcomes] == [False, True]
    assert hall.alone(sent[0]).outcome == "done"
    hall.close(meeting, vote)


def test_W28_a_database_that_is_away_for_one_meeting_takes_no_other_answer_with_it(hall: Hall) -> None:
    """What was committed is answered, whichever came first."""
    one, other = hall.meetings
    votes = hall.open_vote(one), hall.open_vote(other)
    real = hall.office.services.acts_together["vote_cast"]

    def away(meeting: MeetingId, acts: Sequence[tuple[Fields, Seated]]) -> Sequence[dict[str, Any] | None]:
        if meeting == other:
            raise Unavailable
        return real(meeting, acts)

    sent = hall.sent(one, [Asked(0, "vote_cast")], votes[0])
    sent += hall.sent(other, [Asked(0, "vote_cast"), Asked(1, "vote_cast")], votes[1])
    sent += hall.sent(one, [Asked(1, "vote_cast"), Asked(2, "vote_cast", seat_of=3)], votes[0])
    outcomes = _with(hall, {"vote_cast": away}).perform_all(sent, now=hall.office.clock.now())
    answers = ["again" if each is TRY_AGAIN else each and each.outcome for each in outcomes]
    assert answers == ["done", "again", "again", "done", None]
    assert [each and each.outcome for each in hall.together(sent)] == ["done", "done", "done", "done", None]
    assert hall.close(one, votes[0]) == hall.close(other, votes[1])


def test_W28_when_the_database_is_away_nothing_is_answered_and_nothing_kept(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = hall.meetings[0]
    vote = hall.open_vote(meeting)
    sent = hall.sent(meeting, [Asked(0, "vote_cast"), Asked(1, "vote_cast")], vote)

    @contextmanager
    def away(begin: Any) -> Iterator[Any]:
        with begin() as tx:
            yield tx
            raise Unavailable

    database = hall.office.services.database
    with monkeypatch.context() as patch:
        patch.setattr(database, "begin", partial(away, database.begin))
        assert all(outcome is TRY_AGAIN for outcome in hall.together(sent))
    assert [hall.alone(each).outcome for each in sent] == ["done", "done"]
    hall.close(meeting, vote)


def _with(hall: Hall, kinds: Mapping[str, ActTogether]) -> GatheredActs:
    services = hall.office.services
    return GatheredActs(
        services.database, services.meetings, people=services.identity, ledger=services.ledger, kinds=kinds
    )
