"""Every HTTP route says who may call it, is written in docs/API.md, and answers rubbish with a coded error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.app import services_of
from server.identity.model import Role
from server.web import STATUS, Access, access_of, install
from tests.architecture.source import ROOT
from tests.support.office import Browser, Office, fresh_id, item
from wire.state import MemberRole

API = (ROOT / "docs" / "API.md").read_text(encoding="utf-8").partition("## Seat page")[0]
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    yield found
    services_of(found.app).close()


def _rules(office: Office) -> list[Rule]:
    return sorted(office.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def _access(office: Office, rule: Rule) -> Access:
    found = access_of(office.app.view_functions[rule.endpoint])
    assert found is not None, f"{rule.rule}: say who may call it with @allow or @public (server/web.py)"
    return found


def test_every_route_says_who_may_call_it(office: Office) -> None:
    for rule in _rules(office):
        access = _access(office, rule)
        named = bool(access.roles or access.members or access.signed_in or access.display)
        assert named != bool(access.why_public), f"{rule.rule}: either somebody, or anybody for a reason"


def test_a_view_that_says_nothing_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path)
    app = Flask("forgetful")
    app.add_url_rule("/api/forgotten", "forgotten", lambda: "secret")
    install(app, office.services.door)
    response = app.test_client().get("/api/forgotten")
    assert response.status_code == 403
    assert b"secret" not in response.data


def test_a_change_asks_for_an_idempotency_key_unless_its_answer_must_not_be_kept(office: Office) -> None:
    without = {
        rule.rule
        for rule in _rules(office)
        if (rule.methods or set()) & (_METHODS - {"GET"})
        and not _access(office, rule).act
        and not _access(office, rule).why_public
    }
    # All but the first two answer a secret that is shown once: kept for a second answer it would be none.
    # A lock, questions to the bridge of a PC, looking at a list and reading the logs are as good the second time.
    assert without == {
        "/api/lock",
        "/api/meetings/<meeting>/readings/look",
        "/api/record/entries",
        "/api/record/entries/file",
        "/api/people/list/look",
        "/api/devices/list/look",
        "/api/sign-ins",
        "/api/bridge/watch",
        "/api/consultations/<consultation>/answer/ask",
        "/api/me/certificates/<use>/ask",
        "/api/meetings/<meeting>/statements/<kind>/ask",
        "/api/meetings/<meeting>/votes/<vote>/ballot/ask",
        "/api/sign-out",
        "/api/me/password",
        "/api/rooms/<room>/display-link",
        "/api/me/calendar",
        "/api/me/second-factor",
        "/api/me/second-factor/confirm",
        "/api/me/second-factor/codes",
    }


def test_members_are_only_named_where_the_address_says_of_which_meeting(office: Office) -> None:
    loose = {rule.rule for rule in _rules(office) if _access(office, rule).members and "<meeting>" not in rule.rule}
    assert loose == {"/api/people"}, "a chair of any meeting may see whom to place; nothing else is so wide"


def test_displays_only_read(office: Office) -> None:
    for rule in _rules(office):
        if _access(office, rule).display:
            assert not (rule.methods or set()) & (_METHODS - {"GET"}), rule.rule


def _shape(path: str) -> str:
    return re.sub(r"<[^>]*>", "<>", path.partition("?")[0])


def _documented() -> set[tuple[str, str]]:
    """Method and path of every row; a further `/word` in a row stands in place of the last part."""
    found: set[tuple[str, str]] = set()
    for row in re.findall(r"^\| (`(?:GET|POST|PUT|DELETE) [^|]*)\|", API, re.MULTILINE):
        method, path = "", ""
        for span in re.findall(r"`([^`]+)`", row):
            given, _, rest = span.rpartition(" ")
            method = given or method
            path = rest if given else path.rpartition("/")[0] + rest
            found.add((method, _shape(path)))
    return found


def test_docs_and_code_know_the_same_routes(office: Office) -> None:
    served = {
        (method, _shape(rule.rule))
        for rule in _rules(office)
        for method in (rule.methods or set()) & _METHODS
        if rule.rule.startswith(("/api/", "/.well-known/", "/calendar/", "/metrics"))
    }
    assert served - _documented() == set(), "write it into docs/API.md"
    assert _documented() - served == set(), "docs/API.md promises what nobody serves"


def test_the_table_of_statuses_is_complete() -> None:
    assert set(STATUS.values()) <= set(range(400, 600))
    assert 500 not in STATUS.values(), "a fault of ours is no refusal"


# Rubbish

#: 503 without a code: what is unwell says so, and the pages may not be built.
_MAY_BE_UNWELL = {"/healthz", "/", "/display"}
_WRONG_IDS = (
    "x",
    "m-aaaaaaaaaaaaaaaa",
    "..",
    "%00",
    "%ff",
    "é",
    "a" * 500,
    "m-aaaaaaaaaaaaaaa1",
    "' OR 1=1",
    "0",
    "-1",
)
_BODIES: tuple[bytes, ...] = (
    b"", b"{}", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b"\x00", b"[" * 5000, b'{"a":1,"a":2}', b'{"x":NaN}',
    b'{"\\ud800":"\\ud800"}', b'{"reason":{}}', b'{"items":[{}],"expected_seq":0}', b'{"members":[1]}', b"<x/>",
    b'{"mode":"page","text":null}', b'{"paper":"p-aaaaaaaaaaaaaaaa","page":1e99}', b'{"seats":[[]],"name":"x"}',
)  # fmt: skip


def _answers_with_a_code(response: TestResponse, what: str) -> None:
    assert response.status_code < 500, f"{what}: {response.data[:500]!r}"
    if response.status_code >= 400:
        if response.is_json:
            error = (response.json or {})["error"]
            assert set(error) == {"code", "vi", "en", "data"}, what
            assert error["vi"] != error["code"], f"{what}: no text for {error['code']}"
        else:
            assert response.headers.get("X-Phonghop-Code"), f"{what}: {response.status_code} without a code"


def _paths(office: Office, rule: Rule, meeting: str) -> Iterator[str]:
    """The rule's address with a real meeting and a wrong id in every other place, one wrong id after another."""
    for wrong in _WRONG_IDS:
        yield re.sub(r"<[^>]*>", wrong.replace("/", "%2f"), rule.rule)
        yield re.sub(r"<[^>]*>", wrong.replace("/", "%2f"), rule.rule.replace("<meeting>", meeting))


