"""Terminals let in by a list: what is seen of it, what a serial and a code are worth, and what goes wrong (D1)."""

from __future__ import annotations

import base64
import csv
import dataclasses
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from edge.enrol.client import shown
from firmware_scripts import codes
from server.enrolment import model
from server.enrolment.service import SAMPLE_ROOM
from server.enrolment.store import SqlPromiseStore
from server.identity.passwords import MadePasswords
from server.roster import sheets
from server.roster.errors import RosterEmpty, RosterHeadless, RosterTooLong
from tests.support.devices import Terminal
from tests.support.fleet import ENROL, Enrolling
from tests.support.office import Browser, Office, fresh_id
from wire.secret import Secret

HEAD = ["Số hiệu", "Mã một lần", "Phòng", "Chỗ ngồi"]
CODES = ["K7QF-2M3X-A5BD-9WZT", "P4RV-8CHN-JY6E-3GSU", "D2LB-7XKQ-T9MA-5FWC"]
LIST = "/api/devices/list"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "server")


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


def _csv(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows([HEAD, *rows])
    return base64.b64encode(target.getvalue().encode("utf-8-sig")).decode()


def _labels(office: Office) -> list[str]:
    return [seat.label for seat in office.services.rooms.room(office.room).seats]


def _good(office: Office, *, first: str = "PH-0001") -> list[list[str]]:
    """A row for each of the room's three seats."""
    labels = _labels(office)
    serials = [first, "PH-0002", "PH-0003"]
    return [[serials[at], CODES[at], "phòng  THỬ", labels[at]] for at in range(3)]


def _put(office: Office, *, days: int = 14) -> None:
    """The rows of the room's three seats, as they are once they are taken."""
    store, now, hashes = SqlPromiseStore(), office.clock.now(), MadePasswords()
    until, by = now + dt.timedelta(days=days), f"person:{office.people['kythuat']}"
    with office.services.database.begin() as tx:
        first = store.newest(tx) + 1
        rows = [
            model.Promise(
                first + at,
                serial,
                hashes.hash(Secret(code.encode())),
                office.seats[at],
                label,
                room,
                by,
                "IT",
                now,
                until,
            )
            for at, (serial, code, room, label) in enumerate(_good(office))
        ]
        store.add(tx, rows)


def _ask(office: Office, terminal: Terminal, serial: str, code: str = "") -> TestResponse:
    headers = shown(serial, Secret(code.encode())) if code else {}
    return office.app.test_client().post(ENROL, data=terminal.request(serial), headers=headers)


def _row(it: Browser, serial: str = "PH-0001") -> dict[str, Any]:
    [found] = [each for each in it.get(LIST).done()["rows"] if each["serial"] == serial]
    return dict(found)


def _kinds(office: Office) -> list[str]:
    page = office.sign_in("kiemtoan").post("/api/record/entries", {"log": "house"}).done()
    return [each["kind"] for each in page["entries"]]


def test_W192_serial_and_code_of_a_list_let_a_machine_in_at_once_and_only_once(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    _put(office)
    assert {each["state"] for each in it.get(LIST).done()["rows"]} == {"waiting"}
    seat = Terminal(tmp_path)
    assert _ask(office, seat, "PH-0001", CODES[0]).status_code == 200
    [device] = it.get("/api/devices").done()["devices"]
    assert (device["state"], device["seat"]) == ("approved", office.seats[0])
    row = _row(it)
    assert (row["state"], row["device"]) == ("used", seat.id)
    assert Enrolling(office, seat).certificate().serial_number  # with and without the code from now on
    entries = office.sign_in("kiemtoan").post("/api/record/entries", {"log": "house", "kind": "device_approved"})
    [entry] = entries.done()["entries"]
    assert (entry["actor"], entry["data"]["list_row"]) == (f"person:{office.people['kythuat']}", row["number"])

    copied = Terminal(tmp_path)
    assert [_ask(office, copied, "PH-0001", CODES[0]).status_code for _ in range(3)] == [202] * 3
    assert _row(it)["other"] == copied.id
    assert it.get(f"{LIST}/attention").done() == {"rows": 1}
    assert _kinds(office).count("enrolment_serial_again") == 1
    it.post(f"{LIST}/{row['number']}/settle").done()
    assert _ask(office, copied, "PH-0001", CODES[0]).status_code == 202
    assert _row(it)["other"] is None


def test_W192_anything_else_waits_for_the_digits(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office)
    asked = [("PH-0001", ""), ("PH-0002", CODES[0]), ("PH-0009", CODES[0]), ("", ""), ("PH-0001", CODES[0].lower())]
    for serial, code in asked:
        assert _ask(office, Terminal(tmp_path), serial, code).status_code == 202, (serial, code)
    assert {each["state"] for each in it.get(LIST).done()["rows"]} == {"waiting"}


def test_rubbish_in_the_header_is_as_nothing(office: Office, it: Browser, tmp_path: Path) -> None:
    def basic(text: bytes) -> str:
        return f"Basic {base64.b64encode(text).decode()}"

    _put(office)
    body = Terminal(tmp_path).request("PH-0001")
    for header in (
        "Basic", "Basic !!!", "Basic ====", "Bearer abc", "Basic " + "A" * 4000, basic(b"PH-0001"), basic(b"PH-0001:"),
        basic(b"PH-0002:" + CODES[1].encode()), basic(b"\xff:\xff"),
    ):  # fmt: skip
        answer = office.app.test_client().post(ENROL, data=body, headers={"Authorization": header})
        assert (answer.status_code, _row(it)["wrong"]) == (202, 0), header


def test_guesses_are_counted_once_each_and_the_fifth_locks_the_row(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office)
    thief, seat = Terminal(tmp_path), Terminal(tmp_path)
    for _ in range(3):
        assert _ask(office, thief, "PH-0001", "AAAA-BBBB-CCCC-0000").status_code == 202
    assert _row(it)["wrong"] == 1
    for guess in range(1, 5):
        _ask(office, thief, "PH-0001", f"AAAA-BBBB-CCCC-000{guess}")
    assert (_row(it)["wrong"], _row(it)["state"]) == (5, "locked")
    assert _kinds(office).count("enrolment_row_locked") == 1
    assert _ask(office, seat, "PH-0001", CODES[0]).status_code == 202
    assert _ask(office, Terminal(tmp_path), "PH-0002", CODES[1]).status_code == 200


def test_guesses_count_while_the_list_of_those_who_wait_is_full(office: Office, it: Browser, tmp_path: Path) -> None:
    office.services.fleet.max_pending = 0
    _put(office)
    assert _ask(office, Terminal(tmp_path), "PH-0001", "AAAA-BBBB-CCCC-0000").status_code == 429
    assert _row(it)["wrong"] == 1
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 200


def test_a_code_ends_after_its_days(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office, days=2)
    office.clock.advance(days=2)
    it.sign_in("kythuat")
    assert _row(it)["state"] == "expired"
    assert it.get(f"{LIST}/attention").done() == {"rows": 0}
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 202
    _put(office)  # the same again, for another fortnight
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 200


def test_a_row_is_taken_back_and_what_is_over_stays(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office)
    first, second = _row(it), _row(it, "PH-0002")
    it.post(f"{LIST}/{first['number']}/take-back").done()
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 202
    _ask(office, Terminal(tmp_path), "PH-0002", CODES[1])
    assert it.post(f"{LIST}/{second['number']}/take-back").code == "enrolment-row-over"
    assert it.post(f"{LIST}/999/take-back").code == "enrolment-row-unknown"
    assert it.post(f"{LIST}/{2**40}/settle").code == "enrolment-row-unknown"


def test_a_seat_that_was_taken_meanwhile_has_the_machine_wait(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office)
    other = Enrolling(office, Terminal(tmp_path))
    other.ask()
    other.approve(it, office.seats[0]).done()
    assert _row(it)["seat_taken"] is True
    assert it.get(f"{LIST}/attention").done() == {"rows": 1}
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 202
    assert _row(it)["state"] == "waiting"


def test_a_serial_that_is_in_by_its_digits_lets_no_second_one_in(office: Office, it: Browser, tmp_path: Path) -> None:
    _put(office)
    first = Enrolling(office, Terminal(tmp_path))
    first.ask(serial="PH-0001")
    first.approve(it, office.seats[2]).done()
    second = Terminal(tmp_path)
    assert _ask(office, second, "PH-0001", CODES[0]).status_code == 202
    assert _row(it)["other"] == second.id


def test_W192_a_code_ends_with_the_digits_and_lets_nobody_in_after_a_revocation(
    office: Office, it: Browser, tmp_path: Path
) -> None:
    _put(office)
    seat = Enrolling(office, Terminal(tmp_path))
    seat.ask(serial="PH-0001")
    seat.approve(it, office.seats[0]).done()
    assert (_row(it)["state"], _row(it)["device"]) == ("used", seat.terminal.id)
    it.post(f"/api/devices/{seat.terminal.id}/revoke", {"reason": "mất"}).done()
    stolen = Terminal(tmp_path)  # the store was made anew, the card still says serial and code
    assert _ask(office, stolen, "PH-0001", CODES[0]).status_code == 202
    states = {each["id"]: each["state"] for each in it.get("/api/devices").done()["devices"]}
    assert states[stolen.id] == "pending"


def test_a_revocation_takes_back_what_a_list_still_promises(office: Office, it: Browser, tmp_path: Path) -> None:
    seat = Enrolling(office, Terminal(tmp_path))
    seat.ask(serial="PH-0001")
    seat.approve(it, office.seats[0]).done()
    _put(office)
    it.post(f"/api/devices/{seat.terminal.id}/revoke", {"reason": "mất"}).done()
    assert (_row(it)["state"], _row(it, "PH-0002")["state"]) == ("taken_back", "waiting")
    assert "enrolment_row_taken_back" in _kinds(office)
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 202


def test_who_waited_before_is_known_by_the_serial_that_let_it_in(office: Office, it: Browser, tmp_path: Path) -> None:
    seat = Terminal(tmp_path)
    assert _ask(office, seat, "").status_code == 202
    _put(office)
    assert _ask(office, seat, "PH-0001", CODES[0]).status_code == 200
    [device] = it.get("/api/devices").done()["devices"]
    assert (device["state"], device["serial"]) == ("approved", "PH-0001")
    looked = it.post(f"{LIST}/look", {"file": _csv(_good(office)[:1])}).done()
    assert {each["code"] for each in looked["rows"][0]["faults"]} == {"serial-enrolled", "seat-taken"}


def test_who_was_turned_away_is_not_let_in_by_a_list(office: Office, it: Browser, tmp_path: Path) -> None:
    seat = Enrolling(office, Terminal(tmp_path))
    seat.ask(serial="PH-0001")
    it.post(f"/api/devices/{seat.terminal.id}/refuse", {"reason": "lạ"}).done()
    _put(office)
    assert _ask(office, seat.terminal, "PH-0001", CODES[0]).status_code == 403


HOUSE = model.House(
    seats=[model.Seat(f"s-{at}", f"A{at}", "Phòng thử") for at in range(4)] + [model.Seat("s-x", "A1", "Đôi")] * 2,
    taken={"s-2": "PH-0100"},
    promised=frozenset({"s-3"}),
    awaited=frozenset({"PH-0200"}),
    serials={"PH-0100": "A2"},
)


def _faults(rows: list[list[str]]) -> list[set[str]]:
    judged = model.judge(model.rows_of([(1, HEAD), *enumerate(rows, 2)]), HOUSE)
    return [{f"{each.column}:{each.code}" for each in row.faults} for row in judged]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["", CODES[0], "Phòng thử", "A0"], "serial:missing"),
        (["PH:1", CODES[0], "Phòng thử", "A0"], "serial:serial-wrong"),
        (["PH-0100", CODES[0], "Phòng thử", "A0"], "serial:serial-enrolled"),
        (["PH-0200", CODES[0], "Phòng thử", "A0"], "serial:serial-waits"),
        (["PH-1", "", "Phòng thử", "A0"], "code:missing"),
        (["PH-1", "K7QF-2M3X", "Phòng thử", "A0"], "code:code-short"),
        (["PH-1", "A" * 20, "Phòng thử", "A0"], "code:code-weak"),
        (["PH-20260001", "PH20260001PH20260001", "Phòng thử", "A0"], "code:code-weak"),
        (["PH-1", "mật khẩu rất dài", "Phòng thử", "A0"], "code:code-wrong"),
        (["PH-1", "K7QF2M3X" * 9, "Phòng thử", "A0"], "code:code-wrong"),
        (["PH-1", CODES[0], "Phòng khác", "A0"], "room:room-unknown"),
        (["PH-1", CODES[0], "Phòng thử", "Z9"], "seat:seat-unknown"),
        (["PH-1", CODES[0], "Đôi", "A1"], "seat:seat-unknown"),
        (["PH-1", CODES[0], "Phòng thử", "A2"], "seat:seat-taken"),
        (["PH-1", CODES[0], "Phòng thử", "A3"], "seat:seat-promised"),
        (["PH-1", CODES[0], "", "A0"], "room:missing"),
        (["PH-1", CODES[0], "Phòng thử", ""], "seat:missing"),
        (["=1+1", CODES[0], "Phòng thử", "A0"], "serial:formula"),
        (["PH\u200b1", CODES[0], "Phòng thử", "A0"], "serial:characters"),
    ],
)
def test_every_wrong_cell_is_told(row: list[str], fault: str) -> None:
    assert _faults([row]) == [{fault}]


