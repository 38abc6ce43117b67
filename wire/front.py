"""What lies in front of a person at a seat, so that it can lie there at the next one (W83, W84).

Rules: one paper at one page, or the list of papers; and whether they go with the presenter. A seat tells it to the
server in the act :data:`KIND`; the server hands the newest on in the acknowledgement of the next sign-in, under
:data:`CARRIED`. It says where somebody reads and nothing of what stands there.

Usage::

    Front(PaperVersion(paper, 1), page=7).to_value()
    carried(ack.data)                                # Front, or None
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wire.errors import WireError
from wire.fields import Fields
from wire.messages.head import print_paper, read_paper
from wire.topics import PaperVersion

#: The kind of act that tells it.
KIND: Final = "front"
#: Where the acknowledgement of a sign-in has it: an object with further members for what is carried later.
CARRIED: Final = "carried"
MAX_PAGE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Front:
    """``paper`` None: the list of papers. ``page`` from 1; ``call``: the newest call to everybody that was heard."""

    paper: PaperVersion | None = None
    page: int = 1
    follows: bool = True
    call: int = 0

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        where = {} if self.paper is None else {**print_paper(self.paper), "page": self.page}
        return {**where, "follows": self.follows, "call": self.call}

    @classmethod
    def read(cls, fields: Fields) -> Front:
        """Read and check; raises :class:`wire.errors.BadField`."""
        paper = read_paper(fields) if fields.has("paper") else None
        front = cls(
            paper,
            1 if paper is None else fields.number("page", low=1, high=MAX_PAGE),
            fields.flag("follows"),
            fields.number("call"),
        )
        fields.end()
        return front


def carried(data: Mapping[str, Any]) -> Front | None:
    """What an acknowledgement brings along; None when it brings nothing that can be read: nobody is kept out by it."""
    try:
        return Front.read(Fields(data[CARRIED]["front"], "carried.front"))
    except (KeyError, TypeError, WireError):
        return None
