"""The part of the seat's decisions that concerns the person: sign-in, lock, acts.

Rules: pure, as ``machine.py``. Signing in needs the server; what follows does not (D3). The person is signed out here
when the log shows them at another seat, or another person at this one. An act counts once it is in the outbox; acts are
sent one at a time, so they happen in the order they were made; receipts go before them.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from edge import acts, ballots, errors, tokens
from edge.acts import CAST_SECRET, RECEIPT, SIGN_OUT
from edge.commands import (
    Answer,
    CheckPassword,
    Command,
    Keep,
    RememberPassword,
    Replan,
    SendFront,
    SendPoint,
    SendSignIn,
    Settle,
    ShowPoint,
)
from edge.events import (
    Acked,
    ActAsked,
    FollowsPresenter,
    Laid,
    LockAsked,
    PasswordChecked,
    PointCame,
    PointsAt,
    SignInAsked,
    SignOutAsked,
    Stored,
    Touched,
    UnlockAsked,
)
from edge.model import ActState, LinkState, Now, Queued, Session, ShownAct, SigningIn, State
from edge.showing import Situation, ended, is_kept_free, reader, shown_meeting, shown_session, situation
from wire.errors import WireError
from wire.front import carried
from wire.messages import Point
from wire.phases import Phase
from wire.visibility import for_person

SIGN_IN_S: Final = 15.0
FREE_TRIES: Final = 5
BLOCK_LIMIT_S: Final = 60.0
SHOWN_ACTS: Final = 20

Result = tuple[State, tuple[Command, ...]]


def show_act(state: State, entry: Queued, act_state: ActState, *, code: str = "") -> State:
    """Tell the person how far an act of theirs is; receipts and leave-taking are the seat's own business."""
    fresh = ShownAct(entry.act, entry.kind, act_state, code, entry.vote, entry.whose)
    shown = tuple(fresh if each.act == entry.act else each for each in state.acts)
    if act_state is ActState.QUEUED and entry.kind not in {RECEIPT, SIGN_OUT}:
        shown = (*(each for each in state.acts if each.act != entry.act), fresh)
    return replace(state, acts=shown[-SHOWN_ACTS:])


# ---------------------------------------------------------------- session


def end_session(state: State) -> State:
    """Without a session when wish or log say that it is over; otherwise the session as the log shows it."""
    session = state.session
    if session is None:
        return state
    followed = state.meetings.get(session.meeting)
    wish = state.wish
    gone = followed is None or session.meeting in ended(state) or wish is None
    if followed is None or wish is None or gone or session.meeting in wish.recall:
        return _signed_out(state)
    if state.confirmed and shown_meeting(state) not in {session.meeting, None}:
        return _signed_out(state)
    meeting = followed.state
    if meeting.member(session.person) is None and not followed.behind:
        return _signed_out(state)
    here = (session.person, wish.seat) in meeting.seated
    if here and not session.seen:
        return replace(state, session=replace(session, seen=True))
    return _signed_out(state) if session.seen and not here else state


def _signed_out(state: State) -> State:
    return replace(state, session=None, acts=())


def lock_when_idle(state: State, now: Now) -> State:
    """Locked when nobody has touched the screen or followed for too long."""
    session = state.session
    if session is None or session.locked:
        return state
    if min(_since(session.touched_s, now), _since(session.followed_s, now)) < state.limits.idle_s:
        return state
    return replace(state, session=replace(session, locked=True))


def _since(moment_s: float | None, now: Now) -> float:
    """A moment from before this boot counts as long ago."""
    return math.inf if moment_s is None or moment_s > now.s else now.s - moment_s


def follows(state: State, event: FollowsPresenter, now: Now) -> Result:
    """Who listens to a presentation is there without touching anything (F1), but not for ever."""
    session = shown_session(state)
    if session is None or session.locked or _since(session.touched_s, now) >= state.limits.following_s:
        return state, ()
    meeting = state.meetings[session.meeting].state
    if meeting.phase is not Phase.OPEN or meeting.presenting is None:
        return state, ()
    return replace(state, session=replace(session, followed_s=now.s)), ()


def touched(state: State, event: Touched, now: Now) -> Result:
    """The person is there."""
    session = state.session
    if session is None or session.locked:
        return state, ()
    return replace(state, session=replace(session, touched_s=now.s)), ()


def laid(state: State, event: Laid, now: Now) -> Result:
    """What lies in front goes with the session: it is there after a lock, and the server hands it to the next seat."""
    session = shown_session(state)
    if session is None or session.locked or session.front == event.front:
        return state, ()
    return say_front(replace(state, session=replace(session, front=event.front)))


