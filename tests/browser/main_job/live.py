"""A whole live meeting of forty-five as it is played, with everybody at their screens: chair, secretary, a deputy, a
delegate, a guest, the room's display, the auditor.

Rules: as in `story.py`; the chair leads with the keyboard alone. What was prepared over HTTP stands in `full_house.py`.

Usage: `for act in ACTS: act(hall)`.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.main_job import full_house
from tests.browser.main_job.cast import Look
from tests.browser.main_job.full_house import COUNT, GUEST, INSIDE, ITEMS, NEEDED, SHOWN, TITLE, FullHouse
from tests.browser.pages_auditor import Auditor
from tests.browser.pages_desk import SecretaryAtTheTable
from tests.browser.pages_display import WallDisplay
from tests.browser.pages_keyboard import KeyboardChair
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import DESK, SEAT, WALL, Screen
from tests.support.room_process import RunningRoom

#: Of the others: two are away with a reason, one comes late, one never comes.
AWAY, AWAY_TOO, LATE, MISSING = range(4)
_WATER: Final = "Nước uống"
_MESSAGE: Final = "Đồng chí chuẩn bị phát biểu sau báo cáo về công tác kiểm sát việc thi hành án hình sự (demo)"
#: On the keys of the screen, and what Telex makes of it.
_KEYS: Final = "ddeef nghij boor sung chir tieeu"
_SPEECH: Final = "đề nghị bổ sung chỉ tiêu"


@dataclass
class Hall:
    """The room, its full house, and the screens; ``seats`` are of deputy, delegate and guest."""

    house: FullHouse
    papers: Path
    look: Look
    glance: Look
    chair: KeyboardChair
    secretary: SecretaryAtTheTable
    seats: tuple[SeatPerson, ...]
    wall: WallDisplay
    auditor: Auditor

    @classmethod
    def at(cls, room: RunningRoom, browser: Browser, *, papers: Path, look: Look, glance: Look) -> Self:
        """Everything prepared, and screens for all of them; ``glance`` looks where another scene was looked at."""
        return cls(
            house=FullHouse.prepared(room, papers=papers),
            papers=papers,
            look=look,
            glance=glance,
            chair=KeyboardChair(Screen(browser, "chair", size=DESK), room.console_url),
            secretary=SecretaryAtTheTable(Screen(browser, "secretary", size=DESK), room.console_url),
            seats=tuple(
                SeatPerson(Screen(browser, f"seat {label}", size=SEAT, touch=True), partial(room.seat_url, index))
                for index, label in enumerate(people.TERMINALS)
            ),
            wall=WallDisplay(Screen(browser, "display", size=WALL)),
            auditor=Auditor(Screen(browser, "auditor", size=DESK), room.console_url),
        )

    @property
    def screens(self) -> tuple[Screen, ...]:
        """All seven."""
        seats = (seat.screen for seat in self.seats)
        return (self.chair.screen, self.secretary.screen, *seats, self.wall.screen, self.auditor.screen)

    def sit_down(self) -> None:
        """By the terminals' own calls: how one signs in is seen in the story; and they thank for the meeting before."""
        self.house.await_papers()
        password = people.PASSWORD.reveal().decode()
        for index, who in enumerate(full_house.AT_TERMINALS):
            body = {"person": self.house.ids[who.username], "password": password}
            self.house.room.touch_page(index).post("/api/sign-in", body)
            self.seats[index].switches_on()
            self.seats[index].sees(TITLE)

    def looks_around(self, stage: str, *who: str, closely: str = "") -> None:
        """At the screens of these roles; those named in ``closely`` (blanks between) with everything there is."""
        roles: dict[str, Screen] = {
            "chair": self.chair.screen,
            "secretary": self.secretary.screen,
            "deputy": self.seats[0].screen,
            "delegate": self.seats[1].screen,
            "guest": self.seats[2].screen,
            "wall": self.wall.screen,
            "auditor": self.auditor.screen,
        }
        for role in (*who, *closely.split()):
            look = self.look if role in closely.split() else self.glance
            look(roles[role], f"live-{stage}-{role}")


def gather(hall: Hall) -> None:
    """Consoles and display open; at three seats people sign in. Nobody is on the roll yet."""
    hall.wall.starts(hall.house.room.display_url)
    hall.wall.shows(TITLE)
    hall.sit_down()
    hall.chair.arrives()
    hall.chair.signs_in(people.CHAIR)
    hall.chair.goes_into(TITLE)
    hall.secretary.arrives()
    hall.secretary.signs_in(people.SECRETARY)
    hall.secretary.goes_into(TITLE)
    hall.looks_around("gathering", "chair", closely="guest wall")


