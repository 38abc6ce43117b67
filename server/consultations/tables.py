"""Answers for spreadsheets: CSV, and a workbook (XLSX, ECMA-376) in which every cell is text or a number.

Rules: nothing that a person typed computes anything: in CSV a cell that a spreadsheet would take for a formula gets an
apostrophe before it (``harmless``), in the workbook a cell of people's words is an inline string, which never is one.
Times are those of the house.

Usage: ``csv_of(whole)``, ``xlsx_of(whole)``.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from server.attendance.table import HOUSE, harmless
from server.consultations.showing import Whole

_HEAD: Final = ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Tình trạng", "Số lần trả lời", "Trả lời lần cuối lúc")
_WIDTHS: Final = (6, 26, 22, 26, 18, 10, 20)
_MARK: Final = "\ufeff"
#: The most a cell may hold (ECMA-376, 18.3.1.96 and the limits of Excel).
_CELL: Final = 32_000
_PARTS: Final = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Y kien" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
}
#: What no XML document may hold (XML 1.0, 2.2): one such character, and no program opens the workbook.
_NO_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def csv_of(whole: Whole) -> bytes:
    """RFC 4180, UTF-8 with its mark."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in _rows(whole):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return (_MARK + target.getvalue()).encode("utf-8")


def xlsx_of(whole: Whole) -> bytes:
    """One sheet."""
    rows = list(_rows(whole))
    width = max(len(row) for row in rows)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{_WIDTHS[at - 1] if at <= len(_WIDTHS) else 36}" customWidth="1"/>'
        for at in range(1, width + 1)
    )
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(number, at, cell) for at, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><cols>{columns}</cols><sheetData>{lines}</sheetData></worksheet>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(zipfile.ZipInfo(name), (_XML + content).encode("utf-8"), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _rows(whole: Whole) -> Iterator[Sequence[str | int]]:
    questions = whole.slip.wording.questions
    heads: list[str] = []
    for number, question in enumerate(questions, 1):
        if question.answers:
            heads.append(f"{number}. {question.text}")
        heads.append(f"{number}. Ý kiến" if question.answers else f"{number}. {question.text}")
    yield (*_HEAD, *heads)
    for number, each in enumerate(whole.recipients, 1):
        if not each.counts:
            standing = "Không còn trong danh sách"
        else:
            standing = "Đã trả lời" if each.answered else "Không trả lời"
        at = "" if each.answered_at is None else f"{each.answered_at.astimezone(HOUSE):%H:%M %d/%m/%Y}"
        said = {one.question: one for one in whole.answers.get(each.person, ())}
        cells: list[str] = []
        for question in questions:
            one = said.get(question.id)
            texts = {choice.answer: choice.text for choice in question.answers}
            if question.answers:
                cells.append(texts.get(one.answer or "", "") if one else "")
            cells.append(one.opinion if one else "")
        yield (number, each.name, each.position, each.unit, standing, each.answered, at, *cells)


def _cell(row: int, column: int, value: str | int) -> str:
    place = f"{_letters(column)}{row}"
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    kept = _NO_XML.sub("", value[:_CELL])
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(kept)}</t></is></c>'


def _letters(column: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    rest, last = divmod(column, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + last)
