"""Votes in a meeting's log, written as a playbook.

Usage::

    log = MeetingLog().prepared(); log.add("meeting_opened")
    vote = open_vote(log, ["chair", "lan"])
    take(log, vote, {"chair": "for"}); close(log, vote, {"chair": "for"})
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.meeting_log import MeetingLog, named
from wire.ballots import commitment
from wire.votes import Vote

ANSWERS = [
    {"answer": "for", "text": "Tán thành", "means": "for"},
    {"answer": "against", "text": "Không tán thành", "means": "against"},
    {"answer": "abstain", "text": "Không biểu quyết", "means": "abstain"},
]
MORE_THAN_HALF = {"num": 1, "den": 2, "more": True}
TWO_THIRDS = {"num": 2, "den": 3, "more": False}


def prepared(name: str = "vote", **changes: Any) -> dict[str, Any]:
    """The data of ``vote_prepared``: more than half of all, half of all present, on the item "one"."""
    return {
        "vote": named("v", name),
        "item": named("i", "one"),
        "kind": "open",
        "question": "Thông qua báo cáo (demo)",
        "template": "approve",
        "answers": ANSWERS,
        "rule": {"base": "all", "majority": MORE_THAN_HALF, "quorum": None, "tie": "fails"},
        "seconds": 60,
        "weights": [],
        **changes,
    }


def nonce(person: str) -> str:
    """The same for the same voter."""
    return hashlib.sha256(f"nonce {person}".encode()).hexdigest()


def roll(present: Iterable[str], absent: Iterable[str] = (), *, weights: Mapping[str, int] | None = None) -> list[Any]:
    """Lines of ``vote_opened``."""
    by = weights or {}
    lines = [(name, True) for name in present] + [(name, False) for name in absent]
    return [
        {"person": named("u", name), "name": f"Đồng chí {name} (demo)", "weight": by.get(name, 1), "present": here}
        for name, here in lines
    ]


def open_vote(
    log: MeetingLog,
    present: Iterable[str],
    absent: Iterable[str] = (),
    *,
    weights: Mapping[str, int] | None = None,
    **changes: Any,
) -> str:
    """Prepare and open a vote; its id."""
    data = prepared(**changes)
    log.add("vote_prepared", data)
    opened = {"vote": data["vote"], "roll": roll(present, absent, weights=weights), "chair": named("u", "chair")}
    log.add("vote_opened", opened)
    vote: str = data["vote"]
    return vote


def taken(log: MeetingLog, vote: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """The data of ``ballots_taken``."""
    lines = [
        {
            "person": named("u", name),
            "commitment": commitment(log.meeting, vote, named("u", name), answer=answer, nonce=nonce(name)),
        }
        for name, answer in answers.items()
    ]
    return {"vote": vote, "ballots": lines}


def take(log: MeetingLog, vote: str, answers: Mapping[str, str]) -> None:
    """Ballots are stored."""
    log.add("ballots_taken", taken(log, vote, answers))


def closed(vote: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """The data of ``vote_closed``."""
    ballots = [{"person": named("u", n), "answer": answer, "nonce": nonce(n)} for n, answer in answers.items()]
    return {"vote": vote, "ballots": ballots}


def whole(log: MeetingLog, said: Mapping[str, str], present: Iterable[str], /, **changes: Any) -> Vote:
    """A vote from opening to announcement."""
    vote = open_vote(log, present, **changes)
    if said:
        take(log, vote, said)
    log.add("vote_closed", closed(vote, said))
    log.add("vote_announced", {"vote": vote})
    found = log.state.vote(vote)
    assert found is not None
    return found
