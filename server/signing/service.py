"""Rounds of signing: open, offer a file to the card, take the signature, raise the level later.

Rules G1-G11, G18, G20: the certificate's standing is asked for before the lease is taken, so that slow services cost
nobody else anything; the lease is taken and given in one write that compares the fence; what is acknowledged is in the
database with the file. A time-stamp that does not come never holds a signature up.

Usage::

    offer = signing.begin(round_id, person, fingerprint=fp, mark=mark, now=now)
    signing.complete(round_id, person, fence=offer.fence, signature=bytes_of_the_card, now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.errors import ServerError
from server.journal import Journal
from server.meetings.model import Draft, Log
from server.signing import model
from server.signing.errors import LeaseHeld, LeaseLost, MeetingLocked, NotASigner, RoundUnknown
from server.signing.issue import Part
from server.signing.marks import VIETNAM
from server.signing.model import Level, Mark, Order, Round, Signer
from server.signing.numbers import SERIES, Wanted
from server.signing.planning import Numbering
from server.signing.ports import (
    About,
    MeetingLogs,
    Offer,
    Pades,
    PlannedMark,
    Raise,
    Register,
    Revision,
    Safe,
    SigningStore,
    Trust,
    Upgrade,
)
from server.signing.state import Prepared
from server.trust.model import Standing
from server.unit import Transaction, UnitOfWork
from wire.ids import MeetingId, PersonId
from wire.phases import Phase
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class SigningTools:
    """What the service works with."""

    unit: UnitOfWork
    store: SigningStore
    safe: Safe
    pades: Pades
    trust: Trust
    register: Register
    journal: Journal | None = None
    #: the logs of meetings: what happens in a round of a meeting is an event there, with the same commit
    meetings: MeetingLogs | None = None
    #: the series of a notation (G63)
    series: Callable[[str], str] = lambda _notation: SERIES


@dataclass(frozen=True, slots=True)
class Along:
    """What another feature writes with the same commit: ``write`` in its transaction, ``drafts`` into the log."""

    drafts: tuple[Draft, ...] = ()
    write: Callable[[Transaction], None] = lambda _tx: None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a round is opened with; ``marks`` are those of signers who have one; ``begins``: how a year goes on."""

    title: str
    signers: tuple[PersonId, ...]
    order: Order
    wanted: Level
    meeting: str | None = None
    kind: str = ""
    marks: Mapping[PersonId, PlannedMark] = field(default_factory=dict, repr=False)
    begins: Wanted | None = None
    along: Along = field(default_factory=Along, repr=False)


