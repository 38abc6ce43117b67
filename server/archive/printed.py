"""The list of dossiers that go to the archive with the record of its hand-over, and the index within a dossier.

Rules D1, D7: pure. The list has the columns of a mục lục hồ sơ nộp lưu, one line a dossier; the totals are those of its
lines. Names stand without the mark of demo data.

Usage: ``office.print(document(transfer, filed, house, now=now), at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from server.agency.model import House
from server.archive.model import FOR_EVER, Line, Transfer, in_words
from server.documents.model import (
    Appendix,
    Column,
    Document,
    Foot,
    Heading,
    Points,
    Signing,
    Table,
    Text,
    day_in_words,
)
from server.dossier.contents import Contents, Listed, day
from server.dossier.metadata import Filing
from server.letters.compose import plain

_DOSSIERS: Final = (
    Column("STT", 4, "center"),
    Column("Số, ký hiệu hồ sơ", 10, "center"),
    Column("Tiêu đề hồ sơ", 32),
    Column("Thời gian của tài liệu", 15, "center"),
    Column("Thời hạn lưu trữ", 10, "center"),
    Column("Số văn bản", 8, "center"),
    Column("Số trang", 7, "center"),
    Column("Ghi chú", 10),
)
_LINES: Final = (
    Column("STT", 4, "center"),
    Column("Số, ký hiệu", 13, "center"),
    Column("Ngày tháng", 11, "center"),
    Column("Tên loại và trích yếu nội dung", 32),
    Column("Tác giả", 15),
    Column("Số trang", 7, "center"),
    Column("Tệp, ghi chú", 20),
)
_BLANK: Final = "……………………"


def document(transfer: Transfer, lines: Sequence[Line], house: House, *, now: dt.datetime) -> Document:
    """The record of the hand-over, the list as an appendix; of one that was taken back, that it does not hold."""
    today = transfer.done_on or day(transfer.back_at or now)
    rows = tuple(
        (
            str(number),
            each.notation,
            each.title,
            f"{each.began:%d/%m/%Y} – {each.closed:%d/%m/%Y}",
            in_words(each.years),
            str(each.documents),
            str(each.pages),
            "",
        )
        for number, each in enumerate(lines, 1)
    )
    documents, pages = sum(each.documents for each in lines), sum(each.pages for each in lines)
    for_ever = sum(each.years is None for each in lines)
    receiver = plain(transfer.receiver) or _BLANK
    taken = f"{receiver}, {transfer.position}" if transfer.position else receiver
    giver = plain(transfer.done_by or transfer.by_name)
    parts: tuple[Heading | Points | Text, ...] = (
        *_taken_back(transfer),
        Text(f"Hôm nay, {day_in_words(today)}, hai bên giao và nhận hồ sơ các cuộc họp như sau:"),
        Heading("1. Bên giao"),
        Text(f"{giver}, {' '.join(house.name)}."),
        Heading("2. Bên nhận"),
        Text(f"{taken}."),
        Heading("3. Hồ sơ giao nhận"),
        Points(
            (
                f"Thời kỳ: cuộc họp bế mạc từ {transfer.since:%d/%m/%Y} đến {transfer.until:%d/%m/%Y};",
                f"Tổng số: {len(lines):02d} hồ sơ, {documents:02d} văn bản, {pages:02d} trang;",
                f"Trong đó: {FOR_EVER.lower()} {for_ever:02d} hồ sơ, có thời hạn {len(lines) - for_ever:02d} hồ sơ;",
                "Hình thức: hồ sơ điện tử, mỗi hồ sơ một tệp .zip kèm mục lục văn bản và hướng dẫn kiểm chứng.",
            )
        ),
        Text("Mục lục hồ sơ kèm theo là một phần của biên bản này. Biên bản lập thành hai bản, mỗi bên giữ một bản."),
    )
    table = Table(_DOSSIERS, rows, "Mục lục hồ sơ nộp lưu")
    return Document(
        house.issuing,
        None,
        "Biên bản",
        f"Giao nhận hồ sơ, tài liệu vào lưu trữ – đợt {transfer.number:02d}",
        parts,
        Foot(right=Signing(("Bên nhận",), receiver), left=Signing(("Bên giao",), giver)),
        year=today.year,
        dated=today,
        appendices=(
            Appendix("Phụ lục", "Mục lục hồ sơ nộp lưu", (table,), note="(Kèm theo Biên bản)", landscape=True),
        ),
    )


def _taken_back(transfer: Transfer) -> tuple[Text, ...]:
    if transfer.back_at is None:
        return ()
    said = f"ĐÃ RÚT LẠI ngày {day(transfer.back_at):%d/%m/%Y}, không dùng để giao nhận. Lý do: {transfer.back_reason}."
    noted: tuple[Text, ...] = ()
    if transfer.done_on is not None:
        to = f"{plain(transfer.receiver)} ngày {transfer.done_on:%d/%m/%Y}"
        noted = (Text(f"Đã từng ghi là giao cho {to}: việc ghi đó không còn giá trị."),)
    return (Text(said.replace("..", ".")), *noted, Text(f"Người rút lại: {plain(transfer.back_by)}."))


def index(contents: Contents, filing: Filing, house: House, *, by: str, now: dt.datetime) -> Document:
    """The list of what is in one dossier (mục lục văn bản trong hồ sơ)."""
    rows = tuple(_row(number, each) for number, each in enumerate(contents.lines, 1))
    facts = [
        f"Tiêu đề hồ sơ: {contents.title};",
        f"Thời gian của tài liệu: từ {contents.began:%d/%m/%Y} đến {contents.ended:%d/%m/%Y};",
        f"Thời hạn lưu trữ: {filing.maintenance};",
        f"Tổng số: {len(contents.lines):02d} văn bản, tài liệu; {contents.pages:02d} trang.",
    ]
    if filing.notation:
        facts.insert(0, f"Số, ký hiệu hồ sơ: {filing.notation};")
    today = day(now)
    return Document(
        house.issuing,
        None,
        "Mục lục văn bản",
        f"Hồ sơ cuộc họp: {contents.title}",
        (
            Points(tuple(facts)),
            Text("Các văn bản, tài liệu xếp theo ngày, ghi ở phụ lục kèm theo; tên tệp là tên trong hồ sơ này."),
        ),
        Foot(right=Signing(("Người lập hồ sơ",), plain(by))),
        year=today.year,
        dated=today,
        appendices=(
            Appendix(
                "Phụ lục",
                "Văn bản, tài liệu trong hồ sơ",
                (Table(_LINES, rows, "Văn bản, tài liệu trong hồ sơ"),),
                note="(Kèm theo Mục lục văn bản)",
                landscape=True,
            ),
        ),
    )


def _row(number: int, line: Listed) -> tuple[str, ...]:
    about = line.subject if line.subject.startswith(line.kind) else f"{line.kind}: {line.subject}"
    where = "; ".join(each for each in (line.path.rpartition("/")[2], line.note) if each)
    pages = str(line.pages) if line.pages else ""
    return (str(number), line.symbol, f"{line.on:%d/%m/%Y}", about, line.author, pages, where)
