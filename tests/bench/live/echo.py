"""The yardstick's server: answers every message at once with one of the same size as the product's, and keeps nothing.

Rules: one MQTT connection with the server's certificate; no signature, no seal, no database. What it takes is what
broker, TLS and the seats' own side take.

Usage: ``python -m tests.bench.live.echo FACTS PORT ACK_BYTES``; a line ``{"turn": 900}`` sends 900 bytes to the room.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

from server.link.mqtt import Address, MqttLink, TlsFiles
from tests.bench.live.house import Facts
from tests.support.poll import until
from wire.ids import DeviceId, MeetingId, RoomId
from wire.topics import Topic


class Echo:
    """The inbox of a link."""

    def __init__(self, link: MqttLink, size: int) -> None:
        self._link: Final = link
        self._answer: Final = bytes(size)

    def received(self, topic: Topic, _payload: bytes) -> None:
        """Answer."""
        if topic.lane == "act":
            self._link.publish(Topic.down(DeviceId(topic.owner), "ack"), self._answer)

    def connected(self) -> None:
        """The broker is there."""

    def disconnected(self) -> None:
        """It is gone."""


def main(facts_file: str, port: str, ack: str) -> None:
    """Obey until the standard input ends."""
    facts = Facts.read(Path(facts_file))
    pki = Path(facts.pki)
    link = MqttLink(
        Address("127.0.0.1", int(port)), tls=TlsFiles(pki / "ca.pem", pki / "server.pem", pki / "server.key")
    )
    link.start(Echo(link, int(ack)))
    until(lambda: link.is_connected, timeout_s=30, what="the echo is connected")
    _say({"ready": True})
    topic = Topic.events(RoomId(facts.room), MeetingId(facts.meeting))
    for line in sys.stdin:
        began_ns = time.monotonic_ns()
        link.publish(topic, bytes(json.loads(line)["turn"]))
        _say({"began_ns": began_ns})
    link.stop()


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
