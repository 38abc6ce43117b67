"""A person's own certificates: which they have, and one more that its key has just proved (G57).

Rules: what is enrolled here must name its owner, and be good for what it was asked for; path and revocation are judged
as for the security administrator, and the change stands in the same log. A house may keep enrolling to the
administrator (``certificates_by_owner``).

Usage::

    message = own.ask(account, "document", bridge=bridge, origin=origin)
    enrolled = own.enrol(data, "document", bridge=bridge, origin=origin, asked=asked)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from server.identity.model import Account
from server.tokens.consoles import Claim, Consoles
from server.trust.admin import Asked, TrustAdmin
from server.trust.errors import OwnCertificatesOff
from server.trust.model import Use
from server.trust.ports import Enrolled, Proof
from wire.proof import TokenData


@dataclass(frozen=True, slots=True)
class OwnCertificates:
    """For all threads; ``allowed`` is the house's word."""

    consoles: Consoles
    admin: TrustAdmin
    allowed: bool

    def listed(self, person: str, *, now: dt.datetime) -> list[dict[str, Any]]:
        """All that the person has had, as JSON."""
        return self.admin.of_person(person, now=now)

    def ask(self, account: Account, use: str, *, bridge: str, origin: str) -> bytes:
        """A question to the bridge; raises OwnCertificatesOff."""
        if not self.allowed:
            raise OwnCertificatesOff
        return self.consoles.enrolment(bridge, origin, Claim(account.id, use), name=account.name)

    def enrol(self, data: TokenData, use: str, *, bridge: str, origin: str, asked: Asked) -> Enrolled:
        """Keep the certificate; raises OwnCertificatesOff, as ``Waiting.take`` and ``TrustAdmin.enrol_own``."""
        if not self.allowed:
            raise OwnCertificatesOff
        done = self.admin.enrolled_own(data.certificate, use=Use(use), asked=asked)
        if done is not None:
            return done  # the answer was lost on its way; the question is spent
        claim = Claim(asked.actor.person_id, use)
        proof = Proof(self.consoles.claimed(data, bridge, origin=origin, claim=claim), data.signature)
        return self.admin.enrol_own(data.certificate, proof, use=Use(use), asked=asked)
