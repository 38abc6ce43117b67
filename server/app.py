"""The application: settings in, a Flask application with everything behind it out.

Rules: the only place, with ``server/assembly``, where ports meet adapters. Building it opens the database and applies
migrations, and starts no thread; ``services_of(app).start()`` does.

Usage::

    app = create_app(Settings.load(os.environ))
    services_of(app).start()
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, Final

from flask import Flask

from server import front, metrics, web
from server.assembly import (
    archive,
    attendance,
    before,
    calendars,
    consultations,
    core,
    distribution,
    documents,
    factors,
    feedback,
    fleet,
    handover,
    keeping,
    letters,
    marks,
    minutes,
    notices,
    outlines,
    papers,
    pointing,
    readings,
    record,
    rehearsals,
    reports,
    requests,
    reviews,
    roster,
    screens,
    search,
    service_calls,
    signing,
    speaking,
    statements,
    tasks,
    terminals,
    tokens,
    updates,
    upkeep,
    voting,
)
from server.clock import Clock, SystemClock
from server.db import migrate
from server.db.engine import Database
from server.proxy import behind_proxy
from server.services import Services
from server.settings import Settings
from web import dist

#: In this order: each part may use what the parts before it have put into the services.
PARTS: Final[tuple[Callable[[Services], None], ...]] = (
    core.build,
    screens.build,
    fleet.build,
    record.build,
    factors.build,
    tokens.build,
    readings.build,
    papers.build,
    signing.build,
    statements.build,
    voting.build,
    documents.build,
    requests.build,
    before.build,
    outlines.build,
    tasks.build,
    letters.build,
    minutes.build,
    archive.build,
    consultations.build,
    attendance.build,
    service_calls.build,
    terminals.build,
    keeping.build,
    updates.build,
    upkeep.build,
    feedback.build,
    speaking.build,
    marks.build,
    notices.build,
    pointing.build,
    distribution.build,
    rehearsals.build,
    search.build,
    reports.build,
    calendars.build,
    roster.build,
    reviews.build,
    handover.build,
)

_EXTENSION: Final = "phonghop"


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """The application, its database migrated and every feature plugged in."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    services = Services(settings, clock or SystemClock(), Database(settings.database))
    migrate.upgrade(services.database)
    for build in PARTS:
        build(services)
    return _flask(services)


def services_of(app: Flask) -> Services:
    """What ``app`` is made of."""
    found: Services = app.extensions[_EXTENSION]
    return found


def _flask(services: Services) -> Flask:
    settings = services.settings
    app = Flask("server", static_folder=None)
    app.extensions[_EXTENSION] = services
    # One address leads to one view, or nowhere: nothing is tidied up and redirected.
    app.url_map.merge_slashes = False
    provider: Any = app.json
    provider.ensure_ascii = provider.sort_keys = False
    app.config["MAX_CONTENT_LENGTH"] = (settings.max_upload_mib + 1) * 1024**2
    app.config["MAX_FORM_MEMORY_SIZE"] = web.MAX_JSON_BYTES
    _add_health(services)
    web.install(app, services.door, origins=settings.origins)
    app.after_request(front.secure)
    for blueprint in (
        front.blueprint(dist(), services.health, bridge_ports=settings.bridge_ports),
        metrics.blueprint(
            settings.metrics_token,
            [metrics.Health(services.health), metrics.Terminals(services.fleet.devices, services.clock)],
        ),
        *services.blueprints,
    ):
        app.register_blueprint(blueprint)
    for wrap in services.wrappers:
        wrap(app)
    if settings.behind_proxy:
        # Outermost, so that Socket.IO's check of the origin sees the address the browser used.
        inner: Any = app.wsgi_app
        app.wsgi_app = behind_proxy(inner)  # type: ignore[method-assign]
    return app


def _add_health(services: Services) -> None:
    settings = services.settings

    def database() -> bool:
        services.database.ping()
        return True

    def disk() -> bool:
        return shutil.disk_usage(settings.data_dir).free >= settings.disk_reserve_mib * 1024**2

    services.health |= {"database": database, "disk": disk}
