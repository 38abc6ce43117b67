"""The part of the seat's decisions that concerns private marks: kept, handed in, fetched, given up (P8, W98–W103).

Rules: pure, as ``machine.py``. What a mark says is not in this state; the book on the disk has it. The key is asked for
when somebody has signed in, and is destroyed here when they have left. What was written is handed in as soon as there
is a link, whoever sits here then; what they write elsewhere is asked for every few seconds, and at once when the link
is back. Only who is signed in, at a seat that is not locked, is given theirs.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge.commands import (
    Answer,
    CloseMarks,
    Command,
    EraseMarks,
    FetchMarks,
    ReadMarks,
    SendMarks,
    TakeMarks,
    WriteMarks,
)
from edge.errors import NoMeeting, SeatLocked, SignInFirst
from edge.events import Acked, MarksAsked, MarksStand, MarksWritten
from edge.marks_values import Place, Standing
from edge.model import LinkState, MarksLine, Now, State
from edge.showing import Situation, shown_session, situation
from wire.marks import GET, PUT

#: What others of this person's seats wrote is asked for so often.
LOOK_S: Final = 8.0
#: An answer that did not come: said again.
PATIENCE_S: Final = 5.0
#: A refusal may have been for the moment.
AGAIN_S: Final = 60.0
#: What the server says when it keeps no marks of the meeting any more.
OVER: Final = "marks-over"

Result = tuple[State, tuple[Command, ...]]


def asked(state: State, event: MarksAsked, now: Now) -> Result:
    """Read them, for who sits here and nobody else."""
    place, code = _place(state)
    if place is None:
        return state, (Answer(event.request, code),)
    return state, (ReadMarks(event.request, place, event.paper),)


def written(state: State, event: MarksWritten, now: Now) -> Result:
    """Keep them; whoever writes is there."""
    place, code = _place(state)
    session = state.session
    if place is None or session is None:
        return state, (Answer(event.request, code),)
    present = replace(state, session=replace(session, touched_s=now.s))
    return present, (WriteMarks(event.request, place, event.changes),)


def _place(state: State) -> tuple[Place | None, str]:
    session = shown_session(state)
    if session is None:
        return None, SignInFirst.code
    if situation(state) is not Situation.SIGNED_IN:
        return None, SeatLocked.code if session.locked else NoMeeting.code
    return Place(session.meeting, session.person), ""


def stand(state: State, event: MarksStand, now: Now) -> Result:
    """Something has changed in the book, or an answer has come."""
    standing, known = event.standing, _line(state, event.standing.place)
    fresh = replace(known, ready=standing.ready, unsent=standing.unsent, rev=standing.rev)
    if event.done == PUT:
        fresh = replace(fresh, put_s=now.s if event.code else None, code=event.code)
    if event.done == GET:
        code = event.code if event.code and not standing.ready else "" if known.put_s is None else known.code
        fresh = replace(fresh, get_s=None, got_s=None if event.more else now.s, code=code)
    return _with(state, fresh), ()


def acked(state: State, event: Acked) -> tuple[Command, ...]:
    """The hands know which acts were theirs."""
    is_waited_for = any(line.put_s is not None or line.get_s is not None for line in state.marks)
    if not is_waited_for or any(each.act == event.act for each in state.queue):
        return ()
    return (TakeMarks(event.act, event.outcome, event.code, event.data),)


def opened(standings: tuple[Standing, ...]) -> tuple[MarksLine, ...]:
    """What the store held."""
    return tuple(
        MarksLine(each.place.meeting, each.place.person, each.ready, each.unsent, each.rev) for each in standings
    )


def consequences(state: State, now: Now) -> Result:
    """Ask, hand in, destroy."""
    session, commands = state.session, []
    here = None if session is None else (session.meeting, session.person)
    if not state.opened:
        return state, ()
    lines = list(state.marks)
    if here is not None and all(line.who != here for line in lines):
        lines.append(MarksLine(*here))
    after: list[MarksLine] = []
    for line in lines:
        left, more = _of_line(line, is_here=line.who == here, online=state.link.state is LinkState.ONLINE, now=now)
        commands += more
        if left is not None:
            after.append(left)
    return (state if tuple(after) == state.marks else replace(state, marks=tuple(after))), tuple(commands)


def _of_line(line: MarksLine, *, is_here: bool, online: bool, now: Now) -> tuple[MarksLine | None, list[Command]]:
    place, commands = Place(line.meeting, line.person), list[Command]()
    if not is_here and (line.unsent == 0 or line.code == OVER):
        return None, [EraseMarks(place)]
    if not is_here and (line.ready or line.get_s is not None):
        # Also a key that is still on its way must not find a place here.
        commands.append(CloseMarks(place))
        line = replace(line, ready=False, get_s=None)
    if not online:
        return replace(line, put_s=None, get_s=None, got_s=None, code=""), commands
    if line.unsent and _is_due(line.put_s, now, AGAIN_S if line.code else PATIENCE_S):
        commands.append(SendMarks(place))
        line = replace(line, put_s=now.s, code="")
    looked = line.get_s if line.get_s is not None else line.got_s
    wait_s = PATIENCE_S if line.get_s is not None or not line.ready else LOOK_S
    if is_here and _is_due(looked, now, wait_s):
        commands.append(FetchMarks(place))
        line = replace(line, get_s=now.s)
    return line, commands


def _is_due(since_s: float | None, now: Now, wait_s: float) -> bool:
    return since_s is None or now.s - since_s >= wait_s


def _line(state: State, place: Place) -> MarksLine:
    return next((line for line in state.marks if line.who == place), MarksLine(place.meeting, place.person))


def _with(state: State, line: MarksLine) -> State:
    others = tuple(each for each in state.marks if each.who != line.who)
    return replace(state, marks=(*others, line))
