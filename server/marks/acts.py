"""Acts of the seats about private marks (W99, W100): no acts of an outbox, so none of them is written into the ledger.

Rules: handing in may be said again, asking is said again; both are answered by what is kept. Everything else is for the
handler behind. What makes trying again worth while is raised, not answered.

Usage::

    acts = MarkActs(acts, marks)                 # the ActHandler in front of all others
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from server.errors import ServerError, Unavailable
from server.marks.ports import Place
from server.marks.service import Asking, MarksService, Wanted
from server.meetings.errors import NotSignedInHere
from server.meetings.ports import ActHandler, Outcome
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId
from wire.marks import GET, KEY_BYTES, PUT, read_batch
from wire.messages import Act


class MarkActs:
    """Performs ``marks_put`` and ``marks_get``."""

    def __init__(self, acts: ActHandler, marks: MarksService) -> None:
        self._acts: Final = acts
        self._marks: Final = marks

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act``; see the port. Raises Unavailable, or what the database raises when it is away."""
        if act.kind not in {PUT, GET}:
            return self._acts.perform(act, device=device, seat=seat, now=now)
        try:
            return Outcome("done", data=self._do(act, device=device, seat=seat, now=now))
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code, refusal.data)

    def _do(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> dict[str, Any]:
        if act.person is None:
            raise NotSignedInHere
        fields = Fields(act.data, "act.data")
        asking = Asking(Place(MeetingId(act.meeting), act.person), seat, device)
        if act.kind == PUT:
            marks = read_batch(fields)
            fields.end()
            return self._marks.hand_in(asking, marks, now=now)
        box = fields.base64("box", size=KEY_BYTES) if fields.has("box") else None
        wanted = Wanted(fields.number("after"), box)
        fields.end()
        return self._marks.fetch(asking, wanted, now=now)
