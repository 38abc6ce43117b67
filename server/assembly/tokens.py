"""Whom the house trusts, and signing in with a token.

Rules: puts ``trust`` and ``tokens`` into the services. Issuers' services are asked when somebody signs in and what is
known of the certificate is older than an hour; each may take ``pki_timeout_s``.

Usage: ``tokens.build(services)``, after ``core.build`` and ``fleet.build``; ``build_trust(services)`` for the command
line.
"""

from __future__ import annotations

import os

from server.services import Services
from server.tokens.challenges import Challenges
from server.tokens.service import TokenSignIn
from server.trust.certificates import Reader
from server.trust.fetch import HttpFetcher
from server.trust.model import Policy
from server.trust.paths import Paths
from server.trust.revocation import Revocation
from server.trust.service import TrustService, TrustTools
from server.trust.store import SqlTrustStore
from wire.proof import server_key_hash


def build(services: Services) -> None:
    """Put the features together."""
    services.trust = build_trust(services)
    services.tokens = TokenSignIn(
        Challenges(services.clock, os.urandom),
        trust=services.trust,
        server_key=server_key_hash(services.keys.signer.public),
    )


def build_trust(services: Services) -> TrustService:
    """Trust alone, as the command line needs it."""
    settings = services.settings
    return TrustService(
        TrustTools(
            services.database,
            SqlTrustStore(),
            Reader(),
            Paths(),
            collector=Revocation(HttpFetcher(timeout_s=settings.pki_timeout_s)),
            policy=Policy(hard=settings.revocation_required),
        )
    )
