"""No page is handed out before the opening is committed, whoever asks at the same time (P5, W128)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, cast

import pytest

from server.errors import Unavailable
from server.readings.consoles import ConsoleReadings
from server.readings.ports import ReadingStore
from server.unit import UnitOfWork
from tests.support.meeting_log import MEETING, named
from wire.ids import MeetingId, PaperId
from wire.state import MeetingState
from wire.topics import PaperVersion

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
PAPER = PaperVersion(PaperId(named("p", "report")), 1)


class SlowDisk:
    """A database whose commits wait for ``go`` and fail while it is ``full``."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.full, self.commits = True, 0

    @contextmanager
    def begin(self) -> Iterator[None]:
        yield
        self.begun.set()
        assert self.go.wait(10)
        if self.full:
            raise Unavailable
        self.commits += 1

    def add(self, *_: Any, **__: Any) -> int:
        return 1


@pytest.fixture
def disk() -> SlowDisk:
    return SlowDisk()


@pytest.mark.parametrize("full", [True, False])
def test_W128_who_asks_for_another_page_meanwhile_waits_for_the_commit(disk: SlowDisk, *, full: bool) -> None:
    disk.full = full
    consoles = ConsoleReadings(cast("UnitOfWork", disk), cast("ReadingStore", disk))

    def read(page: int) -> None:
        consoles.read(MeetingState(), MeetingId(MEETING), PAPER, person=named("u", "lan"), page=page, now=NOW)

    with ThreadPoolExecutor(3) as pool:
        try:
            asked = [pool.submit(read, 1)]
            assert disk.begun.wait(10)
            asked += [pool.submit(read, page) for page in (2, 3)]
            assert not wait(asked, timeout=0.2).done
        finally:
            disk.go.set()
        refused = [isinstance(each.exception(timeout=10), Unavailable) for each in asked]
    assert refused == [full] * 3
    assert disk.commits == (0 if full else 1)
