"""Invitation and notice: drafted, signed, numbered, issued, answered. Part of `office.py`."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.main_job.office_cast import Office
from tests.browser.main_job.office_plan import (
    AWAY,
    EXCUSE,
    GUEST,
    OPEN_ITEM,
    PAPER,
    READER,
    SENDER,
    STAFF_ITEM,
    SUBSTITUTE,
)

_GO = "Trình ký"


def invite(office: Office) -> None:
    """Drafted by keyboard alone; signed by the chair; numbered, sealed and issued by the registry clerk."""
    _draft_by_keyboard(office)
    chair, clerk = office.chair, office.clerk
    office.home(chair)
    chair.page.get_by_role("main").get_by_role("link").filter(has_text="Giấy mời").first.click()
    chair.signs_paper(re.compile("^Ký bằng USB token: "))
    chair.sees(re.compile("^Đã ký: "))
    office.glance(chair.screen, "office-16-signed")
    clerk.knows_the_bridge()
    clerk.arrives()
    chair.takes_token_out()
    clerk.comes_in()
    _number(office, "office-17")
    clerk.takes_token_out()


def _draft_by_keyboard(office: Office) -> None:
    secretary = office.secretary
    page = secretary.page
    parts = page.get_by_role("navigation", name="Các phần của cuộc họp")
    secretary.enters(parts.get_by_role("link", name="Văn bản"))
    expect(page.get_by_text("Chưa có văn bản nào")).to_be_visible()
    secretary.enters(secretary.button("Soạn giấy mời"))
    expect(page.get_by_label("Nội dung văn bản")).to_have_value(re.compile("trân trọng kính mời"))
    expect(page.get_by_role("img", name=re.compile("Trang 1 trên"))).to_be_visible()
    office.look(secretary.screen, "office-14-draft")
    secretary.writes("Quyền hạn, chức vụ của người ký", "")
    page.keyboard.press("Backspace")
    secretary.enters(secretary.button(_GO))
    expect(page.get_by_text("Cần điền ô này trước khi trình ký.")).to_be_visible()
    secretary.writes("Quyền hạn, chức vụ của người ký", "VIỆN TRƯỞNG")
    secretary.reaches(page.get_by_role("checkbox", name="Kèm chương trình họp"))
    page.keyboard.press("Space")
    expect(page.get_by_text("Có thay đổi chưa lưu")).to_be_visible()
    secretary.enters(secretary.button(_GO))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Văn thư")).to_have_value(re.compile("^u-"))
    office.look(secretary.screen, "office-15-put-up")
    secretary.enters(dialog.get_by_role("button", name=_GO, exact=True))
    expect(page.get_by_text("Đang trình ký, 0/2")).to_be_visible()


def _number(office: Office, scene: str) -> None:
    """The clerk reads, signs for the agency, gives number and date, and issues."""
    clerk = office.clerk
    office.goes(clerk, "/register")
    clerk.sees("Chờ đồng chí ký và cấp số: 1")
    office.glance(clerk.screen, f"{scene}-register")
    clerk.signs_paper(re.compile("^Ký và cấp số “"), again=True)
    clerk.sees("Đã ký, chờ phát hành: 1")
    clerk.page.get_by_role("button", name=re.compile("^Phát hành “")).click()
    clerk.answers("Phát hành")
    expect(clerk.page.get_by_text(re.compile("Đã ký, chờ phát hành"))).to_have_count(0)


def answer(office: Office) -> None:
    """One comes, one cannot, one sends somebody; the guest sees what is granted and nothing else."""
    for who, choice in ((READER, "Tham dự"), (AWAY, "Báo vắng"), (SENDER, "Cử người dự thay"), (GUEST, "Tham dự")):
        _reply(office, who, choice)
    guest = office.comes(GUEST)
    guest.goes_to("Chương trình")
    guest.sees(OPEN_ITEM.title)
    expect(guest.page.get_by_text(STAFF_ITEM.title)).to_have_count(0)
    guest.goes_to("Tài liệu")
    expect(guest.page.get_by_role("link", name=PAPER)).to_be_visible()
    office.look(guest.screen, "office-20-guest")


def _reply(office: Office, who: people.Person, choice: str) -> None:
    """From the first page."""
    person = office.comes(who)
    page = person.page
    person.sees("Giấy mời chờ đồng chí trả lời: 1")
    if who is READER:
        office.look(person.screen, "office-18-invited")
    page.get_by_role("main").get_by_role("link").filter(has_text="01/GM-").click()
    person.sees("Giấy mời số 01/GM-")
    page.get_by_text(choice, exact=True).click()
    if who is AWAY:
        person.presses("Gửi trả lời")
        person.sees("Hãy ghi lý do vắng.")
        page.get_by_label("Lý do vắng").fill(EXCUSE)
    if who is SENDER:
        names = page.get_by_label("Người dự thay", exact=True)
        wanted = names.get_by_role("option").filter(has_text=SUBSTITUTE.name)
        names.select_option(value=wanted.get_attribute("value"))
        office.look(person.screen, "office-19-substitute")
    person.presses("Gửi trả lời")
    person.sees("Đồng chí đã trả lời:")


def decide(office: Office) -> None:
    """The secretary sees the counts, and says yes to both."""
    secretary = office.secretary
    secretary.goes_to("Giấy mời")
    for who in (AWAY, SENDER):
        secretary.presses(f"Đồng ý với {who.name}")
        secretary.answers("Đồng ý")
    secretary.sees("Vắng, đã đồng ý")
    secretary.sees(f"{SUBSTITUTE.name} dự thay")
    office.look(secretary.screen, "office-21-answers")


def draft_notice(office: Office) -> None:
    """From the conclusions, with the task; put up before anybody signs."""
    secretary = office.secretary
    page = secretary.page
    secretary.goes_to("Văn bản")
    secretary.presses("Soạn thông báo kết luận")
    expect(page.get_by_label("Nội dung văn bản")).to_have_value(re.compile("Thống nhất thông qua dự thảo Quy chế"))
    page.get_by_label("Quyền hạn, chức vụ của người ký").fill("VIỆN TRƯỞNG")
    page.get_by_role("checkbox", name="Kèm danh mục nhiệm vụ được giao").check()
    secretary.presses("Xem bản in")
    expect(page.get_by_role("img", name=re.compile("Trang 1 trên"))).to_be_visible()
    expect(secretary.button("Xem bản in")).to_be_enabled()
    office.look(secretary.screen, "office-34-notice")
    secretary.presses(_GO)
    secretary.answers(_GO)
    secretary.sees("Đang trình ký, 0/2")


def issue_notice(office: Office) -> None:
    """The clerk again: another series, the next number; a delegate finds it by its words."""
    clerk = office.clerk
    clerk.unlocks()
    _number(office, "office-37")
    for number in ("01/GM-", "01/TB-"):
        expect(clerk.page.get_by_role("rowheader", name=number)).to_be_visible()
    office.look(clerk.screen, "office-38-register")
    clerk.presses("Năm trước")
    clerk.sees(re.compile(r"Năm\s\d+\schưa có văn bản nào"))
    clerk.takes_token_out()
