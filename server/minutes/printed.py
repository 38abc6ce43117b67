"""The minutes on paper: in the layout of Mẫu 1.9, the secretary signs at the left, the chair at the right (BB12).

Rules: pure; what is printed is what stands in the document, paragraph by paragraph. A paragraph that is not what the
record says carries a mark, and an appendix says what the record has and why it was changed (BB6). The list of those who
attended is an appendix, too: drawn from the record, and nobody's to change.

Usage: ``office.print(document(minutes, facts, house, signing=signing), at=now)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from server.agency.model import House
from server.documents.model import (
    Appendix,
    Column,
    Document,
    Foot,
    Heading,
    Part,
    Points,
    Signing,
    Symbol,
    Table,
    Text,
)
from server.minutes.attendance import Word, was_there, what_counts, words_of
from server.minutes.document import Minutes, Paragraph
from server.minutes.facts import Facts
from server.minutes.saying import HOUSE, Clock
from wire.attended import attended
from wire.events import Event
from wire.places import replaced_by, stands_for
from wire.state import MeetingState, Member, MemberRole, Presence

TITLE: Final = "Biên bản"
DRAFT: Final = "Dự thảo"
#: What is read while they are signed and afterwards, without signatures and evidence.
COPY: Final = "Bản đọc"
#: The kind of the document in its notation, ``BB-VKS…`` (NĐ 30/2020, Phụ lục III).
KIND: Final = "BB"
_WORDS: Final = {
    Presence.PRESENT: "có mặt",
    Presence.LATE: "đến muộn",
    Presence.EXCUSED: "vắng có lý do",
    Presence.ABSENT: "vắng mặt",
    Presence.LEFT: "rời đi",
    Presence.RETURNED: "trở lại",
}
_ROLES: Final = {
    MemberRole.CHAIR: "chủ trì",
    MemberRole.SECRETARY: "thư ký",
    MemberRole.GUEST: "khách mời",
    MemberRole.PRESENTER: "người trình bày",
}
_PEOPLE: Final = (
    Column("STT", 4, "center"),
    Column("Họ và tên", 18),
    Column("Chức vụ, đơn vị", 24),
    Column("Tham dự", 22),
)
_OTHER: Final = (Column("Mục", 5, "center"), Column("Biên bản ghi", 20), Column("Nhật ký ghi", 20), Column("Lý do", 12))


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs: names as they are printed under the signatures. ``numbered``: the registry clerk gives a number."""

    secretary: str
    chair: str
    numbered: bool = False
    recipients: tuple[str, ...] = ("Lưu: VT, hồ sơ cuộc họp",)


def document(
    minutes: Minutes, facts: Facts, house: House, *, signers: Signers, events: Sequence[Event], mark: str = ""
) -> Document:
    """The minutes as a document of the office; ``mark``: of what is not the signed file."""
    state = facts.state
    begun = state.opened_at or state.starts_at
    appendices = [_people(state, events, facts), *_differences(minutes)]
    return Document(
        house.issuing,
        Symbol(f"{KIND}-{house.short}") if signers.numbered else None,
        TITLE,
        state.title,
        tuple(_body(minutes)),
        Foot(
            right=Signing(("Chủ tọa",), signers.chair),
            left=Signing(("Thư ký",), signers.secretary),
            recipients=signers.recipients,
        ),
        year=begun.astimezone(HOUSE).year if begun is not None else 0,
        has_date=False,
        mark=mark,
        appendices=tuple(_lettered(appendices)),
    )


def label(minutes: Minutes, paragraph: Paragraph) -> int:
    """Which of the differences it is, from 1."""
    return 1 + [each.paragraph for each in minutes.differences].index(paragraph.paragraph)


def _body(minutes: Minutes) -> Iterator[Part]:
    first_item = next((part.section for part in minutes.parts if part.item is not None), None)
    for part in minutes.parts:
        if part.section == first_item:
            yield Heading("Nội dung (theo diễn biến cuộc họp):")
        if part.title:
            yield Heading(part.title)
        for paragraph in part.paragraphs:
            yield from _printed(minutes, paragraph)


def _printed(minutes: Minutes, paragraph: Paragraph) -> Iterator[Part]:
    lines = [line.strip() for line in paragraph.text.splitlines() if line.strip()]
    if paragraph.differs:
        mark = f"[Khác với nhật ký: Phụ lục II, mục {label(minutes, paragraph)}]"
        lines = [*lines[:-1], f"{lines[-1]} {mark}"] if lines else [f"(Đã bỏ.) {mark}"]
    points: list[str] = []
    for line in lines:
        if line.startswith("- "):
            points.append(line.removeprefix("- "))
            continue
        if points:
            yield Points(tuple(points))
            points = []
        yield Text(line)
    if points:
        yield Points(tuple(points))


def _lettered(appendices: Sequence[tuple[str, tuple[Part, ...]]]) -> Iterator[Appendix]:
    for number, (title, parts) in zip(("I", "II"), appendices, strict=False):
        yield Appendix(f"Phụ lục {number}", title, parts, note="(Kèm theo Biên bản)")


def _people(state: MeetingState, events: Sequence[Event], facts: Facts) -> tuple[str, tuple[Part, ...]]:
    said, found, clock = words_of(events), attended(events), Clock(state.opened_at)
    rows = []
    for number, member in enumerate(state.members, 1):
        words = said.get(member.person, ())
        if was_there(words, member.person, found):
            told = "; ".join(_word(each, clock) for each in what_counts(words)) or "có mặt"
        elif words:
            told = _WORDS[words[-1].presence] + (f": {words[-1].reason}" if words[-1].reason else "")
        else:
            told = "chưa điểm danh"
        rows.append((str(number), member.name, _about(member), _standing(state, member, told)))
    return "Danh sách thành phần tham dự", (Table(_PEOPLE, tuple(rows), "Thành phần tham dự"),)


def _word(said: Word, clock: Clock) -> str:
    """What was said after the close has no time: it was none of the meeting."""
    return _WORDS[said.presence] if said.at is None else f"{_WORDS[said.presence]} {clock.at(said.at)}"


def _about(member: Member) -> str:
    return ", ".join(each for each in (member.position, member.unit, _ROLES.get(member.role, "")) if each)


def _standing(state: MeetingState, member: Member, told: str) -> str:
    by, for_whom = replaced_by(state, member.person), stands_for(state, member.person)
    if by is not None:
        sitter = state.member(by.person)
        return f"người dự thay: {'' if sitter is None else sitter.name}"
    absent = None if for_whom is None else state.member(for_whom.member)
    return told if absent is None else f"{told} (dự thay {absent.name})"


def _differences(minutes: Minutes) -> Iterator[tuple[str, tuple[Part, ...]]]:
    if not minutes.differences:
        return
    rows = tuple(
        (
            str(number),
            each.text or "(bỏ)",
            each.record or "(nhật ký không ghi)",
            "" if each.writing is None else f"{each.writing.reason} ({each.writing.by_name})",
        )
        for number, each in enumerate(minutes.differences, 1)
    )
    yield "Những nội dung khác với nhật ký cuộc họp", (Table(_OTHER, rows, "Khác với nhật ký"),)
