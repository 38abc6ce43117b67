"""A person at a console: what chair, secretary and IT all do there.

Rules: everything is found by its role and its name, as a screen reader finds it; what is expected is waited for, and is
there within ``PATIENCE_MS`` even on a busy machine.

Usage::

    person = ConsolePerson(screen, room.console_url)
    person.signs_in(people.SECRETARY)
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from deploy.demo import people
from tests.browser.screen import Screen

PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


class ConsolePerson:
    """Somebody in front of ``screen``; the console is at ``address``."""

    def __init__(self, screen: Screen, address: str) -> None:
        self.screen = screen
        self.page = screen.page
        self.address = address
        self.page.set_default_timeout(PATIENCE_MS)
        # Nobody is signed in when a console is opened: its first question is answered so.
        screen.expects(401, "/api/me")

    def arrives(self) -> None:
        """Opens the console; it asks who this is."""
        self.screen.opens(self.address)
        expect(self.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()

    def signs_in(self, person: people.Person) -> None:
        """With name and password, as one types them."""
        self.page.get_by_label("Tên đăng nhập").fill(person.username)
        self.page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD.reveal().decode())
        self.page.keyboard.press("Enter")
        self.is_greeted(person)

    def comes_back(self, person: people.Person) -> None:
        """Opens the console again; it still knows who this is."""
        self.page.reload()
        self.is_greeted(person)

    def is_greeted(self, person: people.Person) -> None:
        """The first page, with what is there for this person."""
        expect(self.page.get_by_role("heading", name=f"Xin chào đồng chí {person.name}")).to_be_visible()
        expect(self.page.get_by_label("Đang tải…")).to_have_count(0)

    def button(self, name: str) -> Locator:
        """The button of exactly this name, outside of questions."""
        return self.page.get_by_role("button", name=name, exact=True)

    def presses(self, name: str) -> None:
        """A button."""
        self.button(name).click()

    def answers(self, name: str) -> None:
        """A button of the question that is open; the question is gone afterwards."""
        question = self.page.get_by_role("dialog")
        question.get_by_role("button", name=name, exact=True).click()
        expect(question).to_have_count(0)

    def goes_to(self, part: str) -> None:
        """A part of the meeting, by the tabs below its name."""
        parts = self.page.get_by_role("navigation", name="Các phần của cuộc họp")
        parts.get_by_role("link", name=re.compile(rf"^{part}")).click()
        expect(parts.locator("[aria-current=page]")).to_contain_text(part)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Words somewhere on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def takes_up(self, task: str, title: str) -> None:
        """What waits for the person, from the first page."""
        waiting = self.page.get_by_role("link").filter(has_text=task).filter(has_text=title)
        waiting.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)

    def opens_meeting(self, title: str) -> None:
        """From the list on the first page."""
        self.page.get_by_role("link", name="Quay lại").click()
        self.page.get_by_role("main").get_by_role("link").filter(has_text=title).last.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
