"""The desk of updates on a seat with two slots: the bundle in the store, and the files by which root's unit is asked.

Rules: the agent may write no slot and start nothing. A request is the file ``install`` of its runtime folder with the
word's name in it; the answer is a file that only root writes, whole at every moment (``phonghop-update.service``).
Where the seat is with a release is kept before it is said.

Usage::

    desk = Desk(disk, Path("/var/lib/phonghop-seat"), run_dir, running="20261101.081500", boot=…, …)
    desk.fetch(release); desk.look(sha256)
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import queue
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.events import UpdateWent
from edge.updates.fetching import BUNDLE, Fetch
from edge.updates.values import Task
from edge.vault.disk import Disk
from edge.vault.run_dir import RunDir
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.messages.updates import UPDATE_REASONS, Release

FOLDER: Final = "updates"
#: Below the agent's runtime folder; the path unit names the whole path.
REQUEST: Final = "install"
OUTCOME: Final = Path("/run/phonghop-update/outcome")
_TASK: Final = f"{FOLDER}/task.json"
_MOST_BYTES: Final = 4096
_STATES: Final = frozenset({"installing", "installed", "failed"})
_LOG: Final = logging.getLogger("phonghop.seat.updates")


class Desk:
    """The loop's, but for the thread that fetches."""

    def __init__(
        self,
        disk: Disk,
        data_dir: Path,
        run_dir: RunDir,
        *,
        running: str,
        boot: str,
        connect: Callable[[], http.client.HTTPConnection],
        reserve_bytes: int,
        outcome: Path = OUTCOME,
    ) -> None:
        self._disk: Final = disk
        self._folder: Final = data_dir / FOLDER
        self._run_dir: Final = run_dir
        self.running: Final = running
        self.boot: Final = boot
        self._connect: Final = connect
        self._reserve_bytes: Final = reserve_bytes
        self._outcome: Final = outcome
        self._told: Final[queue.SimpleQueue[UpdateWent]] = queue.SimpleQueue()
        self._fetch: Fetch | None = None
        self._request = ""

    def load(self) -> Task | None:
        """What was kept; what cannot be read is as if it had never been said."""
        try:
            kept = self._disk.read(_TASK)
            return None if kept is None else Task.read(Fields(canonical.decode(kept), _TASK))
        except WireError as exc:
            _LOG.warning("what was kept of an update cannot be read: %s", exc)
            return None

    def keep(self, task: Task) -> None:
        """Durably; raises :class:`edge.errors.VaultError`."""
        self._disk.put(_TASK, canonical.encode(task.to_value()))

    def fetch(self, release: Release) -> None:
        """Begin, or go on where it was cut; told by :meth:`look`."""
        self.stop()
        self._fetch = Fetch(
            release,
            self._folder,
            connect=self._connect,
            free_bytes=self._free_bytes,
            reserve_bytes=self._reserve_bytes,
            tell=self._told.put,
        )
        self._fetch.start()

    def drop(self, *, keep: str = "") -> None:
        """Remove what was fetched, but the beginning of ``keep`` (its digest)."""
        self.stop()
        for file in (*self._folder.glob("*.part"), self._folder / BUNDLE):
            if file.name != f"{keep}.part":
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)

    def install(self, update: str) -> None:
        """Ask root's unit; raises ``OSError``."""
        self.watch(update)
        self._run_dir.note(REQUEST, update.encode("ascii"))

    def watch(self, update: str) -> None:
        """An installation was asked for: look for its outcome."""
        self._request = update

    def look(self, sha256: str) -> tuple[UpdateWent, ...]:
        """What has happened since the last look."""
        found: list[UpdateWent] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._told.get_nowait())
        if self._request and (said := self._said(sha256)) is not None:
            found.append(said)
            if said.state != "installing":
                self._request = ""
        return tuple(found)

    def stop(self) -> None:
        """End the thread, if there is one."""
        if self._fetch is not None:
            self._fetch.stop()
            self._fetch = None

    def _said(self, sha256: str) -> UpdateWent | None:
        try:
            with self._outcome.open("rb") as file:
                fields = Fields(canonical.decode(file.read(_MOST_BYTES)), "outcome")
            if fields.text("request", limit=64) != self._request:
                return None
            reason = fields.text("reason", limit=40, empty=True)
            done, state = fields.number("done", high=100), fields.choice("state", _STATES)
        except (OSError, WireError):
            return None
        return UpdateWent(sha256, state, done, reason if reason in UPDATE_REASONS | {""} else "install")

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self._folder).free
