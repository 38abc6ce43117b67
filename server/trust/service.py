"""Anchors, enrolment, and the standing of a certificate: may it sign now, and how do we know.

Rules G20-G27: a standing is asked for before every signature, whatever the level; what an issuer has revoked stays
revoked here for ever, on every way a certificate is used; asking costs at most the budget of the fetcher for each
certificate of the path, and with material that is fresh nothing.

Usage::

    standing = trust.standing(fingerprint, now=now)        # raises CertificateRefused, RevocationUnknown
    trust.enrol(person, der, proof=proof, by="u-…", now=now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from server.trust import model
from server.trust.errors import (
    REFUSALS,
    AnchorUnknown,
    CertificateRefused,
    CertificateRevoked,
    CertificateTaken,
    CertificateUnknown,
    CertificateWrongUsage,
    NotAnAuthority,
    ProofWrong,
    RevocationUnknown,
)
from server.trust.model import Facts, Kept, Policy, Standing, Use
from server.trust.ports import Authority, Collector, Enrolled, Judge, Proof, Reader, TrustStore
from server.unit import UnitOfWork
from wire.ids import PersonId


@dataclass(frozen=True, slots=True)
class TrustTools:
    """What the service works with."""

    unit: UnitOfWork
    store: TrustStore
    reader: Reader
    judge: Judge
    collector: Collector
    policy: Policy


@dataclass(frozen=True, slots=True)
class TrustService:
    """All trust."""

    tools: TrustTools

    # Authorities: for the security administrator

    def add_authority(self, data: bytes, *, trusted: bool, by: str, now: dt.datetime) -> Authority:
        """An anchor (``trusted``), or a sub-CA that helps to find the way; raises CertificateRefused."""
        facts = self.tools.reader.read(data)
        if not facts.is_authority:
            raise NotAnAuthority
        if now > facts.until:
            raise REFUSALS["certificate-expired"](until=facts.until.date().isoformat())
        found = Authority(facts, trusted, now, by)
        with self.tools.unit.begin() as tx:
            self.tools.store.add_authority(tx, found)
        return found

    def remove_authority(self, fingerprint: str) -> None:
        """What was signed under it is unknown from now on; raises AnchorUnknown."""
        with self.tools.unit.begin() as tx:
            if not self.tools.store.remove_authority(tx, fingerprint):
                raise AnchorUnknown

    def authorities(self) -> Sequence[Authority]:
        """All of them."""
        with self.tools.unit.read() as tx:
            return self.tools.store.authorities(tx)

    def add_list(self, data: bytes, *, now: dt.datetime) -> Kept:
        """A revocation list that was carried here by hand; raises AnchorUnknown when no known authority signed it."""
        for authority in self.authorities():
            found = self.tools.collector.read_list(data, authority.facts, now=now)
            if found is not None:
                with self.tools.unit.begin() as tx:
                    self.tools.store.keep(tx, [found])
                return found
        raise AnchorUnknown

    # People's certificates

    def enrol(self, person: PersonId, data: bytes, *, proof: Proof | None, by: str, now: dt.datetime) -> Enrolled:
        """Bind a certificate to a person who has just signed ``proof`` with its key.

        Without a proof somebody vouches for it who has it from the person's own hands (the command line): what is
        risked is a mix-up, for without the key nobody can use it. Made for documents, for signing in, or for both.
        Raises CertificateRefused, RevocationUnknown, ProofWrong, CertificateTaken.
        """
        facts = self.tools.reader.read(data)
        if proof is not None and not self.tools.reader.proves(facts, proof):
            raise ProofWrong
        self._judge(facts, now, *Use)
        with self.tools.unit.begin() as tx:
            known = self.tools.store.enrolled(tx, facts.fingerprint)
            if known is not None:
                if known.person != person or known.withdrawn_at is not None:
                    raise CertificateTaken
                return known
            found = Enrolled(facts, person, now, by)
            self.tools.store.enrol(tx, found)
        return found

    def withdraw(self, fingerprint: str, *, reason: str, now: dt.datetime) -> None:
        """The house does not take it any longer, at once and everywhere; raises CertificateUnknown."""
        with self.tools.unit.begin() as tx:
            if self.tools.store.enrolled(tx, fingerprint) is None:
                raise CertificateUnknown
            self.tools.store.set_withdrawn(tx, fingerprint, now, reason=reason)

    def enrolled(self, fingerprint: str) -> Enrolled:
        """Whose it is; raises CertificateUnknown. Says nothing about whether it may sign: see :meth:`standing`."""
        with self.tools.unit.read() as tx:
            found = self.tools.store.enrolled(tx, fingerprint)
        if found is None:
            raise CertificateUnknown
        return found

    def holder(self, fingerprint: str) -> str | None:
        """Who is enrolled with it; None for nobody. Says nothing about whether it may be used."""
        with self.tools.unit.read() as tx:
            found = self.tools.store.enrolled(tx, fingerprint)
        return None if found is None else str(found.person)

    def certificates_of(self, person: PersonId) -> Sequence[Enrolled]:
        """All that a person has had."""
        with self.tools.unit.read() as tx:
            return self.tools.store.all_enrolled(tx, person)

    def expiring(self, now: dt.datetime) -> dict[int, list[Facts]]:
        """Certificates in use that end within 60, 30 and 7 days, and (0) those that ended."""
        with self.tools.unit.read() as tx:
            used = [one for one in self.tools.store.all_enrolled(tx) if not (one.withdrawn_at or one.revoked_at)]
        return model.expiring([one.facts for one in used], now=now)

    # Standing

    def standing(self, fingerprint: str, *, now: dt.datetime) -> Standing:
        """That an enrolled certificate may be used now, and by what it is known.

        Raises CertificateUnknown, a leaf of CertificateRefused, or RevocationUnknown.
        """
        enrolled = self.enrolled(fingerprint)
        gone = enrolled.revoked_at or enrolled.withdrawn_at
        if gone is not None:
            raise CertificateRevoked(since=gone.date().isoformat())
        return self._judge(enrolled.facts, now, Use.DOCUMENT)

    # Signing in

    def read(self, data: bytes) -> Facts:
        """What a certificate says; raises CertificateUnreadable."""
        return self.tools.reader.read(data)

    def proves(self, facts: Facts, proof: Proof) -> bool:
        """Whether the signature is of this certificate's key."""
        return self.tools.reader.proves(facts, proof)

    def may_sign_in(self, facts: Facts, *, now: dt.datetime) -> Enrolled:
        """Whose certificate it is, when it may be used for signing in now.

        Raises CertificateUnknown, a leaf of CertificateRefused, RevocationUnknown. Of one that nobody is enrolled with
        the reason is told when it has one that says more; its revocation is not asked for.
        """
        try:
            enrolled = self.enrolled(facts.fingerprint)
        except CertificateUnknown:
            self._must_fit(facts, now, Use.LOGIN)
            self.tools.judge.chain(facts, self.known()[0], material=None, now=now)
            raise
        gone = enrolled.revoked_at or enrolled.withdrawn_at
        if gone is not None:
            raise CertificateRevoked(since=gone.date().isoformat())
        self._judge(facts, now, Use.LOGIN)
        return enrolled

    def must_fit(self, facts: Facts, use: Use, *, now: dt.datetime) -> None:
        """Raise a leaf of CertificateRefused unless the certificate alone is good for ``use``."""
        self._must_fit(facts, now, use)

    def refresh(self, now: dt.datetime) -> int:
        """Ask again for all that is not fresh, of every certificate in use; how many were found revoked."""
        revoked = 0
        with self.tools.unit.read() as tx:
            used = [one for one in self.tools.store.all_enrolled(tx) if not (one.withdrawn_at or one.revoked_at)]
        for one in used:
            try:
                self._judge(one.facts, now, *Use)
            except CertificateRevoked:
                revoked += 1
            except (CertificateRefused, RevocationUnknown):
                continue
        return revoked

    def known(self) -> tuple[Sequence[Authority], Sequence[Kept]]:
        """Authorities and material, for whoever validates signatures offline."""
        with self.tools.unit.read() as tx:
            return self.tools.store.authorities(tx), self.tools.store.kept(tx)

    def gather(self, chain: Sequence[bytes], *, now: dt.datetime) -> Sequence[Kept]:
        """Fetch what is not fresh for a path that was found before, keep it, and give all there is."""
        tools = self.tools
        _, cached = self.known()
        new = tools.collector.collect(chain, cached=cached, now=now, fresh_s=tools.policy.fresh_s)
        if not new:
            return cached
        with tools.unit.begin() as tx:
            tools.store.keep(tx, new)
            return tools.store.kept(tx)

    @staticmethod
    def _must_fit(facts: Facts, now: dt.datetime, *uses: Use) -> None:
        """Raise unless the certificate is good for one of ``uses``."""
        problems = [model.problem_of(facts, now=now, use=use) for use in uses]
        first = problems[0]
        if first is not None and None not in problems:
            raise REFUSALS[first.code](**first.data)

    def _judge(self, facts: Facts, now: dt.datetime, *uses: Use) -> Standing:
        self._must_fit(facts, now, *uses)
        authorities, _ = self.known()
        if any(one.facts.fingerprint == facts.fingerprint for one in authorities):
            raise CertificateWrongUsage
        tools = self.tools
        chain = tools.judge.chain(facts, authorities, material=None, now=now)
        kept = self.gather(chain, now=now)
        since = tools.collector.listed(facts, kept)
        try:
            if since is not None:
                raise CertificateRevoked(since=since.date().isoformat())
            tools.judge.chain(facts, authorities, material=model.material(kept), now=now)
        except CertificateRevoked:
            with tools.unit.begin() as tx:
                tools.store.set_revoked(tx, facts.fingerprint, since or now)
            raise
        except RevocationUnknown:
            return self._lenient(facts, chain, kept, now=now)
        return Standing(facts, chain, model.evidence(facts, kept))

    def _lenient(self, facts: Facts, chain: tuple[bytes, ...], kept: Sequence[Kept], *, now: dt.datetime) -> Standing:
        """Nothing fresh says good: the policy decides."""
        if self.tools.policy.hard:
            raise RevocationUnknown
        evidence = model.evidence(facts, kept)
        if evidence is None or evidence.age_s(now) > self.tools.policy.stale_s:
            return Standing(facts, chain, evidence, warning="revocation-unknown")
        return Standing(facts, chain, evidence, warning="revocation-old")
