"""Who is ready for a vote, asked for from the chair's seat and told to it alone (W114, W126).

Rules: a question of a moment and its answer. The question is the act :data:`KIND`, which waits in no outbox; the answer
is the ``data`` of its acknowledgement, sealed to the device that asked. It names who could not cast a ballot, nobody
else, and is never longer than an acknowledgement may be: who does not fit is counted.

Usage::

    Opening("v-…").to_value()                        # or Opening(kind=VoteKind.NAMED, item="i-…")
    Short.fitting(Counts(45, 43, 40), lines).to_value()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wire import canonical
from wire.fields import Fields
from wire.votes import VoteKind

#: The kind of act that asks.
KIND: Final = "vote_ready"
#: Canonical bytes of all lines together; with the numbers they stay below what an acknowledgement carries (W28).
MAX_LINES_BYTES: Final = 48_000
#: Is there and cannot · is not there. Of the others the numbers say enough.
STANDINGS: Final = frozenset({"unready", "away"})
MAX_NAME: Final = 200
MAX_PEOPLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Opening:
    """The vote that would be opened: one that is written down, or the kind and the item of one that is not yet."""

    vote: str | None = None
    kind: VoteKind = VoteKind.OPEN
    item: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"kind": self.kind.value, "item": self.item} if self.vote is None else {"vote": self.vote}

    @classmethod
    def read(cls, fields: Fields) -> Opening:
        """Read and check; raises :class:`wire.errors.BadField`."""
        if fields.has("vote"):
            opening = cls(fields.id("vote", "v"))
        else:
            opening = cls(None, VoteKind(fields.choice("kind", frozenset(VoteKind))), fields.id("item", "i"))
        fields.end()
        return opening


@dataclass(frozen=True, slots=True)
class Counts:
    """People, not weights; those who had to leave the item are in ``recused`` alone."""

    entitled: int
    present: int
    able: int
    represented: int = 0
    recused: int = 0

    def to_value(self) -> dict[str, int]:
        """As JSON."""
        return {name: getattr(self, name) for name in Counts.__slots__}

    @classmethod
    def read(cls, fields: Fields) -> Counts:
        """Read and check; raises :class:`wire.errors.BadField`."""
        return cls(*(fields.number(name, high=MAX_PEOPLE) for name in Counts.__slots__))


@dataclass(frozen=True, slots=True)
class Waited:
    """One who could not cast a ballot now; ``why``: a word for what is in the way."""

    person: str
    name: str
    standing: str
    why: str
    seat: str = ""

    def to_value(self) -> dict[str, str]:
        """As JSON."""
        return {name: getattr(self, name) for name in Waited.__slots__}

    @classmethod
    def read(cls, fields: Fields) -> Waited:
        """Read and check; raises :class:`wire.errors.BadField`."""
        line = cls(
            person=fields.id("person", "u"),
            name=fields.text("name", limit=MAX_NAME),
            standing=fields.choice("standing", STANDINGS),
            why=fields.text("why", limit=40),
            seat=fields.text("seat", limit=MAX_NAME, empty=True),
        )
        fields.end()
        return line


@dataclass(frozen=True, slots=True)
class Short:
    """The answer; ``more``: how many could not, besides those named."""

    counts: Counts
    people: tuple[Waited, ...] = ()
    more: int = 0

    @classmethod
    def fitting(cls, counts: Counts, lines: Iterable[Waited]) -> Short:
        """As many of ``lines`` as fit, the first first."""
        everybody, kept, left = tuple(lines), list[Waited](), MAX_LINES_BYTES
        for line in everybody:
            left -= len(canonical.encode(line.to_value())) + 1
            if left < 0:
                break
            kept.append(line)
        return cls(counts, tuple(kept), len(everybody) - len(kept))

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        people = [line.to_value() for line in self.people]
        return {**self.counts.to_value(), "people": people, "more": self.more}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Short:
        """Read and check; raises :class:`wire.errors.BadField`."""
        fields = Fields(dict(data), KIND)
        people = tuple(Waited.read(line) for line in fields.objects("people", limit=MAX_PEOPLE))
        short = cls(Counts.read(fields), people, fields.number("more", high=MAX_PEOPLE))
        fields.end()
        return short
