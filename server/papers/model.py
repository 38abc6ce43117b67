"""The rules of papers that need nothing from outside: names, secrecy, marks, who may read.

Rules P2, P4, P5, M4. A member reads what is published under an item that the member may see; chair and secretary read
every version, because they approve it; a display shows the page that is being presented and no other.

Usage::

    title = clean_title(given, file_name="Báo cáo.pdf")
    may_read(state, paper_version, reader)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from server.papers.errors import PaperBadName, SecrecyMissing
from wire.phases import HOLDING
from wire.places import is_recused
from wire.state import STATE_SECRETS, MeetingState, Paper, PaperState, Secrecy
from wire.topics import PaperVersion
from wire.visibility import STAFF, sees

MAX_TITLE: Final = 300
_NAME_LIMIT: Final = 500
_SUFFIX: Final = re.compile(r"\.pdf$", re.IGNORECASE)
#: Marks as they stand on the first page of a document (stamp or heading): alone on their line, in capitals.
_MARKS: Final = {"MẬT": "MẬT", "TỐIMẬT": "TỐI MẬT", "TUYỆTMẬT": "TUYỆT MẬT"}
_LABEL: Final = re.compile(r"^(?:ĐỘ\s*MẬT|MỨC\s*ĐỘ\s*MẬT)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the check of a file found. ``removed`` and ``kept`` name active content by kind; ``rewritten``: the file
    that may be kept is another one.
    """

    pages: int
    is_signed: bool
    has_text: bool
    rewritten: bool = False
    mark: str | None = None
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def warnings(self) -> list[str]:
        """What the person who uploads should know, as codes."""
        found = [f"removed-{kind}" for kind in self.removed] + [f"kept-{kind}" for kind in self.kept]
        if not self.has_text:
            found.append("first-page-without-text")
        return found


def clean_title(title: str, *, file_name: str) -> str:
    """What the paper is called: the given title, else the file's name without its ending.

    Of a path only the last part counts (some browsers send all of it); text becomes NFC. Raises :class:`PaperBadName`
    for control or formatting characters, nothing at all, or more than 300 characters.
    """
    text = title.strip() or _SUFFIX.sub("", re.split(r"[/\\]", file_name)[-1].strip())
    text = unicodedata.normalize("NFC", text)
    if not text or len(text) > MAX_TITLE or any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text):
        raise PaperBadName(limit=MAX_TITLE)
    return text


def check_file_name(name: str) -> None:
    """Raise :class:`PaperBadName` for a name with control characters or of absurd length."""
    if len(name) > _NAME_LIMIT or any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        raise PaperBadName(limit=_NAME_LIMIT)


def chosen_secrecy(word: str) -> Secrecy:
    """The level a person chose; raises :class:`SecrecyMissing` when none was (P4: never assumed)."""
    try:
        return Secrecy(word)
    except ValueError:
        raise SecrecyMissing from None


def secrecy_mark(lines: list[str]) -> str | None:
    """The gravest mark of state secrecy that stands alone on a line, in capitals; None when there is none.

    "BẢO VỆ BÍ MẬT NHÀ NƯỚC" is a subject, not a mark; "Độ mật: TỐI MẬT" and "T Ố I   M Ậ T" are marks.
    """
    found = set()
    for line in lines:
        text = unicodedata.normalize("NFC", line)
        text = _LABEL.sub("", text.strip()).strip(" \t-–—_.:*|()[]{}\"'“”")
        if text.isupper():
            found.add(_MARKS.get("".join(text.split())))
    return next((mark for mark in reversed(_MARKS.values()) if mark in found), None)


def keeps_content(secrecy: Secrecy) -> bool:
    """Whether this build keeps the content of a paper of this level."""
    return secrecy not in STATE_SECRETS


def stub_title(secrecy: Secrecy, title: str) -> str:
    """What a stub is called: of a top secret not even the subject is kept."""
    return "" if secrecy is Secrecy.TOP_SECRET else title


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a person, with or without the secretary's role on this server; or a room's display."""

    person: str | None
    is_secretary: bool = False

    @property
    def is_display(self) -> bool:
        """Whether it is a display."""
        return self.person is None


def may_read(state: MeetingState, version: PaperVersion, reader: Reader, *, page: int | None = None) -> bool:
    """Whether the reader may see this version (this page of it, for a display)."""
    paper = state.paper(version.paper)
    if paper is None or not 1 <= version.version <= paper.version or not keeps_content(paper.secrecy):
        return False
    if reader.is_display:
        shown = state.presenting
        return shown is not None and page is not None and (shown.paper, shown.version, shown.page) == (*version, page)
    member = None if reader.person is None else state.member(reader.person)
    if member is not None and is_recused(state, member.person, paper.item):
        return False
    if reader.is_secretary or reader.person == paper.owner or (member is not None and member.role in STAFF):
        return True
    if state.phase not in HOLDING or paper.state is PaperState.RECALLED:
        return False
    return version.version == paper.published_version and sees(state, reader.person, paper.item)


def to_publish(state: MeetingState) -> list[Paper]:
    """The approved papers whose newest version is not out yet, in agenda order; stubs have nothing to send."""
    order = {item.item: number for number, item in enumerate(state.agenda)}
    waiting = [
        paper
        for paper in state.papers
        if paper.state is PaperState.APPROVED and paper.published_version < paper.version and paper.pages > 0
    ]
    return sorted(waiting, key=lambda paper: order.get(paper.item, len(order)))
