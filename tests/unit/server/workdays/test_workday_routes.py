"""The calendar of working days as the house enters it, and what it makes of a meeting's deadlines (K1–K4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, begin_at, fresh_id

DAY = {"day": "2026-11-20", "kind": "off", "name": "Nghỉ bù (demo)"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_K2_the_system_administrator_enters_days_and_everybody_sees_them(office: Office) -> None:
    for name, _ in Office.PEOPLE:
        assert (office.sign_in(name).post("/api/workdays", DAY).status == 200) is (name == "hethong"), name
    seen = office.sign_in("daibieu").get("/api/workdays/2026").body
    assert seen == {"year": 2026, "days": [DAY], "by_law": ["2026-01-01", "2026-04-30", "2026-05-01", "2026-09-02"]}
    assert office.sign_in("daibieu").get("/api/workdays/2027").body["days"] == []
    assert office.browser().get("/api/workdays/2026").code == "not-signed-in"


def test_K2_a_day_is_dropped_once_and_both_are_in_the_record(office: Office) -> None:
    admin, act = office.sign_in("hethong"), fresh_id("a")
    for _ in range(2):
        admin.post("/api/workdays", DAY).done()
    admin.post("/api/workdays", {**DAY, "kind": "worked"}).done()
    assert admin.get("/api/workdays/2026").body["days"] == [{**DAY, "kind": "worked"}]
    for _ in range(2):
        admin.send("DELETE", "/api/workdays/2026-11-20", act=act).done()
    assert admin.send("DELETE", "/api/workdays/2026-11-20").code == "no-such-day"
    kinds = [each.kind for each in office.services.audit.newest("work_day_entered", "work_day_dropped", limit=9)]
    assert kinds == ["work_day_dropped", "work_day_entered", "work_day_entered"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-02-30"},
        {"day": "20261120"},
        {"day": "2026-11-20T00"},
        {"day": "1999-01-01"},
        {"day": 7},
        {"kind": "holiday"},
        {"name": " "},
        {"name": "x" * 81},
        {"more": 1},
    ],
)
def test_K2_rubbish_enters_nothing(office: Office, wrong: dict[str, Any]) -> None:
    admin = office.sign_in("hethong")
    assert admin.post("/api/workdays", {**DAY, **wrong}).code == "bad-field"
    assert admin.get("/api/workdays/2026").body["days"] == []
    assert admin.get("/api/workdays/1999").code == "no-such-day"
    assert admin.send("DELETE", "/api/workdays/heute").code == "bad-field"


def test_K3_K4_a_meetings_deadlines_follow_the_calendar(office: Office) -> None:
    # The meeting is on Monday 23 November 2026, and is closed that day.
    meeting, secretary = office.meeting("open"), office.sign_in("thuky")
    path = f"/api/meetings/{meeting}/deadlines"
    assert secretary.get(path).body["deadlines"]["conclusion"] is None
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    usual = {"invitation": "2026-11-18", "papers": "2026-11-19", "answers": "2026-11-20", "conclusion": "2026-11-30"}
    assert secretary.get(path).body == {"deadlines": usual, "today": "2026-11-23"}
    office.sign_in("hethong").post("/api/workdays", DAY).done()
    office.sign_in("hethong").post("/api/workdays", {**DAY, "day": "2026-11-28", "kind": "worked"}).done()
    other = {"invitation": "2026-11-17", "papers": "2026-11-18", "answers": "2026-11-19", "conclusion": "2026-11-28"}
    assert secretary.get(path).body["deadlines"] == other
    assert office.sign_in("chutri").get(path).status == 200
    assert office.sign_in("daibieu").get(path).code == "not-allowed"


@pytest.mark.parametrize("starts_at", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"])
def test_K3_a_meeting_at_the_end_of_the_calendar_has_no_deadlines(office: Office, starts_at: str) -> None:
    secretary = office.sign_in("thuky")
    meeting = office.meeting()
    begin_at(office, meeting, starts_at)
    assert secretary.get(f"/api/meetings/{meeting}/deadlines").body["deadlines"] is None
