"""Speaking with a real server: the chair's console and the room's display, to a speech in writing (S1–S5, F2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import LAPTOP, WALL, Screen, keyed
from tests.support.gunicorn import RunningServer
from tests.support.office import fresh_id, item

pytestmark = pytest.mark.timeout(240)
_PEOPLE = ("chutri", "an", "binh", "chau", "dung")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("speaking"))
    running.add_person("thuky", frozenset({Role.SECRETARY}))
    running.add_person("kythuat", frozenset({Role.IT}))
    for name in _PEOPLE:
        running.add_person(name, frozenset())
    with running:
        yield running


class Hall:
    """An open meeting at its first item, or one on its eve; ``ask`` speaks for the others."""

    def __init__(self, server: RunningServer, *, is_open: bool = True) -> None:
        self.secretary, self.chair = server.page().sign_in("thuky"), server.page().sign_in("chutri")
        it = server.page().sign_in("kythuat")
        room = it.post(
            "/api/rooms", {"name": f"Phòng {fresh_id('r')} (demo)", "seats": [{"label": "A1", "x": 500, "y": 500}]}
        ).done()
        self.display = (
            f"http://localhost:{server.port}"
            + it.post(f"/api/rooms/{room['id']}/display-link", {"replace": False}).done()["url"]
        )
        about: dict[str, Any] = {"title": "Phiên họp Ủy ban kiểm sát (demo)", "type": "Họp", "room": room["id"]}
        about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90}
        self.meeting = self.secretary.post("/api/meetings", about).done()["id"]
        self.path = f"/api/meetings/{self.meeting}"
        self.ids = {each["username"]: each["id"] for each in self.secretary.get("/api/people").body["people"]}
        members = [
            {"person": self.ids[name], "role": "chair" if name == "chutri" else "member", "seat": None}
            for name in _PEOPLE
        ]
        self.secretary.put(f"{self.path}/members", {"members": members}).done()
        seq = self.secretary.get(self.path).body["seq"]
        agenda = {"items": [item("Thảo luận dự thảo Nghị quyết"), item("Hai")], "expected_seq": seq}
        self.secretary.put(f"{self.path}/agenda", agenda).done()
        self.secretary.post(f"{self.path}/submit").done()
        self.chair.post(f"{self.path}/approve").done()
        self.item = self.chair.get(self.path).body["sections"]["agenda"][0]["item"]
        if is_open:
            self.begin()

    def begin(self) -> None:
        """The chair opens the meeting and its first item."""
        self.chair.post(f"{self.path}/open").done()
        self.chair.post(f"{self.path}/items/{self.item}/start").done()

    def ask(self, name: str, kind: str = "speech") -> None:
        """On a member's behalf."""
        asked = {"item": self.item, "kind": kind, "person": self.ids[name]}
        self.secretary.post(f"{self.path}/speaking", asked).done()

    def waiting(self, name: str) -> list[str]:
        """A member's turns that wait."""
        speeches = self.secretary.get(self.path).body["sections"]["speaking"]["speeches"]
        waiting = [each for each in speeches if each["state"] == "waiting"]
        return [each["speech"] for each in waiting if each["person"] == self.ids[name]]


def queue(page: Page) -> Any:
    return page.get_by_role("list", name="Hàng chờ phát biểu").get_by_role("listitem")


