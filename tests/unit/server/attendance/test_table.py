"""The attendance sheet for spreadsheets (A1)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from server.spreadsheets import harmless
from tests.support.office import Office


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_A1_a_cell_that_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


def test_A1_the_table_has_times_reasons_and_the_minutes_of_every_item(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}", office.sign_in("thuky")
    chair, member = office.people["chutri"], office.people["daibieu"]
    items = [each["item"] for each in secretary.get(path).body["sections"]["agenda"]]
    secretary.post(f"{path}/attendance", {"people": [chair, member], "presence": "present"}).done()
    evil = {"people": [office.people["khach"]], "presence": "excused", "reason": "=cmd|'/c calc'!A1"}
    secretary.post(f"{path}/attendance", evil).done()
    office.sign_in("chutri").post(f"{path}/items/{items[0]}/start").done()
    office.clock.advance(minutes=4)
    secretary.post(f"{path}/attendance", {"people": [member], "presence": "left", "reason": "họp khác"}).done()
    office.clock.advance(minutes=6)
    office.sign_in("chutri").post(f"{path}/items/{items[1]}/start").done()
    leaving = {"item": items[1], "person": chair, "reason": "x"}
    assert secretary.post(f"{path}/attendance/recusals", leaving).code == "cannot-leave-item"
    secretary.post(f"{path}/attendance/recusals", {**leaving, "person": member}).done()
    office.clock.advance(minutes=1)
    reply = secretary.get(f"{path}/attendance/sheet.csv")
    assert reply.raw.mimetype == "text/csv"
    assert reply.raw.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(reply.raw.data.decode("utf-8-sig"))))
    assert rows[0][-2:] == ["Nội dung 1: Một (phút có mặt/10)", "Nội dung 2: Hai (phút có mặt/1)"]
    by_name = {row[1]: row for row in rows[1:]}
    assert by_name["chutri (demo)"][7:10] == ["Có mặt", "08:00 23/11/2026", ""]
    assert by_name["chutri (demo)"][-2:] == ["10", "1"]
    assert by_name["daibieu (demo)"][7:10] == ["Rời đi", "08:00 23/11/2026", "08:04 23/11/2026"]
    assert by_name["daibieu (demo)"][10].endswith("08:04 23/11/2026 Rời đi (ghi ở bàn điều hành): họp khác")
    assert by_name["daibieu (demo)"][-2:] == ["4", "tránh tham gia"]
    assert "=cmd" in by_name["khach (demo)"][10]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert office.sign_in("daibieu").get(f"{path}/attendance/sheet.csv").code == "not-allowed"
