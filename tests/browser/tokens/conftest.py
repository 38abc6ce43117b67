"""The one room of this folder: it begins with the first test that wants it and ends with the last one of the folder.

Rules: pytest keeps such a fixture for a folder that is a package, or to the end of the run; these folders are none, and
a whole room should not run while others are tested. So it is ended here when the next test is elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.tokens.day import Day, lived
from tests.browser.tokens.house import SEATS, House
from tests.browser.tokens.house import house as open_house
from tests.support.token_room import TokenRoom

_HERE = Path(__file__).resolve().parent
_OPEN = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if nextitem is None or _HERE not in nextitem.path.parents:
        _OPEN.close()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The room with everything in it, as it is."""
    if (worker := os.environ.get("PYTEST_XDIST_WORKER")) is not None:
        mark = tmp_path_factory.getbasetemp().parent / "tokens-room"
        assert not mark.exists(), "this room was started by another worker: the groups of tests have no effect"
        mark.write_text(worker, encoding="ascii")
    return _OPEN.enter_context(open_house(tmp_path_factory.mktemp("tokens")))


@pytest.fixture(scope="session")
def day(whole: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A meeting from its first sign-in to its dossier; lived once."""
    try:
        return lived(whole, tmp_path_factory.mktemp("day"))
    except BaseException:
        whole.tidied()  # what went wrong is this day's alone
        raise


@pytest.fixture
def tidy(whole: House) -> Iterator[House]:
    """The room, for one test."""
    yield whole
    whole.tidied()


@pytest.fixture
def room(tidy: House) -> TokenRoom:
    """Its terminals and readers, with a meeting that is open."""
    if not tidy.room.is_open:
        tidy.room.meets()
    return tidy.room


@pytest.fixture
def quiet_house(tidy: House) -> House:
    """The room without a meeting: these tests hold their own."""
    if tidy.room.is_open:
        tidy.room.ends()
        for seat in range(SEATS):
            # A seat that has not heard of the end yet would still welcome people to the meeting before.
            tidy.room.until(seat, lambda shown: shown["seat"]["state"] != "welcome", what="the meeting is over here")
    return tidy