def test_S1_the_chair_leads_the_queue_and_the_wall_shows_who_has_the_floor(
    server: RunningServer, screen: Screen, look: Look, browser: Browser
) -> None:
    hall = Hall(server)
    for name, kind in (("an", "speech"), ("binh", "speech"), ("chau", "question"), ("dung", "order")):
        hall.ask(name, kind)
    wall = Screen(browser, "wall", size=WALL)
    wall.opens(hall.display)
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/meetings/{hall.meeting}/live")
    signs_in(page, "chutri")
    page.get_by_role("button", name="Phát biểu (4)").click()
    expect(queue(page)).to_have_count(4)
    expect(queue(page).first).to_contain_text("dung (demo)")
    look(screen, "speaking-queue")
    page.get_by_role("button", name="Mời dung (demo) phát biểu").click()
    expect(wall.page.get_by_role("heading", name="dung (demo)")).to_be_visible()
    expect(wall.page.get_by_text("Mời phát biểu")).to_be_visible()
    page.get_by_role("button", name="Bắt đầu tính giờ").click()
    expect(wall.page.get_by_role("timer")).to_contain_text("Còn 00:")
    expect(wall.page.get_by_text("Tiếp theo")).to_be_visible()
    look(screen, "speaking-turn")
    look(wall, "speaking-wall")
    # One touch ends who speaks and calls the next.
    page.get_by_role("button", name="Mời người tiếp theo").click()
    expect(wall.page.get_by_role("heading", name="chau (demo)")).to_be_visible()
    page.get_by_role("button", name="Về hàng chờ").click()
    expect(queue(page)).to_have_count(3)
    page.get_by_role("button", name="Từ chối an (demo)").click()
    page.get_by_role("button", name="Trùng ý kiến đã phát biểu").click()
    look(screen, "speaking-refuse")
    page.get_by_role("dialog").get_by_role("button", name="Từ chối").click()
    expect(queue(page)).to_have_count(2)
    # The chair's choice: put in order with the keyboard alone.
    page.get_by_role("button", name="Quy định phát biểu").click()
    page.get_by_label("Chủ trì sắp xếp").check(force=True)
    look(screen, "speaking-rules")
    keyed(page.get_by_role("button", name="Lưu"))
    hall.ask("an")
    up = page.get_by_role("button", name="Đưa an (demo) lên trước")
    expect(up).to_be_enabled()
    keyed(up)
    expect(queue(page).nth(1)).to_contain_text("an (demo)")
    look(screen, "speaking-order")
    wall.put_away()


