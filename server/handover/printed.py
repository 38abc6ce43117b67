"""The protocol of a hand-over as a document of the office, to be signed by who gives and who takes (HO4, N1).

Rules: pure; says what the lines say and no more: each thing once, with its part, who took it over, and what became of
it. Names stand without the mark of demo data.

Usage: ``office.print(document(handover, office.house(), now=now), at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from server.agency.model import House
from server.attendance.table import HOUSE
from server.documents.model import (
    Appendix,
    Column,
    Document,
    Foot,
    Heading,
    Part,
    Points,
    Signing,
    Table,
    Text,
    day_in_words,
    time_in_words,
)
from server.handover.model import Handover, Kind, Line, State, hash_of
from server.letters.compose import plain, plain_title

#: As the console says it (web/locales/vi/handover.json).
KINDS: Final[Mapping[Kind, str]] = {
    Kind.MEETING: "Cuộc họp chủ trì, làm thư ký",
    Kind.MEMBERSHIP: "Cuộc họp tham dự",
    Kind.UNIT: "Đơn vị phụ trách",
    Kind.TASK: "Nhiệm vụ",
    Kind.REQUEST: "Tài liệu được đề nghị nộp",
    Kind.CONSULTATION: "Phiếu lấy ý kiến",
    Kind.LETTER: "Văn bản dự thảo",
    Kind.ROUND: "Văn bản chờ ký",
    Kind.CERTIFICATE: "Chứng thư số",
    Kind.CALENDAR: "Địa chỉ lịch",
}
PARTS: Final[Mapping[str, str]] = {
    "chair": "Chủ trì",
    "secretary": "Thư ký",
    "member": "Đại biểu",
    "guest": "Khách mời",
    "presenter": "Người trình bày",
    "head": "Cấp trưởng",
    "deputy": "Cấp phó",
    "giver": "Người giao",
    "lead": "Chủ trì thực hiện",
    "helper": "Phối hợp",
    "answers": "Được phân công",
    "asked": "Người nộp",
    "leader": "Người duyệt gửi",
    "writer": "Người soạn",
    "signer": "Người ký",
    "owner": "Chủ sở hữu",
}
STATES: Final[Mapping[State, str]] = {
    State.WAITING: "Chờ",
    State.DONE: "Đã bàn giao",
    State.REFUSED: "Chưa được",
    State.LEFT: "Để lại",
}
_COLUMNS: Final = (
    Column("STT", 4, "center"),
    Column("Việc, tài sản", 32),
    Column("Loại", 18),
    Column("Vai trò", 13),
    Column("Người nhận", 20),
    Column("Kết quả", 11),
)


def document(handover: Handover, house: House, *, now: dt.datetime) -> Document:
    """The protocol; its lines are an appendix across."""
    today = (handover.done_at or now).astimezone(HOUSE).date()
    takers = tuple(dict.fromkeys(plain(each.to_name) for each in handover.lines if each.to_name))
    done = sum(each.state is State.DONE for each in handover.lines)
    left = sum(each.state is State.LEFT for each in handover.lines)
    ended = "chưa xong" if handover.done_at is None else _moment(handover.done_at)
    facts = [
        f"Lý do: {handover.reason.rstrip(' .;')};",
        f"Bắt đầu: {_moment(handover.begun_at)}; kết thúc: {ended};",
        f"Tổng số: {len(handover.lines):02d} việc, tài sản; đã bàn giao {done:02d}, để lại {left:02d}.",
    ]
    parts: list[Part] = [
        Text(f"Hôm nay, {day_in_words(today)}, các bên bàn giao công việc trên hệ thống phòng họp không giấy như sau:"),
        Heading("1. Người bàn giao"),
        Text(f"{plain(handover.name)}, {' '.join(house.name)}."),
        Heading("2. Người nhận"),
        Text(f"{', '.join(takers)}." if takers else "Không có việc nào chuyển sang người khác."),
        Heading("3. Nội dung bàn giao"),
        Points(tuple(facts)),
        Heading("4. Người thực hiện trên hệ thống"),
        Text(f"{plain(handover.by_name)}."),
    ]
    if handover.done_at is not None:
        parts.append(
            Text(
                "Tài khoản của người bàn giao đã khóa: chứng thư số ngừng được chấp nhận, địa chỉ lịch đã gỡ, các phiên"
                f" làm việc đã kết thúc. Mã kiểm tra SHA-256 trong nhật ký toàn vẹn: {_spaced(hash_of(handover))}."
            )
        )
    table = Table(_COLUMNS, tuple(_row(each) for each in handover.lines), "Danh mục bàn giao")
    listed = (Appendix("Phụ lục", "Danh mục bàn giao", (table,), note="(Kèm theo Biên bản)", landscape=True),)
    return Document(
        house.issuing,
        None,
        "Biên bản",
        f"Bàn giao công việc, tài sản khi thôi sử dụng tài khoản – số {handover.number:02d}",
        tuple(parts),
        Foot(
            right=Signing(("Người nhận",), takers[0] if len(takers) == 1 else ""),
            left=Signing(("Người bàn giao",), plain(handover.name)),
        ),
        year=today.year,
        dated=today,
        appendices=listed if handover.lines else (),
    )


def _row(line: Line) -> tuple[str, ...]:
    held = line.holding
    title = plain_title(held.title) or KINDS[held.kind]
    part = PARTS.get(held.part, held.part)
    return (str(line.number), title, KINDS[held.kind], part, plain(line.to_name) or "–", STATES[line.state])


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(HOUSE)
    return f"{time_in_words(local.time())} {day_in_words(local.date())}"


def _spaced(digest: str) -> str:
    """In groups, so that a line may end between them."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
