"""A meeting's log, written line by line as a playbook.

Rules: every line is an event of one minute later; the state is folded as it goes.

Usage::

    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.state.phase
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from wire import fold, ids
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

_BEGIN = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)


def named(prefix: str, name: str) -> str:
    """An id that is the same for the same name: ``named("u", "chair")``."""
    return ids.new(prefix, hashlib.sha256(name.encode()).digest()[: ids.RANDOM_BYTES])


MEETING = MeetingId(named("m", "demo"))


def member(name: str, role: str, *, seat: str | None = None) -> dict[str, Any]:
    """A line of ``members_set``."""
    return {
        "person": named("u", name),
        "name": f"Đồng chí {name} (demo)",
        "position": "Kiểm sát viên",
        "unit": "Phòng 1",
        "role": role,
        "seat": None if seat is None else named("s", seat),
        "seat_label": seat or "",
    }


def item(
    name: str, *, parent: str | None = None, visibility: str = "common", presenter: str | None = None
) -> dict[str, Any]:
    """A line of ``agenda_set``."""
    return {
        "item": named("i", name),
        "parent": None if parent is None else named("i", parent),
        "title": f"Nội dung {name}",
        "minutes": 15,
        "visibility": visibility,
        "presenter": None if presenter is None else named("u", presenter),
    }


def paper(name: str, *, under: str, version: int = 1, pages: int = 3) -> dict[str, Any]:
    """The data of ``paper_submitted``."""
    return {
        "paper": named("p", name),
        "item": named("i", under),
        "title": f"Báo cáo {name}",
        "secrecy": "normal",
        "version": version,
        "pages": pages,
        "size_bytes": 1000 * pages,
        "plain_sha256": hashlib.sha256(f"{name}.{version}".encode()).hexdigest(),
        "owner": named("u", "secretary"),
        "signed": False,
    }


def described(title: str = "Họp giao ban (demo)") -> dict[str, Any]:
    """The data of ``meeting_created`` and ``meeting_described``."""
    return {
        "title": title,
        "type": "giao_ban",
        "room": named("r", "room"),
        "room_name": "Phòng họp 1",
        "starts_at": "2026-11-21T02:00:00.000Z",
        "planned_minutes": 90,
    }


class MeetingLog:
    """Events so far and the state they fold to."""

    def __init__(self, meeting: MeetingId = MEETING) -> None:
        self.meeting = meeting
        self.events: list[Event] = []
        self.state = MeetingState()

    def next(self, kind: str, data: dict[str, Any] | None = None, *, actor: str = "system") -> Event:
        """The event that would come next; nothing is added."""
        return Event.after(
            self.state.last,
            meeting=self.meeting,
            at=_BEGIN + dt.timedelta(minutes=len(self.events)),
            actor=actor,
            kind=kind,
            data=data or {},
        )

    def add(self, kind: str, data: dict[str, Any] | None = None, *, actor: str = "system") -> MeetingState:
        """Write one event and fold it."""
        event = self.next(kind, data, actor=actor)
        self.state = fold.apply(self.state, event)
        self.events.append(event)
        return self.state

    def created(self) -> MeetingLog:
        """A draft with a chair, a secretary, a member, a guest and three items."""
        self.add("meeting_created", described())
        members = [
            member("chair", "chair", seat="A1"),
            member("secretary", "secretary", seat="A2"),
            member("lan", "member", seat="A3"),
            member("guest", "guest"),
        ]
        self.add("members_set", {"members": members})
        self.add("agenda_set", {"items": [item("one"), item("one.a", parent="one"), item("two")]})
        return self

    def prepared(self) -> MeetingLog:
        """Approved, with one published paper under the first item."""
        self.created()
        self.add("paper_submitted", paper("report", under="one"))
        self.add("paper_approved", {"paper": named("p", "report")})
        self.add("meeting_submitted")
        self.add("meeting_approved")
        self.add("epoch_started", {"epoch": 1})
        self.publish("report")
        return self

    def publish(self, name: str, version: int = 1) -> MeetingState:
        """Publish a version."""
        data = {"paper": named("p", name), "version": version, "manifest_sha256": "ab" * 32}
        return self.add("paper_published", data)
