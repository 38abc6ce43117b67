"""Minutes signed by secretary and chair at two seats in Chromium, with tokens, and found valid in the console (G40).

The room is real; the tokens are plugged in behind the real card service.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.chromium import chromium
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import DESK, SEAT, Screen
from tests.support.signing_room import TITLE, SigningRoom
from tests.support.token_room import TokenRoom, token_room

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("seat-signing")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(room: TokenRoom) -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Signer(SeatPerson):
    """Signs in with a PIN, reads, signs."""

    def types_pin(self, pin: str, last: str) -> None:
        """On the number pad; ``last`` is its enter key."""
        keys = self.page.get_by_role("group", name="Bàn phím trên màn hình")
        for digit in pin:
            keys.get_by_role("button", name=digit, exact=True).tap()
        keys.get_by_role("button", name=last, exact=True).tap()

    def opens_the_minutes(self) -> None:
        """From the list of what is to be signed."""
        self.page.get_by_role("button", name="Ký văn bản (1)").tap()
        self.page.get_by_role("button", name=TITLE).tap()
        expect(self.page.get_by_role("region", name="Trang 1 trên 2")).to_be_visible(timeout=20_000)

    def reads_all(self) -> None:
        """Every page, until nothing is left to look at."""
        expect(self.page.get_by_role("button", name="Ký – còn 1 trang chưa xem")).to_be_visible(timeout=20_000)
        self.turns_to_next_page()
        expect(self.page.get_by_role("button", name="Ký", exact=True)).to_be_visible(timeout=20_000)

    def signs(self, pin: str) -> None:
        """The sheet, the PIN, and it is done."""
        self.page.get_by_role("button", name="Ký", exact=True).tap()
        sheet = self.page.get_by_role("dialog", name="Ký số văn bản")
        expect(sheet.get_by_text(f"Biên bản: “{TITLE}”")).to_be_visible()
        self.types_pin(pin, "Ký")


def _at(room: TokenRoom, browser: Browser, seat: int, person: people.Person) -> Signer:
    screen = Screen(browser, f"seat {people.TERMINALS[seat]}", size=SEAT, touch=True)
    screen.expects(409, "/api/rounds/")
    # Pages that were asked for when somebody else had signed, or the lock fell.
    screen.expects(423, "/api/papers/")
    screen.expects(404, "/api/papers/")
    found = Signer(screen, lambda: room.room.seat_url(seat))
    found.switches_on()
    room.plug(seat, person)
    found.types_pin(room.pin, "Đăng nhập")
    expect(found.page.get_by_role("complementary", name="Thao tác")).to_be_visible(timeout=15_000)
    return found


def test_G40_minutes_signed_by_secretary_and_chair_at_seats_are_valid_in_the_console(
    room: TokenRoom, browser: Browser, tmp_path: Path
) -> None:
    rounds = SigningRoom(room)
    secretary, chair = (_at(room, browser, seat, who) for seat, who in enumerate((people.SECRETARY, people.CHAIR)))
    k = rounds.opened(tmp_path, people.SECRETARY, people.CHAIR, pages=2)

    # The chair sees it, and that it is not their turn.
    chair.page.get_by_role("button", name="Ký văn bản", exact=True).tap()
    chair.page.get_by_role("button", name=TITLE).tap()
    chair.sees(f"Người ký trước: {people.SECRETARY.name}")
    flaws = chair.screen.flaws()

    secretary.opens_the_minutes()
    flaws += secretary.screen.flaws()
    secretary.reads_all()
    secretary.signs("999999")
    secretary.sees("Mã PIN không đúng. Số lần thử còn lại: 2.")
    flaws += secretary.screen.flaws()
    secretary.types_pin(room.pin, "Ký")
    secretary.sees("Đồng chí đã ký văn bản này")
    flaws += secretary.screen.flaws()

    # The chair's screen has the signed file now; every page of it is to be looked at.
    chair.reads_all()
    chair.signs(room.pin)
    chair.sees("Văn bản đã có đủ chữ ký")
    secretary.sees("Văn bản đã có đủ chữ ký")
    assert rounds.told(k)["complete"]

    (tmp_path / "signed.pdf").write_bytes(rounds.file(k))
    console = Screen(browser, "console", size=DESK)
    console.page.goto(room.room.console_url)
    console.page.get_by_label("Tên đăng nhập").fill(people.SECRETARY.username)
    console.page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD.reveal().decode())
    console.page.keyboard.press("Enter")
    console.page.get_by_role("link", name="Kiểm tra chữ ký").click()
    console.page.locator("input[type=file]").set_input_files(tmp_path / "signed.pdf")
    expect(console.page.get_by_text("Tất cả 2 chữ ký đều hợp lệ")).to_be_visible(timeout=60_000)
    for person in (people.SECRETARY, people.CHAIR):
        expect(console.page.get_by_role("main").get_by_text(person.name).first).to_be_visible()
    assert flaws == []
    for screen in (secretary.screen, chair.screen):
        assert screen.complaints() == []