def test_S4_a_member_asks_at_a_console_and_hands_in_in_writing(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall = Hall(server)
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/meetings/{hall.meeting}/live")
    signs_in(page, "chutri")
    page.get_by_role("button", name="Phát biểu", exact=True).click()
    page.get_by_role("button", name="Đăng ký cho tôi").click()
    look(screen, "speaking-ask")
    page.get_by_role("dialog").get_by_role("button", name="Đăng ký").click()
    expect(queue(page)).to_have_count(1)
    page.get_by_role("button", name="Từ chối chutri (demo)").click()
    page.get_by_role("button", name="Đề nghị gửi bằng văn bản").click()
    page.get_by_role("dialog").get_by_role("button", name="Từ chối").click()
    page.get_by_role("button", name="Gửi bằng văn bản", exact=True).click()
    page.get_by_label("Bài phát biểu").fill("Kính thưa các đồng chí,\nTôi nhất trí (demo).")
    look(screen, "speaking-write")
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.get_by_role("button", name="Phát biểu bằng văn bản của chutri (demo)").click()
    expect(page.get_by_role("dialog").get_by_role("document")).to_contain_text("Tôi nhất trí (demo).")
    look(screen, "speaking-read")


def test_S1_a_member_asks_speaks_and_hands_in_at_a_console_by_keys_alone(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    hall = Hall(server)
    short = {"speech": 60, "order": 60, "question": 60, "answer": 60}
    rules = {"order": "first", "seconds": short, "warn": 60, "person": 600, "group": 0, "span": "meeting"}
    hall.secretary.put(f"{hall.path}/speaking/rules", {**rules, "cuts": False}).done()
    hall.ask("binh")
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/meetings/{hall.meeting}")
    signs_in(page, "an")
    keyed(page.get_by_role("link", name="Phát biểu"))
    expect(queue(page)).to_have_count(1)
    keyed(page.get_by_role("button", name="Đăng ký phát biểu"))
    expect(page.get_by_text("Thứ 2 trong 2 lượt đang chờ")).to_be_visible()
    keyed(page.get_by_role("button", name="Rút đăng ký"))
    expect(queue(page)).to_have_count(1)
    keyed(page.get_by_role("button", name="Chất vấn"))
    expect(page.get_by_text("Thứ 1 trong 2 lượt đang chờ")).to_be_visible()
    look(screen, "floor-waiting")
    (mine,) = hall.waiting("an")
    hall.secretary.post(f"{hall.path}/speaking/{mine}/call").done()
    # Whatever part of the meeting is looked at.
    keyed(page.get_by_role("link", name="Chương trình"))
    expect(page.get_by_text("Đồng chí được mời phát biểu")).to_be_visible()
    hall.secretary.post(f"{hall.path}/speaking/{mine}/start").done()
    expect(page.get_by_text("Sắp hết giờ")).to_have_count(1)
    look(screen, "floor-elsewhere")
    keyed(page.get_by_role("link", name="Phát biểu"))
    expect(page.get_by_role("timer")).to_contain_text("Còn 00:")
    keyed(page.get_by_role("button", name="Kết thúc phát biểu"))
    expect(page.get_by_text("đồng chí đã nói 1 lượt")).to_be_visible()
    keyed(page.get_by_role("button", name="Đăng ký phát biểu"))
    expect(page.get_by_text("Thứ 2 trong 2 lượt đang chờ")).to_be_visible()
    (mine,) = hall.waiting("an")
    hall.secretary.post(f"{hall.path}/speaking/{mine}/refuse", {"reason": "Hết thời gian (demo)"}).done()
    expect(page.get_by_text("Hết thời gian (demo)")).to_be_visible()
    keyed(page.get_by_role("button", name="Gửi bằng văn bản"))
    page.get_by_label("Bài phát biểu").press_sequentially("Tôi nhất trí (demo).")
    keyed(page.get_by_role("button", name="Gửi", exact=True))
    expect(page.get_by_text("Đã gửi bằng văn bản")).to_be_visible()
    assert hall.secretary.get(f"{hall.path}/speaking/{mine}/text").body["text"] == "Tôi nhất trí (demo)."
    look(screen, "floor-written")


def works_the_queue(hall: Hall, screen: Screen, look: Look, *, wall: Screen) -> None:
    """Opened and worked from the keyboard; the preview shows what the wall shows."""
    page = screen.page
    later = {"to": "wall", "text": "Mời các đồng chí nhận tài liệu bổ sung (demo)", "seconds": 0, "send": False}
    hall.secretary.post(f"{hall.path}/notices", later).done()
    small = page.get_by_role("img", name="Màn hình chung đang hiện: thông báo")
    expect(small.get_by_text("Giải lao")).to_be_visible()
    look(screen, "wall-small")
    keyed(page.get_by_role("button", name="Mở hàng chờ màn hình chung (2)"))
    box = page.get_by_role("dialog", name="Màn hình chung")
    look(screen, "wall-queue")
    keyed(box.get_by_role("button", name="Gỡ: Mời các đồng chí nhận tài liệu"))
    asked = page.get_by_role("dialog", name="Gỡ thông báo này?")
    look(screen, "wall-withdraw")
    asked.get_by_role("button", name="Quay lại").click()
    keyed(box.get_by_role("button", name="Chiếu: Mời các đồng chí nhận tài liệu"))
    expect(wall.page.get_by_text("nhận tài liệu bổ sung")).to_be_visible()
    expect(box.get_by_role("img").get_by_text("nhận tài liệu bổ sung")).to_be_visible()
    keyed(box.get_by_role("button", name="Chiếu: 1. Thảo luận dự thảo"))
    expect(box.get_by_role("img", name="nội dung đang bàn")).to_be_visible()
    expect(wall.page.get_by_role("heading", name="Thảo luận dự thảo Nghị quyết")).to_be_visible()
    expect(box.get_by_text("Không có gì chờ chiếu.")).to_be_visible()


def test_F2_the_chair_counts_down_on_the_wall_and_sees_who_has_read_a_message(
    server: RunningServer, screen: Screen, look: Look, browser: Browser
) -> None:
    hall = Hall(server)
    wall = Screen(browser, "wall", size=WALL)
    wall.opens(hall.display)
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/meetings/{hall.meeting}/live")
    signs_in(page, "chutri")
    page.get_by_role("button", name="Thông báo, tin nhắn").click()
    box = page.get_by_role("dialog", name="Thông báo và tin nhắn")
    box.get_by_label("Nội dung").fill("Giải lao, mời các đồng chí trở lại đúng giờ (demo)")
    box.get_by_label("Đếm ngược (phút)").fill("10")
    expect(box.get_by_role("figure", name="Xem trước")).to_contain_text("10:00")
    look(screen, "notices-preview")
    box.get_by_role("button", name="Để vào hàng chờ").click()
    expect(box.get_by_text("Đang chờ")).to_be_visible()
    expect(wall.page.get_by_text("Giải lao")).to_have_count(0)
    box.get_by_role("button", name="Gửi: Giải lao").click()
    expect(wall.page.get_by_role("timer")).to_contain_text("09:")
    expect(box.get_by_text("Đang trên màn hình")).to_be_visible()
    look(wall, "notices-wall")
    box.get_by_text("Chỗ ngồi", exact=True).first.click()
    box.get_by_label("Nội dung").fill("Mời ký biên bản (demo)")
    box.get_by_text("Chọn người").click()
    box.get_by_label("an (demo)", exact=True).check()
    box.get_by_role("button", name="Gửi ngay").click()
    expect(box.get_by_text("Đã đọc 0/1 · Chưa đọc: an (demo)")).to_be_visible()
    look(screen, "notices-sent")
    member = server.page().sign_in("an")
    (notice,) = member.get(hall.path).body["sections"]["notices"]
    member.post(f"{hall.path}/notices/{notice['notice']}/read").done()
    expect(box.get_by_text("Đã đọc 1/1 · Mọi người đã đọc")).to_be_visible()
    page.keyboard.press("Escape")
    # From the secretary to the chair, who reads it at the console.
    body = {"to": "seats", "text": "Đủ số đại biểu (demo)", "people": [hall.ids["chutri"]], "send": True}
    hall.secretary.post(f"{hall.path}/notices", body).done()
    expect(page.get_by_text("Đủ số đại biểu (demo)")).to_be_visible()
    look(screen, "notices-unread")
    page.get_by_role("button", name="Đã đọc").click()
    expect(page.get_by_text("Đủ số đại biểu (demo)")).to_have_count(0)
    works_the_queue(hall, screen, look, wall=wall)
    wall.put_away()


def test_W145_what_was_said_and_asked_before_the_meeting_is_there_when_its_item_begins(
    server: RunningServer, screen: Screen, look: Look, browser: Browser
) -> None:
    hall = Hall(server, is_open=False)
    member, here = Screen(browser, "member", size=LAPTOP), f"http://localhost:{server.port}/#/meetings/{hall.meeting}"
    member.expects(401, "/api/me")
    page = member.page
    member.opens(f"{here}/before")
    signs_in(page, "an")
    page.get_by_role("button", name="Góp ý hoặc đặt câu hỏi về nội dung 1").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Câu hỏi", exact=True).click()
    form.get_by_role("textbox", name="Ý kiến của đồng chí").fill("Nguồn kinh phí lấy ở đâu?")
    form.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("article")).to_contain_text("Chưa trả lời")
    page.get_by_role("button", name="Đăng ký phát biểu trước ở nội dung 1").click()
    form.get_by_role("textbox", name="Đồng chí định nói về việc gì").fill("Phương án kinh phí")
    form.get_by_role("button", name="Đăng ký phát biểu").click()
    expect(page.get_by_role("article", name="an (demo)")).to_contain_text("Chờ quyết định")
    look(member, "before-member")
    _decided(screen, f"{here}/before", look)
    expect(page.get_by_role("article", name="an (demo)")).to_contain_text("Được chấp nhận")
    expect(page.get_by_text("Từ ngân sách quý IV.")).to_be_visible()
    hall.secretary.post(f"{hall.path}/attendance", {"people": [hall.ids["an"]], "presence": "present"}).done()
    hall.begin()
    screen.opens(f"{here}/live")
    screen.page.get_by_role("button", name="Phát biểu (1)").click()
    expect(queue(screen.page)).to_contain_text("Đăng ký trước")
    screen.page.get_by_role("button", name="Góp ý, câu hỏi, đăng ký trước cuộc họp (2)").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("Phương án kinh phí")
    look(screen, "before-live")
    assert member.complaints() == []


def _decided(screen: Screen, address: str, look: Look) -> None:
    """By the chair, on the eve."""
    page = screen.page
    screen.opens(address)
    signs_in(page, "chutri")
    page.get_by_role("button", name="Chấp nhận đăng ký của an (demo)").click()
    expect(page.get_by_role("article", name="an (demo)")).to_contain_text("Được chấp nhận")
    keyed(page.get_by_role("button", name="Trả lời an (demo)"))
    page.get_by_role("textbox", name="Câu trả lời").fill("Từ ngân sách quý IV.")
    page.get_by_role("button", name="Gửi câu trả lời").click()
    expect(page.get_by_role("button", name="Sửa câu trả lời")).to_be_visible()
    look(screen, "before-chair")
