"""What administrators do to the house is told in their log, in the same commit, by whom and without secrets (L1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.audit.model import AdminEvent
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import PASSWORD, Office, fresh_id
from wire.secret import Secret


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _told(office: Office, *kinds: str) -> list[AdminEvent]:
    with office.services.database.read() as tx:
        return [event for event in office.services.audit.store.all(tx) if event.kind in kinds]


def _by(office: Office, username: str) -> str:
    return f"person:{office.people[username]}"


def test_L1_accounts_made_switched_and_given_passwords_are_told_once(office: Office) -> None:
    admin = office.sign_in("hethong")
    admin.post("/api/units", {"code": "P1", "name": "Phòng 1"}).done()
    body = {"username": "moi", "name": "Mới (demo)", "position": "Kiểm sát viên", "unit": "Phòng 1", "roles": ["it"]}
    act = fresh_id("a")
    person = admin.post("/api/people", {**body, "password": PASSWORD}, act=act).done()["id"]
    admin.post("/api/people", {**body, "password": PASSWORD}, act=act).done()
    (made,) = [one for one in _told(office, "account_created") if one.data["person"] == person]
    assert made.actor == _by(office, "hethong")
    assert (made.data["name"], made.data["roles"], made.data["unit"]) == ("Mới (demo)", ["it"], "Phòng 1")
    for word in ("disable", "disable", "enable", "enable"):
        admin.post(f"/api/people/{person}/{word}").done()
    switched = _told(office, "account_disabled", "account_enabled")
    assert [(one.kind, one.data, one.actor) for one in switched] == [
        ("account_disabled", {"person": person}, _by(office, "hethong")),
        ("account_enabled", {"person": person}, _by(office, "hethong")),
    ], "again changes nothing and tells nothing"
    secretary = office.sign_in("thuky")
    secretary.post("/api/me/password", {"old": PASSWORD, "new": "một mật khẩu khác"}).done()
    office.services.identity.reset_password("khach", Secret("lại mật khẩu khác".encode()), now=office.clock.now())
    assert [
        (one.kind, one.data["person"], one.actor) for one in _told(office, "password_changed", "password_reset")
    ] == [
        ("password_changed", office.people["thuky"], _by(office, "thuky")),
        ("password_reset", office.people["khach"], "system"),
    ]
    with office.services.database.read() as tx:
        written = str([one.data for one in office.services.audit.store.all(tx)])
    assert "mật khẩu" not in written


def test_L1_rooms_displays_and_terminals_are_told(office: Office, tmp_path: Path) -> None:
    it = office.sign_in("kythuat")
    (room,) = _told(office, "room_created")
    assert room.data == {"room": office.room, "name": "Phòng thử", "seats": 3}
    it.post(f"/api/rooms/{office.room}/display-link", {"replace": True}).done()
    (linked,) = _told(office, "display_linked")
    assert linked.data == {"room": office.room, "replaces": True}
    enrolling, refused = (Enrolling(office, Terminal(tmp_path / name)) for name in ("one", "two"))
    for each in (enrolling, refused):
        each.ask()
    enrolling.approve(it, office.seats[0]).done()
    it.post(f"/api/devices/{enrolling.terminal.id}/seat", {"seat": office.seats[1]}).done()
    it.post(f"/api/devices/{enrolling.terminal.id}/revoke", {"reason": "mất"}).done()
    it.post(f"/api/devices/{refused.terminal.id}/refuse", {"reason": "lạ"}).done()
    found = _told(office, "device_approved", "device_moved", "device_revoked", "device_refused")
    assert [(one.kind, one.data) for one in found] == [
        ("device_approved", {"device": enrolling.terminal.id, "seat": office.seats[0], "label": "A1"}),
        ("device_moved", {"device": enrolling.terminal.id, "seat": office.seats[1], "label": "A2"}),
        ("device_revoked", {"device": enrolling.terminal.id, "reason": "mất"}),
        ("device_refused", {"device": refused.terminal.id, "reason": "lạ"}),
    ]
    assert {one.actor for one in (room, linked, *found)} == {_by(office, "kythuat")}
    assert office.services.record.check().problems == ()


def test_L1_what_is_refused_is_not_told(office: Office) -> None:
    before = len(_told(office, "account_created", "account_disabled"))
    admin = office.sign_in("hethong")
    body = {"username": "thuky", "name": "Trùng (demo)", "position": "", "unit": "", "roles": []}
    assert admin.post("/api/people", {**body, "password": PASSWORD}).code == "username-taken"
    assert admin.post(f"/api/people/{office.people['hethong']}/disable").code == "cannot-disable-yourself"
    assert len(_told(office, "account_created", "account_disabled")) == before
