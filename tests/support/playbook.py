"""The seat's machine, played line by line: what happens, what it does, where it then is.

Rules: a playbook holds one state and one clock; ``on`` plays an event and remembers the commands, ``does`` and
``does_not`` look at them by kind, ``after`` lets time go by. Names are those of `tests.support.meeting_log`.

Usage::

    book = Playbook().enrolled().welcomed(log)
    book.on(SignInAsked(1, ACT, named("u", "lan")))
    assert book.does(SendSignIn)
    assert book.where == "welcome"
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Self, TypeVar

from edge import view
from edge.commands import Answer, Command, Keep
from edge.events import (
    Acked,
    Event,
    IdentityChanged,
    LinkDown,
    LinkUp,
    LogCame,
    Opened,
    SignInAsked,
    Stored,
    Ticked,
    Welcomed,
    WishChanged,
)
from edge.machine import step
from edge.model import Identity, Limits, Now, Queued, Standing, State
from edge.showing import situation
from tests.support.meeting_log import MEETING, MeetingLog, named
from wire.messages import Holding, Wish
from wire.topics import PaperVersion

BEGIN = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
DEVICE = named("d", "device")
SEAT = named("s", "A3")
ROOM = named("r", "room")
C = TypeVar("C")


def act_id(number: int) -> str:
    """The id of the n-th act."""
    return named("a", str(number))


class Playbook:
    """One seat's machine and its clock."""

    def __init__(self, *, idle_s: float = 300.0, grace_s: float = 10.0, following_s: float = 14_400.0) -> None:
        self.s = 1000.0
        self.state = State(limits=Limits(idle_s, grace_s, following_s), started_s=self.s)
        self.commands: tuple[Command, ...] = ()
        self.generation = 0
        self._requests = 0

    # ------------------------------------------------------------ playing

    def on(self, event: Event) -> Self:
        """Something happens."""
        now = Now(self.s, BEGIN + dt.timedelta(seconds=self.s))
        self.state, self.commands = step(self.state, event, now)
        return self

    def after(self, seconds: float) -> Self:
        """Time goes by, then the clock ticks; the commands of every tick are kept."""
        end = self.s + seconds
        seen: tuple[Command, ...] = ()
        while self.s < end:
            self.s = min(end, self.s + 1.0)
            self.on(Ticked())
            seen = (*seen, *self.commands)
        self.commands = seen
        return self

    def does(self, kind: type[C]) -> C:
        """The one command of this kind among the last."""
        found = [command for command in self.commands if isinstance(command, kind)]
        assert len(found) == 1, f"{kind.__name__} in {self.commands}"
        return found[0]

    def does_not(self, *kinds: type[Any]) -> None:
        """No command of these kinds among the last."""
        assert not [command for command in self.commands if isinstance(command, kinds)], self.commands

    def answers(self, request: int) -> str:
        """The code of the answer to a request, among the last commands."""
        answer = self.does(Answer)
        assert answer.request == request
        return answer.code

    @property
    def where(self) -> str:
        """The screen the seat is on."""
        return situation(self.state).value

    @property
    def sections(self) -> dict[str, Any]:
        """What its page shows."""
        return view.sections(self.state, holding={})

    # ------------------------------------------------------------ scenes

    def request(self) -> int:
        """The number of the next call of the page."""
        self._requests += 1
        return self._requests

    def enrolled(self) -> Self:
        """The device has its certificate."""
        return self.on(IdentityChanged(Identity(Standing.ENROLLED, DEVICE)))

    def opened(self, *logs: MeetingLog, warm: bool = False, **more: Any) -> Self:
        """The store is open."""
        wish = self.wish(*logs) if warm else None
        return self.on(Opened(warm=warm, wish=wish, meetings={log.meeting: log.state for log in logs}, **more))

    def welcomed(self, *logs: MeetingLog, recall: tuple[str, ...] = (), know: bool = True) -> Self:
        """Connected and welcomed; with ``know`` the logs have come, too."""
        if not self.state.opened:
            self.opened()
        self.on(LinkUp()).on(Welcomed(self.wish(*logs, recall=recall)))
        commands = self.commands
        for log in logs if know else ():
            self.on(LogCame(log.meeting, tuple(log.events), head=log.state.seq))
        self.commands = commands
        return self

    def wish(self, *logs: MeetingLog, recall: tuple[str, ...] = (), seat: str = SEAT) -> Wish:
        """What the server wants: these meetings."""
        self.generation += 1
        hold = tuple(Holding(log.meeting, 1, log.state.seq, _published(log)) for log in logs)
        return Wish(self.generation, seat, "A3", ROOM, "Phòng họp 1", hold, recall)

    def wished(self, *logs: MeetingLog, recall: tuple[str, ...] = ()) -> Self:
        """The wish changes."""
        return self.on(WishChanged(self.wish(*logs, recall=recall)))

    def told(self, log: MeetingLog, *kinds: tuple[str, dict[str, Any]]) -> Self:
        """The meeting goes on, and the seat is told."""
        before = len(log.events)
        for kind, data in kinds:
            log.add(kind, data)
        return self.on(LogCame(log.meeting, tuple(log.events[before:])))

    def signed_in(self, who: str = "lan", *, log: MeetingLog | None = None) -> Self:
        """Somebody has signed in; with a log, the log says so."""
        request, act = self.request(), act_id(9000 + self._requests)
        self.on(SignInAsked(request, act, named("u", who)))
        self.on(Acked(act, "done"))
        commands = self.commands
        if log is not None:
            self.told(log, ("person_seated", {"person": named("u", who), "seat": SEAT}))
        self.commands = commands
        return self

    def keeps(self) -> Self:
        """What was to be kept is durable now."""
        kept = self.does(Keep)
        return self.on(Stored(Queued(kept.act, kept.kind, kept.meeting), kept.request))

    def acked(self, act: str, outcome: str = "done", code: str = "", **data: Any) -> Self:
        """The server has decided."""
        return self.on(Acked(act, outcome, code, data))

    def lost(self) -> Self:
        """The broker is gone."""
        return self.on(LinkDown())


def _published(log: MeetingLog) -> tuple[PaperVersion, ...]:
    return tuple(PaperVersion(each.paper, each.published_version) for each in log.state.papers)  # type: ignore[arg-type]


__all__ = ["MEETING", "Playbook", "act_id"]
