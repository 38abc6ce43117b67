"""Rule M1: the table is the life cycle."""

from __future__ import annotations

import itertools

import pytest

from wire.errors import PhaseError
from wire.phases import HOLDING, LIVE, PREPARING, TABLE, Change, Phase, step


@pytest.mark.parametrize(("phase", "change"), list(itertools.product(Phase, Change)))
def test_M1_what_is_not_in_the_table_is_an_error(phase: Phase, change: Change) -> None:
    if (phase, change) in TABLE:
        assert step(phase, change) is TABLE[phase, change]
        return
    with pytest.raises(PhaseError):
        step(phase, change)


def test_M1_every_phase_is_reached_and_the_end_is_the_end() -> None:
    reached, waiting = {Phase.DRAFT}, [Phase.DRAFT]
    while waiting:
        here = waiting.pop()
        for (phase, _), after in TABLE.items():
            if phase is here and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(Phase)
    assert not [phase for phase, _ in TABLE if phase in {Phase.LOCKED, Phase.CANCELLED}]


def test_M1_a_meeting_that_was_opened_is_never_prepared_again() -> None:
    assert not [
        (phase, change) for (phase, change), after in TABLE.items() if phase not in PREPARING and after in PREPARING
    ]


def test_M1_seats_hold_papers_from_approval_to_the_end() -> None:
    assert LIVE | {Phase.APPROVED} == HOLDING
