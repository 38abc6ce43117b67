"""Looking accounts over, and the log of sign-ins.

Rules: runs after the certificates; the accounts tell it of every sign-in.

Usage: ``reviews.build(services)``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from server.assembly import record
from server.chores import Chore
from server.errors import ServerError
from server.reviews import routes
from server.reviews.service import ReviewService
from server.reviews.store import SqlReviewStore
from server.services import Services
from server.trust.store import SqlTrustStore

_FORGET_S: Final = 86_400.0


class _Certificates:
    """The enrolled ones."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def holders(self) -> Collection[str]:
        """One entry a certificate."""
        with self._services.database.read() as tx:
            return [
                each.person for each in SqlTrustStore().all_enrolled(tx) if not (each.revoked_at or each.withdrawn_at)
            ]


class _Places:
    """Seats by their names; addresses stay as they are."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def of(self, place: str) -> str:
        """``d-…/s-…`` as the room's plan calls the seat."""
        _, _, seat = place.partition("/")
        if not seat.startswith("s-"):
            return place
        try:
            return self._services.rooms.seat(seat).label
        except ServerError:
            return place


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    services.reviews = ReviewService(
        services.database,
        SqlReviewStore(),
        people=services.identity,
        certificates=_Certificates(services),
        ledger=services.ledger,
        journal=record.build_audit(services),
        unused=services.identity.policy.unused,
        place_of=_Places(services).of,
    )
    services.identity.on_sign_in.append(services.reviews.note)
    services.chores.add(Chore("old sign-ins", _FORGET_S, lambda: _forget(services)))
    services.blueprints.append(routes.blueprint(services.reviews, services.clock))


def _forget(services: Services) -> None:
    services.reviews.forget_old(now=services.clock.now())
