"""What people do at a seat, the server's answer, and the seat's word that keys are gone (W28, W29).

Usage::

    Act(head, act, meeting, "present", person, made_at, {"paper": …, "version": 1, "page": 4})
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.messages.head import Head, print_paper, read_paper
from wire.messages.session import MAX_PAPERS
from wire.topics import PaperVersion

OUTCOMES: Final = frozenset({"done", "refused"})
#: Canonical bytes of an act's or an answer's ``data``: one of a person's inputs, never a file.
MAX_DATA_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Act:
    """Seat → server: a request by a person, kept in the outbox until acknowledged (W28).

    ``act`` is the idempotency key. ``person`` is empty for ``sign_in``, whose ``data`` holds name and
    password or what a token has signed (``wire.proof``), and therefore never shows in ``repr``.
    """

    TYPE: ClassVar[str] = "act"
    head: Head
    act: str
    meeting: str
    kind: str
    person: str | None
    made_at: dt.datetime
    data: dict[str, Any] = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "meeting": self.meeting,
            "kind": self.kind,
            "person": self.person,
            "made_at": print_instant(self.made_at),
            "data": self.data,
        }

    @classmethod
    def read(cls, fields: Fields) -> Act:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            meeting=fields.id("meeting", "m"),
            kind=fields.text("kind", limit=40),
            person=fields.id("person", "u") if fields.has("person") else None,
            made_at=fields.instant("made_at"),
            data=fields.free("data", limit_bytes=MAX_DATA_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Ack:
    """Server → seat: an act or receipt is committed, or refused for good with a code (W28)."""

    TYPE: ClassVar[str] = "ack"
    head: Head
    act: str
    outcome: str
    code: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "outcome": self.outcome,
            "code": self.code,
            "data": self.data,
        }

    @classmethod
    def read(cls, fields: Fields) -> Ack:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            outcome=fields.choice("outcome", OUTCOMES),
            code=fields.text("code", limit=60, empty=True),
            data=fields.free("data", limit_bytes=MAX_DATA_BYTES),
        )


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper version that a seat held, with its pages and bytes."""

    paper: PaperVersion
    pages: int
    held_bytes: int

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**print_paper(self.paper), "pages": self.pages, "held_bytes": self.held_bytes}

    @classmethod
    def read(cls, fields: Fields) -> HeldPaper:
        """Read and check."""
        held = cls(
            paper=read_paper(fields),
            pages=fields.number("pages"),
            held_bytes=fields.number("held_bytes"),
        )
        fields.end()
        return held


@dataclass(frozen=True, slots=True)
class Receipt:
    """Seat → server: the keys of a meeting are destroyed; what was held (P7, W29).

    Raises :class:`BadField` when a paper version is counted twice.
    """

    TYPE: ClassVar[str] = "receipt"
    head: Head
    act: str
    meeting: str
    destroyed_at: dt.datetime
    papers: tuple[HeldPaper, ...]

    def __post_init__(self) -> None:
        if len({held.paper for held in self.papers}) != len(self.papers):
            raise BadField("receipt.papers", "counts a paper twice")

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "meeting": self.meeting,
            "destroyed_at": print_instant(self.destroyed_at),
            "papers": [held.to_value() for held in self.papers],
        }

    @classmethod
    def read(cls, fields: Fields) -> Receipt:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            meeting=fields.id("meeting", "m"),
            destroyed_at=fields.instant("destroyed_at"),
            papers=tuple(HeldPaper.read(item) for item in fields.objects("papers", limit=MAX_PAPERS)),
        )
