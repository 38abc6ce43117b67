"""From the request of a new terminal to its revocation: the server's own interface and a real broker.

Rules: the server runs without its MQTT link; the tests' client takes the place of the seat, with the certificate that
the server issued for its key.
"""

from __future__ import annotations

import datetime as dt
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Client, RealBroker
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import Browser, HandClock, Office
from tests.support.poll import until
from wire.ids import DeviceId

PROMISE_S = 5.0


class Room:
    """A server, its broker, IT at a console."""

    def __init__(self, folder: Path) -> None:
        self.broker = RealBroker(folder)
        self.office = Office(
            folder,
            # The broker looks at the machine's clock.
            clock=HandClock(dt.datetime.now(dt.UTC)),
            mqtt_port=self.broker.server_port,
            mqtt_seat_port=self.broker.seats_port,
            broker_pid_file=str(self.broker.pid_file),
        )
        self.broker.start()
        self.office.services.warden.start()
        self.it: Browser = self.office.sign_in("kythuat")

    def enrol(self, seat: int) -> Terminal:
        """A terminal with a certificate and a seat."""
        door = Enrolling(self.office, Terminal(self.broker.data_dir))
        assert door.ask().status_code == 202
        assert door.approve(self.it, self.office.seats[seat]).status == 204
        door.terminal.keep(door.certificate())
        return door.terminal

    def connect(self, terminal: Terminal) -> Client:
        """The seat's session."""
        pki = self.office.services.site
        context = ssl.create_default_context(cafile=str(pki.path("ca.pem")))
        context.load_cert_chain(str(terminal.certificate_file), str(terminal.key_file))
        client = Client(terminal.id, context)
        client.open(self.broker.seats_port)
        until(lambda: client.is_connected, what="the seat is connected")
        return client

    def revoke(self, device: DeviceId) -> int:
        """What the console is answered."""
        return self.it.post(f"/api/devices/{device}/revoke", {"reason": "mất thiết bị"}).status


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.office.services.warden.stop()
    made.broker.stop()


def test_D1_a_new_terminal_is_approved_and_speaks_at_once(room: Room) -> None:
    terminal = room.enrol(0)
    client = room.connect(terminal)
    try:
        assert client.publish(f"u/{terminal.id}/hello") == "No matching subscribers"
        assert client.publish(f"u/{terminal.id}x/hello") == "Not authorized"
    finally:
        client.close()


def test_a_revoked_terminal_is_cut_off_when_the_console_is_answered(room: Room) -> None:
    terminal = room.enrol(0)
    client = room.connect(terminal)
    try:
        began = time.monotonic()
        assert room.revoke(terminal.id) == 204
        until(lambda: client.ends, what="the session ends", timeout_s=PROMISE_S)
        assert time.monotonic() - began < PROMISE_S
        until(lambda: len(client.ends) > 1, what="it has tried to come back")
        assert len(client.connections) == 1
    finally:
        client.close()


def test_a_replaced_terminal_is_cut_off_and_its_successor_has_the_seat(room: Room) -> None:
    old = room.enrol(0)
    client = room.connect(old)
    new = Enrolling(room.office, Terminal(room.broker.data_dir))
    new.ask()
    try:
        assert new.approve(room.it, room.office.seats[0], replace=True).status == 204
        until(lambda: client.ends, what="the old terminal's session ends", timeout_s=PROMISE_S)
        new.terminal.keep(new.certificate())
        room.connect(new.terminal).close()
    finally:
        client.close()


def test_a_revocation_while_the_broker_is_down_is_in_force_when_it_is_back(room: Room) -> None:
    terminal = room.enrol(0)
    room.broker.stop()
    assert room.revoke(terminal.id) == 202
    room.broker.start()
    until(room.office.services.warden.is_well, what="the broker has the lists")
    pki = room.office.services.site
    context = ssl.create_default_context(cafile=str(pki.path("ca.pem")))
    context.load_cert_chain(str(terminal.certificate_file), str(terminal.key_file))
    client = Client(terminal.id, context)
    client.open(room.broker.seats_port)
    try:
        until(lambda: client.ends, what="the broker has refused it")
        assert not client.connections
    finally:
        client.close()


def test_health_says_whether_the_lists_are_in_force(room: Room) -> None:
    health = room.office.services.health["broker-lists"]
    assert health()
    room.broker.stop()
    room.office.services.warden.enforce()
    assert not health()
