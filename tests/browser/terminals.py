"""A house of terminals for pictures: some at seats, with a book that says something, and a list of those to come.

Usage: ``of_terminals(TerminalHouse(folder).furnish())``
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from server.enrolment.model import Promise, State
from server.enrolment.store import SqlPromiseStore
from server.feedback.model import Feedback
from server.feedback.store import SqlFeedbackStore
from server.upkeep.model import today as house_day
from tests.browser.office_scenes import Do, Scene, Things, called, press
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import HandClock, Office
from wire.feedback import Kind, Said
from wire.ids import DeviceId
from wire.messages import Machine

BOOK = "/api/devices/book"
#: The first of them was answered by IT.
WHY = ("unmended", "key", "torn", "files")


class TerminalHouse(Office):
    """A room with a long name, three of whose seats have terminals; one was swapped."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, clock=HandClock(dt.datetime.now(dt.UTC)), own=True)
        seats = [{"label": f"A{at}", "x": 100 * at, "y": 300} for at in range(1, 9)]
        room = {"name": "Phòng họp Ủy ban kiểm sát, tầng 5, nhà A", "seats": seats}
        self.room = str(self.sign_in("kythuat").post("/api/rooms", room).done()["id"])

    def furnish(self) -> Things:
        """Everything; the ids of what pages are named by."""
        with tempfile.TemporaryDirectory() as folder:
            found = terminals(self, self.room, Path(folder))
        self.services.close()
        return found


def of_terminals(of: Things) -> list[Scene]:
    """What IT sees of them."""
    return [
        Scene("terminals-home", "kythuat", "/", states=False),
        Scene("terminals", "kythuat", "/devices", states=False),
        Scene("terminals-anew", "kythuat", "/devices", press("alerts.anew"), states=False),
        Scene("terminals-list", "kythuat", "/devices/list"),
        Scene("terminals-book", "kythuat", "/devices/book"),
        Scene("terminals-book-write", "kythuat", "/devices/book", press("upkeep.add"), states=False),
        Scene("terminals-sheet", "kythuat", f"/devices/book/{of['terminal']}"),
        Scene("terminals-sheet-swapped", "kythuat", f"/devices/book/{of['swapped']}", states=False),
        Scene(
            "terminals-sheet-printed", "kythuat", f"/devices/book/{of['terminal']}", _printed, states=False, paper=True
        ),
        Scene("terminals-did", "kythuat", "/devices/book", press("upkeep.did_one"), states=False),
        Scene("terminals-did-room", "kythuat", "/devices/book", press("upkeep.did_room"), states=False),
        Scene("terminals-orders", "kythuat", "/devices", press("console.orders.one"), states=False),
        Scene("terminals-off", "kythuat", "/devices", _orders("console.orders.off"), states=False),
        Scene("terminals-keep", "kythuat", "/devices", _orders("console.orders.keep"), states=False),
        Scene("terminals-wipe", "kythuat", "/devices", _orders("console.orders.wipe"), states=False),
        Scene("terminals-desk-write", "kythuat", "/feedback/desk", press("feedback.book_one"), states=False),
        Scene("terminals-updates", "kythuat", "/devices/updates"),
        Scene("terminals-rooms", "kythuat", "/rooms", states=False),
        Scene("terminals-check-printed", "kythuat", f"/rooms/{of['room']}/check", _printed, states=False, paper=True),
    ]


def _orders(key: str) -> Do:
    """The orders of the first terminal, and one of them."""

    def do(page: Page) -> None:
        press("console.orders.one")(page)
        page.get_by_role("dialog").get_by_role("button", name=called(key)).click()

    return do


def _printed(page: Page) -> None:
    page.emulate_media(media="print")


