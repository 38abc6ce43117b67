"""Accounts on the console: the tree of units by keyboard, and a list of people seen, taken and given passwords."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen, keyed
from tests.support.gunicorn import RunningServer

pytestmark = pytest.mark.timeout(120)
_UNITS = (
    ("VKS", "Viện kiểm sát nhân dân tỉnh Quảng Ninh", None),
    ("VP", "Văn phòng tổng hợp", "VKS"),
    (
        "P1",
        "Phòng Thực hành quyền công tố, kiểm sát điều tra, kiểm sát xét xử sơ thẩm án hình sự về trật tự xã hội",
        "VKS",
    ),
    ("P2", "Phòng Kiểm sát việc giải quyết các vụ án hành chính, vụ việc dân sự", "VKS"),
    ("P2D1", "Đội 1", "P2"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    found = RunningServer(tmp_path_factory.mktemp("accounts"), second_factor="off", idle_s=3600)
    found.add_person("hethong", frozenset({Role.SYSTEM_ADMIN}))
    found.add_person("daibieu", frozenset())
    with found:
        admin = found.page().sign_in("hethong")
        known: dict[str, str] = {}
        for code, name, above in _UNITS:
            unit: dict[str, Any] = {"code": code, "name": name, "parent": known.get(above or "")}
            known[code] = admin.post("/api/units", unit).done()["id"]
        yield found


def _list() -> bytes:
    apart = unicodedata.normalize("NFD", "Tôn Nữ Thị Ngọc Ánh (demo)")
    rows = [
        ["Họ và tên", "Tên đăng nhập", "Chức vụ", "Đơn vị", "Vai trò"],
        [apart, "ngocanh", "Kiểm sát viên trung cấp, Phó Trưởng phòng", "P1", ""],
        ["Trần Đức (demo)", "tranduc", "Chuyên viên", "Văn phòng tổng hợp", "Thư ký, Văn thư"],
        ["Lê Minh (demo)", "le minh", "Chuyên viên", "P9", "Giám đốc"],
        ["daibieu (demo)", "daibieu", "Kiểm sát viên", "P2 ", ""],
        ["Phạm Hoa (demo)", "phamhoa", "", "P2D1", "Kiểm toán viên"],
    ]
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def test_units_by_keyboard_and_people_from_a_list(server: RunningServer, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/people/units")
    signs_in(page, "hethong")
    first = page.get_by_role("treeitem").first
    expect(first).to_contain_text(_UNITS[0][1])
    keyed(first)
    for key in ("ArrowDown", "ArrowDown", "Alt+ArrowUp"):
        page.keyboard.press(key)
    expect(page.get_by_text(re.compile("^Đã chuyển .* lên một bậc"))).to_be_attached()
    expect(page.get_by_role("treeitem").nth(1)).to_contain_text(_UNITS[2][1])
    expect(page.get_by_label("Tên đơn vị")).to_have_value(_UNITS[2][1])
    look(screen, "units")

    page.get_by_role("link", name="Nhập danh sách").click()
    file: FilePayload = {"name": "danh-sach.csv", "mimeType": "text/csv", "buffer": _list()}
    page.locator("input[type=file]").set_input_files(files=file)
    expect(page.get_by_text(re.compile("^D4: không có đơn vị “P9”"))).to_be_visible()
    look(screen, "list-wrong")
    page.get_by_role("radio", name="Tất cả (5)").check(force=True)
    expect(page.get_by_role("cell", name="Đang là: trống").first).to_be_visible()
    look(screen, "list-all")
    page.get_by_role("button", name="Nhập 3 dòng").click()
    look(screen, "list-question")
    page.get_by_role("dialog").get_by_role("button", name="Nhập 3 dòng").click()
    password = page.get_by_role("row", name=re.compile("Trần Đức")).get_by_role("code").inner_text()
    look(screen, "list-passwords")
    assert server.page().sign_in("tranduc", password).get("/api/me").body["person"]["roles"] == ["clerk", "secretary"]
    page.get_by_role("button", name="Xong").click()
    page.get_by_role("dialog").get_by_role("button", name="Đã giữ, rời trang").click()
    expect(page.get_by_role("row", name=re.compile("Tôn Nữ Thị Ngọc Ánh"))).to_contain_text(_UNITS[2][1])
    look(screen, "accounts")

    page.get_by_role("link", name="Rà soát", exact=True).click()
    page.get_by_role("button", name="Bắt đầu đợt rà soát").click()
    page.get_by_role("checkbox", name="Chọn tất cả dòng đang xem").check()
    look(screen, "review")
    page.get_by_role("button", name="Xác nhận 3 tài khoản còn cần").click()
    expect(page.get_by_role("row", name=re.compile("Trần Đức"))).to_contain_text("Đã xác nhận")
    expect(page.get_by_text(re.compile("còn 1 tài khoản chưa xác nhận"))).to_be_visible()
