"""Meetings as the consoles use them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, fresh_id, item
from wire.fields import print_instant


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_M1_a_meeting_goes_from_draft_to_closed(office: Office) -> None:
    meeting = office.meeting("open")
    chair = office.sign_in("chutri")
    path = f"/api/meetings/{meeting}"
    for word, phase in (("recess", "recess"), ("resume", "open"), ("close", "closed")):
        chair.post(f"{path}/{word}").done()
        assert chair.get(path).body["sections"]["meeting"]["phase"] == phase
    again = chair.post(f"{path}/open")
    assert (again.status, again.code, again.data) == (409, "phase-not-allowed", {"phase": "closed"})


def test_W28_a_step_sent_twice_with_one_key_is_one_step(office: Office) -> None:
    meeting, act = office.meeting("approved"), fresh_id("a")
    chair, path = office.sign_in("chutri"), f"/api/meetings/{meeting}"
    first = chair.post(f"{path}/open", act=act).done()
    assert chair.post(f"{path}/open", act=act).done() == first
    assert chair.post(f"{path}/open").code == "phase-not-allowed"
    assert chair.post(f"{path}/close", act=act).code == "act-reused"
    assert office.sign_in("thuky").post("/api/meetings", office.description(), act=act).code == "act-reused"


def test_creating_twice_with_one_key_is_one_meeting(office: Office) -> None:
    secretary, act = office.sign_in("thuky"), fresh_id("a")
    first = secretary.post("/api/meetings", office.description(), act=act)
    assert first.status == 201
    assert secretary.post("/api/meetings", office.description(), act=act).body == first.body
    assert len(secretary.get("/api/meetings").body["meetings"]) == 1


@pytest.mark.parametrize(
    ("phase", "seen_by"),
    [
        ("draft", {"thuky", "chutri", "kiemtoan"}),
        ("submitted", {"thuky", "chutri", "kiemtoan"}),
        ("approved", {"thuky", "chutri", "kiemtoan", "daibieu", "khach"}),
        ("open", {"thuky", "chutri", "kiemtoan", "daibieu", "khach"}),
    ],
)
def test_who_sees_a_meeting_in_which_phase(office: Office, phase: str, seen_by: set[str]) -> None:
    meeting = office.meeting(phase)
    for name, _ in Office.PEOPLE:
        browser = office.sign_in(name)
        listed = browser.get("/api/meetings").body["meetings"]
        assert [row["id"] for row in listed] == ([meeting] if name in seen_by else []), name
        assert browser.get(f"/api/meetings/{meeting}").status == (200 if name in seen_by else 403), name


def test_a_meeting_that_is_not_there_is_not_told_from_one_that_may_not_be_seen(office: Office) -> None:
    meeting, none = office.meeting("draft"), fresh_id("m")
    guest = office.sign_in("khach")
    assert guest.get(f"/api/meetings/{meeting}").body == guest.get(f"/api/meetings/{none}").body
    assert office.sign_in("thuky").get(f"/api/meetings/{none}").code == "no-such-meeting"


def test_M2_the_log_is_for_those_who_lead_and_those_who_audit(office: Office) -> None:
    meeting = office.meeting("open")
    for name, _ in Office.PEOPLE:
        reply = office.sign_in(name).get(f"/api/meetings/{meeting}/events")
        assert reply.status == (200 if name in {"thuky", "chutri", "kiemtoan"} else 403), name
    auditor = office.sign_in("kiemtoan")
    events = auditor.get(f"/api/meetings/{meeting}/events").body["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert auditor.get(f"/api/meetings/{meeting}/events?after=3").body["events"] == events[3:]
    for wrong in ("x", "-1", "", "1" * 40, "٣"):
        assert auditor.get(f"/api/meetings/{meeting}/events?after={wrong}").code == "bad-request"


def test_M4_a_reorder_that_comes_too_late_is_told_so_and_loses_nothing(office: Office) -> None:
    meeting = office.meeting("open")
    path = f"/api/meetings/{meeting}"
    chair, secretary = office.sign_in("chutri"), office.sign_in("thuky")
    seen = chair.get(path).body["seq"]
    items = [kept(entry) for entry in chair.get(path).body["sections"]["agenda"]]
    chair.put(f"{path}/agenda", {"items": items[::-1], "expected_seq": seen}).done()
    reply = secretary.put(f"{path}/agenda", {"items": [*items, item("Ba")], "expected_seq": seen})
    assert (reply.status, reply.code, reply.data) == (409, "agenda-changed", {"seq": seen + 1})
    assert [i["item"] for i in chair.get(path).body["sections"]["agenda"]] == [i["item"] for i in items[::-1]]


def test_M4_a_guest_is_never_sent_what_is_internal_or_hidden(office: Office) -> None:
    meeting = office.meeting("open")
    path = f"/api/meetings/{meeting}"
    secretary = office.sign_in("thuky")
    items = [kept(entry) for entry in secretary.get(path).body["sections"]["agenda"]]
    secret = [item("Nội bộ", visibility="internal"), item("Ẩn", visibility="hidden")]
    secretary.put(f"{path}/agenda", {"items": [*items, *secret], "expected_seq": 99}).done()
    titles = {
        name: [entry["title"] for entry in office.sign_in(name).get(path).body["sections"]["agenda"]]
        for name in ("thuky", "chutri", "daibieu", "khach")
    }
    assert titles["thuky"] == titles["chutri"] == ["Một", "Hai", "Nội bộ", "Ẩn"]
    assert titles["daibieu"] == ["Một", "Hai", "Nội bộ"]
    assert titles["khach"] == ["Một", "Hai"]


def test_members_sit_in_the_meetings_own_room_and_exist(office: Office) -> None:
    meeting = office.meeting("draft")
    secretary, path = office.sign_in("thuky"), f"/api/meetings/{meeting}/members"
    plan = {"name": "Khác", "seats": [{"label": "Z", "x": 1, "y": 1}]}
    elsewhere = office.sign_in("kythuat").post("/api/rooms", plan).body["seats"][0]["id"]
    chair = office.people["chutri"]
    for person, seat, code in (
        (chair, elsewhere, "no-such-seat"),
        (chair, fresh_id("s"), "no-such-seat"),
        (fresh_id("u"), None, "no-such-person"),
    ):
        body = {"members": [{"person": person, "role": "chair", "seat": seat}]}
        assert secretary.put(path, body).code == code


def test_a_meeting_needs_a_room_that_exists(office: Office) -> None:
    secretary = office.sign_in("thuky")
    assert secretary.post("/api/meetings", {**office.description(), "room": fresh_id("r")}).code == "no-such-room"


class _OneDisplay:
    """The displays feature with one display, in one room."""

    def __init__(self, room: str) -> None:
        self.room = room

    def room_of(self, token: str) -> str | None:
        return self.room if token == "the display's cookie" else None


def test_F2_a_display_sees_the_approved_meetings_of_its_room_and_changes_nothing(office: Office) -> None:
    draft, approved = office.meeting("draft"), office.meeting("approved")
    office.services.slots.displays = _OneDisplay(office.room)
    wall = office.browser()
    wall.client.set_cookie("phonghop_display", "the display's cookie")
    assert [row["id"] for row in wall.get("/api/meetings").body["meetings"]] == [approved]
    assert wall.get(f"/api/meetings/{approved}").body["sections"]["meeting"]["phase"] == "approved"
    assert wall.get(f"/api/meetings/{draft}").code == "not-allowed"
    assert wall.get("/api/rooms").code == "not-signed-in"
    assert wall.get(f"/api/meetings/{approved}/events").code == "not-signed-in"
    assert wall.post(f"/api/meetings/{approved}/display", {"mode": "blank"}).code == "not-signed-in"
    office.services.slots.displays = _OneDisplay(fresh_id("r"))
    assert wall.get(f"/api/meetings/{approved}").code == "not-allowed"
    assert wall.get("/api/meetings").body["meetings"] == []


def kept(entry: dict[str, Any]) -> dict[str, Any]:
    """An item of the sections as it is written back."""
    return {key: entry[key] for key in ("item", "parent", "title", "minutes", "visibility", "presenter")}


def test_a_room_is_taken_over_midnight_and_from_the_evening_before(office: Office) -> None:
    secretary = office.sign_in("thuky")
    # From half past eleven at night in Viet Nam to one in the morning.
    late = office.description() | {"title": "Họp đêm (demo)", "starts_at": "2026-12-01T16:30:00.000Z"}
    secretary.post("/api/meetings", late).done()

    def titles(begins: str, minutes: int) -> list[str]:
        asked = secretary.get(f"/api/rooms/{office.room}/taken?starts_at={begins}&minutes={minutes}").done()
        return [each["title"] for each in asked["meetings"]]

    assert titles("2026-12-01T17:15:00.000Z", 30) == ["Họp đêm (demo)"], "the day after, before it ends"
    assert titles("2026-12-01T15:00:00.000Z", 120) == ["Họp đêm (demo)"], "the evening before, into its beginning"
    assert titles("2026-12-01T18:00:00.000Z", 30) == []


def test_a_room_that_is_taken_is_said_to_whoever_plans_and_what_for_to_who_may_see(office: Office) -> None:
    meeting, secretary = office.meeting("draft"), office.sign_in("thuky")
    about = secretary.get(f"/api/meetings/{meeting}").done()["sections"]["meeting"]
    chair = office.sign_in("chutri")
    secretary.post("/api/meetings", office.description() | {"title": "Cuộc khác"}).done()
    span = f"starts_at={about['starts_at']}&minutes=30"
    house, besides = (
        f"/api/rooms/{office.room}/taken?{span}",
        f"/api/meetings/{meeting}/taken?room={office.room}&{span}",
    )

    def titles(browser: Any, asked: str) -> list[str]:
        return [each["title"] for each in browser.get(asked).done()["meetings"]]

    assert sorted(titles(secretary, house)) == sorted([about["title"], "Cuộc khác"])
    assert titles(secretary, besides) == ["Cuộc khác"]
    assert titles(chair, besides) == [""], "the chair is in no other meeting: that it is there, not what"
    # Who begins when the others end stands in nobody's way, and what is cancelled neither.
    start = dt.datetime.fromisoformat(about["starts_at"])
    ends = print_instant(start + dt.timedelta(minutes=about["planned_minutes"]))
    before = print_instant(start - dt.timedelta(minutes=30))
    for edge in (ends, before):
        path = f"/api/rooms/{office.room}/taken?starts_at={edge}&minutes=30"
        assert secretary.get(path).done()["meetings"] == []
    secretary.post(f"/api/meetings/{meeting}/cancel", {"reason": "Hoãn"}).done()
    assert titles(secretary, house) == ["Cuộc khác"]
    assert secretary.get(f"/api/rooms/{office.room}/taken?starts_at=x&minutes=30").status == 400
    assert secretary.get(f"/api/rooms/{office.room}/taken?starts_at={ends}&minutes=-3").status == 400
    assert [office.sign_in("kythuat").get(asked).status for asked in (house, besides)] == [403, 403]
