"""A seat answers only its own server's fresh challenge for itself (W55, W57)."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.challenge import SLACK_S, Expected, check, proof, unlock_text
from edge.errors import ChallengeForeign, ChallengeStale
from tests.support.meeting_log import named
from wire.envelope import payload_type
from wire.messages import Challenge, Head
from wire.proof import LIFE_S

_NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
_SEAT = Expected("ab" * 32, named("d", "A3"), named("s", "A3"), named("m", "demo"))


def _challenge(*, left_s: float = LIFE_S) -> Challenge:
    return Challenge(
        Head(_SEAT.device, bytes(16), 1, _NOW),
        named("a", "one"),
        named("c", "one"),
        bytes(range(32)),
        _SEAT.server_key,
        _SEAT.seat,
        _SEAT.meeting,
        _NOW + dt.timedelta(seconds=left_s),
    )


def test_W57_its_own_fresh_challenge_is_answered() -> None:
    check(_challenge(), _SEAT, now=_NOW)
    made = proof(_challenge(), _SEAT, seat_nonce=bytes(32), certificate="cd" * 32)
    assert (made.server_key, made.device, made.seat, made.meeting) == dataclasses.astuple(_SEAT)
    assert made.challenge == named("c", "one")


@pytest.mark.parametrize("field", ["server_key", "device", "seat", "meeting"])
def test_W57_a_challenge_of_another_server_device_seat_or_meeting_is_not_answered(field: str) -> None:
    other = dataclasses.replace(_SEAT, **{field: "ef" * 32 if field == "server_key" else named(field[0], "other")})
    with pytest.raises(ChallengeForeign):
        check(_challenge(), other, now=_NOW)


@given(left_s=st.floats(-600, 600))
def test_W57_only_a_minute_is_answered(left_s: float) -> None:
    good = -SLACK_S < left_s <= LIFE_S + SLACK_S
    try:
        check(_challenge(left_s=left_s), _SEAT, now=_NOW)
    except ChallengeStale:
        good = not good
    assert good or abs(left_s - LIFE_S - SLACK_S) < 0.001 or abs(left_s + SLACK_S) < 0.001


def test_W55_what_opens_a_lock_without_the_server_is_no_proof_for_any_server() -> None:
    assert payload_type("token_sign_in").encode() not in unlock_text(bytes(32))
    assert unlock_text(bytes(32)) != unlock_text(bytes(31) + b"\1")
