"""Socket.IO, namespace ``/live``: the hub's connections (docs/API.md, "Live").

Rules: WebSocket only; events of one connection are handled in order, on its own thread; the page's origin is checked,
and so is the cookie, at the connection and at every request; a refusal is answered like an HTTP error:
``{"error": …}``.

Usage::

    outlet = SocketOutlet(socketio)
    register(socketio, hub, door)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from flask import Flask, request
from flask_socketio import SocketIO
from socketio.exceptions import ConnectionRefusedError as Refused
from socketio.packet import Packet

from server.errors import NotAllowed, ServerError
from server.identity.model import Actor, Role
from server.live.ports import Credentials
from server.live.service import LiveHub
from server.web import DISPLAY_COOKIE, SESSION_COOKIE, error_body, is_display_page
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages.pointing import Place
from wire.messages.viewing import Part
from wire.state import MemberRole

NAMESPACE: Final = "/live"
MAX_MESSAGE_BYTES: Final = 16 * 1024
#: Packets a screen may leave unread before it is passed over.
_UNREAD: Final = 4
_LOG: Final = logging.getLogger("live")


class TextPacket(Packet):  # type: ignore[misc]
    """A packet without bytes: nothing of ours holds any, and looking for them goes through every value of a payload."""

    uses_binary_events = False


class LiveDoor(Protocol):
    """Who may see what, for connections."""

    def credentials(self, session: str, display: str) -> Credentials:
        """What the two cookies of a connection stand for."""
        ...

    def member_roles(self, person: str, meeting: str | None) -> frozenset[MemberRole]:
        """The person's roles in a meeting."""
        ...


Points = Callable[[MeetingId, str, Place | Part], object]


class SocketOutlet:
    """The hub's ``Outlet``: every connection has a queue and a writer of its own."""

    def __init__(self, socketio: SocketIO) -> None:
        # The stubs of Flask-SocketIO do not know the python-socketio server inside.
        self._server: Final[Any] = vars(socketio)["server"]

    def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
        """Queue an event for these screens; it is encoded once for all of them."""
        self._server.emit(event, payload, to=list(sids), namespace=NAMESPACE)

    def is_slow(self, sid: str) -> bool:
        """Whether its queue has not been taken yet; a connection that is gone is slow for ever."""
        eio_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        socket = self._server.eio.sockets.get(eio_sid)
        return socket is None or socket.queue.qsize() > _UNREAD

    def drop(self, sid: str) -> None:
        """Close the connection after what is queued; returns at once.

        Engine.IO's own ``disconnect`` waits until the screen has taken everything: for ever, when it reads no more.
        """
        eio_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        socket = self._server.eio.sockets.pop(eio_sid, None)
        if socket is not None:
            socket.close(wait=False, reason=self._server.eio.reason.SERVER_DISCONNECT)


def make_socketio(app: Flask, *, origins: tuple[str, ...]) -> SocketIO:
    """The Socket.IO server around ``app``."""

    def is_ours(origin: str | None, environ: dict[str, Any]) -> bool:
        own = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        return origin is None or origin == own or origin in origins

    options: dict[str, Any] = {
        "async_mode": "threading",
        "async_handlers": False,
        "cors_allowed_origins": is_ours,
        "transports": ["websocket"],
        "max_http_buffer_size": MAX_MESSAGE_BYTES,
        "manage_session": False,
        "serializer": TextPacket,
        "ping_interval": 15,
        "ping_timeout": 15,
    }
    return SocketIO(app, **options)


def register(socketio: SocketIO, hub: LiveHub, door: LiveDoor, *, point: Points) -> None:
    """Answer the events of docs/API.md."""

    def connect(_auth: object = None) -> None:
        session = "" if is_display_page() else request.cookies.get(SESSION_COOKIE, "")
        credentials = door.credentials(session, request.cookies.get(DISPLAY_COOKIE, ""))
        try:
            hub.connect(_sid(), credentials)
        except ServerError as refusal:
            raise Refused(refusal.code) from None

    def disconnect(_reason: object = None) -> None:
        hub.disconnect(_sid())

    def watch(fields: Fields) -> dict[str, Any]:
        meeting, seq = MeetingId(fields.id("meeting", "m")), fields.number("seq")
        fields.end()
        return hub.watch(_sid(), meeting, seq)

    def unwatch(fields: Fields) -> dict[str, Any]:
        hub.unwatch(_sid(), MeetingId(fields.id("meeting", "m")))
        return {}

    def watch_delivery(fields: Fields) -> dict[str, Any]:
        meeting = MeetingId(fields.id("meeting", "m"))
        hub.watch_delivery(_sid(), meeting, lambda actor: _may_see_delivery(door, actor, meeting))
        return {}

    def watch_signing(fields: Fields) -> dict[str, Any]:
        meeting = MeetingId(fields.id("meeting", "m"))
        hub.watch_signing(_sid(), meeting, lambda actor: _may_see_signing(door, actor, meeting))
        return {}

    def watch_waiting(_fields: Fields) -> dict[str, Any]:
        hub.watch_waiting(_sid())
        return {}

    def watch_fleet(_fields: Fields) -> dict[str, Any]:
        hub.watch_fleet(_sid(), _must_be_it)
        return {}

    socketio.on_event("connect", connect, namespace=NAMESPACE)
    socketio.on_event("disconnect", disconnect, namespace=NAMESPACE)
    watches = (watch, unwatch, watch_delivery, watch_signing, watch_waiting, watch_fleet)
    for handler in (*watches, *_presenting(hub, point)):
        socketio.on_event(handler.__name__, _answering(handler), namespace=NAMESPACE)


def _presenting(hub: LiveHub, point: Points) -> tuple[Callable[[Fields], dict[str, Any]], ...]:
    """Whoever presents is let point and be followed: nobody else's is passed on."""

    def tell(fields: Fields, read: Callable[[Fields], Place | Part]) -> dict[str, Any]:
        meeting, place = MeetingId(fields.id("meeting", "m")), read(fields)
        fields.end()
        point(meeting, hub.person_of(_sid()), place)
        return {}

    def point_at(fields: Fields) -> dict[str, Any]:
        return tell(fields, Place.read)

    def view_at(fields: Fields) -> dict[str, Any]:
        return tell(fields, Part.read)

    return point_at, view_at


def _answering(handler: Callable[[Fields], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def answered(body: object = None, *_more: object) -> dict[str, Any]:
        try:
            return handler(Fields({} if body is None else body, handler.__name__))
        except (ServerError, WireError) as refusal:
            return error_body(refusal)
        except Exception as fault:  # noqa: BLE001 - the connection outlives a fault of ours; the page is told its number
            return error_body(fault)

    return answered


def _may_see_delivery(door: LiveDoor, actor: Actor, meeting: str) -> None:
    if actor.has(Role.SECRETARY, Role.IT):
        return
    leaders = {MemberRole.CHAIR, MemberRole.SECRETARY}
    if actor.person is None or leaders.isdisjoint(door.member_roles(actor.person, meeting)):
        raise NotAllowed


def _may_see_signing(door: LiveDoor, actor: Actor, meeting: str) -> None:
    if actor.has(Role.SECRETARY, Role.AUDITOR):
        return
    if actor.person is None or not door.member_roles(actor.person, meeting):
        raise NotAllowed


def _must_be_it(actor: Actor) -> None:
    if not actor.has(Role.IT):
        raise NotAllowed


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return sid
