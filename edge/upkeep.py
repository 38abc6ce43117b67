"""The part of the seat's decisions that concerns how it is looked after: a dark screen, a place under maintenance
(W187–W189).

Rules: pure, as ``machine.py``. :func:`is_dark` decides by itself, and what it decides from is in :class:`Sight`; it is
asked after every event, so that a token, a sign-in or a touch lights the screen with the same step. A seat that does
not know the hour is lit.

Usage::

    is_dark(Sight(at=dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC), hours=Hours(420, 1050)))     # Monday, six o'clock
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from edge.commands import AnswerOrder, Command, SaveUpkeep
from edge.errors import ScreenInUse
from edge.events import KeepingCame, OrderCame, ServerTime, Woken
from edge.model import Now, State
from edge.showing import Situation, situation
from wire.messages import Hours
from wire.phases import HOLDING, LIVE

#: Whoever touched it may still stand there.
TOUCH_S: Final = 600.0
#: People come so long before a meeting, and leave so long after its planned end, while the seat holds it: once it is
#: closed and recalled, whoever still sits there lights the screen by being signed in, or by touching it.
AROUND: Final = dt.timedelta(hours=1)
#: What was not said again so long after a welcome does not hold any more.
UNSAID_S: Final = 5.0
VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))
_SATURDAY: Final = 5
#: Places where nobody is: only these go dark.
_EMPTY: Final = frozenset({Situation.WAITING, Situation.WELCOME, Situation.MAINTENANCE})

Result = tuple[State, tuple[Command, ...]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the light depends on.

    ``at``: the server's time, None while it is not known; ``in_use``: anything but an empty place is shown;
    ``meetings``: of each that it holds, when it begins and is to end, None while it goes on; ``touched_ago_s``: None
    when nobody has touched it.
    """

    at: dt.datetime | None
    hours: Hours | None = None
    in_use: bool = False
    meetings: tuple[tuple[dt.datetime, dt.datetime] | None, ...] = ()
    touched_ago_s: float | None = None
    ordered: str = ""


def is_dark(sight: Sight) -> bool:
    """Whether the screen is dark (W188): the first that speaks decides."""
    if sight.in_use or is_met(sight):
        return False
    if sight.touched_ago_s is not None and sight.touched_ago_s < TOUCH_S:
        return False
    if sight.ordered:
        return sight.ordered == "dark"
    return is_lit_by(sight.hours, sight.at) is False


def is_met(sight: Sight) -> bool:
    """A meeting goes on here, or people come to one."""
    return any(
        each is None or (sight.at is not None and each[0] - AROUND <= sight.at < each[1] + AROUND)
        for each in sight.meetings
    )


def is_lit_by(hours: Hours | None, at: dt.datetime | None) -> bool | None:
    """What the hours say; None when there are none, or the hour is not known."""
    if hours is None or at is None:
        return None
    local = at.astimezone(VIETNAM)
    day, minute = local.date(), local.hour * 60 + local.minute
    is_worked = day in hours.worked or (day.weekday() < _SATURDAY and day not in hours.off)
    return is_worked and hours.begins <= minute < hours.ends


def told(state: State, event: KeepingCame, _now: Now) -> Result:
    """The server has said how this seat is looked after, or it was kept over a restart of the agent."""
    unsaid_s = state.upkeep.unsaid_s if event.is_kept else None
    upkeep = replace(state.upkeep, hours=event.hours, maintenance=event.maintenance, unsaid_s=unsaid_s)
    after = replace(state, upkeep=upkeep)
    return after, () if event.is_kept else (SaveUpkeep(event.hours, event.maintenance),)


def server_time(state: State, event: ServerTime, _now: Now) -> Result:
    """From now on the hour is known."""
    return replace(state, upkeep=replace(state.upkeep, clock=(event.at, event.at_s))), ()


def welcomed(state: State, now: Now) -> State:
    """What holds is said directly after this."""
    upkeep = state.upkeep
    if upkeep.hours is None and upkeep.maintenance is None:
        return state
    return replace(state, upkeep=replace(upkeep, unsaid_s=now.s))


def ticked(state: State, now: Now) -> Result:
    """What was not said again is forgotten."""
    unsaid_s = state.upkeep.unsaid_s
    if unsaid_s is None or now.s - unsaid_s < UNSAID_S:
        return state, ()
    forgotten = replace(state.upkeep, hours=None, maintenance=None, unsaid_s=None)
    return replace(state, upkeep=forgotten), (SaveUpkeep(None, None),)


def woken(state: State, _event: Woken, now: Now) -> Result:
    """Somebody has touched the screen."""
    return replace(state, upkeep=replace(state.upkeep, touched_s=now.s)), ()


def ordered(state: State, event: OrderCame, now: Now) -> Result:
    """IT has the screen dark, or lit; it is not dark where somebody may be."""
    at = _hour(state, now)
    planned, before = is_lit_by(state.upkeep.hours, at), state.upkeep.touched_s
    touched_s = None if event.kind == "dark" else before
    after = replace(state, upkeep=replace(state.upkeep, ordered=event.kind, planned=planned, touched_s=touched_s))
    if event.kind == "dark" and not is_dark(sight_of(after, now)):
        return state, (AnswerOrder(event.order, ScreenInUse.code),)
    return after, (AnswerOrder(event.order),)


def consequences(state: State, now: Now) -> State:
    """The light, after whatever has happened."""
    upkeep = state.upkeep
    if upkeep.ordered and is_lit_by(upkeep.hours, _hour(state, now)) != upkeep.planned:
        upkeep = replace(upkeep, ordered="", planned=None)
        state = replace(state, upkeep=upkeep)
    dark = is_dark(sight_of(state, now))
    return state if dark == upkeep.is_dark else replace(state, upkeep=replace(upkeep, is_dark=dark))


def sight_of(state: State, now: Now) -> Sight:
    """What the light depends on, of this seat."""
    upkeep = state.upkeep
    in_use = (
        situation(state) not in _EMPTY
        or state.session is not None
        or state.signing_in is not None
        or bool(state.cards.by_reader)
        or state.orders.shown is not None
    )
    return Sight(
        at=_hour(state, now),
        hours=upkeep.hours,
        in_use=in_use,
        meetings=_meetings(state),
        touched_ago_s=None if upkeep.touched_s is None else now.s - upkeep.touched_s,
        ordered=upkeep.ordered,
    )


def _hour(state: State, now: Now) -> dt.datetime | None:
    if state.upkeep.clock is None:
        return None
    at, at_s = state.upkeep.clock
    return at + dt.timedelta(seconds=now.s - at_s)


def _meetings(state: State) -> tuple[tuple[dt.datetime, dt.datetime] | None, ...]:
    found: list[tuple[dt.datetime, dt.datetime] | None] = []
    for holding in () if state.wish is None else state.wish.hold:
        followed = state.meetings.get(holding.meeting)
        if followed is None or followed.state.phase not in HOLDING:
            continue
        begins = followed.state.starts_at
        if followed.state.phase in LIVE:
            found.append(None)
        elif begins is not None:
            found.append((begins, begins + dt.timedelta(minutes=followed.state.planned_minutes)))
    return tuple(found)
