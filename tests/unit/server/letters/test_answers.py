"""Invitations and their answers through the server (N11–N14, A1, A3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.letters.compose import Facts, proposed
from server.letters.model import Kind
from server.meetings.model import Draft
from tests.support.office import Browser, Office, begin_at, fresh_id
from tests.unit.server.letters.test_model import HOUSE
from wire.ids import MeetingId
from wire.places import stands_for
from wire.quorum import here, quorum
from wire.state import Presence

HASH = "ab" * 32


def issue(office: Office, meeting: str) -> None:
    """As the pipe does it, without the signatures (tests/signing/test_letters.py has them)."""
    letter, round_ = fresh_id("l"), fresh_id("k")
    signers = {"signers": [office.people["chutri"]], "sha256": HASH, "size_bytes": 9}
    drafts = (
        Draft("round_opened", {"round": round_, "kind": "invitation", "title": "Giấy mời (demo)", **signers}),
        Draft("letter_put_up", {"letter": letter, "kind": "invitation", "round": round_}),
        Draft("letter_issued", {"letter": letter, "sha256": HASH, "recipients": 2, "number": "01/GM-VKS"}),
    )
    now = office.clock.now()
    office.services.meetings.change(MeetingId(meeting), actor="system", now=now, decide=lambda _log: drafts)


class Play:
    """A meeting of next month with its invitation sent."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.office.add("duthay")
        self.secretary = self.office.sign_in("thuky")
        self.meeting = self.office.meeting("draft")
        self.describe(starts_at="2026-12-16T01:30:00.000Z")
        self.secretary.post(f"/api/meetings/{self.meeting}/submit").done()
        self.office.sign_in("chutri").post(f"/api/meetings/{self.meeting}/approve").done()
        issue(self.office, self.meeting)
        self.path = f"/api/meetings/{self.meeting}/invitation"

    def describe(self, **other: Any) -> None:
        body = self.office.description() | other
        self.secretary.put(f"/api/meetings/{self.meeting}", body).done()

    def person(self, name: str) -> str:
        found = {"duthay": lambda: self.office.services.identity.named("duthay").id}
        return found[name]() if name in found else self.office.people[name]

    def answers(self, name: str, reply: str, **more: Any) -> str:
        return self.office.sign_in(name).post(f"{self.path}/answer", {"reply": reply, **more}).code

    def decides(self, name: str, *, approved: bool, browser: Browser | None = None, **more: Any) -> str:
        line = self.line(name)
        body = {"approved": approved, "at": line["at"] or "–", **more}
        asked = (browser or self.office.sign_in("chutri")).post(f"{self.path}/decisions/{self.person(name)}", body)
        return asked.code

    def line(self, name: str) -> dict[str, Any]:
        people = self.secretary.get(self.path).done()["people"]
        found: dict[str, Any] = next(each for each in people if each["person"] == self.person(name))
        return found

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self.secretary.get(self.path).done()["counts"]
        return found


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(tmp_path)


def test_N11_people_answer_for_themselves_and_see_their_own_answer_alone(play: Play) -> None:
    assert play.answers("daibieu", "attend") == ""
    assert play.answers("khach", "absent") == "letter-answer-incomplete"
    assert play.answers("khach", "absent", reason="Đi công tác") == ""
    mine = play.office.sign_in("khach").get(play.path).done()
    assert (mine["mine"]["reply"], "people" in mine, "counts" in mine) == ("absent", False, False)
    counted = play.counts()
    assert (counted["invited"], counted["attend"], counted["absent"], counted["waiting"]) == (2, 1, 1, 0)
    (listed,) = play.office.sign_in("daibieu").get("/api/invitations").done()["invitations"]
    assert (listed["meeting"], listed["sent"]["number"], listed["mine"]["reply"]) == (
        play.meeting,
        "01/GM-VKS",
        "attend",
    )
    assert play.office.sign_in("chutri").get("/api/invitations").done()["invitations"] == [], "the chair invites"
    assert play.answers("chutri", "attend") == "letter-not-invited"
    assert play.office.sign_in("kythuat").post(f"{play.path}/answer", {"reply": "attend"}).status == 403