def call_the_roll(hall: Hall) -> None:
    """Two are excused, one never comes, one late, the others at once; who has a terminal says it there."""
    secretary, others = hall.secretary, hall.house.others
    delegate = hall.seats[1]
    secretary.opens_roll()
    expect(secretary.page.locator("[data-person]")).to_have_count(full_house.MEMBERS)
    delegate.sees("chưa ghi vào danh sách điểm danh.")
    hall.looks_around("roll-call", "secretary", closely="delegate")
    for seat in hall.seats:
        seat.taps("Báo có mặt")
        seat.does_not_see("chưa ghi vào danh sách điểm danh.")
    expect(secretary.row(people.DELEGATE.name)).to_contain_text("tự báo")
    for away, why in ((AWAY, "đi công tác tại Hà Nội theo Quyết định số 12"), (AWAY_TOO, "nghỉ ốm")):
        secretary.writes_about(others[away].name, "Vắng có lý do", reason=why)
    secretary.writes_about(others[MISSING].name, "Vắng mặt", reason="không báo")
    secretary.writes_about(others[LATE].name, "Vắng mặt", reason="chưa tới")
    secretary.marks_all_shown("Chưa điểm danh", "Có mặt")
    secretary.marks_late(others[LATE].name, reason="kẹt xe")
    words = f"{COUNT - 3}/{COUNT} đại biểu có mặt"
    hall.wall.shows(words)
    hall.looks_around("roll-kept", closely="secretary wall")


def open_it(hall: Hall) -> None:
    """The chair reads the quorum in the question, and opens."""
    chair = hall.chair
    chair.goes_on_by_keyboard()
    question = chair.page.get_by_role("dialog", name="Khai mạc cuộc họp?")
    expect(question).to_contain_text(f"cần {NEEDED}")
    hall.looks_around("opening", closely="chair")
    chair.answers("Khai mạc")
    chair.goes_on_to("1")
    for seat in hall.seats:
        seat.does_not_see("Cuộc họp chưa khai mạc")


def present(hall: Hall) -> None:
    """The report; everybody follows, and the guest reads what is granted and nothing else."""
    chair, guest = hall.chair, hall.seats[2]
    agenda = guest.page.get_by_role("navigation", name="Chương trình")
    expect(agenda.get_by_role("listitem")).to_have_count(len(ITEMS) - 1)
    guest.sees(SHOWN.title)
    guest.does_not_see(INSIDE.title)
    guest.does_not_see(ITEMS[full_house.STAFF][0])
    chair.goes_on_to("2")
    chair.opens_paper(SHOWN.title)
    chair.presents_this_page()
    chair.page.keyboard.press("PageDown")
    chair.reads_page(2)
    for seat in hall.seats:
        seat.reads_page_of(hall.papers / SHOWN.file, 2)
    hall.wall.shows_page(2, SHOWN.pages)
    hall.looks_around("presenting", "secretary", "wall", closely="chair guest")
    # W125: everybody sees the part of the page that the chair has zoomed to, and the whole again.
    zoomed, size = re.compile(r"scale\("), guest.page.get_by_role("toolbar").get_by_role("status")
    before = size.inner_text()
    for _ in range(4):
        chair.page.keyboard.press("+")
    expect(hall.wall.page.locator("figure .moving")).to_have_attribute("style", zoomed)
    expect(size).not_to_have_text(before)
    hall.looks_around("zoomed", "chair", "guest", "wall")
    chair.page.keyboard.press("0")
    expect(hall.wall.page.locator("figure .moving")).not_to_have_attribute("style", zoomed)
    expect(size).to_have_text(before)
    chair.stops_presenting()


