"""Tasks: the service, its evidence and its routes.

Rules: runs after the papers and before the letters, whose notices take tasks over; puts ``tasks`` into the services.
Building sweeps what an interrupted upload left.

Usage: ``tasks.build(services)``.
"""

from __future__ import annotations

import os

from server.assembly import record
from server.papers.checker import Checker
from server.papers.files import PaperFiles
from server.papers.intake import Intake
from server.services import Services
from server.tasks import routes
from server.tasks.agenda import Leftovers
from server.tasks.evidence import Proofs
from server.tasks.reading import TaskReading
from server.tasks.service import TaskService, Tools
from server.tasks.store import SqlTaskStore


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    settings = services.settings
    tasks = TaskService(
        Tools(
            services.database,
            SqlTaskStore(),
            ledger=services.ledger,
            journal=record.build_audit(services),
            meetings=services.meetings,
            people=services.identity,
            units=services.units,
            calendar=services.workdays,
            random=os.urandom,
        )
    )
    services.tasks = TaskReading(tasks)
    files = PaperFiles(settings.data_dir / "evidence")
    proofs = Proofs(tasks, files, Checker(), services.keys.master)
    proofs.sweep()
    intake = Intake(
        settings.data_dir / "incoming", limit_mib=settings.signature_upload_mib, reserve_mib=settings.disk_reserve_mib
    )
    services.blueprints.append(
        routes.blueprint(
            routes.Desk(
                tasks, services.tasks, proofs, Leftovers(services.tasks), intake, services.workdays, services.clock
            )
        )
    )
    services.closers.append(files.close)
