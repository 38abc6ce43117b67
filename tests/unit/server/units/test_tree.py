"""The tree of units by itself: names, places, what it refuses."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.units.errors import BadUnit, NoSuchUnit, UnitBelowItself, UnitClosed, UnitTaken
from server.units.model import DEEPEST, Names, Tree, Unit
from tests.support.office import START

HOUSE = Unit("o-house", "VKS", "Viện kiểm sát")
FIRST = Unit("o-first", "V1", "Vụ 1", parent=HOUSE.id)
SECOND = Unit("o-second", "V2", "Vụ 2", parent=HOUSE.id, place=1)
OFFICE_1 = Unit("o-office-1", "V1P1", "Phòng 1", parent=FIRST.id)
OFFICE_2 = Unit("o-office-2", "V2P1", "Phòng 1", parent=SECOND.id)
ALL = (HOUSE, FIRST, SECOND, OFFICE_1, OFFICE_2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("V2P1", OFFICE_2),
        ("  v2p1 ", OFFICE_2),
        (OFFICE_1.id, OFFICE_1),
        ("Viện kiểm sát / Vụ 1 / Phòng 1", OFFICE_1),
        ("vụ 2/phòng  1", OFFICE_2),
        (unicodedata.normalize("NFD", "Vụ 2 / Phòng 1"), OFFICE_2),
        ("Vụ 1", FIRST),
        ("Phòng 1", None),
        ("Phòng 3", None),
        ("Vụ 3 / Phòng 1", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_unit_is_found_by_what_people_write_and_never_guessed(text: str, found: Unit | None) -> None:
    names = Names(Tree(ALL))
    if found is None:
        with pytest.raises(NoSuchUnit):
            names.unit(text)
    else:
        assert names.unit(text) == found


def test_a_name_with_a_slash_and_a_closed_unit() -> None:
    slashed = Unit("o-slash", "TH", "Tổng hợp / Thi đua", parent=HOUSE.id)
    closed = replace(SECOND, closed_at=START)
    names = Names(Tree((HOUSE, slashed, closed)))
    assert names.unit("Viện kiểm sát / Tổng hợp / Thi đua") == slashed
    with pytest.raises(NoSuchUnit):
        names.unit("V2")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (replace(FIRST, code="v2"), UnitTaken),
        (replace(FIRST, name="VỤ 2"), UnitTaken),
        (replace(FIRST, code="V 1"), BadUnit),
        (replace(FIRST, code=""), BadUnit),
        (replace(FIRST, name=""), BadUnit),
        (replace(FIRST, name="/"), BadUnit),
        (replace(FIRST, name="x" * 201), BadUnit),
        (replace(FIRST, parent="o-nobody"), NoSuchUnit),
        (replace(FIRST, parent=FIRST.id), UnitBelowItself),
        (replace(FIRST, parent=OFFICE_1.id), UnitBelowItself),
        (replace(HOUSE, parent=OFFICE_2.id), UnitBelowItself),
    ],
)
def test_what_a_unit_may_not_be(wrong: Unit, error: type[Exception]) -> None:
    with pytest.raises(error):
        Tree(ALL).check(wrong)


def test_the_same_name_below_another_and_after_a_closing_is_free() -> None:
    Tree(ALL).check(replace(OFFICE_1, name="Phòng 1", code="X"))
    closed = [replace(each, closed_at=START) if each == SECOND else each for each in ALL]
    Tree(closed).check(replace(FIRST, name="Vụ 2"))
    with pytest.raises(UnitClosed):
        Tree(closed).check(replace(OFFICE_1, name="Phòng 9", parent=SECOND.id))
    with pytest.raises(UnitTaken):
        Tree([*closed, replace(FIRST, id="o-other", code="V9", name="Vụ 2")]).check(SECOND)


def test_the_tree_is_so_deep_and_no_deeper() -> None:
    chain = [Unit(f"o-{n}", f"C{n}", f"C{n}", parent=f"o-{n - 1}" if n else None) for n in range(DEEPEST)]
    tree = Tree([*chain, HOUSE, FIRST])
    for unit in chain:
        tree.check(unit)
    with pytest.raises(UnitBelowItself):
        tree.check(Unit("o-new", "NEW", "Mới", parent=chain[-1].id))
    with pytest.raises(UnitBelowItself):
        tree.check(replace(HOUSE, parent=chain[-2].id))
    tree.check(replace(HOUSE, parent=chain[-3].id))


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=40))
def test_moves_that_are_let_through_never_lose_a_unit(moves: list[tuple[int, int | None]]) -> None:
    units = {n: Unit(f"o-{n}", f"U{n}", f"U{n}") for n in range(10)}
    for unit, parent in moves:
        wanted = replace(units[unit], parent=None if parent is None else f"o-{parent}")
        try:
            Tree(list(units.values())).check(wanted)
        except UnitBelowItself:
            continue
        units[unit] = wanted
    listed = [each.id for _, each in Tree(list(units.values())).ordered()]
    assert sorted(listed) == [f"o-{n}" for n in range(10)], "what lies below itself is seen nowhere"


def test_who_leads_what() -> None:
    led = replace(FIRST, head="u-an")
    over = replace(SECOND, head="u-an", closed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert [each.id for each in Tree((HOUSE, led, over)).led_by("u-an")] == [FIRST.id]
    assert [each.name for each in Tree(ALL).above(OFFICE_2.id)] == ["Viện kiểm sát", "Vụ 2", "Phòng 1"]
    assert [each.id for each in Tree(ALL).below(SECOND.id)] == [SECOND.id, OFFICE_2.id]