def points_at(state: State, event: PointsAt, now: Now) -> Result:
    """Only while it is on its way to somebody: what comes late points at nothing (W110, W124)."""
    session = shown_session(state)
    if session is None or session.locked or state.link.state is not LinkState.ONLINE:
        return state, ()
    return state, (SendPoint(session.meeting, session.person, event.place),)


def point_came(state: State, event: PointCame, now: Now) -> Result:
    """For who is signed in to that meeting and may see what is presented; not for the one who points.

    A view may be of another screen of the same person: whichever they touched last leads (W124).
    """
    who, point = reader(state), event.point
    if who is None or who[0] != point.meeting or (isinstance(point, Point) and who[1] == point.person):
        return state, ()
    # The whole room can open it: who had to leave the item does not even learn which paper it is.
    shown = for_person(state.meetings[who[0]].state, who[1]).presenting
    if shown is None or (shown.paper, shown.version) != tuple(point.place.paper):
        return state, ()
    return state, (ShowPoint(point),)


def say_front(state: State) -> Result:
    """Tell the server, which keeps it in memory only: also after every welcome."""
    session = state.session
    if session is None or session.front is None or state.link.state is not LinkState.ONLINE:
        return state, ()
    return state, (SendFront(session.meeting, session.person, session.front),)


# ---------------------------------------------------------------- sign-in


def sign_in_asked(state: State, event: SignInAsked, now: Now) -> Result:
    """Ask the server, if there is one and the person belongs to the meeting."""
    meeting = shown_meeting(state)
    if meeting is None:
        return _refuse(state, event.request, errors.NoMeeting.code)
    if is_kept_free(state):
        return _refuse(state, event.request, errors.KeptFree.code)
    session = shown_session(state)
    if session is not None and session.person != event.person:
        return _refuse(state, event.request, errors.SomebodySignedIn.code)
    if session is not None and session.token:
        return _refuse(state, event.request, errors.TokenNeeded.code)
    if state.meetings[meeting].state.member(event.person) is None:
        return _refuse(state, event.request, errors.NotAMember.code)
    return _ask_server(state, event, meeting=meeting, now=now)


def _ask_server(state: State, event: SignInAsked, *, meeting: str, now: Now) -> Result:
    if state.link.state is not LinkState.ONLINE:
        return _refuse(state, event.request, errors.Offline.code)
    running = state.signing_in
    if running is not None and running.act == event.act:
        # The page gave up waiting and asks again: the answer goes to its new call.
        again = replace(running, request=event.request)
        return _refuse(replace(state, signing_in=again), running.request, errors.SignInRunning.code)
    if running is not None:
        return _refuse(state, event.request, errors.SignInRunning.code)
    waiting = SigningIn(event.request, event.act, meeting, event.person, now.s + SIGN_IN_S)
    return replace(state, signing_in=waiting), (SendSignIn(event.act, meeting, event.person),)


def say_again(waiting: SigningIn) -> tuple[Command, ...]:
    """After a new welcome: what the server may not have heard of a sign-in."""
    if waiting.token is not None:
        return tokens.say_again(waiting)
    return (SendSignIn(waiting.act, waiting.meeting, waiting.person),)


def time_out_sign_in(state: State, now: Now) -> Result:
    """A person does not wait for ever."""
    waiting = state.signing_in
    if waiting is None or now.s < waiting.deadline_s:
        return state, ()
    return _refuse(replace(state, signing_in=None), waiting.request, errors.Offline.code)


def _signed_in(state: State, event: Acked, waiting: SigningIn, *, now: Now) -> Result:
    if waiting.token is not None:
        return tokens.signed_in(state, event, waiting, now=now)
    answered = replace(state, signing_in=None)
    if event.outcome != "done":
        return answered, (Answer(waiting.request, event.code or errors.BadCredentials.code, event.data),)
    if shown_meeting(state) != waiting.meeting:
        return _refuse(answered, waiting.request, errors.NoMeeting.code)
    session = Session(waiting.meeting, waiting.person, touched_s=now.s)
    session = tokens.resumed(state.session, session, carried(event.data))
    return replace(answered, session=session, recalled=None), (
        RememberPassword(waiting.request),
        Answer(waiting.request),
    )


def lock_asked(state: State, event: LockAsked, now: Now) -> Result:
    """Lock at once."""
    session = shown_session(state)
    if session is None:
        return _refuse(state, event.request, errors.SignInFirst.code)
    return replace(state, session=replace(session, locked=True)), (Answer(event.request),)


def unlock_asked(state: State, event: UnlockAsked, now: Now) -> Result:
    """Have the password compared, unless there were too many wrong ones."""
    session = shown_session(state)
    if session is None:
        return _refuse(state, event.request, errors.SignInFirst.code)
    if not session.locked:
        return state, (Answer(event.request),)
    if session.token:
        return _refuse(state, event.request, errors.TokenNeeded.code)
    if now.s < session.blocked_until_s:
        return _too_many(state, event.request, session, now=now)
    return state, (CheckPassword(event.request),)


