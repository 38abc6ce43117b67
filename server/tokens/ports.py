"""What signing in with a token needs from outside: who is trusted.

Usage: ``TokenSignIn(Challenges(...), trust=trust, server_key=…)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from server.trust.model import Facts
from server.trust.ports import Enrolled, Proof


class Trust(Protocol):
    """Certificates of people (``server.trust.service``)."""

    def read(self, data: bytes) -> Facts:
        """What a certificate says; raises CertificateUnreadable."""
        ...

    def proves(self, facts: Facts, proof: Proof) -> bool:
        """Whether the signature is of this certificate's key."""
        ...

    def holder(self, fingerprint: str) -> str | None:
        """Who is enrolled with it; None for nobody. Says nothing about whether it may be used."""
        ...

    def may_sign_in(self, facts: Facts, *, now: dt.datetime) -> Enrolled:
        """Whose it is; raises CertificateUnknown, a leaf of CertificateRefused, RevocationUnknown."""
        ...
