"""Questions about the seat's state: which meeting it shows, to whom, and which of its screens it is on.

Rules: pure. The meeting shown is the one that goes on; else what is rehearsed; else the one somebody is signed in to;
else the next to start.
Nothing is shown of a meeting that the wish does not hold, or whose log says that it is over (P7).

Usage: ``situation(state) is Situation.WELCOME``
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from edge.model import Followed, Link, LinkState, ReaderState, Session, Standing, State
from wire.phases import HOLDING, LIVE, Phase

#: Phases after which a seat keeps nothing; a meeting returned to its draft is taken away by the wish.
OVER: Final = frozenset({Phase.CLOSED, Phase.LOCKED, Phase.CANCELLED})
_NEVER: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


class Situation(enum.StrEnum):
    """The seat's screens (docs/API.md, section ``seat``)."""

    ENROLLING = "enrolling"
    REFUSED = "refused"
    REVOKED = "revoked"
    CONFIRMING = "confirming"
    WAITING = "waiting"
    WELCOME = "welcome"
    SIGNED_IN = "signed_in"
    LOCKED = "locked"
    RECALLED = "recalled"
    OUTDATED = "outdated"
    MAINTENANCE = "maintenance"


def situation(state: State) -> Situation:
    """Which screen the seat is on."""
    if state.identity.standing is not Standing.ENROLLED:
        return Situation(state.identity.standing.value)
    if not state.confirmed:
        return Situation.CONFIRMING
    shown = shown_meeting(state)
    followed = None if shown is None else state.meetings[shown]
    if state.recalled is not None and (followed is None or followed.state.phase not in LIVE):
        return Situation.RECALLED
    if is_kept_free(state):
        return Situation.MAINTENANCE
    if followed is None:
        return Situation.WAITING
    if followed.fault:
        return Situation.OUTDATED
    session = shown_session(state)
    if session is None:
        return Situation.WELCOME
    return Situation.LOCKED if session.locked else Situation.SIGNED_IN


def is_kept_free(state: State) -> bool:
    """Whether nobody may sign in here; whoever is signed in already goes on (W189)."""
    return state.upkeep.maintenance is not None and state.session is None


def shown_meeting(state: State) -> str | None:
    """The meeting on the screen."""
    if state.wish is None or not state.confirmed:
        return None
    held = {
        holding.meeting: state.meetings[holding.meeting]
        for holding in state.wish.hold
        if _is_showable(state.meetings.get(holding.meeting))
    }
    if not held:
        return None
    signed_in = None if state.session is None else state.session.meeting
    real = {meeting for meeting, followed in held.items() if followed.state.rehearsal is None}
    live = [meeting for meeting in real if held[meeting].state.phase in LIVE]
    if live:
        return signed_in if signed_in in live else max(live, key=lambda m: (_moment(held[m].state.opened_at), m))
    if len(real) < len(held):
        # A rehearsal is begun on purpose, at these seats; a real meeting that goes on is never hidden by one (M5).
        return min(held.keys() - real)
    return signed_in if signed_in in held else min(held, key=lambda m: (_moment(held[m].state.starts_at), m))


def shown_session(state: State) -> Session | None:
    """Who is signed in to the meeting on the screen, locked or not."""
    session = state.session
    return session if session is not None and session.meeting == shown_meeting(state) else None


def reader(state: State) -> tuple[str, str] | None:
    """Meeting and person, when papers may be shown now."""
    if situation(state) is not Situation.SIGNED_IN or state.session is None:
        return None
    return state.session.meeting, state.session.person


def ended(state: State) -> frozenset[str]:
    """Meetings whose log says that they are over."""
    return frozenset(meeting for meeting, followed in state.meetings.items() if followed.state.phase in OVER)


def stuck(state: State) -> frozenset[str]:
    """Meetings whose log cannot be followed further."""
    return frozenset(meeting for meeting, followed in state.meetings.items() if followed.fault and followed.strikes)


def token_word(state: State) -> str:
    """What the reader holds, as the server is told (W113): what matters is whether somebody could sign here."""
    cards, found = state.cards, tuple(state.cards.by_reader.values())
    if not cards.watched:
        return "off"
    if cards.code or len(found) > 1:
        return "unusable"
    card = found[0] if found else None
    if card is None or card.state in {ReaderState.NEW, ReaderState.READING}:
        return "absent"
    if card.token is None or card.token.is_blocked:
        return "unusable"
    return "no_signing" if card.token.signs is None else "signs"


def link_state(link: Link) -> LinkState:
    """For the screen."""
    return link.state


def _is_showable(followed: Followed | None) -> bool:
    return followed is not None and (followed.state.phase in HOLDING or bool(followed.fault))


def _moment(moment: dt.datetime | None) -> dt.datetime:
    return _NEVER if moment is None else moment
