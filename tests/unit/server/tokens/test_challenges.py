"""Challenges: one try, one minute, one place (W53, W54)."""

from __future__ import annotations

import os
import threading

import pytest

from server.tokens.challenges import Challenges
from server.tokens.errors import ChallengeElsewhere, ChallengeExpired, ChallengeUnknown
from server.tokens.model import Place
from tests.support.office import HandClock, fresh_id
from wire.proof import LIFE_S


def _place(**other: str) -> Place:
    return Place(**({"device": fresh_id("d"), "seat": fresh_id("s"), "meeting": fresh_id("m")} | other))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def challenges(clock: HandClock) -> Challenges:
    return Challenges(clock, os.urandom)


def test_W53_challenges_are_32_random_bytes_for_a_minute(challenges: Challenges, clock: HandClock) -> None:
    place = _place()
    first, second = challenges.give(place), challenges.give(place)
    assert len(first.nonce) == 32
    assert first.nonce != second.nonce
    assert first.challenge != second.challenge
    assert (second.expires_at - clock.now()).total_seconds() == LIFE_S == 60


def test_W53_a_new_challenge_takes_the_place_of_the_one_before(challenges: Challenges) -> None:
    place = _place()
    first, second = challenges.give(place), challenges.give(place)
    with pytest.raises(ChallengeUnknown):
        challenges.take(first.challenge, place)
    assert challenges.take(second.challenge, place) == second


def test_W54_a_challenge_is_good_once(challenges: Challenges) -> None:
    place = _place()
    given = challenges.give(place)
    assert challenges.take(given.challenge, place) == given
    with pytest.raises(ChallengeUnknown):
        challenges.take(given.challenge, place)


def test_W54_of_many_at_once_one_has_it(challenges: Challenges) -> None:
    place, taken, start = _place(), [], threading.Barrier(8)
    given = challenges.give(place)

    def take() -> None:
        start.wait()
        try:
            taken.append(challenges.take(given.challenge, place))
        except ChallengeUnknown:
            return

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [given]


def test_W54_a_challenge_ends_after_a_minute_whatever_the_wall_clock_does(
    challenges: Challenges, clock: HandClock
) -> None:
    place = _place()
    given = challenges.give(place)
    clock.advance(seconds=59.9)
    assert challenges.take(given.challenge, place) == given
    late = challenges.give(place)
    clock.advance(seconds=60)
    with pytest.raises(ChallengeExpired):
        challenges.take(late.challenge, place)


def test_W54_another_devices_challenge_is_refused_and_stays_the_others(challenges: Challenges) -> None:
    here, there = _place(), _place()
    given = challenges.give(here)
    with pytest.raises(ChallengeElsewhere):
        challenges.take(given.challenge, there)
    assert challenges.take(given.challenge, here) == given


@pytest.mark.parametrize("changed", ["seat", "meeting"])
def test_W54_a_device_that_was_moved_since_is_refused_and_the_challenge_is_used_up(
    challenges: Challenges, changed: str
) -> None:
    place = _place()
    given = challenges.give(place)
    with pytest.raises(ChallengeElsewhere):
        challenges.take(given.challenge, place._replace(**{changed: fresh_id(changed[0])}))
    with pytest.raises(ChallengeUnknown):
        challenges.take(given.challenge, place)


def test_W54_a_restart_forgets_every_challenge(challenges: Challenges, clock: HandClock) -> None:
    place = _place()
    given = challenges.give(place)
    with pytest.raises(ChallengeUnknown):
        Challenges(clock, os.urandom).take(given.challenge, place)


def test_W54_as_many_challenges_as_devices_are_kept(challenges: Challenges) -> None:
    place = _place()
    for _ in range(1000):
        challenges.give(place)
    assert len(challenges._waiting) == 1  # noqa: SLF001 - what is bounded
