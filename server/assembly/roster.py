"""Lists of accounts.

Usage: ``roster.build(services)``.
"""

from __future__ import annotations

import os

from server.assembly import record
from server.identity.passwords import MadePasswords
from server.identity.store import SqlIdentityStore
from server.roster import routes
from server.roster.reader import SheetProcess
from server.roster.service import RosterService, Tools
from server.services import Services
from server.units.store import SqlUnitStore


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    roster = RosterService(
        Tools(
            unit=services.database,
            sheets=SheetProcess(),
            accounts=SqlIdentityStore(),
            units=SqlUnitStore(),
            hashes=MadePasswords(),
            ledger=services.ledger,
            journal=record.build_audit(services),
            unused=services.identity.policy.unused,
            random=os.urandom,
        )
    )
    services.blueprints.append(routes.blueprint(roster, services.clock))
