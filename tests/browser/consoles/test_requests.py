"""Papers asked of somebody outside the meeting, on the consoles: asked, handed in, returned, reminded (W137–W140)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from server.identity.service import NewAccount
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import LAPTOP, Screen, keyed
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD, HandClock, Office, fresh_id, item
from tests.support.pdfs import text_pdf
from wire.secret import Secret

pytestmark = pytest.mark.timeout(240)
_TITLE = "Hội nghị giao ban công tác quý IV của Viện kiểm sát nhân dân tỉnh Quảng Ninh (demo)"
_PEOPLE = (
    ("phong1", "Nguyễn Hoàng Thị Ngọc Phương Thảo (demo)", "Phó Trưởng phòng", "Phòng Thực hành quyền công tố"),
    ("phong2", "Trần Lê Khánh (demo)", "Trưởng phòng", "Phòng Kiểm sát thi hành án hình sự"),
    ("vanphong", "Phạm Đức Minh (demo)", "Chánh Văn phòng", "Văn phòng tổng hợp"),
)


@dataclass(frozen=True)
class Desk:
    """A server with a meeting in five weeks."""

    server: RunningServer
    meeting: str

    def at(self, path: str) -> str:
        return f"http://localhost:{self.server.port}/#{path}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = RunningServer(tmp_path_factory.mktemp("requests"), second_factor="off", idle_s=3600)
    office = Office(server.folder / "data", clock=HandClock(dt.datetime.now(dt.UTC)))
    for username, name, position, unit in _PEOPLE:
        asked: dict[str, Any] = {"actor": "system", "act": fresh_id("a"), "now": office.clock.now()}
        new = NewAccount(username, name, position, unit, frozenset())
        office.services.identity.create_account(new, Secret(PASSWORD.encode()), **asked)
    meeting = _meeting(office)
    office.services.close()
    with server:
        yield Desk(server, meeting)


def _meeting(office: Office) -> str:
    secretary, begins = office.sign_in("thuky"), office.clock.now() + dt.timedelta(days=36)
    about = office.description() | {"title": _TITLE, "starts_at": f"{begins:%Y-%m-%d}T01:30:00.000Z"}
    meeting: str = secretary.post("/api/meetings", about).done()["id"]
    path = f"/api/meetings/{meeting}"
    secretary.put(f"{path}/members", {"members": office.members()}).done()
    seq = secretary.get(path).body["seq"]
    items = [item("Báo cáo kết quả công tác quý IV"), item("Thảo luận"), item("Kế hoạch năm sau")]
    secretary.put(f"{path}/agenda", {"items": items, "expected_seq": seq}).done()
    return meeting


def test_W137_W138_a_paper_is_asked_handed_in_by_an_outsider_returned_and_seen(
    desk: Desk, browser: Browser, screen: Screen, look: Look, tmp_path: Path
) -> None:
    page, path = screen.page, f"/meetings/{desk.meeting}/requests"
    screen.opens(desk.at(path))
    signs_in(page, "thuky")
    expect(page.get_by_text("Chưa yêu cầu tài liệu nào")).to_be_visible()
    page.get_by_role("button", name="Yêu cầu tài liệu").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Gửi yêu cầu").click()
    expect(dialog.get_by_text("Hãy chọn ít nhất một người hoặc một đơn vị.")).to_be_visible()
    dialog.get_by_label("Nội dung").select_option(label="1. Báo cáo kết quả công tác quý IV")
    dialog.get_by_label("Tài liệu cần chuẩn bị").fill("Báo cáo kết quả thực hành quyền công tố quý IV")
    for typed, name in (("phuong thao", "Nguyễn Hoàng"), ("khanh", "Trần Lê"), ("pham duc", "Phạm Đức")):
        dialog.get_by_label("Yêu cầu ai").last.fill(typed)
        dialog.get_by_role("button", name=re.compile(name)).first.click()
        expect(dialog.get_by_role("button", name=re.compile(f"^Bỏ {name}"))).to_be_visible()
    look(screen, "requests-ask")
    dialog.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.get_by_role("article")).to_have_count(3)
    outsider = Screen(browser, "outsider", size=LAPTOP)
    outsider.expects(401, "/api/me")
    _handed_in(desk, outsider, look, tmp_path)
    # The board follows by itself.
    page.get_by_role("button", name=re.compile("^Trả lại: ")).click()
    page.get_by_role("dialog").get_by_label("Cần sửa gì").fill("Thiếu phụ lục số liệu")
    page.get_by_role("dialog").get_by_role("button", name="Trả lại", exact=True).click()
    expect(page.get_by_text("Bị trả lại: Thiếu phụ lục số liệu")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Nhắc tất cả \(3\)")).click()
    expect(page.get_by_text(re.compile(r"Đã nhắc 1\slần")).first).to_be_visible()
    look(screen, "requests-board")


def _handed_in(desk: Desk, screen: Screen, look: Look, folder: Path) -> None:
    """By who was asked, from their first page."""
    page = screen.page
    screen.opens(desk.at("/"))
    page.get_by_label("Tên đăng nhập").fill("phong1")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    keyed(page.get_by_role("button", name="Đăng nhập", exact=True))
    expect(page.get_by_text(re.compile(r"Tài liệu đồng chí cần nộp \(1\)"))).to_be_visible()
    look(screen, "requests-home")
    page.locator("a", has_text="Báo cáo kết quả thực hành").click()
    expect(page.get_by_text("Kéo tệp PDF vào đây")).to_be_visible()
    file = folder / "bao-cao.pdf"
    file.write_bytes(text_pdf(["Báo cáo kết quả thực hành quyền công tố"], pages=3))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Nội bộ", exact=True).click()
    look(screen, "requests-choosing")
    page.get_by_role("button", name="Tải lên", exact=True).click()
    expect(page.get_by_role("img", name=re.compile(r"Trang\s1"))).to_be_visible()
    expect(page.get_by_text("Đã nộp, chờ duyệt")).to_be_visible()
    look(screen, "requests-handed-in")
    assert screen.complaints() == []
