"""What lies in front of people at seats, handed on to the next seat they sign in at (W83, W84, I2).

Rules: in memory only – nothing of where somebody reads is written down here, and after a restart every seat says it
again with its welcome. Taken from the seat at which the person sits and from no other, so a seat that was cut off while
its person moved changes nothing. Given to who has just proved who they are, and to nobody else. The oldest are
forgotten first.

Usage::

    acts = FrontActs(acts, meetings)                 # the ActHandler in front of all others
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from typing import Final, Protocol

from server.errors import ServerError, Unavailable
from server.meetings.errors import NotSignedInHere
from server.meetings.ports import ActHandler, Outcome
from wire.errors import WireError
from wire.fields import Fields
from wire.front import CARRIED, KIND, Front
from wire.ids import MeetingId
from wire.messages import Act
from wire.state import MeetingState

#: People in meetings; a row is some hundred bytes.
MOST: Final = 20_000


class States(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...


class FrontActs:
    """Keeps what ``front`` says, and adds it to the outcome of ``sign_in``; everything else is for ``acts``."""

    def __init__(self, acts: ActHandler, meetings: States, *, most: int = MOST) -> None:
        self._acts: Final = acts
        self._meetings: Final = meetings
        self._most: Final = most
        self._lock: Final = threading.Lock()
        self._fronts: Final[OrderedDict[tuple[str, str], Front]] = OrderedDict()

    def perform(self, act: Act, *, device: str, seat: str, now: dt.datetime) -> Outcome:
        """Perform ``act`` once; see the port. Raises Unavailable, or what the database raises when it is away."""
        if act.kind == KIND:
            return self._take(act, seat)
        outcome = self._acts.perform(act, device=device, seat=seat, now=now)
        if act.kind == "sign_in" and outcome.outcome == "done":
            return self._carrying(act, outcome)
        return outcome

    def _take(self, act: Act, seat: str) -> Outcome:
        try:
            front = Front.read(Fields(act.data, "act.data"))
            if act.person is None or (act.person, seat) not in self._meetings.state(MeetingId(act.meeting)).seated:
                raise NotSignedInHere
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            return Outcome("refused", refusal.code)
        with self._lock:
            self._fronts[act.meeting, act.person] = front
            self._fronts.move_to_end((act.meeting, act.person))
            while len(self._fronts) > self._most:
                self._fronts.popitem(last=False)
        return Outcome("done")

    def _carrying(self, act: Act, outcome: Outcome) -> Outcome:
        # With a token the server has found out whose it is; with a password the act has said it.
        person = outcome.data.get("person", act.data.get("person"))
        with self._lock:
            front = self._fronts.get((act.meeting, str(person)))
        if front is None:
            return outcome
        carried = {CARRIED: {"front": front.to_value()}}
        return Outcome(outcome.outcome, outcome.code, {**outcome.data, **carried}, outcome.replies)
