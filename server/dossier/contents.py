"""What a dossier holds as archivists list it (mục lục văn bản): number, day, kind, subject, author, pages, file.

Rules D1: pure; from log and files, in the order of their days (NĐ 30/2020, Phụ lục V and VI). Numbers are
the register's, since minutes have theirs in no event. The meeting's papers are listed with their hash, and lie in the
house's store; their line has no file. Days are those of Viet Nam.

Usage: ``contents_of(events, files, house="Viện …", numbers={"k-…": Numbered("01", "GM-VKSTA", day)}, pages=count)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.dossier.layout import EVENTS, sha256_of
from server.signing.marks import VIETNAM
from wire.events import Event
from wire.fold import fold
from wire.state import MeetingState

LOG: Final = "Nhật ký cuộc họp"
PAPER: Final = "Tài liệu họp"
_KINDS: Final = {
    "invitation": "Giấy mời",
    "minutes": "Biên bản",
    "notice": "Thông báo",
    "resolution": "Nghị quyết",
    "attendance": "Danh sách",
}


@dataclass(frozen=True, slots=True)
class Numbered:
    """What the register gave a paper: ``07``, ``TB-VKSTA``, and its day."""

    number: str
    notation: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Listed:
    """A line. ``path`` empty: not in the dossier. ``pages`` 0: it has none. ``signers``: position and name."""

    kind: str
    number: str
    notation: str
    on: dt.date
    author: str
    subject: str
    pages: int
    path: str
    sha256: str
    signers: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def symbol(self) -> str:
        """``07/TB-VKSTA``; empty without a number."""
        return f"{self.number}/{self.notation}" if self.number else ""


@dataclass(frozen=True, slots=True)
class Contents:
    """All lines; ``began``, ``ended``: days of the meeting's first event and of its close, or of its newest event."""

    title: str
    began: dt.date
    ended: dt.date
    lines: tuple[Listed, ...]

    @property
    def pages(self) -> int:
        """Of all lines."""
        return sum(each.pages for each in self.lines)


def contents_of(
    events: Sequence[Event],
    files: Mapping[str, bytes],
    *,
    house: str,
    numbers: Mapping[str, Numbered],
    pages: Callable[[bytes], int],
) -> Contents:
    """From the whole log, which folds and is not empty."""
    state = fold(events)
    ended = state.closed_at or events[-1].at
    lines = [*_rounds(state, events, files, house=house, numbers=numbers, pages=pages), *_papers(state, events, house)]
    lines.sort(key=lambda each: each.on)
    log = files.get(EVENTS, b"")
    about = f"{LOG}: {len(events)} sự việc"
    lines.append(Listed(LOG, "", "", day(events[-1].at), house, about, 0, EVENTS, sha256_of(log)))
    return Contents(state.title, day(events[0].at), day(ended), tuple(lines))


def day(moment: dt.datetime) -> dt.date:
    """In Viet Nam."""
    return moment.astimezone(VIETNAM).date()


def _rounds(
    state: MeetingState,
    events: Sequence[Event],
    files: Mapping[str, bytes],
    *,
    house: str,
    numbers: Mapping[str, Numbered],
    pages: Callable[[bytes], int],
) -> Iterator[Listed]:
    for opened in (event for event in events if event.kind == "round_opened"):
        path = f"signed/{opened.data['round']}.pdf"
        if path not in files:
            continue
        signed = [each for each in events if each.kind == "paper_signed" and each.data["round"] == opened.data["round"]]
        given = numbers.get(opened.data["round"])
        people = [each.data["person"] for each in signed]
        whole = set(opened.data["signers"]) <= set(people)
        yield Listed(
            kind=_KINDS.get(opened.data["kind"], "Văn bản"),
            number="" if given is None else given.number,
            notation="" if given is None else given.notation,
            on=given.on if given is not None else day((signed or [opened])[-1].at),
            author=house,
            subject=opened.data["title"],
            pages=pages(files[path]),
            path=path,
            sha256=sha256_of(files[path]),
            signers=tuple(_signer(state, person) for person in people),
            note="" if whole else "Chưa ký đủ",
        )


def _papers(state: MeetingState, events: Sequence[Event], house: str) -> Iterator[Listed]:
    """The papers that were published, at the version that was: named by the hash that the log has of it."""
    submitted = {(e.data["paper"], e.data["version"]): e for e in events if e.kind == "paper_submitted"}
    published = {e.data["paper"]: e for e in events if e.kind == "paper_published"}
    for paper in state.papers:
        out = published.get(paper.paper)
        made = None if out is None else submitted.get((paper.paper, out.data["version"]))
        if out is None or made is None:
            continue
        owner = state.member(paper.owner)
        yield Listed(
            kind=PAPER,
            number="",
            notation="",
            on=day(out.at),
            author=house if owner is None else (owner.unit or owner.name),
            subject=made.data["title"],
            pages=int(made.data["pages"]),
            path="",
            sha256=made.data["plain_sha256"],
            note="Giữ trên hệ thống",
        )


def _signer(state: MeetingState, person: str) -> tuple[str, str]:
    member = state.member(person)
    return ("Văn thư", "") if member is None else (member.position, member.name)
