"""Rules V3, V5, W66, W67: the life of a vote in the log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, named
from tests.support.votes import closed, open_vote, prepared, take, whole
from wire.ballots import commitment
from wire.errors import BadField, PhaseError, WireError
from wire.state import DisplayMode
from wire.view import sections
from wire.visibility import for_display, for_person
from wire.votes import TABLE, VoteChange, VoteState, step

CHAIR, LAN, GUEST, SECRETARY = (named("u", name) for name in ("chair", "lan", "guest", "secretary"))


@pytest.fixture
def log() -> MeetingLog:
    found = MeetingLog().prepared()
    found.add("meeting_opened")
    found.add("item_started", {"item": named("i", "one")})
    return found


def _seen(log: MeetingLog, person: str) -> list[Any]:
    found: list[Any] = sections(for_person(log.state, person))["votes"]
    return found


@pytest.mark.parametrize("state", VoteState)
@pytest.mark.parametrize("change", VoteChange)
def test_V3_what_is_not_in_the_table_is_an_error(state: VoteState, change: VoteChange) -> None:
    if (state, change) in TABLE:
        assert step(state, change) is TABLE[state, change]
    else:
        with pytest.raises(PhaseError):
            step(state, change)


def test_W66_a_vote_goes_from_prepared_to_announced(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan"])
    assert log.state.display.mode is DisplayMode.VOTE
    log.add("vote_paused", {"vote": vote})
    log.add("vote_resumed", {"vote": vote})
    take(log, vote, {"chair": "for", "lan": "against"})
    log.add("vote_closed", closed(vote, {"chair": "for", "lan": "against"}))
    log.add("vote_announced", {"vote": vote})
    (told,) = sections(log.state)["votes"]
    assert told["turnout"] == {"entitled": 2, "present": 2, "cast": 2, "voting": 2}
    assert [(line["answer"], line["votes"]) for line in told["result"]["counts"]] == [
        ("for", 1),
        ("against", 1),
        ("abstain", 0),
    ]
    assert told["result"]["outcome"] == "rejected"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("vote_prepared", prepared(item=named("i", "elsewhere"))),
        ("vote_prepared", prepared(answers=[{"answer": "for", "text": "Có", "means": "for"}])),
        ("vote_prepared", prepared(rule={**prepared()["rule"], "majority": {"num": 2, "den": 1, "more": True}})),
        ("vote_prepared", prepared(repeats=named("v", "nobody"))),
        ("vote_opened", {"vote": named("v", "other"), "roll": []}),
        ("vote_closed", {"vote": named("v", "vote"), "ballots": []}),
    ],
)
def test_W66_what_does_not_fit_is_refused_by_the_fold(log: MeetingLog, kind: str, data: dict[str, Any]) -> None:
    log.add("vote_prepared", prepared())
    with pytest.raises(WireError):
        log.add(kind, data)


def test_V3_a_vote_that_was_opened_is_not_written_anew(log: MeetingLog) -> None:
    open_vote(log, ["chair"])
    with pytest.raises(BadField):
        log.add("vote_prepared", prepared(question="Khác"))


def test_V4_the_log_takes_one_ballot_a_voter_and_none_of_others(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan"], ["secretary"])
    take(log, vote, {"lan": "for"})
    for who in ("lan", "secretary", "guest"):
        with pytest.raises(BadField):
            take(log, vote, {who: "against"})


@pytest.mark.parametrize(
    "published",
    [
        {},
        {"chair": "for"},
        {"chair": "for", "lan": "for"},
        {"chair": "against", "lan": "against"},
        {"chair": "for", "lan": "against", "guest": "for"},
        {"chair": "for", "lan": "sideways"},
    ],
)
def test_W67_a_closing_with_other_ballots_than_were_acknowledged_is_refused_by_every_reader(
    log: MeetingLog, published: dict[str, str]
) -> None:
    vote = open_vote(log, ["chair", "lan"])
    take(log, vote, {"chair": "for", "lan": "against"})
    with pytest.raises(BadField):
        log.add("vote_closed", closed(vote, published))
    log.add("vote_closed", closed(vote, {"lan": "against", "chair": "for"}))


def test_W67_the_commitment_binds_meeting_vote_person_answer_and_nonce() -> None:
    def of(
        *, meeting: str = "m", vote: str = "v", person: str = LAN, answer: str = "for", nonce: str = "00" * 32
    ) -> str:
        ids = named(meeting[0], meeting), named("v", vote)
        return commitment(*ids, person, answer=answer, nonce=nonce)

    changed = [of(meeting="m2"), of(vote="w"), of(person=CHAIR), of(answer="against"), of(nonce="01" * 32)]
    assert len({of(), *changed}) == 6


def test_V5_nothing_in_log_or_screens_tells_an_answer_before_the_close(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan"])
    answers = {"chair": "for", "lan": "against"}
    before = [event.seq for event in log.events]
    take(log, vote, answers)
    other = MeetingLog().prepared()
    other.add("meeting_opened")
    other.add("item_started", {"item": named("i", "one")})
    same = open_vote(other, ["chair", "lan"])
    take(other, same, {"chair": "against", "lan": "for"})
    for event, twin in zip(log.events[len(before) :], other.events[len(before) :], strict=True):
        shapes = [json.dumps(_without_hex(each.data), sort_keys=True) for each in (event, twin)]
        assert shapes[0] == shapes[1], "but for the commitments the two votes look the same"
    for person in (CHAIR, SECRETARY, LAN, GUEST):
        for told in _seen(log, person):
            assert told["result"] is None
            assert told["ballots"] == []


def _without_hex(data: dict[str, Any]) -> dict[str, Any]:
    lines = [{**line, "commitment": ""} for line in data["ballots"]]
    return {**data, "ballots": lines}


def test_W67_who_has_voted_is_for_chair_and_secretary_until_the_result_is_announced(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan"])
    take(log, vote, {"chair": "for"})
    (staff,), (lan,) = _seen(log, SECRETARY), _seen(log, LAN)
    assert [(line["person"], line["voted"]) for line in staff["roll"]] == [(CHAIR, True), (LAN, False)]
    assert [(line["person"], line["voted"]) for line in lan["roll"]] == [(LAN, False)]
    assert lan["receipts"] == []
    assert lan["turnout"] == {"entitled": 2, "present": 2, "cast": 1, "voting": 2}
    log.add("vote_closed", closed(vote, {"chair": "for"}))
    (staff,), (lan,) = _seen(log, SECRETARY), _seen(log, LAN)
    assert staff["result"]["favour"] == 1
    assert lan["result"] is None
    assert (lan["ballots"], lan["state"]) == ([], "closed")
    log.add("vote_announced", {"vote": vote})
    (lan,) = _seen(log, LAN)
    assert lan["result"] == {**staff["result"]}
    assert lan["ballots"] == [{"person": CHAIR, "answer": "for", "statement": ""}]


def test_W67_a_vote_that_is_only_prepared_or_withdrawn_is_the_leaders_business(log: MeetingLog) -> None:
    log.add("vote_prepared", prepared())
    assert (_seen(log, LAN), len(_seen(log, SECRETARY))) == ([], 1)
    log.add("vote_withdrawn", {"vote": named("v", "vote"), "reason": "Nhầm nội dung"})
    assert _seen(log, LAN) == []
    assert _seen(log, CHAIR)[0]["reason"] == "Nhầm nội dung"


def test_W67_the_display_shows_turnout_and_then_the_result_and_a_stranger_nothing(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan"])
    take(log, vote, {"lan": "for"})
    (wall,) = sections(for_display(log.state))["votes"]
    assert (wall["turnout"]["cast"], wall["roll"], wall["receipts"], wall["result"]) == (1, [], [], None)
    assert sections(for_person(log.state, None))["votes"] == []
    log.add("vote_closed", closed(vote, {"lan": "for"}))
    log.add("vote_announced", {"vote": vote})
    (wall,) = sections(for_display(log.state))["votes"]
    assert wall["result"]["favour"] == 1


def test_M4_a_vote_on_a_hidden_item_is_not_there_for_who_does_not_see_the_item() -> None:
    log = MeetingLog().created()
    items = [{**each, "visibility": "hidden"} for each in log.events[-1].data["items"]]
    log.add("agenda_set", {"items": items})
    log.add("meeting_submitted")
    log.add("meeting_approved")
    log.add("meeting_opened")
    open_vote(log, ["chair"])
    assert _seen(log, LAN) == []
    assert sections(for_display(log.state))["votes"] == []


def test_V1_a_show_of_hands_is_counted_by_the_secretary(log: MeetingLog) -> None:
    vote = open_vote(log, ["chair", "lan", "secretary"], kind="hands")
    for hands in ([("for", 3), ("against", 1), ("abstain", 0)], [("for", 1)], [("for", 1), ("for", 1), ("abstain", 0)]):
        with pytest.raises(BadField):
            log.add("vote_closed", _hands(vote, hands))
    log.add("vote_closed", _hands(vote, [("for", 2), ("against", 0), ("abstain", 1)]))
    log.add("vote_announced", {"vote": vote})
    (told,) = sections(log.state)["votes"]
    assert (told["result"]["favour"], told["result"]["of"], told["result"]["outcome"]) == (2, 3, "passed")


def _hands(vote: str, counts: list[tuple[str, int]]) -> dict[str, Any]:
    return {"vote": vote, "hands": [{"answer": answer, "count": count} for answer, count in counts]}


def test_a_withdrawn_or_repeated_vote_keeps_both_in_the_record(log: MeetingLog) -> None:
    first = whole(log, {"chair": "for"}, ["chair", "lan"])
    again = prepared("second", repeats=first.vote, reason="Đếm lại theo đề nghị")
    log.add("vote_prepared", again)
    assert [vote.state for vote in log.state.votes] == [VoteState.ANNOUNCED, VoteState.CREATED]
    assert log.state.votes[1].repeats == first.vote
