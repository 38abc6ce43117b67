"""Statements about a meeting, made from its state: at the terminal to be shown and signed, at the server to compare.

Rules W63: both sides make the same value from the same state, so a statement that differs in one letter from what the
act does is found. Pure; what a ``vote`` says is the voting's to make and goes through :func:`declare`.

Usage::

    maker = Maker("u-…", place=Place(device, seat, "A3"), made_at=now)
    statement = attend(state, maker)                       # raises BadField for somebody who is not a member
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wire.errors import BadField
from wire.fields import print_instant
from wire.quorum import here
from wire.state import MeetingState
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, Place, Statement, check_body


@dataclass(frozen=True, slots=True)
class Maker:
    """Who declares, where (None: at a console), and when by the room's clock."""

    person: str
    place: Place | None
    made_at: dt.datetime


def declare(state: MeetingState, kind: str, body: dict[str, Any], *, maker: Maker) -> Statement:
    """A statement of any kind, bound to the newest event of ``state``; raises BadField, UnknownType."""
    member = state.member(maker.person)
    if member is None or state.last is None:
        raise BadField("statement.person", "is not a member of the meeting")
    check_body(kind, body)
    return Statement(
        kind=kind,
        meeting=state.last.meeting,
        title=state.title,
        person=member.person,
        name=member.name,
        place=maker.place,
        made_at=maker.made_at,
        seq=state.last.seq,
        hash=state.last.hash,
        body=body,
    )


def attend(state: MeetingState, maker: Maker, *, presence: str = "present") -> Statement:
    """Roll call: the person says that they are there."""
    return declare(state, ATTEND, {"presence": presence}, maker=maker)


def approve_papers(state: MeetingState, maker: Maker, *, papers: Sequence[str]) -> Statement:
    """The chair approves the newest versions of ``papers``; raises BadField for one that is not there."""
    return declare(state, APPROVE_PAPERS, approval_body(state, papers), maker=maker)


def approval_body(state: MeetingState, papers: Sequence[str]) -> dict[str, Any]:
    """What an approval says; raises BadField for a paper that is not there."""
    return {"papers": [_paper(state, paper) for paper in papers]}


def close(state: MeetingState, maker: Maker) -> Statement:
    """The chair closes an open meeting: how many were members, how many attended, how many papers there were."""
    return declare(state, CLOSE, closing_body(state), maker=maker)


def closing_body(state: MeetingState) -> dict[str, Any]:
    """What a closing says; raises BadField for a meeting that was not opened."""
    if state.opened_at is None:
        raise BadField("statement.close", "is of a meeting that was not opened")
    return {
        "members": len(state.members),
        "attended": len({entry.person for entry in state.attendance if entry.was_there} | here(state)),
        "papers": len(state.papers),
        "opened_at": print_instant(state.opened_at),
    }


def _paper(state: MeetingState, wanted: str) -> dict[str, Any]:
    paper = state.paper(wanted)
    if paper is None:
        raise BadField("statement.approve_papers.paper", "is not a paper of the meeting")
    return {"paper": paper.paper, "version": paper.version, "title": paper.title, "sha256": paper.plain_sha256}
