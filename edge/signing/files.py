"""The file of the round that the person has open: fetched, shown, examined, forgotten (W60, G5).

Rules: one file at a time, in memory; for the renderer a copy lies on the disk, encrypted under a key that is in memory
only, so that it is noise as soon as this program forgets it. What is examined are the very bytes that are drawn: both
come from the same whole. Used by the agent's one thread.

Usage::

    files.open(round, meeting=…, person=…)
    files.taken(part); files.tick(now_s)          # say what is to be told to the machine
    to_sign = files.examine(offer, certificate=…) # raises SignRefused
    files.close()
"""

from __future__ import annotations

import hashlib
import hmac
import io
from dataclasses import dataclass, field
from typing import Final

from edge.errors import RoundFileBroken
from edge.events import RoundFile
from edge.ports import Ports
from edge.signing.errors import FileDiffers
from edge.signing.examine import Mark, Offered, ToSign, examine
from edge.signing.fetching import Fetch
from pages.model import Document
from sealing.papers import encrypt_paper, new_paper_key
from wire import messages
from wire.ids import PaperId
from wire.messages import RoundNumber, SigningRound, SignOffer, SignPart
from wire.messages.signing import FILE
from wire.topics import PaperVersion

_NAME: Final = "round.ct"


def paper_of(round_id: str, revision: int) -> PaperVersion:
    """What a round's file is called where papers are read: no paper of a meeting has this name at the same time."""
    return PaperVersion(PaperId(f"p-{round_id.removeprefix('k-')}"), revision + 1)


@dataclass(frozen=True, slots=True)
class _Open:
    found: SigningRound
    meeting: str
    person: str
    fetch: Fetch
    whole: bytes | None = field(default=None, repr=False)
    document: Document | None = field(default=None, repr=False)


class RoundFiles:
    """At most one file is open."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports
        self._open: _Open | None = None

    def open(self, found: SigningRound, *, meeting: str, person: str) -> tuple[RoundFile, ...]:
        """Fetch this file, unless it is here."""
        now = self._open
        if now is not None and (now.found.round, now.found.sha256) == (found.round, found.sha256):
            return (self._told(now),)
        self.close()
        self._open = opened = _Open(found, meeting, person, Fetch(found.round, found.sha256, found.size_bytes))
        self.tick()
        return (self._told(opened),)

    def close(self) -> None:
        """Forget it; what is on the disk is noise then."""
        if self._open is not None and self._open.document is not None:
            self._ports.run_dir.drop(_NAME)
        self._open = None

    def link_lost(self) -> None:
        """Parts that were on their way will not come."""
        if self._open is not None:
            self._open.fetch.hasten()

    def tick(self) -> None:
        """Ask for what is due."""
        opened = self._open
        if opened is None or self._ports.channel is None or not self._ports.channel.is_greeted:
            return
        first = opened.fetch.due(self._ports.clock.monotonic_s())
        if first is None:
            return
        ports, act = self._ports, self._ports.new_act()
        data = {"round": opened.found.round, "sha256": opened.found.sha256, "first": first}
        ports.say(lambda head: messages.Act(head, act, opened.meeting, FILE, opened.person, ports.now(), data))

    def taken(self, part: SignPart) -> tuple[RoundFile, ...]:
        """A part came."""
        opened = self._open
        if opened is None or not opened.fetch.take(part, self._ports.clock.monotonic_s()):
            return ()
        whole = opened.fetch.whole()
        if whole is not None:
            self._open = opened = self._kept(opened, whole)
        self.tick()
        return (self._told(opened),)

    def document(self) -> dict[PaperVersion, Document]:
        """What may be drawn: nothing before all of it is here."""
        opened = self._open
        if opened is None or opened.document is None:
            return {}
        return {opened.document.paper: opened.document}

    def examine(
        self, offer: SignOffer, *, certificate: bytes, digest: str, number: RoundNumber | None = None
    ) -> ToSign:
        """What the card may sign; raises a leaf of :class:`edge.signing.errors.SignRefused` (G5–G8).

        ``number`` is what was shown with the PIN: a file stays as it is while its number moves on (G62).
        """
        shown = b"" if self._open is None or self._open.whole is None else self._open.whole
        found = hashlib.sha256(shown).hexdigest()
        if offer.base_bytes != len(shown) or not hmac.compare_digest(found, offer.base_sha256):
            raise FileDiffers
        offered = Offered(shown + offer.update, offer.signed_attributes)
        written = {} if number is None else dict(number.written)
        return examine(shown, offered, certificate=certificate, digest=digest, mark=self._mark(), written=written)

    def _mark(self) -> Mark | None:
        mark = None if self._open is None else self._open.found.mark
        if mark is None:
            return None
        left, top, right, bottom = (side / 1000 for side in mark.box)
        return mark.page, (left, top, right, bottom)

    def _kept(self, opened: _Open, whole: bytes) -> _Open:
        key, target = new_paper_key(), io.BytesIO()
        paper = paper_of(opened.found.round, opened.found.revision)
        encrypt_paper(io.BytesIO(whole), target, key=key, paper=paper)
        path = self._ports.run_dir.keep(_NAME, target.getvalue())
        document = Document(path, len(whole), paper, key)
        return _Open(opened.found, opened.meeting, opened.person, opened.fetch, whole, document)

    @staticmethod
    def _told(opened: _Open) -> RoundFile:
        fetch = opened.fetch
        code = RoundFileBroken.code if fetch.failed else ""
        return RoundFile(fetch.round, fetch.sha256, fetch.have, fetch.parts, opened.document is not None, code)
