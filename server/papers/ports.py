"""What papers need from outside: a store of versions, the meetings, the files, the check.

Rules: wrapped keys only; a version is added once and never changed.

Usage: ``PaperService(Tools(...))`` in ``server/assembly/papers.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sealing.papers import EncryptedPaper
from server.idempotency.service import ActKey
from server.meetings.model import Draft, Log
from server.papers.model import Findings
from server.unit import Transaction
from wire.ids import MeetingId
from wire.records import Layout
from wire.secret import Secret
from wire.state import MeetingState
from wire.topics import PaperVersion


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version as the database keeps it. ``manifest`` is the signed envelope, ``manifest_sha256`` its payload's."""

    version: PaperVersion
    meeting: MeetingId
    plain_bytes: int
    pages: int
    manifest: bytes
    manifest_sha256: str
    wrapped_key: bytes
    created_at: dt.datetime

    @property
    def layout(self) -> Layout:
        """Where its chunks lie."""
        return Layout(self.plain_bytes)


class PaperStore(Protocol):
    """The versions of papers."""

    def add(self, tx: Transaction, stored: StoredVersion) -> None:
        """Keep a version, and its paper when it is the first."""
        ...

    def find(self, tx: Transaction, version: PaperVersion) -> StoredVersion | None:
        """The version, None when there is none (stubs have none)."""
        ...

    def versions(self, tx: Transaction) -> set[PaperVersion]:
        """All versions there are."""
        ...


class Meetings(Protocol):
    """The meetings feature, as far as papers need it."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
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


class Files(Protocol):
    """The encrypted files."""

    def encrypt(self, source: BinaryIO, version: PaperVersion, *, key: Secret) -> EncryptedPaper:
        """Encrypt for good; raises DiskFull."""
        ...

    def discard(self, version: PaperVersion) -> None:
        """Remove what did not come to an end."""
        ...

    def path(self, version: PaperVersion) -> Path:
        """Where a version lies."""
        ...


class SafeFile(Protocol):
    """A file that may be kept."""

    def reader(self) -> BinaryIO:
        """Its plain text."""
        ...


class Upload(Protocol):
    """An uploaded file."""

    @property
    def exists(self) -> bool:
        """Whether a file came at all."""
        ...

    @property
    def plain_bytes(self) -> int:
        """Its size."""
        ...


class CheckedFile(Protocol):
    """What the check of a file gave."""

    @property
    def findings(self) -> Findings:
        """What was found."""
        ...

    @property
    def keep(self) -> SafeFile:
        """What may be kept."""
        ...


class Received(Protocol):
    """The inbox of one request."""

    @property
    def upload(self) -> Upload:
        """What came."""
        ...


class FileCheck(Protocol):
    """Looks into an uploaded file."""

    def check(self, inbox: Any) -> CheckedFile:
        """Raises PaperRefused or DiskFull."""
        ...


class Readings(Protocol):
    """Who is told what people read (P5)."""

    def read(
        self,
        state: MeetingState,
        meeting: MeetingId,
        version: PaperVersion,
        *,
        person: str,
        now: dt.datetime,
        page: int = 0,
        front: bool = True,
    ) -> None:
        """``person`` is handed a page of ``version``, or (0) a part of it that is none. Raises Unavailable."""
        ...
