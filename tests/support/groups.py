"""Which tests stay together on one worker of pytest-xdist, by the file they are in.

Rules: unit, contract and architecture tests run on any worker, one by one; a file that starts brokers, servers and
browsers stays on one, which starts them once; files that start a whole room, and those that are tested in one room with
tokens, share one worker, because two rooms on two cores time each other out.

The groups are given to the scheduler itself. pytest-xdist's own way, a mark that is written into the name of a test,
has no effect since pytest 9.2, where names can no longer be changed: it would say nothing and tie nothing.

Usage: ``pytest -n 2 --dist loadgroup`` (`tests/conftest.py` gives it this scheduler).
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

_ROOT: Final = Path(__file__).resolve().parents[2]
_REAL_PARTS: Final = frozenset({"integration", "browser", "card", "chaos", "real_files", "secrecy"})
#: What a test imports, or makes itself, to start server, broker, proxy and seats together.
_STARTS: Final = re.compile(r"^(from \S+ import .*|class )\b(RunningRoom|Demo|token_room)\b", re.MULTILINE)
#: The folder whose files share one room.
_ONE_ROOM: Final = "tokens"
_WHOLE_ROOM: Final = "whole-room"


class Groups(LoadGroupScheduling):  # type: ignore[misc]
    """Gives each group to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0]) or nodeid


@functools.cache
def group(path: str) -> str:
    """The group of the tests in a file below the root; empty: each for itself."""
    parts = Path(path).parts
    if not _REAL_PARTS.intersection(parts[1:2]):
        return ""
    if _ONE_ROOM in parts or _STARTS.search((_ROOT / path).read_text(encoding="utf-8")):
        return _WHOLE_ROOM
    return Path(path).stem
