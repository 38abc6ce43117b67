"""Whom the house trusts, and signing in with a token.

Rules: puts ``trust``, ``tokens`` and ``consoles`` into the services. Issuers' services are asked when
somebody signs in and what is known of the certificate is older than an hour; each may take ``pki_timeout_s``.

Usage: ``tokens.build(services)``, after ``core.build`` and ``fleet.build``; ``build_trust(services)`` for the command
line to read with, ``build_recording_trust(services, "add_anchor", by="system", now=now)`` to change something with.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from server.assembly.record import build_audit
from server.fleet.limits import AddressLimit
from server.idempotency.service import ActKey
from server.idempotency.store import SqlActLedger
from server.identity.store import SqlIdentityStore
from server.identity.token_sessions import TokenSessions
from server.services import Services
from server.tokens.challenges import Challenges
from server.tokens.consoles import Consoles
from server.tokens.routes import ConsoleRoutes, blueprint
from server.tokens.service import TokenSignIn
from server.trust.certificates import Reader
from server.trust.fetch import HttpFetcher
from server.trust.model import Policy
from server.trust.paths import Paths
from server.trust.recording import RecordingStore
from server.trust.revocation import Revocation
from server.trust.service import TrustService, TrustTools
from server.trust.store import SqlTrustStore
from server.unit import Transaction
from wire import ids
from wire.proof import server_key_hash

#: Challenges of consoles that wait at once; the oldest goes first.
MOST_CONSOLES: Final = 1000
#: A person tries several times in a minute; a house behind one address has many persons.
ASK_BURST: Final = 120
ASK_PER_S: Final = 2.0


def build(services: Services) -> None:
    """Put the features together."""
    services.trust = build_trust(services)
    services.tokens = TokenSignIn(
        Challenges(services.clock, os.urandom),
        trust=services.trust,
        server_key=server_key_hash(services.keys.signer.public),
    )
    services.consoles = Consoles(
        Challenges(services.clock, os.urandom, most=MOST_CONSOLES),
        services.trust,
        services.keys.signer,
        services.clock,
        os.urandom,
    )
    sessions = TokenSessions(
        services.database,
        SqlIdentityStore(),
        services.identity,
        os.urandom,
        tell_locked=services.live.sessions_ended,
    )
    limit = AddressLimit(burst=ASK_BURST, per_s=ASK_PER_S)
    desk = ConsoleRoutes(
        services.consoles,
        sessions,
        services.identity,
        limit,
        services.clock,
        name=services.settings.site_name,
        ports=services.settings.bridge_ports,
    )
    services.blueprints.append(blueprint(desk))


class ConsoleSessions:
    """Sessions at consoles, as trust ends them."""

    def __init__(self, store: SqlIdentityStore) -> None:
        self._store: Final = store

    def end(self, tx: Transaction, certificates: Collection[str]) -> int:
        """Those begun with one of ``certificates``, with this transaction; how many."""
        return self._store.drop_sessions_by(tx, certificates)


def build_recording_trust(services: Services, what: str, *, by: str, now: dt.datetime) -> TrustService:
    """Trust for one change from the server's own console: it stands in the administrators' log with its commit."""
    trust = build_trust(services)
    log = build_audit(services)
    key = ActKey(ids.new("a", os.urandom(ids.RANDOM_BYTES)), by, what)
    store = RecordingStore(
        trust.tools.store, log, SqlActLedger(), key=key, now=now, sessions=ConsoleSessions(SqlIdentityStore())
    )
    return TrustService(replace(trust.tools, store=store))


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
