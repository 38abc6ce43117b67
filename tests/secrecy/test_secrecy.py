"""Acceptance of secret votes (V8): with everything that is left an attacker does no better than chance.

The same attacker wins wherever a variant leaks on purpose, each leak being found by itself. A few votes here; more with
``make test-secrecy``.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from tests.secrecy.attacker import bound, correlation, correlation_bound, guesses, hits, orders, same_answer
from tests.secrecy.scene import VOTERS, Left, Scene
from tests.secrecy.seat import Leak

_VOTES = int(os.environ.get("PHONGHOP_TEST_SECRECY_VOTES", "2"))
_SEED = 20261122
#: A way that is right more often than this has won.
_WON = VOTERS * 9 // 10
pytestmark = pytest.mark.timeout(240 + 60 * _VOTES)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("secrecy")) as made:
        yield made


def _scored(left: Left) -> Mapping[str, int]:
    return {way: hits(guess, left.truth) for way, guess in guesses(left.evidence).items()}


def test_V8_an_attacker_with_everything_that_is_left_does_no_better_than_chance(scene: Scene) -> None:
    chance, found, told = random.Random(_SEED), Counter[str](), list[float]()
    sums = dict[str, float]()
    for _ in range(_VOTES):
        left = scene.vote(chance)
        found.update(_scored(left))
        for way, (people, cast) in orders(left.evidence).items():
            sums[way] = sums.get(way, 0.0) + correlation(people, cast, left.truth)
        told.append(same_answer(left.sizes, left.answers))
    # Not vacuous: what was taken from every kind of source is among what the attacker tries.
    for wanted in ("traffic: box first", "act first", "by value", "wal: ", "database: ", "dump: ", "traffic: "):
        assert any(wanted in way for way in found), wanted
    best, right = found.most_common(1)[0]
    assert right <= bound(votes=_VOTES, ways=len(found)), f"{right} of {_VOTES * VOTERS} by {best}"
    way = max(sums, key=lambda each: abs(sums[each]))
    assert abs(sums[way]) <= correlation_bound(votes=_VOTES, ways=len(sums), voters=VOTERS), (way, sums[way])
    assert told == [0.5] * _VOTES, "what a seat sends is as long whatever is answered"


@pytest.fixture(scope="module")
def leaky(scene: Scene) -> Left:
    """A vote with every leak at once; each is found by an order of its own."""
    return scene.vote(random.Random(_SEED), frozenset(Leak))


@pytest.mark.parametrize(
    ("where", "sources"),
    [("log: receipt", {"log", "traffic"}), ("dump: receipt", {"dump", "traffic"}), ("nonce by value", {"wal", "dump"})],
)
def test_V8_the_same_attacker_wins_where_an_order_leaks(where: str, sources: set[str], leaky: Left) -> None:
    # Two leaks show the same order, which is told once: each is looked for where only it is.
    some = {name: data for name, data in leaky.evidence.sources.items() if name in sources}
    scored = _scored(replace(leaky, evidence=replace(leaky.evidence, sources=some)))
    winners = [way for way, right in scored.items() if right >= _WON]
    assert any(where in way for way in winners), winners


def test_V8_the_same_attacker_wins_where_a_length_leaks(leaky: Left) -> None:
    assert same_answer(leaky.sizes, leaky.answers) == 1.0


def test_V8_by_chance_alone_the_best_of_many_ways_stays_below_the_bound() -> None:
    chance = random.Random(_SEED)
    ways, truth = 2_000, {str(n): str(n) for n in range(VOTERS)}
    best = 0
    for _ in range(ways):
        right = 0
        for _ in range(3):
            names = list(truth)
            chance.shuffle(names)
            right += hits(dict(zip(truth, names, strict=True)), truth)
        best = max(best, right)
    assert 8 <= best <= bound(votes=3, ways=ways) < VOTERS
