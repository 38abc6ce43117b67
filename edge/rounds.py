"""The part of the seat's decisions that concerns signing papers: read, PIN, turn, card, answer (G40–G42, W59–W61).

Rules: pure, as ``machine.py``. The PIN comes first: the card has taken it before the server is asked for the lease, so
a wrong one keeps nobody waiting. The lease comes second, and then the card is asked once, for what ``examine`` found in
the very file that was shown. Whatever goes wrong is said and not tried again; a lease that will not be used is given
back. A signature that is made is sent until the server has it, or the lease is over. Only for who is signed in here.

::

    checking ─PIN right─► asking ─offer─► signing ─card─► sending ─ack─► done
        └────────┴───────────┴──────────────┴───────────────┴─► failed (code)

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from edge import errors, tokens
from edge.card.errors import CardRemoved, NoCertificate
from edge.commands import (
    Answer,
    CheckPin,
    CloseRound,
    Command,
    DropPin,
    ExamineAndSign,
    OpenRound,
    SendAnswer,
    SendBegin,
)
from edge.events import (
    Acked,
    OfferCame,
    OfferRefused,
    PinRight,
    RoundAsked,
    RoundClosed,
    RoundConfirmed,
    RoundFile,
    RoundsCame,
    TokenRefused,
    TokenSigned,
)
from edge.model import CardSignature, CardWork, LinkState, Now, OpenFile, PaperStep, PaperWork, State
from edge.showing import Situation, reader, shown_session, situation

#: As long as the server may take to ask an issuer's services before it gives the lease.
OFFER_S: Final = 40.0
ANSWER_AGAIN_S: Final = 4.0
#: After the lease is over an answer may still be on its way.
ANSWER_GRACE_S: Final = 10.0
#: The card has the PIN, or is about to: it must stay in.
AT_CARD: Final = frozenset({PaperStep.CHECKING, PaperStep.ASKING, PaperStep.SIGNING})
_OVER: Final = frozenset({PaperStep.DONE, PaperStep.FAILED})

Result = tuple[State, tuple[Command, ...]]


# ---------------------------------------------------------------- what waits, and what is open


def came(state: State, event: RoundsCame, now: Now) -> Result:
    """The list for who sits here. An open file that has changed is fetched anew."""
    state = replace(state, rounds=event.rounds)
    work = state.paper
    if work is not None and work.step in {PaperStep.SENDING, PaperStep.FAILED}:
        found = event.rounds.find(work.round) if event.rounds.person == work.person else None
        mine = None if found is None else found.signer(work.person)
        if mine is not None and mine.signed_at is not None:
            # An answer whose acknowledgement was lost: the list knows.
            state = replace(state, paper=replace(work, step=PaperStep.DONE, code="", data={}))
    return _refetched(state)


def _refetched(state: State) -> Result:
    """Fetch the newest file of the open round, but not while its older one is being signed."""
    opened, rounds = state.round_file, state.rounds
    if opened is None or rounds is None or _is_busy(state):
        return state, ()
    found = rounds.find(opened.round)
    if found is None or found.sha256 == opened.sha256:
        return state, ()
    fresh = OpenFile(found.round, found.sha256, found.revision)
    return replace(state, round_file=fresh), (OpenRound(found, rounds.meeting, rounds.person),)


def asked(state: State, event: RoundAsked, now: Now) -> Result:
    """Open a round's file."""
    code = _may_not(state)
    if code:
        return _refuse(state, event.request, code)
    rounds = state.rounds
    found = None if rounds is None else rounds.find(event.round)
    if rounds is None or found is None or reader(state) != (rounds.meeting, rounds.person):
        return _refuse(state, event.request, errors.RoundNotHere.code)
    if _is_busy(state) and state.paper is not None and state.paper.round != event.round:
        return _refuse(state, event.request, errors.CardAtWork.code)
    work = state.paper if state.paper is not None and state.paper.round == event.round else None
    opened = replace(state, round_file=OpenFile(found.round, found.sha256, found.revision), paper=work)
    return opened, (OpenRound(found, rounds.meeting, rounds.person), Answer(event.request))


def closed(state: State, event: RoundClosed, now: Now) -> Result:
    """Turn away: what waits for its turn is given up, what the card does comes to its end."""
    work = state.paper
    if work is not None and work.step in {PaperStep.CHECKING, PaperStep.SIGNING}:
        return _refuse(state, event.request, errors.CardAtWork.code)
    keeps = work if work is not None and work.step is PaperStep.SENDING else None
    return replace(state, round_file=None, paper=keeps), (CloseRound(), Answer(event.request))


def file_came(state: State, event: RoundFile, now: Now) -> Result:
    """How far the file is."""
    opened = state.round_file
    if opened is None or (opened.round, opened.sha256) != (event.round, event.sha256):
        return state, ()
    here = replace(opened, have=event.have, parts=event.parts, ready=event.ready, code=event.code)
    return replace(state, round_file=here), ()


# ---------------------------------------------------------------- PIN


