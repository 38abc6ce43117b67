"""A round's file comes in parts, is checked, and is what is examined (W60, G5)."""

from __future__ import annotations

import hashlib
import random

import pytest

from edge.signing.fetching import AGAIN_S, Fetch
from tests.support.round_play import HEAD, K
from wire.messages import SignPart
from wire.messages.signing import PART_BYTES, WINDOW


def file(parts: int, *, short: int = 5) -> bytes:
    """Of so many parts."""
    return random.Random(parts).randbytes(PART_BYTES * (parts - 1) + short)


def part(whole: bytes, number: int, **more: object) -> SignPart:
    """One of them."""
    parts = -(-len(whole) // PART_BYTES)
    data = whole[number * PART_BYTES : (number + 1) * PART_BYTES]
    fields = {"round": K, "sha256": hashlib.sha256(whole).hexdigest(), "part": number, "parts": parts, "data": data}
    return SignPart(HEAD, **(fields | more))  # type: ignore[arg-type]


def fetch(whole: bytes) -> Fetch:
    return Fetch(K, hashlib.sha256(whole).hexdigest(), len(whole))


@pytest.mark.parametrize("parts", [1, 2, WINDOW, WINDOW + 1, 3 * WINDOW])
@pytest.mark.parametrize("short", [1, PART_BYTES])
def test_W60_window_after_window_until_it_is_whole(parts: int, short: int) -> None:
    whole = file(parts, short=short)
    coming, asked = fetch(whole), []
    while coming.whole() is None:
        first = coming.due(0.0)
        assert first is not None
        asked.append(first)
        for number in range(first, min(first + WINDOW, parts)):
            assert coming.due(0.1) is None, "one window at a time"
            assert coming.take(part(whole, number), 0.1)
    assert coming.whole() == whole
    assert asked == list(range(0, parts, WINDOW))
    assert coming.due(99.0) is None


def test_W60_what_was_lost_is_asked_for_again() -> None:
    whole = file(WINDOW)
    coming = fetch(whole)
    assert coming.due(0.0) == 0
    for number in (0, 1, 3, 4, 5, 6, 7):
        assert coming.take(part(whole, number), 1.0)
    assert coming.due(1.0 + AGAIN_S - 0.1) is None
    assert coming.due(1.0 + AGAIN_S) == 2
    coming.hasten()
    assert coming.due(1.1 + AGAIN_S) == 2
    assert coming.take(part(whole, 2), 5.0)
    assert coming.whole() == whole


def test_W60_parts_of_another_file_and_parts_twice_change_nothing() -> None:
    whole, other = file(2), file(2, short=6)
    coming = fetch(whole)
    assert not coming.take(part(other, 0), 0.0)
    assert not coming.take(part(whole, 0, round="k-aaaaaaaaaaaaaaaa"), 0.0)
    assert not coming.take(part(whole, 0, parts=3), 0.0)
    assert not coming.take(part(whole, 1, data=b"longer than it may be"), 0.0)
    assert coming.take(part(whole, 0), 0.0)
    assert not coming.take(part(whole, 0), 0.0)
    assert coming.have == 1


def test_W60_a_file_with_another_hash_is_never_given_out() -> None:
    whole = file(2)
    coming = fetch(whole)
    wrong = bytes(PART_BYTES)
    for _ in range(2):
        assert not coming.failed
        assert coming.take(part(whole, 0, data=wrong), 0.0)
        assert coming.take(part(whole, 1), 0.0)
        assert coming.whole() is None
    assert coming.failed
    assert coming.due(9.0) is None
