"""The first run: papers are made, the room is furnished, and the papers are watched on their way to the seats.

Rules: done once a folder; a run that was interrupted is taken up again where it stopped; what a visitor has changed
since is never touched.

Usage: `with papers_meanwhile(room) as made: room.start(); display = furnish(room, console, papers_made=made)`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from deploy.demo.console import Console
from deploy.demo.papers import build_papers
from deploy.demo.papers.background import made_meanwhile
from deploy.demo.room import Room
from deploy.demo.seeding import Progress, Seeding

_NOTE: Final = "furnished"
_SAY_EVERY_S: Final = 2.0


@contextmanager
def papers_meanwhile(room: Room) -> Iterator[Callable[[], object]]:
    """Begin with the papers unless the room is furnished; what is given waits until they are made, or are not."""
    if room.folder.notes(_NOTE) is not None:
        yield lambda: None
        return
    with made_meanwhile(room.folder.made("papers"), room.folder.made("run")) as made:
        yield made


def furnish(room: Room, console: Console, *, papers_made: Callable[[], object]) -> str:
    """Furnish the room unless that was done; the address of the room display (path and fragment).

    ``papers_made`` waits for :func:`papers_meanwhile`. Raises DemoError, DemoPaperError.
    """
    known = room.folder.notes(_NOTE)
    if known is not None:
        return str(known["display"])
    began = time.monotonic()
    terminals = tuple(room.terminal(number) for number in range(1, len(room.ports.seats) + 1))
    seeding = Seeding(room.ports.http, terminals, seed=room.folder.seed, began=console.step)
    furnished = seeding.furnish()
    console.step("Soạn tài liệu mẫu · making the demo papers")
    papers_made()
    papers = build_papers(room.folder.made("papers"))
    seeding.prepare_meetings(furnished, papers, room.folder.path("papers"))
    console.step("Chuyển tài liệu tới chỗ ngồi · papers on their way to the seats")
    _watch(seeding, console)
    room.folder.note(_NOTE, {"display": furnished.display})
    console.done(f"{len(papers)} tài liệu tại {len(room.ports.seats)} chỗ · papers at every seat", began)
    return furnished.display


def _watch(seeding: Seeding, console: Console) -> None:
    told, shown_at = Progress(-1, 0, 0), 0.0
    for progress in seeding.progress():
        if progress != told and time.monotonic() - shown_at > _SAY_EVERY_S:
            told, shown_at = progress, time.monotonic()
            console.say(
                f"  {progress.have}/{progress.wanted} mảnh · chunks, {progress.complete} chỗ đủ · seats complete"
            )
