"""A real mosquitto with the production configuration, and MQTT clients that remember what happened to them.

Rules: the configuration is rendered from `deploy/mosquitto`, only ports and paths differ; ports are free ones of the
loopback; everything ends with the test. `BrokerSite` is a whole site without a database: keys, lists, warden.

Usage (fixture `broker` of tests/integration/conftest.py)::

    seat = broker.admit(room)                      # an enrolled device with a certificate
    with broker.connect(seat) as client:
        client.subscribe(f"s/{seat.id}/#")
"""

from __future__ import annotations

import datetime as dt
import getpass
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from deploy.render import Broker, broker_values, render
from server.clock import SystemClock
from server.fleet.broker import BrokerLists, SignalReload, Warden
from server.fleet.model import AccessWanted
from server.fleet.mqtt_takeover import BrokerDoor, warden_tls
from server.pki.model import Revoked
from server.pki.site import SERVER_USER, WARDEN_USER, SiteNames, SitePki
from tests.support.devices import Terminal
from tests.support.poll import until
from wire.ids import DeviceId, RoomId

#: A test run that is killed leaves no process behind.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class RealBroker:
    """The process. ``data_dir`` holds `pki` and `broker` as the server made them."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.seats_port, self.server_port = free_ports(2)
        self.pid_file = data_dir / "mosquitto.pid"
        self.log = data_dir / "mosquitto.log"
        self.conf = data_dir / "mosquitto.conf"
        plan = Broker(
            data_dir=data_dir,
            key_file=data_dir / "pki" / "broker.key",
            pid_file=self.pid_file,
            user=getpass.getuser(),
            log_dest=f"file {self.log}",
            seats_address="127.0.0.1",
            seats_port=self.seats_port,
            server_port=self.server_port,
        )
        self.conf.write_text(render("mosquitto/mosquitto.conf.in", broker_values(plan)))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until both listeners are open."""
        self._process = subprocess.Popen(
            [*ENDS_WITH_US, "/usr/sbin/mosquitto", "-c", str(self.conf)], cwd=self.data_dir
        )
        for port in (self.seats_port, self.server_port):
            until(partial(self._listens, port), what=f"the broker listens on {port}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, politely or not."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def reload(self) -> None:
        """Make it read its lists again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def _listens(self, port: int) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


class Client:
    """An MQTT 5 client that writes down what it hears."""

    def __init__(self, client_id: str, tls: ssl.SSLContext, *, keepalive_s: int = 10) -> None:
        self._keepalive_s = keepalive_s
        self.messages: list[tuple[str, bytes]] = []
        self.connections: list[str] = []
        self.ends: list[str] = []
        self.answers: dict[int, str] = {}
        self._mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=True
        )
        self._mqtt.reconnect_delay_set(1, 1)
        self._mqtt.tls_set_context(tls)
        self._mqtt.on_connect_fail = lambda _c, _u: self.ends.append("refused")
        self._mqtt.on_connect = lambda _c, _u, _f, reason, _p: self.connections.append(str(reason))
        self._mqtt.on_disconnect = lambda _c, _u, _f, reason, _p: self.ends.append(str(reason))
        self._mqtt.on_message = lambda _c, _u, message: self.messages.append((message.topic, bytes(message.payload)))
        self._mqtt.on_publish = lambda _c, _u, mid, reason, _p: self.answers.update({mid: str(reason)})
        self._mqtt.on_subscribe = lambda _c, _u, mid, reasons, _p: self.answers.update({mid: str(reasons[0])})

    @property
    def is_connected(self) -> bool:
        """Whether a session is live now."""
        return self._mqtt.is_connected()

    def will(self, topic: str) -> None:
        """Leave a last will."""
        self._mqtt.will_set(topic, b"", qos=1)

    def open(self, port: int) -> None:
        """Connect and keep trying, as a seat does; does not wait for the outcome."""
        self._mqtt.connect_async("127.0.0.1", port, keepalive=self._keepalive_s, clean_start=True)
        self._mqtt.loop_start()

    def subscribe(self, *filters: str) -> list[str]:
        """The broker's answer for each filter."""
        return [self._answer(self._mqtt.subscribe(each, qos=1)[1]) for each in filters]

    def publish(self, topic: str, payload: bytes = b"", **options: Any) -> str:
        """The broker's answer to a QoS 1 message."""
        return self._answer(self._mqtt.publish(topic, payload, qos=1, **options).mid)

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish without waiting for an answer."""
        self._mqtt.publish(topic, payload, qos=1, retain=retain)

    def drop(self) -> None:
        """End without saying goodbye, so that the last will is published."""
        with_will = ReasonCode(PacketTypes.DISCONNECT, identifier=4)
        self._mqtt.disconnect(reasoncode=with_will)

    def close(self) -> None:
        """End the session and the thread."""
        self._mqtt.disconnect()
        self._mqtt.loop_stop()

    def _answer(self, mid: int | None) -> str:
        assert mid is not None
        until(lambda: mid in self.answers, what=f"the broker answers message {mid}", timeout_s=5)
        return self.answers[mid]


class BrokerSite:
    """A site around a real broker: its keys, who may connect, and the warden that enforces it."""

    def __init__(self, data_dir: Path) -> None:
        self.now = dt.datetime.now(dt.UTC)
        self.pki = SitePki.load_or_create(data_dir / "pki", names=SiteNames("Test", ("localhost",)), now=self.now)
        self.members: dict[DeviceId, RoomId | None] = {}
        self.certificates: dict[DeviceId, x509.Certificate] = {}
        self.revoked: dict[DeviceId, Revoked] = {}
        self.process = RealBroker(data_dir)
        self.warden = self.new_warden()
        self.warden.publish()
        self.process.start()

    def new_warden(self) -> Warden:
        """A warden as a server just started makes it."""
        return Warden(
            BrokerLists(self.process.data_dir / "broker", self.pki),
            self.door(),
            reload=SignalReload(self.process.pid_file),
            wanted=lambda _now: self.wanted(),
            clock=SystemClock(),
        )

    def door(self) -> BrokerDoor:
        """The server's listener, as the warden uses it."""
        tls = warden_tls(
            ca=self.pki.path("ca.pem"),
            certificate=self.pki.path(f"{WARDEN_USER}.pem"),
            key=self.pki.path(f"{WARDEN_USER}.key"),
        )
        return BrokerDoor("127.0.0.1", self.process.server_port, tls=tls, timeout_s=3)

    def wanted(self) -> AccessWanted:
        """What the database would say."""
        members = sorted((device, room) for device, room in self.members.items())
        return AccessWanted(tuple(members), tuple(self.revoked.values()), tuple(self.revoked))

    def terminal(self) -> Terminal:
        """A device with a certificate of the site, and no rights yet."""
        made = Terminal(self.process.data_dir)
        self.certificates[made.id] = self.pki.issue_device(made.id, spki=made.spki, now=self.now)
        made.keep(self.certificates[made.id])
        return made

    def admit(self, room: RoomId | None) -> Terminal:
        """A device that is in the access list."""
        made = self.terminal()
        self.members[made.id] = room
        assert self.warden.enforce()
        return made

    def revoke(self, terminal: Terminal) -> bool:
        """As IT revokes a device: out of the list, into the revocation list, session cut off."""
        del self.members[terminal.id]
        self.revoked[terminal.id] = self.new_revoked(self.certificates[terminal.id])
        return self.warden.enforce(cut_off=[terminal.id])

    def new_revoked(self, certificate: x509.Certificate) -> Revoked:
        """The line of the revocation list for a certificate."""
        return Revoked(certificate.serial_number, self.now)

    def tls(self, terminal: Terminal) -> ssl.SSLContext:
        """The seat's side of the connection."""
        return self._tls(terminal.certificate_file, terminal.key_file)

    @contextmanager
    def connect(self, terminal: Terminal, *, client_id: str = "", port: int | None = None) -> Iterator[Client]:
        """A seat's client, connected (or trying to, if it is refused)."""
        client = Client(client_id, self.tls(terminal))
        with self._opened(client, port or self.process.seats_port):
            yield client

    @contextmanager
    def server(self) -> Iterator[Client]:
        """The server's client on its own listener."""
        files = self.pki.path(f"{SERVER_USER}.pem"), self.pki.path(f"{SERVER_USER}.key")
        with self._opened(Client(SERVER_USER, self._tls(*files)), self.process.server_port) as client:
            until(lambda: client.is_connected, what="the server is connected")
            yield client

    def _tls(self, certificate: Path, key: Path) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.pki.path("ca.pem")))
        context.load_cert_chain(str(certificate), str(key))
        return context

    @contextmanager
    def _opened(self, client: Client, port: int) -> Iterator[Client]:
        client.open(port)
        try:
            until(lambda: client.connections or client.ends, what="the broker answers")
            yield client
        finally:
            client.close()
