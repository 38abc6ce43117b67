"""What a seat knows (state), what can happen to it (events), what it then does (commands).

Rules: values only. Moments named ``…_s`` are monotonic seconds. A ``request`` is the number of a page's call that waits
for an :class:`Answer`. Passwords never pass through here: the agent holds them.

Usage: see :func:`edge.machine.step`.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire.events import Event as LogEvent
from wire.messages import Wish
from wire.state import MeetingState

# ---------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Now:
    """One reading of both clocks: ``s`` for spans, ``at`` for what is written down."""

    s: float
    at: dt.datetime


class Standing(enum.StrEnum):
    """Where the device stands with the site."""

    ENROLLING = "enrolling"
    REFUSED = "refused"
    REVOKED = "revoked"
    ENROLLED = "enrolled"


class LinkState(enum.StrEnum):
    """Whether the server answers."""

    ONLINE = "online"
    CONNECTING = "connecting"
    OFFLINE = "offline"


class ActState(enum.StrEnum):
    """How far an act is."""

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """The times an installation chooses."""

    idle_s: float = 300.0
    grace_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device is; ``message`` is an error code for the screen."""

    standing: Standing = Standing.ENROLLING
    device: str | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The way to the server. ``greeted_s``: a hello waits for its welcome since then."""

    state: LinkState = LinkState.CONNECTING
    since_at: dt.datetime | None = None
    connected: bool = False
    trying_s: float = 0.0
    greeted_s: float | None = None
    patience_s: float = 5.0
    heard_s: float = 0.0
    health_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Followed:
    """A meeting whose log is followed. ``head``: the newest number heard of; ``fault``: an error code."""

    state: MeetingState = field(default_factory=MeetingState)
    head: int = 0
    strikes: int = 0
    fault: str = ""

    @property
    def behind(self) -> bool:
        """Whether events are missing (M3)."""
        return self.state.seq < self.head


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. ``seen``: the log has shown them at this seat."""

    meeting: str
    person: str
    touched_s: float
    locked: bool = False
    seen: bool = False
    tries: int = 0
    blocked_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A sign-in that waits for the server."""

    request: int
    act: str
    meeting: str
    person: str
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry of the outbox."""

    act: str
    kind: str
    meeting: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The one entry that is on its way. ``patience_s``: after so long the server is asked whether it is there."""

    act: str
    at_s: float
    patience_s: float


@dataclass(frozen=True, slots=True)
class ShownAct:
    """What the person is told about an act."""

    act: str
    kind: str
    state: ActState
    code: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the seat says after a recall."""

    meeting: str
    title: str
    papers: int
    pages: int
    confirmed: bool
    since_s: float


@dataclass(frozen=True, slots=True)
class State:
    """Everything the seat's decisions rest on."""

    limits: Limits = field(default_factory=Limits)
    started_s: float = 0.0
    identity: Identity = field(default_factory=Identity)
    link: Link = field(default_factory=Link)
    #: the store is open; ``warm``: by the key that outlived a restart of the agent
    opened: bool = False
    warm: bool = False
    confirmed: bool = False
    wish: Wish | None = None
    meetings: Mapping[str, Followed] = field(default_factory=dict)
    session: Session | None = None
    signing_in: SigningIn | None = None
    queue: tuple[Queued, ...] = ()
    sent: Sent | None = None
    acts: tuple[ShownAct, ...] = ()
    recalled: Recalled | None = None
    #: an error code that stands at the whole seat (a full disk)
    fault: str = ""


# ---------------------------------------------------------------- events


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
class Touched:
    """The person did something at the screen."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time went on."""


Event = (
    IdentityChanged | Opened | LinkUp | LinkDown | Welcomed | WishChanged | Heard | LogCame | Acked | Stored | Destroyed
    | Forgotten | FaultChanged | SignInAsked | UnlockAsked | PasswordChecked | LockAsked | SignOutAsked | ActAsked
    | Touched | Ticked
)  # fmt: skip


# ---------------------------------------------------------------- commands


@dataclass(frozen=True, slots=True)
class Greet:
    """Send a hello with a new session."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Subscribe to the room (None: to no room)."""

    room: str | None


@dataclass(frozen=True, slots=True)
class SendSignIn:
    """Send the sign-in that waits; the agent has the password."""

    act: str
    meeting: str
    person: str


@dataclass(frozen=True, slots=True)
class SendEntry:
    """Send an entry of the outbox."""

    act: str


@dataclass(frozen=True, slots=True)
class SendHealth:
    """Tell the server how the seat is."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the server which chunks are held, paper by paper."""


@dataclass(frozen=True, slots=True)
class Replan:
    """Compare what is wanted with what is held. ``eager``: nothing is on its way."""

    eager: bool = False


@dataclass(frozen=True, slots=True)
class SaveWish:
    """Keep the wish for a start without a server."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Record:
    """Keep events of a meeting and the state they lead to."""

    meeting: str
    events: tuple[LogEvent, ...]
    state: MeetingState


@dataclass(frozen=True, slots=True)
class Keep:
    """Put an act into the outbox, then say :class:`Stored`."""

    request: int | None
    act: str
    kind: str
    meeting: str
    person: str
    data: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Settle:
    """The entry is done with: drop it; for a receipt, note that it is confirmed."""

    entry: Queued


@dataclass(frozen=True, slots=True)
class CheckPassword:
    """Compare the password of this request with the one the person signed in with."""

    request: int


@dataclass(frozen=True, slots=True)
class RememberPassword:
    """The password of this request is right: keep what recognises it."""

    request: int


@dataclass(frozen=True, slots=True)
class ForgetPassword:
    """Nobody is signed in: keep nothing that recognises a password."""


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Keep the session for a restart within this boot (None: nobody)."""

    session: Session | None


@dataclass(frozen=True, slots=True)
class HidePages:
    """Empty every memory of drawn pages, and the renderer with its keys."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Destroy the whole store."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a page's call: done, or refused with a code."""

    request: int
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


Command = (
    Greet | Listen | SendSignIn | SendEntry | SendHealth | Report | Replan | SaveWish | Record | Keep | Settle
    | CheckPassword | RememberPassword | ForgetPassword | SaveSession | HidePages | Wipe | Answer
)  # fmt: skip
