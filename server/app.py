"""The application: settings in, a Flask application with everything behind it out.

Rules: the only place, with ``server/assembly``, where ports meet adapters. Building it opens the database and applies
migrations, and starts no thread; ``services.start()`` does.

Usage::

    app = create_app(Settings.load(os.environ))
    services_of(app).start()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask

from server import web
from server.assembly import core, fleet, papers
from server.clock import Clock, SystemClock
from server.db import migrate
from server.db.engine import Database
from server.services import Services
from server.settings import Settings

#: In this order: each part may use what the parts before it have put into the services.
PARTS: Final[tuple[Callable[[Services], None], ...]] = (core.build, fleet.build, papers.build)

_EXTENSION: Final = "phonghop"


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """The application, its database migrated and every feature plugged in."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    services = Services(settings, clock or SystemClock(), Database(settings.database))
    migrate.upgrade(services.database)
    for build in PARTS:
        build(services)
    app = Flask("server", static_folder=None)
    app.extensions[_EXTENSION] = services
    app.config["MAX_CONTENT_LENGTH"] = (settings.max_upload_mib + 1) * 1024**2
    web.install(app, services.door, origins=settings.origins)
    for blueprint in services.blueprints:
        app.register_blueprint(blueprint)
    return app


def services_of(app: Flask) -> Services:
    """What ``app`` is made of."""
    found: Services = app.extensions[_EXTENSION]
    return found
