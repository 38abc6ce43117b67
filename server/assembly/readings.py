"""What people read: at consoles, as the papers hand it out, and at seats, as they tell it.

Rules: runs after the record and before the papers, which tell it; puts ``reading`` into the services and stands in
front of the handler of seats' acts. What waits to be written down is written before the server stops.

Usage: ``readings.build(services)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from server.assembly.record import build_audit
from server.chores import Chore
from server.distribution.store import SqlLinkStore
from server.identity.store import SqlIdentityStore
from server.papers.store import SqlPaperStore
from server.readings.acts import ReadingActs
from server.readings.consoles import ConsoleReadings
from server.readings.keeping import ReadingKeeping
from server.readings.ports import Refused
from server.readings.routes import ReadingDesk, blueprint
from server.readings.seats import SeatReadings
from server.readings.service import ReadingService
from server.readings.store import SqlReadingStore
from server.services import Services

#: A page that was handed out is in the database this soon.
_WRITE_S: Final = 2.0
#: And in the hash that the record holds.
_KEEP_S: Final = 600.0
#: What a terminal told wrongly is named so long after it did it last.
_NAMED: Final = dt.timedelta(days=30)


def build(services: Services) -> None:
    """Put the feature together."""
    unit, clock, store, links = services.database, services.clock, SqlReadingStore(), SqlLinkStore()
    log = build_audit(services)
    consoles = ConsoleReadings(unit, store)
    seats = SeatReadings(unit, store, services.meetings, papers=SqlPaperStore(), stood=links)
    keeping = ReadingKeeping(unit, store, services.meetings, log, links, SqlIdentityStore())

    def write() -> None:
        consoles.flush(now=clock.now())
        seats.flush(now=clock.now())

    def refused() -> list[Refused]:
        since = clock.now() - _NAMED
        with unit.read() as tx:
            return [each for each in store.refused(tx) if each.last_at >= since]

    services.reading = consoles
    services.acts = ReadingActs(services.acts, seats)
    readings = ReadingService(unit, store, services.meetings, log, services.ledger, links)
    services.blueprints.append(blueprint(ReadingDesk(readings, keeping, refused, clock)))
    services.chores.add(Chore("what was read", _WRITE_S, write))
    services.chores.add(Chore("the hash of what was read", _KEEP_S, lambda: keeping.keep(now=clock.now())))
    services.closers.append(write)
