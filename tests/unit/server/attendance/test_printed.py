"""The attendance sheet as a document of the office (A1, N1)."""

from __future__ import annotations

from pathlib import Path

from tests.support.measured import find, measured
from tests.support.office import Office
from tests.unit.server.agency.test_agency import AGENCY


def test_A1_the_sheet_to_sign_says_what_the_roll_says(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}/attendance", office.sign_in("thuky")
    assert secretary.get(f"{path}/sheet.pdf").code == "agency-unknown"
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    chair, member, guest = (office.people[each] for each in ("chutri", "daibieu", "khach"))
    secretary.post(path, {"people": [chair], "presence": "present"}).done()
    office.clock.advance(minutes=12)
    secretary.post(path, {"people": [member], "presence": "late"}).done()
    secretary.post(path, {"people": [guest], "presence": "excused", "reason": "#họp *khác*"}).done()
    reply = secretary.get(f"{path}/sheet.pdf")
    assert (reply.raw.mimetype, reply.raw.headers["Cache-Control"]) == ("application/pdf", "no-store")
    (page,) = measured(reply.raw.data)
    assert find(page, "DANH SÁCH ĐIỂM DANH").is_bold
    assert "Thời gian bắt đầu: 08 giờ 00, ngày 23 tháng 11 năm 2026." in page.text
    assert "Số thành viên dự họp: 2/2" in page.text
    assert find(page, "Đến muộn 08:12").middle > find(page, "daibieu (demo)").middle
    assert "Vắng có lý do 08:12: #họp *khác*" in page.text.replace("\n", " ")
    assert find(page, "THƯ KÝ").middle < find(page, "CHỦ TỌA").middle
    for name, allowed in (("daibieu", False), ("chutri", True), ("kiemtoan", True)):
        assert (office.sign_in(name).get(f"{path}/sheet.pdf").status == 200) is allowed, name


def test_A1_who_left_before_the_sheet_was_printed_has_attended(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("open")
    path, secretary = f"/api/meetings/{meeting}/attendance", office.sign_in("thuky")
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    member = office.people["daibieu"]
    secretary.post(path, {"people": [member], "presence": "present"}).done()
    office.clock.advance(minutes=4)
    secretary.post(path, {"people": [member], "presence": "left", "reason": "họp khác"}).done()
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    (page,) = measured(secretary.get(f"{path}/sheet.pdf").raw.data)
    assert "Số thành viên dự họp: 2/2" in page.text
