"""The attendance sheet as a table for spreadsheets: UTF-8 with its mark, one row a member, one column an item (A1).

Rules: RFC 4180; times are those of the house (UTC+7). A cell that a spreadsheet would take for a formula gets an
apostrophe before it, so that a name or a reason never computes anything. What was written on the roll stands whole,
with its times and reasons. The table of a rehearsal has its title above the heads: a file outlives the rehearsal, and
nobody may take it for the roll of a meeting (M5).

Usage: ``csv_of(sheet)``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Final

from server.attendance.sheet import Row, Sheet, Word
from wire.places import is_recused, stands_for
from wire.state import MemberRole

HOUSE: Final = dt.timezone(dt.timedelta(hours=7))
_MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
ROLES: Final = {
    MemberRole.CHAIR: "Chủ trì",
    MemberRole.SECRETARY: "Thư ký",
    MemberRole.MEMBER: "Đại biểu",
    MemberRole.GUEST: "Khách mời",
    MemberRole.PRESENTER: "Người trình bày",
}
WORDS: Final = {
    "present": "Có mặt",
    "late": "Đến muộn",
    "excused": "Vắng có lý do",
    "absent": "Vắng mặt",
    "left": "Rời đi",
    "returned": "Trở lại",
}
_METHODS: Final = {"token": "ký bằng token", "self": "tự báo", "staff": "ghi ở bàn điều hành"}
_HEAD: Final = (
    "STT", "Họ và tên", "Chức vụ", "Đơn vị", "Vai trò", "Chỗ ngồi", "Dự thay cho", "Trạng thái", "Đến lúc",
    "Rời đi lúc", "Các lần ghi",
)  # fmt: skip


def csv_of(sheet: Sheet) -> bytes:
    """The file."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    items = [
        f"Nội dung {each.number}: {each.item.title} (phút có mặt/{_minutes(each.seconds)})" for each in sheet.columns
    ]
    if sheet.state.rehearsal is not None:
        writer.writerow([harmless(sheet.state.title)])
    writer.writerow([harmless(cell) for cell in (*_HEAD, *items)])
    for number, row in enumerate(sheet.rows, 1):
        writer.writerow([harmless(cell) for cell in _cells(sheet, number, row)])
    return (_MARK + target.getvalue()).encode("utf-8")


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(sheet: Sheet, number: int, row: Row) -> list[str]:
    member, standing = row.member, stands_for(sheet.state, row.member.person)
    absent = None if standing is None else sheet.state.member(standing.member)
    ends = "" if not row.spans or (row.words and row.words[-1].presence != "left") else _time(row.spans[-1][1])
    return [
        str(number),
        member.name,
        member.position,
        member.unit,
        ROLES[member.role],
        member.seat_label,
        "" if absent is None else absent.name,
        WORDS[row.words[-1].presence] if row.words else ("Có mặt" if row.spans else "Chưa điểm danh"),
        _time(row.arrived_at or row.spans[0][0]) if row.spans else "",
        ends,
        "; ".join(_written(word) for word in row.words),
        *(_during(sheet, row, at) for at in range(len(sheet.columns))),
    ]


def _during(sheet: Sheet, row: Row, at: int) -> str:
    if is_recused(sheet.state, row.member.person, sheet.columns[at].item.item):
        return "tránh tham gia"
    return str(_minutes(row.seconds[at]))


def _written(word: Word) -> str:
    reason = f": {word.reason}" if word.reason else ""
    return f"{_time(word.at)} {WORDS[word.presence]} ({_METHODS[word.method]}){reason}"


def _time(at: dt.datetime) -> str:
    return f"{at.astimezone(HOUSE):%H:%M %d/%m/%Y}"


def _minutes(seconds: int) -> int:
    """Whole minutes, half ones upwards: what was short does not look like nothing."""
    return (seconds + 30) // 60
