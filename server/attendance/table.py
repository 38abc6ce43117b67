"""The attendance sheet as a table for spreadsheets: UTF-8 with its mark, one row a member, one column an item (A1).

Rules: times are those of the house (UTC+7); no name and no reason computes anything (``server/spreadsheets.py``). What
was written on the roll stands whole, with its times and reasons. The table of a rehearsal has its title above the
heads: a file outlives the rehearsal, and nobody may take it for the roll of a meeting (M5).

Usage: ``csv_of(sheet)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from server import spreadsheets
from server.attendance.sheet import Row, Sheet, Word
from wire.places import is_recused, stands_for
from wire.state import MemberRole

HOUSE: Final = dt.timezone(dt.timedelta(hours=7))
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
    return spreadsheets.csv_of(_lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Sequence[str]]:
    if sheet.state.rehearsal is not None:
        yield [sheet.state.title]
    items = (
        f"Nội dung {each.number}: {each.item.title} (phút có mặt/{_minutes(each.seconds)})" for each in sheet.columns
    )
    yield [*_HEAD, *items]
    for number, row in enumerate(sheet.rows, 1):
        yield _cells(sheet, number, row)


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
