"""The recount of an election's marks, by itself (W105, W106).

Rules: as ``wire/recount.py``; a ballot's marks are read and the seats are filled here with code of its own.

Usage: ``marks(prepared, "a1,a3", whose="…")``; ``seated(election, votes, answers, of=30, share=…)``.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

from wire.errors import BadBundle


def marks(prepared: dict[str, Any], word: str, *, whose: str) -> list[str]:
    """What a ballot counts for: one answer, or the candidates it marks; raises :class:`BadBundle`."""
    answers, election = [each["answer"] for each in prepared["answers"]], prepared.get("election")
    if election is None:
        if word not in answers:
            raise BadBundle(f"the ballot {whose} holds an answer that was not asked for")
        return [word]
    found = [] if word == "none" else word.split(",")
    places = [answers.index(mark) if mark in answers else -1 for mark in found]
    if -1 in places or any(left >= right for left, right in pairwise(places)):
        raise BadBundle(f"the ballot {whose} marks somebody who does not stand, or one candidate twice")
    if not election["least"] <= len(found) <= election["most"]:
        raise BadBundle(f"the ballot {whose} holds {len(found)} marks")
    return found


def seated(
    election: dict[str, Any], votes: Counter[str], answers: list[str], *, of: int, share: dict[str, Any]
) -> tuple[list[str], list[str]]:
    """Who fills the seats, by votes; who is tied for the last of them."""
    wanted = Fraction(share["num"], share["den"])

    def has_enough(candidate: str) -> bool:
        part = Fraction(votes[candidate], of) if of else Fraction(-1)
        return part > wanted if share["more"] else part >= wanted

    elected: list[str] = []
    left = [candidate for candidate in answers if has_enough(candidate)]
    while left and len(elected) < election["seats"]:
        most = max(votes[candidate] for candidate in left)
        first = [candidate for candidate in left if votes[candidate] == most]
        if len(elected) + len(first) > election["seats"]:
            return elected, first
        elected += first
        left = [candidate for candidate in left if candidate not in first]
    return elected, []
