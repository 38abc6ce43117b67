"""A person's private marks as they travel and lie: sealed, numbered, joined without loss (P8, W98–W101).

Rules: whoever carries or keeps a mark knows its identifier, how often it was written, and its size; what it is and on
which paper it stands is in the box. A mark that was removed has no box. Of two writings of one mark the one with the
higher counter stands; of equal counters the greater box, so that a living mark stands against its removal. Joining is
therefore commutative, associative and idempotent: seats may be told in any order, and more than once.

Usage::

    all_ = merge({each.mark: each for each in here}, {each.mark: each for each in there})
    Sealed("n-…", counter=3, box=b"…").to_value()
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wire.errors import BadField
from wire.fields import Fields

#: The kinds of acts by which a seat hands marks in, and asks for what it lacks.
PUT: Final = "marks_put"
GET: Final = "marks_get"

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
VERSION: Final = 1
#: What is sealed is a multiple of this long: a size tells less.
BLOCK_BYTES: Final = 256
MAX_CONTENT_BYTES: Final = 20_480
MAX_BOX_BYTES: Final = 1 + NONCE_BYTES + MAX_CONTENT_BYTES + BLOCK_BYTES + TAG_BYTES
MAX_COUNTER: Final = 2**31
#: Of one person in one meeting: living marks, all that were ever made, and the bytes of their boxes.
MAX_MARKS: Final = 5_000
MAX_IDS: Final = 12_000
MAX_BYTES: Final = 6 * 1024 * 1024
#: In one act or its answer, which have 64 KiB.
MAX_BATCH: Final = 200
MAX_BATCH_BYTES: Final = 40_000
#: Where a sealed key is bound to, and a mark's box.
_KEY_INFO: Final = b"phonghop/v1/marks-key"
_MARK_INFO: Final = b"phonghop/v1/mark"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One writing of one mark; ``counter`` from 1. Without a ``box`` it was removed."""

    mark: str
    counter: int
    box: bytes = field(default=b"", repr=False)

    @property
    def gone(self) -> bool:
        """Whether it was removed."""
        return not self.box

    def stands_against(self, other: Sealed | None) -> bool:
        """Whether this writing is to be kept rather than ``other``."""
        return other is None or (self.counter, self.box) > (other.counter, other.box)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"mark": self.mark, "counter": self.counter, "box": base64.b64encode(self.box).decode("ascii")}

    @classmethod
    def read(cls, fields: Fields) -> Sealed:
        """Read and check; raises :class:`wire.errors.BadField`."""
        found = cls(fields.id("mark", "n"), fields.number("counter", low=1, high=MAX_COUNTER), box=fields.base64("box"))
        fields.end()
        if len(found.box) > MAX_BOX_BYTES:
            raise BadField("mark.box", f"is longer than {MAX_BOX_BYTES} bytes")
        return found


def merge(one: Mapping[str, Sealed], other: Mapping[str, Sealed]) -> dict[str, Sealed]:
    """All marks of both, each as it stands."""
    both = dict(one)
    for mark, writing in other.items():
        if writing.stands_against(both.get(mark)):
            both[mark] = writing
    return both


def read_batch(fields: Fields, *, path: str = "marks") -> tuple[Sealed, ...]:
    """The marks of an act or an answer, none of them twice; raises :class:`wire.errors.BadField`."""
    found = tuple(Sealed.read(each) for each in fields.objects("marks", limit=MAX_BATCH))
    if len({each.mark for each in found}) != len(found):
        raise BadField(path, "holds one twice")
    return found


def batch(marks: Iterable[Sealed]) -> tuple[Sealed, ...]:
    """As many from the beginning as one act takes; at least one, if there is one."""
    taken: list[Sealed] = []
    size = 0
    for each in marks:
        size += len(each.box)
        if taken and (len(taken) == MAX_BATCH or size > MAX_BATCH_BYTES):
            break
        taken.append(each)
    return tuple(taken)


def mark_aad(meeting: str, person: str, mark: str, *, counter: int) -> bytes:
    """What a mark's box is bound to."""
    return b"\0".join([_MARK_INFO, *(part.encode("ascii") for part in (meeting, person, mark, str(counter)))])


def key_info(meeting: str, person: str, device: str) -> bytes:
    """What the key is sealed for (HPKE's ``info``)."""
    return b"\0".join([_KEY_INFO, *(part.encode("ascii") for part in (meeting, person, device))])
