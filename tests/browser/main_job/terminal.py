"""A terminal's life as IT and its reader see it: admitted by its code, used, revoked and cut off at once.

Rules: as in `story.py`; the meeting that is read is prepared without a browser, because this is not about it.

Usage::

    bench = Bench.at(room, browser, papers=folder, look=examine)
    for act in ACTS: act(bench)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.main_job.cast import Look
from tests.browser.main_job.plan import DECISION
from tests.browser.pages_chair import Chair
from tests.browser.pages_it import ItOperator
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import DESK, SEAT, Screen
from tests.support.room_process import RunningRoom
from wire import ids

TITLE: Final = "Họp giao ban bộ phận (demo)"
#: The fourth terminal is not in the plan of the room; it is given this place.
PLACE: Final = "B3"
READER: Final = people.OTHERS[0]
_ITEM: Final = ids.new("i", bytes(ids.RANDOM_BYTES))


@dataclass
class Bench:
    """The IT operator, the terminal that nobody knows yet, and the chair of the meeting that is read there."""

    room: RunningRoom
    papers: Path
    look: Look
    operator: ItOperator
    reader: SeatPerson
    chair: Chair
    #: of the meeting that is read, once it is prepared
    meeting: str = ""

    @classmethod
    def at(cls, room: RunningRoom, browser: Browser, *, papers: Path, look: Look) -> Self:
        """Screens for all of them."""
        return cls(
            room=room,
            papers=papers,
            look=look,
            operator=ItOperator(Screen(browser, "IT", size=DESK), room.console_url),
            reader=SeatPerson(Screen(browser, f"seat {PLACE}", size=SEAT, touch=True), partial(room.seat_url, 3)),
            chair=Chair(Screen(browser, "chair", size=DESK), room.console_url),
        )

    @property
    def screens(self) -> tuple[Screen, ...]:
        """All three."""
        return (self.operator.screen, self.reader.screen, self.chair.screen)


def compare(bench: Bench) -> None:
    """Twelve digits at the seat, the same twelve at the console; nothing is typed at the terminal (D1)."""
    reader, operator = bench.reader, bench.operator
    reader.switches_on()
    code = reader.reads_code()
    bench.look(reader.screen, "seat-enrolling")
    operator.arrives()
    operator.signs_in(people.IT)
    bench.look(operator.screen, "it-home")
    look_at_rooms(bench)
    operator.looks_at_devices()
    bench.look(operator.screen, "it-devices")
    assert operator.waiting_codes() == [code]
    operator.takes_up_terminal(code)
    bench.look(operator.screen, "it-admitting")
    operator.admits(code, seat=PLACE)
    expect(reader.page.get_by_text(code)).to_have_count(0)
    operator.sees_online(PLACE)


def look_at_rooms(bench: Bench) -> None:
    """The room with its seats; drawing a new one and a link for its display are begun and left."""
    operator = bench.operator
    operator.looks_at_rooms()
    bench.look(operator.screen, "it-rooms")
    operator.presses("Thêm phòng họp")
    bench.look(operator.screen, "it-new-room")
    operator.answers("Hủy bỏ")
    operator.presses("Đường dẫn màn hình chung")
    operator.page.get_by_role("dialog").get_by_role("button", name="Tạo đường dẫn").click()
    operator.sees("Đường dẫn chỉ hiện một lần này.")
    operator.page.get_by_role("dialog").get_by_role("button", name="Đóng").last.click()


def read(bench: Bench) -> None:
    """The new terminal serves a reader like any other."""
    bench.meeting = _prepare_meeting(bench)
    reader = bench.reader
    reader.sees(TITLE)
    reader.signs_in()
    reader.opens_paper(DECISION.title)
    reader.turns_to_next_page()
    reader.reads_page_of(bench.papers / DECISION.file, 2)


def check_room(bench: Bench) -> None:
    """Before the meeting IT looks the room through: what every terminal says of itself, and what is to be done (D4)."""
    operator = bench.operator
    operator.checks_room()
    operator.sees_checked(PLACE, "đã kết nối", "đang hiện", "đủ 1", "như các chỗ khác")
    bench.look(operator.screen, "it-room-check")
    operator.page.get_by_role("main").get_by_role("link", name="Phòng họp", exact=True).click()
    operator.looks_at_devices()
    # To this terminal alone: the others are used by whoever sits there next.
    operator.presses(f"Việc với thiết bị ở chỗ {PLACE}")
    orders = operator.page.get_by_role("dialog")
    orders.get_by_role("button", name="Hiện tên chỗ ngồi").click()
    bench.reader.sees("Chỗ ngồi này là")
    bench.reader.page.get_by_role("button", name="Đã rõ").click()
    # Named among those that answered; on a machine that is busy, among those that were late.
    expect(orders.get_by_role("status")).to_contain_text(PLACE)
    bench.look(operator.screen, "it-orders")
    orders.get_by_label("Lời nhắn").fill("Đề nghị đồng chí giữ nguyên dây nguồn")
    orders.get_by_role("button", name="Gửi lời nhắn").click()
    bench.reader.sees("Đề nghị đồng chí giữ nguyên dây nguồn")
    bench.look(bench.reader.screen, "seat-told")
    bench.reader.page.get_by_role("button", name="Đã rõ").click()
    orders.get_by_role("button", name="Đóng").click()


def cut_off(bench: Bench) -> None:
    """Revoked: the page that was being read is gone from the screen, and a new start does not bring it back."""
    reader, operator = bench.reader, bench.operator
    operator.revokes(PLACE, reason="Thiết bị thất lạc (demo)")
    reader.sees("Thiết bị đã bị thu hồi quyền sử dụng")
    expect(reader.page.locator("canvas")).to_have_count(0)
    reader.does_not_see(DECISION.title)
    bench.look(reader.screen, "seat-revoked")
    bench.look(operator.screen, "it-revoked")
    reader.screen.switched_off()
    bench.room.power_off_seat(3)
    shown = bench.room.power_on_seat(3, until_state="revoked")
    assert set(shown) <= {"confirming", "enrolling", "revoked"}, shown


def explain(bench: Bench) -> None:
    """The meeting is over: the recall says whose proof will never come, and why that is final (P7)."""
    with bench.room.sign_in(people.CHAIR) as chair:
        for step in ("open", "close"):
            chair.post(f"/api/meetings/{bench.meeting}/{step}", {}, step="")
    bench.chair.arrives()
    bench.chair.signs_in(people.CHAIR)
    bench.chair.page.get_by_role("main").get_by_role("link").filter(has_text=TITLE).click()
    bench.chair.sees_who_cannot_answer(PLACE)
    bench.look(bench.chair.screen, "chair-recall-revoked")


def _prepare_meeting(bench: Bench) -> str:
    """An approved meeting with one published paper and the reader at the new terminal."""
    room, persons, seats = bench.room, bench.room.furnished.persons, bench.room.furnished.seats
    about = {
        "title": TITLE,
        "type": "Giao ban",
        "room": room.furnished.room,
        "starts_at": "2026-12-01T01:30:00.000Z",
        "planned_minutes": 60,
    }
    members = [
        {"person": persons[person.username], "role": role, "seat": seats[seat]}
        for person, role, seat in ((people.CHAIR, "chair", "A1"), (READER, "member", PLACE))
    ]
    item = {"item": _ITEM, "parent": None, "title": "Nghe quyết định thí điểm", "minutes": 30}
    items = [item | {"visibility": "common", "presenter": None}]
    fields = {"item": _ITEM, "title": DECISION.title, "secrecy": "normal"}
    with room.sign_in(people.SECRETARY) as secretary, room.sign_in(people.CHAIR) as chair:
        meeting = str(secretary.post("/api/meetings", about, step="")["id"])
        path = f"/api/meetings/{meeting}"
        secretary.put(f"{path}/members", {"members": members}, step="")
        secretary.put(f"{path}/agenda", {"items": items, "expected_seq": secretary.get(path)["seq"]}, step="")
        paper = secretary.upload(f"{path}/papers", bench.papers / DECISION.file, fields, step="")["paper"]
        secretary.post(f"{path}/submit", {}, step="")
        chair.post(f"{path}/approve", {}, step="")
        chair.post(f"{path}/papers/{paper}/approve", {}, step="")
        secretary.post(f"{path}/publish", {}, step="")
    return meeting


ACTS: Final = (compare, read, check_room, cut_off, explain)
