"""What somebody holds, and a hand-over with its lines.

Rules HO1–HO4: pure.

HO1 What is signed, frozen or waits for a signature never moves; neither does what goes on this moment. It is listed
with the reason, so that nobody looks for it.
HO2 What is to be taken over, by whom, is written down whole before anything moves; each line is then done by the rules
of its own feature, once, however often it is tried.
HO3 The account is disabled last: with its certificates withdrawn, its calendar's address taken back and its sessions
ended. What was refused stands in the way until it goes, or until it is left on purpose.
HO4 The protocol is what was written down and what became of it; its hash stands in the record.

Usage::

    line.done, line.refused("unit-changed")
    protocol(handover) -> {"person": …, "lines": […]}, hash_of(protocol)
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from wire import canonical
from wire.fields import print_instant


class Kind(enum.StrEnum):
    """cuộc họp · dự họp · đơn vị · nhiệm vụ · tài liệu · phiếu lấy ý kiến · dự thảo · chờ ký · chứng thư · lịch."""

    MEETING = "meeting"
    MEMBERSHIP = "membership"
    UNIT = "unit"
    TASK = "task"
    REQUEST = "request"
    CONSULTATION = "consultation"
    LETTER = "letter"
    ROUND = "round"
    CERTIFICATE = "certificate"
    CALENDAR = "calendar"


#: What ends with the account instead of going to somebody.
ENDING = frozenset({Kind.MEMBERSHIP, Kind.CERTIFICATE, Kind.CALENDAR})


class State(enum.StrEnum):
    """chờ · đã bàn giao · không bàn giao được · để lại."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing somebody holds. ``thing``: its id (with its meeting's before it, where it has one); ``part``: what they
    are to it; ``path``: the page where it is seen; ``why``: the code of why it stays, empty when it can go.
    """

    kind: Kind
    thing: str
    part: str
    title: str
    path: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """Names it in a request."""
        return f"{self.kind.value}:{self.thing}:{self.part}"

    @property
    def can_move(self) -> bool:
        """Whether it can go to somebody."""
        return not self.why and self.kind not in ENDING

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "part": self.part,
            "title": self.title,
            "path": self.path,
            "why": self.why,
            "ends": self.kind in ENDING,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A thing that goes to ``to``, empty for what was left on purpose. ``code``: why it was refused."""

    number: int
    holding: Holding
    to: str
    to_name: str
    state: State = State.WAITING
    code: str = ""

    @property
    def done(self) -> Line:
        """Taken over."""
        return replace(self, state=State.DONE, code="")

    def refused(self, code: str) -> Line:
        """Not taken over, for now."""
        return replace(self, state=State.REFUSED, code=code)

    def to_value(self) -> dict[str, Any]:
        """As JSON, as the protocol has it."""
        told = {name: value for name, value in self.holding.to_value().items() if name not in {"key", "ends", "why"}}
        number = {"number": self.number, "to": self.to, "to_name": self.to_name}
        return {**told, **number, "state": self.state.value, "code": self.code}


@dataclass(frozen=True, slots=True)
class Handover:
    """One person's. ``by``: who began it."""

    number: int
    person: str
    name: str
    by: str
    by_name: str
    reason: str
    begun_at: dt.datetime
    done_at: dt.datetime | None = None
    lines: tuple[Line, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits and nothing was refused."""
        return all(line.state in {State.DONE, State.LEFT} for line in self.lines)

    def to_value(self) -> dict[str, Any]:
        """The protocol as JSON."""
        return {
            "number": self.number,
            "person": {"id": self.person, "name": self.name},
            "by": {"id": self.by, "name": self.by_name},
            "reason": self.reason,
            "begun_at": print_instant(self.begun_at),
            "done_at": None if self.done_at is None else print_instant(self.done_at),
            "lines": [line.to_value() for line in self.lines],
        }


def hash_of(handover: Handover) -> str:
    """SHA-256 of the protocol, in hexadecimal."""
    return hashlib.sha256(canonical.encode(handover.to_value())).hexdigest()
