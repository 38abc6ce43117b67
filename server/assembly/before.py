"""Before the meeting: remarks and requests to speak in advance, and their routes.

Rules: runs after the meetings and the units.

Usage: ``before.build(services)``.
"""

from __future__ import annotations

import os

from server.assembly.requests import Units
from server.before.routes import BeforeDesk, blueprint
from server.before.service import BeforeService
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together."""
    before = BeforeService(services.meetings, services.identity, Units(services), os.urandom)
    services.blueprints.append(blueprint(BeforeDesk(before, services.clock)))
