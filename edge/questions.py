"""What the page asks the server through the seat, and waits for: who is ready for a vote (W126).

Rules: of this moment only. A question needs the server at once, is never written down and is sent once; its answer
goes to the call that asked, if who asked still has the seat in front of them. No answer in time is said as no server.
It is no sign of life: the page asks by itself every few seconds.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge import errors
from edge.commands import Answer, AskReady, Command
from edge.events import Acked, ReadyAsked
from edge.model import LinkState, Now, Question, State
from edge.showing import reader
from wire.errors import WireError
from wire.readiness import Short

#: As long as a look at a list may take; the page asks again anyway.
ANSWER_S: Final = 5.0
#: A page has two lists, and asks anew when what is asked changes; whoever asks more often is told no, so that threads
#: of the page's server are left for what else is on the screen.
MOST: Final = 4

Result = tuple[State, tuple[Command, ...]]


def asked(state: State, event: ReadyAsked, now: Now) -> Result:
    """Send it, if the server is there; whether they may know is the server's to say."""
    who = reader(state)
    if who is None:
        code = errors.SignInFirst.code if state.session is None else errors.SeatLocked.code
        return state, (Answer(event.request, code),)
    if state.link.state is not LinkState.ONLINE or len(state.questions) >= MOST:
        return state, (Answer(event.request, errors.Offline.code),)
    question = Question(event.request, event.act, *who, deadline_s=now.s + ANSWER_S)
    return replace(state, questions=(*state.questions, question)), (AskReady(event.act, *who, event.opening),)


def acked(state: State, event: Acked) -> Result | None:
    """The server's answer; None when it is about something else."""
    question = next((each for each in state.questions if each.act == event.act), None)
    if question is None:
        return None
    left = replace(state, questions=tuple(each for each in state.questions if each is not question))
    if reader(state) != (question.meeting, question.person):
        return left, (Answer(question.request, errors.SeatLocked.code),)
    if event.outcome != "done":
        return left, (Answer(question.request, event.code or errors.ServerRefused.code, event.data),)
    try:
        told = Short.read(event.data).to_value()
    except WireError:
        return left, (Answer(question.request, errors.BadRequest.code),)
    return left, (Answer(question.request, data=told),)


def ticked(state: State, now: Now) -> Result:
    """Nobody waits for ever."""
    late = tuple(each for each in state.questions if now.s >= each.deadline_s)
    if not late:
        return state, ()
    left = tuple(each for each in state.questions if each not in late)
    return replace(state, questions=left), tuple(Answer(each.request, errors.Offline.code) for each in late)
