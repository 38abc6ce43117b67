"""What of a connection that fails counts as the broker's refusal: by it another certificate is shown (W183)."""

from __future__ import annotations

import queue
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from edge.link.mqtt import Disconnected, MqttLink, Told
from tests.support.devices import Terminal


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.settimeout(20)
        yield found


def told(listener: socket.socket, tmp_path: Path, answer: bytes) -> Told:
    """What the seat hears of one try; ``answer`` is what the other end says to its greeting before it hangs up."""

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65_536)
            peer.sendall(answer)

    heard: queue.SimpleQueue[Told] = queue.SimpleQueue()
    thread = Thread(target=serve, daemon=True)
    thread.start()
    port, tls = listener.getsockname()[1], ssl.create_default_context()
    link = MqttLink(Terminal(tmp_path).id, host="127.0.0.1", port=port, tls=lambda: tls, inbox=heard.put)
    link.start()
    try:
        return heard.get(timeout=20)
    finally:
        link.stop()
        thread.join(20)


def test_W183_who_cuts_the_handshake_refuses_nobody(listener: socket.socket, tmp_path: Path) -> None:
    assert told(listener, tmp_path, b"") == Disconnected(refused=False)


def test_W183_what_tls_says_counts(listener: socket.socket, tmp_path: Path) -> None:
    fatal, bad_certificate = 2, 42
    alert = bytes([21, 3, 3, 0, 2, fatal, bad_certificate])
    assert told(listener, tmp_path, alert) == Disconnected(refused=True)
