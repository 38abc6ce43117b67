"""Every window of the bridge, in both themes, with the longest names: the real surface, cards played by hand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import web
from edge.events import CardCame, CardFailed, CardsWatched, CardWent
from edge.model import SignsWith
from edge.page.server import PageServer
from tests.browser.chromium import chromium, contrast_faults, faults, layout_faults
from tests.browser.screen import CLICKED_PX
from tests.support.bridge_play import NOW, ORIGIN, BridgePlay
from tests.support.meeting_log import MeetingLog, named
from tests.support.pdfs import text_pdf
from tests.support.token_play import OTHER_READER, READER
from wire import declare
from wire.asking import Kind
from wire.declare import Maker
from wire.statement import APPROVE_PAPERS, Statement

pytestmark = pytest.mark.timeout(120)
NAME = "Công Tằng Tôn Nữ Hoàng Phương Khánh Ngọc Bảo Trân (demo)"
WIDTH, HEIGHT = 640, 760
_PAGES = 4
TITLE = "Tờ trình về dự thảo Nghị quyết tăng cường kiểm sát việc tạm giữ, tạm giam và thi hành án hình sự quý IV"


@pytest.fixture
def play(tmp_path: Path) -> Iterator[BridgePlay]:
    found = BridgePlay(tmp_path, dist=web.dist())
    server = PageServer(0)
    server.start(found.app)
    found.port = server.port
    yield found
    found.desk.stop()
    server.stop()
    found.renderer.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Window:
    """The window of the bridge, and what is wrong with it."""

    def __init__(self, browser: Browser, play: BridgePlay) -> None:
        self.play = play
        self.page: Page = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", reduced_motion="reduce", locale="vi-VN"
        ).new_page()
        self.page.set_default_timeout(10_000)

    def opens(self, mark: str = "") -> None:
        self.page.goto("about:blank")
        self.page.goto(f"http://127.0.0.1:{self.play.port}/{'#' if mark else ''}{mark}")

    def comes_in(self) -> None:
        self.opens("enter=" + self.play.kiosk.address.reveal().decode().partition("#kiosk=")[2])
        expect(self.page.get_by_text("Cửa sổ này của chính máy đồng chí.")).to_be_visible()

    def shows(self, text: str, *, axe: bool = True) -> None:
        """The words stand there, whole, in both themes; ``axe``: this arrangement was not looked at before."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        look = faults if axe else layout_faults
        self._stays_right(lambda: look(self.page, least_px=CLICKED_PX, scrolls=True), text)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self._stays_right(lambda: contrast_faults(self.page), text)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    @staticmethod
    def _stays_right(look: Callable[[], list[str]], text: str) -> None:
        """A page goes on while it is examined, and its colours pass into each other: what stays wrong counts."""
        ending = time.monotonic() + 5
        while (found := look()) and time.monotonic() < ending:
            continue
        assert found == [], text


@pytest.fixture
def window(browser: Browser, play: BridgePlay) -> Iterator[Window]:
    found = Window(browser, play)
    yield found
    found.page.context.close()


def _tries(**seen: Any) -> Callable[[BridgePlay], None]:
    def plug(play: BridgePlay) -> None:
        play.pull()
        play.plug("lan", name=NAME, **seen)

    return plug


def _two(play: BridgePlay) -> None:
    play.desk.hear(CardCame(OTHER_READER, 1))


def _foreign(play: BridgePlay) -> None:
    play.desk.hear(CardWent(OTHER_READER, 1))
    play.desk.hear(CardFailed(READER, play.count, "card-foreign", {}))


#: What happens to the reader while a sign-in waits, what the window says, and whether axe has to look anew.
READERS: tuple[tuple[Callable[[BridgePlay], None], str, bool], ...] = (
    (lambda play: play.desk.hear(CardsWatched("card-service-absent")), "USB token chưa dùng được", True),
    (lambda play: play.desk.hear(CardsWatched()), "Cắm USB token vào máy", False),
    (lambda play: play.plug("lan", name=NAME), NAME, True),
    (_tries(tries_left=2), "Số lần thử còn lại: 2.", False),
    (_tries(tries_left=None, is_low=True), "Đã có lần nhập sai mã PIN.", False),
    (_tries(tries_left=1, is_last=True), "Chỉ còn một lần thử.", True),
    (_tries(tries_left=0, is_blocked=True), "USB token này đã bị khóa", False),
    (_two, "Có 2 USB token cùng cắm vào máy", False),
    (_foreign, "USB token chưa dùng được", False),
)


def test_G52_a_sign_in_says_of_the_token_what_there_is_to_do(window: Window, play: BridgePlay) -> None:
    play.paired()
    window.comes_in()
    window.opens(play.ask())
    for happens, text, axe in READERS:
        happens(play)
        window.shows(text, axe=axe)
    play.pull()
    play.plug("lan", name=NAME, tries_left=1, is_last=True)
    window.page.get_by_label("Mã PIN", exact=True).fill("123456")
    window.page.get_by_role("button", name="Đăng nhập", exact=True).click()
    window.shows("Thử lần cuối")
    assert not [each for each in play.cards.orders if not isinstance(each, tuple)], "not before the person says so"


