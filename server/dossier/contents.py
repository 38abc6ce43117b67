"""What a dossier holds as archivists list it (mục lục văn bản): number, day, kind, subject, author, pages, file.

Rules D1, D8: pure; from log and files, in the order of their days (NĐ 30/2020, Phụ lục V and VI). Numbers are
the register's, since minutes have theirs in no event. The meeting's papers are listed in every version that was given
out, with its hash; the line of one that is not in the dossier has no file and says why. Days are those of Viet Nam.

Usage: ``contents_of(events, files, house="Viện …", numbers={"k-…": Numbered("01", "GM-VKSTA", day)}, pages=count)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from server.dossier.layout import ASKED, EVENTS, READER, UNREADABLE, sha256_of
from server.dossier.papers import Published, published
from server.signing.marks import VIETNAM
from wire.events import Event
from wire.fold import fold
from wire.state import STATE_SECRETS, MeetingState, PaperState

LOG: Final = "Nhật ký cuộc họp"
PAPER: Final = "Tài liệu họp"
_KINDS: Final = {
    "invitation": "Giấy mời",
    "minutes": "Biên bản",
    "notice": "Thông báo",
    "resolution": "Nghị quyết",
    "attendance": "Danh sách",
}


_WITHOUT: Final = {
    ASKED: "Không kèm tệp: người lấy hồ sơ chọn không kèm tài liệu",
    READER: "Không kèm tệp: người lấy hồ sơ không có quyền đọc",
    UNREADABLE: "Không kèm tệp: tệp trên máy chủ không đọc được",
}
_STUB: Final = "Tài liệu mật: không lưu trên hệ thống"


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
    without: Mapping[str, str] = MappingProxyType({}),
) -> Contents:
    """From the whole log, which folds and is not empty. ``without``: papers that are not there, and why."""
    state = fold(events)
    ended = state.closed_at or events[-1].at
    lines = list(_rounds(state, events, files, house=house, numbers=numbers, pages=pages))
    lines += [_paper(state, each, house, without.get(each.path)) for each in published(events)]
    lines += _stubs(state, events, house)
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


def _paper(state: MeetingState, paper: Published, house: str, why: str | None) -> Listed:
    fate = f"Đã thay bằng bản {paper.replaced}" if paper.replaced else "Đã thu hồi" if paper.recalled else ""
    named = paper.replaced or paper.version.version > 1
    return Listed(
        kind=PAPER,
        number="",
        notation="",
        on=day(paper.at),
        author=_author(state, paper.owner, house),
        subject=f"{paper.title} (bản {paper.version.version})" if named else paper.title,
        pages=paper.pages,
        path=paper.path if why is None else "",
        sha256=paper.entry.sha256,
        note="; ".join(each for each in (fate, _WITHOUT.get(why or "", "")) if each),
    )


def _stubs(state: MeetingState, events: Sequence[Event], house: str) -> Iterator[Listed]:
    """State secrets that were approved: that there is such a paper, and nothing of it (P4)."""
    approved = {event.data["paper"]: event for event in events if event.kind == "paper_approved"}
    for paper in state.papers:
        if paper.secrecy in STATE_SECRETS and paper.state is PaperState.APPROVED:
            author, on = _author(state, paper.owner, house), day(approved[paper.paper].at)
            yield Listed(PAPER, "", "", on, author, paper.title, 0, "", "", note=_STUB)


def _author(state: MeetingState, owner: str, house: str) -> str:
    member = state.member(owner)
    return house if member is None else (member.unit or member.name)


def _signer(state: MeetingState, person: str) -> tuple[str, str]:
    member = state.member(person)
    return ("Văn thư", "") if member is None else (member.position, member.name)
