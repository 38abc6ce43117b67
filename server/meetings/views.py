"""Meetings as the consoles read them.

Rules: what is not for a reader is left out here, on the server, and never sent (M4: items may be internal or hidden).

Usage: ``sections_for(state, actor)``.
"""

from __future__ import annotations

from typing import Any

from server.identity.model import Actor, Role
from server.meetings.ports import MeetingRow
from wire import view
from wire.fields import print_instant
from wire.state import MeetingState, MemberRole


def row(meeting: MeetingRow, role: MemberRole | None) -> dict[str, Any]:
    """A meeting in a list; ``role`` is the reader's own."""
    return {
        "id": meeting.id,
        "title": meeting.title,
        "type": meeting.type,
        "room": meeting.room,
        "room_name": meeting.room_name,
        "starts_at": print_instant(meeting.starts_at),
        "planned_minutes": meeting.planned_minutes,
        "phase": meeting.phase,
        "seq": meeting.seq,
        "role": None if role is None else role.value,
        "rehearsal_of": meeting.rehearsal_of,
    }


def reader_of(actor: Actor) -> str:
    """Whose sections are the same: one word for displays, one for those who read everything, else the person."""
    if actor.person is None:
        return ""
    return "all" if actor.has(Role.SECRETARY, Role.AUDITOR) else actor.person


def sections_for(state: MeetingState, actor: Actor) -> dict[str, Any]:
    """The sections of ``wire.view`` that ``actor`` may read."""
    if actor.person is None:
        return view.sections(view.for_display(state))
    if actor.has(Role.SECRETARY, Role.AUDITOR):
        return view.sections(state)
    return view.sections(view.for_person(state, actor.person))
