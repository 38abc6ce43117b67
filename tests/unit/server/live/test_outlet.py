"""The way out to one screen: nothing that a screen does or leaves undone holds up whoever sends."""

from __future__ import annotations

import threading

from engineio.packet import MESSAGE, Packet
from engineio.socket import Socket
from flask import Flask

from server.live.realtime import NAMESPACE, SocketOutlet, make_socketio


def test_a_screen_that_takes_nothing_any_more_is_dropped_at_once() -> None:
    socketio = make_socketio(Flask(__name__), origins=())
    server = vars(socketio)["server"]
    unread = Socket(server.eio, "connection")
    server.eio.sockets["connection"] = unread
    sid = server.manager.connect("connection", NAMESPACE)
    unread.queue.put(Packet(MESSAGE, "nobody takes this"))

    dropping = threading.Thread(target=SocketOutlet(socketio).drop, args=(sid,), daemon=True)
    dropping.start()
    dropping.join(timeout=10)

    assert not dropping.is_alive()
    assert unread.closed
    assert "connection" not in server.eio.sockets


def test_a_screen_that_is_gone_is_dropped_in_silence() -> None:
    SocketOutlet(make_socketio(Flask(__name__), origins=())).drop("nobody")