def test_N11_the_secretary_answers_for_somebody_and_it_is_said_who_did(play: Play) -> None:
    told = {"reply": "absent", "reason": "Báo qua điện thoại"}
    play.secretary.post(f"{play.path}/answers/{play.person('daibieu')}", told).done()
    assert (play.line("daibieu")["reply"], play.line("daibieu")["by"]) == ("absent", "thuky (demo)")
    refused = play.office.sign_in("khach").post(f"{play.path}/answers/{play.person('daibieu')}", told)
    assert refused.status == 403
    assert play.answers("daibieu", "attend") == ""
    assert play.line("daibieu")["by"] == "", "their own word counts now"


def test_N12_an_approved_absence_stands_on_the_roll_when_the_meeting_opens(play: Play) -> None:
    play.answers("daibieu", "absent", reason="Đi công tác")
    play.answers("khach", "absent", reason="Ốm")
    assert play.decides("daibieu", approved=False) == "letter-answer-incomplete", "a refusal has its reason"
    assert play.decides("daibieu", approved=True) == ""
    assert play.decides("khach", approved=False, reason="Cần có mặt") == ""
    play.office.sign_in("chutri").post(f"/api/meetings/{play.meeting}/open").done()
    state = play.office.services.meetings.state(MeetingId(play.meeting))
    said = {(each.person, each.presence, each.reason) for each in state.attendance}
    opener = (play.person("chutri"), Presence.PRESENT, "")
    assert said == {opener, (play.person("daibieu"), Presence.EXCUSED, "Đi công tác")}
    assert play.answers("daibieu", "attend") == "letter-answers-over"


def test_N12_who_came_after_all_is_there_and_not_excused(play: Play) -> None:
    for name in ("daibieu", "khach"):
        play.answers(name, "absent", reason="Đi công tác")
        assert play.decides(name, approved=True) == ""
    came, seat = play.person("daibieu"), play.office.seats[1]
    seated = Draft("person_seated", {"person": came, "seat": seat, "method": "token", "certificate": HASH})
    meetings, now = play.office.services.meetings, play.office.clock.now()
    meetings.change(MeetingId(play.meeting), actor="system", now=now, decide=lambda _log: (seated,))
    play.office.sign_in("chutri").post(f"/api/meetings/{play.meeting}/open").done()
    state = meetings.state(MeetingId(play.meeting))
    excused = [each.person for each in state.attendance if each.presence is Presence.EXCUSED]
    assert excused == [play.person("khach")], "who stayed away is excused"
    assert here(state) >= {came, play.person("chutri")}
    assert quorum(state).present == 2


def test_N12_what_is_decided_is_the_answer_that_was_seen(play: Play) -> None:
    play.answers("daibieu", "absent", reason="Đi công tác")
    seen = play.line("daibieu")["at"]
    play.office.clock.advance(minutes=1)
    play.answers("daibieu", "absent", reason="Nghỉ mát")
    body = {"approved": True, "at": seen}
    chair = play.office.sign_in("chutri")
    assert chair.post(f"{play.path}/decisions/{play.person('daibieu')}", body).code == "letter-answer-changed"
    assert play.decides("khach", approved=True) == "letter-nothing-to-decide"
    assert play.decides("daibieu", approved=True, browser=play.office.sign_in("khach")) == "not-allowed"


