"""What a terminal is shown of the number that the registry gives: with its date, or alone for minutes (W59, W150)."""

from __future__ import annotations

import pytest

from wire.errors import BadField
from wire.messages import RoundNumber

DAY = "2026-03-05"
NUMBER = ("SoVanBan", "07")
DATE = (("NgayBanHanh", "05"), ("ThangBanHanh", "3"))
YEAR = ("NamBanHanh", "2026")


@pytest.mark.parametrize("written", [(NUMBER,), (NUMBER, *DATE), (NUMBER, *DATE, YEAR)])
def test_W150_a_number_stands_alone_or_with_its_whole_date(written: tuple[tuple[str, str], ...]) -> None:
    assert RoundNumber("07/BB-VKS", DAY, written).written == written


@pytest.mark.parametrize(
    "written",
    [(), DATE, (NUMBER, DATE[0]), (NUMBER, YEAR), (NUMBER, NUMBER), (("SoVanBan", "08"),), (NUMBER, ("X", "1"))],
)
def test_W150_nothing_between_the_two_is_taken(written: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(BadField):
        RoundNumber("07/BB-VKS", DAY, written)
