"""What consoles want to know of the seats: who is there, how far the papers have come (D4).

Rules: the distribution's thread writes, any thread reads; numbers come from signed reports and from nothing else.

Usage::

    board.reported(device, paper, count=12, size=1024)
    board.delivery(meeting, state, sizes={paper: 1024})
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from server.fleet.model import Place, Presence
from wire.ids import DeviceId, MeetingId, PaperId
from wire.state import MeetingState
from wire.topics import PaperVersion


@dataclass
class _Entry:
    place: Place | None = None
    presence: Presence = field(default_factory=Presence)
    keys: set[str] = field(default_factory=set)
    have: dict[PaperVersion, int] = field(default_factory=dict)


class Board:
    """The last word of every device."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._entries: dict[DeviceId, _Entry] = {}

    # Written by the distribution

    def placed(self, device: DeviceId, place: Place | None) -> None:
        """A device stands at a seat, or (None) at none any more."""
        with self._lock:
            self._entry(device).place = place

    def seen(self, device: DeviceId, *, online: bool, at: dt.datetime | None, **more: Any) -> None:
        """What is known of a device's presence; ``more`` are further fields of :class:`Presence`."""
        with self._lock:
            entry = self._entry(device)
            last = entry.presence.last_seen_at if at is None else at
            entry.presence = replace(entry.presence, online=online, last_seen_at=last, **more)

    def keyed(self, device: DeviceId, meeting: str, *, has_key: bool) -> None:
        """A device was sent a meeting's key, or has destroyed it."""
        with self._lock:
            keys = self._entry(device).keys
            keys.add(meeting) if has_key else keys.discard(meeting)

    def reported(self, device: DeviceId, paper: PaperVersion, count: int) -> None:
        """A device has ``count`` chunks of a paper."""
        with self._lock:
            self._entry(device).have[paper] = count

    # Read by anybody

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        """What is known of these devices."""
        with self._lock:
            return {device: self._entries[device].presence for device in devices if device in self._entries}

    def delivery(self, meeting: MeetingId, state: MeetingState, sizes: Mapping[PaperVersion, int]) -> dict[str, Any]:
        """``{seats, papers, recall}`` of docs/API.md; ``sizes``: which papers go to the seats, in how many chunks."""
        people = _People(state)
        with self._lock:
            here = sorted(
                (entry.place.label, device, entry)
                for device, entry in self._entries.items()
                if entry.place is not None and entry.place.room == state.room
            )
            return {
                "seats": [_seat(device, entry, meeting=meeting, people=people) for _, device, entry in here],
                "papers": [
                    _paper(title, paper, size=sizes[paper], devices=[(device, entry) for _, device, entry in here])
                    for paper, title in _titles(state)
                    if paper in sizes
                ],
                "recall": {"expected": len(state.recall.expected), "confirmed": _confirmed(state)},
            }

    def _entry(self, device: DeviceId) -> _Entry:
        return self._entries.setdefault(device, _Entry())


def _titles(state: MeetingState) -> Iterable[tuple[PaperVersion, str]]:
    for paper in state.papers:
        yield PaperVersion(PaperId(paper.paper), paper.published_version), paper.title


class _People:
    """Who sits where, looked up once for all seats of a report."""

    def __init__(self, state: MeetingState) -> None:
        # Reversed: of two at one place the first counts.
        self._sitting: Final = {seat: person for person, seat in reversed(state.seated)}
        self._names: Final = {member.person: member.name for member in state.members}
        self._expected: Final = {member.seat: member.name for member in reversed(state.members)}

    def at(self, seat: str) -> str | None:
        """Who has signed in there."""
        return self._sitting.get(seat)

    def name(self, seat: str) -> str:
        """Who has signed in there, else who is expected."""
        person = self.at(seat)
        return self._expected.get(seat, "") if person is None else self._names.get(person, "")


def _seat(device: DeviceId, entry: _Entry, *, meeting: MeetingId, people: _People) -> dict[str, Any]:
    place = entry.place
    seat = "" if place is None else place.seat
    return {
        "device": device,
        "seat": seat,
        "seat_label": "" if place is None else place.label,
        "person": people.at(seat),
        "person_name": people.name(seat),
        "online": entry.presence.online,
        "seq": dict(entry.presence.seqs).get(meeting, 0),
        "keys": meeting in entry.keys,
        "screen": entry.presence.screen,
        "token": entry.presence.token,
    }


def _paper(title: str, paper: PaperVersion, *, size: int, devices: Iterable[tuple[DeviceId, _Entry]]) -> dict[str, Any]:
    have = {device: entry.have.get(paper, 0) for device, entry in devices}
    return {
        "paper": paper.paper,
        "version": paper.version,
        "title": title,
        "chunks": size,
        "have": have,
        "complete": [device for device, count in have.items() if count == size],
    }


def _confirmed(state: MeetingState) -> int:
    """How many of the expected seats have answered."""
    answered = {receipt.device for receipt in state.recall.receipts}
    return sum(device in answered for device, _ in state.recall.expected)
