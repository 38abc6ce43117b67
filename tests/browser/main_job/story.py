"""The main job as it is played, act by act, with everybody at their screens all the time.

Rules: only what people do and see; nothing is asked of the server behind their backs. The acts follow one another.

Usage: `for act in ACTS: act(cast)`.
"""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.main_job.cast import Cast
from tests.browser.main_job.plan import APPENDIX, DECISION, ITEMS, MEETING, MEMBERS, PAGES, PAPERS, REPORT, SCAN
from tests.browser.pictures import expect_page

TITLES = [item.title for item in ITEMS]


def arrive(cast: Cast) -> None:
    """Everything is switched on: seats and display wait, chair and secretary sign in."""
    cast.wall.starts(cast.room.display_url)
    for seat in cast.seats:
        seat.switches_on()
        seat.is_connected()
        seat.sees("Chưa có cuộc họp nào")
    cast.wall.shows("Hiện chưa có cuộc họp")
    cast.secretary.arrives()
    cast.look(cast.secretary.screen, "sign-in")
    cast.secretary.signs_in(people.SECRETARY)
    cast.look(cast.secretary.screen, "secretary-home")
    cast.chair.arrives()
    cast.chair.signs_in(people.CHAIR)
    cast.look(cast.seats[0].screen, "seat-waiting")
    cast.look(cast.wall.screen, "wall-idle")


def prepare(cast: Cast) -> None:
    """The secretary makes the meeting: what, who, in which order, with which papers; and submits it."""
    secretary = cast.secretary
    secretary.creates(MEETING)
    for member in MEMBERS:
        secretary.invites(member)
    cast.look(secretary.screen, "secretary-members")
    secretary.is_told_what_is_missing()
    cast.look(secretary.screen, "secretary-incomplete")
    secretary.saves_there()
    secretary.goes_to("Chương trình")
    secretary.writes_agenda(ITEMS)
    cast.look(secretary.screen, "secretary-agenda")
    secretary.saves()
    secretary.goes_to("Tài liệu")
    for paper in PAPERS:
        secretary.uploads(paper, cast.papers)
    cast.look(secretary.screen, "secretary-uploads")
    for paper in PAPERS:
        secretary.has_uploaded(paper)
    cast.look(secretary.screen, "secretary-papers")
    secretary.submits()


def approve(cast: Cast) -> None:
    """The chair reads what was submitted and approves it, papers one by one."""
    chair = cast.chair
    chair.comes_back(people.CHAIR)
    cast.look(chair.screen, "chair-home")
    chair.takes_up("Phê duyệt cuộc họp", MEETING.title)
    chair.approves_meeting()
    chair.goes_to("Tài liệu")
    chair.reads_and_approves(REPORT.title)
    for paper in (APPENDIX, DECISION, SCAN):
        chair.approves(paper.title)
    cast.look(chair.screen, "chair-papers")


def publish(cast: Cast) -> None:
    """The papers go to the seats, and the secretary watches them arrive."""
    secretary = cast.secretary
    secretary.publishes(len(PAPERS))
    said = secretary.sees_every_seat_complete(len(cast.seats))
    assert len(said) > 3, f"the progress moved before the eyes: {said}"
    cast.look(secretary.screen, "delivery")


def sit_down(cast: Cast) -> None:
    """At every seat: the meeting and no paper before the sign-in, agenda and papers after it."""
    for seat in cast.seats:
        seat.sees(MEETING.title)
        seat.does_not_see(REPORT.title)
    cast.look(cast.delegate.screen, "seat-welcome")
    cast.wall.shows(MEETING.title)
    cast.look(cast.wall.screen, "wall-welcome")
    delegate = cast.delegate
    delegate.taps("Người khác đăng nhập")
    delegate.sees("Đồng chí là ai?")
    cast.look(delegate.screen, "seat-choices")
    delegate.taps("Đóng")
    delegate.taps("Đăng nhập")
    cast.look(delegate.screen, "seat-password")
    delegate.taps("Quay lại")
    for seat in cast.seats:
        seat.signs_in()
        seat.sees_agenda(TITLES)
        seat.sees_papers([paper.title for paper in PAPERS])
        seat.sees("Cuộc họp chưa khai mạc. Đồng chí có thể đọc trước tài liệu.")
    cast.look(cast.delegate.screen, "seat-papers")


