"""What a seat knows: the state that its decisions rest on.

Rules: values only. Moments named ``…_s`` are monotonic seconds. A ``request`` is the number of a page's call that waits
for an :class:`edge.commands.Answer`.

Usage: see :func:`edge.machine.step`.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.declaring import Declared, Maker
from edge.marks_values import Place
from edge.orders_values import Orders
from edge.updates.values import Updates
from edge.upkeep_values import Upkeep
from wire.front import Front
from wire.messages import RoundNumber, SignRounds, Wish
from wire.proof import TokenData
from wire.state import MeetingState


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
    """The times an installation chooses. ``following_s``: how long following counts without a touch."""

    idle_s: float = 300.0
    grace_s: float = 10.0
    following_s: float = 14_400.0


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
    #: screen and token as they were said last (W113), and whether the screen was dark (W188)
    health: tuple[str, str, bool] = ("", "", False)


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
    """Who is signed in. ``seen``: the log has shown them at this seat; ``followed_s``: when they last followed;
    ``token``: SHA-256 of the certificate they signed in with, empty with a password; ``front``: what lies in front of
    them, once their page has said so.
    """

    meeting: str
    person: str
    touched_s: float
    locked: bool = False
    seen: bool = False
    followed_s: float | None = None
    tries: int = 0
    blocked_until_s: float = 0.0
    token: str = ""
    front: Front | None = None


class ReaderState(enum.StrEnum):
    """What is known of the card in a reader."""

    NEW = "new"
    READING = "reading"
    READY = "ready"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class SignsWith:
    """The certificate on a token that is for documents and statements; ``digest``: the hash its key signs with."""

    certificate: bytes = field(repr=False)
    fingerprint: str
    name: str
    digest: str = "sha256"


@dataclass(frozen=True, slots=True)
class CardSignature:
    """What a card has signed with :class:`SignsWith`."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """A token that was opened: its certificate for signing in, the name in it, and what it says of its PIN.

    ``signs``: its certificate for documents, None when it has none that can be used.
    """

    certificate: bytes = field(repr=False)
    fingerprint: str
    name: str
    shortest: int
    longest: int
    tries_left: int | None = None
    is_low: bool = False
    is_last: bool = False
    is_blocked: bool = False
    signs: SignsWith | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is in one reader. ``count`` tells one insertion from the next; ``code``: why it cannot be used.

    ``verified``: the card counts the PIN as given.
    """

    reader: str
    count: int
    state: ReaderState = ReaderState.NEW
    token: TokenSeen | None = None
    verified: bool = False
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Cards:
    """All readers that are this seat's. ``watched``: this machine can read cards; ``code``: why it cannot just now."""

    watched: bool = False
    code: str = ""
    by_reader: Mapping[str, Card] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Signing:
    """The token's part in a sign-in. ``alone``: the server is not asked, the lock of the same certificate opens.

    ``challenged``: the card has been given the challenge; ``data``: what it signed, on its way to the server.
    """

    reader: str
    count: int
    fingerprint: str
    last_try_ok: bool = False
    alone: bool = False
    challenged: bool = False
    data: TokenData | None = None


@dataclass(frozen=True, slots=True)
class CardWork:
    """A card at work for the page's call ``request``: which insertion, and with which certificate it signs."""

    request: int
    reader: str
    count: int
    signs: SignsWith
    last_try_ok: bool = False


@dataclass(frozen=True, slots=True)
class Declaring:
    """A statement in front of the person: shown, and (``work``) being signed. One at a time."""

    act: str
    kind: str
    meeting: str
    person: str
    made_at: dt.datetime
    declared: Declared
    since_s: float
    work: CardWork | None = None


