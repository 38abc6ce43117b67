"""The auditor: reads every log, and is read of in it.

Usage: `Auditor(screen, room.console_url).reads_log_of(title)`.
"""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.pages_console import ConsolePerson


class Auditor(ConsolePerson):
    """At a console of their own; in no meeting."""

    @property
    def lines(self) -> Locator:
        """What was read, newest first, below the line of the headings."""
        return self.page.get_by_role("table", name="Đọc nhật ký").get_by_role("row")

    def opens_log(self) -> None:
        """By the record's page."""
        place = self.page.locator("header").get_by_text("Nhật ký", exact=True).locator("visible=true")
        # What has no room in the bar waits behind it.
        more = self.page.get_by_role("button", name="Thêm", exact=True)
        expect(place.or_(more).first).to_be_visible()
        if place.count() == 0:
            more.click()
        place.first.click()
        self.presses("Đọc nhật ký")
        expect(self.lines.nth(1)).to_be_visible()

    def reads_log_of(self, title: str) -> None:
        """One meeting's."""
        self.page.get_by_label("Nhật ký của").select_option(label=title)
        self.presses("Xem")
        expect(self.lines.nth(1)).to_contain_text(title)
