"""Files to sign as an honest server prepares them, and ways in which a dishonest one would.

Usage: ``offer = honest(pki, pdf)``; ``examine(offer.shown, offer.offered, …)``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from edge.signing import examine as examining
from edge.signing.examine import Offered, ToSign, examine
from server.signing import pades
from server.signing.issue import Blank, Part
from server.signing.model import Level, Mark, Rect
from server.trust.certificates import read
from tests.pki.authority import TestPki
from wire.messages import RoundNumber

MARK = Mark(1, Rect(330, 30, 560, 46), text="Số: 12/TB-VKS; 05/10/2026; 15:06:40 +07:00")


def _place(mark: Mark) -> examining.Mark:
    """Where the person is shown it."""
    return mark.page, (mark.rect.x0, mark.rect.y0, mark.rect.x1, mark.rect.y1)


MARK_PLACE = _place(MARK)


@dataclass(frozen=True)
class Offer:
    """What was shown, what was sent, and the card's own certificate."""

    shown: bytes
    offered: Offered
    certificate: bytes
    digest: str
    mark: examining.Mark | None

    def examine(
        self,
        *,
        shown: bytes | None = None,
        file: bytes | None = None,
        attributes: bytes | None = None,
    ) -> ToSign:
        """As the terminal does, with one thing exchanged."""
        offered = Offered(
            self.offered.file if file is None else file,
            self.offered.signed_attributes if attributes is None else attributes,
        )
        base = self.shown if shown is None else shown
        return examine(base, offered, certificate=self.certificate, digest=self.digest, mark=self.mark)


#: Number and date, and where they are to stand in a paper that leaves room.
NUMBER = RoundNumber("07/TB-VKS", "2026-11-22", (("NgayBanHanh", "22"), ("SoVanBan", "07"), ("ThangBanHanh", "11")))
_BLANKS = (Part.NUMBER, Part.DAY, Part.MONTH)


def with_room(pdf: bytes) -> bytes:
    """With fields for number, day and month."""
    return pades.make_room(
        pdf, [Blank(part, Rect(60 + 60 * n, 40, 100 + 60 * n, 57)) for n, part in enumerate(_BLANKS)]
    )


def _figures(number: RoundNumber | None) -> dict[Part, str] | None:
    return None if number is None else {Part(name): text for name, text in number.written}


def honest(
    pki: TestPki, pdf: bytes, label: str = "chi", *, mark: Mark | None = MARK, number: RoundNumber | None = None
) -> Offer:
    """Prepared by the server's own code."""
    facts = read(pki.der(label))
    now = dt.datetime.now(dt.UTC)
    prepared = pades.prepare(pdf, facts, mark=mark, level=Level.B_B, now=now, written=_figures(number))
    offered = Offered(prepared.file(pdf), prepared.signed_attributes)
    return Offer(pdf, offered, facts.der, prepared.digest, None if mark is None else _place(mark))


def signed(pki: TestPki, pdf: bytes, label: str) -> bytes:
    """With one signature more."""
    facts = read(pki.der(label))
    prepared = pades.prepare(pdf, facts, mark=None, level=Level.B_B, now=dt.datetime.now(dt.UTC))
    signature = pki.sign(label, prepared.signed_attributes, md=prepared.digest)
    return pades.complete(pdf, prepared, signature, chain=[pki.der("interm")]).pdf
