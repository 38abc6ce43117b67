"""The IT operator: compares codes, gives terminals their seats, takes them away.

Usage::

    operator = ItOperator(screen, room.console_url)
    operator.takes_up_terminal("4821 0937 5516")
    operator.admits("4821 0937 5516", seat="B3")
    operator.revokes("B3", reason="Thiết bị thất lạc")
"""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from deploy.demo import people
from tests.browser.pages_console import ConsolePerson


class ItOperator(ConsolePerson):
    """At the IT console."""

    def looks_at_devices(self) -> None:
        """All terminals and those that wait."""
        self.page.get_by_role("link", name="Thiết bị", exact=True).click()
        expect(self.page.get_by_role("heading", name="Thiết bị theo chỗ ngồi")).to_be_visible()

    def looks_at_rooms(self) -> None:
        """All rooms with their seats."""
        self.page.get_by_role("link", name="Phòng họp", exact=True).click()
        expect(self.page.get_by_role("heading", name=people.ROOM_NAME)).to_be_visible()

    def checks_room(self) -> None:
        """The whole room, seat by seat."""
        self.looks_at_rooms()
        self.presses("Kiểm tra phòng")
        expect(self.page.get_by_role("heading", name="Từng chỗ ngồi")).to_be_visible()

    def sees_checked(self, seat: str, *words: str) -> None:
        """What its terminal said of itself; it says so every fifteen seconds, and the page asks as often."""
        for word in words:
            expect(self.row(seat)).to_contain_text(word, timeout=40_000)

    def waiting_codes(self) -> list[str]:
        """The twelve digits of each terminal that asks to be let in, as the console shows them."""
        waiting = self.page.get_by_role("article")
        expect(waiting.first).to_be_visible()
        return [one.locator(".code").inner_text() for one in waiting.all()]

    def takes_up_terminal(self, code: str) -> None:
        """The one that shows this code."""
        self.page.get_by_role("article", name=code).get_by_role("button", name="Duyệt", exact=True).click()

    def admits(self, code: str, *, seat: str) -> None:
        """The code was compared with the one at the seat; the seat is chosen."""
        question = self.page.get_by_role("dialog")
        expect(question.get_by_text(code, exact=True)).to_be_visible()
        question.get_by_role("button", name="Duyệt", exact=True).click()
        expect(question.get_by_text("Đề nghị đồng chí so mã tại chỗ ngồi trước khi duyệt.")).to_be_visible()
        question.get_by_label("Tôi đã so, hai mã giống nhau").check()
        question.get_by_label("Chỗ ngồi", exact=True).select_option(label=f"Chỗ {seat}: còn trống")
        self.answers("Duyệt")
        self.sees(f"Đã duyệt thiết bị vào chỗ {seat}.")

    def row(self, seat: str) -> Locator:
        """The terminal of a seat in the table."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=seat))

    def sees_online(self, seat: str) -> None:
        """Connected."""
        expect(self.row(seat)).to_contain_text("Đã kết nối")

    def revokes(self, seat: str, *, reason: str) -> None:
        """With a reason; it is cut off at once."""
        self.presses(f"Thu hồi quyền thiết bị {seat}")
        self.page.get_by_role("dialog").get_by_label("Lý do thu hồi").fill(reason)
        self.answers("Thu hồi quyền")
        self.sees(f"Đã thu hồi quyền của thiết bị ở chỗ {seat}.")
        expect(self.row(seat)).to_have_count(0)
        expect(self.page.get_by_role("row").filter(has_text="Đã thu hồi")).to_have_count(1)