def test_N12_a_substitute_comes_with_the_rights_granted_and_no_more_when_the_answer_changes(play: Play) -> None:
    sent = play.person("duthay")
    assert sent in [
        each["person"] for each in play.office.sign_in("daibieu").get(f"{play.path}/candidates").body["people"]
    ]
    assert play.answers("khach", "substitute", substitute=sent) == "not-replaceable", "a guest has no place to give"
    assert play.answers("daibieu", "substitute", substitute=play.person("thuky")) == "letter-substitute-unfit"
    assert play.answers("daibieu", "substitute", substitute=sent, reason="Giấy cử số 3") == ""
    assert play.counts()["undecided"] == 1
    assert play.decides("daibieu", approved=True, may_vote=False) == ""
    standing = stands_for(play.office.services.meetings.state(MeetingId(play.meeting)), sent)
    assert standing is not None
    assert (standing.member, standing.may_speak, standing.may_vote) == (play.person("daibieu"), True, False)
    assert play.office.sign_in("duthay").get(f"/api/meetings/{play.meeting}").status == 200
    assert play.answers("duthay", "attend") == "letter-not-invited"
    play.answers("daibieu", "attend")
    assert stands_for(play.office.services.meetings.state(MeetingId(play.meeting)), sent) is None


def test_N13_a_meeting_that_moves_is_answered_anew_by_everybody(play: Play) -> None:
    play.answers("daibieu", "attend")
    # Over midnight in Viet Nam, and into New Year's Day.
    play.describe(starts_at="2026-12-31T17:30:00.000Z")
    shown = play.secretary.get(play.path).done()
    assert (shown["sent"]["moved"], shown["counts"]["waiting"], shown["timing"]["day_off"]) == (True, 2, True)
    assert (shown["timing"]["invitation"], shown["timing"]["answers"]) == ("2026-12-29", "2026-12-31")
    (listed,) = play.office.sign_in("daibieu").get("/api/invitations").done()["invitations"]
    assert (listed["sent"]["moved"], listed["mine"]["reply"]) == (True, None)


def test_N13_whom_an_answer_sent_has_no_place_in_a_meeting_that_moved(play: Play) -> None:
    sent = play.person("duthay")
    play.answers("daibieu", "substitute", substitute=sent)
    assert play.decides("daibieu", approved=True) == ""
    play.describe(title="Tên khác (demo)", starts_at="2026-12-16T01:30:00.000Z")
    meetings = play.office.services.meetings
    assert stands_for(meetings.state(MeetingId(play.meeting)), sent) is not None, "the same time and room"
    play.describe(starts_at="2026-12-17T01:30:00.000Z")
    state = meetings.state(MeetingId(play.meeting))
    assert (stands_for(state, sent), state.member(sent)) == (None, None)
    own = state.member(play.person("daibieu"))
    assert own is not None
    assert own.seat is not None, "back at their seat"
    assert play.counts()["waiting"] == 2
    assert play.answers("daibieu", "attend") == ""


def test_N13_a_cancelled_meeting_takes_no_answer(play: Play) -> None:
    play.office.sign_in("chutri").post(f"/api/meetings/{play.meeting}/cancel", {"reason": "Hoãn (demo)"}).done()
    assert play.answers("daibieu", "attend") == "letter-answers-over"
    assert play.office.sign_in("daibieu").get("/api/invitations").done()["invitations"] == []


def test_N13_a_member_removed_after_answering_counts_no_more(play: Play) -> None:
    play.answers("daibieu", "attend")
    kept = [each for each in play.office.members() if each["person"] != play.person("daibieu")]
    play.secretary.put(f"/api/meetings/{play.meeting}/members", {"members": kept}).done()
    assert (play.counts()["invited"], play.counts()["attend"]) == (1, 0)
    assert play.answers("daibieu", "attend") == "not-allowed"


def test_N18_who_has_left_is_named_counts_as_coming_nowhere_and_is_not_reminded(play: Play) -> None:
    play.answers("daibieu", "attend")
    assert play.secretary.get(play.path).done()["left"] == []
    for name in ("daibieu", "khach"):
        play.office.sign_in("hethong").post(f"/api/people/{play.person(name)}/disable").done()
    shown = play.secretary.get(play.path).done()
    assert shown["left"] == ["daibieu (demo)", "khach (demo)"]
    assert shown["counts"] == dict.fromkeys(shown["counts"], 0) | {"left": 2}
    assert [each["left"] for each in shown["people"]] == [True, True]
    assert play.secretary.post(f"{play.path}/reminders").code == "letter-nobody-to-remind"
    play.office.sign_in("hethong").post(f"/api/people/{play.person('khach')}/enable").done()
    assert play.counts() | {"left": 1, "waiting": 1, "invited": 1} == play.counts()