def _approval() -> Statement:
    state = MeetingLog().prepared().state
    papers = [
        {"paper": named("p", f"p{at}"), "version": 1, "title": f"{TITLE} {at}", "sha256": "ab" * 32} for at in range(40)
    ]
    made = declare.declare(state, APPROVE_PAPERS, {"papers": papers}, maker=Maker(named("u", "lan"), None, NOW))
    return replace(made, name=NAME, title=TITLE)


def test_G56_G57_what_is_signed_is_shown_whole_and_what_is_lacking_is_said(window: Window, play: BridgePlay) -> None:
    play.paired()
    window.comes_in()
    play.plug("lan", name=NAME)
    window.opens(play.ask(Kind.STATEMENT, data={"statement": _approval().to_value()}))
    window.shows("USB token này không có chứng thư số để ký văn bản")
    play.pull()
    play.plug("lan", name=NAME, signs=SignsWith(b"document", "cd" * 32, NAME))
    window.shows("Tôi phê duyệt 40 tài liệu")
    expect(window.page.get_by_text("40. ")).to_be_attached()
    data = {"nonce": "A" * 43 + "=", "person": named("u", "lan"), "name": NAME, "use": "document"}
    ticket = play.ask(Kind.ENROL, data=data)
    window.opens(ticket)
    window.shows("Chứng thư số để ký văn bản")
    play.desk.decline(ticket)
    window.shows("Yêu cầu đã kết thúc")
    window.opens("khong-co-phieu-nay")
    window.shows("Không có yêu cầu nào đang chờ.", axe=False)


def test_G50_pairing_strangers_and_a_bridge_that_has_gone(window: Window, play: BridgePlay) -> None:
    window.opens()
    window.shows("Trình duyệt này chưa được mở từ chương trình USB token")
    window.comes_in()
    window.shows("Máy này chưa ghép nối với phòng họp nào")
    play.desk.pair(replace(play.pairing(), name=TITLE))
    window.shows(ORIGIN)
    ticket = play.ask()
    window.opens(ticket)
    window.shows("Đăng nhập vào phòng họp", axe=False)
    play.desk.stop()
    window.shows("Chương trình USB token trên máy này không trả lời.")


def test_G58_every_page_of_a_paper_is_reached_and_the_button_says_how_many_were_not(
    window: Window, play: BridgePlay
) -> None:
    pdf = text_pdf(["TỜ TRÌNH"], pages=_PAGES)
    box = [72_000, 700_000, 272_000, 760_000]
    data: dict[str, Any] = {"title": TITLE, "kind": "minutes", "name": NAME, "size_bytes": len(pdf)}
    written = {"SoVanBan": "312", "NgayBanHanh": "22", "ThangBanHanh": "11"}
    data |= {"number": {"number": "312/TB-VKS", "date": "2026-11-22", "written": written}}
    data |= {"sha256": hashlib.sha256(pdf).hexdigest(), "mark": {"page": _PAGES, "box": box}}
    play.paired()
    window.comes_in()
    play.plug("lan", name=NAME, signs=SignsWith(b"document", "cd" * 32, NAME))
    ticket = play.ask(Kind.PAPER, data=data)
    play.desk.take_file(ticket, pdf, origin=ORIGIN)
    window.opens(ticket)
    page, sign = window.page, window.page.locator("button[type=submit]")
    window.shows(f"Ký – còn {_PAGES - 1} trang chưa xem")
    expect(page.get_by_text("số 312/TB-VKS, ngày 22/11/2026")).to_be_visible()
    page.set_viewport_size({"width": 480, "height": 640})
    window.shows(NAME, axe=False)
    # A low window needs its height for reading: the paper comes before the PIN.
    expect(page.locator(".sheet")).to_be_in_viewport()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    for each in (page.get_by_label("Mã PIN", exact=True), sign):
        expect(each).to_be_in_viewport(ratio=1)
    page.get_by_label("Mã PIN", exact=True).fill("123456")
    sign.click()
    window.shows("Chữ ký có hiệu lực với toàn bộ văn bản")
    page.get_by_role("button", name="Quay lại").click()
    assert not [each for each in play.cards.orders if not isinstance(each, tuple)], "not before the person says so"
    page.get_by_role("button", name="Tới chỗ ký").click()
    expect(page.locator(".mark rect")).to_be_in_viewport(ratio=1)
    expect(sign).to_have_text(f"Ký – còn {_PAGES - 2} trang chưa xem")
    for at in range(_PAGES - 1, 1, -1):
        page.get_by_role("button", name="Trang trước").click()
        expect(page.get_by_role("img", name=f"Trang {at} / {_PAGES}")).to_be_in_viewport()
    expect(sign).to_have_text("Ký")
    expect(sign).to_be_in_viewport(ratio=1)
    window.shows(NAME)
    page.get_by_label("Mã PIN", exact=True).fill("123456")
    sign.click()
    play.order()
