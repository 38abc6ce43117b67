"""The second factor on a console's screen, with a real server: set up, asked for, lost, reset (I4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from server.factors import totp
from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD
from tests.support.poll import until
from tests.unit.server.factors.test_second_factor import secret_of
from wire.secret import Secret

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("consoles"), second_factor="consoles")
    for name, role in (("thuky", Role.SECRETARY), ("anninh", Role.SECURITY_ADMIN), ("hethong", Role.SYSTEM_ADMIN)):
        running.add_person(name, frozenset({role}))
    with running:
        yield running


class Telephone:
    """Somebody's authenticator; waits for a code that it has not shown yet, as a person does."""

    def __init__(self) -> None:
        self.secret = Secret(b"")
        self._shown = ""

    def learn(self, page: Page) -> None:
        """Type the key from the screen in."""
        key = page.get_by_role("group", name="Khóa thiết lập").inner_text()
        self.secret = secret_of(re.sub(r"\s+", " ", key).strip())

    def code(self) -> str:
        """A code of this moment that was not given before; the next step's, where that must be waited for."""

        def fresh() -> str:
            step = totp.step_of(dt.datetime.now(dt.UTC))
            codes = (totp.code_at(self.secret, step + ahead) for ahead in (0, 1))
            return next((code for code in codes if code > "" and not self._was_shown(code)), "")

        self._shown += (found := until(fresh, timeout_s=45, every_s=0.5, what="a new code")) + " "
        return found

    def _was_shown(self, code: str) -> bool:
        return code in self._shown.split()


def _types_name_and_password(page: Page, username: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def _sets_up(page: Page, telephone: Telephone, *, look: Look | None = None, screen: Screen | None = None) -> list[str]:
    """From the picture to the recovery codes, which are given back."""
    expect(page.get_by_role("heading", name="Thiết lập xác thực hai lớp")).to_be_visible()
    expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
    if look and screen:
        look(screen, "factor-set-up")
    telephone.learn(page)
    page.get_by_label("Mã 6 số").fill(telephone.code())
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("heading", name="Mười mã dự phòng")).to_be_visible()
    if look and screen:
        look(screen, "factor-codes")
    codes = page.locator("ul li").all_inner_texts()
    assert len(codes) == 10
    expect(page.get_by_role("button", name="Hoàn thành")).to_be_disabled()
    page.get_by_label("Tôi đã in hoặc ghi lại").check()
    page.get_by_role("button", name="Hoàn thành").click()
    return codes


def _leaves(page: Page, username: str) -> None:
    page.get_by_role("button", name=f"{username} (demo)").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_I4_a_person_without_a_second_factor_sets_it_up_before_anything_else(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    page, telephone = screen.page, Telephone()
    screen.expects(401, "/api/sign-in")
    screen.expects(401, "/api/me/second-factor")
    screen.opens(f"http://localhost:{server.port}/#/meetings/new")
    _types_name_and_password(page, "thuky")
    expect(page.get_by_role("heading", name="Thiết lập xác thực hai lớp")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.get_by_label("Mã 6 số").fill("000000")
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("alert")).to_contain_text("kiểm tra điện thoại đã đặt giờ tự động chưa")
    look(screen, "factor-wrong-code")
    page.reload()
    codes = _sets_up(page, telephone, look=look, screen=screen)
    expect(page.get_by_role("heading", name="Tạo cuộc họp")).to_be_visible()

    _leaves(page, "thuky")
    _types_name_and_password(page, "thuky")
    expect(page.get_by_role("heading", name="Nhập mã xác thực")).to_be_visible()
    look(screen, "factor-asked")
    page.get_by_label("Mã 6 số").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Còn 2 lần nhập ngay.")
    page.get_by_label("Mã 6 số").fill(telephone.code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="thuky (demo)")).to_be_visible()

    page.get_by_role("button", name="thuky (demo)").click()
    page.get_by_role("button", name="Xác thực hai lớp").click()
    expect(page.get_by_text("Còn 10/10 mã dự phòng")).to_be_visible()
    look(screen, "factor-on")
    page.get_by_role("button", name="Đổi sang điện thoại khác").click()
    look(screen, "factor-proof")

    _leaves(page, "thuky")
    _types_name_and_password(page, "thuky")
    page.get_by_role("button", name="Không có điện thoại?").click()
    look(screen, "factor-recovery")
    page.get_by_label("Mã dự phòng").fill(codes[0].upper())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Còn 9/10 mã dự phòng")).to_be_visible()


def test_I4_the_security_administrator_resets_a_lost_factor(server: RunningServer, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.expects(401, "/api/")
    screen.opens(f"http://localhost:{server.port}/")
    _types_name_and_password(page, "hethong")
    _sets_up(page, Telephone())
    expect(page.get_by_role("button", name="hethong (demo)")).to_be_visible()
    _leaves(page, "hethong")
    _types_name_and_password(page, "anninh")
    _sets_up(page, Telephone())
    page.get_by_role("link", name="Tài khoản").click()
    look(screen, "factor-people")
    page.get_by_role("button", name="Bỏ lớp hai của hethong (demo)").click()
    look(screen, "factor-reset")
    page.get_by_role("dialog").get_by_role("button", name="Bỏ lớp hai").click()
    expect(page.get_by_role("status").filter(has_text="Đã bỏ xác thực lớp hai của hethong")).to_be_visible()
    expect(page.get_by_role("button", name="Bỏ lớp hai của hethong (demo)")).to_have_count(0)
    _leaves(page, "anninh")
    _types_name_and_password(page, "hethong")
    expect(page.get_by_role("heading", name="Thiết lập xác thực hai lớp")).to_be_visible()
