"""W98–W101: marks join without loss, whatever is told in which order; what is no mark is refused (P8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.marks_play import highlight, ink, note
from tests.support.meeting_log import named
from wire.errors import BadField, WireError
from wire.fields import Fields
from wire.marks import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    MAX_BOX_BYTES,
    Sealed,
    batch,
    key_info,
    mark_aad,
    merge,
    read_batch,
)
from wire.marks_content import MAX_NOTE, MAX_POINTS, read_content

MARKS = [named("n", str(number)) for number in range(4)]
writings = st.builds(Sealed, st.sampled_from(MARKS), st.integers(1, 4), st.sampled_from([b"", b"a", b"b", b"bb"]))


def known(*of: list[Sealed]) -> dict[str, Sealed]:
    """What somebody knows who was told these, one after the other."""
    found: dict[str, Sealed] = {}
    for each in of:
        for writing in each:
            found = merge(found, {writing.mark: writing})
    return found


lists = st.lists(writings, max_size=12)


@given(lists, lists)
def test_W101_joining_is_commutative(one: list[Sealed], other: list[Sealed]) -> None:
    assert merge(known(one), known(other)) == merge(known(other), known(one))


@given(lists, lists, lists)
def test_W101_joining_is_associative(one: list[Sealed], other: list[Sealed], third: list[Sealed]) -> None:
    a, b, c = known(one), known(other), known(third)
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == known(one, other, third)


@given(lists, lists)
def test_W101_joining_is_idempotent_and_loses_no_mark(one: list[Sealed], other: list[Sealed]) -> None:
    both = merge(known(one), known(other))
    assert merge(both, both) == merge(both, known(one)) == both
    assert set(both) == {each.mark for each in (*one, *other)}
    for each in (*one, *other):
        assert both[each.mark].counter >= each.counter


@given(lists, st.randoms())
def test_W101_the_order_in_which_a_seat_is_told_does_not_matter(told: list[Sealed], chance: Any) -> None:
    other = list(told)
    chance.shuffle(other)
    assert known(told) == known(other)


def test_W101_a_living_mark_stands_against_its_removal_of_the_same_count() -> None:
    lives, gone = Sealed(MARKS[0], 3, b"x"), Sealed(MARKS[0], 3)
    assert lives.stands_against(gone)
    assert not gone.stands_against(lives)
    assert Sealed(MARKS[0], 4).stands_against(lives)


@given(lists)
def test_W99_what_is_printed_is_read_again(told: list[Sealed]) -> None:
    marks = tuple(known(told).values())
    assert read_batch(Fields({"marks": [each.to_value() for each in marks]}, "data")) == marks


@pytest.mark.parametrize(
    "change",
    [{"mark": "n-1"}, {"mark": named("p", "x")}, {"counter": 0}, {"counter": "1"}, {"box": "?"}, {"more": 1}],
)
def test_W99_what_is_no_writing_is_refused(change: dict[str, Any]) -> None:
    good = Sealed(MARKS[0], 1, b"box").to_value()
    with pytest.raises(WireError):
        read_batch(Fields({"marks": [good | change]}, "data"))
    with pytest.raises(BadField, match="twice"):
        read_batch(Fields({"marks": [good, good]}, "data"))


def test_W99_a_box_has_its_limit_and_a_batch_fits_an_act() -> None:
    with pytest.raises(BadField, match="longer"):
        Sealed.read(Fields(Sealed(MARKS[0], 1, bytes(MAX_BOX_BYTES + 1)).to_value(), "mark"))
    many = [Sealed(named("n", str(number)), 1, bytes(300)) for number in range(500)]
    taken = batch(many)
    assert len(taken) <= MAX_BATCH
    assert sum(len(each.box) for each in taken) <= MAX_BATCH_BYTES
    assert batch([Sealed(MARKS[0], 1, bytes(MAX_BOX_BYTES))] * 3) != ()
    assert batch([]) == ()


def test_W98_a_box_and_a_key_are_bound_to_whose_they_are() -> None:
    meeting, person, mark = named("m", "x"), named("u", "lan"), MARKS[0]
    bound = mark_aad(meeting, person, mark, counter=2)
    assert bound == f"phonghop/v1/mark\0{meeting}\0{person}\0{mark}\x002".encode()
    assert key_info(meeting, person, named("d", "x")).startswith(b"phonghop/v1/marks-key\0")


@pytest.mark.parametrize(
    "content",
    [
        note("Đề nghị làm rõ\nđiểm 2"),
        note(since=1, version=2, anchor={"text": "Kính gửi", "box": [0, 0, 5, 5]}),
        highlight([0, 0, 10_000, 10_000], [1, 1, 2, 2]),
        ink(0, 0, 10_000, 10_000),
        ink(strokes=[{"xy": [1, 2, 3, 4], "pressure": [0, 255]}]),
        note("ế" * MAX_NOTE),
    ],
)
def test_W98_highlight_ink_and_note_are_marks(content: dict[str, Any]) -> None:
    assert read_content(content) == content


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        note("ế" * (MAX_NOTE + 1)),
        note("  "),
        note("a\x00b"),
        note(at=[1]),
        note(at=[1, 10_001]),
        note(color="green"),
        note(page=0),
        note(more=1),
        note(kind="picture"),
        note(anchor={"text": "x", "box": [5, 5, 0, 0]}),
        highlight([0, 0, 10_001, 1]),
        highlight([3, 0, 1, 1]),
        highlight([0, 0, 1]),
        highlight(rects=[]),
        highlight(rects=["x"]),
        ink(1, 2, 3),
        ink(-1, 2),
        ink(strokes=[]),
        ink(strokes=[{"xy": []}]),
        ink(strokes=[{"xy": [1, 2], "pressure": [1, 2]}]),
        ink(strokes=[{"xy": [1.5, 2]}]),
        ink(strokes=[{"xy": [True, 2]}]),
        ink(width=0),
        ink(*[1] * (2 * MAX_POINTS + 2)),
    ],
)
def test_W98_what_is_no_mark_is_refused(content: Any) -> None:
    with pytest.raises(BadField):
        read_content(content)
