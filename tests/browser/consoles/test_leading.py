"""Rehearsing, presenting and searching with a real server: secretary, chair and the room's display (M5, F1, F2)."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.test import EnvironBuilder

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import LAPTOP, WALL, Screen, keyed
from tests.support.gunicorn import RunningServer
from tests.support.office import fresh_id, item
from tests.support.pdfs import text_pdf
from tests.support.poll import until

pytestmark = pytest.mark.timeout(240)
_TITLE = "Phiên họp Ủy ban kiểm sát về dự thảo Nghị quyết nâng cao chất lượng kiểm sát hoạt động tư pháp (demo)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("leading"))
    running.add_person("thuky", frozenset({Role.SECRETARY}))
    running.add_person("kythuat", frozenset({Role.IT}))
    for name in ("chutri", "an"):
        running.add_person(name, frozenset())
    with running:
        yield running


class Hall:
    """An approved meeting in a room of its own, and the link of the room's display."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.secretary, it = server.page().sign_in("thuky"), server.page().sign_in("kythuat")
        seats = [{"label": f"A{number}", "x": 100 * number, "y": 300} for number in range(1, 6)]
        room = it.post("/api/rooms", {"name": f"Phòng {fresh_id('r')} (demo)", "seats": seats}).done()
        self.room = room["id"]
        link = it.post(f"/api/rooms/{room['id']}/display-link", {"replace": False}).done()["url"]
        self.display = f"http://localhost:{server.port}{link}"
        about: dict[str, Any] = {"title": _TITLE, "type": "Họp", "room": room["id"]}
        about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90}
        self.meeting = self.secretary.post("/api/meetings", about).done()["id"]
        self.path = f"/api/meetings/{self.meeting}"
        self.ids = {each["username"]: each["id"] for each in self.secretary.get("/api/people").body["people"]}
        roles = {"chutri": "chair", "an": "member", "thuky": "secretary"}
        members = [{"person": self.ids[name], "role": role, "seat": None} for name, role in roles.items()]
        self.secretary.put(f"{self.path}/members", {"members": members}).done()
        seq = self.secretary.get(self.path).body["seq"]
        agenda = {"items": [item("Thảo luận dự thảo Nghị quyết"), item("Hai")], "expected_seq": seq}
        self.secretary.put(f"{self.path}/agenda", agenda).done()
        self.secretary.post(f"{self.path}/submit").done()
        server.page().sign_in("chutri").post(f"{self.path}/approve").done()

    def publish(self, title: str, data: bytes) -> str:
        """A paper of the first item, for all to read."""
        first = self.secretary.get(self.path).body["sections"]["agenda"][0]["item"]
        form = {"item": first, "title": title, "secrecy": "normal", "file": (io.BytesIO(data), "a.pdf")}
        sent = EnvironBuilder(method="POST", data=form).get_environ()
        headers, body = {"Content-Type": sent["CONTENT_TYPE"]}, sent["wsgi.input"].read()
        paper: str = self.secretary.send("POST", f"{self.path}/papers", body, headers).done()["paper"]
        self.server.page().sign_in("chutri").post(f"{self.path}/papers/{paper}/approve").done()
        self.secretary.post(f"{self.path}/publish").done()
        return paper

    def page_of(self, meeting: str = "", part: str = "") -> str:
        return f"http://localhost:{self.server.port}/#/meetings/{meeting or self.meeting}{part}"


