"""What the demo's meetings are about: titles, agenda, and which paper belongs where.

Rules: the agenda is a tree with durations (M4); each paper names the item it is for and its secrecy, because secrecy is
chosen (P4): for internal use, or ordinary where the paper is public anyway.

Usage: `agenda_items(MAIN, seed="…", person=ids_by_username)`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deploy.demo import people
from deploy.demo.papers.resolution import TITLE as RESOLUTION_TITLE
from wire import ids

#: The country has one zone and no summer time.
_LOCAL: Final = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Topic:
    """An agenda item: ``level`` 0 stands at the top, 1 below the last of level 0."""

    key: str
    level: int
    title: str
    minutes: int
    presenter: people.Person | None = None
    visibility: str = "common"


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting of the demo; it starts so many days after it is made, at ``hour`` local time.

    Without an hour it is on now: since the last quarter of an hour, so that once closed it is not of the future.
    """

    key: str
    title: str
    kind: str
    minutes: int
    starts_in_days: int
    hour: int | None
    topics: tuple[Topic, ...]

    def starts_at(self, now: dt.datetime) -> dt.datetime:
        """When it starts, made ``now`` (aware)."""
        day = now.astimezone(_LOCAL) + dt.timedelta(days=self.starts_in_days)
        if self.hour is None:
            return day.replace(minute=day.minute // 15 * 15, second=0, microsecond=0)
        return day.replace(hour=self.hour, minute=0, second=0, microsecond=0)


#: The file that waits for signatures in the main meeting.
TO_SIGN: Final = "nghi-quyet.pdf"
TO_SIGN_TITLE: Final = RESOLUTION_TITLE
MAIN: Final = Plan(
    "main",
    "Hội nghị sơ kết công tác kiểm sát quý III, triển khai nhiệm vụ trọng tâm quý IV năm 2026 và thông qua "
    "Quy chế tổ chức phiên họp không giấy (demo)",
    "Hội nghị",
    180,
    0,
    None,
    (
        Topic("opening", 0, "Khai mạc, giới thiệu đại biểu và thông qua chương trình hội nghị", 10, people.CHAIR),
        Topic("work", 0, "Kết quả công tác quý III và nhiệm vụ trọng tâm quý IV năm 2026", 75),
        Topic("work-report", 1, "Báo cáo sơ kết công tác kiểm sát quý III", 25, people.DEPUTY),
        Topic("work-talk", 1, "Thảo luận về nguyên nhân những việc còn chậm và giải pháp", 50),
        Topic("rules", 0, "Thông qua Quy chế tổ chức phiên họp không giấy", 35, people.DELEGATE),
        Topic("pilot", 0, "Triển khai thí điểm tổ chức phiên họp không giấy", 40),
        Topic("pilot-decision", 1, "Quán triệt quyết định thí điểm của cấp trên", 15, people.PRESENTER),
        Topic("pilot-rooms", 1, "Hồ sơ trang bị phòng họp và tiến độ lắp đặt", 25, people.PRESENTER),
        Topic("staff", 0, "Trao đổi về phân công cán bộ hỗ trợ tại chỗ", 10, visibility="internal"),
        Topic("closing", 0, "Kết luận và bế mạc hội nghị", 10, people.CHAIR),
    ),
)
DRAFT: Final = Plan(
    "draft",
    "Giao ban tháng 11 năm 2026 của lãnh đạo các bộ phận (demo)",
    "Giao ban",
    60,
    7,
    8,
    (
        Topic("review", 0, "Điểm lại việc thực hiện kết luận giao ban tháng 10", 20),
        Topic("plan", 0, "Kế hoạch công tác tháng 12", 30),
        Topic("other", 0, "Việc khác", 10),
    ),
)

#: A paper's file → the agenda item it is for, and its secrecy.
PAPERS: Final[Mapping[str, tuple[str, str]]] = {
    "bao-cao-so-ket.pdf": ("work-report", "internal"),
    "phu-luc-so-lieu.pdf": ("work-report", "internal"),
    "to-trinh.pdf": ("rules", "internal"),
    "quyet-dinh-da-ky.pdf": ("pilot-decision", "normal"),
    "ho-so-quet.pdf": ("pilot-rooms", "internal"),
}


def item_id(plan: Plan, topic: str, *, seed: str) -> str:
    """The id of an agenda item, the same each time it is asked in one room."""
    digest = hashlib.sha256(f"{seed}\0item\0{plan.key}\0{topic}".encode()).digest()
    return ids.new("i", digest[: ids.RANDOM_BYTES])


def agenda_items(plan: Plan, *, seed: str, person: Mapping[str, str]) -> list[dict[str, Any]]:
    """The agenda as the server takes it; ``person``: the id of each user name."""
    items = []
    parent = None
    for topic in plan.topics:
        item = item_id(plan, topic.key, seed=seed)
        if topic.level == 0:
            parent = item
        items.append(
            {
                "item": item,
                "parent": None if topic.level == 0 else parent,
                "title": topic.title,
                "minutes": topic.minutes,
                "visibility": topic.visibility,
                "presenter": person[topic.presenter.username] if topic.presenter else None,
            }
        )
    return items
