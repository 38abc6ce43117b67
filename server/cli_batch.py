"""``phonghop admin batch``: several of its commands, one a line of the standard input, in one process.

Rules: lines are split as a shell splits them, without its substitutions; empty ones and those that begin with ``#`` are
passed over. The first command that is refused ends the run with its status, and the number of its line is told. A
command that reads a password from the standard input gets the line after its own, so none is ever on a command line.

Usage::

    phonghop admin batch <<'LINES'
    anchor add ca.pem
    certificate add daibieu1 "nguyen van a.cer"
    LINES
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from typing import Final

_WRONG: Final = 2
_LONGEST_LINE: Final = 4096


def run_lines(run: Callable[[list[str]], int]) -> int:
    """Give each line's words to ``run`` until one gives another status than 0; that status."""
    number = 0
    # Read line by line and unbuffered by us: what a command reads itself is the next line.
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        number += 1
        try:
            words = shlex.split(line.decode("utf-8"), comments=True)
        except ValueError as fault:
            return _told(number, f"{fault}", _WRONG)
        if not words:
            continue
        if words[0] == "batch":
            return _told(number, "batch", _WRONG)
        status = _status(run, words)
        if status:
            return _told(number, " ".join(words[:2]), status)
        number += "--password-stdin" in words
    return 0


def _status(run: Callable[[list[str]], int], words: list[str]) -> int:
    try:
        return run(words)
    except SystemExit as wrong_words:  # argparse has said what is wrong with them
        return wrong_words.code if isinstance(wrong_words.code, int) else _WRONG


def _told(number: int, what: str, status: int) -> int:
    print(f"dòng {number} · line {number}: {what}", file=sys.stderr)
    return status
