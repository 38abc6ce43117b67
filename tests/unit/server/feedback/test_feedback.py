"""Faults and wishes, from who tells of them to the answer they read (FB1–FB3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.feedback.model import MOST
from tests.support.office import Office, fresh_id

ABOUT = {"page": "/meetings/:/papers", "error": "internal-error · 5f3a91c2", "browser": "Chromium"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_FB2_FB3_it_is_taken_answered_and_read_by_who_sent_it(office: Office) -> None:
    member, it = office.sign_in("daibieu"), office.sign_in("kythuat")
    said = {"kind": "fault", "text": "Trang đứng yên", "about": ABOUT}
    number = member.post("/api/me/feedback", said).done()["number"]
    (seen,) = it.get("/api/feedback").done()["feedback"]
    assert (seen["name"], seen["text"], seen["about"], seen["state"]) == ("daibieu (demo)", said["text"], ABOUT, "new")
    it.post(f"/api/feedback/{number}/take").done()
    it.post(f"/api/feedback/{number}/answer", {"answer": "Đã sửa"}).done()
    assert it.post(f"/api/feedback/{number}/answer", {"answer": "Khác"}).code == "feedback-over"
    assert it.post(f"/api/feedback/{number}/take").code == "feedback-over"
    (own,) = member.get("/api/me/feedback").done()["feedback"]
    assert (own["state"], own["answer"], own["by"], own["unread"]) == ("done", "Đã sửa", "kythuat (demo)", True)
    assert "about" not in own
    assert office.sign_in("khach").post(f"/api/me/feedback/{number}/read").code == "feedback-unknown"
    for _ in range(2):
        member.post(f"/api/me/feedback/{number}/read").done()
    assert [each["unread"] for each in member.get("/api/me/feedback").done()["feedback"]] == [False]
    assert office.sign_in("khach").get("/api/me/feedback").done()["feedback"] == []


def test_FB1_nothing_but_what_is_shown_can_come_with_it(office: Office) -> None:
    member = office.sign_in("daibieu")
    for surplus in (
        {"about": {"paper": "x"}},
        {"name": "x"},
        {"about": {"page": "x" * 301}},
        {"text": " "},
        {"kind": "x"},
    ):
        body = {"kind": "wish", "text": "Chữ to hơn"} | surplus
        assert member.post("/api/me/feedback", body).status == 400, surplus


def test_FB2_the_same_act_is_one_and_too_many_wait_for_an_answer(office: Office) -> None:
    member, act = office.sign_in("daibieu"), fresh_id("a")
    body = {"kind": "wish", "text": "Chữ to hơn"}
    first = member.post("/api/me/feedback", body, act=act).done()
    assert member.post("/api/me/feedback", body, act=act).done() == first
    for _ in range(MOST - 1):
        member.post("/api/me/feedback", body).done()
    assert member.post("/api/me/feedback", body).data == {"most": MOST}
    office.sign_in("kythuat").post(f"/api/feedback/{first['number']}/answer", {"answer": "Đã có"}).done()
    assert member.post("/api/me/feedback", body).status == 201
