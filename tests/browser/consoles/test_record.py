"""The record's page with a real server: checked now, tampered with, taken away, and how it looks with seats (L1)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from server.identity.model import Role
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer

pytestmark = pytest.mark.timeout(240)
_ROOM = "Phòng họp Ủy ban kiểm sát Viện kiểm sát nhân dân tối cao (demo)"
_WHY = "Ổ đĩa hỏng đêm 21/11; phòng kỹ thuật khôi phục bản sao của ngày 20/11, có biên bản kèm theo (demo)"
_AT = "2026-11-22T01:30:00.000Z"
_STATES = ("good", "followed", "none", "forked", "acknowledged")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("record"), second_factor="off")
    for name, role in (("thuky", Role.SECRETARY), ("anninh", Role.SECURITY_ADMIN), ("kiemtoan", Role.AUDITOR)):
        running.add_person(name, frozenset({role}))
    with running:
        yield running


def _with_seats(route: Route) -> None:
    """As the server answers, with seats that this server has not."""
    answer = route.fetch()
    value = answer.json()
    value["seats"] = [
        {
            "device": f"d-{number}",
            "room": _ROOM,
            "seat": f"A{number}",
            "size": 120_345,
            "state": state,
            "at": _AT,
            "gave_up": 120_340 if state == "followed" else 0,
        }
        for number, state in enumerate(_STATES, start=1)
    ]
    route.fulfill(response=answer, body=json.dumps(value))


def _check(page: Page) -> None:
    """Until its answer is here: on a busy machine it takes its time."""
    with page.expect_response("**/api/record/verify", timeout=30_000):
        page.get_by_role("button", name="Kiểm tra ngay").click()


def _spoil(server: RunningServer) -> None:
    """Somebody with the database changes its first entry; again is the same."""
    with sqlite3.connect(server.folder / "data" / "phonghop.db") as database:
        database.execute("UPDATE admin_events SET actor = 'nobody' WHERE number = 1")


def test_L1_a_secretary_checks_the_record_and_sees_what_somebody_changed(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/record")
    signs_in(page, "thuky")
    expect(page.get_by_text("Chưa kiểm tra lần nào.")).to_be_visible()
    look(screen, "record-never")
    _check(page)
    expect(page.get_by_text("Không có dòng nào bị sửa, xóa, chèn hay đổi chỗ.")).to_be_visible()
    expect(page.get_by_role("button", name="Kiểm tra ngay")).to_be_enabled()
    page.route("**/api/record", _with_seats)
    _check(page)
    expect(page.get_by_role("row", name="A4")).to_contain_text("Không khớp")
    expect(page.get_by_text("Có chỗ ngồi giữ mốc không khớp.")).to_be_visible()
    look(screen, "record-seats")
    page.unroute("**/api/record")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải về").click()
    assert taken.value.suggested_filename == "nhat-ky-toan-ven.zip"
    _spoil(server)
    _check(page)
    expect(page.get_by_role("alert")).to_contain_text("Nhật ký đã bị can thiệp.")
    expect(page.get_by_role("alert")).to_contain_text("Dòng 1 trong nhật ký của người quản trị đã bị sửa")
    look(screen, "record-wrong")


def test_L1_the_security_administrator_has_the_same_page(server: RunningServer, screen: Screen, look: Look) -> None:
    screen.opens(f"http://localhost:{server.port}/#/record")
    signs_in(screen.page, "anninh")
    expect(screen.page.get_by_role("button", name="Kiểm tra ngay")).to_be_enabled()
    look(screen, "record-security")


def test_L1_who_looks_after_the_record_is_alarmed_on_the_first_screen(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    _spoil(server)
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/record")
    signs_in(page, "kiemtoan")
    _check(page)
    page.goto(f"http://localhost:{server.port}/#/")
    expect(page.get_by_role("alert")).to_contain_text("Nhật ký đã bị can thiệp.")
    look(screen, "record-alarm")
    page.get_by_role("button", name="Xem nhật ký toàn vẹn").click()
    expect(page.get_by_role("heading", name="Nhật ký toàn vẹn")).to_be_visible()


def test_L1_a_database_that_was_put_back_is_acknowledged_with_a_reason_and_the_password(
    server: RunningServer, screen: Screen, look: Look
) -> None:
    page, done, sent = screen.page, [False], list[dict[str, object]]()
    was = {"old": 120_345, "new": 118_002, "reason": _WHY, "at": _AT, "by": "Nguyễn Thị An Ninh (demo)"}

    def answer(route: Route) -> None:
        real = route.fetch()
        value = real.json() | {"forked": not done[0], "restored": [was] if done[0] else []}
        value["went_back"] = None if done[0] else {"old": 120_345, "new": 118_002, "at": _AT}
        if done[0] and value["verified"]:
            value["verified"]["problems"] = 0
        route.fulfill(response=real, body=json.dumps(value))

    def take(route: Route) -> None:
        sent.append(dict(route.request.post_data_json or {}))
        done[0] = True
        route.fulfill(json={})

    page.route("**/api/record", answer)
    page.route("**/api/record/restored", take)
    screen.opens(f"http://localhost:{server.port}/#/record")
    signs_in(page, "anninh")
    expect(page.get_by_text("2.343 dòng cuối không còn").first).to_be_visible()
    look(screen, "record-went-back")
    page.get_by_role("button", name="Xác nhận đã khôi phục…").click()
    page.get_by_role("button", name="Xác nhận và ký tiếp").click()
    expect(page.get_by_text("Đồng chí ghi lý do.")).to_be_visible()
    page.get_by_label("Lý do").fill(_WHY)
    page.get_by_role("textbox", name="Mật khẩu").fill("mật khẩu")
    look(screen, "record-acknowledge")
    page.get_by_role("button", name="Xác nhận và ký tiếp").click()
    expect(page.get_by_text("dữ liệu được khôi phục từ dòng 120.345 về dòng 118.002")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sent == [{"old": 120_345, "new": 118_002, "reason": _WHY, "password": "mật khẩu"}]
    look(screen, "record-restored")


def test_L3_the_auditor_reads_filters_and_takes_every_log(server: RunningServer, screen: Screen, look: Look) -> None:
    page = screen.page
    screen.opens(f"http://localhost:{server.port}/#/record")
    signs_in(page, "kiemtoan")
    page.get_by_role("button", name="Đọc nhật ký").click()
    table = page.get_by_role("table", name="Đọc nhật ký")
    expect(table.get_by_role("row").nth(1)).to_contain_text("kiemtoan (demo)")
    _spoil(server)
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(table.get_by_role("row").last).to_contain_text("Không đọc được")
    look(screen, "log-read")
    page.get_by_label("Việc", exact=True).select_option("account_created")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(table.get_by_role("row")).to_have_count(3)
    table.get_by_role("button", name="Chi tiết dòng").first.click()
    expect(table).to_contain_text("Vai trò")
    expect(table.get_by_text('"roles"')).to_be_hidden()
    look(screen, "log-one")
    table.get_by_text("Như đã ghi (dữ liệu gốc)").click()
    expect(table.get_by_text('"roles"')).to_be_visible()
    look(screen, "log-written")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về (CSV)").click()
    assert download.value.suggested_filename == "nhat-ky.csv"
    page.get_by_label("Từ ngày").fill("1/1/2031")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_text("Không có dòng nào khớp")).to_be_visible()
    look(screen, "log-none")
