"""The day of the meeting: seat and consoles, roll, speech, vote, conclusion, task, close. Part of `office.py`."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.main_job.office_cast import Office
from tests.browser.main_job.office_plan import (
    CONCLUSION,
    GUEST,
    OPEN_ITEM,
    PAPER,
    READER,
    STAFF_ITEM,
    SUBSTITUTE,
    TASK,
    TASK_DAYS,
    TITLE,
    UNIT,
    day_in,
)

_YES = "Tán thành"


def sit_down(office: Office) -> None:
    """The delegate at the seat with the token; agenda and paper are there."""
    seat = office.seat
    seat.arrives()
    seat.signs_in()
    seat.sees_agenda([OPEN_ITEM.title, STAFF_ITEM.title])
    seat.sees_papers([PAPER])
    office.glance(seat.screen, "office-24-seat")


def call_the_roll(office: Office) -> None:
    """The secretary writes down who is in the room without a terminal: enough to begin."""
    secretary = office.secretary
    office.goes(secretary, f"/meetings/{office.meeting}/live")
    secretary.opens_roll()
    for who in (people.CHAIR, SUBSTITUTE):
        secretary.presses(f"Ghi điểm danh: {who.name}")
        secretary.page.get_by_role("dialog").get_by_text("Có mặt", exact=True).click()
        secretary.answers("Ghi")
    expect(secretary.page.get_by_role("button", name=re.compile("^3.4 có mặt · cần 3"))).to_be_visible()
    office.look(secretary.screen, "office-24b-roll")


def open_it(office: Office) -> None:
    """The chair opens, signs the own presence, begins the item; the delegate reads along."""
    chair, seat = office.chair, office.seat
    chair.unlocks()
    office.goes(chair, f"/meetings/{office.meeting}/live")
    # A key waits for nothing: the page has to be there.
    expect(chair.button("Khai mạc")).to_be_enabled()
    chair.opens_meeting_by_keyboard()
    chair.presses("Điểm danh bằng chữ ký số")
    chair.signs(chair.window_after("Ký số điểm danh"), f"Tôi có mặt tại cuộc họp “{TITLE}”", again=True)
    expect(chair.button("Điểm danh bằng chữ ký số")).to_have_count(0)
    chair.goes_on_to("1")
    chair.opens_paper(PAPER)
    chair.presents_this_page()
    seat.reads_page(1)
    office.glance(chair.screen, "office-25-presenting")
    chair.stops_presenting()
    substitute = office.comes(SUBSTITUTE)
    substitute.page.get_by_role("main").get_by_role("link").filter(has_text=TITLE).last.click()
    expect(substitute.page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    office.glance(substitute.screen, "office-26-substitute")


def speak(office: Office) -> None:
    """Who asked in advance waits in the queue, is called, and ends at the seat."""
    chair, seat = office.chair, office.seat
    chair.presses("Phát biểu (1)")
    chair.presses(f"Mời {READER.name} phát biểu")
    chair.presses("Bắt đầu tính giờ")
    seat.sees("Đồng chí đang phát biểu")
    office.glance(chair.screen, "office-27-speaking")
    seat.taps("Kết thúc phát biểu")
    chair.presses("Về tài liệu")


def vote(office: Office) -> None:
    """A named vote: the delegate signs at the seat, the chair at the console; the guest has no part in it."""
    chair, seat = office.chair, office.seat
    chair.presses("Biểu quyết")
    form = chair.page.get_by_role("main")
    form.get_by_text("Ký tên", exact=True).click()
    form.get_by_label("Được thông qua khi").select_option(label="Quá nửa đại biểu có mặt")
    office.glance(chair.screen, "office-28-vote")
    chair.presses("Mở biểu quyết")
    sure = chair.page.get_by_role("dialog").get_by_role("button", name="Vẫn mở biểu quyết")
    own = chair.button(_YES)
    expect(sure.or_(own).first).to_be_visible()
    if sure.count():
        sure.click()
    own.click()
    chair.signs(chair.window_after(f"Ký số và gửi: {_YES}"), f"Tôi chọn: {_YES}.", again=True)
    chair.sees("Ý kiến của đồng chí đã được ghi nhận.")
    seat.answers_vote(_YES, question=OPEN_ITEM.title)
    seat.types_pin(office.room.pin, "Ký")
    seat.sees("Máy chủ đã ghi nhận ý kiến của đồng chí")
    office.glance(seat.screen, "office-29-voted")
    expect(office.comes(GUEST).button(_YES)).to_have_count(0)
    chair.presses("Đóng biểu quyết")
    chair.answers("Đóng biểu quyết")
    chair.sees("ĐƯỢC THÔNG QUA")
    chair.presses("Công bố kết quả")
    seat.sees("ĐƯỢC THÔNG QUA")


def conclude(office: Office) -> None:
    """The chair's words on the item; then the item that the guest never hears of."""
    chair = office.chair
    chair.presses("Kết luận")
    question = chair.page.get_by_role("dialog")
    question.get_by_label("Kết luận của chủ trì").fill(CONCLUSION)
    office.look(chair.screen, "office-30-conclusion")
    chair.answers("Lưu kết luận")
    chair.goes_on_to("2")
    expect(office.comes(GUEST).page.get_by_text(STAFF_ITEM.title)).to_have_count(0)


def close(office: Office) -> None:
    """Closed with a signature; the seat proves that its keys are gone; the task goes to the unit."""
    chair, seat = office.chair, office.seat
    page = chair.page
    page.get_by_role("banner").get_by_role("button", name="Bế mạc", exact=True).click()
    expect(chair.button("Bế mạc và thu hồi, không ký số")).to_be_enabled()
    office.glance(chair.screen, "office-31-closing")
    chair.signs(chair.window_after("Ký số và bế mạc"), f"Tôi bế mạc cuộc họp “{TITLE}”", again=True)
    chair.sees(re.compile(f"Bế mạc: đã ký số – {re.escape(people.CHAIR.name)}"))
    chair.sees_recall(1, 1)
    seat.sees("Tài liệu đã được thu hồi")
    page.get_by_role("link", name="Quay lại").click()
    chair.goes_to("Nhiệm vụ")
    chair.presses("Giao nhiệm vụ từ kết luận nội dung 1")
    form = page.get_by_role("dialog", name="Giao nhiệm vụ")
    expect(form).to_contain_text(CONCLUSION)
    form.get_by_label("Việc phải làm").fill(TASK)
    form.get_by_label("Chủ trì", exact=True).fill("van phong tong hop")
    form.get_by_role("button", name=UNIT).first.click()
    form.get_by_label("Thời hạn").fill(day_in(TASK_DAYS))
    expect(form).to_contain_text("ngày làm việc")
    office.look(chair.screen, "office-32-task")
    form.get_by_role("button", name="Giao nhiệm vụ").click()
    expect(page.get_by_role("link", name=TASK)).to_be_visible()
    chair.takes_token_out()
