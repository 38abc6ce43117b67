"""What a named ballot declares: the statement that the voter's token signs (V7, W68).

Rules: made alike at the terminal, to be shown and signed, and at the server, to be compared (W63). It says the exact
question, all answers in their words, the one that was chosen, and the voter's weight; it names the vote, the meeting
and the newest event its maker knew. Only of a named vote that goes on, and only by who may cast a ballot in it.

Usage: ``vote_statement(state, maker, vote="v-…", answer="for")``.
"""

from __future__ import annotations

from typing import Any

from wire.declare import Maker, declare
from wire.errors import BadField
from wire.state import MeetingState
from wire.statement import VOTE, Statement
from wire.votes import RUNNING, Vote, VoteKind


def vote_statement(state: MeetingState, maker: Maker, *, vote: str, answer: str) -> Statement:
    """Raises :class:`BadField` when there is nothing that this person could declare."""
    found = state.vote(vote)
    if found is None or found.kind is not VoteKind.NAMED or found.state not in RUNNING:
        raise BadField("statement.vote.ballot", "is no named vote that goes on")
    return declare(state, VOTE, _body(found, maker.person, answer), maker=maker)


def _body(vote: Vote, person: str, answer: str) -> dict[str, Any]:
    elector = vote.elector(person)
    if elector is None or not elector.present:
        raise BadField("statement.vote.weight", "is of somebody who may not vote")
    body = {
        "ballot": vote.vote,
        "question": vote.question,
        "answers": [{"answer": each.answer, "text": each.text} for each in vote.answers],
        "answer": answer,
        "weight": elector.weight,
    }
    return body if vote.election is None else {**body, "most": vote.election.most}
