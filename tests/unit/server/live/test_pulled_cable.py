"""A console that is gone without a word: the real connections find out while they are sent something (M3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from engineio.socket import Socket
from flask import Flask
from werkzeug.test import EnvironBuilder

from server.identity.model import Role
from server.live.realtime import NAMESPACE, SocketOutlet, make_socketio, register
from server.live.service import LiveHub
from server.meetings import views
from tests.support.meetings import CHAIR, MEETING
from tests.unit.server.live.test_hub import Room
from wire.state import MemberRole


class Door:
    """Nobody comes through it here."""

    def credentials(self, session: str, display: str) -> Any:
        raise AssertionError

    def member_roles(self, person: str, meeting: str | None) -> frozenset[MemberRole]:
        return frozenset()


class Hall(Room):
    """The played meeting behind two real connections, of which the first has its cable pulled."""

    def __init__(self) -> None:
        super().__init__()
        app = Flask(__name__)
        socketio = make_socketio(app, origins=())
        self.server = vars(socketio)["server"]
        self.server.manager_initialized = True
        self.server.manager.initialize()
        outlet = SocketOutlet(socketio)
        self.hub = LiveHub(
            self, self, outlet=outlet, sections_for=views.sections_for, reader_of=views.reader_of, most_screens=5
        )
        register(socketio, self.hub, Door(), point=lambda *_: None)
        self.sockets = [self._open(app, name) for name in ("pulled", "here")]
        self.hub.tick(100.0)
        self.sockets[0].last_ping = time.time() - 3600

    def _open(self, app: Flask, name: str) -> Socket:
        socket = self.server.eio.sockets[name] = Socket(self.server.eio, name)
        socket.connected = True
        self.server.environ[name] = {**EnvironBuilder(path="/").get_environ(), "flask.app": app}
        sid = self.server.manager.connect(name, NAMESPACE)
        self.screen(sid, CHAIR, Role.SECRETARY)
        self.hub.watch(sid, MEETING, 0)
        return socket

    def turn_page(self) -> None:
        self.change(3)
        self.hub.tick(101.0)

    def delete(self) -> None:
        self.hub.meeting_gone(MEETING, self.play.log.state)


@pytest.mark.parametrize(("act", "event"), [(Hall.turn_page, "patch"), (Hall.delete, "gone")])
def test_M3_a_console_whose_cable_is_pulled_stops_no_other(act: Callable[[Hall], None], event: str) -> None:
    hall = Hall()
    sending = threading.Thread(target=act, args=(hall,), daemon=True)
    sending.start()
    sending.join(timeout=10)

    assert not sending.is_alive(), "the hub waits for itself"
    pulled, here = hall.sockets
    assert pulled.closed
    assert f'"{event}"' in str(here.queue.get_nowait().data)
    hall.screen("another")
