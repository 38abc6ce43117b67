"""The book of the terminals: faults, upkeep, replacements, plans; what is open and due (D4)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from server.feedback.model import Feedback
from server.feedback.store import SqlFeedbackStore
from server.upkeep.model import Plan, Standing, add_months, next_day, plan_of
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import START, Browser, Office, fresh_id
from wire.feedback import Kind, Said

BOOK = "/api/devices/book"
DAY = dt.date


MADE = DAY(2026, 1, 10)


def _plan(first: DAY, **whose: str) -> Plan:
    return Plan(1, whose.get("device"), whose.get("room"), 6, first, "", MADE, START, "IT")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (DAY(2026, 1, 31), 1, DAY(2026, 2, 28)),
        (DAY(2027, 12, 31), 2, DAY(2028, 2, 29)),
        (DAY(2026, 11, 30), 3, DAY(2027, 2, 28)),
        (DAY(2026, 12, 1), 1, DAY(2027, 1, 1)),
        (DAY(2026, 5, 15), 60, DAY(2031, 5, 15)),
    ],
)
def test_D4_months_are_counted_and_end_where_the_month_does(day: DAY, months: int, then: DAY) -> None:
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("came", "last", "then"),
    [
        (DAY(2025, 5, 1), None, DAY(2026, 2, 1)),  # was there before the plan: its first day
        (DAY(2026, 3, 3), None, DAY(2026, 9, 3)),  # came later: not late on its first day
        (DAY(2025, 5, 1), DAY(2025, 12, 1), DAY(2026, 2, 1)),  # upkeep from before the plan
        (DAY(2025, 5, 1), DAY(2026, 3, 1), DAY(2026, 9, 1)),
        (DAY(2026, 3, 3), DAY(2026, 4, 30), DAY(2026, 10, 30)),
        (DAY(2026, 1, 11), None, DAY(2026, 8, 1)),  # came after the plan, which begins later than that
    ],
)
def test_D4_the_next_day_is_counted_from_what_was_done(came: DAY, last: DAY | None, then: DAY) -> None:
    first = DAY(2026, 8, 1) if came == DAY(2026, 1, 11) else DAY(2026, 2, 1)
    assert next_day(_plan(first), came=came, last=last) == then


def test_D4_a_terminals_own_plan_beats_its_rooms_and_late_is_after_the_day() -> None:
    own, room = _plan(DAY(2026, 2, 1), device="d-1"), _plan(DAY(2026, 3, 1), room="r-1")
    assert plan_of([room, own], device="d-1", room="r-1") is own
    assert plan_of([room, own], device="d-2", room="r-1") is room
    assert plan_of([room, own], device="d-2", room=None) is None
    today = DAY(2026, 2, 1)
    days = [Standing.of(today + dt.timedelta(days=off), today).value for off in (-1, 0, 14, 15)]
    assert days == ["late", "today", "soon", "far"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "server")


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


def _in(office: Office, it: Browser, folder: Path, at: int, *, replace: bool = False) -> str:
    """A terminal at the room's seat ``at``, with a serial."""
    seat = Enrolling(office, Terminal(folder))
    seat.ask(serial=f"PH-{seat.terminal.id[2:6]}")
    seat.approve(it, office.seats[at], replace=replace).done()
    return seat.terminal.id


def _fault(device: str, **more: Any) -> dict[str, Any]:
    told = {
        "devices": [device],
        "kind": "fault",
        "day": "2026-11-23",
        "found": "Màn hình sọc",
        "done": "",
        "by_whom": "",
    }
    return {**told, **more}


