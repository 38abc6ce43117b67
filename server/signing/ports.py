"""What signing needs from outside: trust, the maker of PDFs, the safe for files, the tables.

Rules: the service decides, the ports carry; nobody but ``pades`` and ``upgrade`` touches a PDF.

Usage: ``SigningService(SigningTools(...))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.meetings.model import Draft, Log
from server.signing.issue import Part
from server.signing.model import Level, Mark, Round
from server.signing.numbers import Number, Wanted
from server.signing.state import Prepared
from server.trust.model import Facts, Standing
from server.trust.ports import Enrolled
from server.unit import Transaction
from wire.ids import MeetingId, PersonId
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Offer:
    """What a terminal gets to sign: ``file`` begins with the ``base_bytes`` bytes that it displayed."""

    file: bytes = field(repr=False)
    base_bytes: int
    signed_attributes: bytes = field(repr=False)
    digest: str
    fence: int
    until: dt.datetime
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a file as the database keeps it: sealed under a key of its own, which is wrapped."""

    round: str
    revision: int
    sha256: str
    size_bytes: int
    wrapped_key: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class About:
    """What a round is about, besides who signs: of which meeting, what kind of paper, and who opened it."""

    title: str
    opened_by: str
    opened_at: dt.datetime
    meeting: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMark:
    """What is drawn for a signer, as ``planning.MarkPlan`` writes it."""

    plan: bytes
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a person's signature, or of the seal (``owner`` is then ``seal``); PNG."""

    owner: str
    png: bytes = field(repr=False)
    added_at: dt.datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Raise:
    """A file whose level is still to be raised (``done_at`` None), or whose time-stamp is renewed at ``next_at``."""

    round: str
    tries: int
    next_at: dt.datetime
    last_code: str = ""
    done_at: dt.datetime | None = None


class Finished(Protocol):
    """A signed file."""

    @property
    def pdf(self) -> bytes:
        """The bytes."""
        ...

    @property
    def level(self) -> Level:
        """What was reached."""
        ...


class Pades(Protocol):
    """Makes and finishes files with a hole (``server.signing.pades``)."""

    def prepare(
        self,
        base: bytes,
        signer: Facts,
        *,
        mark: Mark | None,
        level: Level,
        now: dt.datetime,
        written: Mapping[Part, str] | None = None,
    ) -> Prepared:
        """Raises SigningFileRefused and what the mark raises; ``written``: number and date."""
        ...

    def complete(self, base: bytes, prepared: Prepared, signature: bytes, *, chain: Sequence[bytes]) -> Finished:
        """Verifies first; raises SignatureWrong, FileChanged."""
        ...


class Upgrade(Protocol):
    """Raises a finished file to B-LTA (``server.signing.upgrade``)."""

    def raise_level(self, pdf: bytes, *, now: dt.datetime) -> bytes:
        """Raises a ServerError with the code of what is missing."""
        ...

    def renew_at(self, pdf: bytes, *, now: dt.datetime) -> dt.datetime:
        """When the newest time-stamp of the file has to be followed by another."""
        ...


class MeetingLogs(Protocol):
    """The meetings feature."""

    def change(
        self,
        meeting: MeetingId,
        *,
        actor: str,
        now: dt.datetime,
        decide: Callable[[Log], Sequence[Draft]],
        also: Callable[[Transaction, MeetingState], None],
    ) -> object:
        """Append what ``decide`` gives; ``also`` writes with the same commit."""
        ...


class Trust(Protocol):
    """The trust feature."""

    def enrolled(self, fingerprint: str) -> Enrolled:
        """Whose certificate it is; raises CertificateUnknown."""
        ...

    def standing(self, fingerprint: str, *, now: dt.datetime) -> Standing:
        """That it may sign now; raises CertificateRefused, RevocationUnknown."""
        ...


class Safe(Protocol):
    """Seals files for the database."""

    def seal(self, pdf: bytes, *, round_id: str, revision: int, now: dt.datetime) -> Revision:
        """Under a fresh key."""
        ...

    def open(self, revision: Revision) -> bytes:
        """The file; raises when it is not the one that was sealed."""
        ...


class Register(Protocol):
    """The numbers of papers (G63)."""

    def next(self, tx: Transaction, wanted: Wanted) -> int:
        """The number the paper would get now."""
        ...

    def begin_year(self, tx: Transaction, wanted: Wanted) -> None:
        """The year goes on with ``wanted.first``; raises NumberOutOfTurn."""
        ...

    def hold(self, tx: Transaction, wanted: Wanted, *, until: dt.datetime, now: dt.datetime) -> int:
        """The next number, for this paper alone until ``until``; raises NumberHeld."""
        ...

    def keep(self, tx: Transaction, round_id: str, person: str, *, now: dt.datetime) -> Number:
        """Write the held number down for good; raises LeaseLost, NumberTaken."""
        ...

    def of(self, tx: Transaction, round_id: str) -> Number | None:
        """The number a paper was given."""
        ...

    def release(self, tx: Transaction, round_id: str) -> None:
        """The paper was not signed."""
        ...


class SigningStore(Protocol):
    """The tables of signing."""

    def add(self, tx: Transaction, found: Round, about: About, *, marks: Mapping[PersonId, PlannedMark]) -> None:
        """A new round."""
        ...

    def about(self, tx: Transaction, round_id: str) -> About | None:
        """What it is about."""
        ...

    def of_meeting(self, tx: Transaction, meeting: str) -> Sequence[str]:
        """All rounds of a meeting, the newest first."""
        ...

    def mark(self, tx: Transaction, round_id: str, person: PersonId) -> PlannedMark | None:
        """What is drawn for a signer."""
        ...

    def marks(self, tx: Transaction, round_id: str) -> Mapping[PersonId, bytes]:
        """The plans of all signers, without pictures."""
        ...

    def job(self, tx: Transaction, round_id: str) -> Raise | None:
        """What is left to do about its level."""
        ...

    def set_picture(self, tx: Transaction, picture: Picture) -> None:
        """Keep or replace."""
        ...

    def picture(self, tx: Transaction, owner: str) -> Picture | None:
        """Of a person, or of the seal."""
        ...

    def pictures(self, tx: Transaction) -> Mapping[str, dt.datetime]:
        """Owner → when it was added."""
        ...

    def find(self, tx: Transaction, round_id: str) -> Round | None:
        """With its signers."""
        ...

    def save(self, tx: Transaction, after: Round, *, before: Round, prepared: bytes | None) -> bool:
        """Write ``after`` if the round still is ``before`` (fence, revision); whether it was."""
        ...

    def prepared(self, tx: Transaction, round_id: str) -> bytes | None:
        """The state kept with the lease."""
        ...

    def signed(self, tx: Transaction, round_id: str, person: PersonId, *, fingerprint: str) -> None:
        """With which certificate a signer signed."""
        ...

    def rounds_of(self, tx: Transaction, person: PersonId) -> Sequence[str]:
        """Open rounds in which a person has not signed yet."""
        ...

    def keep(self, tx: Transaction, revision: Revision) -> None:
        """A revision, once."""
        ...

    def revision(self, tx: Transaction, round_id: str, number: int) -> Revision | None:
        """One of them."""
        ...

    def save_raise(self, tx: Transaction, job: Raise) -> None:
        """Keep or replace."""
        ...

    def due(self, tx: Transaction, now: dt.datetime) -> Sequence[Raise]:
        """Those whose moment has come, to be raised or renewed."""
        ...
