"""A delegate in front of a terminal: everything by touch, and what the screen then shows.

Usage::

    delegate = SeatPerson(screen, lambda: room.seat_url(1))
    delegate.signs_in()
    delegate.opens_paper("Báo cáo …")
    delegate.reads_page_of(pdf, 1)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, expect

from deploy.demo import people
from tests.browser.pages_console import PATIENCE_MS
from tests.browser.pictures import expect_page
from tests.browser.screen import Screen
from tests.browser.seat_person import Person
from tests.support.poll import until

SIGN_IN_MS = 30_000
RECALL_MS = 45_000
_DRAWN = "(pictures) => pictures.length === 1 && pictures[0].complete && pictures[0].naturalWidth > 0"
_SIGNS = set("!@#$%^&*()-_=+[]{}\\|;:'\"`~,.<>/?")


class SeatPerson(Person):
    """``address`` gives what the terminal's screen opens now; it changes when the terminal loses power."""

    def __init__(self, screen: Screen, address: Callable[[], str]) -> None:
        super().__init__(screen.page)
        self.screen = screen
        self.address = address
        self.page.set_default_timeout(PATIENCE_MS)

    # The terminal

    def switches_on(self) -> None:
        """The kiosk opens the agent's page."""
        if self.screen.page.is_closed():
            self.screen.switched_on()
            self.page = self.screen.page
        self.screen.opens(self.address())

    def reads_code(self) -> str:
        """The twelve digits of a new terminal."""
        shown = self.page.get_by_label("Mã ghép nối", exact=True)
        expect(shown).to_have_text(re.compile(r"^\s*(\d{4}\s*){3}$"))
        return " ".join(shown.locator("span").all_inner_texts())

    def is_connected(self) -> None:
        """The screen says so."""
        expect(self.page.get_by_role("banner").get_by_text("Đã kết nối")).to_be_visible()

    # Signing in

    def signs_in(self) -> None:
        """As the person this place is meant for, on the screen's own keys."""
        self.taps("Đăng nhập")
        self.types_on_screen(people.PASSWORD.reveal().decode())
        self.taps("Đăng nhập")
        expect(self.page.get_by_role("complementary", name="Thao tác")).to_be_visible(timeout=SIGN_IN_MS)

    def types_on_screen(self, text: str) -> None:
        """Letters and digits on one layout of the keys, signs on the other."""
        keys = self.page.get_by_role("group", name="Bàn phím trên màn hình")
        for char in text:
            layout = keys.get_by_role("button", name="!#1" if char in _SIGNS else "abc")
            if layout.count():
                layout.tap()
            name = {" ": "Dấu cách"}.get(char, char)
            keys.get_by_role("button", name=name, exact=True).tap()

    @contextmanager
    def locked(self, person: people.Person) -> Iterator[None]:
        """Goes for a moment, and comes back with the password on the screen's own keys."""
        # A page that was asked for ahead is no longer given out.
        with self.screen.expecting("/api/papers/", 404, 423):
            self.page.get_by_role("banner").get_by_role("button", name=person.name).tap()
            self.page.get_by_role("dialog").get_by_role("button", name="Khóa màn hình").tap()
            self.sees("Màn hình đang khóa")
            yield
        self.types_on_screen(people.PASSWORD.reveal().decode())
        self.taps("Mở khóa")
        self.does_not_see("Màn hình đang khóa")

    # Reading

    @property
    def paper(self) -> Locator:
        """The picture of the page in front."""
        return self.page.locator(".stage canvas")

    def reads_page_of(self, pdf: Path, number: int) -> None:
        """The screen says this page, and its picture is that page of ``pdf``."""
        self.reads_page(number)
        expect_page(self.paper, pdf, number=number)

    def sees_agenda(self, titles: list[str]) -> None:
        """All items, in this order."""
        agenda = self.page.get_by_role("navigation", name="Chương trình").get_by_role("listitem")
        expect(agenda).to_contain_text(titles)

    def sees_papers(self, titles: list[str]) -> None:
        """All papers, all of them at this seat."""
        self.sees(f"Đã nhận {len(titles)} trên {len(titles)} tài liệu")
        for title in titles:
            expect(self.page.get_by_role("button", name=title)).to_be_visible()

    def jumps_to(self, number: int) -> None:
        """By the number pad."""
        self.page.get_by_role("button", name=re.compile("Đến trang$")).tap()
        keys = self.page.get_by_role("dialog", name="Đến trang").get_by_role("group", name="Bàn phím trên màn hình")
        for digit in str(number):
            keys.get_by_role("button", name=digit, exact=True).tap()
        keys.get_by_role("button", name="Đến", exact=True).tap()
        self.reads_page(number)

    def zooms_in(self) -> None:
        """One step; the page is larger afterwards."""
        before = self._width()
        self.taps("Phóng to")
        until(lambda: self._width() > before, every_s=0.05, what="a larger page")

    def _width(self) -> float:
        box = self.paper.bounding_box()
        return box["width"] if box else 0

    def looks_at_thumbnails(self, number: int) -> None:
        """All pages in small; the picture of this one is there."""
        self.taps("Các trang")
        small = self.button(f"Trang {number}")
        until(lambda: small.locator("img").evaluate_all(_DRAWN), every_s=0.05, what=f"page {number} in small")

    def picks_from_thumbnails(self, number: int) -> None:
        """One of the small pages; it opens."""
        self.button(f"Trang {number}").tap()
        self.reads_page(number)

    def searches(self, words: str) -> Locator:
        """Without accents; the pages that have the words."""
        self.taps("Tìm")
        self.types_on_screen(words)
        self.page.get_by_role("group", name="Bàn phím trên màn hình").get_by_role("button", name="Tìm").tap()
        expect(self.page.get_by_text(re.compile(r"^Thấy\s\d+\slần, ở\s\d+\strang"))).to_be_visible()
        return self.page.get_by_role("search").locator("xpath=..").get_by_role("listitem")

    # Following

    def leaves(self) -> None:
        """Turns a page alone."""
        self.turns_to_next_page()
        self.sees("Đang xem riêng")

    def returns(self) -> None:
        """One tap."""
        self.taps("Theo chủ trì")
        self.does_not_see("Đang xem riêng")

    # The end

    def has_been_recalled(self, *, papers: int, pages: int) -> None:
        """Nothing is left to read, and the screen says how much it was."""
        expect(self.page.get_by_role("heading", name="Tài liệu đã được thu hồi")).to_be_visible(timeout=RECALL_MS)
        expect(self.page.get_by_role("definition")).to_have_text([str(papers), str(pages)])
        expect(self.page.get_by_text("Máy chủ đã nhận biên nhận")).to_be_visible(timeout=RECALL_MS)
        expect(self.page.locator("canvas")).to_have_count(0)
