"""The seat's decisions: state and event in, new state and commands out.

Rules: pure – no clock (``now`` is handed in), no socket, no disk. What an event cannot lead to by these handlers does
not happen. After every event the same consequences are drawn: a session that the log or the wish has ended ends, one
whose token is not in is locked, what is drawn is hidden when its reader changes, the session is kept, the next act is
sent.

Usage::

    state, commands = step(state, LinkUp(), now)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from edge import ballots, marks, orders, people, questions, readings, rounds, statements, tokens, upkeep
from edge.commands import (
    Answer,
    Command,
    ForgetPassword,
    Greet,
    HidePages,
    Listen,
    Record,
    Replan,
    Report,
    SaveSession,
    SaveWish,
    SendEntry,
    SendHealth,
    Wipe,
)
from edge.errors import AgentOutdated, DeviceRevoked, DiskFull, LogBroken
from edge.events import (
    Acked,
    ActAsked,
    BallotAway,
    BallotHeld,
    BallotsFound,
    CardCame,
    CardFailed,
    CardOpened,
    CardsWatched,
    CardWent,
    ChallengeCame,
    Destroyed,
    Event,
    FaultChanged,
    FollowsPresenter,
    Forgotten,
    FoundWell,
    Heard,
    IdentityChanged,
    KeepingCame,
    Laid,
    LinkDown,
    LinkUp,
    LockAsked,
    LogCame,
    MarksAsked,
    MarksStand,
    MarksWritten,
    MixCame,
    OfferCame,
    OfferRefused,
    Opened,
    OrderCame,
    OrderSeen,
    PageSeen,
    PasswordChecked,
    PinGiven,
    PinRight,
    PointCame,
    PointsAt,
    ReadingsStand,
    ReadyAsked,
    RecordFound,
    RoundAsked,
    RoundClosed,
    RoundConfirmed,
    RoundFile,
    RoundsCame,
    ServerTime,
    SignInAsked,
    SignOutAsked,
    StatementAsked,
    StatementConfirmed,
    StatementLeft,
    Stored,
    StoreFailed,
    Ticked,
    TokenRefused,
    TokenSigned,
    Touched,
    UnlockAsked,
    UpdateCame,
    UpdateFound,
    UpdateUnkept,
    UpdateWent,
    Welcomed,
    WelcomeWaits,
    WishChanged,
    Woken,
)
from edge.model import ActState, Followed, LinkState, Now, Recalled, Sent, Session, Standing, State
from edge.showing import reader, shown_meeting, situation, token_word
from edge.updates import rules as updating
from wire.errors import BrokenChain, UnknownType, WireError
from wire.events import Event as LogEvent
from wire.fold import apply
from wire.messages import Wish
from wire.state import MeetingState

#: A hello without a welcome for so long: it is said again. When the broker comes back, seats may be there before the
#: server, and a message to nobody is lost. Doubles up to the limit; from the second time on the server is not there.
ANSWER_S: Final = 1.5
ANSWER_LIMIT_S: Final = 10.0
#: Nothing from the server for so long: ask whether it is there.
SILENCE_S: Final = 20.0
HEALTH_S: Final = 15.0
ACT_PATIENCE_S: Final = 4.0
ACT_PATIENCE_LIMIT_S: Final = 60.0
#: The screen after a recall gives way to the next meeting, or to none.
RECALL_SHOWN_S: Final = 60.0
RECALL_SHOWN_LIMIT_S: Final = 600.0
#: How fine the kept idle deadline is.
_TOUCH_S: Final = 5.0

Result = tuple[State, tuple[Command, ...]]


def step(state: State, event: Event, now: Now) -> Result:
    """The state after ``event``, and what to do."""
    after, commands = _HANDLERS[type(event)](state, event, now)
    return _consequences(state, after, commands=list(commands), now=now)


def _consequences(before: State, after: State, *, commands: list[Command], now: Now) -> Result:
    after = tokens.lock_without_token(people.end_session(after))
    for part in (statements.consequences, rounds.consequences):
        after, told = part(before, after)
        commands += told
    for due in (ballots.consequences, marks.consequences, readings.consequences):
        after, told = due(after, now)
        commands += told
    after, forgetting = tokens.forget_pin(after)
    commands += forgetting
    shown_before, shown_after = reader(before), reader(after)
    if shown_before is not None and shown_before != shown_after:
        commands.append(HidePages())
    if before.session is not None and after.session is None:
        commands.append(ForgetPassword())
    after = upkeep.consequences(after, now)
    if _is_worth_keeping(before, after):
        commands.append(SaveSession(after.session))
    return _send_next(after, commands, now)


def _is_worth_keeping(before: State, after: State) -> bool:
    old, new = before.session, after.session
    if old is None or new is None:
        return old is not new
    return _coarse(new) != _coarse(old)


def _coarse(session: Session) -> Session:
    followed_s = None if session.followed_s is None else session.followed_s // _TOUCH_S
    return replace(session, touched_s=session.touched_s // _TOUCH_S, followed_s=followed_s, tries=0)


def _send_next(state: State, commands: list[Command], now: Now) -> Result:
    if state.link.state is not LinkState.ONLINE or state.sent is not None or not state.queue:
        return state, tuple(commands)
    entry = state.queue[0]
    sent = Sent(entry.act, now.s, ACT_PATIENCE_S)
    commands.append(SendEntry(entry.act))
    return people.show_act(replace(state, sent=sent), entry, ActState.SENT), tuple(commands)


# ---------------------------------------------------------------- identity and store


def _identity(state: State, event: IdentityChanged, now: Now) -> Result:
    changed = replace(state, identity=event.identity)
    if event.identity.standing is not state.identity.standing:
        changed = replace(changed, link=replace(changed.link, trying_s=now.s))
    if event.identity.standing is Standing.REVOKED and state.identity.standing is not Standing.REVOKED:
        waiting = state.signing_in
        # The answer drops the password.
        told = () if waiting is None else (Answer(waiting.request, DeviceRevoked.code),)
        return replace(state.blank(), identity=event.identity), (Wipe(), *told)
    return changed, ()


def _opened(state: State, event: Opened, now: Now) -> Result:
    meetings = {name: Followed(found, head=found.seq) for name, found in event.meetings.items()}
    opened = replace(
        state,
        opened=True,
        warm=event.warm,
        wish=event.wish,
        meetings=meetings,
        queue=people.receipts_first(event.queue),
        session=event.session,
        recalled=event.recalled,
        ballots=event.ballots,
        marks=marks.opened(event.marks),
        readings=readings.opened(event.readings, state, now),
        # What could not be read a moment ago has been read; whether the disk is full is not known by that.
        fault=state.fault if state.fault == DiskFull.code else "",
    )
    if opened.session is not None:
        for entry in opened.queue:
            opened = people.show_act(opened, entry, ActState.QUEUED)
    return people.lock_when_idle(opened, now), ()


# ---------------------------------------------------------------- link


def _link_up(state: State, event: LinkUp, now: Now) -> Result:
    link = replace(state.link, connected=True, trying_s=now.s, patience_s=ANSWER_S)
    return _greet(_linked(replace(state, link=link), LinkState.CONNECTING, now), now)


def _link_down(state: State, event: LinkDown, now: Now) -> Result:
    link = replace(state.link, connected=False, greeted_s=None)
    if state.link.connected:
        link = replace(link, trying_s=now.s)
    down = replace(state, link=link, sent=None)
    linked = down if state.link.state is LinkState.CONNECTING else _linked(down, LinkState.OFFLINE, now)
    return rounds.link_lost(linked)


def _linked(state: State, link_state: LinkState, now: Now) -> State:
    if state.link.state is link_state and state.link.since_at is not None:
        return state
    return replace(state, link=replace(state.link, state=link_state, since_at=now.at))


def _greet(state: State, now: Now) -> Result:
    return replace(state, link=replace(state.link, greeted_s=now.s)), (Greet(),)


def _heard(state: State, event: Heard, now: Now) -> Result:
    return replace(state, link=replace(state.link, heard_s=now.s)), ()


# ---------------------------------------------------------------- wish


def _welcomed(state: State, event: Welcomed, now: Now) -> Result:
    link = replace(state.link, greeted_s=None, heard_s=now.s, health_s=now.s, patience_s=ANSWER_S)
    online = _linked(replace(state, link=link, sent=None, confirmed=True), LinkState.ONLINE, now)
    meetings = {name: replace(followed, strikes=0) for name, followed in online.meetings.items()}
    wished, commands = _wished(replace(online, meetings=meetings), event.wish)
    again: tuple[Command, ...] = ()
    if wished.signing_in is not None:
        again = people.say_again(wished.signing_in)
    again = (*again, *rounds.say_again(wished), *people.say_front(wished)[1], *updating.say_again(wished))
    return upkeep.welcomed(wished, now), (*commands, Replan(eager=True), Report(), SendHealth(), *again)


def _welcome_waits(state: State, event: WelcomeWaits, now: Now) -> Result:
    """The server is there, and is asked again when it has been silent; meanwhile the seat connects."""
    link = replace(state.link, greeted_s=None, heard_s=now.s, patience_s=ANSWER_S)
    return _linked(replace(state, link=link, sent=None), LinkState.CONNECTING, now), ()


def _store_failed(state: State, event: StoreFailed, now: Now) -> Result:
    """IT is told, also of a seat that is not there yet for anybody else (W195)."""
    return replace(state, fault=event.code), (SendHealth(),) if event.is_welcomed else ()


def _wish_changed(state: State, event: WishChanged, now: Now) -> Result:
    heard, _ = _heard(state, Heard(), now)
    if not state.confirmed or (state.wish is not None and event.wish.generation < state.wish.generation):
        return heard, ()
    wished, commands = _wished(heard, event.wish)
    return wished, (*commands, Replan())


def _wished(state: State, wish: Wish) -> Result:
    meetings = dict(state.meetings)
    for holding in wish.hold:
        known = meetings.get(holding.meeting, Followed())
        meetings[holding.meeting] = replace(known, head=max(known.head, holding.seq))
    return replace(state, wish=wish, meetings=meetings), (SaveWish(wish), Listen(wish.room))


def _destroyed(state: State, event: Destroyed, now: Now) -> Result:
    meetings = {name: followed for name, followed in state.meetings.items() if name != event.meeting}
    recalled = Recalled(event.meeting, event.title, event.papers, event.pages, confirmed=False, since_s=now.s)
    return ballots.gone(replace(state, meetings=meetings, recalled=recalled), event.meeting)


def _forgotten(state: State, event: Forgotten, now: Now) -> Result:
    left = {n: f for n, f in state.meetings.items() if n != event.meeting}
    return ballots.gone(replace(state, meetings=left), event.meeting)


def _record(state: State, event: RecordFound, now: Now) -> Result:
    return replace(state, record_fault=event.code), ()


def _fault(state: State, event: FaultChanged, now: Now) -> Result:
    return replace(state, fault=event.code), ()


# ---------------------------------------------------------------- the meeting's log


def _log_came(state: State, event: LogCame, now: Now) -> Result:
    heard, _ = _heard(state, Heard(), now)
    followed = heard.meetings.get(event.meeting)
    if followed is None:
        # Not wanted, or destroyed already: what is still on its way changes nothing.
        return heard, ()
    newest = max((each.seq for each in event.events), default=0)
    followed = replace(followed, head=max(followed.head, event.head, newest))
    followed, fresh = _follow(followed, event.events)
    after = replace(heard, meetings={**heard.meetings, event.meeting: followed})
    commands: list[Command] = []
    if fresh:
        commands.append(Record(event.meeting, fresh, followed.state))
    if followed.behind or fresh:
        commands.append(Replan())
    return after, tuple(commands)


def _follow(followed: Followed, events: Iterable[LogEvent]) -> tuple[Followed, tuple[LogEvent, ...]]:
    """Apply what follows; a gap waits for the missing, a break is asked for twice and then said."""
    state = followed.state
    fresh: list[LogEvent] = []
    try:
        for event in sorted(events, key=lambda each: each.seq):
            _must_agree(state, event)
            if event.seq > state.seq + 1:
                break
            if event.seq == state.seq + 1:
                state = apply(state, event)
                fresh.append(event)
    except UnknownType:
        return replace(followed, state=state, strikes=1, fault=AgentOutdated.code), tuple(fresh)
    except WireError:
        strikes = followed.strikes + 1
        fault = LogBroken.code if strikes > 1 else followed.fault
        return replace(followed, state=state, strikes=strikes, fault=fault), tuple(fresh)
    if fresh:
        return Followed(state, head=followed.head), tuple(fresh)
    return followed, ()


def _must_agree(state: MeetingState, event: LogEvent) -> None:
    """The newest event known here is the same for everybody."""
    if state.last is not None and event.seq == state.seq and event.hash != state.last.hash:
        raise BrokenChain(f"event {event.seq} is another one here")


# ---------------------------------------------------------------- what a card has done, for whoever asked


def _card_signed(state: State, event: TokenSigned, now: Now) -> Result:
    return statements.signed(state, event, now) or rounds.signed(state, event, now) or tokens.signed(state, event, now)


def _card_refused(state: State, event: TokenRefused, now: Now) -> Result:
    return (
        statements.refused(state, event, now) or rounds.refused(state, event, now) or tokens.refused(state, event, now)
    )


def _pin_right(state: State, event: PinRight, now: Now) -> Result:
    found = rounds.pin_right(state, event, now)
    return (tokens.given(state, event.token), ()) if found is None else found


def _acked(state: State, event: Acked, now: Now) -> Result:
    first = (*ballots.acked(state, event), *marks.acked(state, event), *readings.acked(state, event))
    heard, _ = _heard(state, Heard(), now)
    answered = questions.acked(heard, event) or rounds.acked(heard, event, now) or people.acked(state, event, now)
    after, commands = answered
    return after, (*first, *commands)


# ---------------------------------------------------------------- time


def _ticked(state: State, event: Ticked, now: Now) -> Result:
    commands: list[Command] = []
    for rule in (_tick_link, _tick_sent, _tick_health):
        state, more = rule(state, now)
        commands += more
    if not state.confirmed and state.warm and now.s - state.started_s >= state.limits.grace_s:
        state = replace(state, confirmed=True)
        commands.append(Replan())
    for part in (people.time_out_sign_in, rounds.ticked, questions.ticked, orders.ticked, upkeep.ticked):
        state, more = part(people.lock_when_idle(state, now), now)
        commands += more
    return _tick_recalled(state, now), tuple(commands)


def _tick_link(state: State, now: Now) -> Result:
    link = state.link
    if not link.connected:
        waited = now.s - link.trying_s >= state.limits.grace_s
        return (_linked(state, LinkState.OFFLINE, now) if waited else state), ()
    if link.greeted_s is None:
        return _greet(state, now) if now.s - link.heard_s >= SILENCE_S else (state, ())
    if now.s - link.greeted_s < link.patience_s:
        return state, ()
    patient = replace(link, patience_s=min(2 * link.patience_s, ANSWER_LIMIT_S))
    silent = replace(state, link=patient, sent=None)
    return _greet(_linked(silent, LinkState.OFFLINE, now) if link.patience_s > ANSWER_S else silent, now)


def _tick_sent(state: State, now: Now) -> Result:
    sent = state.sent
    if sent is None or now.s - sent.at_s < sent.patience_s or state.link.greeted_s is not None:
        return state, ()
    slower = Sent(sent.act, now.s, min(2 * sent.patience_s, ACT_PATIENCE_LIMIT_S))
    asking, commands = _greet(replace(state, sent=slower), now)
    return asking, commands


def _tick_health(state: State, now: Now) -> Result:
    fresh = (situation(state).value, token_word(state), state.upkeep.is_dark)
    is_due = now.s - state.link.health_s >= HEALTH_S or fresh != state.link.health
    if state.link.state is not LinkState.ONLINE or not is_due:
        return state, ()
    return replace(state, link=replace(state.link, health_s=now.s, health=fresh)), (SendHealth(),)


def _tick_recalled(state: State, now: Now) -> State:
    if state.recalled is None:
        return state
    age = now.s - state.recalled.since_s
    has_next = state.recalled.confirmed and shown_meeting(state) is not None
    done = age >= RECALL_SHOWN_LIMIT_S or (has_next and age >= RECALL_SHOWN_S)
    return replace(state, recalled=None) if done else state


_HANDLERS: Final[dict[type[Any], Callable[[State, Any, Now], Result]]] = {
    IdentityChanged: _identity,
    Opened: _opened,
    LinkUp: _link_up,
    LinkDown: _link_down,
    Welcomed: _welcomed,
    WelcomeWaits: _welcome_waits,
    StoreFailed: _store_failed,
    WishChanged: _wish_changed,
    Heard: _heard,
    LogCame: _log_came,
    Destroyed: _destroyed,
    Forgotten: _forgotten,
    FaultChanged: _fault,
    RecordFound: _record,
    CardsWatched: tokens.watched,
    CardCame: tokens.came,
    CardWent: tokens.went,
    CardOpened: tokens.opened,
    CardFailed: tokens.failed,
    PinGiven: tokens.pin_given,
    ChallengeCame: tokens.challenged,
    TokenSigned: _card_signed,
    TokenRefused: _card_refused,
    StatementAsked: statements.asked,
    StatementConfirmed: statements.confirmed,
    StatementLeft: statements.left,
    RoundsCame: rounds.came,
    RoundAsked: rounds.asked,
    RoundClosed: rounds.closed,
    RoundFile: rounds.file_came,
    RoundConfirmed: rounds.confirmed,
    PinRight: _pin_right,
    OfferCame: rounds.offered,
    OfferRefused: rounds.offer_refused,
    Acked: _acked,
    BallotHeld: ballots.held,
    BallotAway: ballots.away,
    BallotsFound: ballots.found,
    MixCame: ballots.mix,
    MarksAsked: marks.asked,
    MarksWritten: marks.written,
    MarksStand: marks.stand,
    PageSeen: readings.seen,
    ReadingsStand: readings.stand,
    Stored: people.stored,
    SignInAsked: people.sign_in_asked,
    UnlockAsked: people.unlock_asked,
    PasswordChecked: people.password_checked,
    LockAsked: people.lock_asked,
    SignOutAsked: people.sign_out_asked,
    ActAsked: people.act_asked,
    Touched: people.touched,
    FollowsPresenter: people.follows,
    Laid: people.laid,
    PointsAt: people.points_at,
    PointCame: people.point_came,
    ReadyAsked: questions.asked,
    OrderCame: orders.came,
    OrderSeen: orders.seen,
    KeepingCame: upkeep.told,
    ServerTime: upkeep.server_time,
    Woken: upkeep.woken,
    UpdateCame: updating.came,
    UpdateWent: updating.went,
    UpdateFound: updating.found,
    UpdateUnkept: updating.unkept,
    FoundWell: updating.well,
    Ticked: _ticked,
}
