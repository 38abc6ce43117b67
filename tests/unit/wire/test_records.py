"""Rules W30, W33, W35: where things lie, against a brute force."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from wire import records
from wire.errors import BadManifest
from wire.records import Layout

_LAYOUTS = wire_values.LENGTHS.map(Layout)


def _record_lengths(plain_bytes: int) -> list[int]:
    """Record by record, as the specification of the stream says it."""
    lengths, rest = [], plain_bytes
    while rest >= 16_384:
        lengths.append(16_384 + 16)
        rest -= 16_384
    return [*lengths, rest + 16]


@given(layout=_LAYOUTS)
def test_W30_records_lie_where_writing_them_one_by_one_puts_them(layout: Layout) -> None:
    offset = 24 + 32
    lengths = _record_lengths(layout.plain_bytes)
    assert layout.records == len(lengths)
    for number, length in enumerate(lengths):
        assert layout.record(number) == (offset, length)
        offset += length
    assert layout.cipher_bytes == offset


@given(layout=_LAYOUTS)
def test_W30_chunks_are_whole_records_and_cover_the_file_once(layout: Layout) -> None:
    lengths = _record_lengths(layout.plain_bytes)
    groups = [lengths[at : at + records.RECORDS_PER_CHUNK] for at in range(0, len(lengths), records.RECORDS_PER_CHUNK)]
    assert layout.chunks == len(groups)
    offset = 0
    for number, group in enumerate(groups):
        length = sum(group) + (records.HEAD_BYTES if number == 0 else 0)
        assert layout.chunk(number) == (offset, length)
        offset += length
    assert offset == layout.cipher_bytes


@given(layout=_LAYOUTS, data=st.data())
def test_W30_the_chunks_for_a_part_are_those_that_hold_its_bytes(layout: Layout, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, layout.plain_bytes + 10))
    end = data.draw(st.integers(0, layout.plain_bytes + 10))
    per_chunk = records.RECORD_PLAIN_BYTES * records.RECORDS_PER_CHUNK
    needed = {place // per_chunk for place in range(first, min(end, layout.plain_bytes), 1000)}
    if first < min(end, layout.plain_bytes):
        needed.add((min(end, layout.plain_bytes) - 1) // per_chunk)
    found = layout.chunks_for(first, end)
    assert set(found) == needed
    assert all(0 <= number < layout.chunks for number in found)


@given(layout=_LAYOUTS)
def test_W30_what_is_not_there_has_no_place(layout: Layout) -> None:
    for number in (-1, layout.records):
        with pytest.raises(BadManifest):
            layout.record(number)
    for number in (-1, layout.chunks):
        with pytest.raises(BadManifest):
            layout.chunk(number)


def test_W30_a_negative_size_is_refused() -> None:
    with pytest.raises(BadManifest):
        Layout(-1)


@given(layout=_LAYOUTS)
def test_W35_a_chunk_is_the_same_bytes_by_whatever_way_it_comes(layout: Layout) -> None:
    # From the broker, as a range of an HTTP answer, from a neighbour: one offset, one length, one hash.
    file = hashlib.shake_128(str(layout.plain_bytes).encode()).digest(layout.cipher_bytes)
    parts = [file[offset : offset + length] for offset, length in map(layout.chunk, range(layout.chunks))]
    assert b"".join(parts) == file


@given(base=st.binary(min_size=12, max_size=12), number=st.integers(0, 2**38))
def test_W30_a_nonce_is_the_base_with_the_number_folded_in(base: bytes, number: int) -> None:
    found = records.nonce(base, number)
    assert bytes(a ^ b for a, b in zip(found, base, strict=True)) == number.to_bytes(12, "big")


def test_W30_every_paper_version_has_a_context_of_its_own() -> None:
    found = {records.context(paper, version) for paper in ("p-a", "p-b") for version in (1, 2, 11)}
    assert len(found) == 6
