"""A person in front of a seat: what they do and what they see, by the words on the screen.

Usage::

    person = Person(page)
    person.taps("Theo chủ trì")
    person.turns_to_next_page()
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


class Person:
    """Everything is found by its role and its name, as a screen reader finds it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def button(self, name: str) -> Locator:
        """The button of exactly this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def taps(self, name: str) -> None:
        """Touch a button."""
        self.button(name).tap()

    def presses(self, *keys: str) -> None:
        """Use a keyboard."""
        for key in keys:
            self.page.keyboard.press(key)

    def opens_paper(self, title: str) -> None:
        """From the list of papers."""
        self.page.get_by_role("button", name=title).tap()
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def turns_to_next_page(self) -> None:
        """By the button."""
        self.taps("Trang sau")

    def reads_page(self, number: int) -> None:
        """The picture of this page, and no other, is in front."""
        stage = self.page.get_by_role("region", name=re.compile(rf"Trang {number} trên "))
        expect(stage.locator("canvas")).to_be_visible()

    def sees(self, text: str) -> None:
        """Words somewhere on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def does_not_see(self, text: str) -> None:
        """Words that are nowhere."""
        expect(self.page.get_by_text(text)).to_have_count(0)

    def types_on_screen(self, text: str) -> None:
        """Touch the keys that the page itself shows; capitals by the shift key."""
        keys = self.page.get_by_role("group", name="Bàn phím trên màn hình")
        for char in text:
            if char.isupper():
                keys.get_by_role("button", name="Chữ hoa").tap()
            keys.get_by_role("button", name=char, exact=True).tap()
