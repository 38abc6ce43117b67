"""Substitutes and recusals as chair and secretary decide them, and what follows for votes and papers (A2, A3, W90)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.attendance.places import Leaving, readmit
from server.errors import NotAllowed, ServerError
from server.meetings.commands import By
from server.speaking import model as speaking_model
from server.speaking.model import Asking, ask
from tests.support.office import Browser, Office, fresh_id
from wire.ids import MeetingId
from wire.messages import Act, Head
from wire.speaking import SpeechKind

RULE = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _standing(office: Office, **more: Any) -> dict[str, Any]:
    who = {"member": office.people["daibieu"], "person": office.people["kythuat"]}
    return {**who, "may_speak": True, "may_vote": True, "reason": "Giấy cử số 12/VKS", **more}


def _sign_in(office: Office, meeting: str, name: str) -> Any:
    head = Head(fresh_id("d"), bytes(16), 1, office.clock.now())
    data = {"person": office.people[name], "password": "mật khẩu thử"}
    act = Act(head, fresh_id("a"), meeting, "sign_in", None, office.clock.now(), data)
    return office.services.acts.perform(act, device=fresh_id("d"), seat=office.seats[1], now=office.clock.now())


def _vote(secretary: Browser, path: str) -> dict[str, Any]:
    item = secretary.get(path).body["sections"]["agenda"][0]["item"]
    body = {"item": item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": RULE}
    vote = secretary.post(f"{path}/votes", body).done()["vote"]
    secretary.post(f"{path}/votes/{vote}/open").done()
    found: dict[str, Any] = secretary.get(path).body["sections"]["votes"][0]
    return found


def test_A3_a_substitute_signs_in_at_the_seat_votes_and_the_member_does_not(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    secretary.post(f"{path}/attendance/substitutes", _standing(office)).done()
    refused = _sign_in(office, meeting, "daibieu")
    assert (refused.code, refused.data["name"]) == ("place-taken", "kythuat (demo)")
    assert _sign_in(office, meeting, "kythuat").outcome == "done"
    vote = _vote(secretary, path)
    assert {line["person"] for line in vote["roll"]} == {office.people["chutri"], office.people["kythuat"]}
    cast = {"answer": "for", "nonce": "0" * 64}
    ballot = f"{path}/votes/{vote['vote']}/ballot"
    assert office.sign_in("daibieu").post(ballot, cast).code == "not-on-the-roll"
    office.sign_in("kythuat").post(ballot, cast).done()


def test_A3_a_substitute_without_a_vote_leaves_the_place_to_its_absent_member(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    secretary.post(f"{path}/attendance/substitutes", _standing(office, may_vote=False)).done()
    assert _sign_in(office, meeting, "kythuat").outcome == "done"
    secretary.post(f"{path}/attendance", {"people": [office.people["chutri"]], "presence": "present"}).done()
    roll = {line["person"]: line["present"] for line in _vote(secretary, path)["roll"]}
    assert roll == {office.people["chutri"]: True, office.people["daibieu"]: False}


def test_A3_what_cannot_be_is_refused_by_name(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    call, member = f"{path}/attendance/substitutes", office.people["daibieu"]
    assert secretary.post(call, _standing(office, reason=" ")).code == "reason-needed"
    assert secretary.post(call, _standing(office, person=office.people["chutri"])).code == "has-own-place"
    assert secretary.post(call, _standing(office, member=office.people["chutri"])).code == "not-replaceable"
    assert secretary.post(call, _standing(office, person=fresh_id("u"))).code == "no-such-person"
    assert secretary.post(f"{call}/end", {"member": member}).code == "not-replaced"
    assert office.sign_in("daibieu").post(call, _standing(office)).code == "not-allowed"
    secretary.post(f"{path}/attendance", {"people": [member], "presence": "present"}).done()
    assert secretary.post(call, _standing(office)).code == "member-still-here"
    secretary.post(f"{path}/attendance", {"people": [member], "presence": "left"}).done()
    secretary.post(call, _standing(office)).done()
    assert secretary.post(call, _standing(office, person=office.people["khach"])).code == "not-replaceable"
    written = {"people": [member], "presence": "present", "reason": "nhầm"}
    assert secretary.post(f"{path}/attendance", written).code == "place-taken"
    secretary.post(f"{call}/end", {"member": member, "reason": "đã trở lại"}).done()
    secretary.post(f"{path}/attendance", {"people": [member], "presence": "returned"}).done()
    kinds = [each["kind"] for each in secretary.get(f"{path}/events").body["events"]]
    assert kinds[-4:] == ["attendance_recorded", "substitute_named", "substitute_ended", "attendance_recorded"]


def test_W90_a_recused_member_has_no_vote_and_the_arithmetic_says_so(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary, member = f"/api/meetings/{meeting}", office.sign_in("thuky"), office.sign_in("daibieu")
    items = [each["item"] for each in secretary.get(path).body["sections"]["agenda"]]
    leaving = {"item": items[0], "person": member.person, "reason": "người thân của bị can"}
    call = f"{path}/attendance/recusals"
    assert secretary.post(call, {**leaving, "reason": ""}).code == "reason-needed"
    assert secretary.post(call, {**leaving, "person": office.people["chutri"]}).code == "cannot-leave-item"
    assert secretary.post(f"{call}/end", leaving).code == "not-recused"
    assert member.post(call, leaving).code == "not-allowed"
    first = secretary.post(call, leaving).done()
    assert secretary.post(call, leaving).done() == first
    secretary.post(
        f"{path}/attendance", {"people": [member.person, office.people["chutri"]], "presence": "present"}
    ).done()
    vote = _vote(secretary, path)
    assert [line["person"] for line in vote["roll"]] == [office.people["chutri"]]
    assert (vote["turnout"]["entitled"], vote["recused"]) == (1, 1)
    assert member.get(path).body["sections"]["votes"] == []
    ballot = {"answer": "for", "nonce": "0" * 64}
    assert member.post(f"{path}/votes/{vote['vote']}/ballot", ballot).code == "not-on-the-roll"
    assert secretary.get(f"{path}/attendance").body["people"][1]["seconds"] == []
    secretary.post(f"{call}/end", {**leaving, "reason": "ghi nhầm"}).done()
    assert member.get(path).body["sections"]["agenda"][0]["recused"] == []


def test_W90_who_has_to_leave_while_a_vote_runs_gives_no_ballot_and_does_not_come_back_by_themselves(
    office: Office,
) -> None:
    meeting = office.meeting("open")
    path, secretary, member = f"/api/meetings/{meeting}", office.sign_in("thuky"), office.sign_in("daibieu")
    items = [each["item"] for each in secretary.get(path).body["sections"]["agenda"]]
    people = [member.person, office.people["chutri"]]
    secretary.post(f"{path}/attendance", {"people": people, "presence": "present"}).done()
    vote = _vote(secretary, path)
    assert len(vote["roll"]) == 2
    leaving = {"item": items[0], "person": member.person, "reason": "người thân của bị can"}
    secretary.post(f"{path}/attendance/recusals", leaving).done()
    ballot = {"answer": "for", "nonce": "0" * 64}
    assert member.post(f"{path}/votes/{vote['vote']}/ballot", ballot).code == "not-on-the-roll"
    state = office.services.meetings.state(MeetingId(meeting))
    with pytest.raises(NotAllowed):
        readmit(state, Leaving(items[0], member.person, "tôi xong việc"), By(member.person, is_secretary=True))


def test_A3_W90_nobody_takes_the_floor_without_the_right_to(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    log = office.services.meetings
    item = secretary.get(path).body["sections"]["agenda"][0]["item"]
    leaving = {"item": item, "person": office.people["daibieu"], "reason": "người thân của bị can"}
    secretary.post(f"{path}/attendance/recusals", leaving).done()
    secretary.post(f"{path}/attendance/recusals/end", leaving).done()
    secretary.post(f"{path}/attendance/recusals", leaving).done()
    by = By(office.people["thuky"], is_secretary=True)

    def asks(person: str, *, on: str = item) -> str:
        try:
            ask(log.state(MeetingId(meeting)), fresh_id("a"), Asking(on, person, SpeechKind.SPEECH), by=by)
        except ServerError as refusal:
            return refusal.code
        return ""

    assert asks(office.people["daibieu"]) == "may-not-speak"
    secretary.post(f"{path}/attendance/substitutes", _standing(office, may_speak=False, may_vote=False)).done()
    assert asks(office.people["kythuat"]) == "may-not-speak"
    assert asks(office.people["chutri"]) == ""


def test_W90_who_asked_before_and_has_to_leave_now_gets_no_floor(office: Office) -> None:
    meeting = office.meeting("open")
    path, secretary, chair = f"/api/meetings/{meeting}", office.sign_in("thuky"), office.sign_in("chutri")
    item = secretary.get(path).body["sections"]["agenda"][0]["item"]
    chair.post(f"{path}/items/{item}/start").done()
    member = office.sign_in("daibieu")
    speech = member.post(f"{path}/speaking", {"item": item, "kind": "speech"}).done()["speech"]
    leaving = {"item": item, "person": member.person, "reason": "người thân của bị can"}
    secretary.post(f"{path}/attendance/recusals", leaving).done()
    assert chair.post(f"{path}/speaking/{speech}/call").code == "may-not-speak"


def test_S1_one_person_cannot_fill_the_queue_of_a_meeting(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking_model, "MOST_OF_ONE", 2)
    meeting = office.meeting("open")
    path, member = f"/api/meetings/{meeting}", office.sign_in("daibieu")
    item = member.get(path).body["sections"]["agenda"][0]["item"]
    for _ in range(2):
        speech = member.post(f"{path}/speaking", {"item": item, "kind": "speech"}).done()["speech"]
        member.post(f"{path}/speaking/{speech}/cancel").done()
    assert member.post(f"{path}/speaking", {"item": item, "kind": "speech"}).code == "too-many-speeches"
