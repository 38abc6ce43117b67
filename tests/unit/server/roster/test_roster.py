"""A list of accounts, brought by an administrator: what is seen, what is taken, and what goes wrong in many ways."""

from __future__ import annotations

import base64
import csv
import io
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from server.roster import sheets
from server.roster.errors import (
    RosterBroken,
    RosterEmpty,
    RosterEncoding,
    RosterHeadless,
    RosterOldFormat,
    RosterRefused,
    RosterTooLong,
)
from server.roster.model import rows_of
from tests.support.office import Browser, Office, Reply, fresh_id

HEAD = ["Họ và tên", "Tên đăng nhập", "Chức vụ", "Đơn vị", "Vai trò"]
SEED = base64.b64encode(bytes(range(32))).decode()
#: Every kind of wrong row: name, user name, position, unit, roles → the code of what is wrong. Thirty-seven of them,
#: with the two pairs of one user name.
WRONG: list[tuple[list[str], str]] = [
    (["", "sai01", "", "P1", ""], "missing"),
    (["   ", "sai02", "", "P1", ""], "missing"),
    (["Lê A (demo)", "", "", "P1", ""], "missing"),
    (["Lê A (demo)", "x", "", "P1", ""], "username-wrong"),
    (["Lê A (demo)", "có dấu cách", "", "P1", ""], "username-wrong"),
    (["Lê A (demo)", "a" * 61, "", "P1", ""], "username-wrong"),
    (["Lê A (demo)", "a/b", "", "P1", ""], "username-wrong"),
    (["Lê A (demo)", "a;b", "", "P1", ""], "username-wrong"),
    (["x" * 201, "sai09", "", "P1", ""], "too-long"),
    (["Lê A (demo)", "sai10", "x" * 201, "P1", ""], "too-long"),
    (["Lê\u200bA (demo)", "sai11", "", "P1", ""], "characters"),
    (["Lê \u202eA (demo)", "sai12", "", "P1", ""], "characters"),
    (["Lê A (demo)", "sai13", "Kiểm\u0007sát", "P1", ""], "characters"),
    (["Lê A (demo)", "sai14", "", "P\u00ad1", ""], "characters"),
    (["=HYPERLINK(1)", "sai15", "", "P1", ""], "formula"),
    (["Lê A (demo)", "sai16", "=1+1", "P1", ""], "formula"),
    (["Lê A (demo)", "sai17", "", " =A1", ""], "formula"),
    (["Lê A (demo)", "sai18", "", "P9", ""], "unit-unknown"),
    (["Lê A (demo)", "sai19", "", "Vụ 3 / Phòng 1", ""], "unit-unknown"),
    (["Lê A (demo)", "sai20", "", "Phòng 1", ""], "unit-unknown"),
    (["Lê A (demo)", "sai21", "", "Phòng đã đóng", ""], "unit-unknown"),
    (["Lê A (demo)", "sai22", "", "P1", "Giám đốc"], "role-unknown"),
    (["Lê A (demo)", "sai23", "", "P1", "Thư ký, Vua"], "role-unknown"),
    (["Lê A (demo)", "sai24", "", "P1", "Quản trị hệ thống, Kiểm toán viên"], "roles-conflict"),
    (["Lê A (demo)", "sai25", "", "P1", "Quản trị an ninh; quản trị hệ thống"], "roles-conflict"),
    (["Lê A (demo)", "sai26", "", "P1", "Quản trị hệ thống"], "not-theirs-to-grant"),
    (["Lê A (demo)", "sai27", "", "P1", "kiểm toán viên"], "not-theirs-to-grant"),
    (["Lê A (demo)", "sai28", "", "P1", "Thư ký, Quản trị an ninh"], "not-theirs-to-grant"),
    (["Lê A (demo)", "thuky", "", "P1", ""], "taken"),
    (["Lê A (demo)", "THUKY2", "", "P1", ""], "twice"),
    (["Lê B (demo)", "thuky2", "", "P1", ""], "twice"),
    (["Lê A (demo)", "Đôi", "", "P1", ""], "twice"),
    (["Lê B (demo)", unicodedata.normalize("NFD", "đôi"), "", "P1", ""], "twice"),
    (["khach (demo)", "khach", "", "P1", ""], "disabled"),
    (["hethong (demo)", "hethong", "", "P1", "Thư ký"], "administrators-stay"),
    (["daibieu (demo)", "daibieu", "", "P1", "Kiểm toán viên"], "administrators-stay"),
    (["\u200f", "sai37", "", "P1", ""], "characters"),
]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    admin = office.sign_in("hethong")
    for code, name, above in (
        ("V1", "Vụ 1", None),
        ("V2", "Vụ 2", None),
        ("P1", "Phòng 1", "V1"),
        ("V2P1", "Phòng 1", "V2"),
        ("PX", "Phòng đã đóng", "V2"),
    ):
        known = {each["code"]: each["id"] for each in admin.get("/api/units").body["units"]}
        admin.post("/api/units", {"code": code, "name": name, "parent": known.get(above or "")}).done()
        if code == "PX":
            unit = next(each for each in admin.get("/api/units").body["units"] if each["code"] == "PX")
            admin.post(f"/api/units/{unit['id']}/close", {"revision": 1}).done()
    admin.post(f"/api/people/{office.people['khach']}/disable").done()
    return office


