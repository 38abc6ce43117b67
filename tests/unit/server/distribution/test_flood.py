"""A terminal that turned hostile: what it says without end costs the room nothing but a look at its name."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from server.assembly.distribution import outside_of, plug
from server.distribution.entries import Came
from server.distribution.inflow import Inflow
from server.distribution.plan import Pace
from server.distribution.service import Distribution
from tests.support import pdfs, poll
from tests.support.office import PASSWORD
from tests.support.seat_twin import SeatTwin
from tests.support.theatre import Theatre
from wire.ids import MeetingId

#: Said at once and waiting, together.
_MANY = 300


class _Flooded(Theatre):
    """A theatre whose server is soon told too much."""

    def _new_distribution(self) -> Distribution:
        services = self.office.services
        inflow: Inflow[Came] = Inflow(burst=_MANY // 2, per_s=60, line=_MANY // 2)
        distribution = Distribution(
            outside_of(services), link=self.new_link(), keys=services.keys, pace=Pace(settle_s=0.1), inflow=inflow
        )
        plug(services, distribution)
        return distribution


until = functools.partial(poll.until, timeout_s=30)


def test_a_seat_that_floods_the_server_is_passed_over_and_heard_again_later(tmp_path: Path) -> None:
    with _Flooded(tmp_path) as theatre:
        hostile, seat = theatre.seat(0), theatre.seat(1)
        until(lambda: hostile.welcomes and seat.welcomes, what="both are here")
        for _ in range(_MANY + 1000):
            hostile.health()
        data = pdfs.large_pdf(500_000)
        _, paper = theatre.published(data)
        until(lambda: seat.is_complete(paper), what="the other seat has the paper")
        assert hashlib.sha256(data).hexdigest() == seat.papers[paper].manifest.plain_sha256
        assert theatre.distribution.passed_over >= 500
        welcomes = hostile.welcomes
        until(lambda: _heard_after_a_while(theatre, hostile, welcomes), every_s=0.2, what="it is heard again")


def _heard_after_a_while(theatre: Theatre, seat: SeatTwin, welcomes: int) -> bool:
    theatre.office.clock.advance(seconds=5)
    seat.hello()
    return seat.welcomes > welcomes


def test_W28_a_seat_that_sends_all_its_acts_at_once_has_each_answered_once(tmp_path: Path) -> None:
    """More than are heard at once, more than wait for the database: none is dropped, none done twice."""
    with _Flooded(tmp_path) as theatre:
        seat = theatre.seat(0)
        meeting, paper = theatre.published(pdfs.text_pdf(), phase="open")
        until(lambda: seat.is_complete(paper), what="the seat has the paper")
        person = theatre.office.people["chutri"]
        signed_in = seat.act(meeting, "sign_in", {"person": person, "password": PASSWORD}, person=None)
        until(lambda: signed_in in seat.acks, what="the chair has signed in")
        before = theatre.office.services.meetings.state(MeetingId(meeting)).seq
        texts = [f"Thông báo {number}" for number in range(_MANY - 50)]
        acts = [seat.act(meeting, "display", {"mode": "message", "text": text}, person=person) for text in texts]
        until(lambda: all(act in seat.acks for act in acts), timeout_s=120, what="each act is answered")
        assert {seat.acks[act].outcome for act in acts} == {"done"}
        events = theatre.office.services.meetings.events(MeetingId(meeting), after=before)
        assert [event.data["text"] for event in events] == texts
        assert theatre.distribution.passed_over == 0
