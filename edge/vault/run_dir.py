"""What outlives the agent but not the boot (a tmpfs): the store key, who is signed in, the server's time, and the
secret of the screen.

Rules: files carry the boot they belong to, so that a folder which is no tmpfs by mistake still gives nothing away after
a power cycle. The session is sealed under the store key. Nothing here needs to be durable.

Usage::

    run_dir = RunDir(Path("/run/phonghop-seat"), boot=boot_id())
    run_dir.save_key(key)
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from edge.errors import SealBroken
from edge.model import Session
from edge.vault.seal import Sealer
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields, print_instant
from wire.front import Front
from wire.messages import Hours, Maintenance
from wire.secret import Secret

_KEY: Final = "store.key"
_SESSION: Final = "session"
_WELCOMED: Final = "welcomed"
_UPKEEP: Final = "upkeep"
_KIOSK: Final = "kiosk.key"
#: For the program that starts the screen, which belongs to the group of the folder and to it alone.
_FOR_GROUP: Final = 0o640
_FOR_OWNER: Final = 0o600
_BOOT_FILE: Final = Path("/proc/sys/kernel/random/boot_id")
_LOG: Final = logging.getLogger("phonghop.seat")


def boot_id(file: Path = _BOOT_FILE) -> str:
    """What names this boot of the machine; without one, every start counts as a boot."""
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return os.urandom(16).hex()


class RunDir:
    """The folder; made on first use, readable by its owner only."""

    def __init__(self, root: Path, *, boot: str) -> None:
        self._root: Final = root
        self.boot: Final = boot

    def __str__(self) -> str:
        return str(self._root)

    def load_key(self) -> Secret | None:
        """The store key of this boot."""
        fields = self._read(_KEY)
        if fields is None:
            return None
        try:
            return Secret(fields.base64("key", size=32))
        except WireError:
            return None

    def save_key(self, key: Secret) -> None:
        """Keep the store key for this boot."""
        self._write(_KEY, {"key": base64.b64encode(key.reveal()).decode("ascii")})

    def load_welcomed(self) -> tuple[dt.datetime, float] | None:
        """The server's moment in the last welcome of this boot, and the monotonic seconds at which it came."""
        fields = self._read(_WELCOMED)
        if fields is None:
            return None
        try:
            return fields.instant("at"), fields.number("at_ms") / 1000
        except WireError:
            return None

    def save_welcomed(self, moment: dt.datetime, at_s: float) -> None:
        """Keep the server's moment of this boot: an agent that starts again without the server goes on by it."""
        self._write(_WELCOMED, {"at": print_instant(moment), "at_ms": max(0, round(at_s * 1000))})

    def load_upkeep(self) -> tuple[Hours | None, Maintenance | None]:
        """How this seat is looked after, as the server said in this boot."""
        fields = self._read(_UPKEEP)
        if fields is None:
            return None, None
        try:
            hours = Hours.read(fields.object("hours")) if fields.has("hours") else None
            return hours, Maintenance.read(fields.object("maintenance")) if fields.has("maintenance") else None
        except WireError:
            return None, None

    def save_upkeep(self, hours: Hours | None, maintenance: Maintenance | None) -> None:
        """Keep it for this boot; no secret is in it."""
        value = {"hours": hours, "maintenance": maintenance}
        self._write(_UPKEEP, {name: each.to_value() for name, each in value.items() if each is not None})

    def forget(self) -> None:
        """Keep nothing."""
        for name in (_KEY, _SESSION, _WELCOMED, _UPKEEP):
            (self._root / name).unlink(missing_ok=True)

    def load_session(self, sealer: Sealer) -> Session | None:
        """Who was signed in when the agent ended."""
        fields = self._read(_SESSION)
        if fields is None:
            return None
        try:
            value = canonical.decode(sealer.open(fields.base64("sealed"), place=_SESSION))
            return _session(Fields(value, _SESSION))
        except (WireError, SealBroken):
            return None

    def save_session(self, session: Session | None, sealer: Sealer) -> None:
        """Keep who is signed in."""
        if session is None:
            (self._root / _SESSION).unlink(missing_ok=True)
            return
        value = {
            "meeting": session.meeting,
            "person": session.person,
            "touched_ms": max(0, round(session.touched_s * 1000)),
            "locked": session.locked,
            "seen": session.seen,
            "token": session.token,
            "front": None if session.front is None else session.front.to_value(),
            "followed_ms": None if session.followed_s is None else max(0, round(session.followed_s * 1000)),
        }
        sealed = sealer.seal(canonical.encode(value), place=_SESSION)
        self._write(_SESSION, {"sealed": base64.b64encode(sealed).decode("ascii")})

    def kiosk_secret(self, make: Callable[[int], bytes], *, size: int) -> Secret:
        """The screen's secret of this boot, made when there is none; raises ``OSError`` when it cannot be kept."""
        fields = self._read(_KIOSK)
        if fields is not None:
            with contextlib.suppress(WireError):
                return Secret(fields.base64("key", size=size))
        secret = Secret(make(size))
        kept = {"key": base64.b64encode(secret.reveal()).decode("ascii"), "boot": self.boot}
        self._write_file(_KIOSK, canonical.encode(kept), _FOR_OWNER)
        return secret

    def note(self, name: str, data: bytes) -> None:
        """Leave something for the program that starts the screen; raises ``OSError``: without it nothing is shown."""
        self._write_file(name, data, _FOR_GROUP)

    def keep(self, name: str, data: bytes) -> Path:
        """Leave a file here, for this program's own processes; raises ``OSError``."""
        self._write_file(name, data, _FOR_OWNER)
        return self._root / name

    def drop(self, name: str) -> None:
        """Remove it."""
        (self._root / name).unlink(missing_ok=True)

    def _read(self, name: str) -> Fields | None:
        try:
            fields = Fields(canonical.decode((self._root / name).read_bytes()), name)
            return fields if fields.text("boot", limit=64) == self.boot else None
        except (OSError, WireError):
            return None

    def _write(self, name: str, value: dict[str, Any]) -> None:
        self._put(name, canonical.encode(value | {"boot": self.boot}))

    def _write_file(self, name: str, data: bytes, mode: int) -> None:
        beside = self._root / f".{name}.new"
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FOR_OWNER)
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, mode)
            file.write(data)
        beside.replace(self._root / name)

    def _put(self, name: str, data: bytes) -> None:
        try:
            self._write_file(name, data, _FOR_OWNER)
        except OSError as exc:
            # Going on without costs a wait for the server at the next start, no more.
            _LOG.warning("run_dir: %s not kept (%s)", name, exc.strerror)


def _session(fields: Fields) -> Session:
    session = Session(
        meeting=fields.id("meeting", "m"),
        person=fields.id("person", "u"),
        touched_s=fields.number("touched_ms") / 1000,
        locked=fields.flag("locked"),
        seen=fields.flag("seen"),
        token=fields.hex("token", size=32) if fields.has("token") and fields.any("token") else "",
        followed_s=fields.number("followed_ms") / 1000 if fields.has("followed_ms") else None,
        front=Front.read(fields.object("front")) if fields.has("front") else None,
    )
    fields.end()
    return session
