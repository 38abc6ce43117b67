"""The archive on consoles: made up, taken and checked without a network, listed, taken back, handed over (D4–D9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page, expect

from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import Issuer, signs_in
from tests.browser.screen import Screen
from tests.browser.tokens.offline import Offline, verify
from tests.support.gunicorn import RunningServer
from tests.support.office import HandClock, Office
from tests.support.papers import published
from tests.support.pdfs import text_pdf
from tests.unit.server.archive.test_archive import AGENCY

pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True)
class Desk:
    """A server with a meeting that is over and locked; its paper was given out."""

    server: RunningServer
    meeting: str

    def at(self, path: str) -> str:
        return f"http://localhost:{self.server.port}/#{path}"

    @property
    def record_key(self) -> Path:
        return self.server.folder / "data" / "record" / "key.vkey"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = RunningServer(tmp_path_factory.mktemp("archive"), second_factor="off", idle_s=3600)
    office = Office(server.folder / "data", clock=HandClock(dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)), own=True)
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    meeting, chair = office.meeting("open"), office.sign_in("chutri")
    published(office.sign_in("thuky"), chair, meeting, text_pdf(["Báo cáo quý III"]))
    chair.post(f"/api/meetings/{meeting}/close").done()
    chair.post(f"/api/meetings/{meeting}/lock", {"reason": "Xong (demo)"}).done()
    office.services.close()
    with server:
        yield Desk(server, meeting)


def test_D4_D9_a_dossier_from_the_close_to_the_archive(desk: Desk, screen: Screen, look: Look, tmp_path: Path) -> None:
    page = screen.page
    screen.opens(desk.at("/register/archive"))
    signs_in(page, "thuky")
    _makes_up(page)
    screen.opens(desk.at(f"/meetings/{desk.meeting}"))
    _takes(desk, screen, look, tmp_path)
    screen.opens(desk.at("/register/archive"))
    _lists(page)
    _takes_back(desk, screen, look)
    _lists(page)
    _hands_over(page, number=2)
    expect(page.get_by_role("row", name=re.compile("đã giao, mục lục 2"))).to_be_visible()
    look(screen, "archive")


def _makes_up(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Lập hồ sơ: ")).click()
    asked = page.get_by_role("dialog")
    asked.get_by_label("Số năm").fill("10")
    asked.get_by_role("button", name="Lập hồ sơ", exact=True).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="01/"))
    expect(row.get_by_text("10 năm")).to_be_visible()


def _takes(desk: Desk, screen: Screen, look: Look, folder: Path) -> None:
    """Saved with the paper in it, and right where there is no network."""
    page = screen.page
    page.get_by_role("button", name="Tải hồ sơ cuộc họp").click()
    asked = page.get_by_role("dialog")
    expect(asked.get_by_role("checkbox", name="Kèm tệp tài liệu họp")).to_be_checked()
    look(screen, "dossier")
    with page.expect_download() as saved:
        asked.get_by_role("button", name="Tải hồ sơ").click()
    dossier, root = folder / "ho-so.zip", folder / "root.cer"
    saved.value.save_as(dossier)
    root.write_bytes(Issuer("CA thử (demo)").certificate.public_bytes(Encoding.DER))
    status, text = verify(Offline.found(folder), dossier, "--anchors", root, "--record-key", desk.record_key)
    assert (status, "1 tài liệu họp đúng là tệp đã phát hành" in text) == (0, True), text


def _lists(page: Page) -> None:
    page.get_by_label("Bế mạc từ ngày").fill("01/01/2025")
    page.get_by_role("button", name="Lập mục lục 1 hồ sơ").click()
    expect(page.get_by_text("Chưa giao", exact=True)).to_be_visible()


def _takes_back(desk: Desk, screen: Screen, look: Look) -> None:
    """From a page that is older than what somebody has noted in another window."""
    page = screen.page
    screen.expects(409, "/api/archive/transfers/1/back")
    other = page.context.new_page()
    other.goto(desk.at("/register/archive"))
    _hands_over(other, number=1)
    other.close()
    page.get_by_role("button", name="Rút lại mục lục số 1").click()
    asked = page.get_by_role("dialog")
    noted = asked.get_by_text("Mục lục đã ghi là giao cho Lê Thị Lưu (demo)")
    expect(noted).to_have_count(0)
    asked.get_by_label("Lý do rút lại").fill("Nhầm thời kỳ nộp lưu")
    asked.get_by_role("button", name="Rút lại").click()
    expect(noted).to_be_visible()
    expect(asked.get_by_text("vừa ghi nhận mục lục này đã giao cho")).to_be_visible()
    look(screen, "archive-back")
    asked.get_by_role("button", name="Rút lại").click()
    expect(page.get_by_text("Lý do rút lại: Nhầm thời kỳ nộp lưu (thuky (demo))")).to_be_visible()


def _hands_over(page: Page, *, number: int) -> None:
    page.get_by_role("button", name=f"Ghi nhận đã giao mục lục số {number}").click()
    asked = page.get_by_role("dialog")
    asked.get_by_label("Người nhận", exact=True).fill("Lê Thị Lưu (demo)")
    asked.get_by_role("button", name="Ghi nhận đã giao").click()
    expect(page.get_by_text("Đã giao cho Lê Thị Lưu (demo)")).to_be_visible()
