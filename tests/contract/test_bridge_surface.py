"""Rule G50: the bridge's HTTP surface – every route in one table, strangers read nothing, rubbish is named."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.callers import HOST, TABLE, Caller, caller_of
from sealing.signatures import device_verifier
from tests.architecture.source import ROOT
from tests.support.bridge_play import ORIGIN, OWN, PORT, BridgePlay
from wire.asking import vouched

STRANGER = "https://la.example.vn"
_METHODS = frozenset({"GET", "POST"})


@pytest.fixture
def play(tmp_path: Path) -> Iterator[BridgePlay]:
    found = BridgePlay(tmp_path)
    found.paired()
    yield found
    found.desk.stop()


def routes(play: BridgePlay) -> list[tuple[str, str, Caller]]:
    """Method, path and who may call it."""
    found = []
    for rule in play.app.url_map.iter_rules():
        caller = caller_of(rule.endpoint)
        assert caller is not None, f"{rule.rule}: name {rule.endpoint} in edge/bridge/callers.py"
        path = rule.rule.replace("<path:name>", "none.js").replace("<int:number>", "1")
        found += [(method, path, caller) for method in (rule.methods or set()) & _METHODS]
    return sorted(found, key=str)


def test_G50_every_route_stands_in_the_table_and_the_table_knows_no_other(play: BridgePlay) -> None:
    served = {rule.endpoint.rpartition(".")[2] for rule in play.app.url_map.iter_rules()}
    assert served == set(TABLE)
    assert routes(play)


def test_G50_a_route_outside_the_table_is_refused(tmp_path: Path) -> None:
    play = BridgePlay(tmp_path)
    play.app.add_url_rule("/api/forgotten", "forgotten", lambda: "secret")
    answer = play.call("GET", "/api/forgotten", origin=None)
    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_docs_and_code_know_the_same_routes(play: BridgePlay) -> None:
    text = (ROOT / "docs" / "API.md").read_text(encoding="utf-8").partition("## Bridge of a PC")[2]
    documented = set(re.findall(r"`(GET|POST) (/api/[^`? ]*)", text))
    served = {(method, path) for method, path, _ in routes(play) if path.startswith("/api/")}
    assert {(method, path.replace("<n>", "1")) for method, path in documented} == served


def test_G50_another_host_is_refused_everywhere(play: BridgePlay) -> None:
    for host in ("la.example.vn", f"la.example.vn:{PORT}", f"localhost:{PORT}", HOST, f"{HOST}:1", f"[::1]:{PORT}", ""):
        for method, path, _ in routes(play):
            assert play.call(method, path, own=True, Host=host).status_code == 403, (host, path)


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"http://localhost:{PORT}", ORIGIN + ".la.vn", ORIGIN.upper(), ""]
)
def test_G50_a_stranger_gets_a_status_and_no_word_of_cors(play: BridgePlay, origin: str) -> None:
    for method, path, caller in routes(play):
        for asked in (method, "OPTIONS"):
            answer = play.call(asked, path, origin=origin)
            if caller is not Caller.NAVIGATION and caller is not Caller.ANYBODY:
                assert answer.status_code in {401, 403}, (asked, path)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], (asked, path)
            assert "cross-origin" not in answer.headers["Cross-Origin-Resource-Policy"] or path == "/here"


def test_G50_without_an_origin_no_page_of_a_server_is_there(play: BridgePlay) -> None:
    for method, path, caller in routes(play):
        if caller is Caller.CONSOLE:
            assert play.call(method, path, origin=None).status_code == 403, path


def test_G50_a_preflight_is_answered_for_the_paired_page_alone(play: BridgePlay) -> None:
    asked: dict[str, Any] = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    }
    answer = play.call("OPTIONS", "/api/asks", **asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for path in ("/api/own", "/api/own/pin", "/", "/api/enter"):
        answer = play.call("OPTIONS", path, **asked)
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_G50_a_paired_page_reads_what_is_for_it_and_nothing_of_the_person(play: BridgePlay) -> None:
    answer = play.call("GET", "/api/hello")
    assert answer.json == {"bridge": play.bridge}
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    for method, path, caller in routes(play):
        if caller is Caller.PERSON:
            assert play.call(method, path).status_code == 403, path


def test_G50_the_persons_own_page_needs_cookie_token_and_origin(play: BridgePlay) -> None:
    cookie = play.call("GET", "/api/own", own=True)
    assert cookie.status_code == 200
    assert play.call("GET", "/api/own", origin=None).status_code == 401
    assert play.call("POST", "/api/own/decline", own=True, **{"X-Bridge-Token": "x"}).status_code == 403
    assert play.call("POST", "/api/own/decline", own=True, Cookie="x=y").status_code == 401
    for origin in (ORIGIN, STRANGER, "null"):
        assert play.call("POST", "/api/own/decline", own=True, Origin=origin).status_code == 403
    assert play.call("POST", "/api/own/decline", own=True, ticket="x").status_code == 404


def test_G50_the_secret_lets_a_browser_in_and_guessing_is_counted(play: BridgePlay) -> None:
    given = play.kiosk.address.reveal().decode().partition("#kiosk=")[2]
    answer = play.call("POST", "/api/enter", {"secret": given}, origin=OWN)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert given not in cookie
    codes = {play.call("POST", "/api/enter", {"secret": "x"}, origin=OWN).status_code for _ in range(12)}
    assert codes == {401, 429}
    assert play.call("POST", "/api/enter", {"secret": given}, origin=ORIGIN).status_code == 403


_RUBBISH: tuple[bytes, ...] = (
    b"", b"{}", b"[]", b"null", b"1", b"{", b"\xff\xfe", b"[" * 5000, b'{"a":1,"a":2}', b'{"message":1}',
    b'{"message":"!"}', b'{"message":"e30="}', b'{"pin":""}', b'{"pin":1}', b'{"pin":"' + b"1" * 65 + b'"}',
    b'{"pin":"123456","more":1}', b'{"origin":"x","name":"y","key":"z","code":"c"}', b'{"secret":{}}', b"x" * 600_000,
)  # fmt: skip


def test_no_rubbish_is_a_fault_of_ours_and_none_reaches_a_card(play: BridgePlay) -> None:
    play.plug("lan")
    ticket = play.ask()
    play.cards.orders.clear()
    for method, path, caller in routes(play):
        if method != "POST":
            continue
        for body in _RUBBISH:
            for given in (ticket, "x" * 2000, "\u00e9"):
                answer = play.call(
                    method, path, body, own=caller is Caller.PERSON, ticket=given.encode("utf-8").decode("latin-1")
                )
                assert answer.status_code < 500, (path, body[:40], answer.data)
                if answer.status_code >= 400:
                    error = (answer.json or {})["error"]
                    assert error["vi"] != error["code"], error
    assert not [each for each in play.cards.orders if not isinstance(each, tuple)]


def test_nothing_changes_by_get(play: BridgePlay) -> None:
    for method, path, caller in routes(play):
        if method == "POST":
            assert play.call("GET", path, own=caller is Caller.PERSON).status_code in {403, 404, 405}, path


def _introduce(play: BridgePlay, origin: str, *, code: str = "c" * 64) -> str:
    key = base64.b64encode(play.server.public).decode()
    body = {"origin": origin, "name": "Phòng khác (demo)", "key": key, "code": code}
    answer = play.call("POST", "/api/own/pairings/propose", body, own=True)
    assert answer.status_code == 200
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", (answer.json or {})["code"])
    return key


def test_G50_a_pairing_counts_when_the_person_has_said_yes_and_is_vouched_for_once(play: BridgePlay) -> None:
    key = _introduce(play, STRANGER)
    assert play.call("GET", "/api/hello", origin=STRANGER).status_code == 403
    assert play.call("POST", "/api/own/pairings", {"origin": STRANGER, "key": "AAAA"}, own=True).status_code == 404
    assert play.call("POST", "/api/own/pairings", {"origin": STRANGER, "key": key}, own=True).status_code == 201
    nonce = base64.b64encode(b"n" * 88).decode()
    wrong = play.call("POST", "/api/vouch", {"code": "x", "nonce": nonce}, origin=STRANGER)
    assert wrong.status_code == 403
    told = play.call("POST", "/api/vouch", {"code": "c" * 64, "nonce": nonce}, origin=STRANGER).json or {}
    spki, signature = (base64.b64decode(told[name]) for name in ("key", "signature"))
    text = vouched(bridge=play.bridge, origin=STRANGER, nonce=b"n" * 88)
    device_verifier(lambda _: spki)(play.bridge, text, signature)
    again = play.call("POST", "/api/vouch", {"code": "c" * 64, "nonce": nonce}, origin=STRANGER)
    assert again.status_code == 403


def test_G50_pairing_waits_ten_minutes_and_is_kept_for_its_owner_alone(play: BridgePlay) -> None:
    key = _introduce(play, STRANGER)
    play.clock.advance(601)
    assert play.call("POST", "/api/own/pairings", {"origin": STRANGER, "key": key}, own=True).status_code == 404
    folder = play.home.key.path.parent.parent
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.is_file()] == [0, 0]


def test_the_answers_forbid_frames_foreign_scripts_and_keeping(play: BridgePlay) -> None:
    answer = play.call("GET", "/api/own", own=True)
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    for words in ("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'"):
        assert words in policy
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
