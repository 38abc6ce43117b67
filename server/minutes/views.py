"""The minutes as screens read them: JSON.

Usage: ``whole_value(whole, shown, by=by, leads=True, reads=True, now=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from server.meetings.commands import By
from server.minutes import model
from server.minutes.document import Minutes, Paragraph
from server.minutes.model import WRITING, Comment, CommentState, State
from server.minutes.ports import Line
from server.minutes.service import Whole
from server.signing.numbers import Number
from wire.fields import print_instant
from wire.state import MemberRole
from wire.votes import VoteState


def whole_value(whole: Whole, shown: Minutes, *, by: By, leads: bool, reads: bool, now: dt.datetime) -> dict[str, Any]:
    """Everything a reader is told; ``shown``: the part that is theirs to see, ``reads``: whether the file is, too."""
    names = {each.paragraph for each in shown.paragraphs}
    comments = [each for each in whole.comments if each.paragraph in names or leads or each.by == by.person]
    sheet, is_open = whole.sheet, model.is_open(whole.sheet, now)
    drafting = whole.at is State.DRAFTING
    may_write = model.leads(whole.state, by) and drafting and whole.state.phase in WRITING
    member = whole.state.member(by.person)
    comments_too = member is not None and member.role in {MemberRole.MEMBER, MemberRole.CHAIR, MemberRole.SECRETARY}
    return {
        "state": whole.at.value,
        "stamp": sheet.stamp,
        "seq": shown.seq,
        "generation": sheet.generation,
        "round": sheet.round or None,
        "returned": {"reason": sheet.returned, "by": sheet.returned_by} if sheet.returned and drafting else None,
        "comments_until": None if sheet.comments_until is None else print_instant(sheet.comments_until),
        "comments_open": is_open and drafting,
        "comments_cut": _cut(whole),
        "may": {"write": may_write, "comment": is_open and drafting and (comments_too or may_write), "file": reads},
        "parts": [
            {
                "section": part.section,
                "title": part.title,
                "item": part.item,
                "paragraphs": [paragraph_value(each) for each in part.paragraphs],
            }
            for part in shown.parts
        ],
        "differences": [each.paragraph for each in shown.differences],
        "comments": [comment_value(each) for each in comments],
        "open_comments": sum(1 for each in comments if each.state is CommentState.OPEN),
        "late": [name for name in whole.late if leads or name in names],
        "lacks": _lacks(whole) if may_write else [],
    }


def _cut(whole: Whole) -> str | None:
    """When the put-up ended the comments before their day; None where it did not."""
    until = whole.sheet.comments_until
    if whole.at is State.DRAFTING or until is None:
        return None
    put_up = next((each.opened_at for each in whole.state.rounds if each.round == whole.sheet.round), None)
    return None if put_up is None or put_up >= until else print_instant(put_up)


def numbering_value(number: Number | None, clerks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The number that the registry gave, and who may give one."""
    return {
        "number": None if number is None else f"{number.number:02d}{number.notation}",
        "numbered_on": None if number is None else number.day.isoformat(),
        "clerks": [{"person": person, "name": name} for person, name in clerks],
    }


def paragraph_value(found: Paragraph) -> dict[str, Any]:
    """One paragraph."""
    writing = found.writing
    return {
        "paragraph": found.paragraph,
        "kind": found.kind.value,
        "text": found.text,
        "record": found.record,
        "version": found.version,
        "seqs": list(found.seqs),
        "differs": found.differs,
        "moved": found.moved,
        "added": writing is not None and writing.added,
        "reason": "" if writing is None else writing.reason,
        "by": "" if writing is None else writing.by_name,
        "at": None if writing is None else print_instant(writing.at),
    }


def comment_value(found: Comment) -> dict[str, Any]:
    """One comment."""
    return {
        "comment": found.number,
        "paragraph": found.paragraph,
        "quote": found.quote,
        "text": found.text,
        "person": found.by,
        "by": found.by_name,
        "at": print_instant(found.at),
        "state": found.state.value,
        "answer": found.answer,
        "answered_by": found.answered_by,
        "answered_at": None if found.answered_at is None else print_instant(found.answered_at),
    }


def line_value(found: Line) -> dict[str, Any]:
    """One line of the history."""
    writing = found.writing
    return {
        "number": found.number,
        "paragraph": writing.paragraph,
        "version": writing.version,
        "change": found.change.value,
        "text": writing.text,
        "was": found.was,
        "reason": writing.reason,
        "by": writing.by_name,
        "at": print_instant(writing.at),
    }


def _lacks(whole: Whole) -> list[str]:
    """What whoever puts them up should look at first; nothing of it forbids it."""
    found = []
    dealt = [each for each in whole.facts.items if each.spans]
    if any(each.conclusion is None for each in dealt):
        found.append("conclusions")
    if any(vote.vote.state is VoteState.CLOSED or vote.is_running for each in dealt for vote in each.votes):
        found.append("votes")
    if any(each.state is CommentState.OPEN for each in whole.comments):
        found.append("comments")
    if whole.minutes.differences:
        found.append("differences")
    if any(each.moved for each in whole.minutes.paragraphs):
        found.append("moved")
    if whole.state.closed_at is None:
        found.append("open")
    return found