@pytest.mark.parametrize("who", ["thuky", "chutri", "kythuat", "hethong", "nobody"])
def test_no_rubbish_is_a_fault_of_ours(office: Office, who: str) -> None:
    meeting = office.meeting("open")
    browser = office.browser() if who == "nobody" else office.sign_in(who)
    for rule in (rule for rule in _rules(office) if rule.rule not in _MAY_BE_UNWELL):
        # Whom the guard keeps out anyway is tried once: what they send is read by nobody.
        is_let_in = _is_let_in(_access(office, rule), who)
        for method in sorted((rule.methods or set()) & _METHODS):
            for path in sorted(set(_paths(office, rule, meeting))) if is_let_in else ():
                _throw(browser, method, path, b"{}")
            path = re.sub(r"<[^>]*>", "i-aaaaaaaaaaaaaaaa", rule.rule.replace("<meeting>", meeting))
            for body in _BODIES[: None if is_let_in else 1] if method != "GET" else ():
                _throw(browser, method, path, body)
        if who != "nobody" and browser.get("/api/me").status != 200:
            browser.sign_in(who).done()  # the rubbish signed us out


#: What those who throw are, beside members of the meeting.
_ROLES: dict[str, frozenset[Role]] = {
    "thuky": frozenset({Role.SECRETARY}),
    "kythuat": frozenset({Role.IT}),
    "hethong": frozenset({Role.SYSTEM_ADMIN}),
}


def _is_let_in(access: Access, who: str) -> bool:
    is_of_meeting = bool(access.members) and who in {"thuky", "chutri"}
    is_known = who != "nobody" and access.signed_in
    return (
        bool(access.why_public)
        or access.display
        or is_of_meeting
        or is_known
        or bool(access.roles & _ROLES.get(who, frozenset()))
    )


def _throw(browser: Browser, method: str, path: str, body: bytes) -> None:
    headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": fresh_id("a"), "Content-Type": "application/json"}
    response = browser.client.open(path, method=method, data=body, headers=headers)
    _answers_with_a_code(response, f"{method} {path} {body[:60]!r}")


_VALUES: tuple[Any, ...] = (
    None, "", " ", "x", 0, -1, 1.5, 2**60, True, [], {}, [None], "x" * 30_000, "a\u0000b", "\u202egnp.exe",
    "2026-13-01T00:00:00.000Z", "m-aaaaaaaaaaaaaaaa",
)  # fmt: skip


def _good_bodies(office: Office, meeting: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    path = f"/api/meetings/{meeting}"
    person = {
        "username": "moi",
        "name": "M (demo)",
        "position": "",
        "unit": "",
        "roles": [],
        "password": "mật khẩu mới",
    }
    return [
        ("thuky", "POST", "/api/meetings", office.description()),
        ("thuky", "PUT", path, office.description()),
        ("thuky", "PUT", f"{path}/members", {"members": office.members()}),
        ("thuky", "PUT", f"{path}/agenda", {"items": [item("Một")], "expected_seq": 999}),
        ("chutri", "POST", f"{path}/present", {"paper": fresh_id("p"), "page": 1}),
        ("chutri", "POST", f"{path}/display", {"mode": "message", "text": "x"}),
        ("chutri", "POST", f"{path}/return", {"reason": "x"}),
        ("kythuat", "POST", "/api/rooms", {"name": "Phòng rác", "seats": [{"label": "A", "x": 1, "y": 1}]}),
        ("hethong", "POST", "/api/people", person),
    ]


def _spoilt(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body with one field taken out, made rubbish, or added; inside the first entry of a list too."""
    yield {**body, "surplus": 1}
    for name, value in body.items():
        yield {other: kept for other, kept in body.items() if other != name}
        for rubbish in _VALUES:
            yield {**body, name: rubbish}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for entry in _spoilt(value[0]):
                yield {**body, name: [entry, *value[1:]]}


def test_a_body_with_one_field_spoilt_is_never_a_fault_of_ours(office: Office) -> None:
    meeting = office.meeting("submitted")
    for who, method, path, body in _good_bodies(office, meeting):
        browser = office.sign_in(who)
        for number, spoilt in enumerate(_spoilt(body)):
            reply = browser.send(method, path, spoilt)
            _answers_with_a_code(reply.raw, f"{method} {path} #{number} {str(spoilt)[:200]}")


def test_the_roles_of_the_guards_are_roles_of_the_house(office: Office) -> None:
    for rule in _rules(office):
        access = _access(office, rule)
        assert access.roles <= set(Role)
        assert access.members <= set(MemberRole)
