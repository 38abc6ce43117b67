"""What a visitor does next, by where the demo's meeting stands: the last lines of what the demo prints.

Rules: a room that is resumed may hold the meeting in any phase; the hint never names a button that is not there. A
meeting that cannot be found or read (renamed, another password) is no reason not to run: the hint is then general.

Usage: ``console.say(next_step(look(room.ports.http)))``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import DemoError
from wire.phases import Phase

_ANEW: Final = "make demo-clean && make demo: cuộc họp mới để bắt đầu lại · a fresh meeting"
_TEXTS: Final[Mapping[Phase, str]] = {
    Phase.DRAFT: "Tiếp theo: thư ký chọn cuộc họp, bấm “Trình duyệt” · next: the secretary submits the meeting",
    Phase.SUBMITTED: "Tiếp theo: chủ trì chọn cuộc họp, bấm “Phê duyệt” · next: the chair approves the meeting",
    Phase.APPROVED: "Bắt đầu: địa chỉ chủ trì, “Vào điều hành”, “Khai mạc” · begin at the chair's address: “Lead …”",
    Phase.OPEN: "Cuộc họp đang diễn ra: địa chỉ chủ trì, “Vào điều hành” · in session: the chair leads on",
    Phase.RECESS: "Cuộc họp đang tạm nghỉ: chủ trì bấm “Họp tiếp” · the meeting is in recess: the chair resumes it",
    Phase.CLOSED: f"Cuộc họp đã bế mạc, tài liệu đã thu hồi · the meeting is closed.  {_ANEW}",
    Phase.LOCKED: f"Cuộc họp đã khóa · the meeting is locked.  {_ANEW}",
    Phase.CANCELLED: f"Cuộc họp đã hủy · the meeting was cancelled.  {_ANEW}",
}
_UNPUBLISHED: Final = (
    "Tiếp theo: thư ký chọn cuộc họp, bấm “Phát hành” rồi chủ trì “Khai mạc”"
    " · next: the secretary publishes, the chair opens"
)
_GENERAL: Final = (
    "Xem các cuộc họp: địa chỉ chủ trì hoặc thư ký · the meetings: at the chair's or the secretary's address"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the demo's meeting is; ``unpublished``: approved papers that are not at the seats yet."""

    phase: Phase
    unpublished: bool = False


def look(port: int) -> Standing | None:
    """How the meeting of the running room at ``port`` stands; None when that cannot be seen."""
    try:
        with Client(port).signed_in(people.SECRETARY.username, people.PASSWORD) as secretary:
            for each in secretary.get("/api/meetings")["meetings"]:
                if each["title"] == plans.MAIN.title:
                    found = secretary.get(f"/api/meetings/{each['id']}")["sections"]
                    approved = any(paper["state"] == "approved" for paper in found["papers"])
                    return Standing(Phase(found["meeting"]["phase"]), unpublished=approved)
    except (DemoError, LookupError, ValueError):
        return None
    return None


def next_step(standing: Standing | None) -> str:
    """One line, Vietnamese and English."""
    if standing is None:
        return _GENERAL
    if standing.phase is Phase.APPROVED and standing.unpublished:
        return _UNPUBLISHED
    return _TEXTS[standing.phase]
