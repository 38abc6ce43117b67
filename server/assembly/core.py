"""Identity, rooms, meetings: what every other part builds on.

Rules: puts ``factors``, ``identity``, ``rooms``, ``meetings`` and ``acts`` into the services.

Usage: ``core.build(services)``.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from typing import Final

from server.assembly import factors, record, units
from server.chores import Chore, Chores
from server.door import Door
from server.idempotency.service import forget_old
from server.idempotency.store import SqlActLedger
from server.identity import routes as identity_routes
from server.identity.passwords import Argon2Passwords
from server.identity.service import IdentityService, Policy
from server.identity.store import SqlIdentityStore
from server.meetings import routes as meeting_routes
from server.meetings.acts import SeatActs
from server.meetings.fronts import FrontActs
from server.meetings.gathered import GatheredActs
from server.meetings.logbook import Logbook
from server.meetings.service import MeetingService, Outside
from server.meetings.store import SqlMeetingStore
from server.rooms import routes as room_routes
from server.rooms.service import RoomService
from server.rooms.store import SqlRoomStore
from server.services import Services
from server.settings import Settings
from server.tokens.model import Proven
from wire.proof import TokenData

_LOG: Final = logging.getLogger("chores")
#: An account disabled on the command line, or just before a crash, is signed out of its seat this soon.
UNSEAT_S: Final = 30.0
PRUNE_S: Final = 3600.0


class _LateTokens:
    """Asks the tokens feature, which is built later."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def holder(self, data: TokenData) -> str | None:
        """As the feature says."""
        return self._services.tokens.holder(data)

    def prove(self, data: TokenData, *, device: str, seat: str, meeting: str, now: dt.datetime) -> Proven:
        """As the feature does."""
        return self._services.tokens.prove(data, device=device, seat=seat, meeting=meeting, now=now)


class _Seats:
    """Signs who is disabled out of the seats."""

    def __init__(self, meetings: MeetingService) -> None:
        self._meetings: Final = meetings

    def account_disabled(self, person: str, *, now: dt.datetime) -> None:
        """A person may do nothing more."""
        self._meetings.unseat([person], now=now)


def build(services: Services) -> None:
    """Put the features together and register their routes."""
    database, slots, clock = services.database, services.slots, services.clock
    ledger = SqlActLedger()
    identity = build_identity(services)
    units.build(services)
    rooms = RoomService(
        database, SqlRoomStore(), ledger=ledger, journal=record.build_audit(services), random=os.urandom
    )
    store = SqlMeetingStore()
    logbook = Logbook(database, store, ledger=ledger, announcer=slots, epochs=slots, record=record.recorder(services))
    outside = Outside(
        people=identity,
        rooms=rooms,
        holders=slots,
        random=os.urandom,
        closing_must_be_signed=services.settings.closing_must_be_signed,
        roll_rules=services.settings.roll_rules,
    )
    meetings = MeetingService(database, store, logbook=logbook, outside=outside)
    services.identity, services.rooms, services.meetings, services.ledger = identity, rooms, meetings, ledger
    acts = SeatActs(
        database,
        meetings,
        people=identity,
        ledger=ledger,
        tokens=_LateTokens(services),
        others=services.seat_acts,
        is_kept=lambda device: services.keeping.is_kept(device),  # noqa: PLW0108 - built after this
    )
    services.acts = FrontActs(acts, meetings)
    services.gathered = GatheredActs(database, meetings, people=identity, ledger=ledger, kinds=services.acts_together)
    services.chores = Chores(clock)
    services.chores.add(Chore("disabled people at seats", UNSEAT_S, lambda: meetings.unseat(now=clock.now())))
    services.chores.add(Chore("old acts", PRUNE_S, lambda: _forget_acts(services)))
    services.starters.append(services.chores.start)
    services.closers.append(services.chores.stop)
    identity.watchers.append(_Seats(meetings))
    services.door = Door(identity, meetings, slots=slots, clock=clock)
    services.blueprints += [
        identity_routes.blueprint(identity, clock, services.units),
        room_routes.blueprint(rooms, clock, slots.device_at),
        meeting_routes.blueprint(meetings, clock),
    ]


def _forget_acts(services: Services) -> None:
    before = services.clock.now() - dt.timedelta(days=services.settings.acts_kept_days)
    dropped = forget_old(services.ledger, services.database, before=before)
    if dropped:
        _LOG.info("%d old acts forgotten", dropped)


def build_identity(services: Services) -> IdentityService:
    """Identity alone, as the command line needs it; puts ``factors`` into the services."""
    services.factors = factors.build_factors(services)
    return IdentityService(
        services.database,
        SqlIdentityStore(),
        passwords=Argon2Passwords(memory_kib=services.settings.argon2_memory_kib),
        factors=services.factors,
        ledger=SqlActLedger(),
        journal=record.build_audit(services),
        policy=_policy(services.settings),
        random=os.urandom,
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        idle=dt.timedelta(seconds=settings.idle_s),
        longest=dt.timedelta(hours=settings.session_hours),
        unused=dt.timedelta(days=settings.disable_after_days),
        factor=settings.second_factor,
    )