def confirmed(state: State, event: RoundConfirmed, now: Now) -> Result:
    """The person has read it and typed the PIN: the card first."""
    code, data = _cannot_sign(state, event)
    if code:
        return state, (Answer(event.request, code, data),)
    card, code, data = tokens.usable(state, last_try_ok=event.last_try_ok)
    if card is None or card.token is None:
        return state, (Answer(event.request, code, data),)
    if card.token.signs is None:
        return state, (Answer(event.request, NoCertificate.code, {"purpose": "document"}),)
    rounds = state.rounds
    found = None if rounds is None else rounds.find(event.round)
    assert rounds is not None and found is not None  # noqa: S101, PT018 - _cannot_sign has looked
    work = CardWork(event.request, card.reader, card.count, card.token.signs, last_try_ok=event.last_try_ok)
    paper = PaperWork(event.round, rounds.meeting, rounds.person, event.act, event.answer_act, work, since_s=now.s)
    # The file is the same whatever its number will be; the number that counts is the one in front of the PIN.
    paper = replace(paper, number=found.number)
    return replace(state, paper=paper), (CheckPin(work),)


def _cannot_sign(state: State, event: RoundConfirmed) -> tuple[str, Mapping[str, Any]]:
    code = _may_not(state)
    if code:
        return code, {}
    rounds, opened = state.rounds, state.round_file
    found = None if rounds is None else rounds.find(event.round)
    if rounds is None or found is None or reader(state) != (rounds.meeting, rounds.person):
        return errors.RoundNotHere.code, {}
    if opened is None or not opened.ready or (opened.round, opened.sha256) != (event.round, event.sha256):
        return errors.RoundFileAway.code, {}
    if found.sha256 != event.sha256:
        return errors.RoundFileAway.code, {}
    if not found.waits_for(rounds.person):
        return errors.RoundNotWaiting.code, {}
    if _is_busy(state) or state.signing_in is not None or tokens.is_at_work(state):
        return errors.CardAtWork.code, {}
    if state.link.state is not LinkState.ONLINE:
        return errors.Offline.code, {}
    return "", {}


def pin_right(state: State, event: PinRight, now: Now) -> Result | None:
    """The card took it: ask the server for the turn."""
    paper = state.paper
    if paper is None or paper.step is not PaperStep.CHECKING or paper.work.request != event.request:
        return None
    known = tokens.told(state, paper.work.reader, paper.work.count, event.token, verified=True)
    answer = Answer(event.request)
    if state.link.state is not LinkState.ONLINE:
        failed, commands = _fail(known, errors.Offline.code)
        return failed, (answer, *commands)
    asking = replace(known, paper=replace(paper, step=PaperStep.ASKING, since_s=now.s))
    return asking, (answer, SendBegin(paper.act, paper.meeting, paper.person, paper.round, paper.work.signs))


def refused(state: State, event: TokenRefused, now: Now) -> Result | None:
    """The card said no."""
    paper = state.paper
    if paper is None or paper.step not in AT_CARD or paper.work.request != event.request:
        return None
    known = state
    if event.token is not None:
        known = tokens.told(state, paper.work.reader, paper.work.count, event.token, verified=event.verified)
    if paper.step is PaperStep.CHECKING:
        # Nothing has begun: the sheet says it, and asks again.
        return replace(known, paper=None), (Answer(event.request, event.code, event.data),)
    return _fail(known, event.code, event.data)


# ---------------------------------------------------------------- turn and card


def offered(state: State, event: OfferCame, now: Now) -> Result:
    """The turn has come: examine, then the card. What nobody waits for is given back."""
    paper, offer = state.paper, event.offer
    if paper is None or paper.step is not PaperStep.ASKING or paper.act != offer.act:
        if paper is not None and paper.act == offer.act and paper.fence == offer.fence:
            return state, ()  # said again, and taken up already
        return state, _given_back(state, offer.act, offer.round, offer.fence)
    held = replace(paper, fence=offer.fence, left_s=event.left_s)
    if event.left_s <= 0:
        return _fail(replace(state, paper=held), errors.OfferLate.code)
    signing = replace(held, step=PaperStep.SIGNING, since_s=now.s)
    return replace(state, paper=signing), (ExamineAndSign(paper.work, offer, paper.number),)


def offer_refused(state: State, event: OfferRefused, now: Now) -> Result:
    """This seat has found something in what it was to sign: the card was asked for nothing (G5–G8)."""
    paper = state.paper
    if paper is None or paper.step is not PaperStep.SIGNING or paper.work.request != event.request:
        return state, ()
    return _fail(state, event.code, event.data)


def signed(state: State, event: TokenSigned, now: Now) -> Result | None:
    """Send it; None when the card was asked for something else."""
    paper = state.paper
    if paper is None or paper.step is not PaperStep.SIGNING or paper.work.request != event.request:
        return None
    known = tokens.told(state, paper.work.reader, paper.work.count, event.token, verified=True)
    if not isinstance(event.data, CardSignature) or paper.fence is None:
        return _fail(known, errors.CardAtWork.code)
    sending = replace(paper, step=PaperStep.SENDING, signature=event.data.signature, sent_s=now.s)
    return replace(known, paper=sending), (_answer(sending),)


