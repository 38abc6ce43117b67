"""Tasks on the consoles: taken on, seen late, taken into the next agenda (TK1–TK8).

How one is given from a conclusion is played in `tests/browser/main_job/office.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer
from tests.support.office import HandClock, Office, item
from tests.support.papers import items_of

pytestmark = pytest.mark.timeout(180)
_WORDS = "Văn phòng tham mưu, hoàn thành số hóa hồ sơ lưu trữ giai đoạn 2024–2026 và báo cáo kết quả"
_UNIT = "Văn phòng Viện kiểm sát nhân dân tỉnh (demo)"


@dataclass(frozen=True)
class Desk:
    """A server with a meeting that is over, its conclusion and tasks, and the next one of its type."""

    server: RunningServer
    over: str
    next: str

    def at(self, path: str) -> str:
        return f"http://localhost:{self.server.port}/#{path}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = RunningServer(tmp_path_factory.mktemp("tasks"), second_factor="off", idle_s=3600)
    over, coming = _furnished(server)
    with server:
        yield Desk(server, over, coming)


def _furnished(server: RunningServer) -> tuple[str, str]:
    """As it was left a fortnight ago."""
    clock = HandClock(dt.datetime.now(dt.UTC) - dt.timedelta(days=14))
    office = Office(server.folder / "data", clock=clock, own=True)
    over = office.meeting("open")
    chair, secretary, admin = office.sign_in("chutri"), office.sign_in("thuky"), office.sign_in("hethong")
    unit = admin.post("/api/units", {"code": "VP", "name": _UNIT, "head": office.people["daibieu"]}).done()["id"]
    first = items_of(chair, over)[0]
    chair.post(f"/api/meetings/{over}/items/{first}/conclusion", {"text": _WORDS, "seen": 0}).done()
    today = clock.now().date()
    for title, lead, days in (
        ("Rà soát danh mục tài liệu mật và báo cáo Viện trưởng (demo)", unit, 5),
        ("Lập kế hoạch tập huấn sử dụng phòng họp không giấy cho các đơn vị trực thuộc (demo)", unit, 21),
        ("Chuẩn bị số liệu so sánh ba năm (demo)", office.people["khach"], 30),
        ("Hoàn thành số hóa hồ sơ lưu trữ giai đoạn 2024–2026 (demo)", unit, 34),
    ):
        due = (today + dt.timedelta(days=days)).isoformat()
        body = {"title": title, "lead": lead, "helpers": [office.people["kythuat"]], "due": due, "item": first}
        chair.post(f"/api/meetings/{over}/tasks", body).done()
    clock.moment = dt.datetime.now(dt.UTC)
    secretary = office.sign_in("thuky")
    starts_at = (clock.now() + dt.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    coming = secretary.post("/api/meetings", {**office.description(), "starts_at": starts_at}).done()["id"]
    path = f"/api/meetings/{coming}"
    secretary.put(f"{path}/members", {"members": office.members()}).done()
    seq = secretary.get(path).done()["seq"]
    secretary.put(f"{path}/agenda", {"items": [item("Công tác tháng")], "expected_seq": seq}).done()
    office.services.close()
    return over, coming


def _next(screen: Screen, address: str, username: str) -> None:
    """Somebody else at the same console."""
    screen.page.context.clear_cookies()
    screen.page.goto("about:blank")
    screen.opens(address)
    signs_in(screen.page, username)


def test_from_the_first_page_to_the_next_agenda(desk: Desk, screen: Screen, look: Look) -> None:
    _takes_on(desk, screen, look)
    page = screen.page
    _next(screen, desk.at(f"/meetings/{desk.next}/tasks"), "thuky")
    page.get_by_role("button", name="Chọn hết").click()
    look(screen, "tasks-left")
    page.get_by_role("button", name="Đưa 4 việc vào chương trình").click()
    expect(page.get_by_role("heading", name=re.compile("Trong chương trình, nội dung 2"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Việc tồn đọng \\("))).to_have_count(0)


def _takes_on(desk: Desk, screen: Screen, look: Look) -> None:
    """The head of the unit: the first page, the list, the figures, and a report of progress."""
    page = screen.page
    screen.opens(desk.at("/"))
    signs_in(page, "daibieu")
    expect(page.get_by_text("Nhiệm vụ của đồng chí (3, 1 quá hạn)")).to_be_visible()
    look(screen, "tasks-home")
    screen.opens(desk.at("/tasks"))
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_role("listitem").first).to_contain_text("Rà soát danh mục")
    look(screen, "tasks-list")
    page.get_by_role("link", name="Thống kê").click()
    expect(page.get_by_role("row", name=re.compile(_UNIT[:20])).get_by_role("cell").last).to_have_text("3")
    look(screen, "tasks-figures")
    page.get_by_role("link", name="Quay lại").click()
    page.get_by_role("link", name=re.compile("Hoàn thành số hóa")).click()
    page.get_by_role("button", name="Nhận việc").click()
    page.get_by_role("dialog").get_by_role("button", name="Nhận việc").click()
    page.get_by_role("button", name="Báo tiến độ").click()
    said = page.get_by_role("dialog", name="Báo tiến độ")
    said.get_by_label("Tiến độ (%)").fill("40")
    said.get_by_label("Ghi thêm").fill("Đã quét xong 4.200 hồ sơ.")
    said.get_by_role("button", name="Báo tiến độ").click()
    expect(page.get_by_text("Được 40%")).to_be_visible()
    look(screen, "tasks-one")
