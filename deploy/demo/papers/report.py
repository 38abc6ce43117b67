"""The long text paper: the agency's report on a quarter, some 20 pages with tables and an outline.

write_report(Path("bao-cao-so-ket.pdf"), seed=2026)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, KeepTogether

from deploy.demo.papers.agency import AGENCY, PARENT, SIGNER
from deploy.demo.papers.figures import MONTHS, Quarter, change, count, make_quarter, percent, split
from deploy.demo.papers.fonts import register_fonts
from deploy.demo.papers.markup import parse, read_text
from deploy.demo.papers.official import Closing, Heading, closing, opening, write_pdf
from deploy.demo.papers.tables import grid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TITLE = "Báo cáo sơ kết công tác kiểm sát quý III năm 2026 (demo)"
_HEADING = Heading(
    kind="BÁO CÁO",
    subject="Sơ kết công tác kiểm sát quý III năm 2026 và phương hướng, nhiệm vụ trọng tâm quý IV năm 2026",
    number="Số: 118/BC-VKSKV1",
    place_date="Tỉnh A, ngày 05 tháng 10 năm 2026",
    parent=PARENT,
    agency=AGENCY,
)
_CLOSING = Closing(
    authority=("VIỆN TRƯỞNG",),
    signer=SIGNER,
    recipients=(
        "Viện kiểm sát nhân dân tỉnh A;",
        "Đại biểu dự hội nghị;",
        "Các bộ phận thuộc đơn vị;",
        "Lưu: VT, VPTH.",
    ),
)
# Shares are invented; only their sum matters.
_CRIMES = {
    "Xâm phạm sở hữu": 38,
    "Ma túy": 21,
    "Trật tự công cộng, an toàn công cộng": 17,
    "Xâm phạm tính mạng, sức khỏe, danh dự": 13,
    "Trật tự quản lý kinh tế, môi trường": 8,
    "Các nhóm khác": 3,
}
_CIVIL = {
    "Dân sự": 34,
    "Hôn nhân và gia đình": 46,
    "Kinh doanh, thương mại": 9,
    "Lao động": 5,
    "Hành chính": 6,
}
_OPEN_CIVIL = (40.0, 32.0, 13.0, 4.0, 11.0)
# Date, kind of meeting, seats, pages, seconds until the last seat could read, interruptions.
_TRIALS = (
    ("03/8", "Giao ban tuần", 3, 18, 6, 0),
    ("10/8", "Giao ban tuần", 3, 24, 7, 0),
    ("17/8", "Họp án", 6, 112, 19, 1),
    ("24/8", "Giao ban tuần", 12, 31, 9, 0),
    ("31/8", "Hội nghị chuyên đề", 24, 146, 38, 1),
    ("07/9", "Giao ban tuần", 12, 27, 8, 0),
    ("14/9", "Họp án", 8, 104, 21, 0),
    ("21/9", "Họp liên ngành", 18, 88, 24, 0),
    ("28/9", "Hội nghị toàn đơn vị", 24, 203, 51, 0),
)
# What was asked for and what was reached; the first row's result comes from the figures.
_TARGETS = (
    ("Tỷ lệ giải quyết nguồn tin về tội phạm", "90,0%", "{tin_ty_le}"),
    ("Án truy tố đúng thời hạn", "100%", "100%"),
    ("Tỷ lệ trả hồ sơ điều tra bổ sung (không quá)", "2,5%", "1,9%"),
    ("Án bị hủy do trách nhiệm của Viện kiểm sát", "00", "00"),
    ("Phiên tòa rút kinh nghiệm", "10", "12"),
    ("Phiên tòa trình chiếu chứng cứ", "15", "23"),
    ("Kiểm sát trực tiếp nhà tạm giữ", "04", "05"),
    ("Giải quyết đơn thuộc thẩm quyền", "90,0%", "96,2%"),
    ("Văn bản đi có ký số", "90,0%", "94,2%"),
    ("Nhập liệu phần mềm đúng hạn", "99,0%", "98,7%"),
)
_TASKS = (
    ("Giải quyết dứt điểm nguồn tin còn lại của quý III", "Bộ phận hình sự", "20/11/2026"),
    ("Họp ba ngành về 06 vụ án trọng điểm", "Bộ phận hình sự", "15 hằng tháng"),
    ("Kiểm sát trực tiếp tại 02 địa bàn có số nguồn tin cao nhất", "Bộ phận hình sự", "30/11/2026"),
    ("Phiên tòa trình chiếu chứng cứ bằng hình ảnh", "Bộ phận dân sự", "15/12/2026"),
    ("Danh mục vụ việc thi hành án tồn trên ba năm", "Bộ phận thi hành án", "10/11/2026"),
    ("Lắp nguồn dự phòng cho phòng họp, tối thiểu 60 phút", "Văn phòng tổng hợp", "25/11/2026"),
    ("Ba lớp hướng dẫn sử dụng phòng họp không giấy", "Văn phòng tổng hợp", "28/11/2026"),
    ("Đánh giá, xếp loại công chức năm 2026", "Văn phòng tổng hợp", "10/12/2026"),
)


def write_report(path: Path, *, seed: int) -> None:
    """Write the report; its figures are those of the appendix made from the same seed."""
    register_fonts()
    quarter, before = make_quarter(seed), make_quarter(seed + 1)
    words = figures_in_words(quarter, before)
    parts = {
        "bang:tin-theo-thang": _reports_by_month(quarter),
        "bang:nhom-toi": _by_crime(quarter),
        "bang:dan-su": _civil(quarter),
        "bang:hop-thu": _trials(),
        "bang:chi-tieu": _targets(words),
        "bang:phan-cong": _tasks(),
    }
    story = opening(_HEADING) + parse(read_text("bao-cao"), words, parts=parts)
    story[-1:] = [KeepTogether([story[-1], closing(_CLOSING)])]
    write_pdf(path, story, title=TITLE)


def figures_in_words(quarter: Quarter, before: Quarter) -> dict[str, str]:
    """Name every figure the text uses; parts of a whole always add up to it."""
    now, then = quarter.total(), before.total()
    not_opened, suspended = split(now.reports_settled - now.cases_opened, (0.86, 0.14))
    recs = split(now.recommendations, (0.35, 0.3, 0.35))
    protests = split(now.protests, (0.6, 0.4))
    busiest = sorted(quarter.units, key=lambda unit: -unit.total().reports_new)[:2]
    values = {
        "tin_cu": count(now.reports_carried),
        "tin_moi": count(now.reports_new),
        "tin_moi_ss": change(now.reports_new, then.reports_new),
        "tin_thu_ly": count(now.reports_handled),
        "tin_giai_quyet": count(now.reports_settled),
        "tin_ty_le": percent(now.settled_percent),
        "tin_con": count(now.reports_open),
        "tin_khoi_to": count(now.cases_opened),
        "tin_khong": count(not_opened),
        "tin_tam": count(suspended),
        "vu_khoi_to": count(now.cases_opened),
        "bi_can_khoi_to": count(now.accused_opened),
        "vu_khoi_to_ss": change(now.cases_opened, then.cases_opened),
        "vu_truy_to": count(now.cases_charged),
        "bi_can_truy_to": count(now.accused_charged),
        "vu_xet_xu": count(now.cases_tried),
        "bi_cao_xet_xu": count(now.accused_tried),
        "ds_thu_ly": count(now.civil_received),
        "ds_giai_quyet": count(now.civil_settled),
        "ds_ty_le": percent(100 * now.civil_settled / now.civil_received),
        "kien_nghi": count(now.recommendations),
        "kien_nghi_ss": change(now.recommendations, then.recommendations),
        "khang_nghi": count(now.protests),
    }
    values |= dict(zip(("kn_xx", "kn_tha", "kn_ds"), map(count, recs), strict=True))
    values |= dict(zip(("kg_hs", "kg_ds"), map(count, protests), strict=True))
    for rank, unit in enumerate(busiest, start=1):
        name = unit.unit[0].lower() + unit.unit[1:]
        values |= {f"don_vi_{rank}": name, f"don_vi_{rank}_tin": count(unit.total().reports_new)}
    return values


def _reports_by_month(quarter: Quarter) -> list[Flowable]:
    head = ("Thời gian", "Kỳ trước chuyển sang", "Mới", "Cộng thụ lý", "Đã giải quyết", "Tỷ lệ", "Còn lại")
    periods = [(f"Tháng {month}", quarter.month(index)) for index, month in enumerate(MONTHS)]
    rows = [
        (
            name,
            count(work.reports_carried),
            count(work.reports_new),
            count(work.reports_handled),
            count(work.reports_settled),
            percent(work.settled_percent),
            count(work.reports_open),
        )
        for name, work in [*periods, ("Quý III", quarter.total())]
    ]
    caption = "Bảng 1. Kết quả giải quyết nguồn tin về tội phạm theo tháng"
    return grid(caption, head, rows, widths=(72, 78, 56, 66, 74, 62, 59), last_bold=True)


def _by_crime(quarter: Quarter) -> list[Flowable]:
    now = quarter.total()
    weights = tuple(float(weight) for weight in _CRIMES.values())
    cases, extra = split(now.cases_opened, weights), split(now.accused_opened - now.cases_opened, weights)
    rows = [
        (str(index), name, count(case), count(case + more), percent(100 * case / now.cases_opened))
        for index, (name, case, more) in enumerate(zip(_CRIMES, cases, extra, strict=True), start=1)
    ]
    rows.append(("", "Cộng", count(now.cases_opened), count(now.accused_opened), percent(100)))
    head = ("STT", "Nhóm tội phạm", "Số vụ", "Số bị can", "Tỷ lệ số vụ")
    caption = "Bảng 2. Án khởi tố mới theo nhóm tội phạm, quý III năm 2026"
    return grid(caption, head, rows, widths=(36, 221, 62, 70, 78), last_bold=True)


def _civil(quarter: Quarter) -> list[Flowable]:
    now = quarter.total()
    weights = tuple(float(weight) for weight in _CIVIL.values())
    open_cases = split(now.civil_received - now.civil_settled, _OPEN_CIVIL)
    received = split(now.civil_received, weights)
    triples = [(name, took, took - left) for name, took, left in zip(_CIVIL, received, open_cases, strict=True)]
    rows = [
        (str(index), name, count(took), count(done), percent(100 * done / took))
        for index, (name, took, done) in enumerate(triples, start=1)
    ]
    rate = percent(100 * now.civil_settled / now.civil_received)
    rows.append(("", "Cộng", count(now.civil_received), count(now.civil_settled), rate))
    head = ("STT", "Loại vụ, việc", "Thụ lý mới", "Giải quyết", "Tỷ lệ")
    return grid(
        "Bảng 3. Kết quả kiểm sát việc giải quyết các vụ, việc ngoài hình sự",
        head,
        rows,
        widths=(36, 201, 78, 78, 74),
        last_bold=True,
    )


def _trials() -> list[Flowable]:
    rows = [(day, kind, *map(count, numbers)) for day, kind, *numbers in _TRIALS]
    head = ("Ngày", "Cuộc họp", "Số chỗ", "Số trang", "Phát xong (giây)", "Gián đoạn")
    caption = "Bảng 4. Các cuộc họp thử không giấy trong quý III năm 2026"
    return grid(caption, head, rows, widths=(54, 155, 56, 62, 70, 70))


def _targets(words: Mapping[str, str]) -> list[Flowable]:
    rows = [
        (str(index), name, goal, result.format_map(words))
        for index, (name, goal, result) in enumerate(_TARGETS, start=1)
    ]
    head = ("STT", "Chỉ tiêu", "Được giao", "Thực hiện")
    return grid("Bảng 5. Thực hiện một số chỉ tiêu chính", head, rows, widths=(36, 271, 80, 80))


def _tasks() -> list[Flowable]:
    rows = [(str(index), *task) for index, task in enumerate(_TASKS, start=1)]
    head = ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn")
    return grid("Bảng 6. Phân công nhiệm vụ trọng tâm quý IV năm 2026", head, rows, widths=(36, 216, 125, 90))
