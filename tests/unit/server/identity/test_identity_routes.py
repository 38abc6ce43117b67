"""Signing in, the idle lock, the lockout, accounts: as a browser sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.identity.model import ADMINS, Role
from tests.support.office import PASSWORD, Browser, Office, fresh_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_I4_signing_in_gives_a_session_in_a_cookie_no_script_reads(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/api/me").code == "not-signed-in"
    reply = browser.sign_in("thuky")
    cookie = reply.raw.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie, "plain HTTP would lose it"
    assert reply.body["person"]["roles"] == ["secretary"]
    assert browser.get("/api/me").body == reply.body


def test_I4_over_tls_the_cookie_is_for_tls_alone(office: Office) -> None:
    body = {"username": "thuky", "password": PASSWORD}
    response = office.app.test_client().post("/api/sign-in", json=body, base_url="https://localhost")
    assert "Secure" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(("username", "password"), [("thuky", "sai mật khẩu"), ("nobody", PASSWORD), ("thuky", " ")])
def test_I4_a_wrong_name_and_a_wrong_password_look_the_same(office: Office, username: str, password: str) -> None:
    reply = office.browser().sign_in(username, password)
    assert reply.status in {400, 401}
    if password.strip():
        assert (reply.status, reply.code, reply.data) == (401, "bad-credentials", {"tries_left": 2})


def test_the_password_may_come_in_another_normal_form(office: Office) -> None:
    decomposed = "mật khẩu thử".replace("ậ", "a\u0323\u0302")
    assert office.browser().sign_in("thuky", decomposed).status == 200


@pytest.mark.parametrize("username", ["thuky", "nobody"])
def test_I4_after_three_wrong_tries_even_the_right_password_waits(office: Office, username: str) -> None:
    browser = office.browser()
    for left in (2, 1, 0):
        reply = browser.sign_in(username, "sai rồi")
        assert (reply.code, reply.data) == ("bad-credentials", {"tries_left": left})
    reply = browser.sign_in(username)
    assert (reply.status, reply.code, reply.data) == (429, "too-many-tries", {"wait_s": 5})
    assert reply.raw.headers["Retry-After"] == "5"
    office.clock.advance(seconds=5)
    assert browser.sign_in(username, "sai rồi").code == "bad-credentials"
    assert browser.sign_in(username, "sai rồi").data == {"wait_s": 10}
    office.clock.advance(seconds=10)
    assert browser.sign_in("thuky").status == 200


def test_I4_the_right_password_begins_the_count_anew(office: Office) -> None:
    browser = office.browser()
    for _ in range(3):
        for _ in range(2):
            assert browser.sign_in("thuky", "sai rồi").code == "bad-credentials"
        assert browser.sign_in("thuky").status == 200


def test_I4_wrong_tries_from_one_place_do_not_lock_another(office: Office) -> None:
    body = {"username": "thuky", "password": "sai rồi"}
    for _ in range(3):
        office.app.test_client().post("/api/sign-in", json=body, environ_base={"REMOTE_ADDR": "192.0.2.66"})
    assert office.browser().sign_in("thuky").status == 200


def test_I4_many_wrong_tries_from_many_places_slow_all(office: Office) -> None:
    body = {"username": "thuky", "password": "sai rồi"}
    for number in range(30):
        address = {"REMOTE_ADDR": f"192.0.2.{number}"}
        office.app.test_client().post("/api/sign-in", json=body, environ_base=address)
    assert office.browser().sign_in("thuky").code == "too-many-tries"


def test_I5_a_disabled_or_long_unused_account_is_told_so_after_the_right_password(office: Office) -> None:
    identity, now = office.services.identity, office.clock.now()
    identity.set_disabled("thuky", disabled=True, now=now)
    assert office.browser().sign_in("thuky").code == "account-disabled"
    assert office.browser().sign_in("thuky", "sai rồi").code == "bad-credentials"
    office.clock.advance(days=46)
    assert office.browser().sign_in("chutri").code == "account-disabled"
    identity.set_disabled("chutri", disabled=False, now=office.clock.now())
    assert office.browser().sign_in("chutri").status == 200


def test_I5_disabling_ends_the_sessions(office: Office) -> None:
    secretary = office.sign_in("thuky")
    office.services.identity.set_disabled("thuky", disabled=True, now=office.clock.now())
    assert secretary.get("/api/me").code == "not-signed-in"


def test_an_idle_session_locks_and_only_the_password_opens_it(office: Office) -> None:
    secretary = office.sign_in("thuky")
    office.clock.advance(seconds=899)
    assert secretary.get("/api/me").status == 200, "looking at a page is using it"
    office.clock.advance(seconds=900)
    for _ in range(2):
        reply = secretary.get("/api/meetings")
        assert (reply.status, reply.code) == (423, "session-locked")
    assert secretary.post("/api/unlock", {"password": "sai rồi"}).code == "bad-credentials"
    assert secretary.get("/api/me").code == "session-locked"
    assert secretary.post("/api/unlock", {"password": PASSWORD}).body["person"]["id"] == secretary.person
    assert secretary.get("/api/meetings").status == 200


def test_a_locked_session_can_be_left(office: Office) -> None:
    secretary = office.sign_in("thuky")
    office.clock.advance(seconds=900)
    assert secretary.post("/api/sign-out").status == 204
    assert secretary.get("/api/me").code == "not-signed-in"


def test_nobody_unlocks_without_a_session(office: Office) -> None:
    assert office.browser().post("/api/unlock", {"password": PASSWORD}).code == "not-signed-in"


def test_a_session_ends_after_twelve_hours_however_busy(office: Office) -> None:
    secretary = office.sign_in("thuky")
    for _ in range(12 * 6 - 1):
        office.clock.advance(minutes=10)
        assert secretary.get("/api/me").status == 200
    office.clock.advance(minutes=10)
    assert secretary.get("/api/me").code == "not-signed-in"


def test_signing_out_ends_the_session_on_the_server(office: Office) -> None:
    secretary = office.sign_in("thuky")
    kept = secretary.client.get_cookie("phonghop_session")
    assert kept is not None
    secretary.post("/api/sign-out").done()
    secretary.client.set_cookie("phonghop_session", kept.value)
    assert secretary.get("/api/me").code == "not-signed-in"


def test_the_database_holds_no_token_and_no_password(office: Office, tmp_path: Path) -> None:
    secretary = office.sign_in("thuky")
    cookie = secretary.client.get_cookie("phonghop_session")
    assert cookie is not None
    office.services.database.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("phonghop.db*"))
    for secret in (cookie.value, secretary.csrf, PASSWORD):
        assert secret.encode() not in kept


@pytest.mark.parametrize("csrf", ["", "0" * 64, None])
def test_a_change_without_the_right_csrf_token_is_refused(office: Office, csrf: str | None) -> None:
    secretary = office.sign_in("thuky")
    headers = {"Idempotency-Key": fresh_id("a")} | ({} if csrf is None else {"X-CSRF-Token": csrf})
    response = secretary.client.post("/api/meetings", json=office.description(), headers=headers)
    assert response.status_code == 403
    assert response.json is not None
    assert response.json["error"]["code"] == "csrf-missing"


def test_the_csrf_token_of_another_session_is_refused(office: Office) -> None:
    secretary, other = office.sign_in("thuky"), office.sign_in("thuky")
    assert secretary.csrf != other.csrf
    secretary.csrf = other.csrf
    assert secretary.post("/api/meetings", office.description()).code == "csrf-missing"


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/meetings"])
def test_a_page_of_another_origin_changes_nothing(office: Office, path: str) -> None:
    secretary = office.sign_in("thuky")
    headers = {"X-CSRF-Token": secretary.csrf, "Idempotency-Key": fresh_id("a"), "Origin": "http://evil.example"}
    response = secretary.client.post(path, json={"username": "thuky", "password": PASSWORD}, headers=headers)
    assert response.status_code == 403


@pytest.mark.parametrize("act", ["", "a-1", "m-aaaaaaaaaaaaaaaa"])
def test_a_change_without_an_idempotency_key_is_refused(office: Office, act: str) -> None:
    secretary = office.sign_in("thuky")
    headers = {"X-CSRF-Token": secretary.csrf, "Idempotency-Key": act}
    response = secretary.client.post("/api/meetings", json=office.description(), headers=headers)
    assert response.json is not None
    assert (response.status_code, response.json["error"]["code"]) == (400, "act-key-missing")


def _new_person(**changes: object) -> dict[str, object]:
    return {
        "username": "moi",
        "name": "Người Mới (demo)",
        "position": "",
        "unit": "",
        "roles": [],
        "password": "mật khẩu mới",
        **changes,
    }


def test_only_two_of_the_administrators_add_people(office: Office) -> None:
    for name, _ in Office.PEOPLE:
        reply = office.sign_in(name).post("/api/people", _new_person(username=f"moi-{name}"))
        assert reply.status == (201 if name in {"hethong", "anninh"} else 403), name


@pytest.mark.parametrize("role", sorted(ADMINS))
def test_an_administrator_is_made_by_the_security_administrator_alone(office: Office, role: Role) -> None:
    new = _new_person(roles=[role])
    refused = office.sign_in("hethong").post("/api/people", new)
    assert (refused.status, refused.code) == (403, "not-theirs-to-grant")
    assert office.sign_in("anninh").post("/api/people", new).status == 201


def test_adding_a_person_twice_with_one_key_is_one_person(office: Office) -> None:
    admin, act = office.sign_in("hethong"), fresh_id("a")
    first = admin.post("/api/people", _new_person(), act=act)
    assert admin.post("/api/people", _new_person(), act=act).body == first.body
    assert admin.post("/api/people", _new_person(username="khac"), act=act).code == "act-reused"
    assert office.browser().sign_in("moi", "mật khẩu mới").status == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": ["king"]}, "bad-field"),
        ({"roles": "auditor"}, "bad-field"),
        ({"username": "THUKY"}, "username-taken"),
        ({"username": "a b"}, "bad-username"),
        ({"password": "ngắn"}, "password-too-weak"),
        ({"name": ""}, "bad-field"),
        ({"name": "x\x00y"}, "bad-field"),
        ({"admin": True}, "bad-field"),
    ],
)
def test_a_person_that_breaks_a_rule_is_not_added(office: Office, changes: dict[str, object], code: str) -> None:
    admin = office.sign_in("hethong")
    assert admin.post("/api/people", _new_person(**changes)).code == code
    assert len(admin.get("/api/people").body["people"]) == len(Office.PEOPLE)


def test_nobody_is_made_two_of_the_three_administrators(office: Office) -> None:
    both = _new_person(roles=["auditor", "system_admin"])
    assert office.sign_in("anninh").post("/api/people", both).code == "roles-conflict"


def test_the_list_of_people_is_for_those_who_place_them(office: Office) -> None:
    may = {"thuky", "kythuat", "hethong", "anninh"}
    office.meeting()
    for name, _ in Office.PEOPLE:
        reply = office.sign_in(name).get("/api/people")
        assert reply.status == (200 if name in may | {"chutri"} else 403), name
    people = office.sign_in("thuky").get("/api/people").body["people"]
    assert {person["username"] for person in people} == {name for name, _ in Office.PEOPLE}
    assert not any("password" in key for person in people for key in person)


def test_changing_ones_password_ends_ones_other_sessions(office: Office) -> None:
    here, there = office.sign_in("thuky"), office.sign_in("thuky")
    assert here.post("/api/me/password", {"old": "sai rồi", "new": "mật khẩu mới"}).code == "bad-credentials"
    assert here.post("/api/me/password", {"old": PASSWORD, "new": "ngắn"}).code == "password-too-weak"
    assert here.post("/api/me/password", {"old": PASSWORD, "new": "mật khẩu mới"}).status == 204
    assert here.get("/api/me").status == 200
    assert there.get("/api/me").code == "not-signed-in"
    assert office.browser().sign_in("thuky").code == "bad-credentials"
    assert office.browser().sign_in("thuky", "mật khẩu mới").status == 200


def test_a_browser_object_of_the_tests_is_nobody_at_first(office: Office) -> None:
    assert isinstance(office.browser(), Browser)
    assert office.browser().get("/api/meetings").code == "not-signed-in"
