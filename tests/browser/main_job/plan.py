"""What is to be prepared: the meeting, who takes part, the agenda, the papers. People and papers are the demo's.

Usage: `secretary.creates(MEETING)`, `secretary.writes_agenda(ITEMS)`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from deploy.demo import people


@dataclass(frozen=True, slots=True)
class Meeting:
    """As the form asks for it."""

    title: str
    kind: str
    room: str
    day: str
    time: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Member:
    """``typed`` is what the secretary types to find the person."""

    person: people.Person
    typed: str
    role: str
    seat: str


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item."""

    number: str
    title: str
    minutes: int
    presenter: people.Person | None = None

    @property
    def level(self) -> int:
        """0 at the top."""
        return self.number.count(".")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file for an item; secrecy is chosen (P4)."""

    file: str
    title: str
    item: str
    secrecy: str
    pages: int


#: In Việt Nam, where the forms count.
_TOMORROW: Final = dt.datetime.now(dt.timezone(dt.timedelta(hours=7))) + dt.timedelta(days=1)

MEETING: Final = Meeting(
    title="Hội nghị sơ kết công tác kiểm sát quý III và thông qua Quy chế phiên họp không giấy (demo)",
    kind="Hội nghị",
    room=f"{people.ROOM_NAME} ({len(people.SEATS)} chỗ)",
    day=f"{_TOMORROW:%d/%m/%Y}",
    time="08:30",
    minutes=150,
)
MEMBERS: Final = (
    Member(people.CHAIR, "nguyen van an", "Chủ trì", "A1"),
    Member(people.SECRETARY, "mai phuong", "Thư ký", "A2"),
    Member(people.DEPUTY, "tran thi binh", "Đại biểu", "B1"),
    Member(people.DELEGATE, "khanh ngoc", "Đại biểu", "B2"),
    Member(people.PRESENTER, "le van chau", "Người trình bày", "C1"),
)
ITEMS: Final = (
    Item("1", "Khai mạc, giới thiệu đại biểu, thông qua chương trình", 10, people.CHAIR),
    Item("2", "Kết quả công tác quý III và nhiệm vụ trọng tâm quý IV", 70),
    Item("2.1", "Báo cáo sơ kết công tác kiểm sát quý III", 25, people.DEPUTY),
    Item("2.2", "Thảo luận về những việc còn chậm và giải pháp", 45),
    Item("3", "Triển khai thí điểm tổ chức phiên họp không giấy", 30, people.PRESENTER),
    Item("4", "Thông qua Quy chế tổ chức phiên họp không giấy", 30, people.DELEGATE),
    Item("5", "Kết luận và bế mạc hội nghị", 10, people.CHAIR),
)
REPORT: Final = Paper(
    "bao-cao-so-ket.pdf", "Báo cáo sơ kết công tác kiểm sát quý III năm 2026 (demo)", "2.1", "Nội bộ", 20
)
APPENDIX: Final = Paper("phu-luc-so-lieu.pdf", "Phụ lục số liệu công tác kiểm sát quý III (demo)", "2.1", "Nội bộ", 4)
DECISION: Final = Paper("quyet-dinh-da-ky.pdf", "Quyết định thí điểm phiên họp không giấy (demo)", "3", "Thường", 3)
SCAN: Final = Paper("ho-so-quet.pdf", "Hồ sơ trang bị phòng họp, bản quét (demo)", "3", "Nội bộ", 100)
PAPERS: Final = (REPORT, APPENDIX, DECISION, SCAN)
PAGES: Final = sum(paper.pages for paper in PAPERS)