def test_D4_a_fault_is_open_until_it_is_ended_and_keeps_what_was_corrected(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    device = _in(office, it, tmp_path, 0)
    act = fresh_id("a")
    [number] = it.post(f"{BOOK}/entries", _fault(device), act=act).done()["numbers"]
    assert it.post(f"{BOOK}/entries", _fault(device), act=act).done()["numbers"] == [number]
    standing = it.get(f"{BOOK}/standing").done()
    assert (standing["open"], standing["devices"][device]["open"]) == (1, 1)

    other = office.sign_in("kythuat")
    fields = {key: value for key, value in _fault(device).items() if key != "devices"}
    correction = {**fields, "found": "Màn hình nháy", "reason": "Ghi nhầm", "seen": 1}
    assert other.post(f"{BOOK}/entries/{number}/correct", correction).done() == {"revision": 2}
    ending = {"done": "Thay cáp", "by_whom": "Công ty X", "cost": 350_000, "closed_on": "2026-11-23"}
    late = it.post(f"{BOOK}/entries/{number}/end", {**ending, "seen": 1})
    assert (late.code, late.data["entry"]["found"]) == ("upkeep-changed", "Màn hình nháy")
    assert it.post(f"{BOOK}/entries/{number}/end", {**ending, "seen": 2}).done() == {"revision": 3}
    assert it.post(f"{BOOK}/entries/{number}/end", {**ending, "seen": 3}).code == "upkeep-closed"

    sheet = it.get(f"/api/devices/{device}/book").done()
    [entry] = sheet["entries"]
    assert (entry["open"], entry["cost"], entry["done"], entry["found"]) == (
        False,
        350_000,
        "Thay cáp",
        "Màn hình nháy",
    )
    assert [(each["revision"], each["reason"], each["was"]["found"]) for each in sheet["corrections"]] == [
        (2, "", "Màn hình nháy"),
        (1, "Ghi nhầm", "Màn hình sọc"),
    ]
    assert it.get(f"{BOOK}/standing").done()["open"] == 0
    page = office.sign_in("kiemtoan").post("/api/record/entries", {"log": "house"}).done()
    kinds = [each["kind"] for each in page["entries"] if each["kind"].startswith("upkeep")]
    assert sorted(kinds) == ["upkeep_corrected", "upkeep_ended", "upkeep_written"]


def test_D4_a_swap_writes_itself_and_the_seat_keeps_its_history(office: Office, it: Browser, tmp_path: Path) -> None:
    old = _in(office, it, tmp_path, 0)
    it.post(f"{BOOK}/entries", _fault(old)).done()
    new = _in(office, it, tmp_path, 0, replace=True)
    sheet = it.get(f"/api/devices/{new}/book").done()
    assert {(each["device"], each["kind"]) for each in sheet["entries"]} == {(new, "replacement"), (old, "fault")}
    [swap] = [each for each in sheet["entries"] if each["kind"] == "replacement"]
    assert (swap["source"], swap["open"], swap["seat"]) == (f"replaced:{old}", False, office.seats[0])
    # Words are the reader's; who let it in stands there as with what is written by hand.
    assert (swap["found"], swap["done"], swap["by_name"]) == ("", f"PH-{old[2:6]} → PH-{new[2:6]}", "kythuat (demo)")
    rows = csv.DictReader(io.StringIO(it.get(f"{BOOK}.csv").raw.get_data().decode("utf-8-sig")))
    assert [row["Tình trạng, hiện tượng"] for row in rows if row["Loại việc"] == "Thay thế"] == ["Thay thiết bị"]
    assert it.get(f"/api/devices/{old}/book").done()["device"]["state"] == "revoked"


def test_D4_a_swap_takes_the_old_ones_plan_over_and_nobody_plans_for_one_that_is_gone(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    old = _in(office, it, tmp_path, 0)
    plan = {"device": old, "every_months": 3, "first_day": "2026-11-20", "what": "Lau, thử token"}
    first = it.post(f"{BOOK}/plans", plan).done()["number"]
    office.clock.advance(days=10)
    it.sign_in("kythuat")
    new = _in(office, it, tmp_path, 0, replace=True)
    [now_is] = it.get(BOOK).done()["plans"]
    assert {**plan, "device": new, "number": first + 1} == {name: now_is[name] for name in (*plan, "number")}
    # Made when the old one's was: the new one is not late on the day it came.
    assert it.get(f"/api/devices/{new}/book").done()["next"] == "2027-03-03"
    assert it.post(f"{BOOK}/plans/{first}/end").code == "upkeep-plan-over"
    assert it.post(f"{BOOK}/plans", plan).code == "device-wrong-state"
    page = office.sign_in("kiemtoan").post("/api/record/entries", {"log": "house"}).done()
    kinds = [each["kind"] for each in page["entries"] if each["kind"].startswith("upkeep_plan")]
    assert sorted(kinds) == ["upkeep_plan_ended", "upkeep_planned", "upkeep_planned"]


def test_D4_who_waited_for_long_or_moved_is_not_late_on_the_first_day(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    stays = _in(office, it, tmp_path, 0)
    waits = Enrolling(office, Terminal(tmp_path))
    waits.ask()
    office.clock.advance(days=1)
    it.sign_in("kythuat")
    it.post(f"{BOOK}/plans", {"room": office.room, "every_months": 3, "first_day": "2026-11-25", "what": ""}).done()
    office.clock.advance(days=3)
    it.sign_in("kythuat")
    waits.ask()
    waits.approve(it, office.seats[1]).done()

    def days() -> dict[str, str]:
        return {key: each["next"] for key, each in it.get(f"{BOOK}/standing").done()["devices"].items()}

    assert days() == {stays: "2026-11-25", waits.terminal.id: "2027-02-27"}
    it.post(f"/api/devices/{stays}/seat", {"seat": office.seats[2]}).done()
    assert set(days().values()) == {"2027-02-27"}


def test_D4_a_room_is_planned_done_in_one_act_and_late_is_said(office: Office, it: Browser, tmp_path: Path) -> None:
    devices = [_in(office, it, tmp_path, at) for at in range(2)]
    office.clock.advance(days=1)
    it.sign_in("kythuat")
    plan = {"room": office.room, "every_months": 3, "first_day": "2026-12-01", "what": "Lau, thử token"}
    number = it.post(f"{BOOK}/plans", plan).done()["number"]
    assert it.post(f"{BOOK}/plans", plan).code == "upkeep-plan-twice"
    told = it.get(f"{BOOK}/standing").done()
    assert {each["standing"] for each in told["devices"].values()} == {"soon"}
    assert (told["soon"], told["due"], told["late"], told["today"]) == (2, 0, 0, "2026-11-24")
    office.clock.advance(days=7)
    it.sign_in("kythuat")
    told = it.get(f"{BOOK}/standing").done()
    assert (told["soon"], told["due"], told["late"]) == (0, 2, 0)
    office.clock.advance(days=1)
    it.sign_in("kythuat")
    assert it.get(f"{BOOK}/standing").done()["late"] == 2
    done = _fault(devices[0], devices=devices, kind="upkeep", day="2026-12-02", found="", done="Đã lau")
    assert it.post(f"{BOOK}/entries", {**done, "done": " "}).status == 400
    assert it.post(f"{BOOK}/entries", {**done, "devices": [devices[0], "d-aaaaaaaaaaaaaaaa"]}).code == "device-unknown"
    assert it.get(BOOK).done()["entries"] == [], "all of them in one commit, or none"
    assert len(it.post(f"{BOOK}/entries", done).done()["numbers"]) == 2
    told = it.get(f"{BOOK}/standing").done()
    assert {each["next"] for each in told["devices"].values()} == {"2027-03-02"}
    it.post(f"{BOOK}/plans/{number}/end").done()
    assert it.post(f"{BOOK}/plans/{number}/end").code == "upkeep-plan-over"
    assert it.get(f"{BOOK}/standing").done()["devices"] == {}


def test_D4_what_cannot_be_is_refused(office: Office, it: Browser, tmp_path: Path) -> None:
    device = _in(office, it, tmp_path, 0)
    waiting = Enrolling(office, Terminal(tmp_path))
    waiting.ask()

    def code(**more: Any) -> str:
        return it.post(f"{BOOK}/entries", _fault(device, **more)).code

    assert code(day="2026-11-24") == "upkeep-day"  # not yet, in Vietnam either
    assert code(closed_on="2026-11-22") == "upkeep-day"
    assert code(devices=["d-aaaaaaaaaaaaaaaa"]) == code(devices=[waiting.terminal.id]) == "device-unknown"
    wrongs: list[dict[str, Any]] = [
        {"devices": []},
        {"day": "23/11/2026"},
        {"day": "1999-01-01"},
        {"found": " "},
        {"kind": "x"},
        {"cost": -1},
        {"feedback": 7, "devices": [device, waiting.terminal.id]},
    ]
    for wrong in wrongs:
        assert it.post(f"{BOOK}/entries", _fault(device, **wrong)).status == 400, wrong
    plan = {"every_months": 3, "first_day": "2026-12-01", "what": ""}
    wrongs = [{}, {"device": device, "room": office.room}, {"device": device, "every_months": 0}]
    for wrong in wrongs:
        assert it.post(f"{BOOK}/plans", {**plan, **wrong}).status == 400, wrong
    assert it.post(f"{BOOK}/plans", {**plan, "room": "r-aaaaaaaaaaaaaaaa"}).status == 404
    ending = {"done": "", "by_whom": "", "closed_on": "2026-11-23", "seen": 1}
    assert it.post(f"{BOOK}/entries/{2**40}/end", ending).code == "upkeep-unknown"
    assert it.post(f"{BOOK}/plans/77/end").code == "upkeep-plan-unknown"
    assert office.sign_in("thuky").get(BOOK).status == office.sign_in("kiemtoan").get(BOOK).status == 403


def test_D4_the_book_is_a_table_that_computes_nothing(office: Office, it: Browser, tmp_path: Path) -> None:
    device = _in(office, it, tmp_path, 0)
    it.post(f"{BOOK}/entries", _fault(device, found="=HYPERLINK(1)", cost=1_200_000)).done()
    head, row = csv.reader(io.StringIO(it.get(f"{BOOK}.csv").raw.get_data().decode("utf-8-sig")))
    line = dict(zip(head, row, strict=True))
    assert (line["Tình trạng, hiện tượng"], line["Ngày xong"], line["Ngày"]) == (
        "'=HYPERLINK(1)",
        "Chưa xong",
        "23/11/2026",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(it.get(f"{BOOK}.xlsx").raw.get_data())).worksheets[0]
    cells = {cell.value: cell.data_type for cell in sheet[2]}
    assert (cells["=HYPERLINK(1)"], cells[1_200_000]) == ("s", "n")


def _told(office: Office, number: int, device: str, seat: str = "") -> None:
    """Somebody told of a fault at a terminal."""
    found = Feedback(number, office.people["daibieu"], "", Said(Kind.FAULT, "Sọc"), START, device=device, seat=seat)
    with office.services.database.begin() as tx:
        SqlFeedbackStore().add(tx, found)


def test_D4_a_fault_told_at_a_seat_is_written_once_and_of_that_seat(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    device, other = _in(office, it, tmp_path, 0), _in(office, it, tmp_path, 1)
    _told(office, 7, device, office.seats[0])
    _told(office, 8, device)
    it.post(f"/api/devices/{device}/seat", {"seat": office.seats[2]}).done()
    first = it.post(f"{BOOK}/entries", _fault(device, feedback=7)).done()
    assert office.sign_in("kythuat").post(f"{BOOK}/entries", _fault(device, feedback=7)).done() == first
    # In other words nothing is lost, and nothing written over: who asks is shown what stands there.
    other_words = it.post(f"{BOOK}/entries", _fault(device, feedback=7, found="Màn hình vỡ"))
    assert (other_words.code, other_words.data["entry"]["found"]) == ("upkeep-told", "Màn hình sọc")
    [entry] = it.get(BOOK).done()["entries"]
    assert (entry["source"], entry["by_name"]) == ("feedback:7", "kythuat (demo)")
    assert (entry["seat"], entry["seat_label"], entry["room"]) == (office.seats[0], "A1", office.room)
    # One of before seats were written down: where the terminal is now.
    it.post(f"{BOOK}/entries", _fault(device, feedback=8)).done()
    assert {each["seat"] for each in it.get(BOOK).done()["entries"]} == {office.seats[0], office.seats[2]}
    for wrong in (_fault(other, feedback=7), _fault(device, feedback=9)):
        assert it.post(f"{BOOK}/entries", wrong).code == "feedback-unknown"


def test_D4_a_plan_names_its_room_also_before_a_terminal_stands_there(office: Office, it: Browser) -> None:
    seats = [{"label": "B1", "x": 100, "y": 100}]
    room = it.post("/api/rooms", {"name": "Phòng trống", "seats": seats}).done()["id"]
    it.post(f"{BOOK}/plans", {"room": room, "every_months": 6, "first_day": "2026-12-01", "what": ""}).done()
    [plan] = it.get(BOOK).done()["plans"]
    assert (plan["room"], plan["room_name"]) == (room, "Phòng trống")
