"""What a seat shows before somebody sits down, and the ways in, in a real browser against a twin of the agent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import seat_sections as having
from tests.browser.seat_opened import REPORT, SUBMISSION, seat
from tests.support.poll import until


def test_a_new_terminal_shows_its_twelve_digits_and_the_picture(browser: Browser) -> None:
    enrolling = having.seat("enrolling", code="4821 0937 5516", qr={"size": 25, "path": "M0 0h7v7h-7z"})
    with seat(browser, "enrolling", seat=enrolling) as (twin, person):
        for group in ("4821", "0937", "5516"):
            person.sees(group)
        expect(person.page.get_by_role("img", name="Mã ghép nối dưới dạng mã QR")).to_be_visible()
        twin.change(seat=having.seat("confirming"))
        person.sees("Đang kết nối máy chủ")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("confirming", "Khi máy chủ trả lời, màn hình tự hiện cuộc họp"),
        ("waiting", "Chưa có cuộc họp nào"),
        ("refused", "Thiết bị không được duyệt"),
        ("revoked", "Thiết bị đã bị thu hồi quyền sử dụng"),
        ("outdated", "Chưa hiện được cuộc họp này"),
    ],
)
def test_each_standing_is_said_in_words(browser: Browser, state: str, words: str) -> None:
    with seat(browser, state) as (_, person):
        person.sees(words)


def test_before_sign_in_meeting_room_and_time_are_shown_and_no_paper(browser: Browser) -> None:
    with seat(browser, "welcome") as (_, person):
        person.sees(having.meeting()["title"])
        person.sees("Phòng họp số 1, tầng 3")
        person.sees("08:30, ngày 21 tháng 11 năm 2026")
        person.sees(having.LONG)
        person.does_not_see(SUBMISSION)


def test_a_person_signs_in_by_touch_alone(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords = {"Mk9"}
        person.taps("Đăng nhập")
        person.types_on_screen("Mk8")
        person.taps("Đăng nhập")
        person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}.")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_value("")
        person.types_on_screen("Mkx")
        person.taps("Xóa ký tự trước")
        person.types_on_screen("9")
        person.taps("Hiện mật khẩu")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_value("Mk9")
        person.taps("Đăng nhập")
        until(lambda: twin.bodies and twin.bodies[-1] == {"person": having.ME, "password": "Mk9"})
        twin.change(**having.sections("signed_in"))
        person.sees(REPORT)


def test_I4_a_wrong_password_is_said_of_the_person_shown_with_the_tries_and_the_wait(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.tries_left = 2
        person.taps("Đăng nhập")
        for words in ("Còn 1 lần nhập ngay.", "Từ lần sau phải chờ giữa các lần nhập."):
            person.page.keyboard.type("sai")
            person.presses("Enter")
            person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}. {words}")
        person.does_not_see("Tên đăng nhập")
        twin.wait_s = 2
        person.page.keyboard.type("sai")
        person.presses("Enter")
        person.sees("Đồng chí nhập lại sau 2 giây.")
        person.sees("Đồng chí nhập lại sau 1 giây.")
        person.sees("Đồng chí nhập lại được rồi.")


def test_I4_where_the_server_asks_for_a_code_it_is_typed_after_the_password(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords, twin.code = {"mk9"}, "287082"
        person.taps("Đăng nhập")
        person.types_on_screen("mk9")
        person.taps("Đăng nhập")
        person.sees("Mã 6 số trên điện thoại")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_count(0)
        person.types_on_screen("111111")
        person.taps("Đăng nhập")
        person.sees("Còn 2 lần nhập ngay.")
        person.taps("Dùng mã dự phòng")
        person.types_on_screen("mk9x")
        person.taps("Dùng mã trên điện thoại")
        person.types_on_screen("287082")
        person.taps("Đăng nhập")
        both = {"person": having.ME, "password": "mk9", "code": "287082"}
        until(lambda: twin.bodies and twin.bodies[-1] == both)
        assert twin.bodies[0] == {"person": having.ME, "password": "mk9"}


def test_somebody_else_may_sign_in_here(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords = {"dung"}
        person.taps("Người khác đăng nhập")
        person.page.get_by_role("button", name="Lê Thị Mỹ Phượng").tap()
        person.page.keyboard.type("dung")
        person.presses("Enter")
        until(lambda: twin.bodies and twin.bodies[-1]["person"] == having.people()[2]["id"])


def test_a_locked_seat_shows_nothing_of_the_meeting(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting()) as (twin, person):
        person.reads_page(3)
        twin.change(seat=having.seat("locked"), acts=[], holding={}, agenda=None, papers=None, presenting=None)
        person.sees("Màn hình đang khóa")
        person.does_not_see(SUBMISSION)
        expect(person.page.locator("canvas")).to_have_count(0)
        person.types_on_screen("x")
        person.taps("Mở khóa")
        person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}. Còn 4 lần nhập ngay.")


def test_the_screen_speaks_english_on_demand(browser: Browser) -> None:
    with seat(browser, role="chair", presenting=having.presenting()) as (_, person):
        person.page.get_by_role("button", name="EN – Đổi sang tiếng Anh").tap()
        person.sees("Go to item 5")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")
