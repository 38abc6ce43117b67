"""``phonghop token``: the bridge of a PC between USB token and browser.

Rules: ``run`` serves until a signal; ``open`` opens the bridge's page in the person's browser, by a file that only the
person reads, so that no secret stands among a program's arguments. Exit status: 0 ended as asked, 2 wrong settings or
arguments, 1 could not start.

Usage: ``phonghop token run``; ``phonghop token open``
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
from types import FrameType

from edge.bridge.agent import LAUNCHER, Bridge
from edge.bridge.settings import Settings
from edge.errors import EdgeError, SettingsWrong
from sealing.undumped import forbid_dumps

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def main() -> int:
    """The program ``phonghop-token``, which does not come by ``phonghop.py``."""
    forbid_dumps()
    return token(sys.argv[1:])


def token(argv: list[str]) -> int:
    """Run a word; the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.load(os.environ)
    except SettingsWrong as exc:
        print("Thiết lập chưa đúng · the settings are wrong:", file=sys.stderr)
        for problem in exc.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    return _open(settings) if arguments.word == "open" else _run(settings)


def _run(settings: Settings) -> int:
    logging.basicConfig(level=settings.log_level, format=_FORMAT, stream=sys.stderr)
    try:
        bridge = Bridge(settings)

        def end(_number: int, _frame: FrameType | None) -> None:
            bridge.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        bridge.run()
    except (EdgeError, OSError) as exc:
        code = exc.code if isinstance(exc, EdgeError) else "os-error"
        print(f"Không khởi động được · cannot start: {code}: {exc}", file=sys.stderr)
        return 1
    return 0


def _open(settings: Settings) -> int:
    page = settings.run_dir / LAUNCHER
    if not page.is_file():
        print("Cầu nối USB token chưa chạy · the bridge does not run: phonghop token run", file=sys.stderr)
        return 1
    # A file's address: the secret is in the file, not among the arguments.
    return subprocess.run(["xdg-open", page.as_uri()], check=False).returncode  # noqa: S603, S607 - the desktop's own


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phonghop token", description="Cầu nối USB token · the bridge of a PC")
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("run", help="chạy cầu nối · run the bridge")
    words.add_parser("open", help="mở trang của cầu nối · open the bridge's page")
    return parser
