"""The live connection: hub, ticking thread, Socket.IO.

Rules: needs the Flask application, so it is built after all parts; puts ``live`` into the services before them.

Usage: ``hub = screens.build(services)``, and later ``screens.connect(app, services)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from flask import Flask

from server.live.pulse import Pulse
from server.live.realtime import SocketOutlet, make_socketio, register
from server.live.service import LiveHub
from server.meetings import views
from server.services import Services
from wire.ids import MeetingId
from wire.messages.pointing import Place
from wire.messages.viewing import Part

#: Threads kept for requests, however many screens are open: each open screen takes one.
_FOR_REQUESTS: Final = 12


class _Outlet:
    """Stands in for the connections until the application is there."""

    def __init__(self) -> None:
        self.real: SocketOutlet | None = None

    def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
        """Queue an event for these screens."""
        if self.real is not None:
            self.real.emit(sids, event, payload)

    def is_slow(self, sid: str) -> bool:
        """Whether the screen has not taken yet what it was sent."""
        return self.real is None or self.real.is_slow(sid)

    def drop(self, sid: str) -> None:
        """Close the connection."""
        if self.real is not None:
            self.real.drop(sid)


class _Connections:
    """Ends the live screens of who is disabled."""

    def __init__(self, hub: LiveHub) -> None:
        self._hub: Final = hub

    def account_disabled(self, person: str, *, now: dt.datetime) -> None:  # noqa: ARG002 - each is asked anew
        """A person may do nothing more."""
        self._hub.sessions_ended()


def build(services: Services) -> None:
    """Make the hub; other parts tell it of deliveries and terminals."""
    outlet = _Outlet()
    hub = LiveHub(
        services.meetings,
        services.slots,
        outlet=outlet,
        sections_for=views.sections_for,
        reader_of=views.reader_of,
        most_screens=max(1, services.settings.threads - _FOR_REQUESTS),
    )
    services.live = hub
    services.slots.announcers.append(hub)
    services.identity.watchers.append(_Connections(hub))
    services.identity.on_sessions_ended.append(hub.sessions_ended)
    pulse = Pulse(hub, services.clock)
    services.starters.append(pulse.start)
    services.closers.append(pulse.stop)

    def point(meeting: MeetingId, person: str, place: Place | Part) -> object:
        return services.pointing.point(meeting, person, place, at_s=services.clock.monotonic_s())

    def connect(app: Flask) -> None:
        socketio = make_socketio(app, origins=services.settings.origins)
        outlet.real = SocketOutlet(socketio)
        register(socketio, hub, services.door, point=point)

    services.wrappers.append(connect)