def read_ahead(cast: Cast) -> None:
    """A delegate reads: turns, zooms, jumps, picks a small page, searches."""
    delegate, report = cast.delegate, cast.papers / REPORT.file
    delegate.opens_paper(REPORT.title)
    delegate.reads_page_of(report, 1)
    delegate.turns_to_next_page()
    delegate.reads_page_of(report, 2)
    delegate.zooms_in()
    delegate.reads_page_of(report, 2)
    delegate.jumps_to(17)
    delegate.reads_page_of(report, 17)
    delegate.looks_at_thumbnails(18)
    cast.look(delegate.screen, "seat-overview")
    delegate.picks_from_thumbnails(18)
    hits = delegate.searches("tiep cong dan")
    cast.look(delegate.screen, "seat-search")
    hits.filter(has_text="Trang 10").tap()
    delegate.reads_page_of(report, 10)
    delegate.page.locator(".hit").first.wait_for()
    delegate.taps("Thôi tìm")
    with delegate.locked(people.DELEGATE):
        delegate.does_not_see(REPORT.title)
        expect(delegate.page.locator("canvas")).to_have_count(0)
        cast.look(delegate.screen, "seat-locked")
    delegate.sees_agenda(TITLES)


def lead(cast: Cast) -> None:
    """The chair opens the meeting without a mouse and presents; seats and display show that very page."""
    chair, report = cast.chair, cast.papers / REPORT.file
    chair.opens_meeting(MEETING.title)
    chair.presses("Vào điều hành")
    cast.look(chair.screen, "chair-before-opening")
    chair.opens_meeting_by_keyboard()
    for seat in cast.seats:
        seat.does_not_see("Cuộc họp chưa khai mạc")
    chair.goes_on_by_keyboard()
    chair.is_at("1")
    chair.goes_on_to("2")
    chair.goes_on_to("2.1")
    cast.wall.shows(REPORT.title.removesuffix(" năm 2026 (demo)"))
    cast.look(cast.wall.screen, "wall-item")
    chair.opens_paper(REPORT.title)
    chair.turns_to(5)
    chair.presents_this_page()
    everybody_sees(cast, 5)
    expect_page(chair.paper, report, number=5)
    cast.look(chair.screen, "chair-presenting")
    cast.look(cast.wall.screen, "wall-page")
    cast.look(cast.seats[0].screen, "seat-following")


def everybody_sees(cast: Cast, number: int) -> None:
    """The presented page is in front at all seats and on the wall: that page of that paper, not another."""
    report = cast.papers / REPORT.file
    cast.wall.shows_page(number, REPORT.pages)
    expect_page(cast.wall.paper, report, number=number)
    for seat in cast.seats:
        seat.reads_page_of(report, number)


def leave_and_return(cast: Cast) -> None:
    """One delegate looks at a page of their own while the presentation goes on, and comes back by one tap."""
    chair, delegate, others = cast.chair, cast.delegate, (cast.seats[0], cast.seats[2])
    delegate.leaves()
    cast.look(delegate.screen, "seat-own-view")
    chair.turns_to_next_page()
    for seat in others:
        seat.reads_page(6)
    delegate.reads_page(6)
    delegate.turns_to_next_page()
    chair.turns_to_next_page()
    chair.turns_to_next_page()
    for seat in others:
        seat.reads_page(8)
    delegate.reads_page(7)
    delegate.returns()
    everybody_sees(cast, 8)
    delegate.leaves()
    chair.brings_everybody_back()
    everybody_sees(cast, 8)
    delegate.does_not_see("Đang xem riêng")


