"""Which tests stay together on one worker of pytest-xdist, by the file they are in.

Rules: the tests of a file stay on one worker, which makes once what they share; files that start a whole room, and
those that are tested in one room with tokens, share one worker, because two rooms on two cores time each other out.
That longest chain begins first, then what starts brokers, servers and browsers; the many short files come last, so
that both workers end at the same time.

The groups are given to the scheduler itself. pytest-xdist's own way, a mark that is written into the name of a test,
has no effect since pytest 9.2, where names can no longer be changed: it would say nothing and tie nothing.

Usage: ``pytest -n 2 --dist loadgroup`` (`tests/conftest.py` gives it this scheduler).
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

_ROOT: Final = Path(__file__).resolve().parents[2]
_REAL_PARTS: Final = frozenset({"integration", "browser", "card", "chaos", "real_files", "secrecy"})
#: What a test imports, or makes itself, to start server, broker, proxy and seats together.
_STARTS: Final = re.compile(r"^(from \S+ import .*|class )\b(RunningRoom|Demo|token_room)\b", re.MULTILINE)
#: The folder whose files share one room.
_ONE_ROOM: Final = "tokens"
_WHOLE_ROOM: Final = "whole-room"
#: The rank of what starts nothing.
SHORT: Final = 2


class Groups(LoadGroupScheduling):  # type: ignore[misc]
    """Gives each group to one worker, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        # Otherwise the groups with the most tests begin: those are the short ones.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])


@functools.cache
def group(path: str) -> str:
    """The group of the tests in a file below the root: that of the whole rooms, or the file."""
    parts = Path(path).parts
    if not _REAL_PARTS.intersection(parts[1:2]):
        return path
    if _ONE_ROOM in parts or _STARTS.search((_ROOT / path).read_text(encoding="utf-8")):
        return _WHOLE_ROOM
    return path


def rank(path: str) -> int:
    """Which files begin before others, the smallest first."""
    if group(path) == _WHOLE_ROOM:
        return 0
    return 1 if _REAL_PARTS.intersection(Path(path).parts[1:2]) else SHORT
