"""The server under measurement: everything but HTTP, driven by lines on its standard input.

Rules: rooms, accounts, terminals, meetings and papers come in through the same routes as ever; the distribution, its
plan and its link are the product's. Only a counter sits between distribution and link. Lines in and out are JSON.

Usage: ``python -m tests.bench.server DATA_DIR MQTT_PORT SEATS HOST``, then ``{"do": "start"}`` …
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from server.assembly.distribution import outside_of, plug
from server.distribution.service import Distribution
from server.link.mqtt import Address, MqttLink, TlsFiles
from server.link.ports import Inbox
from tests.support import pdfs
from tests.support.devices import Terminal
from tests.support.office import Office
from tests.support.papers import items_of, upload
from tests.support.poll import until
from tests.support.theatre import LiveClock, enrol
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion, Topic


class CountingLink:
    """The server's link, and what went through it."""

    def __init__(self, link: MqttLink) -> None:
        self._link: Final = link
        self.messages: Counter[str] = Counter()
        self.octets: Counter[str] = Counter()

    def start(self, inbox: Inbox) -> None:
        """Connect."""
        self._link.start(inbox)

    def stop(self) -> None:
        """Disconnect."""
        self._link.stop()

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over, and count it by its lane."""
        self.messages[topic.lane] += 1
        self.octets[topic.lane] += len(payload)
        return self._link.publish(topic, payload)

    @property
    def is_connected(self) -> bool:
        """Whether a message can be handed over."""
        return self._link.is_connected

    @property
    def backlog(self) -> int:
        """Messages that the broker has not acknowledged."""
        return self._link.backlog


class BenchServer:
    """One room of many seats."""

    def __init__(self, folder: Path, port: int, *, seats: int, host: str) -> None:
        self._office: Final = Office(
            folder,
            clock=LiveClock(),
            mqtt_port=port,
            broker_pid_file=str(folder / "mosquitto.pid"),
            public_hosts=("localhost", host),
        )
        services = self._office.services
        pki = folder / "pki"
        files = TlsFiles(pki / "ca.pem", pki / "server.pem", pki / "server.key")
        self._link: Final = CountingLink(MqttLink(Address("127.0.0.1", port), tls=files))
        self._distribution: Final = Distribution(outside_of(services), link=self._link, keys=services.keys)
        plug(services, self._distribution)
        self._folder: Final = folder
        self._meeting = ""
        self._paper = PaperVersion(PaperId(""), 0)
        self._terminals: Final = self._furnish(seats)

    def _furnish(self, seats: int) -> list[Terminal]:
        office, folder = self._office, self._folder / "terminals"
        folder.mkdir()
        plan = [{"label": f"S{number:03}", "x": number % 1000, "y": 500} for number in range(seats)]
        room = office.sign_in("kythuat").post("/api/rooms", {"name": "Phòng đo (demo)", "seats": plan}).done()
        office.room, office.seats = room["id"], [seat["id"] for seat in room["seats"]]
        terminals = [Terminal(folder) for _ in range(seats)]
        for terminal, seat in zip(terminals, office.seats, strict=True):
            enrol(office, terminal, seat)
            certificate = office.services.site.issue_device(terminal.id, spki=terminal.spki, now=office.clock.now())
            terminal.keep(certificate)
        return terminals

    def facts(self) -> dict[str, Any]:
        """What seats are told at enrolment, and their own files."""
        keys = self._office.services.keys
        return {
            "server_key": keys.signer.public.hex(),
            "mailbox": keys.mailbox.public.hex(),
            "room": self._office.room,
            "terminals": [
                {"device": each.id, "key": str(each.key_file), "certificate": str(each.certificate_file)}
                for each in self._terminals
            ],
        }

    def start(self) -> dict[str, Any]:
        """Connect to the broker, which must be there."""
        self._office.services.start()
        until(lambda: self._distribution.is_well, timeout_s=30, what="the server is connected")
        return {}

    def prepare(self, size: int, seats: int) -> dict[str, Any]:
        """An approved meeting with one paper that waits to be published; ``seats`` of them hold its key."""
        office = self._office
        self._meeting = office.meeting("approved")
        secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
        began = time.monotonic()
        data = pdfs.large_pdf(size)
        made = upload(secretary, self._meeting, data, item=items_of(secretary, self._meeting)[0]).done()
        chair.post(f"/api/meetings/{self._meeting}/papers/{made['paper']}/approve").done()
        self._paper = PaperVersion(PaperId(made["paper"]), made["version"])
        until(lambda: self._keyed() >= seats, timeout_s=120, what="every seat has the meeting's key")
        path = office.services.paper_files.path(self._paper)
        with office.services.database.read() as tx:
            stored = office.services.paper_store.find(tx, self._paper)
        plain_bytes = 0 if stored is None else stored.plain_bytes
        return {"file": str(path), "plain_bytes": plain_bytes, "took_s": time.monotonic() - began}

    def _keyed(self) -> int:
        found = self._distribution.delivery(MeetingId(self._meeting))
        return sum(seat["keys"] and seat["online"] for seat in found["seats"])

    def publish(self) -> dict[str, Any]:
        """Publish it; when that began, on CLOCK_MONOTONIC."""
        secretary = self._office.sign_in("thuky")
        self._link.messages.clear()
        self._link.octets.clear()
        began_ns = time.monotonic_ns()
        secretary.post(f"/api/meetings/{self._meeting}/publish").done()
        return {"began_ns": began_ns}

    def await_reports(self, seats: int, timeout_s: float) -> dict[str, Any]:
        """Wait until the seats' signed reports say that all have it; when that was, and what was sent for it."""
        until(lambda: self._complete() >= seats, timeout_s=timeout_s, every_s=0.005, what="all reports are in")
        return {"known_ns": time.monotonic_ns(), **self.sent()}

    def sent(self) -> dict[str, Any]:
        """What went to the broker since the publication, and what the reports say is missing."""
        found = self._distribution.delivery(MeetingId(self._meeting))["papers"]
        with self._office.services.database.read() as tx:
            stored = self._office.services.paper_store.find(tx, self._paper)
        size = 0 if stored is None else stored.layout.chunks
        have: dict[str, int] = found[0]["have"] if found else {}
        return {
            "chunks": size,
            "room_chunks": self._link.messages["c"],
            "repairs": self._link.messages["fix"],
            "octets": sum(self._link.octets.values()),
            "have": have,
        }

    def _complete(self) -> int:
        papers = self._distribution.delivery(MeetingId(self._meeting))["papers"]
        return len(papers[0]["complete"]) if papers else 0

    def finish(self) -> dict[str, Any]:
        """Hold and close the meeting: every seat destroys what it has of it."""
        chair = self._office.sign_in("chutri")
        for step in ("open", "close"):
            chair.post(f"/api/meetings/{self._meeting}/{step}").done()
        return {}

    def close(self) -> dict[str, Any]:
        """End."""
        self._office.services.close()
        return {}


def main(data_dir: str, port: str, seats: str, host: str) -> None:
    """Obey until standard input ends."""
    logging.basicConfig(level=logging.ERROR)
    server = BenchServer(Path(data_dir), int(port), seats=int(seats), host=host)
    _answer(server.facts())
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        try:
            _answer(getattr(server, order.pop("do"))(**order))
        except AssertionError as exc:
            _answer({"failed": str(exc), **server.sent()})
    server.close()


def _answer(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
