"""A slip on the consoles: found on the first page, answered with a draft that survives, drafted, counted (C4–C8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from server.identity.service import NewAccount
from tests.browser.consoles.conftest import Look
from tests.browser.consoles.house import signs_in
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD, HandClock, Office, fresh_id
from tests.support.secret_slips import SecretSlips
from tests.support.slips import RULE, Slips, question
from wire.fields import print_instant
from wire.secret import Secret

pytestmark = pytest.mark.timeout(180)
_NAMES = ("Nguyễn Hoàng Phương Thảo", "Trần Lê Đức", "Tôn Nữ Thị Ngọc Nguyệt Minh", "Phạm Khánh")
_SUBJECT = "Dự thảo Quy chế làm việc của Viện kiểm sát nhân dân tỉnh Quảng Ninh năm 2027 (demo)"
_SECRET = "Giới thiệu nhân sự bổ nhiệm chức danh Viện trưởng (demo)"
_LETTER = "Kính gửi các đồng chí Ủy viên Ủy ban kiểm sát.\nVăn phòng trình dự thảo Quy chế, đề nghị cho ý kiến."


@dataclass(frozen=True)
class Desk:
    """A server with a slip that waits for daibieu, one that was closed, and a secret one that waits for chutri."""

    server: RunningServer
    closed: str
    secret: str

    def at(self, path: str) -> str:
        return f"http://localhost:{self.server.port}/#{path.removeprefix('/api')}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    server = RunningServer(tmp_path_factory.mktemp("slips"), second_factor="off", idle_s=3600)
    now = dt.datetime.now(dt.UTC)
    office = Office(server.folder / "data", clock=HandClock(now), own=True)
    slips = Slips(office)
    for number, name in enumerate(_NAMES):
        new = NewAccount(f"db{number}", f"{name} (demo)", "Kiểm sát viên trung cấp", "Văn phòng tổng hợp", frozenset())
        asked: dict[str, Any] = {"actor": "system", "act": fresh_id("a"), "now": now}
        office.people[new.username] = office.services.identity.create_account(new, Secret(PASSWORD.encode()), **asked)
    people = ("daibieu", *(f"db{number}" for number in range(len(_NAMES))))
    until = print_instant(now + dt.timedelta(days=3))
    questions = [
        question("Thông qua toàn văn dự thảo Quy chế làm việc (demo)"),
        question("Thời điểm áp dụng từ ngày 01 tháng 01 năm 2027 (demo)", "agree", rule=RULE | {"base": "cast"}),
        question("Góp ý khác về bố cục và nội dung (demo)", "opinion"),
    ]
    about = {"people": people, "subject": _SUBJECT, "submission": _LETTER, "deadline": until, "questions": questions}
    _, closed = slips.sent(**about), slips.sent(**about)
    for at, name in enumerate(people[:4]):
        _answers(slips, name, closed, ["for" if at < 3 else "abstain", "other" if at == 1 else "for", None])
    slips.browser("chutri").post(f"{closed}/close", {"reason": "Đã đủ ý kiến"}).done()
    secret = SecretSlips(office)
    hidden = secret.sent(people=("db0", "db1", "chutri"), deadline=until, questions=questions, subject=_SECRET)
    for name, chosen in (("db0", "for"), ("db1", "against")):
        secret.votes(name, hidden, [chosen, "for", None], opinion="Đề nghị rà soát lỗi chính tả")
    office.services.close()
    with server:
        yield Desk(server, closed, hidden)


def test_C10_a_secret_ballot_is_drafted_here_handed_in_once_and_found_by_its_receipt(
    desk: Desk, screen: Screen, look: Look
) -> None:
    screen.opens(desk.at(desk.secret))
    page = screen.page
    signs_in(page, "chutri")
    page.get_by_role("button", name="Tán thành", exact=True).click()
    page.get_by_role("button", name="Đồng ý", exact=True).click()
    page.get_by_label("Ý kiến của đồng chí").fill("Nhất trí")
    expect(page.get_by_text("Đã lưu trong trình duyệt này lúc")).to_be_visible()
    look(screen, "consultation-secret")
    page.reload()
    expect(page.get_by_label("Ý kiến của đồng chí")).to_have_value("Nhất trí")
    page.get_by_role("button", name="Xem lại trước khi nộp").click()
    look(screen, "consultation-secret-check")
    page.get_by_role("button", name="Nộp phiếu kín").click()
    page.get_by_text("Phiếu của đồng chí đã nằm trong hòm phiếu").wait_for()
    receipt = page.get_by_text("Biên nhận", exact=False).locator(".number").inner_text()
    look(screen, "consultation-secret-done")
    page.reload()
    expect(page.get_by_text("Đồng chí đã nộp phiếu kín từ trình duyệt này.")).to_be_visible()
    page.get_by_role("button", name="Đóng trước thời hạn").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Lý do").fill("Đã đủ ý kiến")
    dialog.get_by_role("button", name="Đóng trước thời hạn").click()
    expect(page.get_by_text("Phiếu phát ra: 3. Phiếu thu về: 3. Phát ra không thu về: 0.")).to_be_visible()
    page.get_by_text("Danh sách 3 phiếu").first.click()
    page.get_by_label("Tìm phiếu của mình theo biên nhận").fill(receipt.lower())
    expect(page.get_by_text("Phiếu này có trong danh sách")).to_be_visible()
    expect(page.get_by_role("row", name=receipt)).to_contain_text("Nhất trí")
    look(screen, "consultation-secret-results")


def _answers(slips: Slips, name: str, path: str, said: list[str | None]) -> None:
    words = ["", "Nên áp dụng từ quý II" if said[1] == "other" else "", "Nhất trí, đề nghị rà soát lỗi chính tả"]
    entries = [
        {"question": f"q{at}", "answer": answer, "opinion": opinion}
        for at, (answer, opinion) in enumerate(zip(said, words, strict=True), 1)
    ]
    body = {"answers": entries, "seen": 0, "nonce": fresh_id("a").encode().hex().ljust(64, "0")[:64]}
    slips.browser(name).post(f"{path}/answer", body).done()


def test_C4_C5_C8_a_slip_is_answered_from_the_first_page_and_its_draft_survives(
    desk: Desk, screen: Screen, look: Look
) -> None:
    screen.opens(desk.at("/"))
    page = screen.page
    signs_in(page, "daibieu")
    card = page.get_by_role("region", name="Phiếu lấy ý kiến đang chờ đồng chí (1)")
    expect(card.get_by_text("Cần trả lời", exact=True)).to_be_visible()
    look(screen, "consultation-home")
    card.get_by_role("link", name=_SUBJECT).click()
    page.get_by_role("button", name="Gửi trả lời").wait_for()
    page.get_by_role("button", name="Tán thành", exact=True).click()
    page.get_by_role("button", name="Ý kiến khác", exact=True).click()
    page.get_by_label("Ý kiến của đồng chí").first.fill("Đề nghị áp dụng từ quý II")
    expect(page.get_by_text("Đã lưu nháp lúc")).to_be_visible()
    look(screen, "consultation-answer")
    page.reload()
    expect(page.get_by_label("Ý kiến của đồng chí").first).to_have_value("Đề nghị áp dụng từ quý II")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Hãy ghi ý kiến.")).to_be_visible()
    page.get_by_label("Ý kiến của đồng chí").last.fill("Nhất trí")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Đã gửi trả lời lúc")).to_be_visible()


def test_C1_C8_a_secretary_drafts_follows_and_reads_what_it_came_to(desk: Desk, screen: Screen, look: Look) -> None:
    screen.opens(desk.at(desk.closed))
    page = screen.page
    signs_in(page, "thuky")
    expect(page.get_by_text("Bản tổng hợp ý kiến (PDF)")).to_be_visible()
    page.get_by_text("Ý kiến của 4 người").first.click()
    look(screen, "consultation-results")
    screen.opens(desk.at("/consultations"))
    page.get_by_role("button", name="Soạn phiếu mới").click()
    page.get_by_label("Lấy ý kiến về việc").fill("Kế hoạch công tác quý I (demo)")
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.get_by_text("Chưa trình được, còn thiếu")).to_be_visible()
    look(screen, "consultation-draft")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu phiếu.")).to_be_visible()