def acked(state: State, event: Acked, now: Now) -> Result | None:
    """The server's word; None when it is about something else."""
    paper = state.paper
    if paper is None:
        return None
    if event.act == paper.act and paper.step is PaperStep.ASKING:
        return _fail(state, event.code or errors.ServerRefused.code, event.data)
    if event.act != paper.answer_act or paper.step is not PaperStep.SENDING:
        return None
    if event.outcome == "done":
        return _refetched(replace(state, paper=replace(paper, step=PaperStep.DONE, signature=b"")))
    failed, commands = _fail(replace(state, paper=replace(paper, fence=None)), event.code, event.data)
    return failed, commands


# ---------------------------------------------------------------- time, link, consequences


def say_again(state: State) -> tuple[Command, ...]:
    """After a new welcome: what the server may not have heard."""
    paper = state.paper
    if paper is None:
        return ()
    if paper.step is PaperStep.ASKING:
        return (SendBegin(paper.act, paper.meeting, paper.person, paper.round, paper.work.signs),)
    return (_answer(paper),) if paper.step is PaperStep.SENDING else ()


def link_lost(state: State) -> Result:
    """Between PIN and turn the link is what is waited for: without it nothing is kept."""
    if state.paper is not None and state.paper.step is PaperStep.ASKING:
        return _fail(state, errors.Offline.code)
    return state, ()


def ticked(state: State, now: Now) -> Result:
    """Nobody waits for ever."""
    paper = state.paper
    if paper is None:
        return state, ()
    if paper.step is PaperStep.ASKING and now.s - paper.since_s >= OFFER_S:
        return _fail(state, errors.Offline.code)
    if paper.step is not PaperStep.SENDING:
        return state, ()
    if now.s - paper.since_s >= paper.left_s + ANSWER_GRACE_S:
        return _fail(replace(state, paper=replace(paper, fence=None)), errors.AnswerUnsure.code)
    if now.s - paper.sent_s < ANSWER_AGAIN_S or state.link.state is not LinkState.ONLINE:
        return state, ()
    return replace(state, paper=replace(paper, sent_s=now.s)), (_answer(paper),)


def consequences(before: State, state: State) -> Result:
    """A file goes with its reader; a card that was pulled out ends what it was doing; no PIN outlives its use."""
    commands: list[Command] = []
    paper = state.paper
    if paper is not None and paper.step in AT_CARD:
        code = ""
        if not tokens.is_same_in(state, paper.work.reader, paper.work.count):
            code = CardRemoved.code
        elif reader(state) != (paper.meeting, paper.person):
            code = errors.SeatLocked.code
        if code and paper.step is PaperStep.CHECKING:
            commands.append(Answer(paper.work.request, code))
            state = replace(state, paper=None)
        elif code:
            state, more = _fail(state, code)
            commands += more
    if state.round_file is not None and reader(state) != reader(before):
        commands.append(CloseRound())
        state = replace(state, round_file=None)
    if state.paper is not None and state.paper.step in _OVER and _is_gone(state, state.paper):
        state = replace(state, paper=None)
    old, new = before.paper, state.paper
    if old is not None and old.step in AT_CARD and (new is None or new.act != old.act or new.step not in AT_CARD):
        commands.append(DropPin(old.work.request))
    return state, tuple(commands)


def _is_gone(state: State, paper: PaperWork) -> bool:
    session = state.session
    return session is None or (session.meeting, session.person) != (paper.meeting, paper.person)


def _fail(state: State, code: str, data: Mapping[str, Any] | None = None) -> Result:
    """Say it, and give the lease back if there is one."""
    paper = state.paper
    if paper is None:
        return state, ()
    failed = replace(paper, step=PaperStep.FAILED, code=code, data=data or {}, fence=None, signature=b"")
    back = () if paper.fence is None else _given_back(state, paper.act, paper.round, paper.fence)
    return _also(_refetched(replace(state, paper=failed)), back)


def _also(result: Result, before: tuple[Command, ...]) -> Result:
    return result[0], (*before, *result[1])


def _given_back(state: State, act: str, round_id: str, fence: int) -> tuple[Command, ...]:
    """An answer without a signature, in the name of who asked for it; the act is one that nobody waits for."""
    paper, rounds = state.paper, state.rounds
    if paper is not None and paper.act == act:
        return (SendAnswer("", paper.meeting, paper.person, round_id, fence),)
    return () if rounds is None else (SendAnswer("", rounds.meeting, rounds.person, round_id, fence),)


def _answer(paper: PaperWork) -> SendAnswer:
    fence = paper.fence or 0
    return SendAnswer(paper.answer_act, paper.meeting, paper.person, paper.round, fence, paper.signature)


def _is_busy(state: State) -> bool:
    return state.paper is not None and state.paper.step not in _OVER


def _may_not(state: State) -> str:
    session = shown_session(state)
    if session is None:
        return errors.SignInFirst.code
    if situation(state) is not Situation.SIGNED_IN:
        return errors.SeatLocked.code if session.locked else errors.NoMeeting.code
    return ""


def _refuse(state: State, request: int, code: str) -> Result:
    return state, (Answer(request, code),)
