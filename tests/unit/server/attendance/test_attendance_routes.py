"""The roll over HTTP and from the seats (A1, A4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Browser, Office, begin_at, fresh_id
from wire.messages import Act, Head

TWO_THIRDS = {"num": 2, "den": 3, "more": False}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _write(browser: Browser, path: str, presence: str, *people: str, **more: Any) -> Any:
    return browser.post(f"{path}/attendance", {"people": list(people), "presence": presence, **more})


def _act(office: Office, meeting: str, person: str | None, kind: str, data: dict[str, Any]) -> Any:
    head = Head(fresh_id("d"), bytes(16), 1, office.clock.now())
    act = Act(head, fresh_id("a"), meeting, kind, person, office.clock.now(), data)
    return office.services.acts.perform(act, device=fresh_id("d"), seat=office.seats[1], now=office.clock.now())


def test_A1_staff_keep_the_roll_and_read_who_was_there_for_which_item(office: Office) -> None:
    meeting = office.meeting("open")
    path, chair, member = f"/api/meetings/{meeting}", office.people["chutri"], office.people["daibieu"]
    secretary = office.sign_in("thuky")
    _write(secretary, path, "present", chair, member).done()
    agenda = secretary.get(path).body["sections"]["agenda"]
    office.sign_in("chutri").post(f"{path}/items/{agenda[0]['item']}/start").done()
    office.clock.advance(minutes=3)
    assert _write(secretary, path, "excused", member).code == "reason-needed"
    _write(secretary, path, "left", member, reason="có việc đột xuất").done()
    office.clock.advance(minutes=2)
    sheet = secretary.get(f"{path}/attendance").body
    assert [each["seconds"] for each in sheet["items"]] == [300]
    rows = {row["person"]: row for row in sheet["people"]}
    assert (rows[chair]["seconds"], rows[member]["seconds"]) == ([300], [180])
    words = [(word["presence"], word["reason"], word["by"]) for word in rows[member]["words"]]
    by = f"person:{office.people['thuky']}"
    assert words == [("present", "", by), ("left", "có việc đột xuất", by)]


def test_A1_members_write_about_themselves_alone(office: Office) -> None:
    meeting = office.meeting("open")
    path, member = f"/api/meetings/{meeting}", office.sign_in("daibieu")
    assert _write(member, path, "present", member.person).code == "not-allowed"
    assert member.get(f"{path}/attendance").code == "not-allowed"
    assert member.post(f"{path}/attendance/self", {"said": "here"}).code == "self-roll-call-off"
    password = {"person": member.person, "password": "mật khẩu thử"}
    begin_at(office, meeting, "2026-01-05T01:30:00.000Z")
    office.clock.advance(minutes=11)
    assert _act(office, meeting, None, "sign_in", password).outcome == "done"
    member.post(f"{path}/attendance/self", {"said": "here"}).done()
    chair, entry = office.sign_in("thuky").get(path).body["sections"]["attendance"]
    assert (entry["person"], entry["presence"], entry["method"]) == (member.person, "late", "self")
    assert (chair["person"], chair["presence"], chair["method"]) == (office.people["chutri"], "present", "self")


def test_A1_who_opens_the_meeting_is_there_unless_the_roll_or_their_seat_says_so_already(office: Office) -> None:
    meeting, chair = office.meeting("approved"), office.people["chutri"]
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    _write(secretary, path, "excused", chair, reason="Họp khác").done()
    office.clock.advance(minutes=12)
    office.sign_in("chutri").post(f"{path}/open").done()
    (entry,) = secretary.get(path).body["sections"]["attendance"]
    assert (entry["person"], entry["presence"], entry["method"]) == (chair, "present", "self")
    assert entry["arrived_at"] == secretary.get(path).body["sections"]["meeting"]["opened_at"], "late is the meeting"
    assert secretary.get(path).body["sections"]["quorum"]["present"] == 1
    other = office.meeting("approved")
    password = {"person": chair, "password": "mật khẩu thử"}
    assert _act(office, other, None, "sign_in", password).outcome == "done"
    office.sign_in("chutri").post(f"/api/meetings/{other}/open").done()
    assert secretary.get(f"/api/meetings/{other}").body["sections"]["attendance"] == [], "their seat says it"


def test_A1_at_the_seat_a_person_comes_and_leaves_once_they_have_signed_in(office: Office) -> None:
    meeting, person = office.meeting("open"), office.people["daibieu"]
    assert _act(office, meeting, person, "presence", {"said": "here"}).code == "not-signed-in-here"
    password = {"person": person, "password": "mật khẩu thử"}
    assert _act(office, meeting, None, "sign_in", password).outcome == "done"
    assert _act(office, meeting, person, "presence", {"said": "here"}).outcome == "done"
    assert _act(office, meeting, person, "presence", {"said": "left", "reason": "họp khác"}).outcome == "done"
    assert _act(office, meeting, person, "presence", {"said": "gone"}).code == "bad-field"


def test_W86_who_sat_there_before_the_opening_is_written_down_as_present(office: Office) -> None:
    meeting, person = office.meeting("approved"), office.people["daibieu"]
    assert _act(office, meeting, None, "sign_in", {"person": person, "password": "mật khẩu thử"}).outcome == "done"
    office.clock.advance(minutes=3)
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/open").done()
    office.clock.advance(minutes=2)
    assert _act(office, meeting, person, "presence", {"said": "here"}).outcome == "done"
    (_chair, entry) = office.sign_in("thuky").get(f"/api/meetings/{meeting}").body["sections"]["attendance"]
    assert (entry["person"], entry["presence"]) == (person, "present")
    assert entry["arrived_at"] < entry["at"]


def test_A4_a_new_meeting_has_the_rule_of_its_type_and_the_secretary_may_choose_another(tmp_path: Path) -> None:
    office = Office(tmp_path, quorum_by_type=(("giao ban", None),), roll_by_self=False)
    secretary = office.sign_in("thuky")
    told: list[tuple[Any, Any]] = []
    for about in ({}, {"type": "Ủy ban kiểm sát"}, {"roll": {"by_self": True, "quorum": {**TWO_THIRDS, "num": 1}}}):
        path = f"/api/meetings/{secretary.post('/api/meetings', office.description() | about).done()['id']}"
        quorum = secretary.get(path).body["sections"]["quorum"]
        told.append((quorum["rule"], quorum["by_self"]))
        # What is not said stays as it was.
        secretary.put(path, office.description()).done()
        assert secretary.get(path).body["sections"]["quorum"] == quorum
    assert told == [(None, False), (TWO_THIRDS, False), ({**TWO_THIRDS, "num": 1}, True)]


def test_A2_a_vote_freezes_who_counts_and_who_is_there(office: Office) -> None:
    meeting = office.meeting("open")
    path, chair, member = f"/api/meetings/{meeting}", office.people["chutri"], office.people["daibieu"]
    secretary = office.sign_in("thuky")
    _write(secretary, path, "present", member).done()
    _write(secretary, path, "left", chair).done()
    item = secretary.get(path).body["sections"]["agenda"][0]["item"]
    rule = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": TWO_THIRDS, "tie": "fails"}
    body = {"item": item, "kind": "open", "question": "Thông qua?", "template": "approve", "rule": rule}
    vote = secretary.post(f"{path}/votes", body).done()["vote"]
    secretary.post(f"{path}/votes/{vote}/open").done()
    # Whoever comes or goes afterwards changes the quorum of the room, and nothing of the vote.
    _write(secretary, path, "left", member).done()
    _write(secretary, path, "returned", chair).done()
    sections = secretary.get(path).body["sections"]
    assert {line["person"]: line["present"] for line in sections["votes"][0]["roll"]} == {chair: False, member: True}
    assert sections["votes"][0]["turnout"] == {"entitled": 2, "present": 1, "cast": 0, "voting": 1}
    assert (sections["quorum"]["present"], sections["quorum"]["need"]) == (1, 2)
