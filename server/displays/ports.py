"""Where links and sessions of displays are kept, and which rooms there are with their plans.

Rules: hashes in, hashes out; no token is ever handed to a store.

Usage: ``store.add_link(tx, hash, room=room, by=label, at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.unit import Transaction


class DisplayStore(Protocol):
    """Links and sessions by the SHA-256 of their tokens, in hexadecimal."""

    def add_link(self, tx: Transaction, link: str, *, room: str, by: str, at: dt.datetime) -> None:
        """Keep a new link."""
        ...

    def remove_links(self, tx: Transaction, room: str) -> None:
        """Forget all links of a room, and the sessions opened with them."""
        ...

    def room_of_link(self, tx: Transaction, link: str) -> str | None:
        """The room a link is for."""
        ...

    def add_session(self, tx: Transaction, session: str, *, link: str, at: dt.datetime) -> None:
        """Keep a session that a link opened."""
        ...

    def room_of_session(self, tx: Transaction, session: str) -> str | None:
        """The room a session may see."""
        ...


@dataclass(frozen=True, slots=True)
class PlanSeat:
    """A seat where it stands: ``x`` and ``y`` in thousandths of the plan, from its upper left corner."""

    id: str
    label: str
    x: int
    y: int


class Rooms(Protocol):
    """Which rooms there are."""

    def room_name(self, room: str) -> str:
        """The name of a room; raises NoSuchRoom."""
        ...

    def plan(self, room: str) -> Sequence[PlanSeat]:
        """Its seats; raises NoSuchRoom."""
        ...
