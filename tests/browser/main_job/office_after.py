"""After the meeting: minutes, task, dossier, and those who have nothing to see. Part of `office.py`."""

from __future__ import annotations

import re
import zipfile
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.main_job.office_cast import Office
from tests.browser.main_job.office_plan import (
    CONCLUSION,
    DISCUSSION,
    EXCUSE,
    HEAD,
    LONGER_DAYS,
    OPEN_ITEM,
    PAPER,
    REPORT,
    SUBSTITUTE,
    TASK,
    TITLE,
    WHY_LONGER,
    day_in,
)
from tests.browser.pages_auditor import Auditor
from tests.browser.pages_console import ConsolePerson
from tests.browser.screen import DESK, Screen
from tests.browser.tokens.offline import Offline, verify
from tests.signing.pdfsig import second_opinion
from tests.support.pdfs import text_pdf

_MINUTES: Final = "bien-ban.pdf"
_EVIDENCE: Final = "minh-chung.pdf"


def write_minutes(office: Office) -> None:
    """They stand there already: times, who was there, the vote, the conclusion; a paragraph is added, then put up."""
    secretary = office.secretary
    page = secretary.page
    office.goes(secretary, f"/meetings/{office.meeting}/minutes")
    text = page.get_by_role("article", name="Biên bản")
    for words in (CONCLUSION, EXCUSE, SUBSTITUTE.name):
        expect(text).to_contain_text(words)
    expect(page.get_by_role("heading", name="Khác với nhật ký: 0")).to_be_visible()
    item = text.get_by_role("region", name=f"1. {OPEN_ITEM.title}")
    item.get_by_role("button", name=re.compile("^Sửa: Ghi diễn biến")).first.click()
    text.get_by_label("Nội dung", exact=True).fill(DISCUSSION)
    text.get_by_role("button", name="Lưu", exact=True).click()
    expect(text).to_contain_text(DISCUSSION)
    office.look(secretary.screen, "office-33-minutes")
    secretary.presses("Trình ký biên bản")
    secretary.answers("Trình ký biên bản")
    secretary.sees("Không sửa được khi đang ký.")


def sign(office: Office) -> None:
    """Secretary, then chair, at the PC; the file that both signed is found valid by two others."""
    secretary, chair = office.secretary, office.chair
    office.goes(secretary, "/")
    secretary.page.get_by_role("banner").get_by_role("button", name=people.SECRETARY.name).click()
    secretary.page.get_by_role("dialog").get_by_role("button", name="Đăng xuất").click()
    secretary.comes_in()
    office.glance(secretary.screen, "office-35-to-sign")
    office.goes(secretary, f"/meetings/{office.meeting}/signing")
    secretary.signs_paper(re.compile("^Ký bằng USB token: Biên bản"), mistypes=True, again=True)
    secretary.sees(re.compile("^Đã ký: "))
    secretary.takes_token_out()
    chair.unlocks()
    office.goes(chair, f"/meetings/{office.meeting}/signing")
    for what in ("Biên bản", "(?!Biên bản)"):
        chair.signs_paper(re.compile(f"^Ký bằng USB token: {what}"), again=True)
    office.look(chair.screen, "office-36-signed")
    office.goes(chair, f"/meetings/{office.meeting}/minutes")
    chair.sees("Biên bản đã đóng băng cùng chứng cứ; không sửa được nữa.")
    with chair.page.expect_download() as saved:
        chair.page.get_by_role("link", name="Tải biên bản đã ký").click()
    saved.value.save_as(office.folder / _MINUTES)
    chair.takes_token_out()
    roots = {"demo": office.room.stand.authority.certificate.public_bytes(Encoding.DER)}
    opinions = second_opinion((office.folder / _MINUTES).read_bytes(), office.folder, roots=roots)
    assert [each.is_valid for each in opinions] == [True, True]


