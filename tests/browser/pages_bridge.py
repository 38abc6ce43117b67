"""Somebody at a PC with a bridge: a console, and the windows that the bridge opens.

Usage::

    person = PcPerson(browser, room, people.CHAIR)
    person.knows_the_bridge(); person.arrives(); person.comes_in()
"""

from __future__ import annotations

import contextlib
import re
from typing import Final

from playwright.sync_api import Browser, Page, expect

from deploy.demo import people
from tests.browser.chromium import faults
from tests.browser.pages_console import ConsolePerson
from tests.browser.screen import CLICKED_PX, DESK, Screen
from tests.support.token_room import TokenRoom

_PLUGS: Final = 6


class PcPerson(ConsolePerson):
    """See the module; ``reader``: the PC's, which comes after those of the seats."""

    def __init__(
        self, browser: Browser, room: TokenRoom, who: people.Person, *, host: str = "localhost", reader: int = 1
    ) -> None:
        self.room = room
        self.who = who
        self.reader = reader
        address = room.room.console_url.replace("localhost", host)
        super().__init__(Screen(browser, who.username, size=DESK), address)
        self.bridge = f"http://127.0.0.1:{room.room.room.ports.bridge}"
        # What was asked for when the token went out.
        self.screen.expects(423, "/api/")

    def knows_the_bridge(self) -> None:
        """The browser was opened from the bridge once."""
        page = self.page.context.new_page()
        page.goto(self.room.room.room.bridge_address())
        expect(page.get_by_role("banner")).to_contain_text("USB token trên máy này")
        # What only who was let in is shown: closed before that, the browser would be a stranger's.
        expect(page.get_by_text("Cửa sổ này của chính máy đồng chí.")).to_be_visible()
        page.close()

    def window_after(self, button: str | re.Pattern[str]) -> Page:
        """Press a button that opens a window of the bridge; a name is meant as a whole."""
        found = self.button(button) if isinstance(button, str) else self.page.get_by_role("button", name=button)
        with self.page.context.expect_page() as opened:
            found.click()
        opened.value.set_default_timeout(20_000)
        return opened.value

    def pairs(self) -> None:
        """Once: the same figures on both sides, said yes to in the bridge's window."""
        window = self.window_after("Ghép nối máy này")
        figures = self.page.locator(".code strong").inner_text()
        assert re.fullmatch(r"\d{4} \d{4} \d{4}", figures.replace("\u00a0", " "))
        expect(window.locator(".code")).to_have_text(figures)
        expect(window.get_by_text(self.address.rstrip("/"))).to_be_visible()
        assert faults(window, least_px=CLICKED_PX, scrolls=True) == []
        window.get_by_role("button", name="Đúng, ghép nối").click()
        expect(window.get_by_text("Đã ghép nối")).to_be_visible()
        expect(self.page.get_by_text("Máy này đã ghép nối.")).to_be_visible()
        window.close()

    def types_pin(self, window: Page, pin: str, *, go: str = "Đăng nhập") -> None:
        """In the bridge's window."""
        window.get_by_label("Mã PIN", exact=True).fill(pin)
        window.get_by_role("button", name=go, exact=True).click()

    def comes_in(self) -> None:
        """From the sign-in page of a browser that is not paired yet to the first page."""
        self.button("Đăng nhập bằng USB token").click()
        self.pairs()
        window = self.window_after("Đăng nhập")
        self.plugs(window)
        self.types_pin(window, self.room.pin)
        self.is_greeted(self.who)

    def signs(self, window: Page, *words: str, go: str = "Ký", again: bool = False) -> None:
        """Read the words in the bridge's window, look at it unless such a one was seen before, and sign."""
        for each in words:
            expect(window.get_by_text(each)).to_be_visible()
        assert again or faults(window, least_px=CLICKED_PX, scrolls=True) == []
        self.types_pin(window, self.room.pin, go=go)
        closed(window)

    def signs_paper(self, button: str | re.Pattern[str], *, mistypes: bool = False, again: bool = False) -> None:
        """In the bridge's window: every page is looked at before the PIN is taken (G58)."""
        window = self.window_after(button)
        picture = window.get_by_role("img", name="Trang 1 / ")
        expect(picture).to_be_visible()
        pages = int((picture.get_attribute("alt") or "").rpartition(" ")[2])
        for at in range(2, pages + 1):
            window.get_by_role("button", name="Trang sau").click()
            expect(window.get_by_role("img", name=f"Trang {at} / {pages}")).to_be_visible()
        if mistypes:
            self.types_pin(window, "999999", go="Ký")
            expect(window.get_by_text("Số lần thử còn lại: 2.").first).to_be_visible()
        self.signs(window, again=again)

    def takes_token_out(self) -> None:
        """For the next person's: a swap between two looks of the service may pass as one card."""
        self.room.stand.pull(self.reader)
        self.sees_locked()

    def unlocks(self) -> None:
        """With the token, into a reader that is empty."""
        window = self.window_after("Mở khóa")
        self.plugs(window)
        self.types_pin(window, self.room.pin)
        expect(self.page.get_by_text("Màn hình đang khóa")).to_have_count(0)
        closed(window)

    def sees_locked(self) -> None:
        """Nothing but the lock."""
        expect(self.page.get_by_text("Màn hình đang khóa")).to_be_visible()

    def plugs(self, window: Page) -> None:
        """Into the PC, until the bridge's window asks for the PIN: the service looks every 400 ms, and may miss it."""
        field = window.get_by_label("Mã PIN", exact=True)
        for _ in range(_PLUGS):
            self.room.stand.plug(self.reader, self.who.username)
            with contextlib.suppress(AssertionError):
                expect(field).to_be_visible(timeout=5_000)
                return
        expect(field).to_be_visible()


def unforeseen(person: PcPerson) -> list[str]:
    """What went wrong on the console, but for its talk with the bridge, and for asking one that is not paired yet.

    A token that goes out ends the session's line, sometimes in the middle of what the server was saying.
    """
    known = ("asked another origin: http://127.0.0.1:", "/api/hello", "failed: Data frame received after close")
    return [said for said in person.screen.complaints() if not any(each in said for each in known)]


def closed(window: Page) -> None:
    """It closes by itself."""
    if not window.is_closed():
        window.wait_for_event("close", timeout=10_000)