def speak(hall: Hall) -> None:
    """Two ask at their seats, one through the secretary; one speaks, one is refused and hands in in writing."""
    chair, secretary = hall.chair, hall.secretary
    deputy, delegate, _ = hall.seats
    for seat in (delegate, deputy):
        seat.taps("Phát biểu")
        seat.taps("Đăng ký phát biểu")
        seat.sees("Đã đăng ký phát biểu")
    secretary.leaves_roll()
    secretary.page.get_by_role("button", name=re.compile("^Phát biểu")).click()
    secretary.asks_for(hall.house.others[-1])
    chair.opens_queue(3)
    hall.looks_around("queue", "secretary", closely="chair deputy")
    chair.calls(people.DELEGATE.name)
    delegate.sees("Đồng chí đang phát biểu")
    hall.wall.shows(people.DELEGATE.name)
    expect(hall.wall.page.get_by_role("timer")).to_contain_text("Còn")
    hall.looks_around("speaking", "chair", "guest", closely="delegate wall")
    delegate.taps("Kết thúc phát biểu")
    chair.sees("Đã qua")
    chair.refuses(people.DEPUTY.name, "Đề nghị gửi bằng văn bản")
    deputy.sees("Không được mời phát biểu")
    deputy.taps("Gửi bằng văn bản")
    deputy.types_on_screen(_KEYS)
    expect(deputy.page.get_by_label("Bài phát biểu")).to_have_value(_SPEECH)
    hall.looks_around("writing", closely="deputy")
    deputy.taps("Gửi")
    chair.presses(f"Phát biểu bằng văn bản của {people.DEPUTY.name}")
    expect(chair.page.get_by_role("dialog").get_by_role("document")).to_contain_text(_SPEECH)
    chair.page.keyboard.press("Escape")
    chair.presses("Về tài liệu")


def serve(hall: Hall) -> None:
    """The guest asks for water; the delegate gets a message; the chair announces a break with its countdown."""
    chair, secretary, delegate, guest = hall.chair, hall.secretary, hall.seats[1], hall.seats[2]
    guest.taps("Gọi phục vụ")
    guest.taps(_WATER)
    secretary.serves(_WATER, GUEST.name)
    guest.sees(f"{people.SECRETARY.name} đã nhận")
    hall.looks_around("service", closely="secretary guest")
    secretary.has_served()
    guest.sees("đã xong")
    guest.presses("Escape")
    box = secretary.opens_messages()
    secretary.messages(box, people.DELEGATE.name, _MESSAGE)
    delegate.sees(_MESSAGE)
    hall.looks_around("message", "secretary", closely="delegate")
    delegate.taps("Đã đọc")
    expect(box.get_by_text("Đã đọc 1/1 · Mọi người đã đọc")).to_be_visible()
    secretary.page.keyboard.press("Escape")
    chair.presses("Thông báo, tin nhắn")
    chair.writes("Nội dung", "Hội nghị biểu quyết trong ít phút nữa (demo)")
    chair.writes("Đếm ngược (phút)", "5")
    chair.presses("Hiện ngay")
    expect(hall.wall.page.get_by_role("timer")).to_contain_text("04:")
    hall.looks_around("announcement", "wall", closely="chair")
    chair.page.keyboard.press("Escape")


def hide(hall: Hall) -> None:
    """The delegate has to leave the item on staff: the seat is empty until it is over; the guest never knew of it."""
    chair, secretary, delegate, guest = hall.chair, hall.secretary, hall.seats[1], hall.seats[2]
    secretary.opens_roll()
    secretary.recuses(
        people.DELEGATE.name, f"3. {ITEMS[full_house.STAFF][0]}", reason="người thân trong danh sách bổ nhiệm"
    )
    secretary.leaves_roll()
    chair.goes_on_to("3")
    delegate.sees("Đồng chí tránh tham gia nội dung này")
    delegate.does_not_see(INSIDE.title)
    hall.seats[0].taps("Tài liệu")
    hall.seats[0].sees(INSIDE.title)
    guest.does_not_see(ITEMS[full_house.STAFF][0])
    hall.looks_around("recused", "chair", closely="delegate")
    chair.goes_on_to("4")
    delegate.does_not_see("Đồng chí tránh tham gia nội dung này")


