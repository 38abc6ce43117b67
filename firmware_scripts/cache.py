"""What takes minutes and does not change with our code is made once and kept under the name of what it was made from.

Rules: a kept thing appears under its name only when it is whole; its name holds a hash of everything that decides its
content, so nothing is ever stale, and nothing is overwritten.

Usage: `base = kept(Path("var/image/kept"), "base-amd64", (packages, suite), make)`
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_DIGITS: Final = 16


def kept(folder: Path, name: str, made_of: object, make: Callable[[Path], None]) -> Path:
    """The folder ``name-<hash of made_of>`` with what ``make`` put there, now or earlier.

    ``make`` is handed an empty folder. ``made_of`` is a value whose ``repr`` says all there is to say of it.
    """
    there = folder / f"{name}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:_DIGITS]}"
    if there.is_dir():
        os.utime(there)  # what was used last stays longest when somebody makes room
        return there
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder, prefix=f".{name}-"))
    draft.chmod(0o755)
    try:
        make(draft)
        with contextlib.suppress(OSError):  # another build was first: its is as good
            draft.rename(there)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return there
