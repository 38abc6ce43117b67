"""Speaking: the service, the clock that ends turns, routes and seats' acts.

Rules: puts ``speaking`` into the services; runs after the meetings, before the link to the seats.

Usage: ``speaking.build(services)``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from server.services import Services
from server.speaking.acts import seat_acts, together
from server.speaking.clock import SpeechClock
from server.speaking.routes import blueprint
from server.speaking.service import SpeakingService
from wire.ids import MeetingId
from wire.state import MeetingState


def build(services: Services) -> None:
    """Put the feature together."""
    speaking = SpeakingService(services.meetings, random=os.urandom)

    def live() -> Iterator[tuple[MeetingId, MeetingState]]:
        for meeting in services.meetings.live():
            yield meeting, services.meetings.state(meeting)

    clock = SpeechClock(speaking, live, services.clock)
    services.speaking = speaking
    services.slots.announcers.append(clock)
    services.seat_acts |= seat_acts(speaking)
    services.acts_together |= together(speaking)
    services.blueprints.append(blueprint(speaking, services.clock))
    services.starters.append(clock.start)
    services.closers.append(clock.stop)
