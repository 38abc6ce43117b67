"""What signed acts need from outside: trust, the meetings, a table.

Rules: a statement is kept once and never changed; what was known of its certificate at that time is kept with it.

Usage: ``StatementService(Tools(...))`` in ``server/assembly/statements.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from server.idempotency.service import ActKey
from server.meetings.model import Draft, Log
from server.trust.model import Facts, Kept, Standing
from server.trust.ports import Authority, Enrolled, Proof
from server.unit import Transaction
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

#: Instead of an event's number, while nobody may read it: what a ballot says before the vote is closed (V5).
UNPUBLISHED: Final = 0


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement with its signed form. ``seq``: the event it made; ``material``: what was known of its certificate."""

    sha256: str
    meeting: str
    kind: str
    person: str
    certificate: str
    seq: int
    received_at: dt.datetime
    statement: bytes = field(repr=False)
    cms: bytes = field(repr=False)
    material: tuple[Kept, ...] = field(default=(), repr=False)


class StatementStore(Protocol):
    """The tables of signed acts."""

    def add(self, tx: Transaction, kept: KeptStatement) -> bool:
        """Keep it; False when it is there already."""
        ...

    def publish(self, tx: Transaction, hashes: Collection[str], *, seq: int) -> None:
        """Those of ``hashes`` that were kept as ``UNPUBLISHED`` have made the event ``seq``."""
        ...

    def find(self, tx: Transaction, meeting: str, sha256: str) -> KeptStatement | None:
        """One of a meeting, with its material; none that is unpublished."""
        ...

    def of_meeting(self, tx: Transaction, meeting: str) -> Sequence[KeptStatement]:
        """All that are published of a meeting, by the event they made, without material."""
        ...


class Trust(Protocol):
    """The trust feature."""

    def read(self, data: bytes) -> Facts:
        """What a certificate says; raises CertificateUnreadable."""
        ...

    def enrolled(self, fingerprint: str) -> Enrolled:
        """Whose it is; raises CertificateUnknown."""
        ...

    def proves(self, facts: Facts, proof: Proof) -> bool:
        """Whether the signature is of this certificate's key."""
        ...

    def standing(self, fingerprint: str, *, now: dt.datetime) -> Standing:
        """That it may sign now; raises CertificateRefused, RevocationUnknown."""
        ...

    def known(self) -> tuple[Sequence[Authority], Sequence[Kept]]:
        """Authorities and material."""
        ...


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId) -> list[Event]:
        """All events; raises NoSuchMeeting."""
        ...

    def event(self, meeting: MeetingId, seq: int) -> Event | None:
        """The event of that number."""
        ...

    def change(
        self,
        meeting: MeetingId,
        *,
        actor: str,
        now: dt.datetime,
        decide: Callable[[Log], Sequence[Draft]],
        key: ActKey | None = None,
        also: Callable[[Transaction, MeetingState], dict[str, Any] | None] | None = None,
    ) -> dict[str, Any]:
        """Append what ``decide`` gives; the answer is ``{seq}`` and what ``also`` adds."""
        ...
