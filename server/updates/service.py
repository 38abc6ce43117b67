"""Use cases of releases: taken from IT, judged, kept, dropped.

Rules: a bundle is kept only after its signature and every byte were checked, and is there for terminals once its row
is committed. A version for a kind of machine is one file for good: other bytes under the same name are refused.

Usage::

    kept = releases.take(stream, expected_bytes=size, name="….raucb", command=command)
    releases.drop(command, sha256)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

from server.fleet.model import Command
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.unit import UnitOfWork
from server.updates.errors import NoUpdateAuthority, ReleaseInUse, ReleaseKnown, ReleaseUnknown
from server.updates.files import BundleFiles
from server.updates.model import Described, Kept
from server.updates.ports import UpdateStore
from wire.messages import Release

ADDED: Final = "release_added"
DROPPED: Final = "release_dropped"
MAX_NAME: Final = 200


class Judge(Protocol):
    """Reads a bundle; see :mod:`server.updates.bundle`."""

    def __call__(self, file: IO[bytes], size: int, *, authority: bytes, now: dt.datetime) -> Described:
        """Raises what :func:`server.updates.bundle.read` raises."""
        ...


@dataclass(frozen=True, slots=True)
class Releases:
    """``authority``: the file of those whose images the house takes; ``anchors`` reads it or raises ValueError.

    ``names``: random, of uploads.
    """

    unit: UnitOfWork
    store: UpdateStore
    ledger: ActLedger
    journal: Journal
    files: BundleFiles
    judge: Judge
    anchors: Callable[[bytes], object]
    authority: Path
    names: Callable[[], str]

    def take(self, stream: IO[bytes], *, expected_bytes: int | None, name: str, command: Command) -> dict[str, Any]:
        """The release as lists show it; the same file again is the same release.

        Raises what the files and the judge raise, NoUpdateAuthority, ReleaseKnown.
        """
        authority = self._trusted()
        with self.files.receive(stream, expected_bytes=expected_bytes, name=self.names()) as coming:
            said = self.judge(coming.file, coming.size, authority=authority, now=command.now)
            release = Release(said.version, said.compatible, coming.size, coming.sha256, said.minimum, said.expires)
            kept = Kept(release, name[:MAX_NAME], said.signer[:300], command.now, command.actor)
            with self.unit.begin() as tx:
                self.store.hold(tx)
                known = self.store.known(tx, release.version, release.compatible)
                if known not in {None, release.sha256}:
                    raise ReleaseKnown(version=release.version)
                # Before the row: a release that is told of can be fetched.
                coming.keep()
                self.store.keep(tx, kept)
                data = {"version": release.version, "compatible": release.compatible, "sha256": release.sha256}
                self.journal.record(tx, ADDED, data, actor=command.actor, now=command.now)
        return kept.to_value()

    def drop(self, command: Command, sha256: str) -> None:
        """Its file goes; raises ReleaseUnknown, ReleaseInUse."""

        def do() -> dict[str, Any]:
            self.store.hold(tx)
            kept = self.store.release(tx, sha256)
            if kept is None:
                raise ReleaseUnknown
            if any(each.sha256 == sha256 for each in self.store.active(tx)):
                raise ReleaseInUse
            self.store.drop(tx, sha256, now=command.now)
            data = {"version": kept.release.version, "compatible": kept.release.compatible, "sha256": sha256}
            self.journal.record(tx, DROPPED, data, actor=command.actor, now=command.now)
            return {}

        with self.unit.begin() as tx:
            once(self.ledger, tx, ActKey(command.act, command.actor, "release_drop", sha256), now=command.now, do=do)
        # The same act again, or somebody who has brought it back meanwhile: a release that is there keeps its file.
        with self.unit.begin() as tx:
            self.store.hold(tx)
            if all(each.release.sha256 != sha256 for each in self.store.releases(tx)):
                self.files.remove(sha256)

    def sweep(self) -> None:
        """Remove what a crash left on the disk; call it before the first upload."""
        with self.unit.read() as tx:
            self.files.sweep({each.release.sha256 for each in self.store.releases(tx)})

    def all(self) -> list[dict[str, Any]]:
        """Those whose file is there, the newest first."""
        with self.unit.read() as tx:
            return [each.to_value() for each in self.store.releases(tx)]

    def path(self, sha256: str) -> Path | None:
        """Where a release's bundle lies; None when there is no such release."""
        with self.unit.read() as tx:
            is_there = any(each.release.sha256 == sha256 for each in self.store.releases(tx))
        return self.files.path(sha256) if is_there else None

    @property
    def has_authority(self) -> bool:
        """Whether the house has said whose images it takes, in a file that can be read."""
        try:
            self._trusted()
        except NoUpdateAuthority:
            return False
        return True

    def _trusted(self) -> bytes:
        try:
            found = self.authority.read_bytes()
            self.anchors(found)
        except (OSError, ValueError, TypeError):
            raise NoUpdateAuthority(file=str(self.authority)) from None
        return found
