"""Somebody who has everything that is left of a secret vote, and joins voters to ballots by every order there is.

Rules: pure; knows of a vote what stands in its sources and nothing of the truth. A voter is a set of tokens by kind
(person, device, act, what was signed blind, boxes …), so is a ballot (nonce, prefix, signature, receipt). Of each kind
and source the attacker takes the order in which the tokens come first, come last, and are as values; pairs every order
of voters with every order of ballots, forwards and backwards; and takes for each ballot the voter who stands nearest.
Each way is a guess of who cast what. By chance a guess has one hit a vote, whatever the number of voters (the fixed
points of a random permutation), so that many votes together are compared with Poisson's law.

Usage::

    ways = guesses(Evidence(sources, voters, ballots))      # {"database: act first × wal: nonce last": {voter: ballot}}
    bound(votes=3, ways=len(ways))                          # more hits than this no honest vote has
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: The chance that an honest system fails the test.
ALPHA: Final = 1e-6
_NEVER: Final = -1

Tokens = Mapping[str, bytes]
Guess = Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """``sources``: bytes by name. ``voters`` and ``ballots``: by name, their tokens; as many of each."""

    sources: Mapping[str, bytes]
    voters: Mapping[str, Tokens]
    ballots: Mapping[str, Tokens]


def orders(evidence: Evidence) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """Every order of the voters beside every order of the ballots, by what they are taken from."""
    voters, ballots = _orders(evidence, evidence.voters), _orders(evidence, evidence.ballots)
    return {f"{left} × {right}": (who, cast) for left, who in voters.items() for right, cast in ballots.items()}


def guesses(evidence: Evidence) -> dict[str, Guess]:
    """Every way to join voters to ballots, by what it looks at."""
    found: dict[str, Guess] = {}
    for way, (people, cast) in orders(evidence).items():
        found[way] = dict(zip(people, cast, strict=True))
        found[f"{way}, backwards"] = dict(zip(people, reversed(cast), strict=True))
    for name, data in evidence.sources.items():
        found |= dict(_nearest(name, data, evidence))
    return found


def hits(guess: Guess, truth: Guess) -> int:
    """How many voters were joined to their own ballot."""
    return sum(truth[voter] == ballot for voter, ballot in guess.items())


def correlation(people: Sequence[str], cast: Sequence[str], truth: Guess) -> float:
    """Spearman's rank correlation of two orders, from −1 to 1; an order that leaks a little shows here, too."""
    place = {ballot: at for at, ballot in enumerate(cast)}
    squares = sum((at - place[truth[who]]) ** 2 for at, who in enumerate(people))
    count = len(people)
    return 1 - 6 * squares / (count * (count * count - 1))


def correlation_bound(*, votes: int, ways: int, voters: int) -> float:
    """So large may the sum of a way's correlations be by chance: normal, with variance 1/(voters − 1) a vote."""
    z = 0.0
    while math.erfc(z / math.sqrt(2)) >= ALPHA / max(1, ways):
        z += 0.01
    return z * math.sqrt(votes / (voters - 1))


def bound(*, votes: int, ways: int) -> int:
    """So many hits in all are possible by chance; one more comes less than once in 1/:data:`ALPHA` runs of the test."""
    limit, tail, term = 0, 1.0, math.exp(-votes)
    while tail >= ALPHA / max(1, ways):
        tail -= term
        limit += 1
        term *= votes / limit
    return limit


def same_answer(sizes: Mapping[str, int], answers: Mapping[str, str]) -> float:
    """How well a size tells an answer: the share of pairs with different answers that the larger size orders alike.

    0.5: it tells nothing; 1.0: it tells everything.
    """
    kinds = sorted(set(answers.values()))
    best = 0.5
    for at, kind in enumerate(kinds):
        for other in kinds[at + 1 :]:
            one = [sizes[who] for who in sizes if answers[who] == kind]
            two = [sizes[who] for who in sizes if answers[who] == other]
            won = sum((a > b) + 0.5 * (a == b) for a in one for b in two) / (len(one) * len(two))
            best = max(best, won, 1 - won)
    return best


def _orders(evidence: Evidence, things: Mapping[str, Tokens]) -> dict[str, Sequence[str]]:
    """Names of the things in every order that tokens of theirs have somewhere; equal orders once."""
    found: dict[str, Sequence[str]] = {"by name": sorted(things)}
    for kind in sorted({kind for tokens in things.values() for kind in tokens}):
        tokens = {name: own[kind] for name, own in things.items() if kind in own}
        if len(tokens) < len(things):
            continue
        found[f"{kind} by value"] = sorted(tokens, key=lambda name: tokens[name])
        for source, data in evidence.sources.items():
            first = {name: data.find(token) for name, token in tokens.items()}
            last = {name: data.rfind(token) for name, token in tokens.items()}
            for word, places in (("first", first), ("last", last)):
                if _NEVER not in places.values():
                    found[f"{source}: {kind} {word}"] = sorted(places, key=lambda name: places[name])
    once: dict[tuple[str, ...], str] = {}
    for word, order in found.items():
        once.setdefault(tuple(order), word)
    return {word: order for order, word in once.items()}


def _nearest(name: str, data: bytes, evidence: Evidence) -> Iterator[tuple[str, Guess]]:
    """For each ballot's token the voter's token before it, or after it."""
    people = sorted(_everywhere(data, evidence.voters))
    if not people:
        return
    for kind in sorted({kind for tokens in evidence.ballots.values() for kind in tokens}):
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for ballot, tokens in evidence.ballots.items():
            place = data.find(tokens[kind]) if kind in tokens else _NEVER
            if place == _NEVER:
                continue
            at = bisect.bisect(people, (place, ""))
            if at > 0:
                before[people[at - 1][1]] = ballot
            if at < len(people):
                after[people[at][1]] = ballot
        for word, guess in (("before", before), ("after", after)):
            if guess:
                yield f"{name}: nearest {word} the {kind}", guess


def _everywhere(data: bytes, things: Mapping[str, Tokens]) -> Iterator[tuple[int, str]]:
    for name, tokens in things.items():
        for token in tokens.values():
            place = data.find(token)
            while place != _NEVER:
                yield place, name
                place = data.find(token, place + len(token))
