"""The theatre on a real mosquitto: production configuration, TLS, certificates, access list.

Rules: the server's part runs in this process, so a test can look inside; :class:`ServerProcess` is the same server as a
process of its own, to be killed.

Usage::

    with RealTheatre(tmp_path) as theatre:
        seat = theatre.seat(0)
        theatre.process.stop(signal.SIGKILL); theatre.process.start()
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from server.link.mqtt import Address, MqttLink, TlsFiles
from server.link.ports import Link
from tests.support.broker import RealBroker
from tests.support.devices import Terminal
from tests.support.poll import until
from tests.support.seat_client import SeatClient
from tests.support.seat_twin import Connection, SeatTwin
from tests.support.theatre import Theatre
from wire.ids import RoomId

_ROOT = Path(__file__).resolve().parents[2]


class RealTheatre(Theatre):
    """As :class:`Theatre`; ``runs_server`` False leaves the distribution to a :class:`ServerProcess`."""

    def __init__(self, folder: Path, *, runs_server: bool = True, **settings: Any) -> None:
        self.process = RealBroker(folder)
        self._tls: dict[str, TlsFiles] = {}
        self._runs_server = runs_server
        super().__init__(
            folder, mqtt_port=self.process.server_port, broker_pid_file=str(self.process.pid_file), **settings
        )

    def __enter__(self) -> Self:
        self.process.start()
        if self._runs_server:
            self.distribution.start()
            until(lambda: self.distribution.is_well, what="the server is connected")
        return self

    def __exit__(self, *happened: object) -> None:
        super().__exit__(*happened)
        self.process.stop(signal.SIGKILL)

    def new_link(self) -> Link:
        """The server's link to the broker."""
        return MqttLink(Address("127.0.0.1", self.process.server_port), tls=self.server_tls)

    @property
    def server_tls(self) -> TlsFiles:
        """The server's certificate."""
        pki = self.folder / "pki"
        return TlsFiles(pki / "ca.pem", pki / "server.pem", pki / "server.key")

    def admitted(self, terminal: Terminal) -> None:
        """The device gets its certificate."""
        services = self.office.services
        now = self.office.clock.now()
        terminal.keep(services.site.issue_device(terminal.id, spki=terminal.spki, now=now))
        self._tls[terminal.id] = TlsFiles(self.folder / "pki" / "ca.pem", terminal.certificate_file, terminal.key_file)

    def connect(self, seat: SeatTwin) -> tuple[Connection, Callable[[], None]]:
        """A connection to mosquitto, lost when it is left."""
        client = SeatClient(
            seat.device,
            RoomId(self.office.room),
            port=self.process.seats_port,
            tls=self._tls[seat.device].context(),
            take=seat.take,
            connected=seat.hello,
        )
        client.start()
        return client, client.kill


class ServerProcess:
    """The server as a process: the same data folder, no HTTP, everything else."""

    def __init__(self, theatre: RealTheatre) -> None:
        self._arguments = [str(theatre.folder), str(theatre.process.server_port), str(theatre.process.pid_file)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self._process = subprocess.Popen([sys.executable, "-m", "tests.support.serve", *self._arguments], cwd=_ROOT)

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
