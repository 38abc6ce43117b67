"""The part of the seat's decisions that concerns secret ballots: asked for, sealed, handed in, found (W77–W81).

Rules: pure, as ``machine.py``. What a ballot says is not in this state; the book on the disk has it. A ballot is handed
in as often as a collection is called, said again while the collection goes on, and looked for in what is published. A
vote that is over leaves nothing on the disk.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge.acts import BALLOT_ASK
from edge.commands import Answer, Command, EraseBallots, FindBallots, FinishBallot, HandIn, MakeBallot, MixBoxes
from edge.errors import BadRequest
from edge.events import Acked, ActAsked, BallotAway, BallotHeld, BallotsFound, MixCame
from edge.model import BallotState, HeldLine, LinkState, Now, Session, State
from wire.election_marks import SAID_LIMIT
from wire.errors import WireError
from wire.fields import Fields
from wire.votes import COUNTED, Vote, VoteState

#: While a collection goes on, what was handed in is said again so often: the server may have been started anew.
SAY_AGAIN_S: Final = 5.0
SHOWN: Final = 20
#: What the server says of a vote that takes no ballots.
NOT_OPEN: Final = "vote-not-open"
_WAITING: Final = frozenset({BallotState.ASKING, BallotState.SEALED, BallotState.HANDED_IN})

Result = tuple[State, tuple[Command, ...]]


def asked(state: State, event: ActAsked, session: Session) -> Result:
    """The person has chosen: have a ballot made, and the server asked to sign it blind."""
    data = Fields(dict(event.data), event.kind)
    try:
        vote, answer = data.id("vote", "v"), data.text("answer", limit=SAID_LIMIT)
        data.end()
    except WireError:
        return state, (Answer(event.request, BadRequest.code),)
    return state, (MakeBallot(event.request, event.act, session.meeting, session.person, vote, answer),)


def acked(state: State, event: Acked) -> tuple[Command, ...]:
    """What the server signed goes into the book before the act leaves the outbox."""
    entry = next((each for each in state.queue if each.act == event.act), None)
    if entry is None or entry.kind != BALLOT_ASK:
        return ()
    return (FinishBallot(event.act, event.outcome, event.code, event.data),)


def held(state: State, event: BallotHeld, now: Now) -> Result:
    """A ballot lies here, asked for, or signed, or refused for good."""
    line = event.line
    others = tuple(each for each in state.ballots if (each.vote, each.person) != (line.vote, line.person))
    return replace(state, ballots=(*others, line)[-SHOWN:]), ()


def away(state: State, event: BallotAway, now: Now) -> Result:
    """The boxes of a run were not sent: this seat does not take part, and says why."""
    lines = tuple(
        replace(each, state=BallotState.REFUSED, code=event.code) if each.vote == event.vote else each
        for each in state.ballots
    )
    return replace(state, ballots=lines), ()


def found(state: State, event: BallotsFound, now: Now) -> Result:
    """The published list was looked through; after that nothing is kept but what the voter is shown."""

    def told(line: HeldLine) -> HeldLine:
        there = event.found.get(line.person)
        if line.vote != event.vote or there is None:
            return line
        return replace(line, state=BallotState.FOUND if there else BallotState.MISSING, code="")

    return replace(state, ballots=tuple(told(each) for each in state.ballots)), (EraseBallots(event.vote),)


def mix(state: State, event: MixCame, now: Now) -> Result:
    """The server wants this seat's layer opened; the book knows whether that is right."""
    vote = _vote(state, event.mix.meeting, event.mix.vote)
    return state, () if vote is None else (MixBoxes(event.mix, vote),)


def consequences(state: State, now: Now) -> Result:
    """Hand in what is collected, look for what is published, erase what is over."""
    commands: list[Command] = []
    lines: list[HeldLine] = []
    done: set[str] = set()
    for line in state.ballots:
        vote = _vote(state, line.meeting, line.vote)
        if vote is None or line.state not in _WAITING:
            lines.append(line)
            continue
        fresh, command = _next(state, line, vote, now=now)
        if command is not None and line.vote not in done:
            commands.append(command)
            done.add(line.vote)
        if fresh is not None:
            lines.append(fresh)
    if tuple(lines) == state.ballots:
        return state, tuple(commands)
    return replace(state, ballots=tuple(lines)), tuple(commands)


def gone(state: State, meeting: str) -> Result:
    """The meeting is destroyed here, and with it what is kept of its votes."""
    erased = tuple(EraseBallots(vote) for vote in {each.vote for each in state.ballots if each.meeting == meeting})
    return replace(state, ballots=tuple(each for each in state.ballots if each.meeting != meeting)), erased


def _next(state: State, line: HeldLine, vote: Vote, *, now: Now) -> tuple[HeldLine | None, Command | None]:
    """The line and what is to be done for its vote."""
    if vote.state in COUNTED and line.state is BallotState.ASKING:
        # Never signed, so never to be looked for: what else lies here of the vote is, and then all is erased.
        return replace(line, state=BallotState.REFUSED, code=NOT_OPEN), FindBallots(vote)
    if vote.state in COUNTED:
        return replace(line, state=BallotState.LOOKED_FOR), FindBallots(vote)
    if vote.state is VoteState.WITHDRAWN:
        return None, EraseBallots(line.vote)
    call = vote.call
    if vote.state is not VoteState.COLLECTING or call is None or line.state is BallotState.ASKING:
        return line, None
    is_told = line.run == call.run and now.s - line.said_s < SAY_AGAIN_S
    if is_told or state.link.state is not LinkState.ONLINE:
        return line, None
    return replace(line, state=BallotState.HANDED_IN, run=call.run, said_s=now.s), HandIn(vote, line.meeting)


def _vote(state: State, meeting: str, vote: str) -> Vote | None:
    followed = state.meetings.get(meeting)
    return None if followed is None else followed.state.vote(vote)
