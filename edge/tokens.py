"""The part of the seat's decisions that concerns USB tokens: what is in the readers, the PIN, sign-in, lock (I1, I2).

Rules: pure, as ``machine.py``. One token at a time is opened and held; with a second one in nobody can say which is
meant. A session that began with a token is open only while the same certificate is in: everything else locks it. A PIN
is asked for once and given once; what the card said of it is shown, nothing is tried again. A card that counts the PIN
as given is reset as soon as no open session needs it. Signing in needs the server; the lock of the same certificate
opens without it (D3).

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from edge import errors
from edge.card.errors import CardAbsent, CardRemoved, LastTry, PinBlocked, TwoTokens
from edge.commands import (
    Answer,
    Command,
    ForgetPassword,
    OpenCard,
    ReleaseCard,
    SendKnock,
    SendTokenSignIn,
    VerifyPinAndSign,
)
from edge.events import (
    Acked,
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    ChallengeCame,
    PinGiven,
    TokenRefused,
    TokenSigned,
)
from edge.model import Card, LinkState, Now, PaperStep, ReaderState, Session, Signing, SigningIn, State, TokenSeen
from edge.showing import is_kept_free, shown_meeting, shown_session
from wire import ids
from wire.errors import WireError
from wire.front import Front, carried
from wire.proof import TokenData

SIGN_IN_S: Final = 15.0
_AT_CARD: Final = frozenset({PaperStep.CHECKING, PaperStep.ASKING, PaperStep.SIGNING})

Result = tuple[State, tuple[Command, ...]]


# ---------------------------------------------------------------- what is in the readers


def watched(state: State, event: CardsWatched, now: Now) -> Result:
    """The card service answers, or does not; when it does not, nothing is held any more."""
    cards = replace(state.cards, watched=True, code=event.code)
    if event.code:
        cards = replace(cards, by_reader={})
    return _without_card(replace(state, cards=cards))


def came(state: State, event: CardCame, now: Now) -> Result:
    """Look at it, unless another one is in."""
    return _opened_next(*_without_card(_with(state, Card(event.reader, event.count))))


def went(state: State, event: CardWent, now: Now) -> Result:
    """It is out: nothing that hung on it goes on."""
    known = state.cards.by_reader.get(event.reader)
    if known is None or known.count != event.count:
        return state, ()
    left = {name: card for name, card in state.cards.by_reader.items() if name != event.reader}
    gone, commands = _without_card(replace(state, cards=replace(state.cards, by_reader=left)))
    released = () if known.state in {ReaderState.NEW, ReaderState.FAULTY} else (ReleaseCard(event.reader, event.count),)
    return _opened_next(gone, (*released, *commands))


def opened(state: State, event: CardOpened, now: Now) -> Result:
    """It is a token; one that was pulled out or changed meanwhile is let go."""
    card = _same(state, event.reader, event.count)
    if card is None:
        return state, (ReleaseCard(event.reader, event.count),)
    return _with(state, replace(card, state=ReaderState.READY, token=event.token, code="", data={})), ()


def failed(state: State, event: CardFailed, now: Now) -> Result:
    """It cannot be used, or no longer: the person is told what to do."""
    card = _same(state, event.reader, event.count)
    if card is None:
        return state, ()
    faulty = replace(card, state=ReaderState.FAULTY, token=None, code=event.code, data=event.data)
    return _without_card(_with(state, faulty))


def _with(state: State, card: Card) -> State:
    return replace(state, cards=replace(state.cards, by_reader={**state.cards.by_reader, card.reader: card}))


def _same(state: State, reader: str, count: int) -> Card | None:
    card = state.cards.by_reader.get(reader)
    return card if card is not None and card.count == count else None


def _opened_next(state: State, commands: tuple[Command, ...]) -> Result:
    """The only card that is in is opened; with two nobody can say which is meant."""
    cards = tuple(state.cards.by_reader.values())
    if len(cards) != 1 or cards[0].state is not ReaderState.NEW:
        return state, commands
    reading = _with(state, replace(cards[0], state=ReaderState.READING))
    return reading, (*commands, OpenCard(cards[0].reader, cards[0].count))


def _without_card(state: State) -> Result:
    """A sign-in whose card is gone ends, unless its signature is on its way already."""
    waiting = state.signing_in
    if waiting is None or waiting.token is None or waiting.token.data is not None:
        return state, ()
    card = _same(state, waiting.token.reader, waiting.token.count)
    if card is not None and card.token is not None:
        return state, ()
    return replace(state, signing_in=None), (Answer(waiting.request, CardRemoved.code),)


def lock_without_token(state: State) -> State:
    """A session that began with a token is open only while that certificate is in (I2)."""
    session = state.session
    if session is None or not session.token or session.locked or is_in(state, session.token):
        return state
    return replace(state, session=replace(session, locked=True))


def forget_pin(state: State) -> Result:
    """Reset a card that was given its PIN when nobody is signed in with it any more: let go, take it again."""
    commands: list[Command] = []
    for card in state.cards.by_reader.values():
        if not card.verified or _is_needed(state, card):
            continue
        state = _with(state, Card(card.reader, card.count, state=ReaderState.READING))
        commands += [ReleaseCard(card.reader, card.count), OpenCard(card.reader, card.count)]
    return state, tuple(commands)


def _is_needed(state: State, card: Card) -> bool:
    signing = None if state.signing_in is None else state.signing_in.token
    declaring = None if state.declaring is None else state.declaring.work
    paper = None if state.paper is None or state.paper.step not in _AT_CARD else state.paper.work
    for work in (signing, declaring, paper):
        if work is not None and (work.reader, work.count) == (card.reader, card.count):
            return True
    session, token = state.session, card.token
    return session is not None and token is not None and not session.locked and session.token == token.fingerprint


def is_same_in(state: State, reader: str, count: int) -> bool:
    """Whether the token of this insertion is still in and usable."""
    card = _same(state, reader, count)
    return card is not None and card.token is not None


def is_in(state: State, fingerprint: str) -> bool:
    """Whether a token with this certificate is in and held."""
    tokens = (card.token for card in state.cards.by_reader.values())
    return any(token is not None and token.fingerprint == fingerprint for token in tokens)


# ---------------------------------------------------------------- PIN


def pin_given(state: State, event: PinGiven, now: Now) -> Result:
    """Ask the server for a challenge; without it, let the same certificate open its own lock."""
    meeting = shown_meeting(state)
    if meeting is None:
        return _refuse(state, event.request, errors.NoMeeting.code)
    if is_kept_free(state):
        return _refuse(state, event.request, errors.KeptFree.code)
    if state.signing_in is not None:
        return _refuse(state, event.request, errors.SignInRunning.code)
    if is_at_work(state):
        return _refuse(state, event.request, errors.CardAtWork.code)
    card, code, data = usable(state, last_try_ok=event.last_try_ok)
    if card is None or card.token is None:
        return _refuse(state, event.request, code, data)
    session = shown_session(state)
    mine = session is not None and session.token == card.token.fingerprint
    if session is not None and mine and not session.locked:
        return state, (Answer(event.request),)
    alone = state.link.state is not LinkState.ONLINE
    if alone and not mine:
        refusal = errors.TokenOther if session is not None and session.token else errors.Offline
        return _refuse(state, event.request, refusal.code)
    signing = Signing(card.reader, card.count, card.token.fingerprint, last_try_ok=event.last_try_ok, alone=alone)
    waiting = SigningIn(event.request, event.act, meeting, "", now.s + SIGN_IN_S, signing)
    asked: Command = VerifyPinAndSign(event.request, signing) if alone else SendKnock(event.act, meeting)
    return replace(state, signing_in=waiting), (asked,)


def is_at_work(state: State) -> bool:
    """Whether the card signs a statement or a paper, or is about to."""
    declares = state.declaring is not None and state.declaring.work is not None
    return declares or (state.paper is not None and state.paper.step in _AT_CARD)


def usable(state: State, *, last_try_ok: bool) -> tuple[Card | None, str, Mapping[str, Any]]:
    """The one token that is in and may be given its PIN, or why there is none."""
    cards = tuple(state.cards.by_reader.values())
    if not cards:
        return None, state.cards.code or CardAbsent.code, {}
    if len(cards) > 1:
        return None, TwoTokens.code, {"count": len(cards)}
    card = cards[0]
    if card.token is None:
        return None, card.code or errors.TokenBusy.code, card.data
    if card.token.is_blocked:
        return None, PinBlocked.code, {}
    if card.token.is_last and not last_try_ok:
        return None, LastTry.code, {"tries_left": 1}
    return card, "", {}


def challenged(state: State, event: ChallengeCame, now: Now) -> Result:
    """Have the card sign it, once; a challenge that nobody waits for is left alone."""
    waiting = state.signing_in
    signing = None if waiting is None else waiting.token
    if waiting is None or signing is None or waiting.act != event.challenge.act or signing.challenged or signing.alone:
        return state, ()
    if event.code:
        return _refuse(replace(state, signing_in=None), waiting.request, event.code)
    given = replace(signing, challenged=True)
    signed = VerifyPinAndSign(waiting.request, given, event.challenge)
    return replace(state, signing_in=replace(waiting, token=given)), (signed,)


def signed(state: State, event: TokenSigned, now: Now) -> Result:
    """The PIN was right: tell the server, or open the lock."""
    waiting = state.signing_in
    signing = None if waiting is None else waiting.token
    if waiting is None or signing is None or waiting.request != event.request:
        return given(state, event.token), ()
    known = told(state, signing.reader, signing.count, event.token, verified=True)
    if isinstance(event.data, TokenData):
        sent = replace(waiting, token=replace(signing, data=event.data))
        return replace(known, signing_in=sent), (SendTokenSignIn(waiting.act, waiting.meeting, event.data),)
    answered = replace(known, signing_in=None)
    session = shown_session(answered)
    if session is None or session.token != signing.fingerprint:
        return _refuse(answered, waiting.request, errors.SignInFirst.code)
    open_again = replace(session, locked=False, touched_s=now.s)
    return replace(answered, session=open_again), (Answer(waiting.request),)


def refused(state: State, event: TokenRefused, now: Now) -> Result:
    """The card said no; what it says of its PIN is shown, and it is not asked again."""
    waiting = state.signing_in
    if waiting is None or waiting.token is None or waiting.request != event.request:
        return (given(state, event.token) if event.verified and event.token is not None else state), ()
    work, known = waiting.token, state
    if event.token is not None:
        known = told(state, work.reader, work.count, event.token, verified=event.verified)
    return _refuse(replace(known, signing_in=None), waiting.request, event.code, event.data)


def told(state: State, reader: str, count: int, token: TokenSeen, *, verified: bool) -> State:
    """What the card says of itself now; ``verified``: it counts the PIN as given."""
    card = _same(state, reader, count)
    return state if card is None or card.token is None else _with(state, replace(card, token=token, verified=verified))


def given(state: State, token: TokenSeen) -> State:
    """A card that took its PIN for what nobody waits for any longer has it all the same."""
    for card in state.cards.by_reader.values():
        if card.token is not None and card.token.fingerprint == token.fingerprint:
            state = _with(state, replace(card, verified=True))
    return state


# ---------------------------------------------------------------- the server's answer


def signed_in(state: State, event: Acked, waiting: SigningIn, *, now: Now) -> Result:
    """Whose certificate it is has been said; who sat here before with another one is no longer signed in here."""
    answered, signing = replace(state, signing_in=None), waiting.token
    if event.outcome != "done" or signing is None:
        return _refuse(answered, waiting.request, event.code or errors.BadCredentials.code, event.data)
    if shown_meeting(state) != waiting.meeting:
        return _refuse(answered, waiting.request, errors.NoMeeting.code)
    try:
        person = ids.parse("u", event.data.get("person"))
    except WireError:
        return _refuse(answered, waiting.request, errors.ServerRefused.code)
    before = state.session
    if before is None or (before.person, before.meeting) != (person, waiting.meeting):
        answered = replace(answered, acts=())
    session = Session(waiting.meeting, person, touched_s=now.s, token=signing.fingerprint)
    session = resumed(before, session, carried(event.data))
    return replace(answered, session=session, recalled=None), (ForgetPassword(), Answer(waiting.request))


def resumed(before: Session | None, session: Session, front: Front | None) -> Session:
    """A new session with what lay in front of its person: by the server's word, or here before it (I2)."""
    if before is None or (before.person, before.meeting) != (session.person, session.meeting):
        return replace(session, front=front)
    return replace(session, seen=before.seen, front=front or before.front)


def say_again(waiting: SigningIn) -> tuple[Command, ...]:
    """After a new welcome: what the server may not have heard. A challenge that the card is signing stays good."""
    signing = waiting.token
    if signing is None or signing.alone:
        return ()
    if signing.data is not None:
        return (SendTokenSignIn(waiting.act, waiting.meeting, signing.data),)
    return () if signing.challenged else (SendKnock(waiting.act, waiting.meeting),)


def _refuse(state: State, request: int, code: str, data: Mapping[str, Any] | None = None) -> Result:
    return state, (Answer(request, code, data or {}),)
