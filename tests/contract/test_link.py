"""One suite for the link to the broker: the twin in memory and the real mosquitto over TLS."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sealing.signatures import DeviceSigner
from server.link.mqtt import Address, MqttLink, TlsFiles
from server.link.ports import Link
from tests.support.broker import BrokerSite
from tests.support.poll import until
from tests.support.room import MemoryBroker, MemoryLink
from tests.support.seat_client import SeatClient
from wire.ids import DeviceId, PaperId, RoomId
from wire.topics import PaperVersion, Topic

ROOM = RoomId("r-" + "a" * 16)
OTHER_ROOM = RoomId("r-" + "b" * 16)
PAPER = PaperVersion(PaperId("p-" + "a" * 16), 1)


class Box:
    """An inbox that keeps what comes."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.is_up = threading.Event()
        self.is_down = threading.Event()

    def received(self, topic: Topic, payload: bytes) -> None:
        self.messages.append((str(topic), payload))

    def connected(self) -> None:
        self.is_up.set()

    def disconnected(self) -> None:
        self.is_down.set()


class Seat:
    """A seat on either broker."""

    def __init__(self, device: DeviceId) -> None:
        self.device = device
        self.publish: Callable[[Topic, bytes], object] = lambda _topic, _payload: None
        self.got: list[tuple[str, bytes]] = []

    def take(self, topic: Topic, payload: bytes) -> None:
        self.got.append((str(topic), payload))


class Stage:
    """A link and the means to seat somebody at the other end."""

    def __init__(self, link: Link, seat: Callable[[RoomId | None], Seat]) -> None:
        self.link = link
        self.seat = seat


@pytest.fixture(params=["memory", "mosquitto"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    yield from {"memory": _memory, "mosquitto": _mosquitto}[request.param](tmp_path)


def _memory(_folder: Path) -> Iterator[Stage]:
    broker = MemoryBroker()

    def seat(room: RoomId | None) -> Seat:
        seat = Seat(DeviceSigner.generate().key_id)
        seat.publish = broker.join(seat.device, room, seat.take).publish
        return seat

    yield Stage(MemoryLink(broker), seat)
    broker.close()


def _mosquitto(folder: Path) -> Iterator[Stage]:
    clients: list[SeatClient] = []
    site = BrokerSite(folder)

    def seat(room: RoomId | None) -> Seat:
        terminal = site.admit(room)
        seat = Seat(terminal.id)
        port, tls = site.process.seats_port, site.tls(terminal)
        client = SeatClient(terminal.id, room, port=port, tls=tls, take=seat.take)
        client.start()
        clients.append(client)
        seat.publish = client.publish
        return seat

    files = TlsFiles(site.pki.path("ca.pem"), site.pki.path("server.pem"), site.pki.path("server.key"))
    yield Stage(MqttLink(Address("127.0.0.1", site.process.server_port), tls=files), seat)
    for client in clients:
        client.stop()
    site.warden.stop()
    site.process.stop()


@pytest.fixture
def box(stage: Stage) -> Iterator[Box]:
    box = Box()
    stage.link.start(box)
    assert box.is_up.wait(10)
    yield box
    stage.link.stop()


def test_W13_the_server_hears_every_seat(stage: Stage, box: Box) -> None:
    seat = stage.seat(ROOM)
    for number in range(20):
        seat.publish(Topic.up(seat.device, "have"), bytes([number]))
    until(lambda: len(box.messages) == 20)
    assert box.messages == [(f"u/{seat.device}/have", bytes([number])) for number in range(20)], "in order"


def test_W12_a_seat_hears_itself_and_its_room_and_nothing_else(stage: Stage, box: Box) -> None:
    seat = stage.seat(ROOM)
    other = stage.seat(OTHER_ROOM)
    stage.link.publish(Topic.down(other.device, "key"), b"for the neighbour")
    stage.link.publish(Topic.room_chunk(OTHER_ROOM, PAPER, 1), b"for another room")
    stage.link.publish(Topic.down(seat.device, "key"), b"for the seat")
    stage.link.publish(Topic.room_chunk(ROOM, PAPER, 2), b"for the room")
    until(lambda: len(seat.got) == 2 and len(other.got) == 2)
    assert [payload for _, payload in seat.got] == [b"for the seat", b"for the room"]


def test_W12_a_seat_speaks_for_itself_alone(stage: Stage, box: Box) -> None:
    seat = stage.seat(ROOM)
    other = stage.seat(ROOM)
    seat.publish(Topic.up(other.device, "have"), b"as the neighbour")
    seat.publish(Topic.room_chunk(ROOM, PAPER, 1), b"as the server")
    seat.publish(Topic.up(seat.device, "have"), b"as itself")
    until(lambda: box.messages)
    assert box.messages == [(f"u/{seat.device}/have", b"as itself")]
    assert other.got == []


def test_a_chunk_arrives_byte_for_byte(stage: Stage, box: Box) -> None:
    seat = stage.seat(ROOM)
    payload = bytes(range(256)) * 257
    for number in range(50):
        assert stage.link.publish(Topic.room_chunk(ROOM, PAPER, number), payload)
    until(lambda: len(seat.got) == 50)
    assert all(got == payload for _, got in seat.got)
    until(lambda: stage.link.backlog == 0)


def test_nothing_is_kept_for_a_link_that_is_down(stage: Stage) -> None:
    assert not stage.link.publish(Topic.room_chunk(ROOM, PAPER, 1), b"x")
    box = Box()
    stage.link.start(box)
    assert box.is_up.wait(10)
    assert stage.link.publish(Topic.room_chunk(ROOM, PAPER, 1), b"x")
    stage.link.stop()
    assert box.is_down.is_set()
    assert not stage.link.publish(Topic.room_chunk(ROOM, PAPER, 1), b"x")
