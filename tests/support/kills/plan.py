"""Which kill comes when: drawn from a seed before anything begins, so that a run can be repeated.

Rules: a kill belongs to a stage of a vote, waits a little from the stage's beginning, and what was killed stays away
for a moment. Several kills of one vote may overlap.

Usage: ``for number, round in enumerate(rounds(200, seed=1, kinds=KINDS, victims=VICTIMS)): …``
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

STAGES = ("ask", "speak", "open", "cast", "close", "announce")
#: From the beginning of a stage to the kill; stages last between 50 ms and a few seconds.
LATEST_S = 0.6
LONGEST_AWAY_S = 1.0
#: How often the chair closes without waiting for the last ballot.
HURRY = 0.3


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: ``after_s`` the stage has begun; started again ``away_s`` later."""

    number: int
    stage: str
    victim: str
    after_s: float
    away_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """One vote. ``hurry``: the chair closes while the last ballot is on its way."""

    number: int
    kind: str
    kills: tuple[Kill, ...]
    hurry: bool


def rounds(count: int, *, seed: int, kinds: Sequence[str], victims: Sequence[str], each: int = 1) -> tuple[Round, ...]:
    """``count`` kills in votes of these kinds by turns, ``each`` of them in a vote; every victim has its turn."""
    chance = random.Random(seed)
    names: list[str] = []
    found: list[Round] = []
    number = 0
    while number < count:
        kills = []
        for _ in range(min(each, count - number)):
            # Drawn without putting back: in a short run, too, everything is killed once.
            names = names or chance.sample(victims, len(victims))
            after_s, away_s = chance.uniform(0.0, LATEST_S), chance.uniform(0.0, LONGEST_AWAY_S)
            kills.append(Kill(number + 1, chance.choice(STAGES), names.pop(), after_s, away_s))
            number += 1
        hurry = chance.random() < HURRY
        found.append(Round(len(found) + 1, kinds[len(found) % len(kinds)], tuple(kills), hurry))
    return tuple(found)
