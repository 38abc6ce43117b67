"""W79: what seats hand in reaches the urn over the link, and what it says reaches the one seat it is for."""

from __future__ import annotations

from pathlib import Path

from tests.support import poll
from tests.support.meeting_log import named
from tests.support.office import fresh_id
from tests.support.theatre import Theatre
from wire.messages import Drop, Mix, Mixed


class Ears:
    """In place of the urn: remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Drop | Mixed]] = []

    def heard(self, device: str, message: Drop | Mixed) -> None:
        self.said.append((device, message))


def test_W79_boxes_pass_between_a_seat_and_the_urn_by_the_seats_own_lanes(tmp_path: Path) -> None:
    ears = Ears()
    with Theatre(tmp_path, ballots=ears) as theatre:
        meeting, vote, seat = theatre.office.meeting("open"), fresh_id("v"), theatre.seat(0)
        poll.until(lambda: seat.wish is not None, what="the seat is welcome", timeout_s=30)
        seat.say(lambda head: Drop(head, meeting, vote, 1, (b"box",)))
        seat.say(lambda head: Mixed(head, meeting, vote, 1, 2, (b"inner",)))
        poll.until(lambda: len(ears.said) == 2, what="the urn has heard both", timeout_s=30)
        assert [device for device, _ in ears.said] == [seat.device] * 2
        assert [message.boxes for _, message in ears.said] == [(b"box",), (b"inner",)]
        assert theatre.distribution.here([seat.device, named("d", "away")]) == {seat.device}
        theatre.distribution.say(seat.device, lambda head: Mix(head, meeting, vote, 1, 0, (b"boxes",)))
        poll.until(lambda: [each.boxes for each in seat.mixes] == [(b"boxes",)], what="the seat is asked", timeout_s=30)
