"""Who reads a task without a part in it stops reading with the item: left, hidden, or gone (TK2)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.identity.model import Role
from tests.support import pdfs
from tests.support.office import Browser, Office, fresh_id, item
from tests.support.papers import items_of

DUE = "2026-11-27"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.services.close()


def led_by(office: Office, lead: str) -> str:
    """A unit whose head sits in the meeting and whose ``lead`` does not; the unit."""
    admin = office.sign_in("hethong")
    body = {"code": "V1", "name": "Vụ 1", "head": office.people["daibieu"]}
    unit = str(admin.post("/api/units", body).done()["id"])
    admin.post(f"/api/people/{office.people[lead]}/unit", {"unit": unit}).done()
    return unit


def seated(office: Office, guest: str, **first: Any) -> str:
    """An approved meeting of two items, the first as said; ``guest`` sits there as one more member."""
    secretary, path = office.sign_in("thuky"), ""
    meeting = str(secretary.post("/api/meetings", office.description()).done()["id"])
    path = f"/api/meetings/{meeting}"
    members = [each for each in office.members() if each["role"] != "guest"]
    members.append({"person": office.people[guest], "role": "member", "seat": office.seats[2]})
    secretary.put(f"{path}/members", {"members": members}).done()
    agenda = {"items": [item("Một", **first), item("Hai")], "expected_seq": secretary.get(path).body["seq"]}
    secretary.put(f"{path}/agenda", agenda).done()
    secretary.post(f"{path}/submit").done()
    office.sign_in("chutri").post(f"{path}/approve").done()
    return meeting


def given(office: Office, meeting: str, of: str, *, lead: str = "kythuat") -> str:
    """A task from an item."""
    body = {"title": "Rà soát hồ sơ mật", "lead": office.people[lead], "helpers": [], "due": DUE, "item": of}
    return str(office.sign_in("chutri").post(f"/api/meetings/{meeting}/tasks", body).done()["task"])


def told(browser: Browser, task: str, file: int) -> tuple[bool, ...]:
    """Whether a task is one's own, is found, is counted, is read, and its file is."""
    return (
        bool(browser.get("/api/tasks").done()["tasks"]),
        bool(browser.get("/api/tasks?q=ra+soat").done()["tasks"]),
        bool(browser.get("/api/tasks/counts").done()["units"]),
        browser.get(f"/api/tasks/{task}").code == "",
        browser.client.get(f"/api/tasks/{task}/files/{file}").status_code == 200,
    )


def test_TK2_who_has_to_leave_the_item_is_told_nothing_of_its_task(office: Office) -> None:
    office.people["thuky2"] = office.add("thuky2", frozenset({Role.SECRETARY}))
    led_by(office, "kythuat")
    meeting = seated(office, "thuky2")
    first = items_of(office.sign_in("thuky"), meeting)[0]
    task, lead = given(office, meeting, first), office.sign_in("kythuat")
    form = {"text": "", "file": (io.BytesIO(pdfs.text_pdf()), "Báo cáo.pdf")}
    headers = {"X-CSRF-Token": lead.csrf, "Idempotency-Key": fresh_id("a")}
    lead.client.post(f"/api/tasks/{task}/files", data=form, headers=headers, content_type="multipart/form-data")
    (file,) = [each["number"] for each in lead.get(f"/api/tasks/{task}").done()["files"]]
    head, prepares, secretary = office.sign_in("daibieu"), office.sign_in("thuky2"), office.sign_in("thuky")
    assert told(head, task, file) == told(prepares, task, file) == (True,) * 5
    for name in ("daibieu", "thuky2", "chutri"):
        leaving = {"item": first, "person": office.people[name], "reason": "Có liên quan"}
        secretary.post(f"/api/meetings/{meeting}/attendance/recusals", leaving)
    assert told(head, task, file) == told(prepares, task, file) == (False,) * 5
    assert prepares.post(f"/api/tasks/{task}/drop", {"text": "x"}).code == "task-unknown"
    assert prepares.get(f"/api/meetings/{meeting}/tasks").done()["tasks"] == []
    assert told(lead, task, file) == told(office.sign_in("chutri"), task, file) == (True,) * 5, "who answers, reads"


def test_TK2_a_member_reads_no_task_of_an_item_that_is_hidden_from_them(office: Office) -> None:
    led_by(office, "kythuat")
    meeting = seated(office, "khach", visibility="hidden")
    hidden, shown = items_of(office.sign_in("thuky"), meeting)
    of_hidden, of_shown = given(office, meeting, hidden), given(office, meeting, shown)
    seen = [each["id"] for each in office.sign_in("daibieu").get("/api/tasks").done()["tasks"]]
    assert seen == [of_shown]
    assert {each["id"] for each in office.sign_in("kythuat").get("/api/tasks").done()["tasks"]} == {of_hidden, of_shown}


def test_TK2_a_taken_task_is_read_as_long_as_its_item_stands(office: Office) -> None:
    secretary, leader = office.sign_in("thuky"), office.sign_in("khach")
    body = {"title": "Số hóa", "lead": office.people["daibieu"], "helpers": [], "due": DUE}
    first = str(secretary.post("/api/meetings", office.description()).done()["id"])
    secretary.put(f"/api/meetings/{first}/members", {"members": office.members()}).done()
    task = str(secretary.post(f"/api/meetings/{first}/tasks", body).done()["task"])
    later = {**office.description(), "starts_at": "2026-11-30T01:30:00.000Z"}
    second = str(secretary.post("/api/meetings", later).done()["id"])
    members = [{"person": office.people["khach"], "role": "chair", "seat": office.seats[0]}]
    secretary.put(f"/api/meetings/{second}/members", {"members": members}).done()
    secretary.post(f"/api/meetings/{second}/tasks/agenda", {"tasks": [task], "title": "Việc tồn đọng"}).done()
    assert leader.get(f"/api/tasks/{task}").done()["sides"] == ["reader"]
    seq = secretary.get(f"/api/meetings/{second}").body["seq"]
    secretary.put(f"/api/meetings/{second}/agenda", {"items": [], "expected_seq": seq}).done()
    assert leader.get(f"/api/tasks/{task}").code == "task-unknown"
    assert leader.get("/api/tasks").done()["tasks"] == []
