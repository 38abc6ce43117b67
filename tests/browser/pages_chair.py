"""The chair: decides about papers, leads the meeting, closes it.

Usage::

    chair = Chair(screen, room.console_url)
    chair.takes_up("Vào điều hành", title)
    chair.opens_meeting_by_keyboard()
    chair.presents("Báo cáo …", page=5)
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.pages_console import ConsolePerson

RECALL_MS = 45_000
_REACH = 8


class Chair(ConsolePerson):
    """At the chair's desk."""

    # Before the meeting

    def approves_meeting(self) -> None:
        """All of it as it was submitted."""
        self.presses("Phê duyệt")
        self.answers("Phê duyệt")
        self.sees("Đã phê duyệt cuộc họp.")

    def reads_and_approves(self, title: str) -> None:
        """Opens the paper, sees its first page, approves it, goes back to the others."""
        self.page.get_by_role("link", name=title).click()
        self.reads_page(1)
        self.presses("Phê duyệt tài liệu")
        self.sees(f"Đã phê duyệt “{title}”.")
        self.page.get_by_role("link", name="Quay lại").click()

    def approves(self, title: str) -> None:
        """From the list."""
        self.presses(f"Phê duyệt “{title}”")
        expect(self.button(f"Phê duyệt “{title}”")).to_have_count(0)

    # The course of the meeting

    def goes_on_by_keyboard(self) -> None:
        """The one next step, whatever it is."""
        self.page.keyboard.press("Control+Enter")

    def opens_meeting_by_keyboard(self) -> None:
        """Next step, then Tab to the answer and Enter; no mouse."""
        self.goes_on_by_keyboard()
        question = self.page.get_by_role("dialog", name="Khai mạc cuộc họp?")
        expect(question).to_be_visible()
        answer = question.get_by_role("button", name="Khai mạc", exact=True)
        for _ in range(_REACH):
            if answer.evaluate("(one) => one === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        expect(answer).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(question).to_have_count(0)

    def goes_on_to(self, number: str) -> None:
        """The next item, by its button; the agenda shows it as the one that runs."""
        self.page.get_by_role("button", name=re.compile(rf"^(Bắt đầu|Sang) nội dung {re.escape(number)}$")).click()
        self.is_at(number)

    def is_at(self, number: str) -> None:
        """The item that is being dealt with."""
        expect(self.page.locator("[aria-current=step]")).to_contain_text(f"{number}. ")
        above, _, below = number.rpartition(".")
        if below != number:
            parent = self.page.get_by_role("listitem").filter(has_text=re.compile(rf"^\s*{re.escape(above)}\.\s"))
            expect(parent).to_contain_text("đang diễn ra")

    def moves_up(self, number: str) -> None:
        """An item that is still to come, before the one in front of it."""
        self.presses("Sắp xếp lại chương trình")
        self.page.get_by_role("button", name=re.compile(rf"^{re.escape(number)}\. ")).click()
        self.presses("Đưa lên trước")

    def recesses(self) -> None:
        """For a while."""
        self.presses("Tạm nghỉ")
        self.sees("Đang tạm nghỉ")

    def resumes(self) -> None:
        """After the recess."""
        self.page.get_by_role("main").get_by_role("button", name="Họp tiếp", exact=True).click()
        expect(self.page.get_by_text("Đang tạm nghỉ")).to_have_count(0)

    def wants_to_close(self) -> None:
        """A question says what will happen."""
        self.presses("Bế mạc")
        expect(self.page.get_by_role("dialog").get_by_text("Việc này không làm lại được")).to_be_visible()

    def closes(self) -> None:
        """The end; all papers are recalled."""
        self.answers("Bế mạc và thu hồi")

    def sees_recall(self, have: int, of: int) -> None:
        """How many seats have proven that their keys are gone."""
        count = self.page.get_by_role("status").filter(has_text=f"Thu hồi {have}/{of}")
        expect(count).to_be_visible(timeout=RECALL_MS)

    def sees_who_cannot_answer(self, seat: str) -> None:
        """A terminal that was revoked: its proof will not come, and the result is final without it."""
        self.sees(f"Chỗ {seat}: thiết bị đã bị thu hồi quyền trước khi gửi biên nhận")
        self.sees("kết quả cuối cùng")

    def locks(self) -> None:
        """The record is final."""
        self.presses("Khóa cuộc họp")
        self.answers("Khóa")
        self.sees("Đã khóa cuộc họp.")

    # Presenting

    @property
    def paper(self) -> Locator:
        """The picture of the page in front."""
        return self.page.locator(".stage canvas")

    def opens_paper(self, title: str) -> None:
        """From the papers of the item, or of the others."""
        self.page.get_by_role("button", name=re.compile(rf"^{re.escape(title)}")).click()
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def reads_page(self, number: int) -> None:
        """The picture of this page is in front."""
        stage = self.page.get_by_role("region", name=re.compile(rf"^Trang {number} trên "))
        expect(stage.locator("canvas")).to_be_visible()

    def turns_to(self, number: int) -> None:
        """By its number."""
        self.page.keyboard.press("g")
        question = self.page.get_by_role("dialog", name="Đến trang")
        expect(question.get_by_role("textbox")).to_be_focused()
        self.page.keyboard.type(str(number))
        self.page.keyboard.press("Enter")
        self.reads_page(number)

    def presents_this_page(self) -> None:
        """To all seats; from now on everybody comes along."""
        self.presses("Trình chiếu trang này")
        self.sees("Đang trình chiếu")

    def turns_to_next_page(self) -> None:
        """By the button."""
        self.presses("Trang sau")

    def brings_everybody_back(self) -> None:
        """Who had left sees what is presented."""
        self.presses("Mời cùng xem")

    def stops_presenting(self) -> None:
        """Nothing is presented any more; the paper is put away."""
        self.presses("Dừng trình chiếu")
        self.presses("Đóng tài liệu")

    def shows_on_wall(self, mode: str) -> None:
        """What the room display shows."""
        self.page.get_by_role("group", name="Màn hình chung").get_by_text(mode, exact=True).click()

    def writes_on_wall(self, text: str) -> None:
        """A message to the whole room."""
        self.shows_on_wall("Thông báo")
        question = self.page.get_by_role("dialog", name="Thông báo trên màn hình chung")
        question.get_by_label("Nội dung thông báo").fill(text)
        self.answers("Hiện thông báo")