@dataclass(frozen=True, slots=True)
class SigningService:
    """All rounds."""

    tools: SigningTools

    def open_round(self, round_id: str, pdf: bytes, opening: Opening, *, by: str, now: dt.datetime) -> Round:
        """A new round over ``pdf``; its first revision is 0. Raises NumberOutOfTurn, MeetingLocked."""
        signers = tuple(Signer(person) for person in dict.fromkeys(opening.signers))
        found = Round(round_id, opening.order, opening.wanted, signers)
        sealed = self.tools.safe.seal(pdf, round_id=round_id, revision=0, now=now)

        def write(tx: Transaction) -> None:
            about = About(opening.title, by, now, opening.meeting, opening.kind)
            self.tools.store.add(tx, found, about, marks=opening.marks)
            self.tools.store.keep(tx, sealed)
            if opening.begins is not None:
                self.tools.register.begin_year(tx, opening.begins)
            opening.along.write(tx)
            self._record(tx, "signing_opened", found, by=by, now=now, sha256=sealed.sha256)

        people = [signer.person for signer in signers]
        told = {"kind": opening.kind, "title": opening.title, "signers": people, **_file(sealed)}
        drafts = [Draft("round_opened", {"round": round_id, **told}), *opening.along.drafts]
        self._write(opening.meeting, write, drafts=drafts, by=by, now=now)
        return found

    def round(self, round_id: str) -> Round:
        """As it is now; raises RoundUnknown."""
        with self.tools.unit.read() as tx:
            return self._find(tx, round_id)

    def rounds_of(self, person: PersonId) -> Sequence[str]:
        """What waits for a person's signature."""
        with self.tools.unit.read() as tx:
            return self.tools.store.rounds_of(tx, person)

    def file(self, round_id: str, revision: int | None = None) -> bytes:
        """The newest revision, or an older one; raises RoundUnknown."""
        with self.tools.unit.read() as tx:
            number = self._find(tx, round_id).revision if revision is None else revision
            found = self.tools.store.revision(tx, round_id, number)
        if found is None:
            raise RoundUnknown
        return self.tools.safe.open(found)

    def begin(
        self,
        round_id: str,
        person: PersonId,
        *,
        fingerprint: str,
        mark: Mark | None,
        now: dt.datetime,
        numbering: Numbering | None = None,
    ) -> Offer:
        """Take the lease, and a number when one is given with this signature; prepare the file for this certificate.

        Raises NotASigner, AlreadySigned, NotYourTurn, RoundClosed, LeaseHeld, NumberHeld, what the certificate is
        refused for, and what the file, mark or date is refused for; lease and number are then free again.
        """
        model.may_sign(self.round(round_id), person)
        standing = self._standing(fingerprint, person, now)
        with self.tools.unit.begin() as tx:
            before = self._find(tx, round_id)
            held = model.take(before, person, now=now)
            if not self.tools.store.save(tx, held, before=before, prepared=None):
                raise LeaseHeld(wait_s=1)
            written = None if numbering is None else self._number(tx, held, numbering, now)
        try:
            return self._offer(held, standing, mark=mark, written=written, now=now)
        except ServerError:
            self.give_back(round_id, person, fence=held.fence)
            raise

    def complete(self, round_id: str, person: PersonId, *, fence: int, signature: bytes, now: dt.datetime) -> Round:
        """Verify and keep the signature; raises LeaseLost, SignatureWrong, FileChanged. Nothing is kept then."""
        with self.tools.unit.read() as tx:
            before = self._find(tx, round_id)
            after = model.finish(before, person, fence=fence, now=now)
            kept = self.tools.store.prepared(tx, round_id)
        if kept is None:
            raise LeaseLost
        prepared = Prepared.from_bytes(kept)
        base = self.file(round_id, before.revision)
        chain = self._chain(prepared, now)
        done = self.tools.pades.complete(base, prepared, signature, chain=chain)
        sealed = self.tools.safe.seal(done.pdf, round_id=round_id, revision=after.revision, now=now)
        by, more = f"person:{person}", {"certificate": prepared.fingerprint, "sha256": sealed.sha256}

        def write(tx: Transaction) -> None:
            if not self.tools.store.save(tx, after, before=before, prepared=None):
                raise LeaseLost
            self.tools.store.keep(tx, sealed)
            self.tools.store.signed(tx, round_id, person, fingerprint=prepared.fingerprint)
            self._want_raise(tx, after, now)
            given = self._keep_number(tx, round_id, person, numbered=prepared.is_numbered, now=now)
            self._record(tx, "signing_signed", after, by=by, now=now, **more, **given)

        told = {"person": person, "certificate": prepared.fingerprint, "revision": after.revision, **_file(sealed)}
        drafts = [Draft("paper_signed", {"round": round_id, **told})]
        if after.closed_at is not None:
            drafts.append(Draft("round_closed", {"round": round_id}))
        self._write(self._meeting(round_id), write, drafts=drafts, by=by, now=now)
        return after

    def give_back(self, round_id: str, person: PersonId, *, fence: int) -> None:
        """The person turned away: the lease is free at once."""
        with self.tools.unit.begin() as tx:
            before = self._find(tx, round_id)
            after = model.give_back(before, person, fence=fence)
            if after != before and self.tools.store.save(tx, after, before=before, prepared=None):
                self.tools.register.release(tx, round_id)

    def close(self, round_id: str, *, by: str = "system", now: dt.datetime, along: Along | None = None) -> Round:
        """No further signatures; what there are stay. Raises RoundClosed, and LeaseHeld when somebody was faster."""
        with self.tools.unit.read() as tx:
            before = self._find(tx, round_id)
        after = model.close(before, now=now)

        def write(tx: Transaction) -> None:
            if not self.tools.store.save(tx, after, before=before, prepared=None):
                raise LeaseHeld(wait_s=1)
            self.tools.register.release(tx, round_id)
            self._want_raise(tx, after, now)
            if along is not None:
                along.write(tx)
            self._record(tx, "signing_closed", after, by=by, now=now)

        drafts = [Draft("round_closed", {"round": round_id}), *(() if along is None else along.drafts)]
        self._write(self._meeting(round_id), write, drafts=drafts, by=by, now=now)
        return after

    def raise_due(self, upgrade: Upgrade, *, now: dt.datetime) -> int:
        """Raise or renew all files whose moment has come; how many succeeded. What fails comes again later."""
        with self.tools.unit.read() as tx:
            jobs = self.tools.store.due(tx, now)
        return sum(self._raise(job, upgrade, now) for job in jobs)

    def _raise(self, job: Raise, upgrade: Upgrade, now: dt.datetime) -> bool:
        before = self.round(job.round)
        try:
            pdf = upgrade.raise_level(self.file(job.round, before.revision), now=now)
        except ServerError as exc:
            later = now + dt.timedelta(seconds=model.wait_s(job.tries))
            with self.tools.unit.begin() as tx:
                failed = replace(job, tries=job.tries + 1, next_at=later, last_code=exc.code)
                self.tools.store.save_raise(tx, failed)
            return False
        after = replace(before, revision=before.revision + 1)
        sealed = self.tools.safe.seal(pdf, round_id=job.round, revision=after.revision, now=now)
        with self.tools.unit.begin() as tx:
            if not self.tools.store.save(tx, after, before=before, prepared=None):
                return False  # somebody wrote meanwhile: the job is still due
            self.tools.store.keep(tx, sealed)
            renewed = replace(job, tries=0, last_code="", done_at=now, next_at=upgrade.renew_at(pdf, now=now))
            self.tools.store.save_raise(tx, renewed)
        return True

    def next_number(self, round_id: str, numbering: Numbering, *, now: dt.datetime) -> tuple[int, dt.date]:
        """Number and date that the paper would be given now."""
        day = now.astimezone(VIETNAM).date()
        with self.tools.unit.read() as tx:
            return self.tools.register.next(tx, self.wanted(round_id, day, numbering.notation)), day

    def wanted(self, round_id: str, day: dt.date, notation: str, *, first: int = 0) -> Wanted:
        """A number for a paper, of the series that its notation names."""
        return Wanted(round_id, day, notation, first, self.tools.series(notation))

    def due(self, wanted: Wanted) -> int:
        """The number that the next paper of the year would be given."""
        with self.tools.unit.read() as tx:
            return self.tools.register.next(tx, wanted)

    def _number(self, tx: Transaction, held: Round, numbering: Numbering, now: dt.datetime) -> Mapping[Part, str]:
        """Hold the next number as long as the lease; raises NumberHeld, YearPrinted."""
        if held.lease is None:
            raise LeaseLost
        day = now.astimezone(VIETNAM).date()
        wanted = self.wanted(held.id, day, numbering.notation)
        number = self.tools.register.hold(tx, wanted, until=held.lease.until, now=now)
        return numbering.written(number, day)

    def _keep_number(
        self, tx: Transaction, round_id: str, person: PersonId, *, numbered: bool, now: dt.datetime
    ) -> Mapping[str, str]:
        if not numbered:
            return {}
        found = self.tools.register.keep(tx, round_id, person, now=now)
        return {"number": f"{found.number:02d}{found.notation}", "issued_on": found.day.isoformat()}

    def _offer(
        self,
        held: Round,
        standing: Standing,
        *,
        mark: Mark | None,
        written: Mapping[Part, str] | None,
        now: dt.datetime,
    ) -> Offer:
        lease = held.lease
        if lease is None:
            raise LeaseLost
        base = self.file(held.id, held.revision)
        prepared = self.tools.pades.prepare(
            base, standing.facts, mark=mark, level=held.wanted, now=now, written=written
        )
        with self.tools.unit.begin() as tx:
            if not self.tools.store.save(tx, held, before=held, prepared=prepared.to_bytes()):
                raise LeaseLost
        return Offer(
            file=prepared.file(base),
            base_bytes=prepared.base_bytes,
            signed_attributes=prepared.signed_attributes,
            digest=prepared.digest,
            fence=lease.fence,
            until=lease.until,
            warning=standing.warning,
        )

    def _standing(self, fingerprint: str, person: PersonId, now: dt.datetime) -> Standing:
        if self.tools.trust.enrolled(fingerprint).person != person:
            raise NotASigner
        return self.tools.trust.standing(fingerprint, now=now)

    def _chain(self, prepared: Prepared, now: dt.datetime) -> Sequence[bytes]:
        """The way to the anchor; a certificate revoked between prepare and complete signs nothing."""
        return self.tools.trust.standing(prepared.fingerprint, now=now).chain

    def _want_raise(self, tx: Transaction, found: Round, now: dt.datetime) -> None:
        signed = any(signer.signed_at is not None for signer in found.signers)
        if found.closed_at is not None and signed and found.wanted is not Level.B_B:
            self.tools.store.save_raise(tx, Raise(found.id, 0, now))

    def _write(
        self,
        meeting: str | None,
        write: Callable[[Transaction], None],
        *,
        drafts: Sequence[Draft],
        by: str,
        now: dt.datetime,
    ) -> None:
        """Write, and with the same commit ``drafts`` into the meeting's log."""
        logs = self.tools.meetings
        if meeting is None or logs is None:
            with self.tools.unit.begin() as tx:
                write(tx)
            return

        def decide(log: Log) -> Sequence[Draft]:
            # A round that began before logs told of rounds goes on without them.
            opens = drafts[0].kind == "round_opened"
            if opens and log.state.phase is Phase.LOCKED:
                raise MeetingLocked
            known = opens or any(each.round == drafts[0].data["round"] for each in log.state.rounds)
            return drafts if known else ()

        def also(tx: Transaction, _state: MeetingState) -> None:
            write(tx)

        logs.change(MeetingId(meeting), actor=by, now=now, decide=decide, also=also)

    def _meeting(self, round_id: str) -> str | None:
        with self.tools.unit.read() as tx:
            about = self.tools.store.about(tx, round_id)
        return None if about is None else about.meeting

    def _record(self, tx: Transaction, kind: str, found: Round, *, by: str, now: dt.datetime, **more: str) -> None:
        if self.tools.journal is not None:
            data = {"round": found.id, "revision": found.revision, **more}
            self.tools.journal.record(tx, kind, data, actor=by, now=now)

    def _find(self, tx: Transaction, round_id: str) -> Round:
        found = self.tools.store.find(tx, round_id)
        if found is None:
            raise RoundUnknown
        return found


def _file(sealed: Revision) -> dict[str, Any]:
    return {"sha256": sealed.sha256, "size_bytes": sealed.size_bytes}