def test_M5_a_secretary_rehearses_and_every_screen_says_so_until_it_is_gone(
    server: RunningServer, screen: Screen, look: Look, browser: Browser
) -> None:
    hall, page = Hall(server), screen.page
    wall = Screen(browser, "wall", size=WALL)
    wall.opens(hall.display)
    expect(wall.page.get_by_text(_TITLE).first).to_be_visible()
    screen.opens(hall.page_of())
    signs_in(page, "thuky")
    page.get_by_role("button", name="Chạy thử", exact=True).click()
    expect(page.get_by_label("Tôi điều hành thay chủ trì")).to_be_checked()
    look(screen, "rehearsal-begin")
    page.get_by_role("dialog").get_by_role("button", name="Chạy thử", exact=True).click()
    strip = page.get_by_role("region", name="CHẠY THỬ", exact=True)
    expect(strip).to_contain_text("Đây không phải cuộc họp thật.")
    page.get_by_role("button", name="Khai mạc").click()
    page.get_by_role("dialog").get_by_role("button", name="Khai mạc").click()
    page.get_by_role("button", name="Bắt đầu nội dung 1").click()
    expect(page.get_by_role("button", name="Sang nội dung 2")).to_be_visible()
    look(screen, "rehearsal-live")
    # The display looks every ten seconds which meeting there is.
    expect(wall.page.get_by_role("region", name="CHẠY THỬ", exact=True)).to_be_visible(timeout=40_000)
    expect(wall.page.get_by_role("heading", name="Thảo luận dự thảo Nghị quyết")).to_be_visible()
    look(wall, "rehearsal-wall")
    page.get_by_role("button", name="Biểu quyết").click()
    expect(page.get_by_label("Ký tên")).to_be_disabled()
    strip.get_by_role("button", name="Kết thúc chạy thử").click()
    look(screen, "rehearsal-end")
    page.get_by_role("dialog").get_by_role("button", name="Kết thúc chạy thử").click()
    expect(page.get_by_text("Cuộc chạy thử đã kết thúc")).to_be_visible()
    # Back at the meeting, which knows nothing of it.
    expect(page.get_by_role("button", name="Chạy thử", exact=True)).to_be_visible()
    expect(strip).to_have_count(0)
    expect(wall.page.get_by_role("region", name="CHẠY THỬ", exact=True)).to_have_count(0)
    expect(wall.page.get_by_text("Nhiệt liệt chào mừng")).to_be_visible()
    assert wall.complaints() == []


def test_people_are_placed_by_rank_seen_before_it_is_applied_and_moved_by_hand(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall, page = Hall(server), screen.page
    screen.opens(hall.page_of(part="/members"))
    signs_in(page, "thuky")
    page.get_by_role("button", name="Xếp chỗ theo chức vụ").click()
    order = page.get_by_role("list", name="Thứ tự và chỗ ngồi").get_by_role("listitem")
    expect(order.first).to_contain_text("1. chutri (demo) – A3")
    look(screen, "rank-preview")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.get_by_role("button", name="Chỗ A3: chutri (demo)")).to_be_visible()
    # By hand: dragged from one seat to another, which is then exchanged.
    page.get_by_role("button", name="Chỗ A3: chutri (demo)").drag_to(
        page.get_by_role("button", name="Chỗ A5: còn trống")
    )
    expect(page.get_by_role("button", name="Chỗ A5: chutri (demo)")).to_be_visible()
    look(screen, "rank-applied")
    # The list is the order of the invitation: by hand with arrow or keys, and by rank again.
    rows = page.get_by_role("rowheader")
    page.get_by_role("button", name="Chuyển thuky (demo) lên trên").click()
    expect(rows.nth(1)).to_contain_text("thuky (demo)")
    page.get_by_role("button", name="Chuyển thuky (demo) lên trên").press("Alt+ArrowUp")
    expect(rows.first).to_contain_text("thuky (demo)")
    expect(rows.first.get_by_role("button")).to_be_focused()
    look(screen, "members-by-hand")
    page.get_by_role("button", name="Xếp danh sách theo chức vụ").click()
    expect(rows.first).to_contain_text("chutri (demo)")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu").first).to_be_visible()
    # Another meeting in the room at that time is said where this one's time stands.
    about = {"title": "Họp giao ban (demo)", "type": "Họp", "room": hall.room, "planned_minutes": 30}
    hall.secretary.post("/api/meetings", about | {"starts_at": "2026-11-23T02:00:00.000Z"}).done()
    page.get_by_role("link", name="Thông tin").click()
    expect(page.get_by_text("Phòng này đã có cuộc họp vào giờ đó:")).to_be_visible()
    expect(page.get_by_text("09:00–09:30, ngày 23 tháng 11 năm 2026: Họp giao ban (demo)")).to_be_visible()
    look(screen, "room-taken")


