"""What a seat tells of the papers that were read there: openings and pages, many in one act (P5, W127, W128).

Rules: an opening is told to the second, a page with the minute in which it lay in front of the person for the first
time: enough to say who saw what, too coarse to say how long anybody looked at it. Telling the same twice is telling it
once, so a batch whose answer was lost is sent again as it was.

Usage::

    batch_value([Entry(PaperVersion("p-…", 1), at), Entry(PaperVersion("p-…", 1), at, page=3)])
    entries = read_batch(Fields(act.data, "act.data"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.manifest import MAX_PAGES
from wire.messages.head import print_paper, read_paper
from wire.topics import PaperVersion

#: The kind of act that tells it.
KIND: Final = "readings"
#: In one act: with the longest values some 30 KiB of the 64 that an act has.
MAX_ENTRIES: Final = 400
#: The same version in front of the same person at the same place is the same opening for so long.
TOGETHER_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A version was opened (``page`` 0), or a page of it lay in front; ``at`` as :func:`moment` has it."""

    paper: PaperVersion
    at: dt.datetime
    page: int = 0


def moment(at: dt.datetime, *, page: int) -> dt.datetime:
    """As it is kept: an opening to the second, a page to the minute."""
    return at.replace(microsecond=0) if page == 0 else at.replace(second=0, microsecond=0)


def batch_value(entries: Iterable[Entry]) -> dict[str, Any]:
    """The ``data`` of an act."""
    papers: dict[PaperVersion, dict[str, Any]] = {}
    for each in entries:
        told = papers.setdefault(each.paper, {**print_paper(each.paper), "opened": [], "pages": []})
        if each.page == 0:
            told["opened"].append(print_instant(each.at))
        else:
            told["pages"].append({"page": each.page, "at": print_instant(each.at)})
    return {"papers": list(papers.values())}


def read_batch(fields: Fields) -> tuple[Entry, ...]:
    """Read and check; raises :class:`wire.errors.BadField`, also for a moment that is finer than it may be."""
    found: list[Entry] = []
    for told in fields.objects("papers", limit=MAX_ENTRIES):
        paper = read_paper(told)
        opened = told.items("opened", limit=MAX_ENTRIES)
        found += [_entry(paper, Fields({"at": said}, "papers.opened"), 0) for said in opened]
        for page in told.objects("pages", limit=MAX_ENTRIES):
            found.append(_entry(paper, page, page.number("page", low=1, high=MAX_PAGES)))
            page.end()
        told.end()
    if not 0 < len(found) <= MAX_ENTRIES or len(set(found)) != len(found):
        raise BadField("papers", f"holds nothing, one thing twice, or more than {MAX_ENTRIES}")
    fields.end()
    return tuple(found)


def first(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """As many from the beginning as one act takes."""
    return tuple(entries[:MAX_ENTRIES])


def _entry(paper: PaperVersion, fields: Fields, page: int) -> Entry:
    at = fields.instant("at")
    if at != moment(at, page=page):
        raise BadField("papers.at", "is finer than it is kept")
    return Entry(paper, at, page)
