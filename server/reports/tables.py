"""A report as rows, for spreadsheets and for paper: what its figures are called, and how spans are written.

Rules: what people say is Vietnamese, as in every file of the house. Spans are whole minutes, half ones upwards, so that
what was short does not look like nothing. People and units stand as the report has them. Every file says what it
counts and what it lacks, so that a part is not taken for the whole.

Usage: ``csv_of(report)``, ``xlsx_of(report)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from server import spreadsheets
from server.reports.counting import OF_PERSON, OF_UNIT
from server.reports.service import Report
from server.reports.sight import Group
from server.spreadsheets import Row, Sheet

WORDS: Final = {
    "held": "Cuộc họp đã tổ chức",
    "cancelled": "Cuộc họp đã hủy sau khi được duyệt",
    "on_time": "Khai mạc đúng giờ (muộn không quá mức cho phép, thường 10 phút)",
    "started_late": "Khai mạc muộn quá mức cho phép (thường 10 phút)",
    "seconds": "Thời gian họp, không tính tạm nghỉ (phút)",
    "invited": "Lượt đại biểu được mời",
    "present": "Có mặt",
    "late": "Đến muộn",
    "excused": "Vắng có lý do",
    "absent": "Vắng không lý do",
    "unsaid": "Chưa điểm danh",
    "turns": "Lượt phát biểu",
    "spent_ms": "Thời gian phát biểu (phút)",
    "speech": "Phát biểu",
    "question": "Chất vấn",
    "answer": "Giải trình",
    "order": "Kiến nghị về thủ tục",
    "written": "Phát biểu bằng văn bản",
    "votes": "Cuộc biểu quyết",
    "by_hands": "Giơ tay",
    "by_open": "Công khai",
    "by_named": "Ký tên",
    "by_secret": "Bỏ phiếu kín",
    "came_passed": "Được thông qua",
    "came_rejected": "Không được thông qua",
    "came_no_quorum": "Không đủ số người có mặt",
    "came_elected": "Đã bầu đủ",
    "came_unfilled": "Chưa bầu đủ",
    "came_counted": "Chỉ kiểm đếm ý kiến",
    "came_unannounced": "Chưa công bố kết quả",
    "came_withdrawn": "Đã hủy",
    "papers": "Tài liệu đã phát hành",
    "pages": "Trang tài liệu",
    "copies": "Bản tài liệu không phải in",
    "unprinted": "Trang không phải in (trang × người đọc có mặt)",
    "sheets": "Tờ A4 in hai mặt không phải in",
    "meetings": "Cuộc họp có người dự",
}
#: The figures of the first sheet, part by part.
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "Cuộc họp": ("held", "on_time", "started_late", "seconds", "cancelled"),
    "Tham dự": ("invited", "present", "late", "excused", "absent", "unsaid"),
    "Phát biểu": ("turns", "spent_ms", "speech", "question", "answer", "order", "written"),
    "Biểu quyết": (
        "votes", "by_hands", "by_open", "by_named", "by_secret", "came_passed", "came_rejected", "came_no_quorum",
        "came_elected", "came_unfilled", "came_counted", "came_unannounced", "came_withdrawn",
    ),
    "Tài liệu": ("papers", "pages", "copies", "unprinted", "sheets"),
}  # fmt: skip
OF_MONTH: Final = ("held", "cancelled", "seconds", "invited", "present", "late", "turns", "votes", "unprinted")
NO_UNIT: Final = "Không thuộc đơn vị nào"
_DIVISORS: Final = {"seconds": 60, "spent_ms": 60_000}


def csv_of(report: Report) -> bytes:
    """All tables, one below the other."""
    return spreadsheets.csv_of(*(sheet.rows for sheet in sheets(report)))


def xlsx_of(report: Report) -> bytes:
    """A sheet each."""
    return spreadsheets.xlsx_of(sheets(report))


def sheets(report: Report) -> list[Sheet]:
    """The sums, then by month, by unit and by person."""
    return [
        Sheet("Tổng hợp", _sums(report), (52, 52, 16)),
        Sheet("Theo tháng", _months(report)),
        Sheet("Theo đơn vị", _units(report)),
        Sheet("Theo người", _people(report), (30, 36, 16)),
    ]


def shown(name: str, value: int) -> int:
    """A figure as it is written: spans in whole minutes."""
    divisor = _DIVISORS.get(name, 1)
    return (2 * value + divisor) // (2 * divisor)


def span_of(report: Report) -> str:
    """``từ ngày 01/01/2026 đến ngày 31/12/2026``."""
    period = report.question.period
    return f"từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y}"


def scope(report: Report) -> str:
    """Of which meetings and people the report tells, for who asked."""
    sight, question = report.sight, report.question
    parts = []
    if sight.house:
        parts.append("các cuộc họp của toàn cơ quan")
    if sight.leads and not sight.house:
        parts.append("các cuộc họp người lập báo cáo chủ trì hoặc làm thư ký")
    if sight.units and not sight.house:
        parts.append(
            "người của đơn vị người lập báo cáo phụ trách trong các cuộc họp khác"
            if sight.leads
            else "người của đơn vị người lập báo cáo phụ trách"
        )
    said = " và ".join(parts)
    if question.unit is not None:
        below = "không tính đơn vị cấp dưới" if question.exact else "kể cả đơn vị cấp dưới"
        said += f"; chỉ tính người của {report.unit}, {below}"
    if question.who is not None:
        said += "; chỉ tính một người"
    return said


def lacks(report: Report) -> list[str]:
    """What is missing in it, in sentences."""
    found = []
    if report.tally.partly:
        found.append(
            f"Trong {figure(report.tally.partly)} cuộc họp chỉ tính người của đơn vị và không tính biểu quyết."
        )
    if report.pending:
        found.append(f"Còn {figure(report.pending)} cuộc họp chưa được tính, chưa có trong báo cáo này.")
    return found


def figure(value: int) -> str:
    """``1.234``, as Vietnam writes it."""
    return f"{value:,}".replace(",", ".")


def named(group: Group) -> str:
    """As a table names it."""
    return group.name or NO_UNIT


def in_order(report: Report) -> list[Group]:
    """The units by name, what belongs to none at the end."""
    return sorted(report.tally.units, key=lambda group: (not group.id, group.name, group.id))


def _sums(report: Report) -> Iterator[Row]:
    yield ("Báo cáo", span_of(report), report.unit)
    yield ("Phạm vi", scope(report))
    for words in lacks(report):
        yield ("Chưa đủ", words)
    yield ("Phần", "Số liệu", "Giá trị")
    for part, figures in PARTS.items():
        for each in figures:
            yield (part, WORDS[each], shown(each, report.tally.sums[each]))


def _months(report: Report) -> Iterator[Row]:
    yield ("Tháng", *(WORDS[each] for each in OF_MONTH))
    for month, sums in sorted(report.tally.months.items()):
        yield (month, *(shown(each, sums[each]) for each in OF_MONTH))


def _units(report: Report) -> Iterator[Row]:
    yield ("Đơn vị", *(WORDS[each] for each in OF_UNIT))
    for group in in_order(report):
        sums = report.tally.units[group]
        yield (named(group), *(shown(each, sums[each]) for each in OF_UNIT))


def _people(report: Report) -> Iterator[Row]:
    tally = report.tally
    yield ("Họ và tên", "Đơn vị", *(WORDS[each] for each in OF_PERSON))
    for person in sorted(tally.people, key=lambda each: (tally.names[each][0], each)):
        name, group = tally.names[person]
        yield (name, named(group), *(shown(each, tally.people[person][each]) for each in OF_PERSON))
