"""The minutes as they stand: the draft from the record, and over it what people have written (BB5–BB8).

Rules: pure. What nobody has changed says what the record says now, also after a late correction. A fact that somebody
has changed stands as they wrote it, beside what the record says: it *differs* wherever the two are not the same words,
and it is *moved* where the record says something else than when it was changed. Nothing that was written is ever out of
the document: a paragraph whose place is gone stands at the end of its section. Where the section is gone, too, because
its item was taken from the agenda, it stands in one of its own, which is still the item's: who might not know of the
item reads nothing of it, until somebody who leads writes it elsewhere.

Usage::

    minutes = merged(drafted(facts), written)
    [each for each in minutes.paragraphs if each.differs]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.minutes.blocks import CLOSING, Block, BlockKind, Section

#: What the newest version of a paragraph may be of: a block of the draft that was changed, or one people have added.
ADDED: Final = "added"
#: Over what was written about an item that is on the agenda no more.
GONE: Final = "Nội dung đã bỏ khỏi chương trình"


@dataclass(frozen=True, slots=True)
class Writing:
    """The newest that somebody wrote of a paragraph. ``text`` None: what the record says, or removed.

    ``record``: what the record said when a fact was changed; ``after``: the block an added paragraph follows.
    """

    paragraph: str
    version: int
    section: str
    kind: BlockKind
    text: str | None
    record: str
    reason: str
    by: str
    by_name: str
    at: dt.datetime
    added: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block as it stands. ``record`` None: no fact. ``version`` 0: nobody has touched it."""

    paragraph: str
    section: str
    kind: BlockKind
    text: str
    record: str | None
    version: int
    seqs: tuple[int, ...]
    writing: Writing | None = None

    @property
    def differs(self) -> bool:
        """Khác với nhật ký."""
        return self.record is not None and plain(self.text) != plain(self.record)

    @property
    def moved(self) -> bool:
        """The record has changed since somebody changed this."""
        edited = self.writing is not None and self.writing.text is not None
        return edited and self.record is not None and plain(self.record) != plain(self.writing.record)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it stands."""

    section: str
    title: str
    item: str | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Minutes:
    """All of it; ``seq``: the number of the newest event that was read."""

    seq: int
    parts: tuple[Part, ...]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """In reading order."""
        return tuple(each for part in self.parts for each in part.paragraphs)

    def paragraph(self, name: str) -> Paragraph | None:
        """By name."""
        return next((each for each in self.paragraphs if each.paragraph == name), None)

    @property
    def differences(self) -> tuple[Paragraph, ...]:
        """What is not what the record says."""
        return tuple(each for each in self.paragraphs if each.differs)

    def seen_in(self, sections: Iterable[str]) -> Minutes:
        """The part that stands in these sections."""
        kept = frozenset(sections)
        return replace(self, parts=tuple(part for part in self.parts if part.section in kept))


def plain(text: str) -> str:
    """The words alone: how lines are broken and spaced is no difference."""
    return " ".join(text.split())


def merged(sections: Sequence[Section], written: Iterable[Writing], *, seq: int) -> Minutes:
    """The draft with what was written over it."""
    by_name = {each.paragraph: each for each in written}
    followers: dict[str, list[Writing]] = {}
    for each in by_name.values():
        if each.added and each.text is not None:
            followers.setdefault(each.after, []).append(each)
    for names in followers.values():
        names.sort(key=lambda each: each.paragraph)
    placed: set[str] = set()
    parts = [_part(section, by_name, followers, placed=placed) for section in sections]
    return Minutes(seq, _with_homeless(parts, by_name, placed))


def _part(
    section: Section, by_name: Mapping[str, Writing], followers: Mapping[str, list[Writing]], *, placed: set[str]
) -> Part:
    found: list[Paragraph] = []
    for block in section.blocks:
        placed.add(block.block)
        found.append(_of_block(section, block, by_name.get(block.block)))
        found += _following(section.section, block.block, followers, placed=placed)
    return Part(section.section, section.title, section.item, tuple(found))


def _of_block(section: Section, block: Block, writing: Writing | None) -> Paragraph:
    record = block.text if block.kind is BlockKind.FACT else None
    stands = block.text if writing is None or writing.text is None else writing.text
    version = 0 if writing is None else writing.version
    return Paragraph(block.block, section.section, block.kind, stands, record, version, block.seqs, writing)


def _following(
    section: str, after: str, followers: Mapping[str, list[Writing]], *, placed: set[str]
) -> Iterator[Paragraph]:
    """Whatever was added behind a block, and behind that; one after the other, never in a circle."""
    for each in followers.get(after, ()):
        if each.paragraph in placed:
            continue
        placed.add(each.paragraph)
        yield _of_writing(section, each)
        yield from _following(section, each.paragraph, followers, placed=placed)


def _of_writing(section: str, writing: Writing) -> Paragraph:
    """A paragraph without a block: an added one, or a fact of which the record no longer says anything."""
    record = "" if writing.kind is BlockKind.FACT else None
    return Paragraph(writing.paragraph, section, writing.kind, writing.text or "", record, writing.version, (), writing)


def _with_homeless(parts: Sequence[Part], by_name: Mapping[str, Writing], placed: set[str]) -> tuple[Part, ...]:
    known = {part.section for part in parts}
    left: dict[str, list[Paragraph]] = {}
    for each in sorted(by_name.values(), key=lambda one: (one.at, one.paragraph)):
        if each.paragraph in placed or each.text is None or not (each.text or each.kind is BlockKind.FACT):
            continue
        left.setdefault(each.section, []).append(_of_writing(each.section, each))
    found = [replace(part, paragraphs=(*part.paragraphs, *left.get(part.section, ()))) for part in parts]
    gone = [Part(name, GONE, name, tuple(those)) for name, those in left.items() if name not in known]
    at = next((at for at, part in enumerate(found) if part.section == CLOSING), len(found))
    return (*found[:at], *gone, *found[at:])
