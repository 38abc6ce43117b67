"""What trust needs from outside: its tables, the network, the judge of paths, the collector of material.

Rules: a store only keeps; what a certificate is worth is decided in ``model``, ``paths`` and ``service``.

Usage: ``TrustService(TrustTools(...))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.trust.model import Facts, Kept, Material
from server.unit import Transaction
from wire.ids import PersonId


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate of an authority: ``trusted`` ones are anchors, the others only help to find the way."""

    facts: Facts
    trusted: bool
    added_at: dt.datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person's certificate. ``revoked_at``: taken back by its issuer; ``withdrawn_at``: by this house."""

    facts: Facts
    person: PersonId
    enrolled_at: dt.datetime
    enrolled_by: str
    revoked_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A signature over ``message`` by the key of the certificate to be enrolled."""

    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class Fetch(Protocol):
    """HTTP with a budget; every failure is PkiServiceAway."""

    def get(self, url: str) -> bytes:
        """The body at ``url``."""
        ...

    def post(self, url: str, body: bytes, *, kind: str) -> bytes:
        """The answer to ``body``."""
        ...


class TrustStore(Protocol):
    """The tables of trust."""

    def add_authority(self, tx: Transaction, authority: Authority) -> None:
        """Keep or replace."""
        ...

    def remove_authority(self, tx: Transaction, fingerprint: str) -> bool:
        """Whether it was there."""
        ...

    def authorities(self, tx: Transaction) -> Sequence[Authority]:
        """All, in the order they came."""
        ...

    def enrol(self, tx: Transaction, enrolled: Enrolled) -> None:
        """Keep a person's certificate."""
        ...

    def enrolled(self, tx: Transaction, fingerprint: str) -> Enrolled | None:
        """By its fingerprint."""
        ...

    def all_enrolled(self, tx: Transaction, person: PersonId | None = None) -> Sequence[Enrolled]:
        """Of one person, or of all."""
        ...

    def set_revoked(self, tx: Transaction, fingerprint: str, at: dt.datetime) -> None:
        """Its issuer has taken it back; the earliest moment stays."""
        ...

    def set_withdrawn(self, tx: Transaction, fingerprint: str, at: dt.datetime, *, reason: str) -> None:
        """This house does not take it any longer."""
        ...

    def keep(self, tx: Transaction, kept: Sequence[Kept]) -> None:
        """Material, the newest about each thing."""
        ...

    def kept(self, tx: Transaction) -> Sequence[Kept]:
        """All material."""
        ...


class Reader(Protocol):
    """Reads certificates and checks raw signatures (``server.trust.certificates``)."""

    def read(self, data: bytes) -> Facts:
        """Raises CertificateUnreadable."""
        ...

    def proves(self, facts: Facts, proof: Proof) -> bool:
        """Whether the signature is of this certificate's key."""
        ...


class Judge(Protocol):
    """Paths to anchors (``server.trust.paths``)."""

    def chain(
        self, facts: Facts, authorities: Sequence[Authority], *, material: Material | None, now: dt.datetime
    ) -> tuple[bytes, ...]:
        """Leaf first; without ``material`` revocation is not looked at.

        Raises CertificateRefused, RevocationUnknown.
        """
        ...


class Collector(Protocol):
    """Revocation material (``server.trust.revocation``)."""

    def collect(
        self, chain: Sequence[bytes], *, cached: Sequence[Kept], now: dt.datetime, fresh_s: int
    ) -> Sequence[Kept]:
        """What is new."""
        ...

    def read_list(self, data: bytes, authority: Facts, *, now: dt.datetime) -> Kept | None:
        """A list that came by hand, if ``authority`` signed it."""
        ...

    def listed(self, facts: Facts, kept: Sequence[Kept]) -> dt.datetime | None:
        """Since when it is called revoked."""
        ...
