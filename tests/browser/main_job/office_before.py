"""Before the meeting: type and unit, the paper that is asked for, approval, remarks. Part of `office.py`."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.main_job.office_cast import Office
from tests.browser.main_job.office_plan import (
    ANSWERED,
    ASKED,
    DAYS_AHEAD,
    HEAD,
    MEMBERS,
    OPEN_ITEM,
    PAPER,
    PAPERS_IN,
    READER,
    RETURNED,
    SENDER,
    SPEECH,
    STAFF_ITEM,
    TITLE,
    TYPE,
    UNIT,
    day_in,
)
from tests.support.pdfs import text_pdf

_FIRST: Final = "bao-cao.pdf"
_SECOND: Final = "bao-cao-bo-sung.pdf"


def furnish(office: Office) -> None:
    """The system administrator makes the unit with its head, and the type with its agenda."""
    admin = office.comes(people.ADMIN)
    page = admin.page
    office.goes(admin, "/people/units")
    admin.presses("Thêm đơn vị")
    form = page.locator("form").filter(has=page.get_by_label("Mã đơn vị"))
    form.get_by_label("Tên đơn vị").fill(UNIT)
    form.get_by_label("Mã đơn vị").fill("VPTH")
    form.get_by_label("Người đứng đầu").select_option(label=f"{HEAD.name} – {HEAD.position}")
    office.glance(admin.screen, "office-01-unit")
    form.get_by_role("button", name="Thêm đơn vị", exact=True).click()
    admin.sees(f"Đã thêm đơn vị {UNIT}.")
    office.goes(admin, "/meeting-outlines")
    admin.presses("Thêm loại cuộc họp")
    page.get_by_label("Tên loại cuộc họp").fill(TYPE)
    page.get_by_label("Thời lượng (phút)").fill("90")
    for item in (OPEN_ITEM, STAFF_ITEM):
        admin.presses("Thêm nội dung")
        page.get_by_label(f"Tên nội dung {item.number}", exact=True).fill(item.title)
        page.get_by_label(f"Số phút của nội dung {item.number}").fill(str(item.minutes))
    page.get_by_label(f"Ai thấy nội dung {STAFF_ITEM.number}").select_option(label="Nội bộ")
    office.look(admin.screen, "office-02-type")
    admin.presses("Lưu")
    admin.sees("Đã lưu.")


def prepare(office: Office) -> None:
    """The secretary makes the meeting from its type; who comes is found by typing without accents."""
    secretary = office.secretary
    page = secretary.page
    secretary.knows_the_bridge()
    secretary.arrives()
    secretary.signs_in(people.SECRETARY)
    secretary.presses("Tạo cuộc họp")
    page.get_by_text("Theo loại", exact=True).click()
    page.get_by_label("Chọn loại").select_option(label=TYPE)
    expect(page.get_by_text("Chương trình (2 nội dung)")).to_be_visible()
    expect(page.get_by_label("Loại cuộc họp", exact=True)).to_have_value(TYPE)
    page.get_by_label("Tên cuộc họp", exact=True).fill(TITLE)
    page.get_by_label("Ngày họp").fill(day_in(DAYS_AHEAD))
    page.get_by_label("Giờ bắt đầu").fill("08:30")
    office.look(secretary.screen, "office-03-create")
    secretary.presses("Tạo cuộc họp")
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    for member in MEMBERS:
        secretary.invites(member)
    secretary.saves()
    found = re.search(r"/meetings/(m-\w+)", page.url)
    assert found, page.url
    office.meeting = found[1]


def ask_for_the_paper(office: Office) -> None:
    """Of a unit and of somebody by name, with a deadline; what is missing in the question is said."""
    secretary = office.secretary
    page = secretary.page
    secretary.goes_to("Yêu cầu tài liệu")
    expect(page.get_by_text("Chưa yêu cầu tài liệu nào")).to_be_visible()
    office.look(secretary.screen, "office-04-requests-none")
    secretary.presses("Yêu cầu tài liệu")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Gửi yêu cầu").click()
    expect(dialog.get_by_text("Hãy chọn ít nhất một người hoặc một đơn vị.")).to_be_visible()
    dialog.get_by_label("Nội dung", exact=True).select_option(label=f"1. {OPEN_ITEM.title}")
    dialog.get_by_label("Tài liệu cần chuẩn bị").fill(PAPER)
    units = dialog.get_by_label("Hoặc yêu cầu đơn vị")
    wanted = units.get_by_role("option").filter(has_text=UNIT)
    units.select_option(value=wanted.get_attribute("value"))
    dialog.get_by_label("Thời hạn nộp").fill(day_in(PAPERS_IN))
    dialog.get_by_role("searchbox", name="Yêu cầu ai").fill("h'hen nie")
    dialog.get_by_role("button", name=SENDER.name).click()
    for name in (UNIT, SENDER.name):
        expect(dialog.get_by_role("button", name=f"Bỏ {name}")).to_be_visible()
    office.look(secretary.screen, "office-05-ask")
    dialog.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.get_by_role("article", name=PAPER)).to_have_count(2)
    secretary.presses("Nhắc tất cả (2)")
    expect(page.get_by_text(re.compile(r"Đã nhắc 1\slần"))).to_have_count(2)


def hand_in(office: Office) -> None:
    """The head of the unit, from the first page; the meeting itself is not theirs to see."""
    head = office.comes(HEAD)
    page = head.page
    head.sees("Tài liệu đồng chí cần nộp (1)")
    head.sees(re.compile(r"đã nhắc 1\slần"))
    office.look(head.screen, "office-06-head-home")
    page.get_by_role("main").get_by_role("link", name=PAPER).click()
    head.sees("Kéo tệp PDF vào đây")
    file = office.folder / _FIRST
    file.write_bytes(text_pdf([PAPER], pages=2))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Nội bộ", exact=True).click()
    office.glance(head.screen, "office-07-choosing")
    head.presses("Tải lên")
    head.sees("Đã nộp, chờ duyệt")
    expect(page.get_by_role("img", name=re.compile(r"^Trang\s1\D2$"))).to_be_visible()
    office.look(head.screen, "office-08-handed-in")


def send_back(office: Office) -> None:
    """Returned with a reason; handed in again as the next version."""
    secretary, head = office.secretary, office.comes(HEAD)
    secretary.presses(f"Trả lại: {PAPER}")
    secretary.page.get_by_role("dialog").get_by_label("Cần sửa gì").fill(RETURNED)
    secretary.answers("Trả lại")
    secretary.sees(f"Bị trả lại: {RETURNED}")
    office.glance(secretary.screen, "office-09-returned")
    office.home(head)
    head.sees(f"Bị trả lại: {RETURNED}")
    head.page.get_by_role("main").get_by_role("link", name=PAPER).click()
    head.sees("Sửa theo lý do trên rồi nộp bản mới.")
    expect(head.page.get_by_role("img", name=re.compile(r"^Trang\s1\D2$"))).to_be_visible()
    office.glance(head.screen, "office-10-again")
    file = office.folder / _SECOND
    file.write_bytes(text_pdf([PAPER, "Phụ lục số liệu"], pages=3))
    head.page.locator("input[type=file]").set_input_files(file)
    expect(head.page.get_by_role("heading", name="Bản 2 đồng chí đã nộp")).to_be_visible()
    line = secretary.page.get_by_role("article", name=PAPER).filter(has_text=UNIT)
    expect(line).to_contain_text("Đã nộp, chờ duyệt")


def approve(office: Office) -> None:
    """The chair, in with the token, approves the meeting and signs the paper's approval; it goes to the seats."""
    secretary, chair = office.secretary, office.chair
    secretary.submits()
    chair.knows_the_bridge()
    chair.arrives()
    chair.comes_in()
    office.glance(chair.screen, "office-11-chair-home")
    _enrol(office)
    chair.takes_up("Phê duyệt cuộc họp", TITLE)
    chair.approves_meeting()
    chair.goes_to("Tài liệu")
    chair.page.get_by_role("link", name=PAPER).click()
    chair.reads_page(1)
    office.glance(chair.screen, "office-12-chair-paper")
    chair.presses("Phê duyệt tài liệu")
    window = chair.window_after("Ký số phê duyệt")
    chair.signs(window, f"Tôi phê duyệt 1 tài liệu của cuộc họp “{TITLE}”")
    chair.sees(f"Đã phê duyệt “{PAPER}”.")
    chair.page.get_by_role("link", name="Quay lại").click()
    chair.sees(re.compile(f"đã ký số – {re.escape(people.CHAIR.name)}"))
    office.glance(chair.screen, "office-13-approved")
    secretary.publishes(1)
    secretary.sees("1/1 chỗ ngồi đã nhận đủ")


