"""Who has opened which paper, as the dossier holds it (P5, D3).

Rules: canonical JSON. Everybody who takes a dossier reads of each published paper for how many it was and who of them
has not opened it, which who leads is told anyway (docs/adr/0049). Auditors who say why have all rows besides: they hang
together by their hashes, so that whoever checks the dossier makes the chain anew and counts the papers from them.

Usage::

    files[OPENINGS] = encoded(state, openers, rows=rows, sha256="…")
    check(files, events, found)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from server.dossier.findings import Findings
from server.dossier.layout import OPENINGS
from server.papers.model import keeps_content
from server.readings.model import NOTHING, How, Openers, Row, chained, readers
from wire import canonical
from wire.errors import BadField, WireError
from wire.events import Event
from wire.fields import Fields, print_instant
from wire.fold import fold
from wire.ids import PaperId
from wire.state import MeetingState
from wire.topics import PaperVersion

_MOST: Final = 2_000_000
_MOST_PAPERS: Final = 10_000


def encoded(state: MeetingState, openers: Openers, rows: Sequence[Row] | None) -> bytes:
    """``rows`` None: not for whoever takes the dossier; all of them otherwise, in their order."""
    value: dict[str, Any] = {"v": 1, "seq": state.seq, "papers": list(_papers(state, openers))}
    if rows is not None:
        digest = NOTHING
        for number, row in enumerate(rows, 1):
            digest = chained(digest, number, row)
        value |= {"rows": [_row(state, row) for row in rows], "sha256": digest}
    return canonical.encode(value)


def check(files: Mapping[str, bytes], events: Sequence[Event], found: Findings) -> None:
    """Of a whole log; a dossier without the table says nothing of openings."""
    if OPENINGS not in files:
        return
    try:
        wrong, count = _differences(files[OPENINGS], events)
    except (WireError, ValueError) as exc:
        found.wrong("openings-unreadable", path=OPENINGS, why=str(exc))
        return
    for where in wrong[:5]:
        found.wrong("openings-differ", path=OPENINGS, where=where)
    if not wrong:
        found.right("openings" if count is None else "openings-rows", path=OPENINGS, rows=count or 0)


def _differences(data: bytes, events: Sequence[Event]) -> tuple[list[str], int | None]:
    fields = Fields(canonical.decode(data), "openings")
    fields.number("v", low=1, high=1)
    seq = fields.number("seq", low=1, high=len(events))
    papers = [each if isinstance(each, dict) else {} for each in fields.items("papers", limit=_MOST_PAPERS)]
    rows = [_read(each) for each in fields.objects("rows", limit=_MOST)] if fields.has("rows") else None
    sha256 = fields.hex("sha256", size=32) if rows is not None else ""
    fields.end()
    state = fold(events[:seq])
    wrong = []
    known = {each["paper"]: each for each in _papers(state, {})}
    if [each.get("paper") for each in papers] != list(known):
        wrong.append("papers")
    for told in papers:
        there = known.get(str(told.get("paper")))
        if there is None or any(told.get(name) != there[name] for name in ("version", "title", "of")):
            wrong.append(str(told.get("paper")))
    if rows is not None:
        digest, openers = NOTHING, dict[tuple[str, int], set[str]]()
        for number, row in enumerate(rows, 1):
            digest = chained(digest, number, row)
            if row.how is How.OPENED:
                openers.setdefault((row.paper.paper, row.paper.version), set()).add(row.person)
        if digest != sha256:
            wrong.append("rows")
        elif papers != list(_papers(state, openers)):
            wrong.append("opened")
    return wrong, None if rows is None else len(rows)


def _papers(state: MeetingState, openers: Openers) -> Iterator[dict[str, Any]]:
    """Of every paper that was ever published: the close recalls them all, and this is told afterwards."""
    for paper in state.papers:
        if paper.published_version == 0 or not keeps_content(paper.secrecy):
            continue
        out, newest = readers(state, paper), openers.get((paper.paper, paper.published_version), ())
        unread = [each for each in out if each.person not in newest]
        yield {
            "paper": paper.paper,
            "version": paper.published_version,
            "title": paper.title,
            "of": len(out),
            "opened": len(out) - len(unread),
            "unread": [{"person": each.person, "name": each.name} for each in unread],
        }


def _row(state: MeetingState, row: Row) -> dict[str, Any]:
    member = state.member(row.person)
    return {
        "person": row.person,
        "name": "" if member is None else member.name,
        "paper": row.paper.paper,
        "version": row.paper.version,
        "page": row.page,
        "how": row.how.value,
        "place": row.place,
        "at": print_instant(row.at),
    }


def _read(fields: Fields) -> Row:
    person, paper = fields.id("person", "u"), PaperId(fields.id("paper", "p"))
    fields.text("name", limit=200, empty=True)
    version, page = fields.number("version", low=1), fields.number("page")
    how, place = How(fields.choice("how", frozenset(How))), fields.text("place", limit=18)
    row = Row(person, PaperVersion(paper, version), page, how, place, fields.instant("at"))
    fields.end()
    if (page == 0) is not (how is How.OPENED):
        raise BadField("openings.rows", "names a page that was opened, or none that was read")
    return row
