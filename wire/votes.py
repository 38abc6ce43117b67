"""A vote as values, and its life cycle: one table (V1–V4).

Rules W66: what is not in the table is an error. docs/diagrams/vote.mmd is generated from it. A ballot outside ``open``
is refused. What stands in a value was written by an event; nothing here counts (``wire/tally.py`` does).

Usage::

    step(VoteState.CREATED, VoteChange.OPEN) is VoteState.OPEN
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Final

from wire.election_marks import Election
from wire.secret_ballots import SecretBallot
from wire.transitions import stepper


class VoteKind(enum.StrEnum):
    """giơ tay (thư ký ghi) · công khai · ký tên · bỏ phiếu kín. An election is one of the latter three (W105)."""

    HANDS = "hands"
    OPEN = "open"
    NAMED = "named"
    SECRET = "secret"  # noqa: S105 - a kind of vote, no password


class VoteState(enum.StrEnum):
    """đã tạo → đang mở ⇄ tạm dừng → (phiếu kín: đang thu phiếu →) đã đóng → đã công bố; đã hủy."""

    CREATED = "created"
    OPEN = "open"
    PAUSED = "paused"
    COLLECTING = "collecting"
    CLOSED = "closed"
    ANNOUNCED = "announced"
    WITHDRAWN = "withdrawn"


class VoteChange(enum.StrEnum):
    """What moves a vote on; each is also the kind of the event that records it."""

    OPEN = "vote_opened"
    PAUSE = "vote_paused"
    RESUME = "vote_resumed"
    CALL = "ballots_called"
    CLOSE = "vote_closed"
    ANNOUNCE = "vote_announced"
    WITHDRAW = "vote_withdrawn"


TABLE: Final[dict[tuple[VoteState, VoteChange], VoteState]] = {
    (VoteState.CREATED, VoteChange.OPEN): VoteState.OPEN,
    (VoteState.CREATED, VoteChange.WITHDRAW): VoteState.WITHDRAWN,
    (VoteState.OPEN, VoteChange.PAUSE): VoteState.PAUSED,
    (VoteState.OPEN, VoteChange.CLOSE): VoteState.CLOSED,
    (VoteState.OPEN, VoteChange.WITHDRAW): VoteState.WITHDRAWN,
    (VoteState.PAUSED, VoteChange.RESUME): VoteState.OPEN,
    (VoteState.OPEN, VoteChange.CALL): VoteState.COLLECTING,
    (VoteState.PAUSED, VoteChange.CALL): VoteState.COLLECTING,
    (VoteState.COLLECTING, VoteChange.CALL): VoteState.COLLECTING,
    (VoteState.COLLECTING, VoteChange.CLOSE): VoteState.CLOSED,
    (VoteState.COLLECTING, VoteChange.WITHDRAW): VoteState.WITHDRAWN,
    (VoteState.PAUSED, VoteChange.CLOSE): VoteState.CLOSED,
    (VoteState.PAUSED, VoteChange.WITHDRAW): VoteState.WITHDRAWN,
    (VoteState.CLOSED, VoteChange.ANNOUNCE): VoteState.ANNOUNCED,
}

#: Ballots have been asked for and are not published yet.
RUNNING: Final = frozenset({VoteState.OPEN, VoteState.PAUSED, VoteState.COLLECTING})
#: What everybody in the meeting knows of; one that is prepared is the leaders' own business.
SHOWN: Final = RUNNING | {VoteState.CLOSED, VoteState.ANNOUNCED}
#: Kinds that their clock may close.
_CLOCKED: Final = frozenset({VoteKind.OPEN, VoteKind.NAMED})
#: Ballots are published.
COUNTED: Final = frozenset({VoteState.CLOSED, VoteState.ANNOUNCED})


#: The next state; raises :class:`wire.errors.PhaseError`.
step: Final = stepper(TABLE)


class Meaning(enum.StrEnum):
    """What an answer counts as."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    OTHER = "other"


class Base(enum.StrEnum):
    """What a share is taken of (V6): all who may vote, those present, ballots cast, ballots for or against."""

    ALL = "all"
    PRESENT = "present"
    CAST = "cast"
    DECIDED = "decided"


