"""Somebody with a USB token in front of a terminal: PIN on the screen, votes and papers signed there.

Usage::

    deputy = Holder(house.room, Screen(…), seat=0, person=people.DEPUTY)
    deputy.arrives()
    deputy.types_pin(PIN, "Đăng nhập")
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import Screen
from tests.support.signing_room import TITLE as MINUTES
from tests.support.token_room import TokenRoom

_PLUG_IN = "Cắm USB token để đăng nhập"
_LETTERS = "Mã PIN có chữ"


class Holder(SeatPerson):
    """At a terminal, counted from 0; the token is plugged in by hand."""

    def __init__(self, room: TokenRoom, screen: Screen, *, seat: int, person: people.Person) -> None:
        super().__init__(screen, lambda: room.room.seat_url(seat))
        self.room = room
        self.seat = seat
        self.who = person
        # Refused PINs; pages that were asked for when somebody else had signed, or the lock fell.
        for status, path in ((409, "/api/token"), (409, "/api/statements/"), (409, "/api/rounds/")):
            screen.expects(status, path)
        for status in (404, 423):
            screen.expects(status, "/api/papers/")
        screen.expects(423, "/api/marks")

    def arrives(self) -> None:
        """The terminal's screen asks for a token."""
        self.switches_on()
        self.sees(_PLUG_IN)

    def plugs(self) -> None:
        """The token goes in; the screen says whose it is and asks for its PIN."""
        self.room.plug(self.seat, self.who)
        self.sees("USB token của")
        expect(self.page.get_by_role("heading", name=self.who.name)).to_be_visible()

    def pulls(self) -> None:
        """It goes out; the screen is empty at once."""
        self.room.pull(self.seat)
        self.sees("Cắm lại USB token để tiếp tục")

    def types_pin(self, pin: str, last: str) -> None:
        """Digits on the number pad, anything else on the letters; ``last`` is the key that sends it."""
        keys = self.page.get_by_role("group", name="Bàn phím trên màn hình")
        expect(keys).to_be_visible()
        if not (pin.isdigit() or self.page.get_by_role("button", name="Chữ hoa").count()):
            self.taps(_LETTERS)
        for char in pin:
            if char.isupper():
                keys.get_by_role("button", name="Chữ hoa").tap()
            keys.get_by_role("button", name=char, exact=True).tap()
        keys.get_by_role("button", name=last, exact=True).tap()

    def mistypes_pin(self, last: str, *, left: int) -> None:
        """A wrong one on the number pad; the screen says how many tries are left."""
        self.types_pin("999999", last)
        self.sees(f"Mã PIN không đúng. Số lần thử còn lại: {left}.")

    def sees_agenda(self, titles: list[str] | None = None) -> None:
        """Signed in as this person, with what is on the agenda."""
        expect(self.page.get_by_role("complementary", name="Thao tác")).to_be_visible()
        expect(self.page.get_by_role("banner").get_by_role("button", name=self.who.name)).to_be_visible()
        if titles is not None:
            super().sees_agenda(titles)

    def sees_note(self, text: str) -> None:
        """The pin of a private note on the page in front."""
        expect(self.page.get_by_role("button", name=f"Ghi chú: {text}")).to_be_visible()

    def signs_in(self) -> None:
        """Token in, PIN, and there."""
        self.plugs()
        self.types_pin(self.room.pin, "Đăng nhập")
        self.sees_agenda()

    def signs_out(self) -> None:
        """Token out, and the seat is free for the next person."""
        self.pulls()
        self.taps("Đăng xuất")
        self.sees(_PLUG_IN)

    # A named vote

    def answers_vote(self, answer: str, *, question: str) -> None:
        """Chooses, and reads all that is going to be signed."""
        self.taps(answer)
        self.taps(f"Ký và gửi: {answer}")
        sheet = self.page.get_by_role("dialog")
        for words in (question, answer, self.who.name):
            expect(sheet.get_by_text(words).first).to_be_visible()

    # A paper

    def opens_the_minutes(self, *, waiting: bool = True) -> None:
        """From the list of what is to be signed; when it is not this person's turn nothing is counted."""
        self.taps("Ký văn bản (1)" if waiting else "Ký văn bản")
        self.page.get_by_role("button", name=MINUTES).tap()

    def reads_all(self) -> None:
        """Both pages, until nothing is left to look at."""
        expect(self.page.get_by_role("region", name="Trang 1 trên 2")).to_be_visible()
        unseen = self.page.get_by_text("Còn 1 trang chưa xem")
        expect(unseen).to_be_visible()
        self.turns_to_next_page()
        expect(unseen).to_have_count(0)
        expect(self.button("Ký")).to_be_visible()

    def wants_to_sign(self) -> None:
        """The sheet with what it is, and the pad for the PIN."""
        self.taps("Ký")
        sheet = self.page.get_by_role("dialog", name="Ký số văn bản")
        expect(sheet.get_by_text(re.compile(f"Biên bản: “{re.escape(MINUTES)}”"))).to_be_visible()
