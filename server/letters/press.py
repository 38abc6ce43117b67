"""Puts a document that the office has set up for signing: value in, round of signatures out.

Rules N8, G12, G61: a person signs between their authority's last line and their name, as the document prints them; the
registry clerk signs after them, with the agency's seal, and gives number and date. What is signed is the file that was
set here; nobody uploads it. Set again for the same act it is the same round.

Usage::

    round_ = press.put_up(meeting, Manuscript(PaperKind.MINUTES, title, document, hands), asked=asked)
    press.frozen(round_["round"])       # the signed file, once everybody has signed; None before
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pages.model import Document as PagesOf
from pages.model import Outline, PageText
from server.documents.model import Document, Signing
from server.papers.intake import Intake
from server.signing.desk import Asked, NewRound, PaperKind, SigningDesk
from server.signing.model import Level, Order
from server.signing.planning import MarkKind, MarkWish
from server.signing.service import Along
from wire.ids import MeetingId, PersonId

MAX_TITLE: Final = 300
#: Of a preview: what is longer is read as PDF.
MOST_PAGES: Final = 12


class Setter(Protocol):
    """Sets documents (``server.documents.printer``, behind the agency)."""

    def print(self, document: Document, *, at: dt.datetime) -> bytes:
        """The document as PDF; raises DocumentTooLong, PrinterFailed."""
        ...


class Pages(Protocol):
    """Reads the text of pages (``pages.renderer``)."""

    def outline(self, document: PagesOf) -> Outline:
        """Among others the size of every page."""
        ...

    def render(self, document: PagesOf, page: int, *, width: int) -> bytes:
        """A picture of a page, from 1."""
        ...

    def text(self, document: PagesOf, page: int) -> PageText:
        """The words of a page, from 1."""
        ...


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A document and who signs it, in this order.

    ``outside``: those of them who need not be members of the meeting, as the registry clerk.
    """

    kind: PaperKind
    title: str
    document: Document
    hands: tuple[tuple[PersonId, MarkWish], ...]
    level: Level = Level.B_LTA
    outside: Collection[PersonId] = ()


def between(signing: Signing) -> MarkWish:
    """A signature's picture between the last line of this authority and its name (G12)."""
    return MarkWish(MarkKind.PICTURE, position=signing.authority[-1], name=signing.name)


def sealed(*, first: int = 0) -> MarkWish:
    """The agency's seal with number and date; ``first``: with which number the year goes on, or 0."""
    return MarkWish(MarkKind.SEAL, numbered=True, first=first)


def numbered(*, seal: bool, first: int = 0) -> MarkWish:
    """The number of minutes, which have no line of the date; with the agency's ``seal`` or without it."""
    return MarkWish(MarkKind.SEAL if seal else MarkKind.NONE, numbered=True, first=first, dated=False)


@dataclass(frozen=True, slots=True)
class Press:
    """For all kinds of documents."""

    setter: Setter
    desk: SigningDesk
    intake: Intake
    pages: Pages

    def put_up(
        self, meeting: MeetingId, manuscript: Manuscript, *, asked: Asked, along: Along | None = None
    ) -> dict[str, Any]:
        """A new round over the document, as ``SigningDesk.one`` shows it; ``along`` is written with its commit.

        Raises what the setting and ``SigningDesk.open`` do: a picture that is missing, no agency, a locked meeting.
        """
        pdf = self.setter.print(manuscript.document, at=asked.now)
        new = NewRound(
            kind=manuscript.kind,
            title=manuscript.title[:MAX_TITLE],
            order=Order.ORDERED,
            level=manuscript.level,
            signers=manuscript.hands,
        )
        texts = self._texts(pdf)
        return self.desk.open(
            meeting, new, pdf, texts=texts, asked=asked, along=along, outside=frozenset(manuscript.outside)
        )

    def frozen(self, round_id: str) -> bytes | None:
        """The file with every signature, None while somebody has not signed; raises RoundUnknown."""
        signing = self.desk.tools.signing
        return signing.file(round_id) if signing.round(round_id).is_complete else None

    def pictures(self, document: Document, *, at: dt.datetime, width: int) -> list[bytes]:
        """What the document looks like, page by page, at most :data:`MOST_PAGES`; raises what the setting does."""
        with self._kept(self.setter.print(document, at=at)) as kept:
            count = min(len(self.pages.outline(kept).sizes), MOST_PAGES)
            return [self.pages.render(kept, page, width=width) for page in range(1, count + 1)]

    def _texts(self, pdf: bytes) -> Sequence[PageText]:
        with self._kept(pdf) as kept:
            sizes = self.pages.outline(kept).sizes
            return [self.pages.text(kept, page) for page in range(1, len(sizes) + 1)]

    @contextmanager
    def _kept(self, pdf: bytes) -> Iterator[PagesOf]:
        """By the same way as an upload: sealed on the disk, read by the process that reads papers, gone at once."""
        with self.intake.receive(expected_bytes=len(pdf)) as inbox:
            with inbox.open() as stream:
                stream.write(pdf)
            kept = inbox.upload
            yield PagesOf(kept.path, kept.plain_bytes, kept.name, kept.key)
