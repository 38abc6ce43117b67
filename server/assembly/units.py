"""The tree of units.

Rules: stands on the accounts' rows alone, so that the accounts can ask it for a unit.

Usage: ``units.build(services)``.
"""

from __future__ import annotations

import datetime as dt
import os

from server.assembly import record
from server.idempotency.store import SqlActLedger
from server.identity.store import SqlIdentityStore
from server.services import Services
from server.units import routes
from server.units.service import UnitService
from server.units.store import SqlUnitStore


def build_units(services: Services) -> UnitService:
    """The tree alone, as the command line needs it."""
    return UnitService(
        services.database,
        SqlUnitStore(),
        members=SqlIdentityStore(),
        ledger=SqlActLedger(),
        journal=record.build_audit(services),
        unused=dt.timedelta(days=services.settings.disable_after_days),
        random=os.urandom,
    )


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    services.units = build_units(services)
    services.blueprints.append(routes.blueprint(services.units, services.clock))
