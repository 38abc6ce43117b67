"""Levels, marks, and the round in which several people sign one file.

Rules G1-G9 (docs/SIGNING.md): one file is signed by one person at a time; a signer takes a lease of seconds after the
PIN was typed, gets a number that only grows (the fence), and whoever comes back with an older number, or too late, has
changed nothing. In an ordered round the next is the first who has not signed; in a parallel one, anybody.

Usage::

    lease = take(round_, person, now=now)         # a new Round with the lease; raises LeaseHeld, NotYourTurn, …
    done = finish(lease, fence=lease.lease.fence, person=person, now=now)
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field, replace
from typing import Final

from server.signing.errors import AlreadySigned, LeaseHeld, LeaseLost, NotASigner, NotYourTurn, RoundClosed
from wire.ids import PersonId

LEASE_S: Final = 30
MM: Final = 72 / 25.4


class Level(enum.StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B_B = "b-b"
    B_T = "b-t"
    B_LTA = "b-lta"


class Order(enum.StrEnum):
    """One after the other as listed, or whoever comes."""

    ORDERED = "ordered"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True)
class Rect:
    """A box on a page as it is shown: points, origin at the top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points."""
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        """Of both sides."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def meets(self, other: Rect) -> bool:
        """Whether they share more than an edge."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


@dataclass(frozen=True, slots=True)
class Mark:
    """What is seen of a signature: a picture (PNG), or a line of text. ``page`` counts from 1."""

    page: int
    rect: Rect
    picture: bytes | None = field(default=None, repr=False)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """One who is asked to sign, and when they did."""

    person: PersonId
    signed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write the next revision, for ``person`` and until ``until``."""

    person: PersonId
    fence: int
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One file and those who sign it. ``fence`` is the last number given; ``revision`` counts from 0."""

    id: str
    order: Order
    wanted: Level
    signers: tuple[Signer, ...]
    revision: int = 0
    fence: int = 0
    lease: Lease | None = None
    closed_at: dt.datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all have signed."""
        return all(signer.signed_at is not None for signer in self.signers)


def wait_s(tries: int) -> int:
    """Seconds until a job that failed ``tries`` times is tried again: a minute, doubling, at most six hours."""
    return min(60 << min(tries, 20), 6 * 3600)


def may_sign(found: Round, person: PersonId) -> None:
    """Raise why this person cannot sign now: RoundClosed, NotASigner, AlreadySigned, NotYourTurn."""
    mine = next((signer for signer in found.signers if signer.person == person), None)
    if mine is None:
        raise NotASigner
    if mine.signed_at is not None:
        raise AlreadySigned
    if found.closed_at is not None:
        raise RoundClosed
    following = next(signer.person for signer in found.signers if signer.signed_at is None)
    if found.order is Order.ORDERED and following != person:
        raise NotYourTurn(before=following)


def take(found: Round, person: PersonId, *, now: dt.datetime, seconds: int = LEASE_S) -> Round:
    """The round with a lease for ``person``; taking one's own again gives a new number, and the old one is void."""
    may_sign(found, person)
    held = found.lease
    if held is not None and held.person != person and now < held.until:
        raise LeaseHeld(wait_s=max(1, int((held.until - now).total_seconds())))
    fence = found.fence + 1
    return replace(found, fence=fence, lease=Lease(person, fence, now + dt.timedelta(seconds=seconds)))


def give_back(found: Round, person: PersonId, *, fence: int) -> Round:
    """Without having signed; a lease that is not theirs any longer stays as it is."""
    held = found.lease
    mine = held is not None and held.person == person and held.fence == fence
    return replace(found, lease=None) if mine else found


def close(found: Round, *, now: dt.datetime) -> Round:
    """Over, though not all have signed; raises RoundClosed."""
    if found.closed_at is not None:
        raise RoundClosed
    return replace(found, closed_at=now, lease=None, fence=found.fence + 1)


def finish(found: Round, person: PersonId, *, fence: int, now: dt.datetime) -> Round:
    """The round after ``person`` signed under ``fence``; raises LeaseLost."""
    held = found.lease
    if held is None or held.person != person or held.fence != fence or now >= held.until:
        raise LeaseLost
    signers = tuple(replace(one, signed_at=now) if one.person == person else one for one in found.signers)
    done = replace(found, signers=signers, revision=found.revision + 1, lease=None)
    return replace(done, closed_at=now) if done.is_complete else done
