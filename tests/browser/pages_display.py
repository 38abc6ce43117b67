"""The room display: nobody touches it, everybody looks at it.

Usage: `WallDisplay(screen).shows("Cuộc họp tạm nghỉ")`.
"""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.screen import Screen


class WallDisplay:
    """The screen at the front of the room."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page = screen.page
        # Of papers the wall is given the page that is presented and no other: one it asks for while the presenter
        # turns on is not there any more when the question comes.
        screen.expects(404, "/api/meetings/")

    def starts(self, address: str) -> None:
        """Opened once by its link; it signs itself in."""
        self.screen.opens(address)

    def shows(self, text: str) -> None:
        """Words in sight of everybody."""
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def shows_page(self, number: int, pages: int) -> None:
        """A page of a paper, with its number."""
        expect(self.page.get_by_text(f"Trang {number} trên {pages}", exact=True)).to_be_visible()
        expect(self.paper).to_be_visible()

    @property
    def paper(self) -> Locator:
        """The picture of the page."""
        return self.page.locator("figure canvas")
