"""Values of the record: what was signed, what a terminal has seen, what a check found.

Rules: pure.

Usage: ``Problem("event-changed", {"log": "m-…", "seq": 4})``.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from wire.entries import HOUSE
from wire.merkle import HASH_BYTES, Edge

#: So many are named; the first says where to look.
MOST_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was signed: the whole note."""

    size: int
    root: bytes
    note: bytes
    at: dt.datetime


class SeatState(enum.StrEnum):
    """What a terminal says of the record, and what is thought of it."""

    #: it holds a checkpoint that this record goes on from
    GOOD = "good"
    #: it has none yet
    NONE = "none"
    #: it holds one that this record does not go on from
    FORKED = "forked"
    #: no restoration explains it: it was shown a signed one that did not follow, or the very one that was good is no
    #: longer what this record goes on from, and what a restoration takes away it takes from this table too
    TURNED = "turned"


#: Whose terminal contradicts the record.
AGAINST: Final = frozenset({SeatState.FORKED, SeatState.TURNED})


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that a terminal keeps; ``root`` in hexadecimal.

    ``gave_up``: the size of the one that it left last, after a restoration that was acknowledged (0: none).
    """

    device: str
    size: int
    root: str
    state: SeatState
    at: dt.datetime
    gave_up: int = 0


class WentBack(NamedTuple):
    """The database was put back: ``old`` leaves were signed, by the word of the file beside it; it has ``new``.

    ``root`` in hexadecimal, of the signed ones; ``signed``: of how many leaves the newest checkpoint is that is still
    there (0: none), and ``at`` when it was signed. Nothing was signed since.
    """

    old: int
    root: str
    new: int
    signed: int
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be; ``code`` has its words under ``verify`` in the catalogues."""

    code: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)

    def told(self) -> dict[str, Any]:
        """``data`` for a sentence: a log by words of each language."""
        log = self.data.get("log")
        if log is None:
            return self.data
        vi, en = ("người quản trị", "the administrators") if log == HOUSE else (f"cuộc họp {log}", f"meeting {log}")
        return {**self.data, "log": {"vi": vi, "en": en}}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole record found: nothing is wrong when there are no problems.

    ``signed``: of how many leaves the last checkpoint is that holds, 0 when none does; only those are anybody's word.
    """

    size: int
    signed: int
    root: bytes
    logs: int
    checkpoints: int
    problems: tuple[Problem, ...]


def pack_edge(edge: Edge) -> bytes:
    """The hashes of the right edge, one after the other."""
    return b"".join(edge.hashes)


def read_edge(size: int, data: bytes) -> Edge:
    """As :func:`pack_edge` wrote it."""
    return Edge(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))