def test_P5_a_member_finds_a_page_by_words_without_accents_and_opens_it(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall, page = Hall(server), screen.page
    lines = ["Báo cáo công tác kiểm sát", "Kiến nghị sửa đổi Quy chế phối hợp giữa các đơn vị (demo)"]
    hall.publish("Báo cáo tổng kết công tác kiểm sát hoạt động tư pháp (demo)", text_pdf(lines, pages=3))
    # The server puts it into its index soon after it is published.
    until(lambda: hall.secretary.get("/api/search?q=quy+che&kind=paper").body["total"] == 1, timeout_s=60, what="found")
    screen.opens(f"http://localhost:{server.port}/")
    signs_in(page, "an")
    keyed(page.get_by_role("link", name="Tìm kiếm"))
    words = page.get_by_label("Từ cần tìm")
    expect(words).to_be_focused()
    look(screen, "search-begin")
    found = page.get_by_role("listitem").filter(has_text="Tài liệu")
    words.fill("kien nghi quy che")
    expect(found.get_by_text("Kiến", exact=True)).to_be_visible()
    look(screen, "search-found")
    words.fill("không có gì như thế")
    expect(page.get_by_text("Không tìm thấy")).to_be_visible()
    look(screen, "search-none")
    words.fill('"trang 3"')
    keyed(found.filter(has_text="Trang 3:").get_by_role("link"))
    expect(page.get_by_role("region", name="Trang 3 trên 3")).to_be_visible()


def test_P5_a_secretary_sees_who_has_not_opened_a_paper_and_reminds_them(
    server: RunningServer, browser: Browser, screen: Screen, look: Look
) -> None:
    hall, page = Hall(server), screen.page
    paper = hall.publish("Dự thảo Nghị quyết về kiểm sát hoạt động tư pháp (demo)", text_pdf(["Dự thảo"], pages=2))
    screen.opens(hall.page_of(part="/papers"))
    signs_in(page, "thuky")
    counts = page.get_by_role("button", name=re.compile("xem ai chưa mở"))
    expect(counts).to_have_text(re.compile("0/2 đã mở"))
    keyed(counts)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    keyed(dialog.get_by_role("button", name="Nhắc an (demo) mở tài liệu"))
    expect(dialog.get_by_text(re.compile("Đã nhắc 1\\slần"))).to_be_visible()
    look(screen, "opened-who-not")
    member = Screen(browser, "member", size=LAPTOP)
    member.expects(401, "/api/me")
    member.opens(f"http://localhost:{server.port}/")
    signs_in(member.page, "an")
    expect(member.page.get_by_text(re.compile(r"được nhắc đọc \(1\)"))).to_be_visible()
    look(member, "opened-reminded")
    keyed(member.page.get_by_role("link", name=re.compile("Dự thảo Nghị quyết về kiểm sát.*nhắc 1")))
    expect(member.page.get_by_role("region", name="Trang 1 trên 2")).to_be_visible()
    until(
        lambda: hall.secretary.get(f"{hall.path}/readings").body["papers"][0]["opened"] == 1,
        timeout_s=30,
        what="opened",
    )
    assert hall.secretary.get(f"{hall.path}/readings").body["papers"][0]["paper"] == paper
    assert member.complaints() == []
    member.put_away()
    page.reload()
    expect(counts).to_have_text(re.compile("1/2 đã mở"))


def test_C4_a_member_sees_their_month_and_week_and_makes_and_takes_back_an_address(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall, page = Hall(server), screen.page
    # A calendar reaches some months back and ahead of its day: so does what stands in it here.
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    monday = day - dt.timedelta(days=day.weekday())
    members = [{"person": hall.ids["thuky"], "role": "secretary", "seat": None}]
    for hour in range(4):
        about = {"title": f"{_TITLE} {hour + 2}", "type": "Họp", "room": hall.room, "planned_minutes": 60}
        made = hall.secretary.post("/api/meetings", {**about, "starts_at": f"{day}T0{hour + 1}:30:00.000Z"}).done()
        hall.secretary.put(f"/api/meetings/{made['id']}/members", {"members": members}).done()
    screen.opens(f"http://localhost:{server.port}/#/calendar/month/{day}")
    signs_in(page, "thuky")
    many = page.locator(f'a[href="#/calendar/week/{day}"]')
    expect(many).to_have_text("còn 2 cuộc họp")
    look(screen, "calendar-month")
    keyed(many)
    expect(page.get_by_role("table", name=f"Tuần {monday:%d/%m/%Y}")).to_be_visible()
    look(screen, "calendar-week")
    keyed(page.get_by_role("button", name="Tuần trước"))
    before = monday - dt.timedelta(days=7)
    expect(page.get_by_role("table", name=f"Tuần {before:%d/%m/%Y}")).to_be_visible()
    keyed(page.get_by_role("button", name="Đưa vào lịch của tôi"))
    box = page.get_by_role("dialog")
    box.get_by_label("Chỉ ngày giờ").check()
    look(screen, "calendar-address")
    keyed(box.get_by_role("button", name="Tạo địa chỉ"))
    address = box.get_by_label("Địa chỉ lịch").input_value().removeprefix(f"http://localhost:{server.port}")
    heard = server.page().get(address)
    assert heard.status == 200
    assert heard.raw.count(b"BEGIN:VEVENT") >= 4
    assert b"demo" not in heard.raw
    look(screen, "calendar-made")
    keyed(box.get_by_role("button", name="Thu hồi địa chỉ"))
    expect(box.get_by_role("button", name="Tạo địa chỉ")).to_be_visible()
    assert server.page().get(address).code == "calendar-address-unknown"
