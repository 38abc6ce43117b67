"""Rules M4, W45."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.agenda import MAX_DEPTH, in_reading_order, numbers
from wire.errors import BadAgenda
from wire.state import Item, Visibility


def _item(name: str, parent: str | None = None) -> Item:
    return Item(name, parent, name, 5, Visibility.COMMON)


@st.composite
def _trees(draw: st.DrawFn) -> list[Item]:
    """Trees of at most three levels, in any order."""
    items: list[tuple[Item, int]] = []
    for number in range(draw(st.integers(0, 12))):
        above = [None, *(item.item for item, depth in items if depth < 3)]
        parent = draw(st.sampled_from(above))
        depth = 1 if parent is None else 1 + next(d for item, d in items if item.item == parent)
        items.append((_item(f"i{number}", parent), depth))
    return draw(st.permutations([item for item, _ in items]))


@given(items=_trees())
def test_W45_every_parent_stands_before_its_children(items: list[Item]) -> None:
    ordered = in_reading_order(items)
    assert sorted(ordered, key=lambda i: i.item) == sorted(items, key=lambda i: i.item)
    for place, item in enumerate(ordered):
        assert item.parent is None or item.parent in {above.item for above in ordered[:place]}


@given(items=_trees())
def test_W45_the_order_among_brothers_is_the_one_given(items: list[Item]) -> None:
    ordered = in_reading_order(items)
    for parent in {item.parent for item in items}:
        assert [i for i in ordered if i.parent == parent] == [i for i in items if i.parent == parent]


@given(items=_trees())
def test_W45_ordering_twice_changes_nothing(items: list[Item]) -> None:
    assert in_reading_order(in_reading_order(items)) == in_reading_order(items)


@given(items=_trees())
def test_M4_numbers_rise_in_reading_order(items: list[Item]) -> None:
    ordered = in_reading_order(items)
    found = numbers(ordered)
    assert len(set(found.values())) == len(items)
    as_parts = [tuple(int(part) for part in found[item.item].split(".")) for item in ordered]
    assert as_parts == sorted(as_parts)
    for item in ordered:
        assert item.parent is None or found[item.item].rpartition(".")[0] == found[item.parent]


@pytest.mark.parametrize(
    "items",
    [
        [_item("a"), _item("a")],
        [_item("a", "a")],
        [_item("a", "b"), _item("b", "a")],
        [_item("a", "nowhere")],
        [_item("x"), _item("a", "b"), _item("b", "c"), _item("c", "a")],
    ],
)
def test_W45_what_is_no_tree_is_refused(items: list[Item]) -> None:
    with pytest.raises(BadAgenda):
        in_reading_order(items)


def test_W45_an_agenda_is_not_deeper_than_its_limit() -> None:
    chain = [_item(f"i{n}", None if n == 0 else f"i{n - 1}") for n in range(MAX_DEPTH)]
    assert len(in_reading_order(chain)) == MAX_DEPTH
    with pytest.raises(BadAgenda):
        in_reading_order([*chain, _item("deeper", f"i{MAX_DEPTH - 1}")])
