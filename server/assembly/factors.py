"""Second factors.

Rules: built before the master key is loaded, so the key is asked for when a secret is sealed or opened.

Usage: ``services.factors = factors.build_factors(services)``; ``factors.build(services)`` after ``fleet.build``.
"""

from __future__ import annotations

import os

from server.assembly.record import build_audit
from server.factors import routes
from server.factors.service import FactorService
from server.factors.store import SqlFactorStore
from server.services import Services
from wire.secret import Secret


class _LateMaster:
    """The master key, once it is there."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def wrap(self, key: Secret) -> bytes:
        """For the database."""
        return self._services.keys.master.wrap(key)

    def unwrap(self, wrapped: bytes) -> Secret:
        """The secret again."""
        return self._services.keys.master.unwrap(wrapped)


def build_factors(services: Services) -> FactorService:
    """The service; on the command line it can forget second factors, and open none."""
    return FactorService(
        services.database,
        SqlFactorStore(),
        _LateMaster(services),
        build_audit(services),
        os.urandom,
        services.settings.site_name,
    )


def build(services: Services) -> None:
    """Register the routes."""
    services.blueprints.append(routes.blueprint(services.factors, services.identity, services.clock))
