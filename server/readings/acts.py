"""The act of a seat that tells what was read there (W127): no act of an outbox, and none of the ledger.

Rules: telling it again is answered as new, and changes nothing; everything else is for the handler behind. What makes
trying again worth while is raised, not answered.

Usage: ``acts = ReadingActs(acts, seats)``, in front of the other handlers.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from server.errors import ServerError, Unavailable
from server.meetings.errors import NotSignedInHere
from server.meetings.ports import ActHandler, Outcome
from server.readings.model import Why
from server.readings.seats import SeatReadings, Told
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act
from wire.readings import KIND, read_batch


class ReadingActs:
    """Performs ``readings``."""

    def __init__(self, acts: ActHandler, seats: SeatReadings) -> None:
        self._acts: Final = acts
        self._seats: Final = seats

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act``; see the port. Raises Unavailable, or what the database raises when it is away."""
        if act.kind != KIND:
            return self._acts.perform(act, device=device, seat=seat, now=now)
        try:
            if act.person is None:
                raise NotSignedInHere
            entries = read_batch(Fields(act.data, "act.data"))
            told = Told(MeetingId(act.meeting), act.person, device, seat)
            return Outcome("done", data=dict(self._seats.take(told, entries, now=now)))
        except Unavailable:
            raise
        except ServerError as refusal:
            return Outcome("refused", refusal.code, refusal.data)
        except WireError as refusal:
            self._seats.refuse(device, [Why.FORM])
            return Outcome("refused", refusal.code, refusal.data)
