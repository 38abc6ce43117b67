"""Answers for spreadsheets: CSV, and a workbook with one sheet.

Rules: a line a person; times are those of the house. Of a secret slip a line a ballot, and people apart from them.

Usage: ``csv_of(whole)``, ``xlsx_of(whole)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from server import spreadsheets
from server.attendance.table import HOUSE
from server.consultations.model import Said
from server.consultations.showing import Whole
from server.spreadsheets import Row, Sheet

_HEAD: Final = ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Tình trạng", "Số lần trả lời", "Trả lời lần cuối lúc")
_WIDTHS: Final = (6, 26, 22, 26, 18, 10, 20, 36)


def csv_of(whole: Whole) -> bytes:
    """All answers; of a secret slip all ballots."""
    return spreadsheets.csv_of(_rows(whole) if whole.counted is None else _ballots(whole))


def xlsx_of(whole: Whole) -> bytes:
    """One sheet; of a secret slip one of ballots, and one that says who was given one."""
    if whole.counted is not None:
        sheets = [Sheet("Phiếu", _ballots(whole), (6, 24, 36)), Sheet("Danh sách", _given(whole), (6, 26, 22, 26, 22))]
        return spreadsheets.xlsx_of(sheets)
    return spreadsheets.xlsx_of([Sheet("Ý kiến", _rows(whole), _WIDTHS)])


def _rows(whole: Whole) -> Iterator[Row]:
    yield (*_HEAD, *_heads(whole))
    for number, each in enumerate(whole.recipients, 1):
        if not each.counts:
            standing = "Không còn trong danh sách"
        else:
            standing = "Đã trả lời" if each.answered else "Không trả lời"
        at = "" if each.answered_at is None else f"{each.answered_at.astimezone(HOUSE):%H:%M %d/%m/%Y}"
        cells = _cells(whole, whole.answers.get(each.person, ()))
        yield (number, each.name, each.position, each.unit, standing, each.answered, at, *cells)


def _ballots(whole: Whole) -> Iterator[Row]:
    """In the order of the receipts, and with nobody's name."""
    yield ("STT", "Biên nhận", *_heads(whole))
    for number, (receipt, said) in enumerate(whole.answers.items(), 1):
        yield (number, receipt, *_cells(whole, said))


def _given(whole: Whole) -> Iterator[Row]:
    yield ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Tình trạng")
    for number, each in enumerate(whole.recipients, 1):
        standing = "Đã lấy phiếu" if each.drawn else "Không lấy phiếu"
        yield (number, each.name, each.position, each.unit, standing if each.counts else "Không còn trong danh sách")


def _heads(whole: Whole) -> list[str]:
    heads: list[str] = []
    for number, question in enumerate(whole.slip.wording.questions, 1):
        if question.answers:
            heads.append(f"{number}. {question.text}")
        heads.append(f"{number}. Ý kiến" if question.answers else f"{number}. {question.text}")
    return heads


def _cells(whole: Whole, answers: Sequence[Said]) -> list[str]:
    said = {one.question: one for one in answers}
    cells: list[str] = []
    for question in whole.slip.wording.questions:
        one = said.get(question.id)
        texts = {choice.answer: choice.text for choice in question.answers}
        if question.answers:
            cells.append(texts.get(one.answer or "", "") if one else "")
        cells.append(one.opinion if one else "")
    return cells