def lose_the_broker(cast: Cast) -> None:
    """Nothing reaches the seats for a while: they say so, reading goes on, and they catch up by themselves (D3)."""
    chair, delegate = cast.chair, cast.delegate
    cast.room.kill("broker")
    for seat in cast.seats:
        seat.sees("Mất kết nối với máy chủ")
    cast.look(delegate.screen, "seat-offline")
    delegate.leaves()
    delegate.jumps_to(12)
    delegate.reads_page_of(cast.papers / REPORT.file, 12)
    chair.turns_to_next_page()
    cast.room.start("broker")
    for seat in cast.seats:
        seat.is_connected()
        seat.does_not_see("Mất kết nối với máy chủ")
    delegate.returns()
    everybody_sees(cast, 9)


def rearrange_and_rest(cast: Cast) -> None:
    """The order changes live; a recess comes and goes, everybody knows."""
    chair = cast.chair
    chair.stops_presenting()
    chair.moves_up("4")
    order = [*TITLES[:4], TITLES[5], TITLES[4], TITLES[6]]
    for seat in cast.seats:
        seat.sees_agenda(order)
    cast.look(chair.screen, "chair-arranging")
    chair.writes_on_wall("Mời các đồng chí giải lao 15 phút")
    cast.wall.shows("Mời các đồng chí giải lao 15 phút")
    cast.look(cast.wall.screen, "wall-message")
    chair.shows_on_wall("Nội dung")
    chair.recesses()
    for seat in cast.seats:
        seat.sees("Cuộc họp đang tạm nghỉ")
    cast.wall.shows("Cuộc họp tạm nghỉ")
    cast.look(cast.delegate.screen, "seat-recess")
    cast.look(chair.screen, "chair-recess")
    chair.resumes()
    for seat in cast.seats:
        seat.does_not_see("Cuộc họp đang tạm nghỉ")
    chair.goes_on_to("2.2")
    chair.goes_on_to("3")
    cast.wall.shows(order[4])


def close(cast: Cast) -> None:
    """The end: papers are recalled from the seats that are there; who is off is waited for."""
    chair = cast.chair
    absent = cast.seats[2]
    absent.screen.switched_off()
    cast.room.power_off_seat(2)
    chair.wants_to_close()
    cast.look(chair.screen, "chair-closing")
    chair.closes()
    chair.sees_recall(2, 3)
    cast.look(chair.screen, "chair-recall")
    for seat in cast.seats[:2]:
        seat.has_been_recalled(papers=len(PAPERS), pages=PAGES)
    cast.wall.shows("Cuộc họp đã bế mạc")
    cast.look(cast.delegate.screen, "seat-recalled")
    cast.look(cast.wall.screen, "wall-closed")


def come_back(cast: Cast) -> None:
    """The seat that was off destroys its keys before it shows anything; then all have proven it."""
    absent = cast.seats[2]
    shown = cast.room.power_on_seat(2, until_state="recalled")
    assert set(shown) <= {"confirming", "recalled"}, f"nothing of the meeting, not for a moment: {shown}"
    absent.switches_on()
    absent.has_been_recalled(papers=len(PAPERS), pages=PAGES)
    cast.chair.sees_recall(3, 3)
    cast.look(cast.chair.screen, "chair-recalled")
    cast.secretary.sees("Thu hồi 3/3")
    cast.look(cast.secretary.screen, "secretary-recalled")
    cast.secretary.verifies_log()
    cast.look(cast.secretary.screen, "secretary-log")
    cast.chair.locks()
    cast.look(cast.chair.screen, "chair-locked")
    cast.secretary.sees("Khóa hồ sơ cuộc họp")


ACTS: Final = (
    arrive,
    prepare,
    approve,
    publish,
    sit_down,
    read_ahead,
    lead,
    leave_and_return,
    lose_the_broker,
    rearrange_and_rest,
    close,
    come_back,
)
