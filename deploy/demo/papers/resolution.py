"""The paper that waits for signatures in the demo meeting: its resolution (nghị quyết), one page or two, unsigned.

write_resolution(Path("nghi-quyet.pdf"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.platypus import KeepTogether

from deploy.demo.papers.agency import AGENCY, PARENT, SIGNER
from deploy.demo.papers.fonts import register_fonts
from deploy.demo.papers.markup import parse, read_text
from deploy.demo.papers.official import Closing, Heading, closing, opening, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Nghị quyết thông qua Quy chế tổ chức phiên họp không giấy (demo)"
_HEADING = Heading(
    kind="NGHỊ QUYẾT",
    subject="Thông qua Quy chế tổ chức phiên họp không giấy của Viện kiểm sát nhân dân khu vực 1",
    number="Số: 03/NQ-HN",
    place_date="Tỉnh A, ngày 09 tháng 10 năm 2026",
    parent=PARENT,
    agency=AGENCY,
)
_CLOSING = Closing(
    authority=("TM. HỘI NGHỊ", "CHỦ TRÌ"),
    signer=SIGNER,
    recipients=("Viện kiểm sát nhân dân tỉnh A;", "Lãnh đạo đơn vị;", "Các bộ phận;", "Lưu: VT, VPTH."),
)


def write_resolution(path: Path) -> None:
    """Write the resolution."""
    register_fonts()
    story = opening(_HEADING) + parse(read_text("nghi-quyet"), {}, parts={})
    story[-1:] = [KeepTogether([story[-1], closing(_CLOSING)])]
    write_pdf(path, story, title=TITLE)
