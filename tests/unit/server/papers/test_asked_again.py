"""A command that was done and is asked again gets the answer it got, whatever has changed in between (W28)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pdfs
from tests.support.devices import Terminal
from tests.support.office import Browser, Office, fresh_id
from tests.support.papers import items_of, upload


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path, max_upload_mib=1)
    yield found
    found.services.close()


@pytest.fixture
def secretary(office: Office) -> Browser:
    return office.sign_in("thuky")


def _cancel(office: Office, meeting: str) -> None:
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/cancel", {"reason": "hoãn"}).done()


def test_an_upload_asked_again_after_the_end_of_the_meeting(office: Office, secretary: Browser) -> None:
    meeting, act, data = office.meeting("approved"), fresh_id("a"), pdfs.text_pdf()
    item = items_of(secretary, meeting)[0]
    first = upload(secretary, meeting, data, item=item, act=act)
    _cancel(office, meeting)
    again = upload(secretary, meeting, data, item=item, act=act)
    assert (again.status, again.body) == (201, first.done())
    assert upload(secretary, meeting, data, item=item).code == "phase-not-allowed"
    assert upload(secretary, meeting, pdfs.text_pdf(["khác"]), item=item, act=act).code == "act-reused"
    kept = [path.name for path in (office.services.settings.data_dir / "files").iterdir()]
    assert kept == [f"{first.body['paper']}.1.ct"]


def test_a_stub_asked_again_after_the_end_of_the_meeting(office: Office, secretary: Browser) -> None:
    meeting, act = office.meeting("approved"), fresh_id("a")
    item = items_of(secretary, meeting)[0]
    asked = {"item": item, "title": "Về việc (demo)", "secrecy": "secret", "act": act}
    first = upload(secretary, meeting, None, **asked)
    _cancel(office, meeting)
    again = upload(secretary, meeting, None, **asked)
    assert (again.status, again.body) == (201, first.done())


def test_a_further_version_asked_again_after_the_end_of_the_meeting(office: Office, secretary: Browser) -> None:
    meeting, act, data = office.meeting("approved"), fresh_id("a"), pdfs.text_pdf(["hai"])
    paper = upload(secretary, meeting, pdfs.text_pdf(), item=items_of(secretary, meeting)[0]).done()["paper"]
    first = upload(secretary, meeting, data, item="", paper=paper, act=act)
    _cancel(office, meeting)
    again = upload(secretary, meeting, data, item="", paper=paper, act=act)
    assert (again.status, again.body) == (201, first.done())


def test_members_asked_again_after_the_room_has_changed(office: Office, secretary: Browser) -> None:
    meeting, act = office.meeting(), fresh_id("a")
    path = f"/api/meetings/{meeting}"
    body = {"members": office.members()[:2]}
    first = secretary.put(f"{path}/members", body, act=act).done()
    plan = {"name": "Phòng khác", "seats": [{"label": "B1", "x": 1, "y": 1}]}
    other = office.sign_in("kythuat").post("/api/rooms", plan).done()["id"]
    secretary.put(path, {**office.description(), "room": other}).done()
    assert secretary.put(f"{path}/members", body, act=act).body == first
    assert secretary.put(f"{path}/members", body).code == "no-such-seat"


@pytest.mark.parametrize("word", ["approve", "return"])
def test_a_decision_asked_again_after_the_end_of_the_meeting(office: Office, secretary: Browser, word: str) -> None:
    meeting, act = office.meeting("approved"), fresh_id("a")
    paper = upload(secretary, meeting, pdfs.text_pdf(), item=items_of(secretary, meeting)[0]).done()["paper"]
    chair, body = office.sign_in("chutri"), {"reason": "Thiếu"} if word == "return" else {}
    path = f"/api/meetings/{meeting}/papers/{paper}/{word}"
    first = chair.post(path, body, act=act).done()
    _cancel(office, meeting)
    assert chair.post(path, body, act=act).body == first


def test_leading_asked_again_after_the_end(office: Office) -> None:
    meeting = office.meeting("open")
    chair, path = office.sign_in("chutri"), f"/api/meetings/{meeting}"
    item = items_of(chair, meeting)[0]
    asked = [
        (f"{path}/items/{item}/start", {}),
        (f"{path}/display", {"mode": "message", "text": "Nghỉ 10 phút"}),
        (f"{path}/present/stop", {}),
        (f"{path}/recess", {}),
        (f"{path}/close", {}),
        (f"{path}/lock", {}),
    ]
    acts = [fresh_id("a") for _ in asked]
    first = [chair.post(where, body, act=act).done() for (where, body), act in zip(asked, acts, strict=True)]
    again = [chair.post(where, body, act=act).done() for (where, body), act in zip(asked, acts, strict=True)]
    assert again == first


def test_seating_a_terminal_asked_again_after_it_was_revoked(office: Office, tmp_path: Path) -> None:
    operator = office.sign_in("kythuat")
    terminal = _terminal(office, tmp_path)
    approve = {"seat": office.seats[0], "code": terminal[1]}
    path, act = f"/api/devices/{terminal[0]}", fresh_id("a")
    assert operator.post(f"{path}/approve", approve, act=act).status == 204
    operator.post(f"{path}/revoke", {"reason": "hỏng"}).done()
    assert operator.post(f"{path}/approve", approve, act=act).status == 204
    assert operator.post(f"{path}/approve", approve).code == "device-wrong-state"


def _terminal(office: Office, folder: Path) -> tuple[str, str]:

    found = Terminal(folder / "seat")
    office.app.test_client().post(
        "/.well-known/est/simpleenroll", data=found.request(), content_type="application/pkcs10"
    )
    return found.id, found.code
