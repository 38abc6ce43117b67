"""The secretary: prepares a meeting from nothing to papers at every seat.

Usage::

    secretary = Secretary(screen, room.console_url)
    secretary.creates(PLAN)
    secretary.uploads(paper, folder)
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.main_job.plan import Item, Meeting, Member, Paper
from tests.browser.pages_console import ConsolePerson

DELIVERY_MS = 90_000


class Secretary(ConsolePerson):
    """At the secretary's desk."""

    def creates(self, meeting: Meeting) -> None:
        """Title, kind, room, day and time, length."""
        self.presses("Tạo cuộc họp")
        self.page.get_by_label("Tên cuộc họp").fill(meeting.title)
        self.page.get_by_label("Loại cuộc họp").fill(meeting.kind)
        self.page.get_by_label("Phòng họp").select_option(label=meeting.room)
        self.page.get_by_label("Ngày họp").fill(meeting.day)
        self.page.get_by_label("Giờ bắt đầu").fill(meeting.time)
        self.page.get_by_label("Thời lượng (phút)").fill(str(meeting.minutes))
        self.presses("Tạo cuộc họp")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(meeting.title)

    def invites(self, member: Member) -> None:
        """Found by typing without accents; then the role and the seat."""
        search = self.page.get_by_label("Thêm người dự họp")
        search.fill(member.typed)
        name = member.person.name
        expect(self.page.get_by_role("search").get_by_role("listitem").first).to_contain_text(name)
        search.press("Enter")
        self.page.get_by_label(f"Vai trò của {name}").select_option(label=member.role)
        seats = self.page.get_by_label(f"Chỗ ngồi của {name}")
        # Each seat says whether a terminal stands there.
        here = seats.get_by_role("option").filter(has_text=re.compile(rf"^{member.seat} – "))
        seats.select_option(value=here.get_attribute("value"))

    def writes_agenda(self, items: tuple[Item, ...]) -> None:
        """By the keyboard: Enter for the next item, Alt and an arrow for its level."""
        self.presses("Thêm nội dung đầu tiên")
        before = items[0]
        for item in items:
            title = self.page.get_by_label(f"Tên nội dung {item.number}", exact=True)
            if item is not before:
                self.page.keyboard.press("Enter")
                if (deeper := item.level - before.level) != 0:
                    # The new line exists, and has the focus, before its level can be changed.
                    expect(self.page.locator("input[data-field=title]:focus")).to_have_value("")
                    self.page.keyboard.press("Alt+ArrowRight" if deeper > 0 else "Alt+ArrowLeft")
            expect(title).to_be_focused()
            self.page.keyboard.type(item.title)
            self.page.get_by_label(f"Số phút của nội dung {item.number}", exact=True).fill(str(item.minutes))
            if item.presenter:
                who = self.page.get_by_label(f"Người trình bày nội dung {item.number}", exact=True)
                who.select_option(label=item.presenter.name)
            title.focus()
            before = item

    def saves(self) -> None:
        """What was changed; told when it is kept."""
        self.presses("Lưu")
        self.sees("Đã lưu.")
        expect(self.page.get_by_text("Có thay đổi chưa lưu.")).to_have_count(0)

    def chooses_file(self, paper: Paper, folder: Path) -> Locator:
        """For the item of the paper; the part of the page where its row is."""
        with self.page.expect_file_chooser() as chooser:
            self.presses(f"Thêm tài liệu vào nội dung {paper.item}")
        chooser.value.set_files(folder / paper.file)
        return self.page.get_by_role("region", name=f"{paper.item}. ")

    def uploads(self, paper: Paper, folder: Path) -> None:
        """Title and secrecy are given; without a secrecy nothing is sent (P4)."""
        row = self.chooses_file(paper, folder)
        row.get_by_label("Tên tài liệu").fill(paper.title)
        row.get_by_role("button", name="Tải lên", exact=True).click()
        expect(row.get_by_text("Đồng chí cần chọn độ mật; hệ thống không tự chọn.")).to_be_visible()
        # The radio buttons themselves are not drawn: a person clicks the words.
        row.get_by_role("group", name="Độ mật").get_by_text(paper.secrecy, exact=True).click()
        row.get_by_role("button", name="Tải lên", exact=True).click()

    def has_uploaded(self, paper: Paper) -> None:
        """The server has taken it."""
        expect(self.page.get_by_role("link", name=paper.title)).to_be_visible()

    def is_told_what_is_missing(self) -> None:
        """Too early: what was changed is not missing but not saved, and can be saved here; the agenda is missing."""
        self.presses("Trình duyệt")
        question = self.page.get_by_role("dialog", name="Chưa trình duyệt được")
        expect(question.get_by_text("chương trình (trang Chương trình)")).to_be_visible()
        expect(question.get_by_text("người chủ trì")).to_have_count(0)
        expect(question.get_by_text("Chưa lưu: Thành phần.")).to_be_visible()
        expect(question.get_by_role("button", name="Trình duyệt", exact=True)).to_be_disabled()

    def saves_there(self) -> None:
        """From the question; it stays open, because the agenda is still missing."""
        question = self.page.get_by_role("dialog")
        question.get_by_role("button", name="Lưu thay đổi", exact=True).click()
        expect(question.get_by_text("Chưa lưu")).to_have_count(0)
        expect(question.get_by_role("button", name="Trình duyệt", exact=True)).to_be_disabled()
        self.answers("Quay lại")

    def submits(self) -> None:
        """To the chair."""
        self.presses("Trình duyệt")
        self.answers("Trình duyệt")
        self.sees("Đã trình duyệt.")

    def publishes(self, count: int) -> None:
        """All that was approved; the delivery view opens by itself."""
        self.presses(f"Phát hành {count} tài liệu")
        self._notes_progress()
        self.answers("Phát hành")
        expect(self.page.get_by_role("heading", name="Tài liệu tới các chỗ ngồi")).to_be_visible()

    def sees_every_seat_complete(self, count: int) -> list[str]:
        """Without touching anything; everything the counter has said on the way."""
        complete = self.page.get_by_text(f"{count}/{count} chỗ ngồi đã nhận đủ", exact=True)
        expect(complete).to_be_visible(timeout=DELIVERY_MS)
        said: list[str] = json.loads(self.page.evaluate("JSON.stringify(window.said)"))
        return said

    def verifies_log(self) -> None:
        """The chain of the log, computed in the browser."""
        self.goes_to("Nhật ký")
        self.presses("Kiểm tra nhật ký")
        self.sees("Nhật ký nguyên vẹn")

    def _notes_progress(self) -> None:
        """A person sees numbers change; a test has to write them down while they do."""
        self.page.evaluate(
            """() => {
              window.said = [];
              const note = () => {
                for (const one of document.querySelectorAll('main [role=progressbar]')) {
                  const part = `${one.getAttribute('aria-label') ?? ''} ${one.getAttribute('aria-valuenow') ?? ''}`;
                  if (!window.said.includes(part)) window.said.push(part);
                }
              };
              new MutationObserver(note).observe(document.body,
                { subtree: true, childList: true, attributes: true, characterData: true });
            }"""
        )
