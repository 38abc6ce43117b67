"""The paper signed elsewhere: a decision of the superior agency, issued with a PAdES signature before it reached us.

Rules: the mark stands between the signer's position and name (annex I, II.7.d of the decree); once written, the file is
never opened for writing again, by anyone. Only this paper differs from build to build: its key and time are new.

    write_decision(Path("quyet-dinh-da-ky.pdf"))
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, KeepTogether

from deploy.demo.papers.agency import PROVINCE, REMOTE_SIGNER, SUPREME
from deploy.demo.papers.fonts import register_fonts
from deploy.demo.papers.markup import parse, read_text
from deploy.demo.papers.official import Closing, Heading, closing, opening, write_pdf
from deploy.demo.papers.signature import Place, sign_pdf

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "Quyết định thí điểm tổ chức phiên họp không giấy (demo, đã ký số)"
_HEADING = Heading(
    kind="QUYẾT ĐỊNH",
    subject="Về việc thí điểm tổ chức phiên họp không giấy tại Viện kiểm sát nhân dân khu vực 1",
    number="Số: 75/QĐ-VKS",
    place_date="Tỉnh A, ngày 02 tháng 10 năm 2026",
    parent=SUPREME,
    agency=PROVINCE,
)
_CLOSING = Closing(
    authority=("KT. VIỆN TRƯỞNG", "PHÓ VIỆN TRƯỞNG"),
    signer=REMOTE_SIGNER,
    recipients=("Như Điều 8;", "Lãnh đạo Viện kiểm sát tỉnh;", "Viện kiểm sát khu vực 1;", "Lưu: VT, VP."),
)
# Air above and below the mark, in points.
_GAP = 10


class SignatureRoom(Flowable):
    """Blank room for the mark; remembers where on which page the layout put it."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.room = (width, height)
        self.place: Place | None = None

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:  # noqa: ARG002 - reportlab's signature
        """Take the whole width, so that the mark can be centred."""
        self.avail = avail_width
        return avail_width, self.room[1]

    def draw(self) -> None:
        """Draw nothing, note the place."""
        width, height = self.room
        x, y = self.canv.absolutePosition((self.avail - width) / 2, _GAP)
        page_index = self.canv.getPageNumber() - 1
        self.place = Place(page_index=page_index, x=x, y=y, width=width, height=height - 2 * _GAP)


def write_decision(path: Path) -> None:
    """Lay out the decision, then sign it with a certificate authority made for this one file."""
    register_fonts()
    room = SignatureRoom(220, 84)
    story = opening(_HEADING) + parse(read_text("quyet-dinh"), {}, parts={})
    story[-1:] = [KeepTogether([story[-1], closing(_CLOSING, room=room)])]
    plain = io.BytesIO()
    write_pdf(plain, story, title=TITLE)
    if room.place is None:
        raise AssertionError("the signature block was not laid out")
    path.write_bytes(sign_pdf(plain.getvalue(), room.place, now=datetime.now(UTC)))
