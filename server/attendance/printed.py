"""The attendance sheet as a document of the office, to be signed by the secretary and the chair (A1, N1).

Rules: pure; says what the roll says and no more: who was there, since when, who was excused and why, who sits for whom,
how many of those who count attended at all, and how many the rule asks for (A4). Times are those of the house (UTC+7).
Members whose place a substitute takes stand with that substitute's name.

Usage: ``printer.print(document(sheet, house), at=now)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from server.agency.model import House
from server.attendance.sheet import Row, Sheet
from server.attendance.table import HOUSE, ROLES, WORDS
from server.documents.model import (
    Column,
    Document,
    Foot,
    Heading,
    Part,
    Signing,
    Table,
    Text,
    day_in_words,
    time_in_words,
)
from wire.places import places, replaced_by, stands_for
from wire.quorum import quorum
from wire.state import MeetingState, Member, MemberRole, Presence

TITLE: Final = "Danh sách điểm danh"
_COLUMNS: Final = (
    Column("STT", 4, "center"),
    Column("Họ và tên", 17),
    Column("Chức vụ, đơn vị", 20),
    Column("Điểm danh", 20),
    Column("Ký xác nhận", 11),
)


def document(sheet: Sheet, house: House, *, now: dt.datetime) -> Document:
    """The sheet on paper; members first, then guests and who else was invited."""
    state = sheet.state
    counted = [row for row in sheet.rows if row.member.role in {MemberRole.CHAIR, MemberRole.MEMBER}]
    others = [row for row in sheet.rows if row not in counted]
    parts: list[Part] = (
        [Text(_when(state)), Text(f"Địa điểm: {state.room_name}.")] if state.room_name else [Text(_when(state))]
    )
    parts += [Text(_attended(sheet)), Heading("1. Thành viên"), _table(sheet, counted, "Thành viên")]
    if others:
        parts += [Heading("2. Thư ký, khách mời và người trình bày"), _table(sheet, others, "Khách mời")]
    return Document(
        house.issuing,
        None,
        TITLE,
        state.title,
        tuple(parts),
        Foot(_signing(state, MemberRole.CHAIR, "Chủ tọa"), _signing(state, MemberRole.SECRETARY, "Thư ký")),
        (state.starts_at or now).astimezone(HOUSE).year,
        has_date=False,
    )


def _when(state: MeetingState) -> str:
    begun = state.opened_at or state.starts_at
    if begun is None:
        return "Thời gian: chưa định."
    at, end = begun.astimezone(HOUSE), state.closed_at
    words = f"Thời gian bắt đầu: {time_in_words(at.time())}, {day_in_words(at.date())}"
    if end is not None:
        until = end.astimezone(HOUSE)
        words += f"; kết thúc: {time_in_words(until.time())}, {day_in_words(until.date())}"
    return f"{words}."


def _attended(sheet: Sheet) -> str:
    # Not who is there at the moment of printing: whoever left before the end has attended all the same.
    counted = {place.voter.person for place in places(sheet.state)}
    came = sum(1 for row in sheet.rows if row.member.person in counted and _came(row))
    need = quorum(sheet.state).need
    return f"Số thành viên dự họp: {came}/{len(counted)}" + ("." if need is None else f" (theo quy định cần {need}).")


def _came(row: Row) -> bool:
    return bool(row.spans) or any(Presence(each.presence).is_there for each in row.words)


def _table(sheet: Sheet, rows: list[Row], caption: str) -> Table:
    return Table(_COLUMNS, tuple(_cells(sheet, number, row) for number, row in enumerate(rows, 1)), caption)


def _cells(sheet: Sheet, number: int, row: Row) -> tuple[str, ...]:
    member = row.member
    role = "" if member.role in {MemberRole.CHAIR, MemberRole.MEMBER} else ROLES[member.role]
    about = ", ".join(each for each in (member.position, member.unit, role) if each)
    return (str(number), member.name, about, _said(sheet.state, row), "")


def _said(state: MeetingState, row: Row) -> str:
    standing = replaced_by(state, row.member.person)
    if standing is not None:
        substitute = state.member(standing.person)
        return f"Người dự thay: {'' if substitute is None else substitute.name}"
    told = "; ".join(_word(each.presence, row.since(each), each.reason) for each in row.words)
    if not told:
        told = f"Có mặt {_time(row.arrived_at or row.spans[0][0])}" if row.spans else "Chưa điểm danh"
    for_whom = stands_for(state, row.member.person)
    absent: Member | None = None if for_whom is None else state.member(for_whom.member)
    return told if absent is None else f"{told} (dự thay {absent.name})"


def _word(presence: str, at: dt.datetime, reason: str) -> str:
    return f"{WORDS[presence]} {_time(at)}" + (f": {reason}" if reason else "")


def _time(at: dt.datetime) -> str:
    return f"{at.astimezone(HOUSE):%H:%M}"


def _signing(state: MeetingState, role: MemberRole, words: str) -> Signing:
    found = next((each for each in state.members if each.role is role), None)
    return Signing((words,), "" if found is None else found.name)
