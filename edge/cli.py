"""``phonghop seat``: read the settings, run the agent until a signal ends it.

Rules: what is wrong with the settings is told at once and completely, in both languages; logs are one line each on
standard error. Exit status: 0 ended as asked, 2 wrong settings or arguments, 1 could not start.

Usage: ``phonghop seat --config /etc/phonghop/seat.toml``
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from edge.agent import Agent
from edge.errors import EdgeError, SettingsWrong
from edge.settings import Settings

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def seat(argv: list[str]) -> int:
    """Run the agent of one seat; the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.load(os.environ, arguments.config)
    except SettingsWrong as exc:
        print("Thiết lập chưa đúng · the settings are wrong:", file=sys.stderr)
        for problem in exc.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    if arguments.check:
        print("Thiết lập hợp lệ · the settings are right")
        return 0
    logging.basicConfig(level=settings.log_level, format=_FORMAT, stream=sys.stderr)
    return _run(settings)


def _run(settings: Settings) -> int:
    try:
        agent = Agent(settings)
        _end_on_signals(agent)
        agent.run()
    except (EdgeError, OSError) as exc:
        code = exc.code if isinstance(exc, EdgeError) else "os-error"
        print(f"Không khởi động được · cannot start: {code}: {exc}", file=sys.stderr)
        return 1
    return 0


def _end_on_signals(agent: Agent) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phonghop seat", description="Thiết bị tại chỗ ngồi · the agent of one seat")
    parser.add_argument("--config", type=Path, help="tệp TOML · the TOML file (or PHONGHOP_SEAT_… in the environment)")
    parser.add_argument("--check", action="store_true", help="chỉ kiểm tra thiết lập · only check the settings")
    return parser
