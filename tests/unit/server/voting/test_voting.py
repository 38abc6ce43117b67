"""Votes through the whole server: console and seats, every refusal, every answer (V1–V6, A2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge import acts
from server.meetings.ports import Outcome
from server.voting.pulse import VotePulse
from tests.support.office import PASSWORD, Browser, Office, fresh_id, item
from wire import recount
from wire.ballots import commitment
from wire.ids import MeetingId
from wire.messages import Act, Head
from wire.state import MeetingState
from wire.votes import VoteState

NONCE = "5a" * 32
CASTING_VOTE = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "chair"}


class Room:
    """An open meeting: chair and member at their seats, the secretary at the console."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.meeting = self.office.meeting("open")
        self.path = f"/api/meetings/{self.meeting}"
        self.secretary, self.chair = self.office.sign_in("thuky"), self.office.sign_in("chutri")
        self.devices = [fresh_id("d") for _ in self.office.seats]
        for number, name in enumerate(("chutri", "daibieu", "khach")):
            data = {"person": self.office.people[name], "password": PASSWORD}
            assert self.act(number, "sign_in", None, data).outcome == "done"
        self.pulse = VotePulse(self.office.services.voting, self.office.clock)

    def act(
        self, seat: int, kind: str, name: str | None, data: dict[str, Any] | None = None, *, act: str = ""
    ) -> Outcome:
        now, device = self.office.clock.now(), self.devices[seat]
        head = Head(device, b"\0" * 16, 1, now)
        person = None if name is None else self.office.people[name]
        message = Act(head, act or fresh_id("a"), self.meeting, kind, person, now, data or {})
        return self.office.services.acts.perform(message, device=device, seat=self.office.seats[seat], now=now)

    @property
    def state(self) -> MeetingState:
        return self.office.services.meetings.state(MeetingId(self.meeting))

    @property
    def item(self) -> str:
        return self.state.agenda[0].item

    def body(self, **changes: Any) -> dict[str, Any]:
        rule = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
        return {
            "item": self.item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": rule, **changes
        }  # fmt: skip

    def prepare(self, **changes: Any) -> str:
        vote: str = self.secretary.post(f"{self.path}/votes", self.body(**changes)).done()["vote"]
        return vote

    def open(self, **changes: Any) -> str:
        vote = self.prepare(**changes)
        self.chair.post(f"{self.path}/votes/{vote}/open").done()
        return vote

    def cast(self, seat: int, name: str, vote: str, answer: str, *, act: str = "", nonce: str = NONCE) -> Outcome:
        return self.act(seat, "vote_cast", name, {"vote": vote, "answer": answer, "nonce": nonce}, act=act)

    def section(self, browser: Browser, vote: str) -> dict[str, Any]:
        votes = browser.get(self.path).done()["sections"]["votes"]
        found: dict[str, Any] = next(each for each in votes if each["vote"] == vote)
        return found


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_V3_a_whole_vote_from_the_agenda_to_the_recount(room: Room) -> None:
    vote = room.open()
    promise = commitment(room.meeting, vote, room.office.people["daibieu"], answer="for", nonce=NONCE)
    done = room.cast(1, "daibieu", vote, "for")
    assert (done.outcome, done.data["commitment"]) == ("done", promise)
    mine = room.chair.post(f"{room.path}/votes/{vote}/ballot", {"answer": "for", "nonce": NONCE})
    assert mine.status == 201
    room.pulse.catch_up()
    room.pulse.beat()
    assert room.section(room.secretary, vote)["turnout"] == {"entitled": 2, "present": 2, "cast": 2, "voting": 2}
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    room.chair.post(f"{room.path}/votes/{vote}/announce").done()
    told = room.section(room.office.sign_in("daibieu"), vote)
    assert told["result"]["outcome"] == "passed"
    assert {b["person"] for b in told["ballots"]} == {room.office.people[name] for name in ("chutri", "daibieu")}
    bundle = room.secretary.get(f"{room.path}/votes/{vote}/bundle").done()
    found = recount.recount(json.dumps(bundle).encode())
    assert (found.outcome, found.favour, found.of) == ("passed", 2, 2)


def test_W67_the_closing_takes_ballots_that_the_log_does_not_know_yet(room: Room) -> None:
    vote = room.open()
    assert room.cast(1, "daibieu", vote, "against").outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    events = room.office.services.meetings.events(MeetingId(room.meeting))
    assert [event.kind for event in events[-2:]] == ["ballots_taken", "vote_closed"]
    assert room.section(room.chair, vote)["result"]["against"] == 1
    assert room.office.services.voting.unrecorded() == []


