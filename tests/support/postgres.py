"""A real PostgreSQL 15 for tests: a cluster of its own in a temporary folder, reached over a Unix socket only.

Rules: nothing of the machine's own clusters is touched; PostgreSQL refuses to run as root, so under root it runs as the
user ``postgres`` of Debian's package. Nothing is synced to the disk: what dies with the test may die with the machine.

Usage::

    with Postgres() as postgres:
        Database(postgres.new_database())
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.support.poll import until

BINARIES = Path("/usr/lib/postgresql/15/bin")
_ROOMY = 8 << 30
_NAMES = itertools.count(1)
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "40",
    "max_wal_size": "64MB",
    "timezone": "Asia/Ho_Chi_Minh",  # not UTC, so that a moment that loses its zone is seen
}


def _roomy_memory() -> Path | None:
    """Where files cost nothing, if there is room for all the databases of a run; otherwise the usual place."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a name of its own is made in it
    try:
        return memory if shutil.disk_usage(memory).free >= _ROOMY else None
    except OSError:
        return None


class Postgres:
    """Starts on entering, is gone on leaving."""

    def __init__(self) -> None:
        # Not below pytest's own folder, which only root may enter; a socket's path must stay short, too.
        self.folder = Path(tempfile.mkdtemp(prefix="phonghop-pg-", dir=_roomy_memory()))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        data = self.folder / "data"
        self._run(
            "initdb", "-D", str(data), "-U", "phonghop", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        log = (self.folder / "log").open("wb")
        self._server = subprocess.Popen(
            [BINARIES / "postgres", "-D", str(data), "-k", str(self.folder), *options],
            stdout=log,
            stderr=log,
            cwd=self.folder,
            **self._as,
        )
        log.close()
        until(self._answers, timeout_s=30, every_s=0.05, what="PostgreSQL answers")
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # the fast way: sessions are ended, not waited for
            try:
                self._server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        # Hundreds of databases with hundreds of files each: on a slow disk that took a minute, with everybody waiting.
        subprocess.Popen(["rm", "-rf", str(self.folder)], start_new_session=True)

    def new_database(self, *, like: str = "template1") -> str:
        """The URL of a fresh database, empty or as the one named is, where nobody may be connected then."""
        name = f"test_{next(_NAMES)}"
        self._run("createdb", "-h", str(self.folder), "-U", "phonghop", "-T", like, name)
        return f"postgresql+psycopg://phonghop@/{name}?host={self.folder}"

    def _answers(self) -> bool:
        found = subprocess.run(
            [BINARIES / "pg_isready", "-q", "-h", str(self.folder), "-U", "phonghop", "-d", "postgres"], check=False
        )
        return found.returncode == 0

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([BINARIES / program, *words], check=True, capture_output=True, cwd=self.folder, **self._as)
