"""``phonghop verify``: is a log, a dossier, a signed paper or a signed act what it says to be? No network is needed.

Rules G49: a log is plain JSON and checked here; everything else may be a stranger's file and is opened only by a child
process that has taken the network from itself (``server.dossier``). It runs where the file lies, which may be a folder
full of strangers' files, and loads none of them. Exit status: 0 all is right, 1 something is wrong,
2 wrong words or an unreadable file, 3 nothing is wrong, but something cannot be confirmed.

Usage::

    phonghop verify events.json
    phonghop verify ho-so.zip --anchors /duong-dan/chung-thu-goc
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from server.dossier.__main__ import parser
from server.dossier.findings import Finding, Mark
from server.dossier.reading import is_archive
from server.verify import read_log
from wire.wording import moment

_ROOT: Final = Path(__file__).resolve().parents[1]
_REFUSED: Final = 1
_WRONG: Final = 2
_PATIENCE_S: Final = 3600.0
_HEAD_BYTES: Final = 1024


def verify(argv: list[str]) -> int:
    """Check one thing; see the module for the exit status."""
    words = parser().parse_args(argv)
    try:
        plain = _is_log(words)
    except OSError as exc:
        print(f"{words.file}: {exc.strerror}", file=sys.stderr)
        return _WRONG
    return _log(words.file) if plain else _child(argv)


def _is_log(words: argparse.Namespace) -> bool:
    file: Path = words.file
    if file.is_dir() or words.cms is not None or file.with_suffix(".p7s").is_file():
        return False
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    return not is_archive(head) and b"%PDF-" not in head


def _log(file: Path) -> int:
    log = read_log(file.read_bytes())
    if log.fault is not None:
        vi, en = Finding(Mark.WRONG, log.fault.code, log.fault.data).lines()
        print(f"KHÔNG ĐẠT · NOT VERIFIED\n  {vi}\n  {en}", file=sys.stderr)
        return _REFUSED
    events = log.events
    print(f"ĐẠT · VERIFIED  {events[0].meeting}  {len(events)} sự kiện · events")
    print(f"  {moment(events[0].at)} → {moment(events[-1].at)} (UTC+7)\n  sha256 {events[-1].hash}")
    return 0


def _child(argv: list[str]) -> int:
    environ = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(_ROOT)}
    environ |= {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        # -P: the folder the person stands in is no place to look for modules.
        command = [sys.executable, "-P", "-m", "server.dossier", *argv]
        done = subprocess.run(command, env=environ, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - this program itself
    except subprocess.TimeoutExpired:
        print("quá thời gian kiểm chứng · the check took too long", file=sys.stderr)
        return _WRONG
    print(done.stdout.decode("utf-8", "replace"), end="")
    print(done.stderr.decode("utf-8", "replace"), end="", file=sys.stderr)
    return done.returncode if 0 <= done.returncode <= 3 else _WRONG
