"""A small meeting in a running room, made over HTTP as the secretary and the chair make it.

Usage::

    path = make_meeting(room, title="Phiên họp thử (demo)", items={"i-aaaaaaaaaaaaaaaa": "Báo cáo"})
    upload(secretary, path, file, item=..., title=...)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.demo import people
from deploy.demo.client import Client
from tests.support.room_process import RunningRoom

MEMBERS = (people.CHAIR, people.SECRETARY, people.DEPUTY, people.DELEGATE, people.PRESENTER)


def make_meeting(room: RunningRoom, *, title: str, items: Mapping[str, str]) -> str:
    """A submitted meeting with the demo's people; ``items``: id → title, presented by the deputy. Its API path."""
    secretary = room.sign_in(people.SECRETARY)
    described = {
        "title": title,
        "type": "Giao ban",
        "room": room.furnished.room,
        "starts_at": "2026-11-21T02:00:00.000Z",
        "planned_minutes": 60,
    }
    path = f"/api/meetings/{secretary.post('/api/meetings', described, step=f'meeting {title}')['id']}"
    persons, seats = room.furnished.persons, room.furnished.seats
    members = [
        {"person": persons[who.username], "role": who.member_role, "seat": seats[who.seat or ""]} for who in MEMBERS
    ]
    secretary.put(f"{path}/members", {"members": members}, step=f"members {title}")
    agenda = [_item(item, words, presenter=persons[people.DEPUTY.username]) for item, words in items.items()]
    seq = secretary.get(path)["seq"]
    secretary.put(f"{path}/agenda", {"items": agenda, "expected_seq": seq}, step=f"agenda {title}")
    secretary.post(f"{path}/submit", {}, step=f"submit {title}")
    return path


def _item(item: str, title: str, *, presenter: str) -> dict[str, Any]:
    return {
        "item": item,
        "parent": None,
        "title": title,
        "minutes": 30,
        "visibility": "common",
        "presenter": presenter,
    }


def upload(secretary: Client, path: str, file: Path, *, item: str, title: str) -> str:
    """Upload a paper for internal use; its id."""
    fields = {"item": item, "title": title, "secrecy": "internal"}
    return str(secretary.upload(f"{path}/papers", file, fields, step=f"upload {title}")["paper"])