class BallotState(enum.StrEnum):
    """How far a secret ballot of this seat is."""

    ASKING = "asking"
    SEALED = "sealed"
    HANDED_IN = "handed_in"
    LOOKED_FOR = "looked_for"
    FOUND = "found"
    MISSING = "missing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A secret ballot of this seat, without what it says. ``run``, ``said_s``: handed in for which collection, when."""

    meeting: str
    vote: str
    person: str
    receipt: str
    state: BallotState
    code: str = ""
    run: int = 0
    said_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MarksLine:
    """How somebody's private marks stand at this seat, and what of them is on its way to the server or from it.

    ``ready``: the key is here; ``unsent``: not at the server yet; ``rev`` rises with every change;
    ``put_s``, ``get_s``: said at; ``got_s``: answered at; ``code``: why the server does not take them.
    """

    meeting: str
    person: str
    ready: bool = False
    unsent: int = 0
    rev: int = 0
    put_s: float | None = None
    get_s: float | None = None
    got_s: float | None = None
    code: str = ""

    @property
    def who(self) -> tuple[str, str]:
        """Whose, of which meeting."""
        return self.meeting, self.person


@dataclass(frozen=True, slots=True)
class ReadingsLine:
    """How much of what somebody read waits; ``told``: in which turn it was told last, ``waits``: for its answer."""

    place: Place
    unsent: int = 0
    told: int | None = None
    waits: bool = False


class PaperStep(enum.StrEnum):
    """How far the signing of a paper is."""

    CHECKING = "checking"
    ASKING = "asking"
    SIGNING = "signing"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PaperWork:
    """A paper that is being signed. ``since_s``: when this step began; ``left_s``: of the lease, at the offer.

    ``act`` and ``answer_act`` are the two acts; ``fence`` is None without a lease; ``code``: why it failed;
    ``number``: number and date that were shown when the PIN was typed.
    """

    round: str
    meeting: str
    person: str
    act: str
    answer_act: str
    work: CardWork
    since_s: float
    step: PaperStep = PaperStep.CHECKING
    fence: int | None = None
    left_s: float = 0.0
    signature: bytes = field(default=b"", repr=False)
    sent_s: float = 0.0
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    number: RoundNumber | None = None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The file of a round that is in front, and how far it has come (parts)."""

    round: str
    sha256: str
    revision: int
    have: int = 0
    parts: int = 1
    ready: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A sign-in that waits for the server. With a token the person is not known before the server says it."""

    request: int
    act: str
    meeting: str
    person: str
    deadline_s: float
    token: Signing | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry of the outbox; of a ballot ``vote`` and ``whose`` it is."""

    act: str
    kind: str
    meeting: str
    vote: str = ""
    whose: str = ""


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
    vote: str = ""
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the page has asked the server, and who sat there then."""

    request: int
    act: str
    meeting: str
    person: str
    deadline_s: float


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
    #: what the page waits to be told
    questions: tuple[Question, ...] = ()
    #: an error code that stands at the whole seat (a full disk)
    fault: str = ""
    #: an error code: the record is another one than this seat has seen (W75)
    record_fault: str = ""
    cards: Cards = field(default_factory=Cards)
    #: kind of act → what makes its statement (:mod:`edge.declaring`)
    makers: Mapping[str, Maker] = field(default_factory=dict, repr=False)

    def blank(self) -> State:
        """The same seat with nothing of any meeting or person."""
        return State(
            limits=self.limits,
            started_s=self.started_s,
            identity=self.identity,
            link=self.link,
            cards=self.cards,
            makers=self.makers,
            updates=self.updates,
            upkeep=self.upkeep,
        )

    declaring: Declaring | None = None
    ballots: tuple[HeldLine, ...] = ()
    marks: tuple[MarksLine, ...] = ()
    readings: tuple[ReadingsLine, ...] = ()
    #: what IT has had this seat do
    orders: Orders = field(default_factory=Orders)
    #: where it is with a new image
    updates: Updates = field(default_factory=Updates)
    #: how it is looked after: the light of its screen, its maintenance
    upkeep: Upkeep = field(default_factory=Upkeep)
    #: what waits for the signature of who sits here, as the server said it last
    rounds: SignRounds | None = None
    round_file: OpenFile | None = None
    paper: PaperWork | None = None
