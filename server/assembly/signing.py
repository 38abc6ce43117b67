"""Signing papers, checking any file's signatures, and the security administrator's part of trust.

Rules: puts ``audit``, ``trust_admin``, ``signing`` and ``rounds`` into the services. Time-stamps and material are asked
for by chores in a thread of their own: an authority that takes two minutes keeps nothing else waiting. Signing has a
policy of its own about what cannot be found out (``revocation_required_to_sign``), over the same tables.

Usage: ``signing.build(services)``, after ``tokens.build`` and ``papers.build``.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from pyhanko.sign.timestamps import TimeStamper

from server.assembly.record import build_audit
from server.assembly.tokens import ConsoleSessions
from server.chores import Chore, Chores
from server.fleet.limits import AddressLimit
from server.identity.model import Actor
from server.identity.store import SqlIdentityStore
from server.papers.checker import Checker
from server.papers.intake import Intake
from server.services import Services
from server.signatures import routes as check_routes
from server.signatures.checker import SignatureChecker
from server.signing import routes as signing_routes
from server.signing.desk import DeskTools, SigningDesk
from server.signing.numbers import series_of
from server.signing.pades import PadesMaker
from server.signing.register import SqlRegister
from server.signing.safe import SealedFiles
from server.signing.seats import SeatSigning, SeatTools
from server.signing.service import SigningService, SigningTools
from server.signing.stamps import HttpStamper
from server.signing.store import SqlSigningStore
from server.signing.upgrade import Upgrader
from server.tokens import own_routes
from server.tokens.own import OwnCertificates
from server.tokens.routes import asker
from server.trust import paths
from server.trust import routes as trust_routes
from server.trust.admin import AdminTools, TrustAdmin
from server.trust.fetch import HttpFetcher
from server.trust.proving import Proving
from server.trust.service import TrustService
from wire.ids import MeetingId, PersonId
from wire.proof import server_key_hash

REFRESH_S: Final = 600.0
RAISE_S: Final = 60.0
GONE_S: Final = 30.0
#: A person may drop ten files at once, and one every six seconds in the long run.
CHECK_BURST: Final = 10
CHECK_PER_S: Final = 1 / 6
_LOG: Final = logging.getLogger("chores")


class _Seats:
    """Sessions at seats, as trust ends them."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def sign_out(self, certificates: Collection[str], *, now: dt.datetime) -> None:
        """End what was begun with one of ``certificates``."""
        self._services.meetings.unseat_by(certificates, now=now)


def build(services: Services) -> None:
    """Put the features together and register their routes and chores."""
    settings, clock = services.settings, services.clock
    services.audit = build_audit(services)
    services.trust_admin = build_admin(services)
    trust = signing_trust(services)
    services.signing = build_signing(services, trust)
    intake = Intake(
        settings.data_dir / "incoming", limit_mib=settings.signature_upload_mib, reserve_mib=settings.disk_reserve_mib
    )
    services.rounds = SigningDesk(
        DeskTools(
            signing=services.signing,
            meetings=services.meetings,
            people=services.identity,
            changed=lambda meeting: _changed(services, meeting),
            has_stamps=bool(settings.tsa_url),
            seal_mm=float(settings.seal_diameter_mm),
        )
    )
    services.slots.signing = _Feed(services)
    services.seat_signing = SeatSigning(
        SeatTools(services.acts, services.rounds, services.meetings, services.identity, clock)
    )
    services.acts = services.seat_signing
    limit = AddressLimit(burst=CHECK_BURST, per_s=CHECK_PER_S)
    check = check_routes.CheckDesk(SignatureChecker(), intake, services.trust, limit, clock)
    own = OwnCertificates(services.consoles, services.trust_admin, settings.certificates_by_owner)
    services.blueprints += [
        own_routes.blueprint(own_routes.OwnRoutes(own, services.identity, clock)),
        trust_routes.blueprint(services.trust_admin, clock),
        check_routes.blueprint(check),
        signing_routes.blueprint(
            signing_routes.SigningRoutes(
                services.rounds, intake, Checker(), services.renderer, clock, asker(services.consoles)
            )
        ),
    ]
    _add_chores(services, trust)