def test_what_stands_twice_is_taken_in_neither_row_and_the_others_are() -> None:
    room, code = "phòng  THỬ", CODES[0]
    twice = [["PH-1", code, room, "a0"], ["ph-1", code, room, "A0"], ["PH-2", CODES[1], room, "A1"]]
    assert _faults(twice) == [{"serial:serial-twice", "code:code-twice", "seat:seat-twice"}] * 2 + [set()]


def test_a_list_is_taken_as_it_was_seen_once_by_it_alone_and_no_code_is_told_or_kept(
    office: Office, it: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    file = _csv(_good(office))
    looked = it.post(f"{LIST}/look", {"file": file})
    body, act = {"file": file, "seen": looked.done()["seen"], "days": 14}, fresh_id("a")
    first = it.post(f"{LIST}/take", body, act=act)
    assert it.post(f"{LIST}/take", body, act=act).done() == first.done() == {"taken": 3}
    listed = it.get(LIST)
    assert [each["by_name"] for each in listed.done()["rows"]] == ["kythuat (demo)"] * 3
    assert it.post(f"{LIST}/take", body).code == "enrolment-changed"
    for days in (0, 61, "x"):
        assert it.post(f"{LIST}/take", {**body, "days": days}).status == 400
    assert office.sign_in("thuky").get(LIST).status == office.sign_in("kiemtoan").get(LIST).status == 403
    assert _ask(office, Terminal(tmp_path), "PH-0001", CODES[0]).status_code == 200

    told = [reply.raw.get_data() for reply in (looked, first, listed)]
    database = b"".join(path.read_bytes() for path in (tmp_path / "server").glob("phonghop.db*"))
    for code in CODES:
        assert all(code.encode() not in each for each in (*told, database))
        assert code not in caplog.text
        assert code not in repr(model.Row(2, {model.Column.CODE: code}))


def test_the_newest_list_stands_first_and_its_rows_as_in_the_file(office: Office, it: Browser) -> None:
    _put(office)
    office.clock.advance(minutes=1)
    _put(office)
    rows = [(each["at"], each["serial"]) for each in it.get(LIST).done()["rows"]]
    assert [serial for _, serial in rows] == ["PH-0001", "PH-0002", "PH-0003"] * 2
    assert rows[0][0] > rows[3][0]


def test_a_list_needs_its_head_and_has_an_end() -> None:
    with pytest.raises(RosterHeadless):
        model.rows_of([(1, ["Số hiệu", "Phòng", "Chỗ"]), (2, ["PH-1", "Lớn", "A1"])])
    for nothing in ([], [(1, HEAD)], [(1, HEAD), (2, ["", " ", "", "", "ghi chú"])]):
        with pytest.raises(RosterEmpty):
            model.rows_of(nothing)
    with pytest.raises(RosterTooLong):
        model.rows_of([(1, HEAD), *((at, ["PH"]) for at in range(2, model.MOST_ROWS + 3))])


def test_what_provisioning_and_spreadsheets_write_is_read(it: Browser, tmp_path: Path) -> None:
    listed = tmp_path / "ds.csv"
    listed.write_bytes(it.get(f"{LIST}/template").raw.get_data())
    found = codes.read(listed)
    seeds = iter((b"abcdefghij", b"9876501234"))
    assert found.make_codes(lambda _: next(seeds)) == 2
    found.write()
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in found.rows:
        book.worksheets[0].append(row)
    book.save(target)
    rows = [model.rows_of(sheets.read(data)) for data in (listed.read_bytes(), target.getvalue())]
    assert [dict(row.cells) for row in rows[0]] == [dict(row.cells) for row in rows[1]]
    house = dataclasses.replace(
        HOUSE, seats=[model.Seat(f"s-{at}", f"A{at}", SAMPLE_ROOM) for at in range(3)], taken={}
    )
    assert [each.faults for each in model.judge(rows[0], house)] == [(), ()]
    rooms = it.get("/api/rooms").done()["rooms"]
    assert SAMPLE_ROOM not in {each["name"] for each in rooms}
    assert model.HEADS[model.Column.SERIAL] == codes.SERIAL
    assert (model.HEADS[model.Column.CODE], model.MOST_ROWS) == (codes.CODE, codes.MOST_ROWS)
