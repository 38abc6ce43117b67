"""Make the broker follow the database: access list, revocation list, reload, and the end of sessions.

Rules: both files are replaced whole; then the broker is asked to read them (SIGHUP, or whatever watches the files in
production); only when it shows that it has read these very lists (the generation topic of `acl`) are sessions ended, so
that who is cut off finds the door closed already. What fails is tried again each second until the broker confirms it;
at the start all revoked devices are cut off once more, in case the server died between the commit and the cut.

Usage::

    warden = Warden(BrokerLists(folder, site), door, reload=SignalReload(pid_file), wanted=read_wanted, clock=clock)
    warden.start()
    warden.enforce(cut_off=[device])
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from server.clock import Clock
from server.fleet import acl
from server.fleet.errors import BrokerUnreachable
from server.fleet.model import AccessWanted
from server.fleet.ports import Door
from server.pki.authority import CRL_ALARM
from server.pki.files import replace_file
from server.pki.site import SitePki
from wire.ids import DeviceId

#: How often, and how many times, one request asks the broker whether it has read the lists: some three seconds.
_ASK_EVERY_S: Final = 0.05
_ASK_TIMES: Final = 60
_RETRY_S: Final = 1.0
_CHECK_EVERY_S: Final = 60.0
_REISSUE_AFTER: Final = dt.timedelta(days=1)
#: The broker's group may read the lists: nothing in them is secret, but nobody else needs them.
_LIST_MODE: Final = 0o640
_FOLDER_MODE: Final = 0o750
_LOG: Final = logging.getLogger("broker")


class BrokerLists:
    """The two files that the broker reads, `acl` and `crl.pem` in ``folder``."""

    def __init__(self, folder: Path, site: SitePki) -> None:
        self._folder: Final = folder
        self._site: Final = site
        self._published: AccessWanted | None = None
        self._crl = b""
        self.issued_at: dt.datetime | None = None

    def publish(self, wanted: AccessWanted, *, now: dt.datetime) -> str:
        """Write what is to be in force, if it is not there already; its generation."""
        before, self._published = self._published, wanted
        if self._must_issue(before, wanted, now):
            self._crl = self._site.revocation_list(wanted.revoked, now=now)
            self.issued_at = now
        generation = acl.generation(wanted.members, revocation_list=self._crl)
        self._put("acl", acl.access_list(wanted.members, generation=generation).encode("ascii"))
        self._put("crl.pem", self._crl)
        return generation

    def _must_issue(self, before: AccessWanted | None, wanted: AccessWanted, now: dt.datetime) -> bool:
        if before is None or self.issued_at is None or before.revoked != wanted.revoked:
            return True
        # A clock that was set back must not keep a list that lies in the future.
        return not self.issued_at <= now < self.issued_at + _REISSUE_AFTER

    def _put(self, name: str, data: bytes) -> None:
        path = self._folder / name
        if not path.exists() or path.read_bytes() != data:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(_FOLDER_MODE)
            replace_file(path, data, mode=_LIST_MODE)


class SignalReload:
    """Ask a broker of the same user to read its files again: SIGHUP to the process in its pid file."""

    def __init__(self, pid_file: Path) -> None:
        self._pid_file: Final = pid_file

    def __call__(self) -> None:
        """Send the signal, if the process is a mosquitto: a number left behind may be anybody's by now."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii").strip())
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            if name == "mosquitto":
                os.kill(pid, signal.SIGHUP)
        except (OSError, ValueError) as exc:
            _LOG.info("the broker was not asked to reload: %s", exc)


class FileReload:
    """Ask the service manager to reload a broker of another user: it watches this file (deploy/systemd)."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    def __call__(self) -> None:
        """Write the file anew; each time is a change, whatever it holds."""
        replace_file(self._path, b"reload\n", mode=_LIST_MODE)


class Warden:
    """The ``AccessControl`` of a real broker; see the module's rules."""

    def __init__(
        self,
        lists: BrokerLists,
        door: Door,
        *,
        reload: Callable[[], None],
        wanted: Callable[[dt.datetime], AccessWanted],
        clock: Clock,
    ) -> None:
        self._lists: Final = lists
        self._door: Final = door
        self._reload: Final = reload
        self._wanted: Final = wanted
        self._clock: Final = clock
        self._lock: Final = threading.Lock()
        self._wake: Final = threading.Event()
        self._stopping: Final = threading.Event()
        self._cut_off: set[DeviceId] = set()
        self._thread: threading.Thread | None = None
        self.is_confirmed = False

    def enforce(self, *, cut_off: Collection[DeviceId] = ()) -> bool:
        """Publish the lists and end the sessions of ``cut_off``; False when the broker has not confirmed it yet."""
        with self._lock:
            self._cut_off.update(cut_off)
            self.is_confirmed = False
            try:
                self.is_confirmed = self._enforce()
            except BrokerUnreachable:
                # Not running: it has no sessions, and it reads the new lists when it starts.
                _LOG.debug("the broker does not answer")
            except OSError:
                _LOG.exception("the broker's lists could not be written")
            finally:
                if not self.is_confirmed:
                    self._wake.set()
            return self.is_confirmed

    def follow(self) -> None:
        """Publish the lists soon, together with what else changes in that second; returns at once."""
        self._wake.set()

    def start(self) -> None:
        """Publish the lists as the database has them, and keep the broker to them from now on."""
        revoked = self._wanted(self._clock.now()).revoked_devices
        self.enforce(cut_off=revoked)
        self._thread = threading.Thread(target=self._keep, name="broker-lists", daemon=True)
        self._thread.start()

    def publish(self) -> None:
        """Write the lists only, for a broker that is to start next."""
        now = self._clock.now()
        with self._lock:
            self._lists.publish(self._wanted(now), now=now)

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def is_well(self) -> bool:
        """Whether the lists in force are the database's and the revocation list is as young as it should be."""
        issued_at = self._lists.issued_at
        return self.is_confirmed and issued_at is not None and self._clock.now() - issued_at < CRL_ALARM

    def _enforce(self) -> bool:
        now = self._clock.now()
        topic = acl.warden_topic(self._lists.publish(self._wanted(now), now=now))
        if not self._door.accepts(topic):
            self._reload()
            if not self._confirmed(topic):
                return False
        for device in sorted(self._cut_off):
            self._door.take_over(device)
            self._cut_off.discard(device)
            _LOG.info("cut off %s", device)
        return True

    def _confirmed(self, topic: str) -> bool:
        for _ in range(_ASK_TIMES):
            if self._door.accepts(topic):
                return True
            self._stopping.wait(_ASK_EVERY_S)
        return False

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_CHECK_EVERY_S)
            self._wake.clear()
            self._stopping.wait(_RETRY_S)
            if self._stopping.is_set():
                return
            try:
                self.enforce()
            except Exception:  # noqa: BLE001 - a full disk or a database that is away now must not end the watch
                self.is_confirmed = False
                self._wake.set()
                _LOG.exception("the broker's lists could not be published")
