"""Programs of the build host: run with an end, their last words in the error, and steps told as they go on.

Rules: nothing is run through a shell; every program has a limit of time; the clock that files are stamped with is the
caller's (``SOURCE_DATE_EPOCH``), and the time zone and language are always the same, or two builds would differ.

Usage::

    run(["mksquashfs", …], epoch=0)
    with step("Hệ thống nền", "base system"): …
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from firmware_scripts.errors import StepFailed, ToolMissing

_LAST_WORDS: Final = 3000
_LIMIT_S: Final = 45 * 60


def environment(epoch: int) -> dict[str, str]:
    """Of every program here: the same clock, zone and language wherever it is built."""
    # /usr/sbin is not in everybody's path, and mkfs.vfat and depmod are there.
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    return {**os.environ, "PATH": path, "SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def run(
    command: Sequence[str | Path],
    *,
    epoch: int,
    folder: Path | None = None,
    more: Mapping[str, str] | None = None,
    limit_s: float = _LIMIT_S,
) -> str:
    """What the program said; raises :class:`StepFailed` with its last words."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env={**environment(epoch), **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired as slow:
        raise StepFailed(f"{words[0]}: không kết thúc sau · did not end within {limit_s:.0f} s") from slow
    if done.returncode:
        raise StepFailed(
            f"{' '.join(words)}: kết thúc với · ended with {done.returncode}\n{done.stdout[-_LAST_WORDS:]}"
        )
    return done.stdout


def needed(programs: Mapping[str, str]) -> None:
    """Each program is installed, or :class:`ToolMissing` names the Debian package it is in."""
    path = environment(0)["PATH"]
    for program, package in programs.items():
        if shutil.which(program, path=path) is None:
            raise ToolMissing(program, package)


@contextlib.contextmanager
def step(vi: str, en: str) -> Iterator[None]:
    """One line for the person who waits: what is being done, and how long it took."""
    sys.stdout.write(f"• {vi} · {en} … ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("✗")
        raise
    print(f"{time.monotonic() - began:.0f} s")
