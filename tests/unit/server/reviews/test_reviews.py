"""Who signed in when and where, and rounds in which accounts are confirmed (I5, L3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.identity.sign_ins import Means
from server.identity.store import SqlIdentityStore
from tests.support.office import Browser, Office

Told = tuple[str, str]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _told(rows: list[dict[str, Any]]) -> list[Told]:
    return [(each["means"], each["outcome"]) for each in rows]


def _account(browser: Browser, username: str) -> dict[str, Any]:
    (found,) = [each for each in browser.get("/api/reviews").body["accounts"] if each["username"] == username]
    return dict(found)


def test_everybody_sees_their_own_sign_ins_and_refusals(office: Office) -> None:
    guest = office.browser()
    assert guest.sign_in("daibieu", "sai mật khẩu").code == "bad-credentials"
    guest.sign_in("daibieu").done()
    guest.post("/api/lock").done()
    guest.client.post("/api/unlock", json={"password": "mật khẩu thử"})
    office.sign_in("khach")
    rows = guest.get("/api/me/sign-ins").done()["sign_ins"]
    assert _told(rows) == [("unlock", "ok"), ("console_password", "ok"), ("console_password", "bad-credentials")]
    assert {each["person"] for each in rows} == {office.people["daibieu"]}
    assert {each["place"] for each in rows} == {"127.0.0.1"}


def test_L3_those_of_others_are_read_on_record_by_security_and_audit_alone(office: Office) -> None:
    office.browser().sign_in("nobody-at-all", "x" * 9)
    person = office.people["daibieu"]
    office.sign_in("daibieu")
    for name, _ in office.PEOPLE:
        reply = office.sign_in(name).post("/api/sign-ins", {"person": person})
        assert (reply.status == 200) is (name in {"anninh", "kiemtoan"}), name
    rows = office.sign_in("kiemtoan").post("/api/sign-ins", {}).done()["sign_ins"]
    assert [each["person"] for each in rows if each["outcome"] == "bad-credentials"] == [None]
    assert "nobody-at-all" not in str(rows), "people type their password there"
    read = office.services.audit.newest("sign_ins_read", limit=9)
    assert [(each.actor, each.data) for each in read] == [
        (f"person:{office.people['kiemtoan']}", {}),
        (f"person:{office.people['kiemtoan']}", {"person": person}),
        (f"person:{office.people['anninh']}", {"person": person}),
    ]


def test_at_a_seat_the_seat_is_named(office: Office) -> None:
    person, place = office.people["khach"], f"d-x/{office.seats[0]}"
    with office.services.identity.noted(person, Means.SEAT_TOKEN, place, now=office.clock.now()):
        pass
    (row,) = office.sign_in("anninh").post("/api/sign-ins", {"person": office.people["khach"]}).done()["sign_ins"]
    assert (row["means"], row["place"]) == (Means.SEAT_TOKEN, "A1")


def test_what_broke_on_the_way_is_no_sign_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(SqlIdentityStore, "add_session", broken)
        assert office.browser().sign_in("khach").status == 500
    rows = office.sign_in("khach").get("/api/me/sign-ins").done()["sign_ins"]
    assert [each["outcome"] for each in rows] == ["ok", "other"]


def test_sign_ins_are_forgotten_after_two_years(office: Office) -> None:
    office.sign_in("anninh")
    reviews = office.services.reviews
    assert reviews.forget_old(now=office.clock.now()) == 0
    office.clock.advance(days=731)
    assert reviews.forget_old(now=office.clock.now()) >= 1
    assert reviews.own(office.people["anninh"]) == []


def test_I5_a_review_confirms_each_account_once_and_by_somebody_else(office: Office) -> None:
    admin, people = office.sign_in("hethong"), office.people
    assert admin.post("/api/reviews/confirm", {"people": [people["khach"]]}).code == "no-review"
    admin.post("/api/reviews").done()
    assert admin.post("/api/reviews").code == "review-goes-on"
    assert admin.post("/api/reviews/confirm", {"people": [people["khach"], people["hethong"]]}).code == "own-review"
    assert admin.get("/api/reviews").body["left"] == 8, "of a lot that is refused nothing is confirmed"
    lot = [people[name] for name in ("khach", "daibieu", "chutri", "thuky", "kythuat")]
    assert admin.post("/api/reviews/confirm", {"people": lot}).done() == {"confirmed": 5}
    assert admin.post("/api/reviews/confirm", {"people": lot}).done() == {"confirmed": 0}
    assert _account(admin, "khach")["confirmed_at"] == "2026-11-23T01:00:00.000Z"
    assert admin.post("/api/reviews/end").data == {"left": 3}
    office.clock.advance(minutes=5)
    office.add("moi")
    security = office.sign_in("anninh")
    security.post("/api/reviews/confirm", {"people": [people["hethong"]]}).done()
    admin.post("/api/reviews/confirm", {"people": [people["anninh"]]}).done()
    assert admin.post("/api/reviews/end").data == {"left": 1}, "who was added after its beginning is no part of it"
    admin.post("/api/reviews/confirm", {"people": [people["kiemtoan"]]}).done()
    admin.post("/api/reviews/end").done()
    kinds = ("review_begun", "accounts_confirmed", "review_ended")
    told = [(each.kind, len(each.data.get("people", []))) for each in office.services.audit.newest(*kinds, limit=9)]
    lots = [("accounts_confirmed", count) for count in (1, 1, 1, 5)]
    assert told == [("review_ended", 0), *lots, ("review_begun", 0)]


def test_I5_whom_somebody_disabled_is_decided_on(office: Office) -> None:
    admin = office.sign_in("hethong")
    admin.post("/api/reviews").done()
    admin.post(f"/api/people/{office.people['khach']}/disable").done()
    assert (admin.get("/api/reviews").body["left"], _account(admin, "khach")["left"]) == (7, False)


def test_I5_who_was_away_for_45_days_is_listed(office: Office) -> None:
    office.clock.advance(days=40)
    for name in ("hethong", "thuky"):
        office.sign_in(name)
    office.clock.advance(days=6)
    seen = office.sign_in("hethong")
    assert (_account(seen, "khach")["unused"], _account(seen, "thuky")["unused"]) == (True, False)
    assert office.sign_in("thuky").get("/api/reviews").code == "not-allowed"
