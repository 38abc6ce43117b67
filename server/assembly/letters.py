"""The documents that the office issues.

Rules: runs after signing, the agency and the tasks; puts ``press`` and ``letters`` into the services.

Usage: ``letters.build(services)``.
"""

from __future__ import annotations

import os

from server.assembly import record
from server.letters import reply_routes
from server.letters.guard import LetterGuard
from server.letters.press import Press
from server.letters.registry import Registry
from server.letters.replies import ReplyService
from server.letters.routes import blueprint, register_blueprint
from server.letters.service import LetterService, Tools
from server.letters.store import SqlLetterStore
from server.letters.waiting import WaitingLetters
from server.papers.intake import Intake
from server.services import Services
from server.signing.register import SqlRegister
from server.signing.store import SqlSigningStore


def build(services: Services) -> None:
    """Put the feature together."""
    settings = services.settings
    intake = Intake(
        settings.data_dir / "incoming", limit_mib=settings.signature_upload_mib, reserve_mib=settings.disk_reserve_mib
    )
    services.press = Press(services.agency, services.rounds, intake, services.renderer)
    signing = services.signing.tools
    services.letters = LetterService(
        Tools(
            services.database,
            SqlLetterStore(),
            ledger=services.ledger,
            journal=record.build_audit(services),
            meetings=services.meetings,
            people=services.identity,
            press=services.press,
            office=services.agency,
            calendar=services.workdays,
            tasks=services.tasks,
            numbers=signing.register,
            rounds=signing.store,
            random=os.urandom,
            has_stamps=bool(settings.tsa_url),
        )
    )
    services.rounds.tools.given.append(WaitingLetters(services.letters).has_read)
    services.rounds.tools.guards.append(LetterGuard(services.meetings).must_have)
    replies = ReplyService(services.meetings, services.identity, services.workdays)
    registry = Registry(
        services.database,
        SqlSigningStore(),
        SqlRegister(),
        SqlLetterStore(),
        people=services.identity,
        letters=services.letters,
    )
    services.blueprints += [
        register_blueprint(registry),
        blueprint(services.letters, services.clock),
        reply_routes.blueprint(replies, services.clock),
    ]
