"""Numbers of papers: one suite, both databases; races included (G63: no gap, no number twice)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import pytest

from server.db.engine import Database
from server.errors import ServerError
from server.signing.errors import LeaseLost, NumberHeld, NumberOutOfTurn
from server.signing.model import Level, Order, Round
from server.signing.numbers import SERIES, Wanted, series_of
from server.signing.ports import About
from server.signing.register import SqlRegister
from server.signing.store import SqlSigningStore
from tests.support.office import START
from tests.support.poll import until

DAY = dt.date(2026, 11, 22)
REGISTER = SqlRegister()
LEASE = dt.timedelta(seconds=30)
CLERK = "u-aaaaaaaaaaaaaaaa"


def rounds(database: Database, count: int) -> list[str]:
    names = [f"k-{number:016d}" for number in range(count)]
    with database.begin() as tx:
        for name in names:
            found = Round(name, Order.ORDERED, Level.B_B, signers=())
            SqlSigningStore().add(tx, found, About("Thông báo (demo)", "system", START), marks={})
    return names


def hold(database: Database, name: str, *, now: dt.datetime = START, day: dt.date = DAY) -> int:
    with database.begin() as tx:
        return REGISTER.hold(tx, Wanted(name, day, "/TB-VKS"), until=now + LEASE, now=now)


def begin(database: Database, first: int) -> None:
    with database.begin() as tx:
        REGISTER.begin_year(tx, Wanted("", DAY, "/TB-VKS", first))


def keep(database: Database, name: str) -> int:
    with database.begin() as tx:
        return REGISTER.keep(tx, name, CLERK, now=START).number


def given(database: Database, year: int = 2026) -> Sequence[tuple[int, str]]:
    with database.read() as tx:
        return REGISTER.given(tx, year)


def test_G63_numbers_follow_one_another_and_begin_anew_each_year(database: Database) -> None:
    names = rounds(database, 4)
    for number, name in enumerate(names[:3], 1):
        assert (hold(database, name), keep(database, name)) == (number, number)
    assert hold(database, names[3], day=dt.date(2027, 1, 4)) == 1
    assert keep(database, names[3]) == 1
    assert given(database) == [(1, names[0]), (2, names[1]), (3, names[2])]


def test_G63_a_paper_that_is_not_signed_leaves_no_gap(database: Database) -> None:
    names = rounds(database, 2)
    assert hold(database, names[0]) == 1
    with database.begin() as tx:
        REGISTER.release(tx, names[0])
    assert (hold(database, names[1]), keep(database, names[1])) == (1, 1)
    assert (hold(database, names[0]), keep(database, names[0])) == (2, 2)


def test_G63_one_paper_at_a_time_and_who_comes_meanwhile_is_told_how_long(database: Database) -> None:
    names = rounds(database, 2)
    assert hold(database, names[0]) == 1
    with pytest.raises(NumberHeld) as held:
        hold(database, names[1], now=START + dt.timedelta(seconds=10))
    assert held.value.data["wait_s"] == 20
    assert hold(database, names[0]) == 1, "its own again is the same number"
    assert hold(database, names[1], now=START + LEASE) == 1, "the lease of the other one is over"
    with pytest.raises(LeaseLost):
        keep(database, names[0])
    assert keep(database, names[1]) == 1


def test_G63_a_register_that_began_on_paper_goes_on_once(database: Database) -> None:
    names = rounds(database, 3)
    begin(database, 300)
    begin(database, 312)
    assert (hold(database, names[1]), keep(database, names[1])) == (312, 312), "whichever paper comes first"
    with pytest.raises(NumberOutOfTurn) as refused:
        begin(database, 1)
    assert refused.value.data["next"] == 313, "the year has begun: nobody begins it anew"
    assert hold(database, names[0]) == 313
    assert hold(database, names[2], day=dt.date(2027, 1, 4)) == 1, "another year is none of its business"


def test_G63_a_paper_that_was_held_over_new_year_is_kept_once(database: Database) -> None:
    name = rounds(database, 1)[0]
    assert hold(database, name, day=dt.date(2026, 12, 31)) == 1
    assert hold(database, name, now=START + LEASE, day=dt.date(2027, 1, 1)) == 1
    assert keep(database, name) == 1
    assert (given(database), given(database, 2027)) == ([], [(1, name)])


def test_G63_a_round_has_one_number(database: Database) -> None:
    name = rounds(database, 1)[0]
    assert (hold(database, name), keep(database, name)) == (1, 1)
    hold(database, name)
    with pytest.raises(ServerError) as taken:
        keep(database, name)
    assert taken.value.code == "signing-number-taken"
    assert given(database) == [(1, name)]


def of_kind(database: Database, name: str, kind: str, series: str) -> int:
    with database.begin() as tx:
        wanted = Wanted(name, DAY, f"/{kind}-VKS", series=series)
        REGISTER.hold(tx, wanted, until=START + LEASE, now=START)
        return REGISTER.keep(tx, name, CLERK, now=START).number


def test_G63_each_kind_has_a_series_of_its_own_and_going_over_gives_no_number_twice(database: Database) -> None:
    names = rounds(database, 7)
    common = [of_kind(database, name, kind, SERIES) for name, kind in zip(names, ("TB", "GM"), strict=False)]
    assert common == [1, 2]
    assert of_kind(database, names[2], "GM", "GM") == 3, "after the one of the common series"
    assert of_kind(database, names[3], "TB", "TB") == 2
    assert of_kind(database, names[4], "NQ", "NQ") == 1
    assert of_kind(database, names[5], "GM", "GM") == 4
    assert of_kind(database, names[6], "GM", SERIES) == 5, "back again"
    with database.read() as tx:
        entries = SqlSigningStore().entries(tx, 2026)
        assert REGISTER.years(tx) == [2026]
    told = [f"{each.series} {each.number.number:02d}{each.number.notation}" for each in entries]
    alone = ["GM 03/GM-VKS", "GM 04/GM-VKS", "NQ 01/NQ-VKS", "TB 02/TB-VKS"]
    assert told == [*alone, "all 01/TB-VKS", "all 02/GM-VKS", "all 05/GM-VKS"]
    assert len({each.partition(" ")[2] for each in told}) == len(told)


@pytest.mark.parametrize(
    ("notation", "series"), [("/GM-VKSTA", "GM"), ("/QyĐ-VKS", "QyĐ"), ("/VKSTC-VP", SERIES), ("/-", SERIES)]
)
def test_G63_the_series_is_read_from_the_notation(notation: str, series: str) -> None:
    assert series_of(notation, by_kind=True) == series
    assert series_of(notation, by_kind=False) == SERIES


def test_G63_two_hundred_requests_at_once_in_two_series(database: Database) -> None:
    names = rounds(database, 200)
    kinds = {name: ("GM", "TB")[at % 2] for at, name in enumerate(names)}
    start, failed = threading.Barrier(8), list[BaseException]()

    def numbered(name: str) -> bool:
        try:
            of_kind(database, name, kinds[name], kinds[name])
        except ServerError:
            return False  # another one's turn, or the database is busy
        return True

    def work(mine: list[str]) -> None:
        try:
            start.wait(timeout=30)
            for name in mine:
                until(lambda name=name: numbered(name), timeout_s=90, every_s=0.002, what=name)  # type: ignore[misc]
        except BaseException as exc:
            failed.append(exc)
            raise

    threads = [threading.Thread(target=work, args=(names[part::8],)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    with database.read() as tx:
        for series in ("GM", "TB"):
            given_ = REGISTER.given(tx, 2026, series=series)
            assert [number for number, _ in given_] == list(range(1, 101))
            assert len({name for _, name in given_}) == 100


def test_G63_many_clerks_at_once_no_gap_and_no_number_twice(database: Database) -> None:
    names = rounds(database, 12)
    start, failed = threading.Barrier(6), list[BaseException]()

    def numbered(name: str) -> bool:
        try:
            hold(database, name)
            keep(database, name)
        except ServerError:
            return False  # another one's turn, or the database is busy
        return True

    def work(mine: list[str]) -> None:
        try:
            start.wait(timeout=30)
            for name in mine:
                until(lambda name=name: numbered(name), timeout_s=60, every_s=0.002, what=name)  # type: ignore[misc]
        except BaseException as exc:
            failed.append(exc)
            raise

    threads = [threading.Thread(target=work, args=(names[part::6],)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert failed == []
    assert [number for number, _ in given(database)] == list(range(1, 13))
    assert {name for _, name in given(database)} == set(names)
