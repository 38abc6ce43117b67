"""Where the demo's card service lies: a short folder of its own in the system's place for such things.

Rules: a socket's path has little room, and the service's configuration knows neither spaces nor letters beyond ASCII,
while a checkout may lie anywhere. The folder is removed when it is left; one that a killed demo left behind is noted in
the demo's own folder and removed at the next run, or with it.

Usage: `with bank_place(folder) as place: Stand.open(cards, place, seats=3)`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.demo.folder import Folder

_PREFIX: Final = "phonghop-readers-"
_NOTE: Final = "readers"


@contextmanager
def bank_place(folder: Folder) -> Iterator[Path]:
    """A new folder, for as long as it is needed."""
    remove_left_behind(folder)
    place = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.note(_NOTE, {"place": str(place)})
    try:
        yield place
    finally:
        remove_left_behind(folder)


def remove_left_behind(folder: Folder) -> None:
    """Remove what the demo of this folder made, and nothing else."""
    noted = folder.notes(_NOTE)
    place = Path(str((noted or {}).get("place", "")))
    if place.name.startswith(_PREFIX) and place.parent == Path(tempfile.gettempdir()):
        run = place / "run"
        if run.is_symlink():
            shutil.rmtree(run.readlink(), ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
    folder.path(f"{_NOTE}.json").unlink(missing_ok=True)
