"""Votes: the service, the thread that records, routes and seats' acts.

Rules: puts ``voting`` and ``urn`` into the services; runs after the meetings and statements, before the link to the
seats.

Usage: ``voting.build(services)``.
"""

from __future__ import annotations

import os

from server.services import Services
from server.tokens.routes import asker
from server.voting.acts import seat_acts, together
from server.voting.asking import ReadyActs
from server.voting.clock import VoteClock
from server.voting.pulse import VotePulse
from server.voting.ready import SeatSight, Sights
from server.voting.routes import blueprint
from server.voting.secret.service import SecretVotes
from server.voting.secret.store import SqlSecretStore
from server.voting.secret.urn import Urn
from server.voting.service import SecretDesk, VotingService
from server.voting.store import SqlBallotStore
from wire.ids import MeetingId


def build(services: Services) -> None:
    """Put the feature together."""
    secret = SecretVotes(
        services.database,
        SqlSecretStore(),
        ballots=SqlBallotStore(),
        meetings=services.meetings,
        ledger=services.ledger,
        master=services.keys.master,
        random=os.urandom,
    )
    urn = Urn(secret, services.clock, random=os.urandom)
    voting = VotingService(
        services.database,
        SqlBallotStore(),
        meetings=services.meetings,
        ledger=services.ledger,
        statements=services.statements,
        random=os.urandom,
        secret=SecretDesk(secret, urn),
    )
    pulse = VotePulse(voting, services.clock)
    voting.casting.recorders.append(pulse)
    clock = VoteClock(voting, services.clock)
    voting.timers.append(clock)
    secret.recorders.append(pulse)
    services.voting, services.urn = voting, urn
    voting.sights = lambda meeting: _sights(services, meeting)
    services.slots.announcers.append(urn)
    services.seat_acts |= seat_acts(voting, secret, services.rooms)
    services.acts_together |= together(voting, services.rooms)
    services.acts = ReadyActs(services.acts, voting, services.meetings)
    routes = blueprint(voting, services.clock, seal=asker(services.consoles), progress=urn.progress)
    services.blueprints.append(routes)
    for thread in (pulse, clock, urn):
        services.starters.append(thread.start)
        services.closers.append(thread.stop)


def _sights(services: Services, meeting: MeetingId) -> Sights:
    """Where people are now: the seats' own reports, and the consoles that show the meeting."""
    seats = {
        seat["person"]: SeatSight(seat["seat_label"], seat["online"], seat["screen"], seat["token"])
        for seat in services.slots.delivery_now(meeting)["seats"]
        if seat["person"] is not None
    }
    return Sights(seats, services.live.watching(meeting))
