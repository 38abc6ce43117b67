"""The archive: for how long dossiers are kept, what archives want in them, and the lists they are handed over with.

Rules: runs after the dossiers, the agency and signing.

Usage: ``archive.build(services)``.
"""

from __future__ import annotations

from server.archive import routes
from server.archive.inside import ForArchives, Openings, Reading, counted
from server.archive.service import ArchiveService
from server.archive.store import SqlArchiveStore
from server.assembly.record import build_audit
from server.readings.store import SqlReadingStore
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    unit, settings, log = services.database, services.settings, build_audit(services)
    reading = Reading(unit, services.signing.tools.register, services.agency, settings.site_name)
    archive = ArchiveService(
        unit,
        SqlArchiveStore(),
        ledger=services.ledger,
        journal=log,
        meetings=services.meetings,
        office=services.agency,
        contents=counted(services.dossiers, services.meetings, reading),
        period=settings.retention,
    )
    services.dossiers.tools.extras.extend([Openings(unit, SqlReadingStore(), log), ForArchives(reading, archive)])
    services.blueprints.append(routes.blueprint(archive, services.clock))
