"""What was made of the same objects is not made again; what is another object is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog
from wire import view
from wire.remembered import Remembered
from wire.state import MeetingState


def test_the_same_object_is_made_once_and_an_equal_one_anew() -> None:
    made: list[tuple[int, ...]] = []

    def make(value: tuple[int, ...]) -> list[int]:
        made.append(value)
        return list(value)

    values = [1, 2]
    known, first, second = Remembered(4), tuple(values), tuple(values)
    assert known.of(make, first) is known.of(make, first)
    assert known.of(make, second) == [1, 2]
    assert len(made) == 2


@given(asked=st.lists(st.integers(0, 9), max_size=60))
def test_it_is_bounded_and_never_gives_what_was_made_of_another(asked: list[int]) -> None:
    known, values = Remembered(3), [(number,) for number in range(10)]
    for number in asked:
        assert known.of(_doubled, values[number]) == 2 * number
        assert len(vars(known)["_made"]) <= 3


def _doubled(value: tuple[int]) -> int:
    return 2 * value[0]


def test_W44_sections_that_share_parts_with_those_before_are_those_made_alone() -> None:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    before = view.sections(log.state)
    first, *others = log.state.members
    changed = replace(log.state, members=(*others, replace(first, name="Khác (demo)")), seated=())
    assert view.sections(changed) == view.sections(_apart(changed))
    assert view.sections(log.state) == before
    assert set(view.diff(before, view.sections(changed))) == {"members"}


def _apart(state: MeetingState) -> MeetingState:
    """Equal in all its parts, and none of them the same object."""
    members = tuple(replace(each) for each in state.members)
    return replace(state, members=members, attendance=tuple(replace(each) for each in state.attendance))
