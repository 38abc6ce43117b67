"""Papers: the way in, the files, the epochs' keys, the pages.

Rules: puts ``papers``, ``paper_files``, ``paper_store``, ``epochs`` and ``renderer`` into the services and fills the
slot of epochs. Building sweeps what an interrupted upload left.

Usage: ``papers.build(services)``, after ``fleet.build(services)``, which makes the site's keys, and ``readings.build``,
which hears what is read.
"""

from __future__ import annotations

import logging
import os
from typing import Final

from pages.renderer import Renderer
from server.keys.service import EpochKeys
from server.keys.store import SqlEpochStore
from server.papers import routes
from server.papers.checker import Checker
from server.papers.files import PaperFiles
from server.papers.intake import Intake
from server.papers.sealer import ManifestSealer
from server.papers.service import PaperService
from server.papers.store import SqlPaperStore
from server.papers.submission import Submissions, Tools
from server.services import Services

RENDERERS: Final = 2
_LOG: Final = logging.getLogger("papers")


def build(services: Services) -> None:
    """Put the feature together and register its routes."""
    settings, keys = services.settings, services.keys
    services.epochs = EpochKeys(SqlEpochStore(), keys.master)
    services.slots.epochs = services.epochs
    services.paper_store = SqlPaperStore()
    services.paper_files = PaperFiles(settings.data_dir / "files")
    services.renderer = Renderer(processes=RENDERERS)
    intake = Intake(
        settings.data_dir / "incoming", limit_mib=settings.max_upload_mib, reserve_mib=settings.disk_reserve_mib
    )
    tools = Tools(
        unit=services.database,
        store=services.paper_store,
        ledger=services.ledger,
        meetings=services.meetings,
        files=services.paper_files,
        check=Checker(),
        sealer=ManifestSealer(keys.signer),
        master=keys.master,
        random=os.urandom,
        approval_must_be_signed=settings.approval_must_be_signed,
    )
    services.papers = PaperService(tools)
    swept = intake.sweep() + services.paper_files.sweep(services.papers.known_versions())
    if swept:
        _LOG.warning("removed %d files that an interrupted upload had left", swept)
    services.paper_desk = routes.Desk(
        services.papers, Submissions(tools), intake, services.renderer, services.clock, services.reading
    )
    services.blueprints.append(routes.blueprint(services.paper_desk))
    services.closers += [services.renderer.close, services.paper_files.close]
