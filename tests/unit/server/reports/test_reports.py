"""Reports through HTTP: who reads what, what is kept, what leads where, and files that compute nothing (RP2, RP3)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select, update

from server.reports.figures import figures_of
from server.reports.keeping import Keeper
from server.reports.model import VERSION, Figures
from server.reports.store import FIGURES
from tests.support import pdfs
from tests.support.office import Browser, Office, Reply
from tests.support.papers import items_of, published
from tests.support.poll import until
from tests.unit.server.agency.test_agency import AGENCY
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

NOVEMBER = "from=2026-11-01&to=2026-11-30"
_RULE = {"base": "present", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass
class House:
    """An office with units: one at the top, one below it that daibieu heads, and khach is in."""

    office: Office
    units: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        admin, people = self.at("hethong"), self.office.people
        top = admin.post("/api/units", {"code": "VKS", "name": "Viện (demo)", "head": people["kythuat"]}).done()["id"]
        for code, head in (("V1", "daibieu"), ("V2", None)):
            body = {"code": code, "name": f"=Vụ {code[1]}", "parent": top, **({"head": people[head]} if head else {})}
            self.units[code] = admin.post("/api/units", body).done()["id"]
        for name, code in (("daibieu", "V1"), ("khach", "V1"), ("chutri", "V2")):
            admin.post(f"/api/people/{people[name]}/unit", {"unit": self.units[code]}).done()

    def at(self, name: str) -> Browser:
        if name not in self.browsers:
            self.browsers[name] = self.office.sign_in(name)
        return self.browsers[name]

    def report(self, name: str = "kiemtoan", more: str = "") -> dict[str, Any]:
        return self.ask(name, more).done()

    def ask(self, name: str, more: str = "") -> Reply:
        return self.at(name).get(f"/api/reports?{NOVEMBER}{more}")

    def held(self) -> str:
        """A meeting of an hour from its opening to its close: a roll, a turn, a vote by hands, a paper of two pages."""
        office, chair, secretary = self.office, self.at("chutri"), self.at("thuky")
        meeting = office.meeting("approved")
        path = f"/api/meetings/{meeting}"
        published(secretary, chair, meeting, pdfs.text_pdf(["Tờ trình (demo)"], pages=2))
        office.clock.advance(minutes=32)
        chair.post(f"{path}/open").done()
        first = items_of(chair, meeting)[0]
        chair.post(f"{path}/items/{first}/start").done()
        people = [office.people[name] for name in ("chutri", "khach")]
        secretary.post(f"{path}/attendance", {"people": people, "presence": "present"}).done()
        absent = {"people": [office.people["daibieu"]], "presence": "excused", "reason": "Đi công tác"}
        secretary.post(f"{path}/attendance", absent).done()
        turn = {"item": first, "kind": "speech", "person": office.people["chutri"]}
        speech = secretary.post(f"{path}/speaking", turn).done()["speech"]
        chair.post(f"{path}/speaking/{speech}/start").done()
        office.clock.advance(minutes=3)
        chair.post(f"{path}/speaking/{speech}/stop").done()
        about = {"item": first, "kind": "hands", "question": "Thông qua (demo)?", "template": "approve", "rule": _RULE}
        vote = chair.post(f"{path}/votes", about).done()["vote"]
        chair.post(f"{path}/votes/{vote}/open").done()
        hands = [{"answer": answer, "count": n} for answer, n in (("for", 1), ("against", 0), ("abstain", 0))]
        secretary.post(f"{path}/votes/{vote}/close", {"hands": hands}).done()
        chair.post(f"{path}/votes/{vote}/announce").done()
        office.clock.advance(minutes=57)
        chair.post(f"{path}/close").done()
        return meeting


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    office = Office(tmp_path, idle_s=99_999)
    yield House(office)
    office.services.close()


def made(house: House, name: str, of: str, more: str = "") -> dict[str, Any]:
    return house.at(name).get(f"/api/reports/meetings?{NOVEMBER}&of={of}{more}").done()


def test_RP3_each_reads_what_they_lead_and_everybody_else_is_refused(house: House) -> None:
    meeting = house.held()
    whole = house.report("kiemtoan")
    told = whole["sums"]
    expected = {
        "held": 1, "on_time": 1, "seconds": 3600, "invited": 2, "present": 1, "excused": 1, "turns": 1, "speech": 1,
        "spent_ms": 180_000, "votes": 1, "by_hands": 1, "came_passed": 1, "papers": 1, "pages": 2, "copies": 2,
        "unprinted": 4, "sheets": 2,
    }  # fmt: skip
    assert {name: n for name, n in told.items() if n} == expected
    assert (whole["house"], whole["partly"], whole["pending"]) == (True, 0, 0)
    # The secretary prepares the meetings of the house, who heads the one unit at the top leads it.
    assert house.report("thuky")["sums"] == house.report("kythuat")["sums"] == told
    assert house.report("chutri")["sums"] == told
    assert house.report("chutri")["house"] is False
    of_unit = house.report("daibieu")
    assert {name: n for name, n in of_unit["sums"].items() if n} == {
        "held": 1, "on_time": 1, "seconds": 3600, "invited": 1, "excused": 1, "papers": 1, "pages": 2, "copies": 1,
        "unprinted": 2, "sheets": 1,
    }  # fmt: skip
    assert of_unit["partly"] == 1
    assert [each["id"] for each in of_unit["people"]] == [house.office.people["daibieu"]]
    for name in ("khach", "hethong", "anninh"):
        assert house.ask(name).code == "report-not-theirs"
        assert house.at(name).get(f"/api/reports/report.csv?{NOVEMBER}").code == "report-not-theirs"
        assert house.at(name).get(f"/api/reports/meetings?{NOVEMBER}&of=held").code == "report-not-theirs"
        assert house.at(name).get("/api/reports/mine").done()["may"] is False
    assert [each["name"] for each in house.at("daibieu").get("/api/reports/mine").done()["units"]] == ["=Vụ 1"]
    # What a figure counts is named to whoever may see the meeting; to the head of the house that was in none it is not.
    assert [(each["id"], each["n"]) for each in made(house, "daibieu", "excused")["meetings"]] == [(meeting, 1)]
    untold = made(house, "kythuat", "turns")["meetings"][0]
    assert (untold["id"], untold["title"], untold["n"]) == (None, None, 1)


def test_RP3_a_unit_is_asked_for_by_who_leads_it(house: House) -> None:
    house.held()
    one, other = house.units["V1"], house.units["V2"]
    of_one = house.report("kiemtoan", f"&unit={one}")
    assert (of_one["unit"], of_one["sums"]["invited"], of_one["sums"]["turns"]) == ({"id": one, "name": "=Vụ 1"}, 1, 0)
    assert house.report("kiemtoan", f"&unit={other}")["sums"]["turns"] == 1
    assert house.ask("daibieu", f"&unit={other}").code == "report-not-theirs"
    assert house.report("daibieu", f"&unit={one}")["sums"]["invited"] == 1
    assert house.ask("kiemtoan", "&unit=o-" + "a" * 16).code == "report-not-theirs"
    person = house.office.people["daibieu"]
    assert made(house, "kiemtoan", "excused", f"&person={person}")["total"] == 1
    assert made(house, "kiemtoan", "present", f"&person={person}")["total"] == 0


def test_RP3_whoever_leads_a_meeting_asks_for_any_unit_in_it(house: House) -> None:
    house.held()
    one = house.units["V1"]
    assert one in [each["id"] for each in house.at("chutri").get("/api/reports/mine").done()["units"]]
    of_one = house.report("chutri", f"&unit={one}")
    assert (of_one["sums"]["invited"], of_one["sums"]["turns"]) == (1, 0)
    assert made(house, "chutri", "excused", f"&unit={one}&exact=1")["total"] == 1
    assert house.ask("chutri", "&unit=o-" + "a" * 16).code == "report-not-theirs"


def test_RP5_every_row_of_a_unit_leads_to_what_it_counts(house: House) -> None:
    admin, people = house.at("hethong"), house.office.people
    body = {"code": "P1", "name": "Phòng 1 (demo)", "parent": house.units["V1"]}
    below = admin.post("/api/units", body).done()["id"]
    admin.post(f"/api/people/{people['chutri']}/unit", {"unit": below}).done()
    house.held()
    rows = {each["id"]: each for each in house.report()["units"]}
    assert {ident: (row["present"], row["excused"]) for ident, row in rows.items()} == {
        below: (1, 0),
        house.units["V1"]: (0, 1),
    }
    for ident, row in rows.items():
        for figure in ("present", "excused", "turns", "unprinted"):
            assert made(house, "kiemtoan", figure, f"&unit={ident}&exact=1")["total"] == row[figure]
    one = house.units["V1"]
    with_below, alone = house.report(more=f"&unit={one}"), house.report(more=f"&unit={one}&exact=1")
    assert (with_below["sums"]["invited"], with_below["exact"]) == (2, False)
    assert (alone["sums"]["invited"], alone["exact"]) == (1, True)
    assert house.ask("kiemtoan", f"&unit={one}&exact=0").code == "bad-field"


def test_RP2_what_cannot_be_counted_is_told_and_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = house.office
    first = house.held()
    # A later one: it is the newest, so it would be tried first.
    later = office.meeting("approved")
    house.at("chutri").post(f"/api/meetings/{later}/cancel", {"reason": "Hoãn"}).done()
    with office.services.database.begin() as tx:
        tx.execute(delete(FIGURES))
    monkeypatch.setattr("server.reports.service.MOST_AT_ONCE", 1)
    tried: list[str] = []

    def fails(state: MeetingState, events: Sequence[Event]) -> Figures:
        tried.append(events[0].meeting)
        if events[0].meeting == bad:
            raise ValueError
        return figures_of(state, events)

    # Handed in at its making otherwise; this house is made already.
    object.__setattr__(office.services.reports, "count", fails)
    newest, *_ = office.services.reports.stale()
    bad, good = newest, first if newest == later else later
    assert house.report()["pending"] == 2
    told = house.report()
    assert (tried, told["pending"]) == ([bad, good], 1)
    assert house.report()["pending"] == 1
    assert tried == [bad, good]
    rows = house.at("kiemtoan").client.get(f"/api/reports/report.csv?{NOVEMBER}").data.decode("utf-8-sig")
    assert "Còn 1 cuộc họp chưa được tính" in rows


def test_RP3_the_file_of_who_leads_a_part_says_which(house: House) -> None:
    house.held()
    house.at("hethong").put("/api/agency", AGENCY).done()
    csv_text = house.at("chutri").client.get(f"/api/reports/report.csv?{NOVEMBER}").data.decode("utf-8-sig")
    assert "các cuộc họp người lập báo cáo chủ trì hoặc làm thư ký" in csv_text
    book = load_workbook(
        io.BytesIO(house.at("daibieu").client.get(f"/api/reports/report.xlsx?{NOVEMBER}&unit={house.units['V1']}").data)
    )
    told = [cell.value for row in book["Tổng hợp"].iter_rows(max_row=4) for cell in row if cell.value]
    assert any("chỉ tính người của =Vụ 1, kể cả đơn vị cấp dưới" in str(each) for each in told)
    assert "Trong 1 cuộc họp chỉ tính người của đơn vị và không tính biểu quyết." in told
    pdf = house.at("chutri").client.get(f"/api/reports/report.pdf?{NOVEMBER}").data
    with pypdfium2.PdfDocument(pdf) as found:
        words = " ".join(" ".join(page.get_textpage().get_text_range() for page in found).split())
    assert "tham dự trong phạm vi phụ trách" in words
    assert "toàn cơ quan" not in words


def test_a_period_that_is_none_is_refused_in_words(house: House) -> None:
    auditor = house.at("kiemtoan")
    for asked in (
        "",
        "from=2026-11-01",
        "from=2026-11-30&to=2026-11-01",
        "from=2026-02-30&to=2026-03-01",
        "from=1999-01-01&to=2026-01-01",
        "from=2026-1-1&to=2026-02-01",
    ):
        assert auditor.get(f"/api/reports?{asked}").code == "report-period-wrong"
    assert auditor.get(f"/api/reports/meetings?{NOVEMBER}&of=seconds").code == "bad-field"


def test_RP2_what_is_kept_is_what_the_log_says_and_follows_a_correction(house: House) -> None:
    meeting = MeetingId(house.held())
    office = house.office
    assert house.report()["sums"]["excused"] == 1
    kept = _kept(office)
    state = office.services.meetings.state(meeting)
    assert kept[meeting] == (state.seq, figures_of(state, office.services.meetings.events(meeting)))
    wrong = {"people": [office.people["daibieu"]], "presence": "present", "reason": "Ghi nhầm"}
    house.at("thuky").post(f"/api/meetings/{meeting}/attendance", wrong).done()
    told = house.report()["sums"]
    assert (told["excused"], told["present"], told["unprinted"]) == (0, 2, 6)
    assert _kept(office)[meeting][0] > state.seq
    # Figures by other rules than those of today are counted anew.
    with office.services.database.begin() as tx:
        tx.execute(update(FIGURES).values(version=VERSION + 1, body="[]"))
    assert house.report()["sums"] == told


def _kept(office: Office) -> dict[str, tuple[int, Figures]]:
    with office.services.database.read() as tx:
        rows = tx.execute(select(FIGURES)).all()
    return {row.meeting: (row.seq, Figures.read(json.loads(row.body))) for row in rows}


def test_M5_a_rehearsal_and_a_meeting_that_is_not_over_are_in_no_report(house: House) -> None:
    meeting = house.office.meeting("approved")
    copy = house.at("chutri").post(f"/api/meetings/{meeting}/rehearsal", {"leads": False}).done()["rehearsal"]
    for word in ("open", "close"):
        house.at("chutri").post(f"/api/meetings/{copy}/{word}").done()
    assert not any(house.report()["sums"].values())
    assert house.office.services.reports.stale() == []
    house.at("chutri").post(f"/api/meetings/{meeting}/cancel", {"reason": "Hoãn"}).done()
    assert {name: n for name, n in house.report()["sums"].items() if n} == {"cancelled": 1}


def test_RP2_what_is_over_is_counted_by_itself_and_a_report_says_what_it_lacks(house: House) -> None:
    office = house.office
    keeper = Keeper(office.services.reports)
    office.services.slots.announcers.append(keeper)
    meeting = house.held()
    keeper.start()
    until(lambda: meeting in _kept(office), what="the meeting's figures")
    keeper.stop()


def test_the_files_hold_the_same_figures_and_compute_nothing(house: House) -> None:
    house.held()
    auditor = house.at("kiemtoan")
    text = auditor.client.get(f"/api/reports/report.csv?{NOVEMBER}").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert ["Tham dự", "Vắng có lý do", "1"] in rows
    assert ["Tài liệu", "Trang không phải in (trang × người đọc có mặt)", "4"] in rows
    assert next(row for row in rows if row and row[0] == "'=Vụ 1")[:3] == ["'=Vụ 1", "1", "1"]
    assert ["chutri (demo)", "'=Vụ 2", "1", "1", "0", "0", "0", "0", "1", "3"] in rows
    book = load_workbook(io.BytesIO(auditor.client.get(f"/api/reports/report.xlsx?{NOVEMBER}").data))
    assert book.sheetnames == ["Tổng hợp", "Theo tháng", "Theo đơn vị", "Theo người"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert book["Theo đơn vị"]["A2"].value == "=Vụ 1"
    assert ["Phạm vi", "các cuộc họp của toàn cơ quan"] in rows
    assert auditor.get(f"/api/reports/report.pdf?{NOVEMBER}").code == "agency-unknown"
    house.at("hethong").put("/api/agency", AGENCY).done()
    pdf = auditor.client.get(f"/api/reports/report.pdf?{NOVEMBER}").data
    with pypdfium2.PdfDocument(pdf) as found:
        words = " ".join(" ".join(page.get_textpage().get_text_range() for page in found).split())
    for said in (
        "BÁO CÁO",
        "từ ngày 01/11/2026 đến ngày 30/11/2026",
        "Vắng có lý do: 1.",
        "Phạm vi báo cáo: các cuộc họp của toàn cơ quan.",
        "thì cần 2 tờ",
        "=Vụ 1",
    ):
        assert said in words, words
