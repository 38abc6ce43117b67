"""A real mosquitto with the production configuration, certificates and access list, on ports of its own.

Usage::

    with Mosquitto(tmp_path) as broker:
        broker.allow(device, room)
        link = MqttLink(broker.server_address, tls=broker.server_tls)
        seat = broker.device_tls(signer)       # certificate and key files of a seat
        broker.kill(); broker.start()
"""

from __future__ import annotations

import datetime as dt
import os
import pwd
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deploy.render import Broker as BrokerPlace
from deploy.render import broker_values, render
from sealing.signatures import DeviceSigner
from server.fleet.acl import access_list, generation
from server.link.mqtt import Address, TlsFiles
from server.pki import files
from server.pki.site import SiteNames, SitePki
from tests.support.poll import until
from wire.ids import DeviceId, RoomId

_DEBIAN = "/usr/sbin/mosquitto"


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Mosquitto:
    """Start it with :meth:`start` or as a context manager; everything lies below ``folder``."""

    folder: Path

    def __post_init__(self) -> None:
        now = dt.datetime.now(dt.UTC)
        self.site = SitePki.load_or_create(self.folder / "pki", names=SiteNames("Phòng thử", ("localhost",)), now=now)
        self.seats_port, self.server_port = free_port(), free_port()
        self.log = self.folder / "mosquitto.log"
        self._members: dict[DeviceId, RoomId | None] = {}
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "broker").mkdir(exist_ok=True)
        self._crl = self.site.revocation_list((), now=now)
        (self.folder / "broker" / "crl.pem").write_bytes(self._crl)
        self._write_access()
        place = BrokerPlace(
            data_dir=self.folder,
            key_file=self.folder / "pki" / "broker.key",
            pid_file=self.folder / "mosquitto.pid",
            user=pwd.getpwuid(os.geteuid()).pw_name,
            log_dest=f"file {self.log}",
            seats_address="127.0.0.1",
            seats_port=self.seats_port,
            server_port=self.server_port,
        )
        self._config = self.folder / "mosquitto.conf"
        self._config.write_text(render("mosquitto/mosquitto.conf.in", broker_values(place)), encoding="utf-8")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def server_address(self) -> Address:
        """The server's listener."""
        return Address("127.0.0.1", self.server_port)

    @property
    def server_tls(self) -> TlsFiles:
        """The server's certificate."""
        pki = self.folder / "pki"
        return TlsFiles(pki / "ca.pem", pki / "server.pem", pki / "server.key")

    def device_tls(self, signer: DeviceSigner) -> TlsFiles:
        """A certificate for a seat, and its key, as files."""
        place = self.folder / signer.key_id
        place.mkdir(exist_ok=True)
        certificate = self.site.issue_device(signer.key_id, spki=signer.spki, now=dt.datetime.now(dt.UTC))
        files.write_public(place / "device.pem", files.pem(certificate))
        files.write_private(place / "device.key", signer.to_pem())
        return TlsFiles(self.folder / "pki" / "ca.pem", place / "device.pem", place / "device.key")

    def allow(self, device: DeviceId, room: RoomId | None) -> None:
        """Put a device on the access list, and have a running broker read it."""
        self._members[device] = room
        self._write_access()
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def start(self) -> None:
        """Start mosquitto; returns when it listens."""
        program = shutil.which("mosquitto") or _DEBIAN
        self._process = subprocess.Popen([program, "-c", str(self._config)], stderr=subprocess.DEVNULL)
        until(self._listens, what=f"mosquitto to listen, see {self.log}")

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        try:
            for port in (self.seats_port, self.server_port):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    def _write_access(self) -> None:
        members = list(self._members.items())
        text = access_list(members, generation=generation(members, revocation_list=self._crl))
        path = self.folder / "broker" / "acl"
        path.write_text(text, encoding="ascii")
        path.chmod(0o600)
