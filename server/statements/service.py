"""Signed acts: verified before anything is acknowledged, kept with the same commit as their event.

Rules G43–G46: in this order – the bytes are the canonical ones, the certificate is enrolled to the person who acts, the
signature is of its key over this statement, the certificate may sign now (the policy for signing), the event it is
bound to is in this log, and the act does exactly what was signed; then event, statement, CMS and what was known of the
certificate are written together. A statement does one act.

Usage::

    answer = statements.perform(meeting, deed, signed, doing=Doing(maker, key, now))    # {"seq": 12, "statement": "…"}
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, answered
from server.meetings.model import Draft, Log, must_be_real
from server.statements import model
from server.statements.errors import (
    StatementNotYours,
    StatementOfOtherLog,
    StatementSignatureWrong,
    StatementUnknown,
    StatementUsed,
)
from server.statements.model import Deed
from server.statements.ports import UNPUBLISHED, KeptStatement, Meetings, StatementStore, Trust
from server.trust.model import BY_HAND, Kept, Standing
from server.trust.ports import Proof
from server.unit import Transaction, UnitOfWork
from wire import cades
from wire.declare import Maker
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.statement import SignedStatement, Statement, digest

_LOG: Final = logging.getLogger("statements")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with."""

    unit: UnitOfWork
    store: StatementStore
    ledger: ActLedger
    trust: Trust
    meetings: Meetings


@dataclass(frozen=True, slots=True)
class Doing:
    """Who acts and where (``maker.made_at`` is not looked at), under which key, when."""

    maker: Maker
    key: ActKey
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """A statement whose signature holds, by a certificate that may sign."""

    said: Statement
    sha256: str
    certificate: str
    cms: bytes = field(repr=False)
    statement: bytes = field(repr=False)
    material: tuple[Kept, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatementService:
    """All signed acts of all meetings."""

    tools: Tools

    def expected(self, meeting: MeetingId, deed: Deed, maker: Maker) -> Statement:
        """What is to be declared, for the newest state; raises NoSuchMeeting, BadField and what ``deed`` refuses."""
        state = self.tools.meetings.state(meeting)
        must_be_real(state)
        deed.drafts(Log(meeting, state), "0" * 64)
        return deed.expected(state, maker)

    def perform(self, meeting: MeetingId, deed: Deed, signed: SignedStatement, *, doing: Doing) -> dict[str, Any]:
        """Do what was signed; gives ``{seq, statement}`` and what the deed adds. The same act again: the same answer.

        Raises the leaves of ``errors``, a WireError for what cannot be read, what the certificate is refused for, and
        what the deed refuses. Nothing is kept then.
        """
        tools = self.tools
        with tools.unit.read() as tx:
            known = answered(tools.ledger, tx, doing.key)
        if known is not None:
            return known
        must_be_real(tools.meetings.state(meeting))
        found = self.verify(signed, person=doing.maker.person, now=doing.now)
        said = found.said
        self.must_be_bound(meeting, found, now=doing.now)

        def decide(log: Log) -> Sequence[Draft]:
            drafts = deed.drafts(log, found.sha256)
            model.must_say(said, deed.expected(log.state, doing.maker))
            return drafts

        def also(tx: Transaction, state: MeetingState) -> dict[str, Any]:
            more = None if deed.also is None else deed.also(tx, state)
            self._keep(tx, found, seq=state.seq, now=doing.now)
            return {**(more or {}), "statement": found.sha256}

        actor = f"person:{doing.maker.person}"
        return tools.meetings.change(meeting, actor=actor, now=doing.now, decide=decide, key=doing.key, also=also)

    def verify(self, signed: SignedStatement, *, person: str, now: dt.datetime) -> Verified:
        """That ``person`` signed it with a certificate that may sign now. Says nothing about what it says."""
        trust = self.tools.trust
        said = Statement.read(signed.statement)
        facts = trust.read(signed.certificate)
        if trust.enrolled(facts.fingerprint).person != person:
            raise StatementNotYours
        if not trust.proves(facts, Proof(cades.to_sign(said, facts.der), signed.signature)):
            _LOG.warning("a signature by %s that does not hold was refused", person)
            raise StatementSignatureWrong
        standing = trust.standing(facts.fingerprint, now=now)
        # The anchor is the reader's own: it is no part of the evidence.
        chain = standing.chain[1:-1]
        cms = cades.assemble(said, facts.der, signed.signature, chain=chain)
        material = self._material(standing)
        return Verified(said, digest(signed.statement), facts.fingerprint, cms, signed.statement, material)

    def must_be_bound(self, meeting: MeetingId, found: Verified, *, now: dt.datetime) -> None:
        """Raise StatementOfOtherLog or StatementTimeWrong unless it is of this meeting's log, and of these hours."""
        if found.said.meeting != meeting:
            raise StatementOfOtherLog
        model.must_be_bound(found.said, self.tools.meetings.event(meeting, found.said.seq), now=now)

    def hold(self, tx: Transaction, found: Verified, *, now: dt.datetime) -> None:
        """Keep it where nobody reads it, until :meth:`publish`; raises StatementUsed."""
        self._keep(tx, found, seq=UNPUBLISHED, now=now)

    def publish(self, tx: Transaction, hashes: Collection[str], *, seq: int) -> None:
        """What was held under these hashes belongs to the event ``seq`` and may be read."""
        self.tools.store.publish(tx, hashes, seq=seq)

    def one(self, meeting: MeetingId, sha256: str) -> KeptStatement:
        """With its material; raises StatementUnknown, also for one that the log does not name yet."""
        with self.tools.unit.read() as tx:
            found = self.tools.store.find(tx, meeting, sha256)
        if found is None or sha256 not in model.names_in(self.tools.meetings.events(meeting)):
            raise StatementUnknown
        return found

    def of_meeting(self, meeting: MeetingId) -> Sequence[KeptStatement]:
        """All of a meeting that its log names, by the event they made: a ballot only when it was published (V5)."""
        named = model.names_in(self.tools.meetings.events(meeting))
        with self.tools.unit.read() as tx:
            return [one for one in self.tools.store.of_meeting(tx, meeting) if one.sha256 in named]

    def _keep(self, tx: Transaction, found: Verified, *, seq: int, now: dt.datetime) -> None:
        said = found.said
        kept = KeptStatement(
            sha256=found.sha256,
            meeting=said.meeting,
            kind=said.kind,
            person=said.person,
            certificate=found.certificate,
            seq=seq,
            received_at=now,
            statement=found.statement,
            cms=found.cms,
            material=found.material,
        )
        if not self.tools.store.add(tx, kept):
            raise StatementUsed

    def _material(self, standing: Standing) -> tuple[Kept, ...]:
        """Of all that is kept, what is about a certificate of the path."""
        about: set[str] = set()
        for der in standing.chain:
            facts = self.tools.trust.read(der)
            about |= {facts.fingerprint, f"{BY_HAND}{facts.fingerprint}", *facts.crl_urls}
        return tuple(one for one in self.tools.trust.known()[1] if one.about in about)
