"""People without a mouse, the chair first: Tab to what is wanted, Enter; arrows for what is chosen among a few.

Rules: nothing is clicked. What Tab does not come to within one round of the page is out of reach, and fails.

Usage::

    chair = KeyboardChair(screen, room.console_url)
    chair.presses("Biểu quyết")
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from deploy.demo import people
from tests.browser.pages_chair import Chair
from tests.browser.pages_console import ConsolePerson

_ROUND = 220
_HAS_FOCUS = "(one) => one === document.activeElement"


class Keys(ConsolePerson):
    """Somebody at a console, hands on the keys where these ways are used."""

    def reaches(self, wanted: Locator) -> None:
        """By Tab, from wherever the focus is."""
        expect(wanted).to_be_enabled()
        for _ in range(_ROUND):
            # Looked for anew each time: a row that is drawn again is another element.
            if wanted.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {wanted}")

    def enters(self, wanted: Locator) -> None:
        """Reaches it and presses Enter."""
        self.reaches(wanted)
        self.page.keyboard.press("Enter")

    def writes(self, label: str, text: str) -> None:
        """Into the field of this label, over what stands there."""
        words = self.page.get_by_role("textbox", name=label, exact=True)
        self.reaches(words.or_(self.page.get_by_role("spinbutton", name=label, exact=True)))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def chooses(self, group: str, wanted: str) -> None:
        """One of a few, by the arrows."""
        box = self.page.get_by_role("group", name=group)
        self.reaches(box.get_by_role("radio", checked=True))
        for _ in range(box.get_by_role("radio").count()):
            if box.get_by_role("radio", name=wanted).is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        expect(box.get_by_role("radio", name=wanted)).to_be_checked()


class KeyboardChair(Keys, Chair):
    """At the chair's desk, hands on the keys."""

    def signs_in(self, person: people.Person) -> None:
        """Name, Tab, password, Enter."""
        expect(self.page.get_by_label("Tên đăng nhập")).to_be_focused()
        self.page.keyboard.type(person.username)
        self.reaches(self.page.get_by_label("Mật khẩu", exact=True))
        self.page.keyboard.type(people.PASSWORD.reveal().decode())
        self.page.keyboard.press("Enter")
        self.is_greeted(person)

    def presses(self, name: str) -> None:
        self.enters(self.button(name))

    def answers(self, name: str) -> None:
        question = self.page.get_by_role("dialog")
        self.enters(question.get_by_role("button", name=name, exact=True))
        expect(question).to_have_count(0)

    def goes_into(self, title: str) -> None:
        """The meeting, from the list of the first page, and on to leading it."""
        self.enters(self.page.get_by_role("main").get_by_role("link").filter(has_text=title).last)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        self.presses("Vào điều hành")

    def goes_on_to(self, number: str) -> None:
        """The next item, by the keys of the one next step."""
        step = re.compile(rf"^(Bắt đầu|Sang) nội dung {re.escape(number)}$")
        expect(self.page.get_by_role("button", name=step)).to_be_enabled()
        self.goes_on_by_keyboard()
        self.is_at(number)

    def opens_paper(self, title: str) -> None:
        self.enters(self.page.get_by_role("button", name=re.compile(rf"^{re.escape(title)}")))
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def resumes(self) -> None:
        self.enters(self.page.get_by_role("main").get_by_role("button", name="Họp tiếp", exact=True))
        expect(self.page.get_by_text("Đang tạm nghỉ")).to_have_count(0)

    # Speaking

    def opens_queue(self, waiting: int) -> None:
        """Who waits for the floor."""
        self.presses(f"Phát biểu ({waiting})")
        expect(self.page.get_by_role("list", name="Hàng chờ phát biểu").get_by_role("listitem")).to_have_count(waiting)

    def calls(self, name: str) -> None:
        """Somebody to the floor; then the time runs."""
        self.presses(f"Mời {name} phát biểu")
        self.presses("Bắt đầu tính giờ")

    def refuses(self, name: str, why: str) -> None:
        """With one of the usual reasons."""
        self.presses(f"Từ chối {name}")
        self.presses(why)
        self.answers("Từ chối")

    # Voting

    def casts(self, key: str, answer: str) -> None:
        """The chair's own ballot: the number of the answer, then Enter."""
        mine = self.page.get_by_role("region", name="Phiếu của đồng chí")
        expect(mine.get_by_role("button", name=answer, exact=True)).to_be_enabled()
        self.page.keyboard.press(key)
        expect(mine.get_by_role("button", name=f"Gửi: {answer}")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(mine.get_by_role("status")).to_contain_text(answer)

    def counts_hands(self, hands: dict[str, int]) -> None:
        """What the secretary has counted, into the fields; then the vote is closed."""
        for answer, count in hands.items():
            self.writes(f"Số người giơ tay: {answer}", str(count))