class Tie(enum.StrEnum):
    """What an exact half means: not passed, or as the chair voted."""

    FAILS = "fails"
    CHAIR = "chair"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers, in the words that are signed."""

    answer: str
    text: str
    means: Meaning


@dataclass(frozen=True, slots=True)
class Share:
    """``num``/``den``; ``more``: strictly more than that, else at least that."""

    num: int
    den: int
    more: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """When the answers for the proposal carry it, and whether the vote counts at all."""

    base: Base
    majority: Share
    quorum: Share | None
    tie: Tie


@dataclass(frozen=True, slots=True)
class Elector:
    """Who may vote, as they were when the vote was opened (A2)."""

    person: str
    name: str
    weight: int
    present: bool
    #: who casts their ballot for them, of somebody who was away (W107)
    by: str | None = None

    @property
    def votes(self) -> bool:
        """Whether a ballot of theirs may be cast: by themselves, or by their proxy."""
        return self.present or self.by is not None


@dataclass(frozen=True, slots=True)
class Proxy:
    """``person`` has entrusted their ballot to ``holder`` (ủy quyền)."""

    person: str
    holder: str


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many may vote, are present, have voted; people, not weights. ``voting``: of how many ballots may come."""

    entitled: int = 0
    present: int = 0
    cast: int = 0
    voting: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A ballot is stored; what it says is shut in the commitment (W67)."""

    person: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A published ballot. ``statement`` is the SHA-256 of what the voter's token signed, or empty."""

    person: str
    answer: str
    nonce: str
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A secret ballot was given to somebody at a device (W77). ``blinded``: SHA-256 of what was signed blind.

    ``relay``: the key with which this seat will mix (32 bytes); all in hexadecimal.
    """

    person: str
    device: str
    blinded: str
    relay: str


@dataclass(frozen=True, slots=True)
class Call:
    """A collection of secret ballots (W78). ``key``: what they are sealed to; ``relays``: keys of those who mix."""

    run: int
    key: str
    relays: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the run that goes on waits for (W104): so many ballots, or, with ``asks``, a word of the chair."""

    missing: int
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote. ``hands``: what the secretary counted, of a show of hands.

    Of a secret vote: ``token_key`` is the modulus that signs blind, ``given`` to whom, ``call`` the newest collection,
    ``secret`` the published ballots, ``receipts`` theirs.
    """

    vote: str
    item: str
    kind: VoteKind
    question: str
    template: str
    answers: tuple[Answer, ...]
    rule: Rule
    seconds: int = 0
    weights: tuple[tuple[str, int], ...] = ()
    proxies: tuple[Proxy, ...] = ()
    repeats: str | None = None
    reason: str = ""
    #: the answers are candidates, and a ballot marks some of them
    election: Election | None = None
    state: VoteState = VoteState.CREATED
    chair: str | None = None
    roll: tuple[Elector, ...] = ()
    #: who had to leave the item and is not on the roll (W90)
    recused: tuple[str, ...] = ()
    turnout: Turnout = field(default_factory=Turnout)
    taken: tuple[Taken, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    hands: tuple[tuple[str, int], ...] = ()
    token_key: str = ""
    given: tuple[Given, ...] = ()
    call: Call | None = None
    awaited: Awaited | None = None
    secret: tuple[SecretBallot, ...] = ()
    receipts: tuple[str, ...] = ()
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    announced_at: dt.datetime | None = None
    #: when its clock closes it; while it is paused the clock stands still, and this is moved on when it goes on
    ends_at: dt.datetime | None = None
    paused_at: dt.datetime | None = None
    by_clock: bool = False
    #: the reader may not know names and result (``wire/visibility.py``)
    sealed: bool = False

    def elector(self, person: str) -> Elector | None:
        """The person's line on the roll."""
        return next((each for each in self.roll if each.person == person), None)

    @property
    def is_clocked(self) -> bool:
        """Whether its clock closes it. Hands are counted by people, secret ballots are called for: those wait."""
        return self.state is VoteState.OPEN and self.kind in _CLOCKED and self.ends_at is not None

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its clock has run out."""
        return self.is_clocked and self.ends_at is not None and now >= self.ends_at

    def has_answer(self, answer: str) -> bool:
        """Whether a ballot may say this: one of the answers, or marks as this election allows."""
        names = [each.answer for each in self.answers]
        return answer in names if self.election is None else self.election.accepts(answer, order=names)
