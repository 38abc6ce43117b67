"""A paper that is to be signed: the very bytes, drawn here, and what the server offers for them (G55).

Rules: the bytes are those whose hash the server has signed in its question; they are held in memory alone (a file
without a name), drawn from there, and compared with what is offered by ``edge.signing.examine`` before the card signs.

Usage::

    wanted = PaperAsk.read(ask)
    paper = hold(whole, wanted)             # raises FileDiffers
    to_sign = examine(paper.whole, offer.offered(paper.whole), certificate=…, digest=…)
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from edge.bridge.errors import AskWrong
from edge.signing import filling
from edge.signing.errors import FileDiffers
from edge.signing.examine import Offered
from pages.model import Document
from wire import ids
from wire.asking import Ask
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import PaperId
from wire.messages import RoundNumber
from wire.topics import PaperVersion

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_UPDATE_BYTES: Final = 1024 * 1024
_MAX_ATTRIBUTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class PaperAsk:
    """What the server says of the paper; ``mark``: page and box (points, from the top left) of what will be seen."""

    title: str
    kind: str
    name: str
    sha256: str
    size_bytes: int
    mark: tuple[int, tuple[float, float, float, float]] | None
    #: number and date that this signature gives the paper, as its signer is shown them
    number: RoundNumber | None = None

    @classmethod
    def read(cls, ask: Ask) -> PaperAsk:
        """Raises AskWrong."""
        try:
            fields = Fields(dict(ask.data), "ask.data")
            found = cls(
                title=fields.text("title", limit=300),
                kind=fields.text("kind", limit=20),
                name=fields.text("name", limit=200),
                sha256=fields.hex("sha256", size=32),
                size_bytes=fields.number("size_bytes", low=1, high=MAX_FILE_BYTES),
                mark=_mark(fields),
                number=_number(fields.object("number")) if fields.has("number") else None,
            )
            fields.end()
        except WireError as exc:
            raise AskWrong(str(exc)) from exc
        return found

    def to_value(self) -> dict[str, Any]:
        """As the bridge's page shows it."""
        mark = None if self.mark is None else {"page": self.mark[0], "box": list(self.mark[1])}
        number = None if self.number is None else {"number": self.number.number, "date": self.number.date}
        return {"title": self.title, "paper": self.kind, "name": self.name, "mark": mark, "number": number}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """The bytes, and the same for the renderer."""

    whole: bytes = field(repr=False)
    document: Document
    handle: int

    def close(self) -> None:
        """Forget it."""
        os.close(self.handle)


@dataclass(frozen=True, slots=True)
class Offer:
    """What follows the paper, and the attributes; as ``begin`` of docs/API.md."""

    update: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    digest: str
    fence: int

    @classmethod
    def read(cls, fields: Fields) -> Offer:
        """Raises BadField."""
        return cls(
            fields.base64("update")[:MAX_UPDATE_BYTES],
            fields.base64("signed_attributes")[:_MAX_ATTRIBUTES],
            fields.text("digest", limit=10),
            fields.number("fence", low=1),
        )

    def offered(self, whole: bytes) -> Offered:
        """The prepared file."""
        return Offered(whole + self.update, self.signed_attributes)


def hold(whole: bytes, wanted: PaperAsk, *, random: bytes) -> PaperFile:
    """Keep the paper in memory; raises FileDiffers when it is not the one the server has named."""
    found = hashlib.sha256(whole).hexdigest()
    if len(whole) != wanted.size_bytes or not hmac.compare_digest(found, wanted.sha256):
        raise FileDiffers
    handle = os.memfd_create("paper", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(whole)
    # The renderer's child opens it through this process, for there is no name anywhere.
    path = Path(f"/proc/{os.getpid()}/fd/{handle}")
    paper = PaperVersion(PaperId(ids.new("p", random)), 1)
    return PaperFile(whole, Document(path, len(whole), paper, None), handle)


def _number(fields: Fields) -> RoundNumber:
    written = fields.object("written")
    pairs = {part: written.text(part, limit=10) for part in sorted(filling.NAMES_TEXT) if written.has(part)}
    written.end()
    found = RoundNumber(fields.text("number", limit=80), fields.text("date", limit=10), tuple(pairs.items()))
    fields.end()
    return found


def _mark(fields: Fields) -> tuple[int, tuple[float, float, float, float]] | None:
    if fields.any("mark") is None:
        return None
    mark = fields.object("mark")
    page, sides = mark.number("page", low=1), mark.items("box", limit=4)
    mark.end()
    if len(sides) != 4 or not all(isinstance(side, int) for side in sides):
        raise AskWrong("a mark without its box")
    left, top, right, bottom = (side / 1000 for side in sides)
    return page, (left, top, right, bottom)
