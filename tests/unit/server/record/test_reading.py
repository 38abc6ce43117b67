"""The auditor reads every log, filters it, takes it along, and stands in it (L3)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from server.record import reading
from tests.support.office import Browser, Office

ENTRIES = "/api/record/entries"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def auditor(office: Office) -> Browser:
    return office.sign_in("kiemtoan")


def _read(auditor: Browser, **wanted: Any) -> list[dict[str, Any]]:
    """All pages of one reading."""
    page = auditor.post(ENTRIES, wanted).done()
    found: list[dict[str, Any]] = page["entries"]
    while page["next"] is not None:
        page = auditor.post(ENTRIES, {**wanted, "before": page["next"]}).done()
        found += page["entries"]
    return found


def test_L3_everything_is_shown_once_newest_first_and_the_reading_itself(office: Office, auditor: Browser) -> None:
    meeting = office.meeting("open")
    found = _read(auditor)
    assert [one["number"] for one in found] == list(reversed(range(office.services.record.size())))
    assert found[0]["kind"] == "log_read", "whoever begins to read is there before anything is shown"
    assert found[0]["actor_name"] == "kiemtoan (demo)"
    opened = next(one for one in found if one["kind"] == "meeting_opened")
    assert (opened["log"], opened["title"], opened["actor_name"]) == (meeting, "Họp thử (demo)", "chutri (demo)")
    made = [one for one in found if one["kind"] == "account_created"]
    assert "thuky (demo)" in {one["about"] for one in made}


def test_L3_going_on_with_a_reading_is_not_told_again(
    office: Office, auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 5)
    monkeypatch.setattr(reading, "PORTION", 2)
    size = office.services.record.size()
    found = _read(auditor, log="house")
    assert len(found) == size + 1
    assert [one["kind"] for one in found].count("log_read") == 1
    rare = _read(auditor, kind="room_created")
    assert [one["data"]["room"] for one in rare] == [office.room], "found behind many that are not wanted"


def test_L3_filters_take_what_is_asked_for(office: Office, auditor: Browser) -> None:
    first = office.clock.now()
    meeting = office.meeting("submitted")
    office.clock.advance(minutes=5)
    then = office.clock.now()
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/approve").done()
    person = office.people["chutri"]
    approved = _read(auditor, log=meeting, actor=person)
    assert [one["kind"] for one in approved] == ["epoch_started", "meeting_approved"]
    moment = then.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert {one["log"] for one in _read(auditor, log="house")} == {"house"}
    assert "meeting_created" not in {one["kind"] for one in _read(auditor, since=moment)}
    assert "meeting_approved" not in {one["kind"] for one in _read(auditor, until=moment)}
    told = next(one for one in _read(auditor, kind="log_read") if "actor" in one["data"])
    assert told["data"] == {"log": meeting, "actor": person}
    assert first < then


def test_L3_a_file_for_a_spreadsheet_calculates_nothing(office: Office, auditor: Browser) -> None:
    secretary = office.sign_in("thuky")
    title = "=HYPERLINK(0) (demo)"
    secretary.post("/api/meetings", {**office.description(), "title": title}).done()
    reply = auditor.post(f"{ENTRIES}/file", {})
    text = reply.raw.data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == office.services.record.size() + 1
    assert f"'{title}" in {row[3] for row in rows}
    assert rows[0][1] == "Thời điểm (giờ Việt Nam)"
    made = next(row for row in rows if row[3] == f"'{title}" and row[10] == "meeting_created")
    assert (made[2], made[6], made[5]) == ("Cuộc họp", "Tạo cuộc họp", "thuky (demo)")
    assert "Phòng: Phòng thử" in made[7]
    assert json.loads(made[11])["room"] == office.room
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "+07:00" in rows[1][1]
    assert _read(auditor, kind="log_read")[-1]["data"] == {"taken": True}


def test_L3_nobody_but_the_auditor_reads_all_logs(office: Office) -> None:
    for username, _ in Office.PEOPLE:
        browser = office.sign_in(username)
        expected = 200 if username == "kiemtoan" else 403
        assert (browser.post(ENTRIES, {}).status, browser.post(f"{ENTRIES}/file", {}).status) == (expected, expected)


RUBBISH: tuple[dict[str, Any], ...] = (
    {"log": "m-1"},
    {"log": 4},
    {"actor": "x"},
    {"before": -1},
    {"since": "gestern"},
    {"more": 1},
    {"kind": "k" * 99},
)


def test_L3_rubbish_is_refused_and_not_told(auditor: Browser, office: Office) -> None:
    before = office.services.record.size()
    assert [auditor.post(ENTRIES, rubbish).code for rubbish in RUBBISH] == ["bad-field"] * len(RUBBISH)
    assert office.services.record.size() == before


def test_L3_what_somebody_spoilt_is_shown_as_unreadable_not_left_out(office: Office, auditor: Browser) -> None:
    meeting = office.meeting("open")
    with office.services.database.begin() as tx:
        tx.exec_driver_sql("UPDATE meeting_events SET body = '{' WHERE seq = 3")
        tx.exec_driver_sql("DELETE FROM meeting_events WHERE seq = 4")
    spoilt = [one for one in _read(auditor, log=meeting) if one["kind"] == ""]
    assert [one["seq"] for one in spoilt] == [4, 3]
