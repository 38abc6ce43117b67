"""Sums, lists behind them, and what is counted for whom (RP3–RP6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.reports.counting import FIGURES, SPANS, STANDINGS, Cut, Meeting, counted, made_of
from server.reports.model import Figures, Item, Paper, Person, Turns, Vote
from server.reports.sight import Groups, Sight, sight_of
from server.units.model import Tree, Unit

HEAD, AN, BINH, CUC = "u-head", "u-an", "u-binh", "u-cuc"
TREE = Tree(
    [
        Unit("o-all", "VKS", "Viện (demo)", head="u-leader"),
        Unit("o-1", "V1", "Vụ 1", parent="o-all", head=HEAD, deputies=("u-deputy",)),
        Unit("o-11", "P11", "Phòng 1", parent="o-1"),
        Unit("o-2", "V2", "Vụ 2", parent="o-all", place=1),
        Unit("o-21", "P21", "Phòng 1", parent="o-2"),
    ]
)
GROUPS = Groups(TREE, {AN: "o-11", BINH: "o-21", CUC: "o-2", HEAD: "o-1"})
WHOLE = Sight("u-auditor", house=True, sees_all=True, units=frozenset(), leads=frozenset())
PEOPLE = (
    Person(AN, "An (demo)", "Phòng 1", "present", came=True),
    Person(BINH, "Bình (demo)", "Phòng 1", "late", came=True),
    Person(CUC, "Cúc (demo)", "Vụ 2", "absent", came=False),
)


def meeting(name: str = "m-1", **changes: object) -> Meeting:
    """Three people, an item for all and one that Bình may not hear of; a turn, a vote and a paper under each."""
    known: dict[str, object] = {
        "held": True,
        "called": True,
        "seconds": 3600,
        "people": PEOPLE,
        "items": (Item(common=True, closed=()), Item(common=False, closed=(1,))),
        "turns": (
            Turns(0, AN, "An (demo)", "Phòng 1", "speech", 2, 90_000),
            Turns(1, AN, "An (demo)", "Phòng 1", "question", 1, 30_000),
            Turns(0, BINH, "Bình (demo)", "Phòng 1", "written", 1, 0),
        ),
        "votes": (Vote(0, "open", "passed"), Vote(1, "secret", "rejected")),
        "papers": (Paper(0, 3), Paper(1, 10)),
    }
    return Meeting(name, "2026-11", Figures(**{**known, **changes}))  # type: ignore[arg-type]


def sums(cut: Cut, *meetings: Meeting) -> dict[str, int]:
    return {name: n for name, n in counted(meetings or [meeting()], cut).sums.items() if n}


def test_RP6_pages_not_printed_are_pages_times_those_who_came_and_might_read() -> None:
    found = sums(Cut(WHOLE, GROUPS))
    # Three pages for An and Bình, ten for An alone; Cúc was not there. Two sheets hold three pages, five hold ten.
    assert (found["papers"], found["pages"], found["copies"]) == (2, 13, 3)
    assert (found["unprinted"], found["sheets"]) == (3 * 2 + 10, 2 * 2 + 5)


def test_a_unit_attended_the_meetings_that_somebody_of_it_came_to_or_spoke_in() -> None:
    away = tuple(each._replace(came=False, standing="absent") for each in PEOPLE)
    units = counted([meeting(), meeting("m-2", people=away, turns=())], Cut(WHOLE, GROUPS)).units
    attended = {group.id: (row["meetings"], row["invited"]) for group, row in units.items()}
    assert attended == {"o-11": (1, 2), "o-21": (1, 2), "o-2": (0, 2)}


def test_RP3_a_head_reads_of_their_people_and_never_a_vote() -> None:
    head = sight_of(TREE, HEAD, sees_all=False, leads=())
    assert head.units == {"o-1", "o-11"}
    found = counted([meeting()], Cut(head, GROUPS))
    assert found.partly == 1
    assert [found.sums[each] for each in STANDINGS] == [1, 0, 0, 0, 0]
    # No member of the meeting, so of the item that is not for all they hear nothing either.
    assert (found.sums["turns"], found.sums["unprinted"], found.sums["votes"]) == (2, 3, 0)
    assert found.people.keys() == {AN}
    assert sight_of(TREE, "u-deputy", sees_all=False, leads=()).units == head.units
    assert sums(Cut(head, GROUPS), meeting(people=PEOPLE[1:], turns=())) == {}
    # Who spoke and was taken off the list later counts with their turns.
    assert sums(Cut(head, GROUPS), meeting(people=PEOPLE[1:]))["turns"] == 2


def test_RP3_whoever_leads_a_meeting_reads_all_of_it_and_nothing_of_others() -> None:
    chair = sight_of(TREE, "u-chair", sees_all=False, leads={"m-1"})
    found = sums(Cut(chair, GROUPS), meeting("m-1"), meeting("m-2"))
    assert (found["held"], found["votes"], found["invited"]) == (1, 2, 3)
    assert sight_of(TREE, "u-nobody", sees_all=False, leads=()).is_nothing


def test_RP3_nobody_learns_from_figures_of_an_item_they_have_to_leave() -> None:
    binh = Sight(BINH, house=True, sees_all=True, units=frozenset(), leads=frozenset())
    found = sums(Cut(binh, GROUPS))
    assert (found["votes"], found["turns"], found["papers"]) == (1, 2, 1)
    assert "came_rejected" not in found


def test_RP3_the_head_of_the_one_unit_at_the_top_reads_of_the_house_and_of_several_nobody_does() -> None:
    assert sight_of(TREE, "u-leader", sees_all=False, leads=()).house
    side = Tree([Unit("o-a", "A", "Vụ A", head="u-leader"), Unit("o-b", "B", "Vụ B", place=1)])
    assert not sight_of(side, "u-leader", sees_all=False, leads=()).house


@pytest.mark.parametrize(
    ("person", "unit", "counts_for"),
    [
        (AN, "Phòng 1", "o-11"),
        (BINH, "Phòng 1", "o-21"),
        (CUC, "vụ  2", "o-2"),
        (AN, "Vụ 2", "o-2"),
        (CUC, "Phòng 1", ""),
        (CUC, "Ban đã đổi tên", "o-2"),
        ("u-gone", "Ban đã đổi tên", ""),
        (AN, "", ""),
    ],
)
def test_RP4_somebody_counts_for_the_unit_of_that_day(person: str, unit: str, counts_for: str) -> None:
    assert GROUPS.of(person, unit).id == counts_for


def test_RP4_who_was_in_a_unit_that_was_merged_counts_for_the_one_that_took_it_in() -> None:
    now = Tree([Unit("o-1", "V1", "Vụ 1"), Unit("o-9", "V9", "Vụ 9", closed_at=_CLOSED, into="o-1")])
    assert Groups(now, {}).of(AN, "Vụ 9") == Groups(now, {}).of(BINH, "Vụ 1")


_CLOSED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_standing = st.sampled_from([*STANDINGS, ""])
_who = st.sampled_from([AN, BINH, CUC])
_unit = st.sampled_from(["Phòng 1", "Vụ 2", ""])
_name = st.just("X (demo)")
_person = st.builds(Person, _who, _name, _unit, _standing, st.booleans())
_people = st.lists(_person, max_size=3, unique_by=lambda each: each.person).map(tuple)
_kind = st.sampled_from(["speech", "order"])
_turn = st.builds(Turns, st.integers(0, 1), _who, _name, _unit, _kind, st.integers(1, 3), st.integers(0, 99_000))
_written = _turn.map(lambda each: each._replace(kind="written", turns=1, spent_ms=0))
_vote = st.builds(Vote, st.integers(0, 1), st.sampled_from(["hands", "open"]), st.sampled_from(["passed", "withdrawn"]))
_figures = st.builds(
    Figures,
    held=st.booleans(),
    called=st.booleans(),
    late_s=st.integers(-600, 1200),
    seconds=st.integers(0, 9_000),
    people=_people,
    items=st.just((Item(common=True, closed=()), Item(common=False, closed=(0,)))),
    turns=st.lists(_turn | _written, max_size=3).map(tuple),
    votes=st.lists(_vote, max_size=3).map(tuple),
    papers=st.lists(st.builds(Paper, st.integers(0, 1), st.integers(0, 9)), max_size=3).map(tuple),
)
_cuts = st.builds(
    Cut,
    st.sampled_from([WHOLE, sight_of(TREE, HEAD, sees_all=False, leads={"m-0"})]),
    st.just(GROUPS),
    st.sampled_from([None, frozenset({"o-1", "o-11"}), frozenset({"o-2"})]),
    st.sampled_from([None, AN]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_figures, max_size=4), _cuts)
def test_RP5_every_figure_is_the_sum_of_what_it_leads_to(figures: Sequence[Figures], cut: Cut) -> None:
    meetings = [Meeting(f"m-{at}", f"2026-0{at + 1}", each) for at, each in enumerate(figures)]
    found = counted(meetings, cut)
    for name in FIGURES:
        assert found.sums[name] == sum(n for _, n in made_of(meetings, cut, name))
        assert found.sums[name] == sum(month[name] for month in found.months.values())
    for name in (*STANDINGS, "invited", "turns", "spent_ms"):
        assert found.sums[name] == sum(unit[name] for unit in found.units.values())
        assert found.sums[name] == sum(person[name] for person in found.people.values())
    assert found.sums["unprinted"] == sum(unit["unprinted"] for unit in found.units.values())
    assert found.sums["held"] == found.sums["on_time"] + found.sums["started_late"]
    assert found.sums.keys() <= set(FIGURES)
    assert set(FIGURES) >= SPANS
    for group, row in found.units.items():
        if group.id and (cut.units is None or group.id in cut.units):
            own = replace(cut, units=frozenset({group.id}))
            for name in (*STANDINGS, "turns", "unprinted"):
                assert row[name] == sum(n for _, n in made_of(meetings, own, name))
