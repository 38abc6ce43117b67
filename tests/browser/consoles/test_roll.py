"""The roll of a full room on the consoles' and the display's screens (A1, A4)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer
from tests.support.measured import find, measured
from tests.support.office import item

pytestmark = pytest.mark.timeout(240)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi")
_GIVEN = ("Thị Phương Thảo", "Văn Đức", "Ngọc Ánh Nguyệt Minh", "Quốc Khánh", "Thanh Hà")
_TITLE = "Hội nghị toàn thể công chức Viện kiểm sát nhân dân tỉnh Quảng Ninh tổng kết công tác năm 2026 (demo)"


@dataclass(frozen=True)
class Hall:
    """A server with a meeting of eighteen."""

    server: RunningServer
    meeting: str
    people: dict[str, str]
    room: str

    @property
    def live(self) -> str:
        return f"http://localhost:{self.server.port}/#/meetings/{self.meeting}/live"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    server = RunningServer(tmp_path_factory.mktemp("roll"), second_factor="off", idle_s=3600)
    roles = {
        "thuky": frozenset({Role.SECRETARY}),
        "kythuat": frozenset({Role.IT}),
        "hethong": frozenset({Role.SYSTEM_ADMIN}),
    }
    names = ["chutri", *(f"db{number:02}" for number in range(1, 16)), "khach"]
    for name in (*roles, *names):
        server.add_person(name, roles.get(name, frozenset()))
    with server:
        yield _furnished(server, names)


def _furnished(server: RunningServer, names: list[str]) -> Hall:
    it, secretary = server.page().sign_in("kythuat"), server.page().sign_in("thuky")
    seats = [
        {"label": f"{'ABCDEFGHI'[at // 5]}{at % 5 + 1}", "x": 100 + at % 5 * 200, "y": 60 + at // 5 * 110}
        for at in range(20)
    ]
    room = it.post("/api/rooms", {"name": "Hội trường tầng 3 (demo)", "seats": seats}).done()
    about: dict[str, Any] = {"title": _TITLE, "type": "Hội nghị", "room": room["id"]}
    about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90}
    meeting = secretary.post("/api/meetings", about).done()["id"]
    path = f"/api/meetings/{meeting}"
    ids = {each["username"]: each["id"] for each in secretary.get("/api/people").body["people"]}
    role = {"chutri": "chair", "khach": "guest"}
    members = [
        {"person": ids[name], "role": role.get(name, "member"), "seat": room["seats"][at]["id"]}
        for at, name in enumerate(names)
    ]
    members.append({"person": ids["thuky"], "role": "secretary", "seat": None})
    secretary.put(f"{path}/members", {"members": members}).done()
    agenda = [item("Báo cáo tổng kết công tác kiểm sát năm 2026"), item("Thảo luận, góp ý dự thảo Nghị quyết")]
    secretary.put(f"{path}/agenda", {"items": agenda, "expected_seq": secretary.get(path).body["seq"]}).done()
    secretary.post(f"{path}/submit").done()
    chair = server.page().sign_in("chutri")
    for word in ("approve", "open"):
        chair.post(f"{path}/{word}").done()
    first = secretary.get(path).body["sections"]["agenda"][0]["item"]
    chair.post(f"{path}/items/{first}/start").done()
    here = [ids[name] for name in names[:8]]
    secretary.post(f"{path}/attendance", {"people": here, "presence": "present"}).done()
    away = {"people": [ids["db12"]], "presence": "excused", "reason": "đi công tác tại Hà Nội theo Quyết định số 12"}
    secretary.post(f"{path}/attendance", away).done()
    return Hall(server, meeting, ids, room["id"])


def _roll(page: Page) -> None:
    page.get_by_role("button", name=re.compile("có mặt · cần")).click()
    expect(page.get_by_role("heading", name="Điểm danh")).to_be_visible()


def test_A1_the_secretary_keeps_the_roll_of_a_room(hall: Hall, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.opens(hall.live)
    signs_in(page, "thuky")
    expect(page.get_by_role("button", name="8/16 có mặt · cần 11 · chưa đủ")).to_be_visible()
    _roll(page)
    expect(page.locator("[data-person]")).to_have_count(18)
    look(screen, "roll-all")
    page.get_by_text("Chưa điểm danh 9").click()
    page.get_by_role("button", name=re.compile("Chọn tất cả đang hiện")).click()
    look(screen, "roll-many")
    page.get_by_role("button", name="Đến muộn", exact=True).click()
    expect(page.get_by_role("button", name="15/16 có mặt · cần 11 · đủ điều kiện")).to_be_visible()
    page.get_by_text("Tất cả 18").click()
    page.get_by_role("searchbox").fill("db07")
    box = page.get_by_role("checkbox", name="Chọn db07 (demo)")
    box.focus()
    page.keyboard.press("r")
    expect(page.locator("[data-person]")).to_contain_text("rời đi lúc")
    box.focus()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Có mặt theo nội dung")
    look(screen, "roll-correct")
    dialog.get_by_role("button", name="Ghi", exact=True).click()
    expect(dialog).to_contain_text("Hãy ghi lý do.")
    dialog.get_by_role("textbox").fill("ghi nhầm người cùng tên")
    dialog.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("[data-person]")).to_contain_text("vắng mặt")
    expect(page.locator("[data-person]")).to_contain_text("ghi nhầm người cùng tên")


def test_A3_W90_a_substitute_and_a_recusal_are_written_where_the_person_stands(
    hall: Hall, screen: Screen, look: Look
) -> None:
    page = screen.page
    screen.opens(hall.live)
    signs_in(page, "thuky")
    _roll(page)
    page.get_by_role("button", name="Ghi điểm danh: db12 (demo)").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cử người dự thay…").click()
    dialog.get_by_role("searchbox").fill("kythuat")
    dialog.get_by_role("button", name=re.compile("kythuat")).click()
    dialog.get_by_label("Lý do, căn cứ").fill("Giấy cử số 12/VKS-VP")
    look(screen, "roll-substitute")
    dialog.get_by_role("button", name="Cử dự thay").click()
    expect(dialog).to_contain_text("kythuat (demo) đang dự thay đồng chí này.")
    page.keyboard.press("Escape")
    expect(page.locator(f'[data-person="{hall.people["db12"]}"]')).to_contain_text("kythuat (demo) dự thay")
    page.get_by_role("button", name="Ghi điểm danh: db11 (demo)").click()
    dialog.get_by_role("button", name="Tránh tham gia nội dung…").click()
    dialog.get_by_label("Nội dung phải tránh").select_option(index=2)
    dialog.get_by_label("Lý do, căn cứ").fill("người thân của bị can")
    look(screen, "roll-recusal")
    dialog.get_by_role("button", name="Ghi tránh tham gia").click()
    expect(dialog).to_contain_text("Tránh tham gia nội dung 2.")
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 đồng chí tránh tham gia")).to_be_visible()


def test_A4_the_chair_is_warned_and_not_held_when_too_few_are_there(hall: Hall, screen: Screen, look: Look) -> None:
    secretary = hall.server.page().sign_in("thuky")
    path = f"/api/meetings/{hall.meeting}"
    away = [person for name, person in hall.people.items() if name.startswith("db0")]
    secretary.post(f"{path}/attendance", {"people": away, "presence": "absent", "reason": "kiểm lại"}).done()
    page = screen.page
    screen.opens(hall.live)
    signs_in(page, "chutri")
    page.get_by_role("button", name="Biểu quyết", exact=True).click()
    expect(page.get_by_text("Chưa đủ số đại biểu có mặt theo quy định")).to_be_visible()
    look(screen, "roll-warned")
    expect(page.get_by_role("button", name=re.compile("Mở ngay|Mở biểu quyết"))).to_be_enabled()


def test_A4_the_rule_is_chosen_where_the_meeting_is_prepared(hall: Hall, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.opens(f"http://localhost:{hall.server.port}/#/meetings/new")
    signs_in(page, "thuky")
    page.get_by_label("Điều kiện tiến hành").select_option(label="Quá nửa tổng số đại biểu")
    expect(page.get_by_label("Điểm danh")).to_be_visible()
    look(screen, "roll-rule")


def test_A1_the_sheet_is_read_taken_away_and_printed_with_room_for_signatures(
    hall: Hall, screen: Screen, look: Look
) -> None:
    page = screen.page
    screen.opens(f"http://localhost:{hall.server.port}/#/meetings/{hall.meeting}/attendance")
    signs_in(page, "thuky")
    expect(page.get_by_role("row").filter(has_text="khach (demo)")).to_be_visible()
    look(screen, "roll-sheet")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải bảng CSV").click()
    assert taken.value.suggested_filename == f"diem-danh-{hall.meeting}.csv"
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Ký tên")).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    if folder := os.environ.get("PHONGHOP_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / "roll-printed.png", full_page=True)
    page.emulate_media(media="screen")


def test_A1_N1_the_agency_is_named_once_and_heads_the_sheet_to_sign(hall: Hall, screen: Screen, look: Look) -> None:
    page, sheet = screen.page, f"http://localhost:{hall.server.port}/#/meetings/{hall.meeting}/attendance"
    screen.opens(f"http://localhost:{hall.server.port}/#/agency")
    signs_in(page, "hethong")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đồng chí điền ô này.")).to_have_count(3)
    look(screen, "agency-missing")
    page.get_by_label("Cơ quan chủ quản").fill("Viện kiểm sát nhân dân tối cao")
    page.get_by_label("Tên cơ quan").fill("Viện kiểm sát nhân dân\ntỉnh Quảng Ninh (demo)")
    page.get_by_label("Chữ viết tắt trong ký hiệu").fill("VKSQN")
    page.get_by_label("Địa danh").fill("Quảng Ninh")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu thông tin cơ quan")).to_be_visible()
    expect(page.get_by_text("TỈNH QUẢNG NINH (DEMO)")).to_be_visible()
    look(screen, "agency")
    days = page.get_by_role("region", name="Ngày nghỉ và ngày làm bù")
    expect(days.get_by_text("chưa khai ngày nghỉ nào")).to_be_visible()
    days.get_by_label("Ngày", exact=True).fill("20/11/2026")
    days.get_by_label("Lý do").fill("Nghỉ bù theo thông báo (demo)")
    days.get_by_role("button", name="Thêm ngày").click()
    expect(days.get_by_role("listitem").filter(has_text="20/11/2026")).to_contain_text("Nghỉ bù theo thông báo (demo)")
    look(screen, "agency-days")
    page.context.clear_cookies()
    page.goto(sheet)
    page.reload()
    signs_in(page, "thuky")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải bản ký (PDF)").click()
    about = {"title": "Giao ban tuần (demo)", "type": "Giao ban", "room": hall.room, "planned_minutes": 60}
    secretary = hall.server.page().sign_in("thuky")
    next_one = secretary.post("/api/meetings", {**about, "starts_at": "2026-11-23T01:30:00.000Z"}).done()["id"]
    page.goto(f"http://localhost:{hall.server.port}/#/meetings/{next_one}/info")
    due = page.get_by_role("region", name="Thời hạn")
    # The meeting is on Monday 23 November 2026, and the Friday before is off.
    expect(due.get_by_text("ngày 17 tháng 11 năm 2026")).to_be_visible()
    expect(due.get_by_text("ngày 19 tháng 11 năm 2026")).to_be_visible()
    look(screen, "deadlines")
    assert taken.value.suggested_filename == f"diem-danh-{hall.meeting}.pdf"
    first = measured(Path(taken.value.path()).read_bytes())[0]
    assert find(first, "TỈNH QUẢNG NINH (DEMO)").is_bold


def test_BB6_the_minutes_are_written_together_at_two_consoles(hall: Hall, screen: Screen, look: Look) -> None:
    page, path = screen.page, f"/api/meetings/{hall.meeting}"
    address = f"http://localhost:{hall.server.port}/#/meetings/{hall.meeting}/minutes"
    screen.opens(hall.live)
    signs_in(page, "thuky")
    page.get_by_role("button", name="Kết luận", exact=True).click()
    page.get_by_label("Kết luận của chủ trì").fill("Giao Phòng 1 hoàn thiện báo cáo, xong trước ngày 30/11.")
    look(screen, "minutes-conclusion")
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.get_by_text("Đã ghi kết luận nội dung 1.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Kết luận của chủ tọa: Giao Phòng 1")).to_be_visible()
    look(screen, "minutes")
    page.get_by_role("button", name=re.compile("^Sửa: Địa điểm")).click()
    page.get_by_label("Nội dung", exact=True).fill("Địa điểm: Hội trường lớn tầng 5.")
    expect(page.get_by_text("Nhật ký ghi: Địa điểm: Hội trường tầng 3 (demo).")).to_be_visible()
    look(screen, "minutes-differs")
    chair = hall.server.page().sign_in("chutri")
    theirs = {"text": "Địa điểm: Phòng họp số 2.", "version": 0, "reason": "Đổi phòng"}
    chair.put(f"{path}/minutes/paragraphs/place", theirs).done()
    page.get_by_label("Lý do khác với nhật ký").fill("Chuyển lên hội trường lớn")
    screen.expects(409, f"{path}/minutes/paragraphs/place")
    save = page.get_by_role("button", name="Lưu", exact=True)
    expect(save).to_be_enabled()
    save.click()
    expect(page.get_by_text("chutri (demo) vừa sửa đoạn này.")).to_be_visible()
    expect(page.get_by_text("Địa điểm: Phòng họp số 2.").first).to_be_visible()
    look(screen, "minutes-conflict")
    page.get_by_role("button", name="Ghi bản của tôi").click()
    expect(page.get_by_role("heading", name="Khác với nhật ký: 1")).to_be_visible()
    page.get_by_role("button", name="Lịch sử sửa").click()
    expect(page.get_by_role("dialog").get_by_text("Địa điểm: Phòng họp số 2.")).to_be_visible()
    look(screen, "minutes-history")
    page.keyboard.press("Escape")
    _comments(hall, screen, look)


def _comments(hall: Hall, screen: Screen, look: Look) -> None:
    """The minutes are sent out; a member says something, and the secretary takes it up."""
    page, path = screen.page, f"/api/meetings/{hall.meeting}"
    page.get_by_role("button", name="Gửi lấy ý kiến").click()
    look(screen, "minutes-share")
    page.get_by_role("button", name="Nhận góp ý đến lúc này").click()
    expect(page.get_by_text("Nhận góp ý đến")).to_be_visible()
    member = hall.server.page().sign_in("db03")
    member.post(f"{path}/minutes/comments", {"paragraph": "place", "text": "Đề nghị ghi rõ tầng."}).done()
    expect(page.get_by_text("Chưa trả lời: 1")).to_be_visible()
    page.get_by_role("button", name="Tiếp thu").click()
    expect(page.get_by_text("Đã tiếp thu")).to_be_visible()
    look(screen, "minutes-comments")
