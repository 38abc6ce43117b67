"""What can happen to a seat.

Rules: values only; see :mod:`edge.model` for names. Passwords never pass through here: the agent holds them.

Usage: ``step(state, LinkUp(), now)``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.marks_values import Change, Standing
from edge.marks_values import Place as Whose
from edge.model import CardSignature, HeldLine, Identity, Queued, Recalled, Session, TokenSeen
from edge.updates.values import Task
from wire.events import Event as LogEvent
from wire.front import Front
from wire.messages import Challenge, Hours, Maintenance, Mix, Point, SignOffer, SignRounds, View, Wish
from wire.messages.pointing import Place
from wire.messages.updates import Release
from wire.messages.viewing import Part
from wire.proof import TokenData
from wire.readiness import Opening
from wire.state import MeetingState
from wire.topics import PaperVersion


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """Enrolment got further."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class Opened:
    """The store is open: what it held. ``warm``: without the server's word."""

    warm: bool
    wish: Wish | None
    meetings: Mapping[str, MeetingState]
    queue: tuple[Queued, ...] = ()
    session: Session | None = None
    recalled: Recalled | None = None
    ballots: tuple[HeldLine, ...] = ()
    marks: tuple[Standing, ...] = ()
    readings: tuple[tuple[Whose, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The broker has accepted the seat."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection to the broker is gone."""


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The server's fresh answer to this session's hello."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class WelcomeWaits:
    """The server has answered, and the store is not open yet: :class:`Welcomed` follows when it is."""


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """The store does not open; ``is_welcomed``: the server can be told."""

    code: str
    is_welcomed: bool


@dataclass(frozen=True, slots=True)
class WishChanged:
    """The server wants something else now."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Heard:
    """Anything came from the server."""


@dataclass(frozen=True, slots=True)
class LogCame:
    """Events of a meeting; ``head`` is the newest number the sender knows, 0 when it does not say."""

    meeting: str
    events: tuple[LogEvent, ...]
    head: int = 0


@dataclass(frozen=True, slots=True)
class Acked:
    """The server has committed an entry, or refused it for good."""

    act: str
    outcome: str
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry is durable in the outbox; ``request`` asked for it."""

    entry: Queued
    request: int | None = None


@dataclass(frozen=True, slots=True)
class BallotHeld:
    """A secret ballot lies here, or was refused."""

    line: HeldLine


@dataclass(frozen=True, slots=True)
class BallotAway:
    """This seat's secret ballots of a vote were not handed in; ``code`` says why."""

    vote: str
    code: str


@dataclass(frozen=True, slots=True)
class BallotsFound:
    """Whether the ballots of this seat stand in what was published, by person."""

    vote: str
    found: Mapping[str, bool] = field(hash=False)


@dataclass(frozen=True, slots=True)
class MarksAsked:
    """The page wants the person's marks on a paper."""

    request: int
    paper: str


@dataclass(frozen=True, slots=True)
class MarksWritten:
    """The person has made, changed or removed marks."""

    request: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class MarksStand:
    """How somebody's marks stand now.

    ``done``: what was on its way and is no more; ``code``: refused, and why; ``more``: the server has more of them.
    """

    standing: Standing
    done: str = ""
    code: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page was given to the screen, to lie in front of ``reader`` (meeting, person)."""

    reader: tuple[str, str]
    paper: PaperVersion
    page: int


@dataclass(frozen=True, slots=True)
class ReadingsStand:
    """How much of what somebody read waits to be told.

    ``answered``: what was on its way is no more; ``more``: it was not all that waited.
    """

    place: Whose
    unsent: int
    answered: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class MixCame:
    """The server wants this seat to mix."""

    mix: Mix


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The keys of a meeting are destroyed."""

    meeting: str
    title: str
    papers: int
    pages: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A meeting that this seat has no part in is gone from the disk."""

    meeting: str


@dataclass(frozen=True, slots=True)
class FaultChanged:
    """Something at the whole seat is wrong, or (empty) right again."""

    code: str


@dataclass(frozen=True, slots=True)
class RecordFound:
    """The record is, or is no longer, another one than this seat has seen."""

    code: str


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """A person gave a password."""

    request: int
    act: str
    person: str


@dataclass(frozen=True, slots=True)
class UnlockAsked:
    """The person at the locked seat gave a password."""

    request: int


@dataclass(frozen=True, slots=True)
class PasswordChecked:
    """What the seat itself says of it: right, wrong, or (None) it cannot say."""

    request: int
    act: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class CardsWatched:
    """The card service answers (empty), or why it does not; everything that was in a reader is out then."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class CardCame:
    """Something is in a reader. ``count`` rises with every insertion."""

    reader: str
    count: int


@dataclass(frozen=True, slots=True)
class CardWent:
    """It is out."""

    reader: str
    count: int


@dataclass(frozen=True, slots=True)
class CardOpened:
    """It is a token, held by this seat."""

    reader: str
    count: int
    token: TokenSeen


@dataclass(frozen=True, slots=True)
class CardFailed:
    """It cannot be used, or cannot any longer; ``code`` says why."""

    reader: str
    count: int
    code: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class PinGiven:
    """A person gave the PIN of the token that is in (the agent holds it)."""

    request: int
    act: str
    last_try_ok: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeCame:
    """The server's challenge for an act; ``code``: why this seat does not answer it (W57)."""

    challenge: Challenge
    code: str = ""


@dataclass(frozen=True, slots=True)
class TokenSigned:
    """The card took the PIN and signed. ``data`` is for the server, None when only a lock was to be opened."""

    request: int
    token: TokenSeen
    data: TokenData | CardSignature | None = None


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """The card did not sign; ``token``: what it says of its PIN now, if it still says anything.

    ``verified``: the PIN was taken, and something else went wrong.
    """

    request: int
    code: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    token: TokenSeen | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class StatementAsked:
    """The person wants to declare something: make the statement and show it. ``made_at``: by the server's clock."""

    request: int
    act: str
    kind: str
    made_at: dt.datetime
    data: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class StatementConfirmed:
    """They have read it and given the PIN (the agent holds it)."""

    request: int
    act: str
    last_try_ok: bool = False


@dataclass(frozen=True, slots=True)
class StatementLeft:
    """They turned away from it."""

    request: int
    act: str


@dataclass(frozen=True, slots=True)
class RoundsCame:
    """What waits for the signature of who sits here (W59)."""

    rounds: SignRounds


@dataclass(frozen=True, slots=True)
class RoundAsked:
    """The person opens a round to read its file."""

    request: int
    round: str


@dataclass(frozen=True, slots=True)
class RoundClosed:
    """They turn away from it."""

    request: int


@dataclass(frozen=True, slots=True)
class RoundFile:
    """How far a round's file has come; ``code``: why it will not."""

    round: str
    sha256: str
    have: int
    parts: int
    ready: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class RoundConfirmed:
    """They have read the file ``sha256`` and given the PIN (the agent holds it)."""

    request: int
    act: str
    answer_act: str
    round: str
    sha256: str
    last_try_ok: bool = False


@dataclass(frozen=True, slots=True)
class PinRight:
    """The card has taken the PIN; nothing is signed yet."""

    request: int
    token: TokenSeen


@dataclass(frozen=True, slots=True)
class OfferCame:
    """The server gives the turn; ``left_s`` of it are left by the server's clock."""

    offer: SignOffer
    left_s: float


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """What was offered is not what was shown, or holds more: the card was asked for nothing."""

    request: int
    code: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class LockAsked:
    """Lock the seat."""

    request: int


@dataclass(frozen=True, slots=True)
class SignOutAsked:
    """The person leaves."""

    request: int
    act: str


@dataclass(frozen=True, slots=True)
class ActAsked:
    """The person asks for something."""

    request: int
    act: str
    kind: str
    data: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ReadyAsked:
    """The page asks who is ready for a vote that is not open yet (W126)."""

    request: int
    act: str
    opening: Opening


@dataclass(frozen=True, slots=True)
class Touched:
    """The person did something at the screen."""


@dataclass(frozen=True, slots=True)
class FollowsPresenter:
    """The screen goes with what is presented, or the person presents; the page says so every few seconds."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Something else lies in front of who is signed in; the page says so."""

    front: Front


@dataclass(frozen=True, slots=True)
class PointsAt:
    """Who presents here points on the page, or sees this part of it; the page says so."""

    place: Place | Part


@dataclass(frozen=True, slots=True)
class PointCame:
    """The presenter points or sees that part, at whatever screen they are."""

    point: Point | View


@dataclass(frozen=True, slots=True)
class OrderCame:
    """IT has this terminal do something (W171)."""

    order: str
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """Whoever sits there has closed what an order showed."""

    order: str


@dataclass(frozen=True, slots=True)
class KeepingCame:
    """How this seat is looked after (W187); ``is_kept``: by what was kept over a restart of the agent."""

    hours: Hours | None
    maintenance: Maintenance | None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The server's clock was at ``at`` when this machine's monotonic one was at ``at_s``."""

    at: dt.datetime
    at_s: float


@dataclass(frozen=True, slots=True)
class Woken:
    """Somebody has touched the screen, where nobody is signed in."""


@dataclass(frozen=True, slots=True)
class UpdateCame:
    """The server has this terminal do something with a new image (W176)."""

    update: str
    kind: str
    release: Release


@dataclass(frozen=True, slots=True)
class UpdateWent:
    """Fetching or installing the release of this digest has got further, or no further."""

    sha256: str
    state: str
    done: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UpdateFound:
    """What was kept of an update, the version that runs, and the name of this start of the machine."""

    task: Task | None
    running: str
    boot: str


@dataclass(frozen=True, slots=True)
class UpdateUnkept:
    """Where the seat is with an update could not be written down: nothing of that step was done."""


@dataclass(frozen=True, slots=True)
class FoundWell:
    """This seat has found itself well, and its slot is no more on trial (``edge/vigil.py``)."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time went on."""


Event = (
    IdentityChanged | Opened | LinkUp | LinkDown | Welcomed | WelcomeWaits | StoreFailed | WishChanged | Heard
    | LogCame | Acked | Stored | Destroyed | Forgotten | FaultChanged
    | RecordFound | CardsWatched | CardCame | CardWent | CardOpened | CardFailed | PinGiven
    | ChallengeCame
    | TokenSigned | TokenRefused | StatementAsked | StatementConfirmed | StatementLeft | RoundsCame | RoundAsked
    | RoundClosed | RoundFile | RoundConfirmed | PinRight | OfferCame | OfferRefused | SignInAsked | UnlockAsked
    | PasswordChecked | LockAsked | SignOutAsked | ActAsked | Touched | FollowsPresenter | Laid | Ticked | BallotHeld
    | BallotAway | BallotsFound | MixCame | MarksAsked | MarksWritten | MarksStand | PointsAt | PointCame
    | ReadyAsked | PageSeen | ReadingsStand | OrderCame | OrderSeen
    | UpdateCame | UpdateWent | UpdateFound | UpdateUnkept | FoundWell | KeepingCame | ServerTime | Woken
)  # fmt: skip
