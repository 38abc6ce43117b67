"""The demo's papers, made while the room's programs start: they take as long and need none of them.

Rules: a process of its own, so that Ctrl-C ends it at once; what it made is kept, what it did not make is made by who
asks for the papers; it ends with the folder's guard as every program of the room does.

Usage: `with made_meanwhile(folder, run): ...; build_papers(folder)`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.demo import guard

_NAME: Final = "papers"


@contextmanager
def made_meanwhile(folder: Path, run: Path) -> Iterator[Callable[[], object]]:
    """Begin; what is given waits for the end. ``run``: where the guard looks (``deploy.demo.guard``)."""
    with subprocess.Popen(
        (sys.executable, "-m", "deploy.demo.papers", str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # who asks for the papers meets the same fault, and says it
        start_new_session=True,
    ) as child:
        guard.remember(run, _NAME, child.pid)
        try:
            yield child.wait
        finally:
            child.kill()
            guard.forget(run, _NAME)
