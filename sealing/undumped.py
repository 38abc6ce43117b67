"""Keeps what a process has in its memory – keys, PINs, passwords – out of files that the system writes when it dies.

Rules: called first of all by every program that holds a secret (``phonghop.py``, the child that loads a vendor's
module). The limit forbids core files here and in every child; "not dumpable" forbids them also where the system pipes
them to a collector, which asks no limit, and closes ``/proc/<pid>/mem`` and ``environ`` to others of the same user
(prctl(2), PR_SET_DUMPABLE; core(5)). It ends with ``execve``, so each program calls it itself. Root still reads all.

Usage: `forbid_dumps()`.
"""

from __future__ import annotations

import ctypes
import resource
from typing import Final

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4


def forbid_dumps() -> None:
    """From now on no core of this process is written; never raises where the system knows no such thing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE)


def may_be_dumped() -> bool:
    """Whether the system would write one, were there no limit."""
    return _prctl(_PR_GET_DUMPABLE) != 0


def _prctl(what: int) -> int:
    call = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    return 1 if call is None else int(call(what, 0, 0, 0, 0))
