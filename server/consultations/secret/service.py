"""Use cases of secret slips: give a ballot by name, take one without, open the urn (W173–W175).

Rules: a ballot is given once a person, in one commit with the line that says so; the same request again has the same
signature, another one of the same person is refused. What is handed in stands for itself: the slip's key has signed it.
Taking it writes one row, the whole urn shut anew, and nothing else: no entry, no moment, no name. It is acknowledged
after that commit. When the slip is over, the urn is opened into that same row and its keys are destroyed.

Usage::

    ballots.draw(slip, blinded, browser="Chrome, Windows", asked=asked)      # {"signed": …}
    ballots.cast(slip, ballot, now=now)                                      # {"receipt": "ABCD EFGH IJKL MNOP"}
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from dataclasses import dataclass, replace
from typing import Any, Final

from server.consultations import reading
from server.consultations.errors import (
    BallotGiven,
    BallotRefused,
    BallotTooLong,
    NotAsked,
    NotSecret,
    UrnLost,
)
from server.consultations.model import Recipient, Slip, Stage, takes_words
from server.consultations.secret import urn
from server.consultations.secret.urn import Opened
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.unit import Transaction
from wire import consultation_ballots as wire_ballots
from wire.consultation_ballots import LEAST_BALLOTS, SlipBallot
from wire.errors import BadField, BadSignature
from wire.fields import Fields, print_instant

_LOG: Final = logging.getLogger("consultations")
_OVER: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN, Stage.DROPPED})


@dataclass(frozen=True, slots=True)
class Ballots:
    """Ballots of secret slips."""

    tools: Tools

    @property
    def desk(self) -> Desk:
        """Finds and writes."""
        return Desk(self.tools)

    def draw(self, slip: str, blinded: bytes, *, browser: str, asked: Asked) -> dict[str, Any]:
        """Sign blind for somebody who is asked, once; gives ``{signed}``.

        Raises ConsultationUnknown, NotSecret, NotAsked, ConsultationOver, ConsultationStageWrong, BallotGiven, UrnLost,
        BadField.
        """
        sha256 = hashlib.sha256(blinded).hexdigest()
        with self.tools.unit.read() as tx:
            self._may_draw(tx, slip, sha256, asked, hold=False)
        # Computed before anything is held; it leaves after the commit alone.
        signed = self.tools.urns.sign(slip, blinded).hex()
        with self.tools.unit.begin() as tx:
            mine = self._may_draw(tx, slip, sha256, asked, hold=True)

            def write() -> dict[str, Any]:
                if not mine.drawn:
                    after = replace(mine, answered=1, answered_at=asked.now, opened_at=mine.opened_at or asked.now)
                    self.tools.store.put(tx, replace(after, drawn=sha256, browser=browser))
                    self.desk.note(tx, "drawn", slip, asked, person=mine.person)
                return {"signed": signed}

            key = asked.key("draw", {"slip": slip, "blinded": sha256})
            return once(self.tools.ledger, tx, key, now=asked.now, do=write)

    def cast(self, slip: str, ballot: SlipBallot, *, now: dt.datetime) -> dict[str, Any]:
        """Put a ballot in; gives ``{receipt}``, the same again for the same ballot.

        Raises ConsultationUnknown, NotSecret, ConsultationOver, ConsultationStageWrong, BallotRefused, BallotTooLong,
        UrnFull, UrnLost. Who brings it nobody asks.
        """
        with self.tools.unit.read() as tx:
            found = self._open(tx, slip, now, hold=False)
        receipt = _checked(found, ballot)
        with self.tools.unit.begin() as tx:
            # Held as it is: whoever closes it waits for this ballot, or this one is too late.
            self._open(tx, slip, now, hold=True)
            kept = self.tools.store.urn(tx, slip, hold=True)
            before = self.tools.urns.open(slip, kept.box)
            given = self.tools.store.given(tx, slip)
            after = urn.added(before, ballot, given=given, receipt=lambda each: _receipt(found, each))
            if after != before:
                self.tools.store.put_urn(tx, replace(kept, box=self.tools.urns.shut(slip, after)))
        return {"receipt": receipt}

    def sweep(self) -> int:
        """Destroy keys of slips that are over: the server died after the close, or the disk refused; how many.

        A key of a slip that is not known stays: the database may be the wrong one for a moment.
        """
        with self.tools.unit.read() as tx:
            slips = [self.tools.store.find(tx, slip) for slip in self.tools.urns.all()]
        return sum(destroyed(self.tools, slip.id) for slip in slips if slip is not None and slip.stage in _OVER)

    def without_key(self) -> list[str]:
        """Open secret slips whose key is not there: they take no ballot, and the clock does not close them."""
        with self.tools.unit.read() as tx:
            slips = self.tools.store.open(tx)
        return [each.id for each in slips if is_keyless(self.tools, each)]

    # Parts

    def _open(self, tx: Transaction, slip: str, now: dt.datetime, *, hold: bool) -> Slip:
        found = self.desk.found(tx, slip, hold="share" if hold else "")
        # Of what was not sent nobody who is not signed in hears that it is there.
        if not found.wording.secret or not found.token_key:
            raise NotSecret
        found.must_take_answers(now)
        return found

    def _may_draw(self, tx: Transaction, slip: str, sha256: str, asked: Asked, *, hold: bool) -> Recipient:
        found = self.desk.found(tx, slip, hold="share" if hold else "")
        mine = self.tools.store.recipient(tx, slip, asked.actor.person_id, hold=hold)
        if mine is None or not mine.counts:
            raise NotAsked
        if not found.wording.secret:
            raise NotSecret
        found.must_take_answers(asked.now)
        if mine.drawn not in {"", sha256}:
            at = "" if mine.answered_at is None else print_instant(mine.answered_at)
            raise BallotGiven(at=at, browser=mine.browser)
        return mine


def _checked(slip: Slip, ballot: SlipBallot) -> str:
    """The receipt of a ballot that may go in; raises BallotRefused, BallotTooLong."""
    try:
        said = reading.answers(Fields({"answers": list(ballot.answers)}, "ballot"), slip.wording.questions)
        # Words were signed unseen and are taken as they are, where words are asked for; a choice is there for every
        # question that offers some.
        for one, each in zip(said, slip.wording.questions, strict=True):
            if (one.answer is None and each.answers) or (one.opinion and not takes_words(each, one.answer)):
                raise BallotRefused
        wire_ballots.must_be_signed(slip.id, slip.sha256, ballot, token_key=slip.token_key)
    except (BadField, BadSignature) as exc:
        raise BallotRefused from exc
    try:
        ballot.packed()
    except BadField as exc:
        raise BallotTooLong from exc
    return _receipt(slip, ballot)


def _receipt(slip: Slip, ballot: SlipBallot) -> str:
    return wire_ballots.receipt_of(slip.id, slip.sha256, ballot)


def begin(tools: Tools, tx: Transaction, slip: Slip, *, places: int) -> Slip:
    """With its keys, on the disk before the commit, and an empty urn."""
    after = replace(slip, token_key=tools.urns.make(slip.id))
    tools.store.add_urn(tx, slip.id, tools.urns.shut(slip.id, urn.empty(places=places)))
    return after


def open_urn(desk: Desk, tx: Transaction, slip: Slip) -> Opened:
    """Empty the urn into the published list, in the order of the receipts; fewer than three are not opened.

    Without its key it stays as it is, and the list says that it is lost.
    """
    kept = desk.tools.store.urn(tx, slip.id, hold=True)
    try:
        found = urn.ballots(desk.tools.urns.open(slip.id, kept.box))
        found.sort(key=lambda each: _receipt(slip, each))
        opened, left = Opened(len(found), tuple(found) if len(found) >= LEAST_BALLOTS else ()), b""
    except UrnLost:
        opened, left = Opened(0, lost=True), kept.box
    sealed = desk.tools.safe.seal(slip.key, opened.to_value(), bound=(slip.id, "ballots"))
    desk.tools.store.put_urn(tx, replace(kept, box=left, ballots=sealed))
    return opened


def is_keyless(tools: Tools, slip: Slip) -> bool:
    """Whether this is an open secret slip whose urn nobody can open now; the key may come back."""
    return slip.wording.secret and slip.stage is Stage.OPEN and not tools.urns.holds(slip.id)


def destroyed(tools: Tools, slip: str) -> bool:
    """Whether the keys of a slip that is over are gone now; what the disk refuses the sweep tries again."""
    try:
        tools.urns.destroy(slip)
    except OSError as exc:
        _LOG.error("the keys of the secret slip %s, which is over, could not be destroyed: %s", slip, exc)
        return False
    return True


def empty_urn(desk: Desk, tx: Transaction, slip: Slip) -> None:
    """Of a slip that is withdrawn: nobody opens it."""
    kept = desk.tools.store.urn(tx, slip.id, hold=True)
    desk.tools.store.put_urn(tx, replace(kept, box=b""))


def opened(desk: Desk, tx: Transaction, slip: Slip) -> Opened:
    """What came out of the urn of a closed slip."""
    kept = desk.tools.store.urn(tx, slip.id)
    return Opened.read(desk.tools.safe.open(slip.key, kept.ballots, bound=(slip.id, "ballots")))