def vote(hall: Hall) -> None:
    """The resolution: at seats, at consoles, by the chair; the guest has no part in it; the result for everybody."""
    chair = hall.chair
    deputy, delegate, guest = hall.seats
    chair.presses("Biểu quyết")
    hall.looks_around("vote-form", "chair")
    chair.presses("Mở biểu quyết")
    chair.sees("Vẫn mở biểu quyết")
    # Many sit where no terminal stands: the chair is asked first.
    hall.looks_around("vote-readiness", "chair")
    chair.answers("Vẫn mở biểu quyết")
    for seat, answer in ((deputy, "Tán thành"), (delegate, "Không tán thành")):
        seat.sees("Đồng chí chọn một ý kiến")
        seat.taps(answer)
        if seat is deputy:
            hall.looks_around("voting", "deputy")
        seat.taps(f"Gửi: {answer}")
        seat.sees("Đã ghi nhận")
    guest.sees("Đồng chí theo dõi")
    expect(guest.page.get_by_role("button", name="Tán thành")).to_have_count(0)
    chair.casts("1", "Tán thành")
    hall.house.ballots(_running(hall), away={AWAY, AWAY_TOO, MISSING}, against=2)
    chair.sees("Tất cả đại biểu có mặt đã biểu quyết.")
    hall.looks_around("turnout", "chair", "wall", closely="secretary guest")
    chair.presses("Đóng biểu quyết")
    chair.answers("Đóng biểu quyết")
    chair.sees("ĐƯỢC THÔNG QUA")
    chair.presses("Công bố kết quả")
    for seat in (deputy, delegate):
        seat.sees("ĐƯỢC THÔNG QUA")
    hall.wall.shows("ĐƯỢC THÔNG QUA")
    expect(hall.wall.page.get_by_role("img", name="Sơ đồ chỗ ngồi theo ý kiến")).to_be_visible()
    hall.looks_around("result", "chair", "deputy", closely="guest wall")


def raise_hands(hall: Hall) -> None:
    """A show of hands, counted by the secretary, written by the chair."""
    chair = hall.chair
    chair.presses("Quay lại")
    chair.writes("Nội dung biểu quyết", "Thống nhất thời gian tổ chức hội nghị triển khai (demo)")
    chair.chooses("Hình thức", "Giơ tay")
    chair.presses("Mở biểu quyết")
    chair.counts_hands({"Tán thành": COUNT - 4, "Không tán thành": 1, "Không biểu quyết": 0})
    hall.looks_around("hands", closely="chair")
    chair.presses("Đóng biểu quyết")
    chair.answers("Đóng biểu quyết")
    chair.sees("ĐƯỢC THÔNG QUA")
    chair.presses("Công bố kết quả")
    hall.wall.shows("ĐƯỢC THÔNG QUA")
    hall.wall.shows("Thống nhất thời gian tổ chức")


def rest(hall: Hall) -> None:
    """A recess comes and goes."""
    chair = hall.chair
    chair.presses("Tạm nghỉ")
    for seat in hall.seats:
        seat.sees("Cuộc họp đang tạm nghỉ")
    hall.wall.shows("Cuộc họp tạm nghỉ")
    hall.looks_around("recess", "chair", "guest", "wall")
    chair.resumes()
    for seat in hall.seats:
        seat.does_not_see("Cuộc họp đang tạm nghỉ")
    chair.goes_on_to("5")


def close(hall: Hall) -> None:
    """The end: every seat proves that its keys are gone."""
    chair = hall.chair
    chair.goes_on_by_keyboard()
    chair.sees("Việc này không làm lại được")
    hall.looks_around("closing", "chair")
    chair.closes()
    chair.sees_recall(3, 3)
    pages = SHOWN.pages + INSIDE.pages
    hall.seats[0].has_been_recalled(papers=2, pages=pages)
    hall.seats[2].sees("Tài liệu đã được thu hồi")
    hall.wall.shows("Cuộc họp đã bế mạc")
    hall.looks_around("closed", "chair", "secretary", "guest", "wall")


def read_the_log(hall: Hall) -> None:
    """The auditor reads it; the secretary takes the dossier, and that stands in the log, too."""
    auditor = hall.auditor
    auditor.arrives()
    auditor.signs_in(people.AUDITOR)
    auditor.opens_log()
    auditor.reads_log_of(TITLE)
    hall.looks_around("log", closely="auditor")
    with zipfile.ZipFile(hall.secretary.takes_dossier()) as dossier:
        assert "events.json" in dossier.namelist()
    auditor.page.get_by_label("Nhật ký của").select_option(label="Việc quản trị")
    auditor.presses("Xem")
    expect(auditor.lines.filter(has_text="Tải hồ sơ cuộc họp").first).to_be_visible()


def _running(hall: Hall) -> str:
    with hall.house.room.sign_in(people.SECRETARY) as secretary:
        votes = secretary.get(hall.house.path)["sections"]["votes"]
    return str(next(each["vote"] for each in votes if each["state"] == "open"))


ACTS: Final = (
    gather,
    call_the_roll,
    open_it,
    present,
    speak,
    serve,
    hide,
    vote,
    raise_hands,
    rest,
    close,
    read_the_log,
)