def work(office: Office) -> None:
    """The head takes the task on, asks for more time, reports with evidence; the chair decides and confirms."""
    head = office.comes(HEAD)
    chair = ConsolePerson(Screen(office.browser, "chair elsewhere", size=DESK), office.room.room.console_url)
    office.others["chair elsewhere"] = chair
    chair.arrives()
    chair.signs_in(people.CHAIR)
    office.home(head)
    head.sees("Nhiệm vụ của đồng chí (1)")
    head.page.get_by_role("main").get_by_role("link", name=TASK).click()
    _moves(head, "Nhận việc")
    _moves(head, "Xin gia hạn", {"Xin gia hạn đến ngày": day_in(LONGER_DAYS), "Lý do xin gia hạn": WHY_LONGER})
    office.glance(head.screen, "office-39-asking")
    office.goes(chair, "/tasks")
    chair.page.get_by_role("main").get_by_role("link", name=TASK).click()
    chair.sees(WHY_LONGER)
    _moves(chair, "Đồng ý gia hạn")
    head.page.reload()
    _moves(head, "Báo tiến độ", {"Tiến độ (%)": "60"})
    file = office.folder / _EVIDENCE
    file.write_bytes(text_pdf([TASK]))
    head.page.locator("input[type=file]").set_input_files(file)
    expect(head.page.get_by_role("link", name=_EVIDENCE.removesuffix(".pdf"))).to_be_visible()
    _moves(head, "Báo cáo hoàn thành", {"Kết quả thực hiện": REPORT})
    office.look(head.screen, "office-40-reported")
    chair.page.reload()
    _moves(chair, "Xác nhận hoàn thành")
    chair.sees("Đã xác nhận hoàn thành")
    office.glance(chair.screen, "office-41-confirmed")


def _moves(person: ConsolePerson, move: str, words: dict[str, str] | None = None) -> None:
    person.presses(move)
    dialog = person.page.get_by_role("dialog", name=move)
    for label, text in (words or {}).items():
        dialog.get_by_label(label).fill(text)
    person.answers(move)


def archive(office: Office) -> None:
    """The chair locks; the auditor reads the record, finds the minutes valid, takes the dossier and checks it alone."""
    chair = office.others["chair elsewhere"]
    office.goes(chair, f"/meetings/{office.meeting}")
    chair.presses("Khóa cuộc họp")
    chair.answers("Khóa")
    chair.sees("Đã khóa cuộc họp.")
    auditor = office.comes(people.AUDITOR)
    assert isinstance(auditor, Auditor)
    auditor.opens_log()
    auditor.reads_log_of(TITLE)
    office.glance(auditor.screen, "office-42-log")
    office.goes(auditor, "/signatures")
    auditor.page.locator("input[type=file]").set_input_files(office.folder / _MINUTES)
    auditor.sees("Tất cả 2 chữ ký đều hợp lệ")
    office.goes(auditor, f"/meetings/{office.meeting}")
    auditor.presses("Tải hồ sơ cuộc họp")
    office.look(auditor.screen, "office-43-dossier")
    with auditor.page.expect_download() as saved:
        auditor.answers("Tải hồ sơ")
    dossier = office.folder / "ho-so.zip"
    saved.value.save_as(dossier)
    with zipfile.ZipFile(dossier) as found:
        assert "events.json" in found.namelist()
    away = Offline.found(office.folder)
    record = office.room.room.room.folder.path("server", "record", "key.vkey")
    root = office.room.stand.authority.certificate_file
    status, text = verify(away, dossier, "--anchors", root, "--record-key", record)
    assert (status, "ĐẠT · VERIFIED" in text, "✗" in text) == (0, True, False), text


def stay_outside(office: Office) -> None:
    """Who runs the house sees nothing of the meeting's papers, also by the address."""
    for who in (people.ADMIN, people.SECURITY, people.IT):
        person = office.comes(who)
        for status in (403, 404):
            person.screen.expects(status, "/api/meetings/")
        for part in ("papers", "minutes", "letters"):
            office.goes(person, f"/meetings/{office.meeting}/{part}")
            person.sees("Chưa thực hiện được")
            expect(person.page.get_by_text(PAPER)).to_have_count(0)
        look = office.look if who is people.IT else office.glance
        look(person.screen, f"office-44-{who.username}")