def test_V4_the_same_ballot_again_is_the_same_ballot_and_another_is_refused(room: Room) -> None:
    vote, act = room.open(), fresh_id("a")
    first = room.cast(1, "daibieu", vote, "for", act=act)
    assert room.cast(1, "daibieu", vote, "for", act=act) == first
    again = room.cast(1, "daibieu", vote, "against")
    assert (again.outcome, again.code) == ("refused", "already-voted")
    room.pulse.catch_up()
    room.pulse.beat()
    room.pulse.beat()
    assert room.state.votes[0].turnout.cast == 1


def test_M5_ballots_of_a_rehearsal_that_was_deleted_are_not_tried_again(
    room: Room, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.pulse.wake(MeetingId(fresh_id("m")), fresh_id("v"))
    room.pulse.beat()
    assert "could not be recorded" not in caplog.text
    monkeypatch.setattr(type(room.office.services.voting), "record", lambda *_, **__: pytest.fail("tried again"))
    room.pulse.beat()


def test_V3_a_ballot_outside_open_is_refused(room: Room) -> None:
    vote = room.prepare()
    assert room.cast(1, "daibieu", vote, "for").code == "vote-not-open"
    room.chair.post(f"{room.path}/votes/{vote}/open").done()
    room.chair.post(f"{room.path}/votes/{vote}/pause").done()
    assert room.cast(1, "daibieu", vote, "for").code == "vote-not-open"
    room.chair.post(f"{room.path}/votes/{vote}/resume").done()
    assert room.cast(1, "daibieu", vote, "for").outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    assert room.cast(0, "chutri", vote, "for").code == "vote-not-open"
    assert room.chair.post(f"{room.path}/votes/{vote}/open").code == "vote-state-not-allowed"


def test_A2_the_roll_is_frozen_at_the_opening(room: Room) -> None:
    room.act(1, "sign_out", "daibieu")
    vote = room.open()
    assert [(line.name, line.present) for line in room.state.votes[0].roll] == [
        ("chutri (demo)", True),
        ("daibieu (demo)", False),
    ]
    data = {"person": room.office.people["daibieu"], "password": PASSWORD}
    assert room.act(1, "sign_in", None, data).outcome == "done"
    assert room.cast(1, "daibieu", vote, "for").code == "not-present-at-opening"
    assert room.cast(2, "khach", vote, "for").code == "not-on-the-roll"


@pytest.mark.parametrize("name", ["daibieu", "khach", "kythuat"])
def test_only_chair_and_secretary_lead_a_vote(room: Room, name: str) -> None:
    vote, browser = room.prepare(), room.office.sign_in(name)
    assert browser.post(f"{room.path}/votes", room.body()).status == 403
    for word in ("open", "pause", "resume", "close", "announce", "withdraw"):
        body = {"reason": "Thử"} if word == "withdraw" else None
        assert browser.post(f"{room.path}/votes/{vote}/{word}", body).status == 403
    assert browser.get(f"{room.path}/votes/{vote}/bundle").status == 403


def test_a_member_at_a_seat_leads_no_vote_and_the_chair_at_a_seat_does(room: Room) -> None:
    vote = room.prepare()
    assert room.act(1, "vote_open", "daibieu", {"vote": vote}).code == "not-allowed"
    for kind in ("vote_open", "vote_pause", "vote_resume", "vote_close", "vote_announce"):
        assert room.act(0, kind, "chutri", {"vote": vote}).outcome == "done", kind
    assert room.state.votes[0].announced_at is not None


def begin(room: Room, seat: int, name: str, act: str = "", *, seen: int | None = None, **changes: Any) -> Outcome:
    data = {**room.body(**changes), "seconds": 0, "seen": len(room.state.votes) if seen is None else seen}
    acts.check("vote_begin", data)
    return room.act(seat, "vote_begin", name, data, act=act)


def test_W121_whoever_leads_at_a_seat_begins_a_vote_in_one_act_and_nobody_else(room: Room) -> None:
    assert begin(room, 1, "daibieu").code == "not-allowed"
    assert not [*room.state.votes]
    act = fresh_id("a")
    begun = begin(room, 0, "chutri", act)
    assert begun.outcome == "done"
    assert begin(room, 0, "chutri", act, seen=0) == begun, "the same act again"
    (vote,) = room.state.votes
    assert (vote.vote, vote.state, vote.turnout.present) == (begun.data["vote"], VoteState.OPEN, 2)
    assert room.cast(1, "daibieu", vote.vote, "for").outcome == "done"


def test_W121_a_request_that_waited_at_a_seat_opens_nothing_behind_a_vote_that_came_meanwhile(room: Room) -> None:
    vote = room.open()
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    assert begin(room, 0, "chutri", seen=0).code == "votes-moved-on"
    assert [each.vote for each in room.state.votes] == [vote]


def test_W121_a_vote_that_cannot_be_opened_is_not_written_down_either(room: Room) -> None:
    room.open()
    assert begin(room, 0, "chutri").code == "another-vote-running"
    assert begin(room, 0, "chutri", item=fresh_id("i")).outcome == "refused"
    assert len(room.state.votes) == 1


def test_one_vote_at_a_time_and_none_is_left_behind(room: Room) -> None:
    vote, other = room.open(), room.prepare()
    assert room.chair.post(f"{room.path}/votes/{other}/open").code == "another-vote-running"
    assert room.chair.post(f"{room.path}/recess").code == "vote-running"
    assert room.chair.post(f"{room.path}/close").code == "vote-running"
    room.chair.post(f"{room.path}/votes/{vote}/pause").done()
    room.chair.post(f"{room.path}/recess").done()
    assert room.chair.post(f"{room.path}/close").code == "vote-running"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    room.chair.post(f"{room.path}/close").done()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("approve", ["Tán thành", "Không tán thành", "Không biểu quyết"]),
        ("agree", ["Đồng ý", "Không đồng ý", "Ý kiến khác"]),
    ],
)
def test_V2_a_template_brings_its_own_answers_in_their_order(room: Room, template: str, words: list[str]) -> None:
    vote = room.section(room.chair, room.prepare(template=template))
    assert [each["text"] for each in vote["answers"]] == words
    assert [each["means"] for each in vote["answers"]][:2] == ["for", "against"]