def _csv(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows([HEAD, *rows])
    return target.getvalue().encode(encoding)


def _xlsx(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in [HEAD, *rows]:
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _look(admin: Browser, data: bytes) -> dict[str, Any]:
    return admin.post("/api/people/list/look", {"file": _text(data)}).done()


def _take(admin: Browser, data: bytes, seen: str, *, act: str | None = None, seed: str = SEED) -> Reply:
    return admin.post("/api/people/list/take", {"file": _text(data), "seen": seen, "seed": seed}, act=act)


def _good(count: int) -> list[list[str]]:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ánh Tuyết")
    units = ("P1", "Vụ 2 / Phòng 1", "V2P1", unicodedata.normalize("NFD", "Vụ 1"), "")
    return [
        [f"{name} {n} (demo)", f"nguoi{n:04}", "Kiểm sát viên", units[n % 5], ("", "Thư ký")[n % 50 == 0]]
        for n in range(count)
    ]


def test_two_thousand_people_with_thirty_seven_wrong_rows(office: Office) -> None:
    admin, before = office.sign_in("hethong"), len(office.services.identity.people())
    assert len(WRONG) == 37
    rows = _good(2000 - len(WRONG))
    for n, (wrong, _) in enumerate(WRONG):
        rows.insert(n * 53, wrong)
    data = _csv(rows)
    found = _look(admin, data)
    assert found["counts"] == {"new": 1963, "unchanged": 0, "changed": 0, "wrong": 37}
    faulty = {each["row"]: each for each in found["rows"] if each["kind"] == "wrong"}
    for n, (cells, code) in enumerate(WRONG):
        faults = faulty[n * 53 + 2]["faults"]
        assert [each["code"] for each in faults] == [code], (cells, faults)
    cell = faulty[17 * 53 + 2]["faults"][0]
    assert (cell["cell"], cell["data"]) == (f"D{17 * 53 + 2}", {"unit": "P9"})
    assert len(list(csv.reader(io.StringIO(found["wrong_file"])))) == 38
    assert len(office.services.identity.people()) == before, "looking writes nothing"

    act = fresh_id("a")
    taken = _take(admin, data, found["seen"], act=act).done()
    assert taken["counts"] == found["counts"]
    people = {each.username: each for each in office.services.identity.people()}
    assert len(people) == before + 1963
    assert people["nguoi0001"].name == "Nguyễn Thị Ánh Tuyết 1 (demo)", "in NFC"
    assert people["nguoi0001"].unit == "Phòng 1"
    assert len({each["password"] for each in taken["passwords"]}) == 1963
    given = next(each for each in taken["passwords"] if each["username"] == "nguoi0001")
    office.browser().sign_in("nguoi0001", given["password"]).done()
    assert office.browser().sign_in("nguoi0001", given["password"][:-1] + "?").code == "bad-credentials"
    assert _take(admin, data, found["seen"], act=act).done() == taken, "an answer that was lost comes again"
    assert _take(admin, data, found["seen"]).code == "roster-changed"
    again = _look(admin, data)["counts"]
    assert (again["new"], again["unchanged"]) == (0, 1963)
    with office.services.database.read() as tx:
        written = str([one.data for one in office.services.audit.store.all(tx)])
        written += str(tx.exec_driver_sql("SELECT answer FROM acts").all())
    assert not any(each["password"] in written for each in taken["passwords"]), "no password is kept"
    assert SEED not in written


def test_a_workbook_changes_what_is_there_and_leaves_what_is_empty(office: Office) -> None:
    admin = office.sign_in("hethong")
    rows: list[list[Any]] = [
        ["daibieu (demo)", "DaiBieu", "Phó Viện trưởng", "V2P1", ""],
        ["chutri (demo)", "chutri", "", "", ""],
        [12.0, "so12", None, "P1", None],
    ]
    data = _xlsx(rows)
    found = _look(admin, data)
    told = [(each["kind"], each["before"]) for each in found["rows"]]
    assert told == [("changed", {"position": "", "unit": ""}), ("unchanged", {}), ("new", {})]
    assert [each["username"] for each in _take(admin, data, found["seen"]).done()["passwords"]] == ["so12"]
    account = office.services.identity.person(office.people["daibieu"])
    assert (account.position, account.unit, account.roles) == ("Phó Viện trưởng", "Phòng 1", frozenset())
    (changed,) = office.services.audit.newest("account_changed", limit=5)
    assert changed.data["was"] == {"position": "", "unit": ""}
    assert changed.data["now_is"] == {"position": "Phó Viện trưởng", "unit": "Phòng 1"}


def test_what_was_seen_is_what_is_taken_or_nothing(office: Office) -> None:
    admin, data = office.sign_in("hethong"), _csv([["Lê A (demo)", "moi", "", "P1", ""]])
    found = _look(admin, data)
    unit = next(each for each in admin.get("/api/units").body["units"] if each["code"] == "P1")
    admin.post(f"/api/units/{unit['id']}/close", {"revision": 1}).done()
    assert _take(admin, data, found["seen"]).code == "roster-changed"
    assert "moi" not in {each.username for each in office.services.identity.people()}
    for name in ("thuky", "kythuat", "kiemtoan", "daibieu"):
        assert office.sign_in(name).post("/api/people/list/look", {"file": _text(data)}).code == "not-allowed"


def test_administrators_are_made_by_the_security_administrator_alone(office: Office) -> None:
    data = _csv([["Lê A (demo)", "moi", "", "", "Kiểm toán viên"]], delimiter=";")
    assert _look(office.sign_in("hethong"), data)["counts"]["wrong"] == 1
    security = office.sign_in("anninh")
    _take(security, data, _look(security, data)["seen"]).done()
    assert office.services.identity.named("moi").roles == {"auditor"}


def test_I5_a_list_changes_no_role_of_ones_own_or_of_another_administrator(office: Office) -> None:
    rows = [
        ["hethong (demo)", "hethong", "", "", "Quản trị hệ thống, Thư ký"],
        ["anninh (demo)", "anninh", "", "", "Quản trị an ninh, Thư ký"],
        ["kiemtoan (demo)", "kiemtoan", "", "", "Kiểm toán viên; Văn thư"],
        ["hethong (demo)", "hethong", "", "", "Quản trị hệ thống"],
        ["khach (demo)", "daibieu", "", "", "Thư ký"],
    ]
    codes = []
    for row in rows:
        (found,) = _look(office.sign_in("hethong"), _csv([row]))["rows"]
        codes.append([each["code"] for each in found["faults"]] or found["kind"])
    assert codes == [["own-roles"], ["administrators-roles"], ["administrators-roles"], "unchanged", ["taken"]]


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MAX_UNPACKED + 1))
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", RosterEmpty),
        (b"PK\x03\x04 no zip", RosterBroken),
        (_bomb(), RosterBroken),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), RosterOldFormat),
        ("Họ và tên,Tên đăng nhập\nLê A,a".encode("utf-8-sig") + b"\xea", RosterEncoding),
        (b"\x89PNG\r\n\x1a\n\x00\x00", RosterEncoding),
        ("Họ và tên,Tên đăng nhập\n,\n".encode(), RosterEmpty),
        ("Họ và tên,Chức vụ\nLê A,x".encode(), RosterHeadless),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, refusal: type[RosterRefused]) -> None:
    with pytest.raises(refusal):
        rows_of(sheets.read(data))


