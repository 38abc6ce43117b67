"""Which of a meeting's papers go into a dossier, for whoever takes it (D8).

Rules: those that they may read at that moment, by the rule by which they read on a screen (P5, M4); who runs the server
reads none. Each is read once before anything is written: what goes into the index is what lies on the disk, and a file
that is spoilt is left out with the reason instead of spoiling all. Papers pass through memory piece by piece.

Usage::

    without = left_out(papers, state, actor, shelf, wanted=True)
    for piece in shelf.pieces(version): …
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from server.dossier.layout import ASKED, READER, UNREADABLE, Entry
from server.dossier.papers import Published
from server.errors import NotFound
from server.identity.model import Actor
from wire.errors import BadChunk
from wire.state import MeetingState
from wire.topics import PaperVersion

_LOG: Final = logging.getLogger("dossier")


class Shelf(Protocol):
    """The meetings' papers."""

    def may_read(self, state: MeetingState, version: PaperVersion, actor: Actor) -> bool:
        """Whether they may read it now."""
        ...

    def pieces(self, version: PaperVersion) -> Iterator[bytes]:
        """The plain text; raises PaperUnknown, OSError, BadChunk."""
        ...


def left_out(
    papers: Sequence[Published], state: MeetingState, actor: Actor | None, shelf: Shelf, *, wanted: bool
) -> dict[str, str]:
    """By path, why a paper is not in the dossier."""
    reasons = ((each.path, _why(each, state, actor, shelf=shelf, wanted=wanted)) for each in papers)
    return {path: why for path, why in reasons if why is not None}


def _why(paper: Published, state: MeetingState, actor: Actor | None, *, shelf: Shelf, wanted: bool) -> str | None:
    if actor is None or not shelf.may_read(state, paper.version, actor):
        return READER
    if not wanted:
        return ASKED
    return None if _measured(paper, shelf) == paper.entry else UNREADABLE


def _measured(paper: Published, shelf: Shelf) -> Entry | None:
    size, sha256 = 0, hashlib.sha256()
    try:
        for piece in shelf.pieces(paper.version):
            size += len(piece)
            sha256.update(piece)
    except (NotFound, OSError, BadChunk) as exc:
        _LOG.error("paper %s cannot go into the dossier: %s", paper.version, type(exc).__name__)
        return None
    return Entry(size, sha256.hexdigest())
