"""The agent's own page in a real browser: opened by the terminal's screen, and by somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import web
from edge.page import app
from edge.page.board import Board
from edge.page.desk import Desk
from edge.page.kiosk import Kiosk, launcher
from edge.page.pictures import Pictures
from edge.page.server import PageServer
from edge.screen import Screen
from tests.browser import seat_sections as having
from tests.browser.chromium import chromium
from tests.support.broker import free_ports
from tests.support.seat_page import Drawing
from wire.secret import Secret

REFUSED = "Trang này chỉ dành cho màn hình của thiết bị"
NOW = dt.datetime(2026, 11, 21, 2, 14, tzinfo=dt.UTC)


class Terminal:
    """The page's side of an agent; ``restart`` gives it another secret or the same."""

    def __init__(self) -> None:
        self.server = PageServer(free_ports(1)[0])
        self.start(Secret(bytes(32)))

    def start(self, secret: Secret) -> None:
        """As the agent starts."""
        self.kiosk = Kiosk(secret, port=lambda: self.server.port)
        self._board = Board()
        self._board.show(Screen(12, having.sections("waiting")))
        pictures = Pictures(Drawing(), max_bytes=1 << 20, damaged=lambda _: None)
        desk = Desk(lambda _: None)
        page = app.Page(
            self._board, desk, pictures,
            now=lambda: NOW, new_act=lambda: "", token="t", kiosk=self.kiosk, instance="i",
        )  # fmt: skip
        self.server.start(app.create_page(page, port=lambda: self.server.port, dist=web.dist()))

    def stop(self) -> None:
        """As the agent ends."""
        self._board.stop()
        self.server.stop()
        self.server = PageServer(self.server.port)

    @property
    def address(self) -> str:
        """What the screen opens."""
        return self.kiosk.address.reveal().decode()

    @property
    def bare(self) -> str:
        """What anybody may guess."""
        return self.address.partition("#")[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="vi-VN")
    yield context.new_page()
    context.close()


def shows_the_seat(page: Page) -> None:
    expect(page.get_by_text("Chưa có cuộc họp nào").first).to_be_visible()


def test_the_screen_is_let_in_and_the_secret_leaves_the_address(terminal: Terminal, page: Page) -> None:
    page.goto(terminal.address)
    shows_the_seat(page)
    assert page.url == terminal.bare
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    page.reload()
    shows_the_seat(page)


def test_the_launchers_file_leads_there(terminal: Terminal, page: Page, tmp_path: Path) -> None:
    (tmp_path / "kiosk.html").write_bytes(launcher(terminal.kiosk.address))
    page.goto((tmp_path / "kiosk.html").as_uri())
    shows_the_seat(page)
    assert page.url == terminal.bare


def test_another_browser_is_told_what_to_open_and_may_then_open_it(terminal: Terminal, page: Page) -> None:
    page.goto(terminal.bare)
    expect(page.get_by_role("alert").get_by_text(REFUSED)).to_be_visible()
    page.goto(f"{terminal.bare}#kiosk=wrong")
    expect(page.get_by_role("alert").get_by_text(REFUSED)).to_be_visible()
    page.goto(terminal.address)
    shows_the_seat(page)


@pytest.mark.parametrize("same", [True, False])
def test_a_page_that_stays_open_over_a_restart(terminal: Terminal, page: Page, *, same: bool) -> None:
    page.goto(terminal.address)
    shows_the_seat(page)
    terminal.stop()
    terminal.start(Secret(bytes(32) if same else bytes(31) + b"x"))
    if same:
        page.reload()
        shows_the_seat(page)
    else:
        expect(page.get_by_role("alert").get_by_text(REFUSED)).to_be_visible(timeout=15_000)
        expect(page.get_by_text("Chưa có cuộc họp nào")).to_have_count(0)
