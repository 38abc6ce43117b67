"""A password that somebody else gave is changed before anything else (I4), and what people may choose."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.app import services_of
from server.identity import model
from server.identity.choosing import OWN_PASSWORD_MIN, check_own_password
from server.identity.errors import PasswordKnown, PasswordMustChange, PasswordTooWeak
from server.identity.model import FactorRule
from server.identity.passwords import Argon2Passwords
from server.web import access_of
from tests.support.office import Browser, Office, Reply
from wire.secret import Secret

GIVEN = "do-quan-tri-cap"
OWN = "một câu của riêng tôi"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    yield found
    services_of(found.app).close()


def _given(office: Office, username: str, **more: Any) -> Browser:
    """Signed in for the first time, with what an administrator gave."""
    body = {"username": username, "name": "Mới (demo)", "position": "", "unit": "", "roles": [], "password": GIVEN}
    office.people[username] = office.sign_in("anninh").post("/api/people", body | more).done()["id"]
    browser = office.browser()
    browser.sign_in(username, GIVEN).done()
    return browser


def _change(browser: Browser, new: str, old: str = GIVEN) -> Reply:
    return browser.post("/api/me/password", {"old": old, "new": new})


def test_I4_nothing_but_changing_it_and_leaving_can_be_done_before(office: Office) -> None:
    """Every route there is: the secretary's and the administrators' roles are given as well, so that none is let by."""
    browsers = [
        _given(office, f"vai-{role}", roles=["secretary", "it", "clerk", role])
        for role in ("system_admin", "security_admin", "auditor")
    ]
    open_ones = set()
    # Whoever has left can be told nothing more: that comes last.
    for rule in sorted(office.app.url_map.iter_rules(), key=lambda rule: rule.rule == "/api/sign-out"):
        access = access_of(office.app.view_functions[rule.endpoint])
        assert access is not None
        if access.why_public or not (access.roles or access.members or access.signed_in):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}:
            codes = {browser.send(method, path, {"surplus": 1}).code for browser in browsers}
            if codes != {"password-must-change"}:
                open_ones.add((method, rule.rule))
    assert open_ones == {("GET", "/api/me"), ("POST", "/api/me/password"), ("POST", "/api/sign-out")}


def test_I4_once_it_is_changed_the_console_is_open_and_the_old_one_is_gone(office: Office) -> None:
    browser = _given(office, "moi")
    assert browser.get("/api/me").body["must_change_password"] is True
    assert _change(browser, GIVEN).code == "password-same"
    assert _change(browser, "ngắn").code == "password-too-weak"
    assert _change(browser, OWN, old="khác").code == "bad-credentials"
    assert browser.get("/api/meetings").code == "password-must-change", "what was refused opened nothing"
    assert _change(browser, OWN).status == 204
    assert browser.get("/api/me").body["must_change_password"] is False
    assert browser.get("/api/meetings").status == 200
    assert office.browser().sign_in("moi", GIVEN).code == "bad-credentials"
    assert office.browser().sign_in("moi", OWN).body["must_change_password"] is False


def test_I4_what_is_sent_again_because_the_answer_was_lost_is_done(office: Office) -> None:
    browser = _given(office, "lai")
    for _ in range(2):
        assert _change(browser, OWN).status == 204
    other = "một câu khác của tôi"
    for _ in range(2):
        assert _change(browser, other, old=OWN).status == 204
    assert _change(browser, "câu thứ ba của tôi", old=OWN).data == {"tries_left": model.FREE_TRIES - 1}
    assert office.browser().sign_in("lai", other).status == 200
    with office.services.database.read() as tx:
        told = [one.data["person"] for one in office.services.audit.store.all(tx) if one.kind == "password_changed"]
    assert told.count(office.people["lai"]) == 2


def test_I4_a_wrong_old_one_does_not_make_a_given_password_one_s_own(office: Office) -> None:
    browser = _given(office, "giu")
    assert _change(browser, GIVEN, old="khác hẳn").code == "bad-credentials"
    assert browser.get("/api/me").body["must_change_password"] is True


def test_I4_a_password_that_was_reset_meanwhile_is_not_written_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = _given(office, "cham")
    identity, now = office.services.identity, office.clock.now()
    hash_it, reset = Argon2Passwords.hash, "do-quan-tri-dat-lai"

    def slowly(self: Argon2Passwords, password: Secret) -> str:
        if password.reveal() == OWN.encode():
            identity.reset_password("cham", Secret(reset.encode()), now=now)
        return hash_it(self, password)

    with monkeypatch.context() as patch:
        patch.setattr(Argon2Passwords, "hash", slowly)
        assert _change(browser, OWN).code == "not-signed-in"
    assert office.browser().sign_in("cham", OWN).code == "bad-credentials"
    assert office.browser().sign_in("cham", reset).body["must_change_password"] is True


def test_I4_a_seat_says_that_it_is_done_at_a_console(office: Office) -> None:
    _given(office, "tai-cho")
    identity, now = office.services.identity, office.clock.now()
    with pytest.raises(PasswordMustChange):
        identity.check_person(office.people["tai-cho"], Secret(GIVEN.encode()), source="seat", now=now)


def test_I4_what_is_reset_at_the_server_is_good_for_one_sign_in(office: Office) -> None:
    office.services.identity.reset_password("khach", Secret(GIVEN.encode()), now=office.clock.now())
    browser = office.browser()
    assert browser.sign_in("khach", GIVEN).body["must_change_password"] is True
    assert _change(browser, OWN).status == 204
    assert browser.get("/api/meetings").status == 200


def test_I4_who_made_an_account_may_say_that_its_password_lasts_and_the_record_says_so(office: Office) -> None:
    browser = _given(office, "ben", one_time=False)
    assert browser.get("/api/meetings").status == 200
    with office.services.database.read() as tx:
        made = [one.data for one in office.services.audit.store.all(tx) if one.kind == "account_created"]
    assert {each["username"]: each["one_time"] for each in made}["ben"] is False


def test_I4_the_second_factor_comes_after_the_password(tmp_path: Path) -> None:
    office = Office(tmp_path, second_factor=FactorRule.CONSOLES)
    identity, now = office.services.identity, office.clock.now()
    identity.reset_password("thuky", Secret(GIVEN.encode()), now=now)
    browser = office.browser()
    told = browser.sign_in("thuky", GIVEN).body
    assert (told["must_change_password"], told["must_set_factor"]) == (True, True)
    assert browser.get("/api/me/second-factor").code == "password-must-change"
    assert _change(browser, OWN).status == 204
    assert browser.get("/api/meetings").code == "second-factor-missing"
    assert browser.get("/api/me/second-factor").status == 200
    services_of(office.app).close()


_KNOWN = (
    "matkhau123456",
    "Mật khẩu 2026!",
    "password12345",
    "123456789012",
    "thuky1234567",
    "ababababababab",
    "a" * 20,
)
_FINE = (
    OWN,
    "mật khẩu thử",
    "ngày mai trời mưa",
    "Hà Nội mùa thu 54",
    "correct horse battery",
    "🙂🙃☕🌧️🌳🚲📎📐🖊️📚🗂️🧭",
)


@pytest.mark.parametrize("text", _KNOWN)
def test_I4_what_everybody_tries_is_refused(text: str) -> None:
    with pytest.raises(PasswordKnown):
        check_own_password(Secret(text.encode()), username="thuky")


@pytest.mark.parametrize("text", _FINE)
def test_I4_a_sentence_of_ones_own_is_taken(text: str) -> None:
    check_own_password(Secret(text.encode()), username="thuky")


@pytest.mark.parametrize("text", ["a" * (OWN_PASSWORD_MIN - 1), "nguyenthiminhkhai", "x" * 600])
def test_I4_too_short_too_long_and_the_user_name_are_too_weak(text: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_own_password(Secret(text.encode()), username="nguyenthiminhkhai")


def test_I4_who_forgot_is_given_one_for_one_sign_in_by_the_security_administrator(office: Office) -> None:
    person, admin = _given(office, "quen"), office.sign_in("anninh")
    _change(person, OWN).done()
    path, seed = f"/api/people/{office.people['quen']}/password", {"seed": base64.b64encode(bytes(32)).decode()}
    assert [office.sign_in(name).post(path, seed).status for name in ("hethong", "thuky")] == [403, 403]
    given = admin.post(path, seed).done()["password"]
    assert person.get("/api/me").code == "not-signed-in", "what was open ends"
    again = office.browser()
    assert again.sign_in("quen", OWN).status == 401
    assert again.sign_in("quen", given).body["must_change_password"] is True
    for name in ("anninh", "hethong", "kiemtoan"):
        assert admin.post(f"/api/people/{office.people[name]}/password", seed).code == "password-not-given"
    entry = services_of(office.app).audit.newest("password_reset", limit=1)[0]
    assert (entry.data["person"], entry.actor) == (office.people["quen"], f"person:{office.people['anninh']}")
    assert given not in str(entry.data)
