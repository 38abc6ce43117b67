"""Counting: sums, quorum, majority, ties – in whole numbers (V6, V9).

Rules W66: pure; whole numbers only, so that nothing is rounded where something is decided. Answers are counted by
weight; quorum by heads, those present of all who may vote. A share of nothing carries nothing. A tie is the exact half
under "more than half", with as many for as against: only then the chair's own answer may decide, if the rule says so.
A vote without quorum is neither passed nor rejected. In an election (W106) a candidate needs the share by themselves;
of those who have it the ones with the most votes fill the seats, and where as many votes stand on both sides of the
last seat nobody of these is elected: they are named as tied.

Usage::

    verdict(vote).outcome is Outcome.PASSED
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wire.election_marks import marks_of
from wire.votes import Base, Meaning, Share, Tie, Vote, VoteKind

HALF: Final = (1, 2)


class Outcome(enum.StrEnum):
    """được thông qua · không được thông qua · không đủ điều kiện · chỉ kiểm đếm · bầu đủ · bầu thiếu."""

    PASSED = "passed"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    COUNTED = "counted"
    ELECTED = "elected"
    UNFILLED = "unfilled"


@dataclass(frozen=True, slots=True)
class Line:
    """An answer's ballots: by weight and by heads."""

    answer: str
    votes: int
    people: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The arithmetic. ``favour`` of ``of``, where at least ``need`` were needed; by weight, ``people_…`` by heads.

    Of an election: ``elected`` in the order of their votes, and ``tied`` for what is left of the seats.
    """

    lines: tuple[Line, ...]
    all: int
    present: int
    cast: int
    decided: int
    favour: int
    against: int
    of: int
    need: int
    people_all: int
    people_present: int
    quorum_need: int
    has_quorum: bool
    tie: bool
    chair: Meaning | None
    outcome: Outcome
    elected: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()


def meets(part: int, whole: int, share: Share) -> bool:
    """Whether ``part`` of ``whole`` is enough; of nothing nothing is."""
    if whole <= 0:
        return False
    left, right = part * share.den, share.num * whole
    return left > right if share.more else left >= right


def needed(whole: int, share: Share) -> int:
    """The least part of ``whole`` that meets the share (above ``whole`` when none does)."""
    if whole <= 0:
        return 1
    product = share.num * whole
    return product // share.den + 1 if share.more else max(0, -(-product // share.den))


def hundredths(part: int, whole: int) -> int:
    """The percentage in hundredths, cut off and never rounded up: what misses a share does not look as if it met it."""
    return 0 if whole <= 0 else part * 10_000 // whole


def lines(vote: Vote) -> tuple[Line, ...]:
    """The ballots of each answer, in the answers' order."""
    if vote.kind is VoteKind.HANDS:
        counted = dict(vote.hands)
        return tuple(Line(a.answer, counted.get(a.answer, 0), counted.get(a.answer, 0)) for a in vote.answers)
    votes, people = Counter[str](), Counter[str]()
    for word, weight in _cast(vote):
        for mark in (word,) if vote.election is None else marks_of(word):
            votes[mark] += weight
            people[mark] += 1
    return tuple(Line(each.answer, votes[each.answer], people[each.answer]) for each in vote.answers)


def _cast(vote: Vote) -> list[tuple[str, int]]:
    """What each published ballot says, and by how much it counts."""
    if vote.kind is VoteKind.SECRET:
        return [(ballot.answer, 1) for ballot in vote.secret]
    weights = {elector.person: elector.weight for elector in vote.roll}
    return [(ballot.answer, weights.get(ballot.person, 0)) for ballot in vote.ballots]


def verdict(vote: Vote) -> Verdict:
    """What the published ballots come to."""
    counted = lines(vote)
    means = {each.answer: each.means for each in vote.answers}
    by: Mapping[Meaning, int] = {
        meaning: sum(line.votes for line in counted if means[line.answer] is meaning) for meaning in Meaning
    }
    whole = {
        Base.ALL: sum(each.weight for each in vote.roll),
        # Who is away and whose ballot somebody here holds counts on this side too, or proxies alone could win.
        Base.PRESENT: sum(each.weight for each in vote.roll if each.votes),
        # A ballot is one, whatever it marks.
        Base.CAST: sum(line.votes for line in counted)
        if vote.election is None
        else sum(weight for _, weight in _cast(vote)),
        Base.DECIDED: by[Meaning.FOR] + by[Meaning.AGAINST],
    }
    people_all, people_present = len(vote.roll), sum(1 for each in vote.roll if each.present)
    has_quorum = vote.rule.quorum is None or meets(people_present, people_all, vote.rule.quorum)
    of, favour, against = whole[vote.rule.base], by[Meaning.FOR], by[Meaning.AGAINST]
    tie = _is_tie(vote, favour, against, of=of)
    chair = _chairs_side(vote)
    elected, tied = _seated(vote, counted, of=of) if has_quorum else ((), ())
    outcome = _outcome(vote, favour, of, has_quorum=has_quorum, chairs_for=tie and chair is Meaning.FOR)
    if vote.election is not None and has_quorum:
        outcome = Outcome.ELECTED if len(elected) == vote.election.seats else Outcome.UNFILLED
    return Verdict(
        lines=counted,
        all=whole[Base.ALL],
        present=whole[Base.PRESENT],
        cast=whole[Base.CAST],
        decided=whole[Base.DECIDED],
        favour=favour,
        against=against,
        of=of,
        need=needed(of, vote.rule.majority),
        people_all=people_all,
        people_present=people_present,
        quorum_need=0 if vote.rule.quorum is None else needed(people_all, vote.rule.quorum),
        has_quorum=has_quorum,
        tie=tie,
        chair=chair,
        outcome=outcome,
        elected=elected,
        tied=tied,
    )


def _seated(vote: Vote, counted: tuple[Line, ...], *, of: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who fills the seats of an election, and who is tied for the last of them (W106)."""
    if vote.election is None:
        return (), ()
    seats = vote.election.seats
    able = sorted((line for line in counted if meets(line.votes, of, vote.rule.majority)), key=lambda line: -line.votes)
    if len(able) <= seats or able[seats - 1].votes > able[seats].votes:
        return tuple(line.answer for line in able[:seats]), ()
    last = able[seats - 1].votes
    return tuple(x.answer for x in able if x.votes > last), tuple(x.answer for x in able if x.votes == last)


def _outcome(vote: Vote, favour: int, of: int, *, has_quorum: bool, chairs_for: bool) -> Outcome:
    if vote.election is None and not any(each.means is Meaning.FOR for each in vote.answers):
        return Outcome.COUNTED
    if not has_quorum:
        return Outcome.NO_QUORUM
    by_chair = chairs_for and vote.rule.tie is Tie.CHAIR
    return Outcome.PASSED if by_chair or meets(favour, of, vote.rule.majority) else Outcome.REJECTED


def _is_tie(vote: Vote, favour: int, against: int, *, of: int) -> bool:
    rule = vote.rule.majority
    is_half = rule.more and rule.num * HALF[1] == rule.den * HALF[0]
    return is_half and favour == against and favour > 0 and 2 * favour == of


def _chairs_side(vote: Vote) -> Meaning | None:
    """What the chair's own ballot means; of a show of hands and of a secret vote nobody knows."""
    mine = next((ballot.answer for ballot in vote.ballots if ballot.person == vote.chair), None)
    return next((each.means for each in vote.answers if each.answer == mine), None)
