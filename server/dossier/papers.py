"""The meeting's papers in its dossier: which there are by the log, and whether the files are those (D8).

Rules: pure. A paper is in a dossier in every version that was published, as the very file that members were given: its
length and hash stand in the log. Of a stub (P4) there is nothing to hold. What is not in the dossier is named in its
index with the reason, and stands in the lists with its hash. What was replaced or recalled stays, and the list says so.

Usage::

    for paper in published(events): paper.path, paper.entry
    check(files, events, index.without, found)
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.dossier.findings import Findings
from server.dossier.layout import ASKED, CONTENTS, PAPERS, READER, Entry, entry_of
from wire.events import Event
from wire.ids import PaperId
from wire.topics import PaperVersion

#: What whoever takes a dossier chose or is bound to: nothing is amiss with it.
_LAWFUL: Final = frozenset({ASKED, READER})


@dataclass(frozen=True, slots=True)
class Published:
    """A version that was given out: ``seq`` of the event that took it in. ``replaced``: by which version, or 0."""

    version: PaperVersion
    seq: int
    title: str
    owner: str
    pages: int
    entry: Entry
    at: dt.datetime
    replaced: int = 0
    recalled: bool = False

    @property
    def path(self) -> str:
        """In the dossier."""
        return f"{PAPERS}{self.version}.pdf"


def published(events: Sequence[Event]) -> list[Published]:
    """All of a log that folds, in the order in which they were given out."""
    taken_in = {_version(event): event for event in events if event.kind == "paper_submitted"}
    given_out = {_version(event): event for event in events if event.kind == "paper_published"}
    found = []
    for version, out in given_out.items():
        made = taken_in.get(version)
        if made is None or made.data["pages"] == 0:
            continue
        later = [each.version for each in given_out if each.paper == version.paper and each.version > version.version]
        found.append(
            Published(
                version=version,
                seq=made.seq,
                title=made.data["title"],
                owner=made.data["owner"],
                pages=int(made.data["pages"]),
                entry=Entry(int(made.data["size_bytes"]), made.data["plain_sha256"]),
                at=out.at,
                replaced=min(later, default=0),
                recalled=_is_recalled(events, out),
            )
        )
    return found


def check(
    files: Mapping[str, bytes], events: Sequence[Event], without: Mapping[str, str] | None, found: Findings
) -> None:
    """Of a whole log. ``without`` None: of a dossier in which papers were never to be, which is what it always was."""
    known = {each.path: each for each in published(events)}
    right = 0
    for path, paper in known.items():
        told = {"path": path, "title": paper.title, "seq": paper.seq}
        if path not in files:
            if without is not None and path not in without:
                found.wrong("paper-missing", **told)
        elif entry_of(files, path) != paper.entry:
            found.wrong("paper-differs", **told)
        else:
            right += 1
    for path in _strange(files, known):
        found.wrong("paper-unknown", path=path)
    if right:
        found.right("papers", papers=right)
    _tell(without or {}, found)


def _tell(without: Mapping[str, str], found: Findings) -> None:
    """What is not there, and why, as the index says."""
    if CONTENTS in without:
        found.unsure("contents-not-made", path=CONTENTS)
    for why, papers in Counter(why for path, why in without.items() if path.startswith(PAPERS)).items():
        tell = found.right if why in _LAWFUL else found.unsure
        tell(f"papers-without-{why}", papers=papers)


def _is_recalled(events: Sequence[Event], out: Event) -> bool:
    """Whether what was given out was recalled, and not another version before it or after it."""
    fates = (
        event.kind
        for event in events
        if event.seq > out.seq
        and event.kind in {"paper_published", "paper_recalled"}
        and event.data["paper"] == out.data["paper"]
    )
    return next(fates, "") == "paper_recalled"


def _strange(files: Mapping[str, bytes], known: Mapping[str, Published]) -> Iterator[str]:
    return (name for name in files if name.startswith(PAPERS) and name not in known)


def _version(event: Event) -> PaperVersion:
    return PaperVersion(PaperId(event.data["paper"]), int(event.data["version"]))
