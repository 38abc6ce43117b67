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
from dataclasses import dataclass, replace
from typing import Any

from server.consultations import reading
from server.consultations.errors import (
    BallotGiven,
    BallotRefused,
    BallotTooLong,
    NotAsked,
    NotSecret,
    UrnLost,
)
from server.consultations.model import Recipient, Slip
from server.consultations.secret import urn
from server.consultations.secret.urn import Opened
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.unit import Transaction
from wire import consultation_ballots as wire_ballots
from wire.consultation_ballots import LEAST_BALLOTS, SlipBallot
from wire.errors import BadField, BadSignature
from wire.fields import Fields, print_instant


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
            after = urn.added(before, ballot, given=self.tools.store.given(tx, slip))
            if after != before:
                self.tools.store.put_urn(tx, replace(kept, box=self.tools.urns.shut(slip, after)))
        return {"receipt": receipt}

    def sweep(self) -> int:
        """Destroy keys that no open slip has any more (the server died between a close and this); how many."""
        stale = []
        for slip in self.tools.urns.all():
            with self.tools.unit.read() as tx:
                kept = self.tools.store.urn(tx, slip)
            if not kept.box:
                stale.append(slip)
        for slip in stale:
            self.tools.urns.destroy(slip)
        return len(stale)

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
        # Words were signed unseen and are taken as they are; a choice is there for every question that offers some.
        if any(one.answer is None and each.answers for one, each in zip(said, slip.wording.questions, strict=True)):
            raise BallotRefused
        wire_ballots.must_be_signed(slip.id, slip.sha256, ballot, token_key=slip.token_key)
    except (BadField, BadSignature) as exc:
        raise BallotRefused from exc
    try:
        ballot.packed()
    except BadField as exc:
        raise BallotTooLong from exc
    return wire_ballots.receipt_of(slip.id, slip.sha256, ballot)


def begin(tools: Tools, tx: Transaction, slip: Slip, *, places: int) -> Slip:
    """With its keys, on the disk before the commit, and an empty urn."""
    after = replace(slip, token_key=tools.urns.make(slip.id))
    tools.store.add_urn(tx, slip.id, tools.urns.shut(slip.id, urn.empty(places=places)))
    return after


def open_urn(desk: Desk, tx: Transaction, slip: Slip) -> Opened:
    """Empty the urn into the published list, in the order of the receipts; fewer than three are not opened."""
    kept = desk.tools.store.urn(tx, slip.id, hold=True)
    try:
        found = urn.ballots(desk.tools.urns.open(slip.id, kept.box))
        found.sort(key=lambda each: wire_ballots.receipt_of(slip.id, slip.sha256, each))
        opened = Opened(len(found), tuple(found) if len(found) >= LEAST_BALLOTS else ())
    except UrnLost:
        opened = Opened(0, lost=True)
    sealed = desk.tools.safe.seal(slip.key, opened.to_value(), bound=(slip.id, "ballots"))
    desk.tools.store.put_urn(tx, replace(kept, box=b"", ballots=sealed))
    return opened


def empty_urn(desk: Desk, tx: Transaction, slip: Slip) -> None:
    """Of a slip that is withdrawn: nobody opens it."""
    kept = desk.tools.store.urn(tx, slip.id, hold=True)
    desk.tools.store.put_urn(tx, replace(kept, box=b""))


def opened(desk: Desk, tx: Transaction, slip: Slip) -> Opened:
    """What came out of the urn of a closed slip."""
    kept = desk.tools.store.urn(tx, slip.id)
    return Opened.read(desk.tools.safe.open(slip.key, kept.ballots, bound=(slip.id, "ballots")))