def test_N14_who_has_not_answered_is_reminded_and_it_is_kept_when(play: Play) -> None:
    play.answers("daibieu", "attend")
    play.secretary.post(f"{play.path}/reminders").done()
    line = play.line("khach")
    assert (line["reminders"], line["reminded_at"] is not None, play.line("daibieu")["reminders"]) == (1, True, 0)
    (listed,) = play.office.sign_in("khach").get("/api/invitations").done()["invitations"]
    assert listed["mine"]["reminders"] == 1
    play.answers("khach", "attend")
    assert play.secretary.post(f"{play.path}/reminders").code == "letter-nobody-to-remind"
    assert play.office.sign_in("khach").post(f"{play.path}/reminders").status == 403


def test_N14_what_is_late_is_said_and_stops_nobody(play: Play) -> None:
    assert play.secretary.get(play.path).done()["timing"] == {
        "invitation": "2026-12-11",
        "answers": "2026-12-15",
        "invitation_late": False,
        "answers_late": False,
        "day_off": False,
    }
    play.describe(starts_at="2026-11-25T01:30:00.000Z")
    late = play.secretary.get(play.path).done()["timing"]
    assert (late["invitation_late"], late["answers_late"]) == (True, False)
    assert play.answers("daibieu", "attend") == ""


def test_K5_an_invitation_on_the_day_itself_asks_by_that_day_in_its_words_and_on_every_page(play: Play) -> None:
    # Today is Monday the 23rd: the working day before has passed.
    play.describe(starts_at="2026-11-23T09:30:00.000Z")
    timing = play.secretary.get(play.path).done()["timing"]
    assert (timing["answers"], timing["answers_late"]) == ("2026-11-23", False)
    base = f"/api/meetings/{play.meeting}"
    assert play.secretary.get(f"{base}/deadlines").done()["deadlines"]["answers"] == "2026-11-23"
    agency = {"parent": "", "name": "Cơ quan", "short": "CQ", "place": "Hà Nội"}
    play.office.sign_in("hethong").put("/api/agency", agency).done()
    made = play.secretary.post(f"{base}/letters", {"kind": "invitation"}).done()["letter"]
    body = play.secretary.get(f"{base}/letters/{made}").done()["wording"]["body"]
    assert "chậm nhất ngày 23 tháng 11 năm 2026." in body
    play.office.clock.advance(days=2)
    assert play.office.sign_in("thuky").get(play.path).done()["timing"]["answers_late"] is True


@pytest.mark.parametrize("begins", ["9999-12-31T20:00:00.000Z", "0001-01-01T00:00:00.000Z"])
def test_N14_a_meeting_of_no_year_is_answered_without_deadlines(play: Play, begins: str) -> None:
    begin_at(play.office, play.meeting, begins)
    (listed,) = play.office.sign_in("daibieu").get("/api/invitations").done()["invitations"]
    assert listed["timing"] is None
    state = play.office.services.meetings.state(MeetingId(play.meeting))
    said = proposed(Kind.INVITATION, Facts(state, HOUSE, None)).body
    assert not any(line.startswith("Thời gian") for line in said)


def test_N11_before_an_invitation_is_issued_nobody_answers(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("approved")
    path = f"/api/meetings/{meeting}/invitation"
    assert office.sign_in("daibieu").get(path).done()["sent"] is None
    assert office.sign_in("daibieu").post(f"{path}/answer", {"reply": "attend"}).code == "letter-invitation-not-sent"
