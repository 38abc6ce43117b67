"""Sets of chunks as whole numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.distribution.chunks import first, full, in_more_than, numbers, of_bitmap
from wire.bitmap import Bitmap

chunk_sets = st.sets(st.integers(0, 70))


def as_set(chosen: set[int]) -> int:
    return sum(1 << number for number in chosen)


@given(st.integers(1, 71), chunk_sets)
def test_W34_a_bitmap_becomes_the_set_it_stands_for(size: int, chosen: set[int]) -> None:
    bitmap = Bitmap(size)
    here = {number for number in chosen if number < size}
    for number in here:
        bitmap.add(number)
    assert set(numbers(of_bitmap(bitmap.to_bytes(), size))) == here


def test_bits_past_the_end_do_not_count() -> None:
    assert of_bitmap(b"\xff", 3) == full(3)


@given(chunk_sets, st.integers(-3, 80))
def test_the_lowest_come_first(chosen: set[int], count: int) -> None:
    assert list(first(as_set(chosen), count)) == sorted(chosen)[: max(count, 0)]


@given(st.lists(chunk_sets, max_size=12), st.integers(0, 12))
def test_what_is_in_more_than_so_many(sets: list[set[int]], limit: int) -> None:
    wanted = {number for number in range(71) if sum(number in each for each in sets) > limit}
    assert set(numbers(in_more_than(map(as_set, sets), limit))) == wanted
