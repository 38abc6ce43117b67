"""Rule W34."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from wire.bitmap import Bitmap
from wire.errors import BadField


@given(found=wire_values.bitmaps())
def test_W34_a_bitmap_is_read_back(found: Bitmap) -> None:
    again = Bitmap(found.size, found.to_bytes())
    assert again == found
    assert len(again) == len(found)


@given(size=st.integers(0, 100), numbers=st.lists(st.integers(0, 99), max_size=60))
def test_W34_a_bitmap_is_a_set_of_chunk_numbers(size: int, numbers: list[int]) -> None:
    found, model = Bitmap(size), set[int]()
    for number in numbers:
        if number >= size:
            with pytest.raises(BadField):
                found.add(number)
            continue
        assert found.add(number) == (number not in model)
        model.add(number)
    assert len(found) == len(model)
    assert list(found.missing()) == [n for n in range(size) if n not in model]
    assert [n for n in range(-1, size + 1) if n in found] == sorted(model)
    assert found.full == (len(model) == size)


def test_W34_the_lowest_chunk_is_the_highest_bit() -> None:
    found = Bitmap(12)
    found.add(0)
    found.add(11)
    assert found.to_bytes() == b"\x80\x10"


@pytest.mark.parametrize(
    ("size", "data"), [(12, b"\x80"), (12, b"\x80\x00\x00"), (12, b"\x00\x08"), (0, b"\x00"), (-1, b"")]
)
def test_W34_a_bitmap_has_its_length_and_no_bits_past_the_end(size: int, data: bytes) -> None:
    with pytest.raises(BadField):
        Bitmap(size, data)


@given(found=wire_values.bitmaps())
def test_W34_a_copy_goes_its_own_way(found: Bitmap) -> None:
    before, copy = found.to_bytes(), found.copy()
    for number in list(copy.missing()):
        copy.add(number)
    assert found.to_bytes() == before
    assert copy.full
