"""Types, templates, earlier meetings and series through the server (O1–O7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import pdfs
from tests.support.office import Browser, Office, fresh_id, item
from tests.support.papers import published
from wire.ids import MeetingId

CONTENT: dict[str, Any] = {
    "type": "Giao ban tuần",
    "minutes": 60,
    "title": "Họp giao ban tuần",
    "roll": {"by_self": True, "quorum": {"num": 2, "den": 3, "more": False}},
    "steps": [
        {"title": "Kết quả tuần qua", "minutes": 20, "visibility": "common", "depth": 0},
        {"title": "Các phòng báo cáo", "minutes": 15, "visibility": "internal", "depth": 1},
        {"title": "Kế hoạch tuần tới", "minutes": 10, "visibility": "common", "depth": 0},
    ],
    "people": [],
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path)
    yield found
    found.services.close()


def kept(office: Office, name: str = "Giao ban tuần", **other: Any) -> str:
    admin = office.sign_in("hethong")
    body = {"name": name, "content": {**CONTENT, **other}}
    return str(admin.post("/api/meeting-types", body).done()["outline"])


def batch(office: Office, *starts: str, **other: Any) -> dict[str, Any]:
    begins = [{"starts_at": each} for each in starts or ("2026-12-07T01:30:00.000Z",)]
    about = {"title": "Họp giao ban", "type": "Giao ban tuần", "room": office.room, "planned_minutes": 60}
    return {**about, "starts": begins, **other}


def source(**other: Any) -> dict[str, Any]:
    return {"members": True, "agenda": True, "seats": True, **other}


def sections(browser: Browser, meeting: str) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"/api/meetings/{meeting}").done()["sections"]
    return found


def test_O1_a_type_is_the_administrators_and_its_agenda_begins_a_meeting(office: Office) -> None:
    outline, secretary = kept(office), office.sign_in("thuky")
    (listed,) = secretary.get("/api/meeting-types").done()["outlines"]
    assert (listed["name"], listed["content"]["minutes"]) == ("Giao ban tuần", 60)
    refused = secretary.post("/api/meeting-types", {"name": "Khác", "content": CONTENT})
    assert refused.status == 403
    assert office.sign_in("chutri").post("/api/series", batch(office)).status == 403
    (made,) = secretary.post("/api/series", batch(office, source=source(outline=outline))).done()["meetings"]
    now = sections(secretary, made["id"])
    assert [(each["number"], each["title"], each["visibility"]) for each in now["agenda"]] == [
        ("1", "Kết quả tuần qua", "common"),
        ("1.1", "Các phòng báo cáo", "internal"),
        ("2", "Kế hoạch tuần tới", "common"),
    ]
    assert (now["meeting"]["phase"], now["meeting"]["series"], now["members"]) == ("draft", None, [])


def test_O1_a_type_that_names_somebody_or_hangs_in_the_air_is_refused(office: Office) -> None:
    admin = office.sign_in("hethong")
    person = {"person": office.people["chutri"], "name": "x", "role": "chair"}
    deep = [{"title": "x", "minutes": 5, "visibility": "common", "depth": 1}]
    for wrong in ({"people": [person]}, {"steps": deep}, {"minutes": 0}):
        assert admin.post("/api/meeting-types", {"name": "x", "content": {**CONTENT, **wrong}}).status == 400


def test_O2_a_clone_has_people_agenda_and_seats_and_nothing_that_happened(office: Office) -> None:
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    old = office.meeting("approved")
    published(secretary, chair, old, pdfs.text_pdf())
    chair.post(f"/api/meetings/{old}/open").done()
    (made,) = secretary.post("/api/series", batch(office, source=source(meeting=old))).done()["meetings"]
    before, after = sections(secretary, old), sections(secretary, made["id"])
    placed = [(each["person"], each["role"], each["seat"]) for each in before["members"]]
    assert [(each["person"], each["role"], each["seat"]) for each in after["members"]] == placed
    assert [each["title"] for each in after["agenda"]] == ["Một", "Hai"]
    assert {each["item"] for each in after["agenda"]}.isdisjoint({each["item"] for each in before["agenda"]})
    assert (after["papers"], after["votes"], after["attendance"], after["meeting"]["phase"]) == ([], [], [], "draft")
    state = office.services.meetings.state(MeetingId(made["id"]))
    assert (state.invitation, state.speaking.speeches, state.requests) == (None, (), ())


def test_O2_who_has_left_and_seats_of_another_room_are_left_out_and_named(office: Office) -> None:
    secretary, old = office.sign_in("thuky"), office.meeting()
    office.sign_in("hethong").post(f"/api/people/{office.people['daibieu']}/disable", {}).done()
    room = office.sign_in("kythuat").post(
        "/api/rooms", {"name": "Phòng nhỏ", "seats": [{"label": "B1", "x": 1, "y": 1}]}
    )
    other = room.done()["id"]
    told = secretary.post("/api/series", batch(office, source=source(meeting=old), room=other)).done()
    assert {(each["name"], each["why"]) for each in told["left_out"]} == {
        ("daibieu (demo)", "gone"), ("chutri (demo)", "seat"), ("khach (demo)", "seat"),
    }  # fmt: skip
    members = sections(secretary, told["meetings"][0]["id"])["members"]
    assert [(each["role"], each["seat"]) for each in members] == [("chair", None), ("guest", None), ("secretary", None)]


def test_O3_a_template_keeps_its_name_for_itself_however_it_is_written(office: Office) -> None:
    secretary, meeting = office.sign_in("thuky"), office.meeting()
    path = f"/api/meetings/{meeting}/template"
    first = secretary.post(path, {"name": "Giao ban  quý"}).done()["outline"]
    again = secretary.post(path, {"name": unicodedata.normalize("NFD", "GIAO BAN QUÝ")})
    assert (again.code, again.data) == ("outline-taken", {"name": "GIAO BAN QUÝ"})
    secretary.send("DELETE", f"/api/meeting-templates/{first}").done()
    refused = secretary.post("/api/series", batch(office, source=source(outline=first)))
    assert refused.code == "outline-unknown"
    assert secretary.post(path, {"name": "Giao ban quý"}).status == 201, "the name is free again"


def test_O3_of_two_who_change_a_type_the_second_sees_what_it_says_now(office: Office) -> None:
    outline, admin = kept(office), office.sign_in("hethong")
    body = {"name": "Giao ban tuần", "content": {**CONTENT, "minutes": 45}, "revision": 1}
    admin.put(f"/api/meeting-types/{outline}", body).done()
    refused = admin.put(f"/api/meeting-types/{outline}", {**body, "name": "Họp tuần"})
    assert (refused.code, refused.data["outline"]["content"]["minutes"]) == ("outline-changed", 45)
    assert office.sign_in("thuky").put(f"/api/meeting-types/{outline}", body).status == 403


def test_O4_a_series_is_made_once_however_often_it_is_asked_for(office: Office) -> None:
    outline, secretary, act = kept(office), office.sign_in("thuky"), fresh_id("a")
    starts = [f"2026-12-{day:02}T01:30:00.000Z" for day in (14, 7, 21)]
    body = batch(office, *starts, source=source(outline=outline))
    made = secretary.post("/api/series", body, act=act).done()
    assert secretary.post("/api/series", body, act=act).done() == made
    assert len(secretary.get("/api/meetings").body["meetings"]) == 3
    told = [sections(secretary, each["id"])["meeting"] for each in made["meetings"]]
    assert [(each["starts_at"], each["series"]["number"], each["series"]["of"]) for each in told] == [
        ("2026-12-07T01:30:00.000Z", 1, 3), ("2026-12-14T01:30:00.000Z", 2, 3), ("2026-12-21T01:30:00.000Z", 3, 3),
    ]  # fmt: skip
    assert {each["series"]["series"] for each in told} == {made["series"]}
    twice = batch(office, starts[0], starts[0])
    assert secretary.post("/api/series", twice).code == "series-day-unfit"
    assert secretary.post("/api/series", batch(office) | {"starts": []}).code == "series-day-unfit"


def test_O6_a_holiday_in_a_series_is_shown_and_moved_and_a_taken_room_said(office: Office) -> None:
    admin, secretary = office.sign_in("hethong"), office.sign_in("thuky")
    admin.post("/api/workdays", {"day": "2026-12-14", "kind": "off", "name": "Nghỉ bù"}).done()
    other = office.description() | {"title": "Họp khác", "starts_at": "2026-12-21T02:00:00.000Z"}
    secretary.post("/api/meetings", other).done()
    asked = f"rule=weekly&first=2026-12-07T01:30:00.000Z&every=1&count=3&room={office.room}&minutes=60"
    days: list[dict[str, Any]] = []
    for move, day in (("after", "2026-12-15"), ("before", "2026-12-11"), ("keep", "2026-12-14")):
        days = secretary.get(f"/api/series?{asked}&move={move}").done()["days"]
        assert (days[1]["counted"], days[1]["day"], days[1]["off"]) == ("2026-12-14", day, True)
        assert days[1]["starts_at"] == f"{day}T01:30:00.000Z", "the time of day stays"
    assert [each["taken_by"] for each in days] == ["", "", "Họp khác"]
    assert secretary.get(f"/api/series?{asked}&move=after&rule=yearly").status == 200, "the first of two counts"
    for wrong in ("count=0", "count=61", "rule=yearly", "first=x", "every=99", "minutes=x"):
        name = wrong.partition("=")[0]
        kept_of = "&".join(each for each in asked.split("&") if not each.startswith(name))
        assert secretary.get(f"/api/series?{kept_of}&move=after&{wrong}").status == 400, wrong


def test_W141_a_meeting_of_a_series_stays_its_number_wherever_it_is_moved(office: Office) -> None:
    secretary = office.sign_in("thuky")
    body = batch(office, "2026-12-07T01:30:00.000Z", "2026-12-14T01:30:00.000Z")
    first = secretary.post("/api/series", body).done()["meetings"][0]["id"]
    secretary.put(f"/api/meetings/{first}", office.description()).done()
    assert sections(secretary, first)["meeting"]["series"]["number"] == 1
    seq = secretary.get(f"/api/meetings/{first}").body["seq"]
    secretary.put(f"/api/meetings/{first}/agenda", {"items": [item("Một")], "expected_seq": seq}).done()