def test_V3_a_screen_that_shows_an_old_vote_changes_nothing_in_the_new_one(room: Room) -> None:
    old = room.open()
    room.chair.post(f"{room.path}/votes/{old}/close").done()
    fresh = room.open(question="Câu hỏi sau?")
    late = room.cast(1, "daibieu", old, "for")
    assert (late.outcome, late.code) == ("refused", "vote-not-open")
    assert room.secretary.post(f"{room.path}/votes/{old}/close").code == "vote-state-not-allowed"
    assert room.secretary.post(f"{room.path}/votes/{old}/pause").code == "vote-state-not-allowed"
    running = room.state.vote(fresh)
    assert running is not None
    assert (running.state, running.turnout.cast) == (VoteState.OPEN, 0)
    assert room.cast(1, "daibieu", fresh, "against").outcome == "done"
    room.chair.post(f"{room.path}/votes/{fresh}/close").done()
    counts = {each["answer"]: each["votes"] for each in room.section(room.chair, fresh)["result"]["counts"]}
    assert counts == {"for": 0, "against": 1, "abstain": 0}


def test_W28_every_step_sent_twice_is_one_step(room: Room) -> None:
    act = fresh_id("a")
    first = room.secretary.post(f"{room.path}/votes", room.body(), act=act).done()
    assert room.secretary.post(f"{room.path}/votes", room.body(), act=act).done() == first
    assert len(room.state.votes) == 1
    for word in ("open", "pause", "resume", "close", "announce"):
        act = fresh_id("a")
        once = room.chair.post(f"{room.path}/votes/{first['vote']}/{word}", act=act).done()
        assert room.chair.post(f"{room.path}/votes/{first['vote']}/{word}", act=act).done() == once


