"""Answers for spreadsheets: CSV, and a workbook with one sheet.

Rules: a line a person; times are those of the house.

Usage: ``csv_of(whole)``, ``xlsx_of(whole)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server import spreadsheets
from server.attendance.table import HOUSE
from server.consultations.showing import Whole
from server.spreadsheets import Row, Sheet

_HEAD: Final = ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Tình trạng", "Số lần trả lời", "Trả lời lần cuối lúc")
_WIDTHS: Final = (6, 26, 22, 26, 18, 10, 20, 36)


def csv_of(whole: Whole) -> bytes:
    """All answers."""
    return spreadsheets.csv_of(_rows(whole))


def xlsx_of(whole: Whole) -> bytes:
    """One sheet."""
    return spreadsheets.xlsx_of([Sheet("Ý kiến", _rows(whole), _WIDTHS)])


def _rows(whole: Whole) -> Iterator[Row]:
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
