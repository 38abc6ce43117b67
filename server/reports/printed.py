"""A report on paper: in the layout of the house's documents, to be signed by whoever made it (N1).

Rules: pure; prints what the report counted and nothing else, and says how it was counted. What is saved is told in
sheets and kilograms: a sheet of A4 is 210 mm × 297 mm (ISO 216), and paper of 80 g/m² (ISO 536) makes 4.99 g of it.

Usage: ``office.print(document(report, house, by="Nguyễn Văn An", now=now), at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from server.agency.model import House
from server.documents.model import Appendix, Column, Document, Foot, Heading, Part, Points, Signing, Table, Text
from server.reports.counting import OF_PERSON
from server.reports.model import day_of
from server.reports.service import Report
from server.reports.tables import PARTS, WORDS, figure, in_order, lacks, named, scope, shown, span_of

TITLE: Final = "Báo cáo"
#: Milligrams of a sheet: 0.210 m × 0.297 m × 80 g/m².
SHEET_MG: Final = 4_990
_MG_A_TENTH: Final = 100_000
_UNIT_COLUMNS: Final = ("meetings", "invited", "present", "late", "excused", "absent", "unsaid", "turns", "spent_ms")
_MONTH_COLUMNS: Final = ("held", "cancelled", "seconds", "present", "late", "turns", "votes", "unprinted")
_SHORT: Final = {
    "meetings": "Cuộc họp",
    "held": "Đã họp",
    "cancelled": "Đã hủy",
    "seconds": "Phút họp",
    "invited": "Được mời",
    "excused": "Có lý do",
    "absent": "Không lý do",
    "unsaid": "Chưa ghi",
    "turns": "Lượt nói",
    "spent_ms": "Phút nói",
    "votes": "Biểu quyết",
    "unprinted": "Trang không in",
}


def document(report: Report, house: House, *, by: str, now: dt.datetime) -> Document:
    """The report; people stand in an appendix of their own."""
    today = day_of(now)
    whole = "" if report.sight.house else " trong phạm vi phụ trách"
    about = f"Kết quả họp và tham dự{whole} {span_of(report)}"
    return Document(
        house.issuing,
        None,
        TITLE,
        f"{about} – {report.unit}" if report.unit else about,
        tuple(_body(report)),
        Foot(right=Signing(("Người lập báo cáo",), by)),
        year=today.year,
        dated=today,
        appendices=tuple(_appendices(report)),
    )


def weight(sheets: int) -> str:
    """``, khoảng 12,4 kg``: of so many sheets of A4, in tenths cut off; nothing below the first tenth."""
    tenths = sheets * SHEET_MG // _MG_A_TENTH
    return f", khoảng {figure(tenths // 10)},{tenths % 10} kg" if tenths else ""


def _body(report: Report) -> Iterator[Part]:
    yield Text(f"Phạm vi báo cáo: {scope(report)}.")
    for words in lacks(report):
        yield Text(words)
    for number, (part, figures) in enumerate(PARTS.items(), 1):
        if part == "Biểu quyết" and not report.tally.sums["votes"]:
            yield Heading(f"{number}. {part}")
            yield Text("Không có cuộc biểu quyết nào được tính.")
            continue
        yield Heading(f"{number}. {part}")
        told = [(each, report.tally.sums[each]) for each in figures]
        lines = [f"{WORDS[each]}: {figure(shown(each, n))}" for each, n in told if n or each == figures[0]]
        yield Points((*(f"{line};" for line in lines[:-1]), f"{lines[-1]}."))
    sheets = report.tally.sums["sheets"]
    if sheets:
        yield Text(
            "Trang không phải in: mỗi tài liệu đã phát hành tính số trang của bản cuối cùng nhân với số người có mặt "
            f"được đọc. In hai mặt giấy A4 loại 80 g/m² (mỗi tờ 4,99 g) thì cần {figure(sheets)} tờ{weight(sheets)}."
        )
    months = len(report.tally.months)
    if months > 1:
        yield Heading("6. Theo tháng")
        yield _table("Tháng", _MONTH_COLUMNS, _months(report), "Theo tháng")
    if report.tally.units:
        yield Heading(f"{7 if months > 1 else 6}. Theo đơn vị")
        yield _table("Đơn vị", _UNIT_COLUMNS, _units(report), "Theo đơn vị")


def _months(report: Report) -> Iterator[tuple[str, ...]]:
    for month, sums in sorted(report.tally.months.items()):
        year, _, number = month.partition("-")
        yield (f"{number}/{year}", *(figure(shown(each, sums[each])) for each in _MONTH_COLUMNS))


def _units(report: Report) -> Iterator[tuple[str, ...]]:
    for group in in_order(report):
        sums = report.tally.units[group]
        yield (named(group), *(figure(shown(each, sums[each])) for each in _UNIT_COLUMNS))


def _appendices(report: Report) -> Iterator[Appendix]:
    tally = report.tally
    if not tally.people:
        return
    ordered = sorted(tally.people, key=lambda each: (tally.names[each][0], each))
    rows = tuple(
        (
            str(number),
            tally.names[person][0],
            named(tally.names[person][1]),
            *(figure(shown(each, tally.people[person][each])) for each in OF_PERSON),
        )
        for number, person in enumerate(ordered, 1)
    )
    columns = (Column("STT", 4, "center"), Column("Họ và tên", 16), Column("Đơn vị", 18), *map(_column, OF_PERSON))
    part = Table(columns, rows, "Theo người")
    yield Appendix("Phụ lục", "Tham dự và phát biểu theo người", (part,), note="(Kèm theo Báo cáo)", landscape=True)


def _table(first: str, figures: tuple[str, ...], rows: Iterator[tuple[str, ...]], caption: str) -> Table:
    return Table((Column(first, 18), *map(_column, figures)), tuple(rows), caption)


def _column(name: str) -> Column:
    return Column(_SHORT.get(name, WORDS[name]), 7, "right")
