"""The short paper the demo meeting votes on: a submission (tờ trình) of four pages.

write_submission(Path("to-trinh.pdf"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, KeepTogether

from deploy.demo.papers.agency import AGENCY, PARENT, SCAN_SIGNER
from deploy.demo.papers.fonts import register_fonts
from deploy.demo.papers.markup import parse, read_text
from deploy.demo.papers.official import Closing, Heading, closing, opening, write_pdf
from deploy.demo.papers.tables import grid

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Tờ trình về việc thông qua Quy chế tổ chức phiên họp không giấy (demo)"
_HEADING = Heading(
    kind="TỜ TRÌNH",
    subject="Về việc thông qua Quy chế tổ chức phiên họp không giấy của Viện kiểm sát nhân dân khu vực 1",
    number="Số: 42/TTr-VPTH",
    place_date="Tỉnh A, ngày 08 tháng 10 năm 2026",
    parent=PARENT,
    agency=AGENCY,
    addressee="Hội nghị công chức, người lao động",
)
_CLOSING = Closing(
    authority=("TL. VIỆN TRƯỞNG", "CHÁNH VĂN PHÒNG TỔNG HỢP"),
    signer=SCAN_SIGNER,
    recipients=("Như trên;", "Lãnh đạo đơn vị;", "Các bộ phận;", "Lưu: VT, VPTH."),
)
# Item, unit, amount, price in thousand đồng.
_BUDGET = (
    ("Nguồn dự phòng 60 phút cho phòng họp", "bộ", 2, 18_500),
    ("Đầu nối nguồn có khóa cài", "chiếc", 30, 145),
    ("Thiết bị chỗ ngồi dự phòng", "chiếc", 3, 6_200),
    ("Sổ tay hướng dẫn một trang, ép nhựa", "tờ", 60, 22),
    ("Ba lớp hướng dẫn sử dụng", "lớp", 3, 1_800),
)


def write_submission(path: Path) -> None:
    """Write the submission."""
    register_fonts()
    story = opening(_HEADING) + parse(read_text("to-trinh"), {}, parts={"bang:du-toan": _budget()})
    story[-1:] = [KeepTogether([story[-1], closing(_CLOSING)])]
    write_pdf(path, story, title=TITLE)


def budget_rows() -> list[tuple[str, ...]]:
    """Return the rows of the budget as printed; the last one is the sum of the others."""
    rows = [
        (str(index), name, unit, str(amount), _thousands(price), _thousands(amount * price))
        for index, (name, unit, amount, price) in enumerate(_BUDGET, start=1)
    ]
    total = sum(amount * price for _, _, amount, price in _BUDGET)
    return [*rows, ("", "Cộng", "", "", "", _thousands(total))]


def _budget() -> list[Flowable]:
    head = ("STT", "Nội dung", "Đơn vị", "Số lượng", "Đơn giá", "Thành tiền")
    caption = "Dự toán phần bổ sung (đơn vị tính: nghìn đồng)"
    return grid(caption, head, budget_rows(), widths=(36, 191, 54, 54, 60, 72), last_bold=True)


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", ".")