def terminals(office: Office, room: str, folder: Path) -> Things:
    """Three at seats of ``room``, one of them swapped."""
    agency = {
        "parent": "VIỆN KIỂM SÁT NHÂN DÂN TỈNH QUẢNG NINH",
        "name": "VIỆN KIỂM SÁT NHÂN DÂN\nKHU VỰC 1 (DEMO)",
        "short": "VKSKV1",
        "place": "Hạ Long",
    }
    office.sign_in("hethong").put("/api/agency", agency).done()
    it = office.sign_in("kythuat")
    seats = office.services.rooms.room(room).seats
    today = house_day(office.clock.now())
    found: list[str] = []
    for at in (0, 1, 2, 2):
        terminal = Enrolling(office, Terminal(folder))
        terminal.ask(serial=f"PH-{len(found) + 1:04}")
        terminal.approve(it, seats[at].id, replace=len(found) == 3).done()
        found.append(terminal.terminal.id)
        if len(found) == 3:
            _write(office, found[2], "fault", "Màn hình không lên; đèn nguồn nhấp nháy ba lần rồi tắt")
    _write(
        office, found[0], "fault",
        "Đầu đọc token thỉnh thoảng không nhận thẻ của đồng chí ngồi ở chỗ này, phải rút ra cắm lại mới đọc được",
    )  # fmt: skip
    by_whom = "Công ty trách nhiệm hữu hạn thương mại và dịch vụ kỹ thuật Bình Minh (demo)"
    done = "Lau màn hình, thử đầu đọc token, kiểm tra dây nguồn"
    _write(office, found[0], "upkeep", "Bảo trì định kỳ", done=done, by_whom=by_whom, cost=1_250_000)
    it.post(f"{BOOK}/plans", {
        "room": room, "every_months": 6, "first_day": (today + dt.timedelta(days=5)).isoformat(),
        "what": "Lau màn hình, thử đầu đọc token, kiểm tra dây nguồn và dây mạng",
    }).done()  # fmt: skip
    it.post(f"{BOOK}/plans", {
        "device": found[1], "every_months": 3, "first_day": (today - dt.timedelta(days=3)).isoformat(), "what": "",
    }).done()  # fmt: skip
    it.post(f"{BOOK}/plans", {
        "device": found[3], "every_months": 6, "first_day": today.isoformat(), "what": "Thử màn hình mới thay",
    }).done()  # fmt: skip
    kept = {"reason": "Hỏng đầu đọc token, chờ thay", "instead": seats[0].id}
    it.post(f"/api/devices/{found[3]}/maintenance", kept).done()
    _rows(office, room, found[0])
    _told(office, found[0], seats[0].id)
    _stores(office, [seat.id for seat in seats[3:]], folder)
    return {"terminal": found[0], "swapped": found[3], "room": room}


def _told(office: Office, device: str, seat: str) -> None:
    """A fault that somebody told at a seat."""
    about = {"page": "/seat/papers", "seat": "A1 · Phòng họp Ủy ban kiểm sát, tầng 5, nhà A"}
    said = Said(Kind.FAULT, "Màn hình có một sọc ngang ở giữa, chữ ở đó không đọc được", about)
    told = Feedback(1, office.people["daibieu"], "Đại biểu (demo)", said, office.clock.now(), device=device, seat=seat)
    with office.services.database.begin() as tx:
        SqlFeedbackStore().add(tx, told)


def _write(office: Office, device: str, kind: str, found: str, **more: object) -> None:
    day = house_day(office.clock.now()).isoformat()
    said = {"devices": [device], "kind": kind, "day": day, "found": found, "done": "", "by_whom": "", **more}
    office.sign_in("kythuat").post(f"{BOOK}/entries", said).done()


def _stores(office: Office, seats: list[str], folder: Path) -> None:
    """Terminals whose stores wait for IT, one of them with IT's word already, and one that only fails."""
    it, now, fleet = office.sign_in("kythuat"), office.clock.now(), office.services.fleet
    asked = [Machine(1, store_shut=f"{at:016x}", store_why=why) for at, why in enumerate(WHY)]
    for at, machine in enumerate([*asked, Machine(1, store_fault="unreadable")]):
        terminal = Enrolling(office, Terminal(folder))
        terminal.ask(serial=f"PH-{101 + at:04}")
        terminal.approve(it, seats[at]).done()
        device = DeviceId(terminal.terminal.id)
        for minutes in (2, 0):
            fleet.store_said(device, machine, now - dt.timedelta(minutes=minutes))
    ordered = fleet.at_seat(seats[0])
    assert ordered is not None
    it.post(f"/api/devices/{ordered['id']}/alerts/store_shut/settle", {"question": asked[0].store_shut}).done()


def _rows(office: Office, room: str, device: str) -> None:
    """One row of a list in each state that it can have."""
    store, now, place = SqlPromiseStore(), office.clock.now(), office.services.rooms.room(room)
    by, name = f"person:{office.people['kythuat']}", "kythuat (demo)"
    made = []
    for number in range(1, 8):
        seat, serial = place.seats[number % len(place.seats)], f"PH-{200 + number:04}"
        until = now + dt.timedelta(days=14)
        made.append(Promise(number, serial, "", seat.id, seat.label, place.name, by, name, now, until))
    made[1] = made[1].used(DeviceId(device), now)
    made[2] = made[2].guessed(5, now)
    made[3] = made[3].taken_back(now)
    made[4] = Promise(5, "PH-0205", "", place.seats[0].id, place.seats[0].label, place.name, by, name, now, now)
    made[5] = Promise(
        6, "PH-0206", "", place.seats[0].id, place.seats[0].label, place.name, by, name, now, now, State.USED,
        DeviceId(device), now, 0, DeviceId("d-aaaaaaaaaaaaaaaa"), now,
    )  # fmt: skip
    with office.services.database.begin() as tx:
        store.add(tx, made)