def test_a_refusal_comes_out_of_the_reading_process_in_words(office: Office) -> None:
    admin = office.sign_in("hethong")
    refused = admin.post("/api/people/list/look", {"file": _text(b"PK\x03\x04 no zip")})
    assert (refused.status, refused.code) == (422, "roster-broken")
    headless = admin.post("/api/people/list/look", {"file": _text("Họ tên,Chức vụ\nLê A,x".encode())})
    assert (headless.code, headless.data) == ("roster-headless", {"missing": "Tên đăng nhập"})


def test_a_sheet_is_read_as_text_and_no_longer_than_a_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A3"], sheet["B3"] = "x", "=1+1", 5.0
    file = tmp_path / "x.xlsx"
    book.save(file)
    assert [(n, cells[:2]) for n, cells in sheets.read(file.read_bytes())] == [(1, ["x", ""]), (3, ["=1+1", "5"])]
    assert sheets.read("a;b\n\n1;2".encode("utf-16")) == [(1, ["a", "b"]), (3, ["1", "2"])]
    with pytest.raises(RosterTooLong):
        sheets.read(b"a\n" * 6000)
    with pytest.raises(RosterBroken):
        sheets.read(b"a,b\n\0,c")


def test_formulas_of_every_kind_are_formulas_each_time_that_they_are_read(office: Office) -> None:
    array = ArrayFormula("A2:A2", '="Lê A (demo)"')
    data = _xlsx([[array, "mang", "", "", ""], ["Lê B (demo)", "bang", DataTableFormula("C3"), "", ""]])
    admin = office.sign_in("hethong")
    first, again = _look(admin, data), _look(admin, data)
    assert [each["faults"][0]["code"] for each in first["rows"]] == ["formula", "formula"]
    assert [each["cells"]["name"] for each in first["rows"]] == ['="Lê A (demo)"', "Lê B (demo)"]
    assert first["seen"] == again["seen"]


def test_the_template_is_a_list_that_can_be_taken(office: Office) -> None:
    admin = office.sign_in("hethong")
    template = admin.client.get("/api/people/list/template").data
    found = _look(admin, template)
    assert [each["faults"][0]["code"] if each["faults"] else each["kind"] for each in found["rows"]] == [
        "unit-unknown",
        "new",
    ]
