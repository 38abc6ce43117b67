"""Votes: the service, the thread that records, routes and seats' acts.

Rules: puts ``voting`` into the services; runs after the meetings and statements, before the link to the seats.

Usage: ``voting.build(services)``.
"""

from __future__ import annotations

import os

from server.services import Services
from server.tokens.routes import asker
from server.voting.acts import seat_acts
from server.voting.clock import VoteClock
from server.voting.pulse import VotePulse
from server.voting.routes import blueprint
from server.voting.service import VotingService
from server.voting.store import SqlBallotStore


def build(services: Services) -> None:
    """Put the feature together."""
    voting = VotingService(
        services.database,
        SqlBallotStore(),
        meetings=services.meetings,
        ledger=services.ledger,
        statements=services.statements,
        random=os.urandom,
    )
    pulse = VotePulse(voting, services.clock)
    voting.recorders.append(pulse)
    clock = VoteClock(voting, services.clock)
    voting.timers.append(clock)
    services.voting = voting
    services.seat_acts |= seat_acts(voting, services.rooms)
    services.blueprints.append(blueprint(voting, services.clock, seal=asker(services.consoles)))
    for thread in (pulse, clock):
        services.starters.append(thread.start)
        services.closers.append(thread.stop)
