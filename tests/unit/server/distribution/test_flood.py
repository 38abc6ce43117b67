"""A terminal that turned hostile: what it says without end costs the room nothing but a look at its name."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from tests.support import pdfs, poll
from tests.support.theatre import Theatre

until = functools.partial(poll.until, timeout_s=30)


def test_a_seat_that_floods_the_server_is_passed_over_and_heard_again_later(tmp_path: Path) -> None:
    with Theatre(tmp_path) as theatre:
        hostile, seat = theatre.seat(0), theatre.seat(1)
        until(lambda: hostile.welcomes and seat.welcomes, what="both are here")
        for _ in range(1500):
            hostile.health()
        data = pdfs.large_pdf(500_000)
        _, paper = theatre.published(data)
        until(lambda: seat.is_complete(paper), what="the other seat has the paper")
        assert hashlib.sha256(data).hexdigest() == seat.papers[paper].manifest.plain_sha256
        assert theatre.distribution.passed_over >= 500
        theatre.office.clock.advance(seconds=20)
        welcomes = hostile.welcomes
        hostile.hello()
        until(lambda: hostile.welcomes > welcomes, what="it is heard again")