def password_checked(state: State, event: PasswordChecked, now: Now) -> Result:
    """Unlock, count, or let the server say."""
    session = shown_session(state)
    if session is None:
        return _refuse(state, event.request, errors.SignInFirst.code)
    if event.right is None:
        asked = SignInAsked(event.request, event.act, session.person)
        return _ask_server(state, asked, meeting=session.meeting, now=now)
    if event.right:
        open_again = replace(session, locked=False, tries=0, touched_s=now.s)
        return replace(state, session=open_again), (Answer(event.request),)
    tries = session.tries + 1
    block_s = 0.0 if tries < FREE_TRIES else min(2.0 ** (tries - FREE_TRIES + 1), BLOCK_LIMIT_S)
    counted = replace(session, tries=tries, blocked_until_s=now.s + block_s)
    left = {"tries_left": max(0, FREE_TRIES - tries)}
    return replace(state, session=counted), (Answer(event.request, errors.BadCredentials.code, left),)


def _too_many(state: State, request: int, session: Session, *, now: Now) -> Result:
    wait_s = max(1, round(session.blocked_until_s - now.s))
    return state, (Answer(request, errors.TooManyTries.code, {"wait_s": wait_s}),)


def sign_out_asked(state: State, event: SignOutAsked, now: Now) -> Result:
    """Signed out here at once; the server learns it when it can."""
    session = state.session
    if session is None:
        return state, (Answer(event.request),)
    told = Keep(None, event.act, SIGN_OUT, session.meeting, session.person, {})
    return _signed_out(state), (told, Answer(event.request))


# ---------------------------------------------------------------- acts


def act_asked(state: State, event: ActAsked, now: Now) -> Result:
    """Keep the act, if the person may act here; whether it is allowed is the server's to say."""
    session = shown_session(state)
    if session is None:
        return _refuse(state, event.request, errors.SignInFirst.code)
    if situation(state) is not Situation.SIGNED_IN:
        return _refuse(state, event.request, errors.SeatLocked.code if session.locked else errors.NoMeeting.code)
    if event.kind == CAST_SECRET:
        return ballots.asked(touched(state, Touched(), now)[0], event, session)
    try:
        acts.check(event.kind, dict(event.data))
    except WireError:
        return _refuse(state, event.request, errors.BadRequest.code)
    if any(shown.act == event.act for shown in state.acts):
        return state, (Answer(event.request),)
    if event.kind in acts.NOW_OR_NEVER and state.link.state is not LinkState.ONLINE:
        return _refuse(state, event.request, errors.Offline.code)
    kept = Keep(event.request, event.act, event.kind, session.meeting, session.person, event.data)
    return touched(state, Touched(), now)[0], (kept,)


def stored(state: State, event: Stored, now: Now) -> Result:
    """The act is durable: the person is told, and it waits for its turn."""
    answer = () if event.request is None else (Answer(event.request),)
    if any(entry.act == event.entry.act for entry in state.queue):
        return state, answer
    queued = replace(state, queue=receipts_first((*state.queue, event.entry)))
    return show_act(queued, event.entry, ActState.QUEUED), answer


def receipts_first(queue: tuple[Queued, ...]) -> tuple[Queued, ...]:
    """The chair waits for the proof of a recall, and the acts that wait are of a meeting that is over (P7)."""
    return tuple(sorted(queue, key=lambda entry: entry.kind != RECEIPT))


def acked(state: State, event: Acked, now: Now) -> Result:
    """The server has decided."""
    state = replace(state, link=replace(state.link, heard_s=now.s))
    if state.signing_in is not None and state.signing_in.act == event.act:
        return _signed_in(state, event, state.signing_in, now=now)
    entry = next((each for each in state.queue if each.act == event.act), None)
    if entry is None:
        return state, ()
    left = tuple(each for each in state.queue if each.act != event.act)
    sent = None if state.sent is not None and state.sent.act == event.act else state.sent
    after = replace(state, queue=left, sent=sent)
    if entry.kind == RECEIPT:
        return _confirmed(after, entry), (Settle(entry), Replan())
    outcome = ActState.DONE if event.outcome == "done" else ActState.REFUSED
    return show_act(after, entry, outcome, code=event.code), (Settle(entry),)


def _confirmed(state: State, entry: Queued) -> State:
    shown = state.recalled
    if shown is None or shown.meeting != entry.meeting:
        return state
    return replace(state, recalled=replace(shown, confirmed=True))


def _refuse(state: State, request: int, code: str) -> Result:
    return state, (Answer(request, code),)
