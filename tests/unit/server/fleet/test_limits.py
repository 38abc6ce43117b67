"""One address may ask so often, and no flood fills the memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fleet.errors import TooManyRequests
from server.fleet.limits import AddressLimit


def test_a_burst_is_allowed_and_then_the_wait_is_said() -> None:
    limit = AddressLimit(burst=3, per_s=0.5)
    for _ in range(3):
        limit.take("a", at_s=100.0)
    with pytest.raises(TooManyRequests) as refused:
        limit.take("a", at_s=100.0)
    assert refused.value.data == {"wait_s": 2}
    limit.take("a", at_s=102.0)


def test_addresses_do_not_share() -> None:
    limit = AddressLimit(burst=1, per_s=1.0)
    limit.take("a", at_s=0.0)
    limit.take("b", at_s=0.0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limit = AddressLimit(burst=1, per_s=1.0)
    limit.take("a", at_s=100.0)
    with pytest.raises(TooManyRequests):
        limit.take("a", at_s=0.0)


def test_the_number_of_addresses_is_bounded() -> None:
    limit = AddressLimit(burst=2, per_s=0.001, max_addresses=10)
    for number in range(100):
        limit.take(f"10.0.0.{number}", at_s=0.0)
    assert len(limit) == 10


@given(st.lists(st.floats(0, 1000), max_size=60), st.integers(1, 5), st.floats(0.1, 5))
def test_never_more_than_burst_and_rate_allow(moments: list[float], burst: int, per_s: float) -> None:
    limit = AddressLimit(burst=burst, per_s=per_s)
    passed = []
    for moment in sorted(moments):
        try:
            limit.take("a", at_s=moment)
        except TooManyRequests:
            continue
        passed.append(moment)
    if passed:
        assert len(passed) <= burst + (passed[-1] - passed[0]) * per_s + 1e-6
