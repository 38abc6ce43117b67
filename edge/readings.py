"""The part of the seat's decisions that concerns what is read at it: noted at once, told now and then (P5, W127, W128).

Rules: pure, as ``machine.py``. Every page that lies in front of somebody is noted, whether they turned to it or follow
who presents; a room that follows says nothing at the turn. What waits is told at most once in two minutes, each seat at
a moment of its own, so that five hundred of them are four messages a second. It is told whoever sits there then, and
also after the papers were recalled. A rehearsal, and a file that is signed, are noted nowhere.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Final

from edge.commands import Command, NoteReading, SendReadings, TakeReadings
from edge.events import Acked, PageSeen, ReadingsStand
from edge.marks_values import Place
from edge.model import LinkState, Now, ReadingsLine, State

#: A seat tells what was read this often.
EVERY_S: Final = 120.0

Result = tuple[State, tuple[Command, ...]]


def seen(state: State, event: PageSeen, now: Now) -> Result:
    """A page was given to the screen for who was signed in then."""
    followed = state.meetings.get(event.reader[0])
    if followed is None or followed.state.rehearsal is not None or followed.state.paper(event.paper.paper) is None:
        return state, ()
    return state, (NoteReading(Place(*event.reader), event.paper, event.page),)


def stand(state: State, event: ReadingsStand, now: Now) -> Result:
    """Something was noted, or an answer has come; ``more``: the rest does not wait for the next turn."""
    # What begins to wait now waits for the next turn, also after something was told in this one.
    fresh_line = ReadingsLine(event.place, told=turn(state, now))
    known = next((line for line in state.readings if line.place == event.place), fresh_line)
    fresh = replace(known, unsent=event.unsent)
    if event.answered:
        fresh = replace(fresh, waits=False, told=None if event.more else known.told)
    return _with(state, fresh), ()


def acked(state: State, event: Acked) -> tuple[Command, ...]:
    """The hands know which acts were theirs."""
    if not any(line.waits for line in state.readings) or any(each.act == event.act for each in state.queue):
        return ()
    return (TakeReadings(event.act, event.outcome, event.code),)


def opened(found: tuple[tuple[Place, int], ...], state: State, now: Now) -> tuple[ReadingsLine, ...]:
    """What the store held waits for this seat's next turn."""
    return tuple(ReadingsLine(place, unsent, told=turn(state, now)) for place, unsent in found)


def consequences(state: State, now: Now) -> Result:
    """Tell what waits, when it is this seat's turn."""
    if not state.readings or not state.opened or state.link.state is not LinkState.ONLINE:
        return state, ()
    here, commands, after = turn(state, now), list[Command](), list[ReadingsLine]()
    for line in state.readings:
        if line.unsent == 0:
            # Nothing to tell: the line is made again by the next page.
            continue
        if line.told != here:
            commands.append(SendReadings(line.place))
        after.append(line if line.told == here else replace(line, told=here, waits=True))
    return (state if tuple(after) == state.readings else replace(state, readings=tuple(after))), tuple(commands)


def turn(state: State, now: Now) -> int:
    """The number of this seat's turn; seats that note at the same moment do not tell at the same moment."""
    phase_s = zlib.crc32((state.identity.device or "").encode("ascii")) % int(EVERY_S)
    return int((now.s + phase_s) // EVERY_S)


def _with(state: State, line: ReadingsLine) -> State:
    others = tuple(each for each in state.readings if each.place != line.place)
    return replace(state, readings=(*others, line))
