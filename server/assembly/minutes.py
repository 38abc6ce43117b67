"""The minutes: the service, its press and its routes.

Rules: runs after signing, dossiers and letters, whose press it shares.

Usage: ``minutes.build(services)``.
"""

from __future__ import annotations

import datetime as dt

from server.minutes import routes
from server.minutes.freezing import Freezing
from server.minutes.press import MinutesPress
from server.minutes.reminding import Reminders
from server.minutes.routes import MinutesRoutes
from server.minutes.service import MinutesService, MinutesTools
from server.minutes.store import SqlMinutesStore
from server.services import Services
from server.signing.service import SigningService


class _Rounds:
    """Rounds as the minutes ask for them."""

    def __init__(self, signing: SigningService) -> None:
        self._signing = signing

    def standing(self, round_id: str) -> tuple[bool, dt.datetime | None]:
        """Whether all have signed, and when it was over."""
        found = self._signing.round(round_id)
        return found.is_complete, found.closed_at


def build(services: Services) -> None:
    """Put the feature together."""
    services.slots.minutes_changed.append(services.live.signing_changed)
    services.minutes = MinutesService(
        MinutesTools(
            unit=services.database,
            store=SqlMinutesStore(),
            meetings=services.meetings,
            ledger=services.ledger,
            rounds=_Rounds(services.signing),
            changed=services.slots.minutes_written,
        )
    )
    press = MinutesPress(services.agency)
    freezing = Freezing(
        services.minutes,
        press,
        services.press,
        services.dossiers,
        services.rounds.pictures,
        services.identity,
        has_stamps=bool(services.settings.tsa_url),
    )
    services.rounds.tools.guards.append(freezing.must_have)
    services.blueprints.append(
        routes.blueprint(
            MinutesRoutes(
                services.minutes,
                services.meetings,
                services.identity,
                press,
                Reminders(services.minutes),
                freezing,
                services.clock,
            )
        )
    )