def _own(text: str, means: str) -> dict[str, str]:
    return {"text": text, "means": means}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item": "i-aaaaaaaaaaaaaaaa"}, "no-such-item"),
        ({"template": "own", "answers": [_own("A", "for"), _own(" a ", "against")]}, "answer-twice"),
        ({"template": "own", "answers": [_own("A", "for")]}, "answer-twice"),
        ({"template": "own"}, "bad-field"),
        ({"template": "approve", "answers": []}, "bad-field"),
        ({"question": " "}, "bad-field"),
        ({"kind": "whispered"}, "bad-field"),
        ({"kind": "secret", "rule": CASTING_VOTE}, "secret-names-nobody"),
        ({"weights": [{"person": "u-aaaaaaaaaaaaaaaa", "weight": 2}]}, "weight-without-vote"),
        ({"repeats": "v-aaaaaaaaaaaaaaaa"}, "no-such-vote"),
    ],
)  # fmt: skip
def test_a_vote_that_makes_no_sense_is_refused_in_words(room: Room, changes: dict[str, Any], code: str) -> None:
    refused = room.secretary.post(f"{room.path}/votes", room.body(**changes))
    assert refused.code == code
    assert not [*room.state.votes]


def test_V9_weights_are_on_the_roll_and_in_the_count(room: Room) -> None:
    weights = [{"person": room.office.people["daibieu"], "weight": 3}]
    vote = room.open(weights=weights)
    room.cast(1, "daibieu", vote, "for")
    room.cast(0, "chutri", vote, "against")
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    told = room.section(room.chair, vote)["result"]
    assert (told["favour"], told["against"], told["of"], told["outcome"]) == (3, 1, 4, "passed")


def test_V1_hands_are_written_down_at_the_close(room: Room) -> None:
    vote = room.open(kind="hands")
    assert room.cast(1, "daibieu", vote, "for").code == "hands-not-ballots"
    path = f"{room.path}/votes/{vote}/close"
    assert room.secretary.post(path).code == "hands-missing"
    many = [{"answer": answer, "count": 2} for answer in ("for", "against", "abstain")]
    assert room.secretary.post(path, {"hands": many}).data == {"counted": 6, "present": 2}
    counts = [{"answer": a, "count": n} for a, n in (("for", 2), ("against", 0), ("abstain", 0))]
    room.secretary.post(path, {"hands": counts}).done()
    assert room.section(room.secretary, vote)["result"]["outcome"] == "passed"


def test_an_account_disabled_during_a_vote_keeps_the_ballot_it_has_cast(room: Room) -> None:
    vote = room.open()
    assert room.cast(1, "daibieu", vote, "for").outcome == "done"
    person, now = room.office.people["daibieu"], room.office.clock.now()
    admin = room.office.sign_in("hethong")
    room.office.services.meetings.unseat([person], now=now)
    assert admin.person
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    assert room.section(room.chair, vote)["result"]["favour"] == 1


def test_an_item_with_a_vote_stays_in_the_agenda(room: Room) -> None:
    kept = room.state.agenda[1]
    room.prepare(item=kept.item)
    left = [item("Một", item=room.item)]
    refused = room.chair.put(f"{room.path}/agenda", {"items": left, "expected_seq": room.state.seq})
    assert refused.code == "item-has-votes"


def test_V5_before_the_close_no_answer_leaves_the_server(room: Room) -> None:
    vote = room.open()
    room.cast(1, "daibieu", vote, "against", nonce="77" * 32)
    room.pulse.catch_up()
    room.pulse.beat()
    kept = [event.to_value() for event in room.office.services.meetings.events(MeetingId(room.meeting))]
    assert "77" * 32 not in json.dumps(kept)
    assert all("answer" not in line for e in kept if e["kind"] == "ballots_taken" for line in e["data"]["ballots"])
    for browser in (room.secretary, room.chair, room.office.sign_in("daibieu")):
        told = room.section(browser, vote)
        assert (told["result"], told["ballots"]) == (None, [])
    assert room.secretary.get(f"{room.path}/votes/{vote}/bundle").code == "vote-not-counted"


def test_V8_a_secret_vote_wants_three_people_and_their_seats(room: Room) -> None:
    vote = room.prepare(kind="secret")
    refused = room.chair.post(f"{room.path}/votes/{vote}/open")
    assert (refused.code, refused.data) == ("too-few-for-secret", {"present": 2, "least": 3})
    asked = {"vote": vote, "blinded": "01" * 256, "relay": "02" * 32}
    assert room.act(1, "ballot_ask", "daibieu", asked).code == "vote-not-open"
    opened = room.open()
    assert room.act(1, "ballot_ask", "daibieu", {**asked, "vote": opened}).code == "not-a-secret-vote"
    cast = room.chair.post(f"{room.path}/votes/{vote}/ballot", {"answer": "for", "nonce": NONCE})
    assert cast.code == "secret-at-seats"
    assert room.secretary.get(f"{room.path}/votes/{vote}/collection").done() == {}