def _changed(services: Services, meeting: MeetingId) -> None:
    """Consoles and seats are told of a round."""
    services.live.signing_changed(meeting)
    services.distribution.rounds_changed(meeting)


class _Feed:
    """What screens are told of a meeting's rounds."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def signing(self, meeting: MeetingId) -> dict[str, Any]:
        """As ``GET /api/meetings/<m>/rounds``."""
        found = self._services.rounds.rounds(meeting, now=self._services.clock.now())
        # Who has the minutes open asks for them anew when this grows.
        return found | {"minutes": self._services.minutes.stamp(meeting)}

    def signing_for(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        """What of it is for this reader."""
        return self._services.rounds.shown_to(meeting, told, actor)

    def waiting(self, person: str) -> list[dict[str, Any]]:
        """As ``GET /api/signing/waiting``."""
        return self._services.rounds.waiting(PersonId(person), now=self._services.clock.now())


def build_admin(services: Services) -> TrustAdmin:
    """The security administrator's part."""
    return TrustAdmin(
        AdminTools(
            trust=services.trust,
            log=services.audit,
            ledger=services.ledger,
            people=services.identity,
            proving=Proving(services.clock, os.urandom, site=server_key_hash(services.keys.signer.public)),
            sessions=ConsoleSessions(SqlIdentityStore()),
            seats=_Seats(services),
            tell_ended=services.live.sessions_ended,
        )
    )


def signing_trust(services: Services) -> TrustService:
    """The same tables as for signing in, with the policy for signing."""
    policy = replace(services.trust.tools.policy, hard=services.settings.revocation_required_to_sign)
    return TrustService(replace(services.trust.tools, policy=policy))


def build_signing(services: Services, trust: TrustService) -> SigningService:
    """All rounds; the stamp while a card waits has the short budget."""

    def stamper() -> TimeStamper | None:
        return stamper_of(services, trust, timeout_s=services.settings.pki_timeout_s)

    tools = SigningTools(
        services.database,
        SqlSigningStore(),
        SealedFiles(services.keys.master),
        PadesMaker(stamper),
        trust=trust,
        register=SqlRegister(),
        journal=services.audit,
        meetings=services.meetings,
        series=lambda notation: series_of(notation, by_kind=services.settings.numbers_by_kind),
    )
    return SigningService(tools)


def stamper_of(services: Services, trust: TrustService, *, timeout_s: float) -> HttpStamper | None:
    """With the authorities as they are now; None when the house has no time-stamping authority."""
    url = services.settings.tsa_url
    if not url:
        return None
    known = paths.known_of(trust.authorities())
    return HttpStamper(url, HttpFetcher(timeout_s=timeout_s), known=known, now=services.clock.now)


def _add_chores(services: Services, trust: TrustService) -> None:
    chores = Chores(services.clock)
    clock, admin = services.clock, services.trust_admin

    def refresh() -> None:
        if found := admin.refresh(now=clock.now()):
            _LOG.warning("%d certificates were revoked by their issuers", found)

    def raise_due() -> None:
        stamper = stamper_of(services, trust, timeout_s=services.settings.tsa_timeout_s)
        if stamper is None:
            return
        for meeting in services.rounds.raise_due(Upgrader(trust, stamper), now=clock.now()):
            _changed(services, meeting)

    chores.add(Chore("revocation", REFRESH_S, refresh))
    chores.add(Chore("archive time-stamps", RAISE_S, raise_due))
    services.chores.add(Chore("certificates gone", GONE_S, lambda: admin.end_gone(now=clock.now())))
    services.starters.append(chores.start)
    services.closers.append(chores.stop)
