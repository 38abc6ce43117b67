"""What every message has, and the head of those between one seat and the server.

Rules W24. A message whose session is not the current one, or whose number is not above the last,
is stale and dropped.

Usage::

    head.must_follow(session, last)
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, Self

from wire.errors import StaleMessage
from wire.fields import Fields, print_instant
from wire.frames import MAX_EPOCH
from wire.ids import PaperId
from wire.topics import MAX_VERSION, PaperVersion

SESSION_BYTES: Final = 16
KEY_BYTES: Final = 32


class Message(Protocol):
    """What all messages have."""

    TYPE: ClassVar[str]

    def to_value(self) -> dict[str, Any]:
        """The canonical JSON value that is signed."""
        ...

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the value; raises :class:`wire.errors.BadField`."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """Device, session (16 bytes, chosen by the seat at every start), number and moment."""

    device: str
    session: bytes
    number: int
    at: dt.datetime

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "v": 1,
            "device": self.device,
            "session": b64(self.session),
            "n": self.number,
            "at": print_instant(self.at),
        }

    @classmethod
    def read(cls, fields: Fields) -> Head:
        """Read and check."""
        fields.number("v", low=1, high=1)
        head = cls(
            device=fields.id("device", "d"),
            session=fields.base64("session", size=SESSION_BYTES),
            number=fields.number("n"),
            at=fields.instant("at"),
        )
        fields.end()
        return head

    def must_follow(self, session: bytes, last: int) -> None:
        """Raise :class:`StaleMessage` unless of ``session`` and above ``last`` (W24)."""
        if self.session != session:
            raise StaleMessage("a message of another session")
        if self.number <= last:
            raise StaleMessage(f"number {self.number} was seen already")


def b64(data: bytes) -> str:
    """Bytes as they stand in JSON."""
    return base64.b64encode(data).decode("ascii")


def print_paper(paper: PaperVersion) -> dict[str, Any]:
    """The two fields of a paper version."""
    return {"paper": paper.paper, "version": paper.version}


def read_paper(fields: Fields) -> PaperVersion:
    """The paper version in the fields ``paper`` and ``version``."""
    return PaperVersion(PaperId(fields.id("paper", "p")), fields.number("version", low=1, high=MAX_VERSION))


def read_epoch(fields: Fields) -> int:
    """The field ``epoch``."""
    return fields.number("epoch", low=1, high=MAX_EPOCH)
