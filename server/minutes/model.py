"""The minutes' own state, and what may be written when (BB5–BB10).

Rules: pure. They are drafted while the meeting goes on and until it is locked; while they are signed, and afterwards,
nothing of them can be changed. Of two who write the same paragraph the second is told and nothing is overwritten (BB7).
What says something else than the record says why (BB6).

Usage: ``writing = edited(paragraph, Edit(text, version, reason="…"), by=by)``.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import may
from server.minutes import errors
from server.minutes.blocks import MAX_TEXT, BlockKind
from server.minutes.document import Minutes, Paragraph, Writing, plain
from wire.fields import print_instant
from wire.phases import LIVE, Phase
from wire.state import MeetingState, MemberRole
from wire.visibility import sees

MAX_REASON: Final = 500
MAX_ADDED: Final = 2_000
MAX_COMMENTS: Final = 2_000
MAX_COMMENT: Final = 2_000
#: Minutes there are of these; writing ends with the lock.
DRAFTED: Final = LIVE | {Phase.CLOSED, Phase.LOCKED}
WRITING: Final = LIVE | {Phase.CLOSED}


class State(enum.StrEnum):
    """đang soạn → đang ký → đã ký; trả lại khi đang ký → đang soạn."""

    DRAFTING = "drafting"
    SIGNING = "signing"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: as the rules see them, and by name."""

    by: By
    name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is kept of a meeting's minutes beside their paragraphs.

    ``stamp`` grows with every change; ``round``: where they are, or were last, signed; ``sealed_seq``: up to which
    event they say what the record says, once they are put up; ``returned``: why they came back.
    """

    stamp: int = 0
    generation: int = 0
    comments_until: dt.datetime | None = None
    round: str = ""
    sealed_seq: int = 0
    returned: str = ""
    returned_by: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody writes of a paragraph. ``text`` None: as the record says, or away with what was added.

    ``version``: what they have seen; ``record``: what they saw the record say; ``restored``: it is an older text.
    """

    text: str | None
    version: int
    record: str | None = None
    reason: str = ""
    restored: bool = False


class Change(enum.StrEnum):
    """What the history calls a change."""

    EDITED = "edited"
    ADDED = "added"
    REMOVED = "removed"
    RECORD = "record"
    RESTORED = "restored"


class CommentState(enum.StrEnum):
    """chưa trả lời → đã tiếp thu · đã giải trình."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Comment:
    """Of a member, about a paragraph as it stood then (``quote``)."""

    number: int
    paragraph: str
    quote: str
    text: str
    by: str
    by_name: str
    at: dt.datetime
    state: CommentState = CommentState.OPEN
    answer: str = ""
    answered_by: str = ""
    answered_at: dt.datetime | None = None


def must_exist(state: MeetingState) -> None:
    """Raise MinutesNotYet, or PhaseNotAllowed for a meeting that was cancelled."""
    if state.phase is Phase.CANCELLED:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    if state.phase not in DRAFTED:
        raise errors.MinutesNotYet


def must_write(state: MeetingState, at: State, by: By) -> None:
    """Raise unless ``by`` may change the minutes now."""
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed
    must_exist(state)
    if at is not State.DRAFTING:
        raise errors.MinutesFrozen(state=at.value)
    if state.phase not in WRITING:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)


def leads(state: MeetingState, by: By, *, reads_record: bool = False) -> bool:
    """Whether ``by`` sees all of the minutes at any time."""
    return reads_record or may(state, LEADERS, by)


def is_open(sheet: Sheet, now: dt.datetime) -> bool:
    """Whether members may comment."""
    return sheet.comments_until is not None and now < sheet.comments_until


def must_read(state: MeetingState, sheet: Sheet, by: By) -> None:
    """Raise unless ``by``, who does not lead, may read the minutes: members, once they were shared."""
    member = state.member(by.person)
    if member is None:
        raise meeting_errors.NotAMember
    if member.role is not MemberRole.MEMBER or not (sheet.comments_until is not None or sheet.round):
        raise errors.MinutesNotShared


def readable(state: MeetingState, minutes: Minutes, by: By) -> Minutes:
    """The sections a member may know of (M4, W90)."""
    return minutes.seen_in(
        part.section for part in minutes.parts if part.item is None or sees(state, by.person, part.item)
    )


def found(minutes: Minutes, name: str) -> Paragraph:
    """The paragraph; raises NoSuchParagraph."""
    paragraph = minutes.paragraph(name)
    if paragraph is None:
        raise errors.NoSuchParagraph(paragraph=name[:60])
    return paragraph


def edited(
    paragraph: Paragraph | None, known: Writing | None, edit: Edit, *, author: Author, now: dt.datetime
) -> tuple[Writing, Change]:
    """The next version; raises NoSuchParagraph, ParagraphMoved, ReasonMissing.

    ``known``: the newest writing, also of what was removed; ``paragraph`` None: it does not stand in the minutes now.
    """
    version = 0 if known is None else known.version
    if paragraph is None and known is None:
        raise errors.NoSuchParagraph
    if edit.version != version:
        raise moved(paragraph, known)
    record = (paragraph.record if paragraph is not None else known.record if known is not None else "") or ""
    kind = paragraph.kind if paragraph is not None else known.kind if known is not None else BlockKind.NOTE
    is_fact = kind is BlockKind.FACT
    says_else = is_fact and edit.text is not None and plain(edit.text) != plain(record)
    if says_else and not edit.reason.strip():
        raise errors.ReasonMissing
    added = known is not None and known.added
    text = None if is_fact and edit.text is not None and not says_else else edit.text
    change = _change(edit, text, is_fact=is_fact, added=added)
    seen = record if edit.record is None else edit.record
    writing = Writing(
        paragraph=paragraph.paragraph if paragraph is not None else known.paragraph if known is not None else "",
        version=version + 1,
        section=paragraph.section if paragraph is not None else known.section if known is not None else "",
        kind=kind,
        text=text,
        record=seen if is_fact else "",
        reason=edit.reason.strip(),
        by=author.by.person,
        by_name=author.name,
        at=now,
        added=added,
        after=known.after if known is not None else "",
    )
    return writing, change


def _change(edit: Edit, text: str | None, *, is_fact: bool, added: bool) -> Change:
    if edit.restored:
        return Change.RESTORED
    if text is None:
        return Change.RECORD if is_fact else Change.REMOVED if added else Change.EDITED
    return Change.EDITED


def moved(paragraph: Paragraph | None, known: Writing | None) -> errors.ParagraphMoved:
    """Somebody was faster: what stands there now, so that nothing is lost."""
    return errors.ParagraphMoved(
        paragraph=paragraph.paragraph if paragraph is not None else known.paragraph if known is not None else "",
        version=0 if known is None else known.version,
        text="" if paragraph is None else paragraph.text,
        by="" if known is None else known.by_name,
        at="" if known is None else print_instant(known.at),
        removed=paragraph is None,
    )


def added(
    minutes: Minutes, name: str, text: str, *, after: str, author: Author, now: dt.datetime, others: Collection[Writing]
) -> Writing:
    """A new paragraph behind ``after``; raises NoSuchParagraph, TooManyParagraphs."""
    place = found(minutes, after)
    if sum(1 for each in others if each.added) >= MAX_ADDED:
        raise errors.TooManyParagraphs(most=MAX_ADDED)
    return Writing(
        paragraph=name,
        version=1,
        section=place.section,
        kind=BlockKind.NOTE,
        text=text[:MAX_TEXT],
        record="",
        reason="",
        by=author.by.person,
        by_name=author.name,
        at=now,
        added=True,
        after=after,
    )
