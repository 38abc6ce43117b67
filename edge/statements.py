"""The part of the seat's decisions that concerns signed statements: shown, PIN, signed by the card, into the outbox.

Rules G38, G39, W28: pure, as ``machine.py``. A statement is shown before a PIN is asked for, and what was shown is what
is signed. The card is given its PIN once and asked once; whatever it says no to is shown and not tried again, and the
statement stays in front. It needs no server: what is signed waits in the outbox. Locked, signed out or read by somebody
else, the seat has no statement.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from edge import errors, tokens
from edge.card.errors import CardRemoved, NoCertificate
from edge.commands import Answer, Command, Keep, SignWithCard
from edge.declaring import Asked, Declared
from edge.events import StatementAsked, StatementConfirmed, StatementLeft, TokenRefused, TokenSigned
from edge.model import CardSignature, CardWork, Declaring, Now, Session, State
from edge.showing import Situation, reader, shown_session, situation
from wire.errors import WireError

#: As long as a statement in front may wait for its PIN: it names its moment.
SHOWN_S: Final = 300.0

Result = tuple[State, tuple[Command, ...]]


def asked(state: State, event: StatementAsked, now: Now) -> Result:
    """Make the statement from what the seat knows, and show it; the page gets its words as the answer."""
    session = shown_session(state)
    if session is None:
        return _refuse(state, event.request, errors.SignInFirst.code)
    if situation(state) is not Situation.SIGNED_IN:
        return _refuse(state, event.request, errors.SeatLocked.code if session.locked else errors.NoMeeting.code)
    if tokens.is_at_work(state):
        return _refuse(state, event.request, errors.CardAtWork.code)
    try:
        declared = _declared(state, event, session)
    except WireError:
        return _refuse(state, event.request, errors.StatementUnknown.code)
    shown = Declaring(event.act, event.kind, session.meeting, session.person, event.made_at, declared, since_s=now.s)
    touched = replace(session, touched_s=now.s)
    value = {"act": event.act, "kind": event.kind, "words": declared.to_value()}
    return replace(state, declaring=shown, session=touched), (Answer(event.request, data=value),)


def _declared(state: State, event: StatementAsked, session: Session) -> Declared:
    maker, wish, device = state.makers.get(event.kind), state.wish, state.identity.device
    if maker is None or wish is None or wish.seat is None or device is None:
        raise WireError("nothing that this seat can say")
    meeting = state.meetings[session.meeting].state
    return maker(
        Asked(event.act, event.data, meeting, session.person, device, wish.seat, wish.seat_label, event.made_at)
    )


def confirmed(state: State, event: StatementConfirmed, now: Now) -> Result:
    """Have the card sign what was shown, once."""
    shown = state.declaring
    if any(each.act == event.act for each in state.acts):
        # The page asks again for what is in the outbox already.
        return state, (Answer(event.request),)
    if shown is None or shown.act != event.act or now.s - shown.since_s >= SHOWN_S:
        return _refuse(state, event.request, errors.StatementGone.code)
    if state.signing_in is not None or tokens.is_at_work(state):
        return _refuse(state, event.request, errors.CardAtWork.code)
    card, code, data = tokens.usable(state, last_try_ok=event.last_try_ok)
    if card is None or card.token is None:
        return state, (Answer(event.request, code, data),)
    signs = card.token.signs
    if signs is None:
        return state, (Answer(event.request, NoCertificate.code, {"purpose": "document"}),)
    try:
        message = shown.declared.message(signs.certificate)
    except WireError as exc:
        return _refuse(state, event.request, exc.code)
    work = CardWork(event.request, card.reader, card.count, signs, last_try_ok=event.last_try_ok)
    return replace(state, declaring=replace(shown, work=work)), (SignWithCard(work, message),)


def left(state: State, event: StatementLeft, now: Now) -> Result:
    """Put it away, unless the card is signing it: that comes to its end."""
    shown = state.declaring
    if shown is not None and shown.act == event.act and shown.work is not None:
        return _refuse(state, event.request, errors.CardAtWork.code)
    if shown is not None and shown.act == event.act:
        state = replace(state, declaring=None)
    return state, (Answer(event.request),)


def signed(state: State, event: TokenSigned, now: Now) -> Result | None:
    """Into the outbox with it; None when the card was asked for something else."""
    shown = state.declaring
    if shown is None or shown.work is None or shown.work.request != event.request:
        return None
    told = tokens.told(state, shown.work.reader, shown.work.count, event.token, verified=True)
    done = replace(told, declaring=None)
    if not isinstance(event.data, CardSignature):
        return _refuse(done, event.request, errors.StatementGone.code)
    data = shown.declared.data(event.data.certificate, event.data.signature)
    kept = Keep(event.request, shown.act, shown.kind, shown.meeting, shown.person, data, shown.made_at)
    return done, (kept,)


def refused(state: State, event: TokenRefused, now: Now) -> Result | None:
    """The card said no: the statement stays in front; None when the card was asked for something else."""
    shown = state.declaring
    if shown is None or shown.work is None or shown.work.request != event.request:
        return None
    work, after = shown.work, replace(state, declaring=replace(shown, work=None))
    if event.token is not None:
        after = tokens.told(after, work.reader, work.count, event.token, verified=event.verified)
    return after, (Answer(event.request, event.code, event.data),)


def consequences(before: State, state: State) -> Result:
    """A statement goes with its reader; a card that was pulled out while it signed is answered for."""
    shown = state.declaring
    if shown is None:
        return state, ()
    if reader(state) != (shown.meeting, shown.person):
        gone: dict[str, Any] = {}
        answer = () if shown.work is None else (Answer(shown.work.request, _why(state, shown), gone),)
        return replace(state, declaring=None), answer
    if shown.work is not None and not tokens.is_same_in(state, shown.work.reader, shown.work.count):
        stays = replace(state, declaring=replace(shown, work=None))
        return stays, (Answer(shown.work.request, CardRemoved.code),)
    return state, ()


def _why(state: State, shown: Declaring) -> str:
    work = shown.work
    is_out = work is not None and not tokens.is_same_in(state, work.reader, work.count)
    return CardRemoved.code if is_out else errors.SeatLocked.code


def _refuse(state: State, request: int, code: str) -> Result:
    return state, (Answer(request, code),)
