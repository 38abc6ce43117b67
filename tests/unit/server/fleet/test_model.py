"""The life cycle of a terminal and the comparison of its code."""

from __future__ import annotations

import itertools

import pytest

from server.fleet.errors import CodeDiffers, DeviceWrongState
from server.fleet.model import STEPS, DeviceState, Step, must_match, step


def test_only_the_tables_steps_are_possible() -> None:
    for state, wanted in itertools.product(DeviceState, Step):
        if (state, wanted) in STEPS:
            assert step(state, wanted) is STEPS[state, wanted]
        else:
            with pytest.raises(DeviceWrongState):
                step(state, wanted)


def test_nothing_leads_out_of_revoked() -> None:
    assert not [wanted for state, wanted in STEPS if state is DeviceState.REVOKED]


@pytest.mark.parametrize("typed", ["1234 5678 9012", "123456789012", " 1234  56789012\n"])
def test_blanks_in_the_code_do_not_matter(typed: str) -> None:
    must_match("1234 5678 9012", typed)


@pytest.mark.parametrize("typed", ["", "1234 5678 9013", "1234 5678 901", "1234 5678 90122", "١٢٣٤ 5678 9012"])
def test_any_other_code_differs(typed: str) -> None:
    with pytest.raises(CodeDiffers):
        must_match("1234 5678 9012", typed)
