"""The reading process: the cells of one file that somebody brought.

Rules: it reads what a stranger made, so it runs apart from the server and takes from itself first what it does not need
(memory, time, files, network). The file comes on standard input, the cells leave as one JSON object on standard output.

Usage: started by ``server.roster.reader`` as ``python -m server.roster.inspection``.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from server.roster import sheets
from server.roster.errors import RosterRefused
from server.signatures.sandbox import confine

MEMORY_BYTES: Final = 2**30
CPU_S: Final = 30
_MOST: Final = 2**20


def main() -> int:
    """Read one file; 0 whenever there is an answer."""
    data = sys.stdin.buffer.read(_MOST)
    confine(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    answer: dict[str, Any]
    try:
        answer = {"rows": sheets.read(data)}
    except RosterRefused as refusal:
        answer = {"refused": refusal.code, "data": refusal.data}
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
