"""Messages: the service, its routes and the seats' act.

Rules: runs after the meetings, before the link to the seats.

Usage: ``notices.build(services)``.
"""

from __future__ import annotations

import os

from server.notices.acts import seat_acts
from server.notices.routes import blueprint
from server.notices.service import NoticeService
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together."""
    notices = NoticeService(services.meetings, random=os.urandom)
    services.seat_acts |= seat_acts(notices)
    services.blueprints.append(blueprint(notices, services.clock))