def _enrol(office: Office) -> None:
    """The certificate for papers, once more by the chair's own hand: the token proves that it is theirs."""
    chair = office.chair
    office.goes(chair, "/certificates")
    window = chair.window_after("Đăng ký chứng thư số ký văn bản")
    expect(window.get_by_text("Chứng thư số để ký văn bản")).to_be_visible()
    chair.signs(window, f"Đăng ký cho tài khoản: {people.CHAIR.name}", go="Chứng minh")
    chair.sees("Đã đăng ký chứng thư số.")
    office.goes(chair, "/")


def remark(office: Office) -> None:
    """A delegate reads, asks and wants to speak; the secretary answers and accepts."""
    secretary, reader = office.secretary, office.comes(READER)
    page = reader.page
    reader.goes_to("Tài liệu")
    page.get_by_role("link", name=PAPER).click()
    expect(page.get_by_role("region", name="Trang 1 trên 3").locator("canvas")).to_be_visible()
    page.get_by_role("link", name="Quay lại").click()
    reader.goes_to("Góp ý trước")
    reader.presses("Góp ý hoặc đặt câu hỏi về nội dung 1")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Câu hỏi", exact=True).click()
    dialog.get_by_label("Ý kiến của đồng chí").fill(ASKED)
    office.look(reader.screen, "office-22-question")
    reader.answers("Gửi")
    reader.presses("Đăng ký phát biểu trước ở nội dung 1")
    dialog.get_by_label("Đồng chí định nói về việc gì").fill(SPEECH)
    reader.answers("Đăng ký phát biểu")
    reader.sees("Chờ quyết định")
    secretary.goes_to("Góp ý trước")
    secretary.page.get_by_role("button", name=re.compile(f"^Trả lời {re.escape(READER.name)}")).click()
    secretary.page.get_by_label("Câu trả lời").fill(ANSWERED)
    secretary.presses("Gửi câu trả lời")
    secretary.sees(ANSWERED)
    secretary.presses(f"Chấp nhận đăng ký của {READER.name}")
    secretary.sees("Được chấp nhận")
    office.look(secretary.screen, "office-23-remarks")
    reader.sees(ANSWERED)
