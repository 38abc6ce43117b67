"""What the security administrator does: whom the house trusts, whose certificate is whose, what is taken back.

Rules G21–G27: an anchor is added and removed only by who has typed the first figures of its fingerprint; every change
stands in the administrators' log with the same commit; a withdrawn certificate ends the sessions that were begun with
it at once, at consoles with the commit, at seats right after it (``Seats``), and again by a chore if the server died in
between.

Usage::

    admin.add_authority(der, trusted=True, typed="3f9a 21c0", asked=asked)
    admin.withdraw(fingerprint, reason="…", asked=asked)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from server.audit.service import AdminLog
from server.factors import service as factors
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, answered
from server.identity.model import Account, Actor
from server.trust import model, views
from server.trust.errors import AnchorUnknown, CertificateOtherName, CertificateUnknown, FingerprintNotTyped
from server.trust.model import Facts, Use
from server.trust.ports import Enrolled, Proof
from server.trust.proving import Proving, ProvingChallenge
from server.trust.recording import KINDS, RecordingStore, Sessions
from server.trust.service import TrustService
from wire.ids import PersonId

#: Figures of the fingerprint that are typed: who has the authority's own sheet of paper at hand reads them from it.
TYPED: Final = 8
_SYSTEM: Final = "system"
_LOG_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def people(self) -> Sequence[Account]:
        """All, by name."""
        ...


class Seats(Protocol):
    """Who sits where, by which certificate."""

    def sign_out(self, certificates: Collection[str], *, now: dt.datetime) -> None:
        """End what was begun with one of ``certificates``."""
        ...


@dataclass(frozen=True, slots=True)
class AdminTools:
    """What the service works with; ``tell_ended`` is called after sessions were ended."""

    trust: TrustService
    log: AdminLog
    ledger: ActLedger
    people: People
    proving: Proving
    sessions: Sessions
    seats: Seats
    tell_ended: Callable[[], None]


@dataclass(frozen=True, slots=True)
class TrustAdmin:
    """All of it."""

    tools: AdminTools

    # Reading

    def overview(self, *, now: dt.datetime) -> dict[str, Any]:
        """Authorities, certificates with their persons, and the newest of the log, as JSON."""
        trust = self.tools.trust
        authorities, kept = trust.known()
        accounts = {account.id: account for account in self.tools.people.people()}
        return {
            "authorities": [views.authority(one, now=now) for one in authorities],
            "certificates": [
                views.certificate(one, accounts.get(one.person), kept=kept, now=now) for one in self._all()
            ],
            "policy": {"hard": trust.tools.policy.hard, "fresh_s": trust.tools.policy.fresh_s},
            "events": [
                views.event(one, accounts) for one in self.tools.log.newest(*KINDS, *factors.KINDS, limit=_LOG_LENGTH)
            ],
        }

    def read(self, data: bytes, *, now: dt.datetime) -> dict[str, Any]:
        """What a certificate says, before anything is done with it; raises CertificateUnreadable."""
        return views.facts(self.tools.trust.read(data), now=now)

    # Authorities

    def add_authority(self, data: bytes, *, trusted: bool, typed: str, asked: Asked) -> dict[str, Any]:
        """An anchor, or a helper on the way to one.

        Raises CertificateUnreadable, FingerprintNotTyped, NotAnAuthority, CertificateExpired.
        """
        facts = self.tools.trust.read(data)
        _must_be_typed(facts.fingerprint, typed)
        key = self._key(asked, "add_anchor", {"fingerprint": facts.fingerprint, "trusted": trusted})
        if not self._is_done(key):
            self._recording(key, asked.now).add_authority(data, trusted=trusted, by=asked.actor.label, now=asked.now)
        return views.facts(facts, now=asked.now)

    def remove_authority(self, fingerprint: str, *, typed: str, asked: Asked) -> None:
        """What was signed under it is unknown from now on; raises AnchorUnknown, FingerprintNotTyped."""
        key = self._key(asked, "remove_anchor", {"fingerprint": fingerprint})
        if self._is_done(key):
            return
        if fingerprint not in {one.facts.fingerprint for one in self.tools.trust.authorities()}:
            raise AnchorUnknown
        _must_be_typed(fingerprint, typed)
        self._recording(key, asked.now).remove_authority(fingerprint)

    # People's certificates

    def challenge(self, person: str, data: bytes, *, asked: Asked) -> tuple[ProvingChallenge, Facts]:
        """What the key of ``data`` must sign to become ``person``'s; raises NoSuchPerson, CertificateUnreadable."""
        found = self.tools.people.person(person)
        facts = self.tools.trust.read(data)
        return self.tools.proving.give(PersonId(found.id), facts, by=asked.actor.label), facts

    def enrol(self, challenge: str, signature: bytes, *, asked: Asked) -> Enrolled:
        """Bind the certificate whose key has signed the challenge.

        Raises ProofChallengeUnknown, ProofWrong, CertificateRefused, RevocationUnknown, CertificateTaken.
        """
        given = self.tools.proving.take(challenge, by=asked.actor.label)
        key = self._key(asked, "enrol_certificate", {"challenge": challenge})
        return self._recording(key, asked.now).enrol(
            given.person,
            given.certificate,
            proof=Proof(given.message, signature),
            by=asked.actor.label,
            now=asked.now,
        )

    def enrol_own(self, data: bytes, proof: Proof, *, use: Use, asked: Asked) -> Enrolled:
        """Bind a certificate to who asks: its key has signed ``proof``, and it names them (G57).

        Raises CertificateOtherName, and as :meth:`enrol`.
        """
        trust, person = self.tools.trust, asked.actor.person_id
        facts = trust.read(data)
        trust.must_fit(facts, use, now=asked.now)
        if not model.is_name_of(facts, self.tools.people.person(person).name):
            raise CertificateOtherName(name=facts.name)
        key = self._key(asked, "enrol_own_certificate", {"fingerprint": facts.fingerprint})
        return self._recording(key, asked.now).enrol(
            PersonId(person), data, proof=proof, by=asked.actor.label, now=asked.now
        )

    def enrolled_own(self, data: bytes, *, use: Use, asked: Asked) -> Enrolled | None:
        """The certificate, when who asks has it already and it is in use; raises CertificateRefused."""
        trust = self.tools.trust
        facts = trust.read(data)
        mine = trust.certificates_of(PersonId(asked.actor.person_id))
        found = next((one for one in mine if one.facts.fingerprint == facts.fingerprint), None)
        if found is None or found.withdrawn_at is not None or found.revoked_at is not None:
            return None
        trust.must_fit(facts, use, now=asked.now)
        return found

    def of_person(self, person: str, *, now: dt.datetime) -> list[dict[str, Any]]:
        """All certificates that somebody has had, as JSON, the newest first."""
        kept, account = self.tools.trust.known()[1], self.tools.people.person(person)
        found = self.tools.trust.certificates_of(PersonId(person))
        return [
            {
                **views.certificate(one, account, kept=kept, now=now),
                "uses": [use.value for use in Use if model.problem_of(one.facts, now=now, use=use) is None],
            }
            for one in sorted(found, key=lambda one: one.enrolled_at, reverse=True)
        ]

    def withdraw(self, fingerprint: str, *, reason: str, asked: Asked) -> None:
        """The house does not take it any longer, at once and everywhere; raises CertificateUnknown. Again is fine."""
        key = self._key(asked, "withdraw_certificate", {"fingerprint": fingerprint, "reason": reason})
        if self._is_done(key):
            return
        if fingerprint not in {one.facts.fingerprint for one in self._all()}:
            raise CertificateUnknown
        self._recording(key, asked.now).withdraw(fingerprint, reason=reason, now=asked.now)
        self.tools.tell_ended()
        self.tools.seats.sign_out([fingerprint], now=asked.now)

    # Chores

    def refresh(self, *, now: dt.datetime) -> int:
        """Ask again for all that is not fresh; how many were found revoked. Their sessions end."""
        key = ActKey("", _SYSTEM, "refresh")
        found = self._recording(key, now).refresh(now)
        self.end_gone(now=now)
        return found

    def end_gone(self, *, now: dt.datetime) -> None:
        """Whoever is still signed in by a certificate that is no longer taken is signed out, everywhere."""
        gone = [one.facts.fingerprint for one in self._all() if one.revoked_at or one.withdrawn_at]
        if not gone:
            return
        with self.tools.trust.tools.unit.begin() as tx:
            ended = self.tools.sessions.end(tx, gone)
        if ended:
            self.tools.tell_ended()
        self.tools.seats.sign_out(gone, now=now)

    def _all(self) -> Sequence[Enrolled]:
        tools = self.tools.trust.tools
        with tools.unit.read() as tx:
            return tools.store.all_enrolled(tx)

    def _recording(self, key: ActKey, now: dt.datetime) -> TrustService:
        tools = self.tools
        store = RecordingStore(
            tools.trust.tools.store, tools.log, tools.ledger, key=key, now=now, sessions=tools.sessions
        )
        return TrustService(replace(tools.trust.tools, store=store))

    @staticmethod
    def _key(asked: Asked, kind: str, content: dict[str, Any]) -> ActKey:
        return ActKey(asked.act, asked.actor.label, kind, content)

    def _is_done(self, key: ActKey) -> bool:
        with self.tools.log.unit.read() as tx:
            return answered(self.tools.ledger, tx, key) is not None


def _must_be_typed(fingerprint: str, typed: str) -> None:
    """Blanks, colons and capitals do not matter."""
    given = "".join(typed.split()).replace(":", "").lower()
    if len(given) < TYPED or not fingerprint.startswith(given):
        raise FingerprintNotTyped
