"""The seat's screen with real tokens, in Chromium: token in, PIN on the touch pad, agenda; token out, nothing (I1, I2).

The room is real, as in `main_job`; the token is plugged in and pulled out behind the real card service.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.chromium import chromium
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import SEAT, Screen
from tests.support.token_room import PAPER, TITLE, TokenRoom, token_room

pytestmark = pytest.mark.timeout(420)
_LOCKS = 5


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("seat-token")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(room: TokenRoom) -> Iterator[Browser]:
    with chromium() as running:
        yield running


class TokenPerson(SeatPerson):
    """Types PINs."""

    def types_pin(self, pin: str) -> None:
        """On the number pad; the last key is "Đăng nhập" or "Mở khóa"."""
        keys = self.page.get_by_role("group", name="Bàn phím trên màn hình")
        for digit in pin:
            keys.get_by_role("button", name=digit, exact=True).tap()
        keys.get_by_role("button", name=re.compile("^(Đăng nhập|Mở khóa)$")).tap()

    def sees_agenda_of(self, person: people.Person) -> None:
        """Signed in as this person."""
        expect(self.page.get_by_role("complementary", name="Thao tác")).to_be_visible(timeout=15_000)
        expect(self.page.get_by_role("banner").get_by_role("button", name=person.name)).to_be_visible()


def _at(room: TokenRoom, browser: Browser, seat: int) -> TokenPerson:
    screen = Screen(browser, f"seat {people.TERMINALS[seat]}", size=SEAT, touch=True)
    # Refused PINs, and pages that were asked for when the lock fell.
    screen.expects(409, "/api/token")
    screen.expects(423, "/api/papers/")
    screen.expects(404, "/api/papers/")
    person = TokenPerson(screen, lambda: room.room.seat_url(seat))
    person.switches_on()
    person.sees("Cắm USB token để đăng nhập")
    return person


def test_I1_I2_a_day_with_a_token(room: TokenRoom, browser: Browser) -> None:
    first, second = (_at(room, browser, seat) for seat in range(2))
    flaws = first.screen.flaws()

    room.plug(0, people.DEPUTY)
    first.sees("USB token của")
    first.sees(people.DEPUTY.name)
    first.types_pin("999999")
    first.sees("Mã PIN không đúng. Số lần thử còn lại: 2.")
    flaws += first.screen.flaws()
    first.types_pin(room.pin)
    first.sees_agenda_of(people.DEPUTY)
    first.opens_paper(PAPER)
    first.turns_to_next_page()
    first.reads_page(2)

    took = []
    for again in range(_LOCKS):
        began = time.monotonic()
        room.stand.pull(0)
        first.page.get_by_text("Màn hình đang khóa").first.wait_for(state="visible")
        took.append(time.monotonic() - began)
        expect(first.page.locator("canvas")).to_have_count(0)
        first.does_not_see(PAPER)
        first.does_not_see(TITLE)
        first.sees("Cắm lại USB token để tiếp tục")
        if again == 0:
            flaws += first.screen.flaws()
        room.plug(0, people.DEPUTY)
        first.types_pin(room.pin)
        first.sees_agenda_of(people.DEPUTY)
    assert statistics.median(took) < 0.5, took

    room.pull(0)
    first.sees("Cắm lại USB token để tiếp tục")
    room.plug(1, people.DEPUTY)
    second.types_pin(room.pin)
    second.sees_agenda_of(people.DEPUTY)
    first.sees("Cắm USB token để đăng nhập")
    assert flaws == []
    assert [said for person in (first, second) for said in person.screen.complaints()] == []
    room.pull(1)
    room.room.touch_page(1).post("/api/sign-out", {})


def test_the_last_try_is_asked_for_and_a_blocked_token_says_what_to_do(room: TokenRoom, browser: Browser) -> None:
    person = _at(room, browser, 0)
    room.plug(0, people.DELEGATE)
    for left in (2, 1):
        person.types_pin("999999")
        person.sees(f"Số lần thử còn lại: {left}.")
    person.types_pin("999999")
    dialog = person.page.get_by_role("dialog", name="Chỉ còn một lần thử mã PIN")
    dialog.get_by_role("button", name="Quay lại").tap()
    expect(dialog).to_have_count(0)
    assert room.stand.tries_left(people.DELEGATE.username) == 1, "nothing was sent"
    person.types_pin("")
    dialog.get_by_role("button", name="Thử lần cuối").tap()
    person.sees("USB token này đã bị khóa")
    person.sees("liên hệ nơi cấp")
    assert person.screen.flaws() == []
    assert person.screen.complaints() == []
    room.pull(0)
    room.stand.renew(people.DELEGATE.username)


def test_passwords_stay_one_tap_away(room: TokenRoom, browser: Browser) -> None:
    person = _at(room, browser, 0)
    person.taps("Đăng nhập bằng mật khẩu")
    person.types_on_screen(people.PASSWORD.reveal().decode())
    person.taps("Đăng nhập")
    person.sees_agenda_of(people.DEPUTY)
    room.room.touch_page(0).post("/api/sign-out", {})


def test_who_plugs_a_token_in_means_the_token(room: TokenRoom, browser: Browser) -> None:
    person = _at(room, browser, 0)
    person.taps("Đăng nhập bằng mật khẩu")
    room.plug(0, people.DEPUTY)
    person.sees("USB token của")
    person.taps("Mã PIN có chữ")
    person.types_on_screen(room.pin)
    person.taps("Đăng nhập")
    person.sees_agenda_of(people.DEPUTY)
    room.pull(0)
    person.sees("Cắm lại USB token để tiếp tục")
    person.taps("Đăng xuất")
    person.sees("Cắm USB token để đăng nhập")
