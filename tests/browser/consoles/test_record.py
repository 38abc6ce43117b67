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
_AT = "2026-11-22T01:30:00.000Z"
_STATES = ("good", "good", "none", "forked")


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
        {"device": f"d-{number}", "room": _ROOM, "seat": f"A{number}", "size": 120_345, "state": state, "at": _AT}
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
    expect(table).to_contain_text('"roles"')
    look(screen, "log-one")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải về (CSV)").click()
    assert download.value.suggested_filename == "nhat-ky.csv"
    page.get_by_label("Từ ngày").fill("1/1/2031")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page.get_by_text("Không có dòng nào khớp")).to_be_visible()
    look(screen, "log-none")
