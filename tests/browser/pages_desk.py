"""The secretary while the meeting goes on: keeps the roll, serves the desk, writes messages, counts hands.

Usage::

    desk = SecretaryAtTheTable(screen, room.console_url)
    desk.opens_roll("0/43 có mặt")
    desk.marks_all_shown("Có mặt")
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from deploy.demo import people
from tests.browser.pages_secretary import Secretary


class SecretaryAtTheTable(Secretary):
    """At the secretary's desk, in the room."""

    def goes_into(self, title: str) -> None:
        """The meeting, from the list of the first page, and on to its course."""
        self.page.get_by_role("main").get_by_role("link").filter(has_text=title).last.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        self.presses("Theo dõi, trình chiếu")

    # The roll

    def opens_roll(self) -> None:
        """From the number of those who are there."""
        self.page.get_by_role("button", name=re.compile("có mặt · cần")).click()
        expect(self.page.get_by_role("heading", name="Điểm danh")).to_be_visible()

    def row(self, name: str) -> Locator:
        """Somebody on the roll."""
        return self.page.locator("[data-person]").filter(has_text=name)

    def writes_about(self, name: str, word: str, *, reason: str) -> None:
        """With its reason."""
        self.presses(f"Ghi điểm danh: {name}")
        question = self.page.get_by_role("dialog")
        question.get_by_text(word, exact=True).click()
        question.get_by_role("textbox").fill(reason)
        self.answers("Ghi")
        expect(self.row(name)).to_contain_text(reason)

    def marks_all_shown(self, group: str, word: str) -> None:
        """Everybody of a group at once."""
        self.page.get_by_text(re.compile(rf"^\s*{group}\s\d+\s*$")).click()
        self.page.get_by_role("button", name=re.compile("Chọn tất cả đang hiện")).click()
        self.page.get_by_role("button", name=word, exact=True).click()
        expect(self.page.get_by_text(re.compile(rf"^\s*{group}\s0\s*$"))).to_be_visible()

    def marks_late(self, name: str, *, reason: str) -> None:
        """Somebody who was absent has come after all."""
        self.page.get_by_text(re.compile(r"^\s*Tất cả\s\d+\s*$")).click()
        self.writes_about(name, "Đến muộn", reason=reason)

    def recuses(self, name: str, item: str, *, reason: str) -> None:
        """A member leaves an item."""
        self.presses(f"Ghi điểm danh: {name}")
        question = self.page.get_by_role("dialog")
        question.get_by_role("button", name="Tránh tham gia nội dung…").click()
        choice = question.get_by_label("Nội dung phải tránh")
        choice.select_option(label=item)
        question.get_by_label("Lý do, căn cứ").fill(reason)
        question.get_by_role("button", name="Ghi tránh tham gia").click()
        expect(question).to_contain_text(f"Tránh tham gia nội dung {item}")
        self.page.keyboard.press("Escape")

    def leaves_roll(self) -> None:
        """Back to the papers."""
        self.presses("Trở về tài liệu")

    # The desk

    def serves(self, what: str, who: str) -> None:
        """A call: taken, brought, done."""
        self.page.get_by_role("button", name=re.compile("^Phục vụ")).click()
        call = self.page.get_by_role("dialog").get_by_role("listitem").filter(has_text=what)
        expect(call).to_contain_text(who)
        call.get_by_role("button", name="Nhận", exact=True).click()
        expect(call.get_by_text("đã nhận")).to_be_visible()

    def has_served(self) -> None:
        """It is done."""
        self.page.get_by_role("dialog").get_by_role("button", name="Xong", exact=True).click()
        self.sees("Không có yêu cầu nào đang chờ.")
        self.page.keyboard.press("Escape")

    def asks_for(self, person: people.Person) -> None:
        """The floor, for somebody without a terminal."""
        self.presses("Đăng ký thay")
        question = self.page.get_by_role("dialog")
        question.get_by_label("Đại biểu").select_option(label=f"{person.name} – {person.position}")
        question.get_by_role("button", name="Đăng ký", exact=True).click()
        expect(question).to_have_count(0)

    def opens_messages(self) -> Locator:
        """The box for announcements and messages."""
        self.presses("Thông báo, tin nhắn")
        return self.page.get_by_role("dialog", name="Thông báo và tin nhắn")

    def messages(self, box: Locator, name: str, text: str) -> None:
        """To one person's seat."""
        box.get_by_text("Chỗ ngồi", exact=True).first.click()
        box.get_by_label("Nội dung").fill(text)
        box.get_by_text("Chọn người").click()
        box.get_by_label(name).check()
        box.get_by_role("button", name="Gửi ngay").click()
        expect(box.get_by_text("Đã đọc 0/1")).to_be_visible()

    # After the closing

    def takes_dossier(self) -> Path:
        """As a file of the browser."""
        self.page.get_by_role("link", name="Quay lại").click()
        self.presses("Tải hồ sơ cuộc họp")
        with self.page.expect_download() as saved:
            self.answers("Tải hồ sơ")
        return Path(saved.value.path())
