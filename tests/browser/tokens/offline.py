"""Runs a command where there is no network, and shows that there is none.

Rules: a network name space of its own, with nothing in it, where the system lets one be made (as root, or by a user
name space); elsewhere Python's own sockets are taken away at its start, all but those between processes of this
machine. The probe is the same in and out: it must reach a port outside, and must not inside.

Usage::

    away = Offline.found(tmp_path)
    assert reaches(port) and not reaches(port, away)
    away.run(sys.executable, "-m", "phonghop", "verify", dossier)
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

_ROOT: Final = Path(__file__).resolve().parents[3]
_WAYS: Final = (("unshare", "--net"), ("unshare", "--map-root-user", "--net"))
_TIMEOUT_S: Final = 240
_TAKEN_AWAY: Final = """
import socket
class Refused(socket.socket):
    def __init__(self, family=-1, *more, **words):
        if family != socket.AF_UNIX:
            raise PermissionError("no network here")
        super().__init__(family, *more, **words)
socket.socket = Refused
"""
_PROBE: Final = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5).close()
except OSError as exc:
    sys.exit(f"not reached: {exc}")
"""


@dataclass(frozen=True)
class Offline:
    """``before`` stands before every command; ``environ`` comes on top of what is there."""

    before: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def found(cls, folder: Path) -> Self:
        """The best way this machine has."""
        for way in _WAYS:
            if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
                return cls(way)
        (folder / "sitecustomize.py").write_text(_TAKEN_AWAY, encoding="ascii")
        return cls((), {"PYTHONPATH": str(folder)})

    def run(self, *command: str | Path) -> tuple[int, str]:
        """Exit status, and all that was said."""
        done = subprocess.run(
            [*self.before, *map(str, command)],
            cwd=_ROOT,
            env={**os.environ, **self.environ},
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).decode()


def reaches(port: int, way: Offline | None = None) -> bool:
    """Whether a program that is run this way gets through to a port of this machine."""
    return (way or Offline()).run(sys.executable, "-c", _PROBE, str(port))[0] == 0


def verify(way: Offline, *words: str | Path) -> tuple[int, str]:
    """``phonghop verify``."""
    return way.run(sys.executable, "-m", "phonghop", "verify", *words)
