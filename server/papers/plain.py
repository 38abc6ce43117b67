"""The plain text of papers for a dossier, piece by piece, to those who may read them (D8).

Rules: decrypted in memory where it is read; nothing plain touches the disk. Who may read is the rule of the screens.

Usage: ``b"".join(PlainPapers(papers).pieces(PaperVersion("p-…", 1)))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sealing.papers import PaperReader
from server.identity.model import Actor, Role
from server.papers.errors import PaperUnknown
from server.papers.model import Reader, may_read
from server.papers.service import PaperService
from wire.records import Layout
from wire.state import MeetingState
from wire.topics import PaperVersion

_PIECE: Final = 1024**2


@dataclass(frozen=True, slots=True)
class PlainPapers:
    """All papers."""

    papers: PaperService

    def may_read(self, state: MeetingState, version: PaperVersion, actor: Actor) -> bool:
        """Whether they may read it now."""
        return may_read(state, version, Reader(actor.person, is_secretary=actor.has(Role.SECRETARY)))

    def pieces(self, version: PaperVersion) -> Iterator[bytes]:
        """The plain text; raises PaperUnknown, OSError, BadChunk."""
        document = self.papers.file(version)
        if document is None or document.key is None:
            raise PaperUnknown(paper=version.paper)
        with (
            document.path.open("rb") as sealed,
            PaperReader(sealed, layout=Layout(document.plain_bytes), key=document.key, paper=version) as plain,
        ):
            while piece := plain.read(_PIECE):
                yield piece
