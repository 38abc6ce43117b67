"""The terminal's own browser, and nobody else on its loopback, is shown the seat."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from edge.errors import KioskOnly, TooManyTries
from edge.page.app import Page
from edge.page.board import Board
from edge.page.desk import Desk
from edge.page.kiosk import FREE_TRIES, Kiosk, launcher
from edge.page.pictures import Pictures
from edge.vault.run_dir import RunDir
from tests.support.seat_page import (
    HOME,
    INSTANCE,
    SECRET,
    TOKEN,
    Browser,
    Drawing,
    SeatStub,
    client_of,
    code,
    kiosk_secret,
    page_of,
    screen,
)
from wire.secret import Secret


@pytest.fixture
def page() -> Page:
    board, seat = Board(), SeatStub()
    board.show(screen())
    seat.desk = Desk(seat.put)
    return page_of(board, seat.desk, Pictures(Drawing(), max_bytes=1 << 20, damaged=lambda _: None))


@pytest.fixture
def stranger(page: Page, tmp_path: Path) -> Browser:
    (tmp_path / "seat.html").write_text("<!doctype html>chỗ ngồi")
    return Browser(client_of(page, tmp_path), own=False)


PARTS = ("pages/1", "text/1", "search", "outline")
READS = ("seat", "live", "marks?paper=p-1", *(f"{HOME.removeprefix('/api/')}/{part}" for part in PARTS))
STATEMENTS = ("statements", "statements/a-1/sign", "statements/a-1/leave")
ROUNDS = ("rounds/k-1/open", "rounds/k-1/sign", "rounds/close")
CHANGES = (
    "sign-in",
    "token",
    "unlock",
    "lock",
    "sign-out",
    "act",
    "touched",
    "following",
    "painted",
    "orders/a-aaaaaaaaaaaaaaaa/seen",
    "woken",
    "front",
    "point",
    "view",
    "ready",
    "marks",
    *STATEMENTS,
    *ROUNDS,
)


@pytest.mark.parametrize("path", READS)
def test_another_program_of_the_terminal_reads_nothing(stranger: Browser, path: str) -> None:
    assert code(stranger.get(f"/api/{path}")) == (401, "seat-kiosk-only")


@pytest.mark.parametrize("path", CHANGES)
def test_another_program_of_the_terminal_changes_nothing_even_with_the_token(stranger: Browser, path: str) -> None:
    assert code(stranger.post(f"/api/{path}")) == (401, "seat-kiosk-only")


def test_every_call_of_the_page_is_behind_the_secret(page: Page, tmp_path: Path) -> None:
    rules = [rule for rule in client_of(page, tmp_path).application.url_map.iter_rules() if "api" in rule.rule]
    assert len(rules) == len(READS) + len(CHANGES) + 1, "name the new call above"


def test_the_empty_page_and_a_sign_of_life_are_for_everybody(stranger: Browser) -> None:
    assert "chỗ ngồi" in stranger.get("/").text
    assert stranger.get("/healthz").get_json() == {"instance": INSTANCE}


def test_the_words_say_what_to_open(stranger: Browser) -> None:
    error = stranger.get("/api/seat").get_json()["error"]
    assert "địa chỉ" in error["vi"]
    assert "address" in error["en"]


def test_the_secret_is_exchanged_for_a_cookie_that_no_script_reads(stranger: Browser) -> None:
    answer = stranger.post("/api/kiosk", {"secret": kiosk_secret()}, **{"X-Seat-Token": ""})
    assert answer.status_code == 200
    assert answer.get_json() == {}
    cookie = answer.headers["Set-Cookie"]
    for part in ("seat-kiosk-8790=", "HttpOnly", "SameSite=Strict", "Path=/api"):
        assert part in cookie
    assert kiosk_secret() not in cookie
    assert stranger.get("/api/seat").get_json()["token"] == TOKEN


@pytest.mark.parametrize("secret", ["", "x", "không", "\ud800", "a" * 43])
def test_a_wrong_secret_opens_nothing(stranger: Browser, secret: str) -> None:
    answer = stranger.post("/api/kiosk", json.dumps({"secret": secret}).encode())
    assert answer.status_code in {400, 401}
    assert "Set-Cookie" not in answer.headers
    assert stranger.get("/api/seat").status_code == 401


def test_the_exchange_refuses_pages_from_elsewhere(stranger: Browser) -> None:
    answer = stranger.post("/api/kiosk", {"secret": kiosk_secret()}, Origin="http://evil.example")
    assert code(answer) == (403, "seat-wrong-host")


def test_a_seat_at_another_port_has_another_cookie() -> None:
    one, other = Kiosk(SECRET, port=lambda: 8101), Kiosk(Secret(bytes(32)), port=lambda: 8102)
    secret = one.address.reveal().decode().partition("#kiosk=")[2]
    cookies = {one.cookie_name: one.admit(secret)}
    assert one.is_known(cookies)
    assert not other.is_known(cookies)
    assert not other.is_known({other.cookie_name: one.admit(secret)})


def test_wrong_tries_are_counted_and_slowed_and_never_shut_the_screen_out(caplog: pytest.LogCaptureFixture) -> None:
    kiosk = Kiosk(SECRET, port=lambda: 8790)
    for _ in range(FREE_TRIES):
        with pytest.raises(KioskOnly):
            kiosk.admit("wrong")
    for _ in range(100):
        with pytest.raises(TooManyTries) as slowed:
            kiosk.admit("wrong")
        assert slowed.value.data["wait_s"] > 0
    assert 1 < len(caplog.records) < 10
    assert "64 so far" in caplog.text
    assert kiosk.admit(kiosk_secret())


# ------------------------------------------------------------ the run folder


def made(run_dir: RunDir, calls: list[int]) -> Secret:
    def make(size: int) -> bytes:
        calls.append(size)
        return bytes([len(calls)]) * size

    return run_dir.kiosk_secret(make, size=32)


def test_the_secret_outlives_the_agent_and_not_the_boot(tmp_path: Path) -> None:
    calls: list[int] = []
    first = made(RunDir(tmp_path, boot="this"), calls)
    assert made(RunDir(tmp_path, boot="this"), calls) == first
    cookie = Kiosk(first, port=lambda: 1).admit(Kiosk(first, port=lambda: 1).address.reveal().decode()[-43:])
    again = Kiosk(made(RunDir(tmp_path, boot="this"), calls), port=lambda: 1)
    assert again.is_known({again.cookie_name: cookie}), "a browser that stayed open goes on"
    assert made(RunDir(tmp_path, boot="next"), calls) != first
    assert calls == [32, 32]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"boot":"this","key":"AA=="}', b"\xff"])
def test_a_broken_file_is_made_anew(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "kiosk.key").write_bytes(data)
    assert len(made(RunDir(tmp_path, boot="this"), [])) == 32


def test_a_revoked_device_keeps_its_screen(tmp_path: Path) -> None:
    run_dir = RunDir(tmp_path, boot="this")
    first = made(run_dir, [])
    run_dir.forget()
    assert made(run_dir, []) == first


def test_only_agent_and_launcher_read_it(tmp_path: Path) -> None:
    run_dir = RunDir(tmp_path / "run", boot="this")
    made(run_dir, [])
    run_dir.note("kiosk.html", b"x")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "run").iterdir()}
    assert modes == {"kiosk.key": 0o600, "kiosk.html": 0o640}


def test_a_folder_that_cannot_be_written_leaves_no_seat_without_a_screen(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        made(RunDir(tmp_path / "file", boot="this"), [])


def test_the_launchers_page_goes_to_the_address(tmp_path: Path) -> None:
    assert f'url=http://localhost:8790/#kiosk={kiosk_secret()}"'.encode() in launcher(
        Kiosk(SECRET, port=lambda: 8790).address
    )


def test_the_secret_shows_itself_nowhere(page: Page) -> None:
    said: list[Any] = [page, page.kiosk, page.kiosk.address, vars(page.kiosk)]
    assert kiosk_secret() not in repr(said)
