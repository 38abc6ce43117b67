"""HTTP of secret slips: a ballot is asked for by name, and handed in by whoever carries it.

Rules W173, W174: the second route looks at no cookie, names nobody, and is in no log of requests (the proxy keeps none
of it either). What guards it is the ballot's own signature; of wrong ones each place may bring so many a minute, which
is remembered in memory alone, and nothing is remembered of right ones: those go in whatever else came from there.

Usage: ``app.register_blueprint(blueprint(ballots, clock))``.
"""

from __future__ import annotations

import datetime as dt
import threading
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.consultations.errors import BallotRefused, BallotTooLong, TooManyRefused
from server.consultations.routes import ONE, slip_id
from server.consultations.secret.service import Ballots
from server.consultations.tools import Asked
from server.web import act_id, actor, allow, answer, body, public
from wire.blind import MODULUS_BYTES
from wire.consultation_ballots import SLOT_BYTES, SlipBallot
from wire.errors import WireError

#: A body of more bytes is no ballot, however its letters are escaped.
_MOST_BYTES: Final = 8 * SLOT_BYTES
_BROWSER: Final = 80
#: So many wrong ballots a minute from one place; more places than these are not told apart.
REFUSED: Final = 30
_PLACES: Final = 10_000
_SPAN: Final = dt.timedelta(minutes=1)


class Refusals:
    """How often a place brought a wrong ballot within this minute."""

    def __init__(self) -> None:
        self._since = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._counts: dict[str, int] = {}
        self._lock: Final = threading.Lock()

    def note(self, place: str, now: dt.datetime) -> None:
        """One more; raises TooManyRefused where it is one too many."""
        with self._lock:
            if not dt.timedelta(0) <= now - self._since < _SPAN:
                self._since = now
                self._counts.clear()
            if self._counts.get(place, 0) >= REFUSED:
                raise TooManyRefused(wait_s=int(_SPAN.total_seconds()))
            if place in self._counts or len(self._counts) < _PLACES:
                self._counts[place] = self._counts.get(place, 0) + 1


def blueprint(ballots: Ballots, clock: Clock) -> Blueprint:
    """Both routes."""
    routes = Blueprint("consultation_ballots", __name__)
    refusals = Refusals()

    @routes.post(f"{ONE}/draw")
    @allow(signed_in=True)
    def draw_ballot(consultation: str) -> ResponseReturnValue:
        fields = body()
        blinded = bytes.fromhex(fields.hex("blinded", size=MODULUS_BYTES))
        browser = fields.text("browser", limit=_BROWSER, empty=True)
        fields.end()
        asked = Asked(actor(), act_id(), clock.now())
        return answer(ballots.draw(slip_id(consultation), blinded, browser=browser, asked=asked))

    @routes.post(f"{ONE}/cast")
    @public("who hands a secret ballot in is nobody's business; the slip's key has signed it")
    def cast_ballot(consultation: str) -> ResponseReturnValue:
        place, now = request.remote_addr or "", clock.now()
        try:
            if (request.content_length or 0) > _MOST_BYTES:
                raise BallotTooLong
            return answer(ballots.cast(slip_id(consultation), SlipBallot.read(body()), now=now))
        except (BallotRefused, BallotTooLong, WireError):
            # A whole office may have one address: one who brings rubbish keeps nobody's ballot out.
            refusals.note(place, now)
            raise

    return routes
