"""What a certificate can and cannot do at the real broker (W12, W13; acceptance: the fourth certificate).

Rules: a refusal of a subscription is silent in mosquitto, so each test also sends something that must not arrive, and
something that must.
"""

from __future__ import annotations

import datetime as dt
import ssl

import pytest

from server.pki import profiles
from server.pki.authority import Authority
from tests.support.broker import BrokerSite, Client
from tests.support.devices import Terminal
from tests.support.poll import until
from wire.ids import RoomId
from wire.topics import UP_LANES

ROOM, OTHER_ROOM = RoomId("r-aaaaaaaaaaaaaaaa"), RoomId("r-bbbbbbbbbbbbbbbb")
SECRET = b"not for everybody"
EVERYTHING = ("#", "+/+/+", "u/#", "s/#", "r/#", "$SYS/#", "$share/g/u/#", "$share/g/#", "warden/#")


def heard(client: Client) -> set[str]:
    return {topic for topic, _ in client.messages}


def test_W12_a_seat_speaks_and_hears_its_own_trees_and_its_room(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client:
        server.subscribe("u/+/+")
        client.subscribe(f"s/{seat.id}/#", f"r/{ROOM}/#")
        for lane in sorted(UP_LANES):
            assert client.publish(f"u/{seat.id}/{lane}", b"up") == "Success"
        server.publish(f"s/{seat.id}/welcome", b"down")
        server.publish(f"r/{ROOM}/ev/m-aaaaaaaaaaaaaaaa", b"room")
        until(lambda: len(client.messages) == 2, what="the seat has heard both")
        until(lambda: len(server.messages) == len(UP_LANES), what="the server has heard every lane")


def test_W12_a_seat_hears_nothing_of_others_whatever_it_subscribes_to(broker: BrokerSite) -> None:
    spy, victim = broker.admit(ROOM), broker.admit(OTHER_ROOM)
    with broker.server() as server, broker.connect(spy) as client, broker.connect(victim) as other:
        client.subscribe(*EVERYTHING, f"s/{victim.id}/#", f"u/{victim.id}/have", f"r/{OTHER_ROOM}/#")
        server.publish(f"s/{victim.id}/key", SECRET)
        server.publish(f"r/{OTHER_ROOM}/c/p-aaaaaaaaaaaaaaaa.1/0", SECRET)
        assert other.publish(f"u/{victim.id}/have", SECRET) == "Success"
        server.publish(f"s/{spy.id}/ack", b"the last, and for it")
        until(lambda: heard(client), what="the spy has heard what is its own")
        assert heard(client) == {f"s/{spy.id}/ack"}


def test_W12_a_seat_writes_nowhere_else(broker: BrokerSite) -> None:
    seat, victim = broker.admit(ROOM), broker.admit(ROOM)
    refused = (
        f"u/{victim.id}/act",
        f"s/{victim.id}/key",
        f"s/{seat.id}/welcome",
        f"r/{ROOM}/ev/m-aaaaaaaaaaaaaaaa",
        f"u/{seat.id}/unknown",
        f"u/{seat.id}/act/more",
        "$SYS/broker/uptime",
        "warden/0",
    )
    with broker.connect(seat) as client:
        assert {topic: client.publish(topic, SECRET) for topic in refused} == dict.fromkeys(refused, "Not authorized")


def test_a_last_will_in_anothers_name_is_not_published(broker: BrokerSite) -> None:
    liar, victim = broker.admit(ROOM), broker.admit(ROOM)
    with broker.server() as server:
        server.subscribe("u/+/+")
        client = Client("", broker.tls(liar))
        client.will(f"u/{victim.id}/gone")
        client.open(broker.process.seats_port)
        until(lambda: client.is_connected or client.ends, what="the broker has answered")
        client.drop()
        with broker.connect(victim) as honest:
            assert honest.publish(f"u/{victim.id}/hello", b"") == "Success"
        until(lambda: server.messages, what="the server has heard the victim")
        assert heard(server) == {f"u/{victim.id}/hello"}
        client.close()


def test_the_last_will_of_a_seat_arrives(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server:
        server.subscribe("u/+/+")
        client = Client("", broker.tls(seat))
        client.will(f"u/{seat.id}/gone")
        client.open(broker.process.seats_port)
        until(lambda: client.is_connected, what="the seat is connected")
        client.drop()
        until(lambda: server.messages, what="the will has arrived")
        assert heard(server) == {f"u/{seat.id}/gone"}
        client.close()


def test_a_device_without_a_seat_reads_no_room(broker: BrokerSite) -> None:
    seat = broker.admit(None)
    with broker.server() as server, broker.connect(seat) as client:
        client.subscribe(f"r/{ROOM}/#", f"s/{seat.id}/#")
        server.publish(f"r/{ROOM}/man/p-aaaaaaaaaaaaaaaa.1", SECRET)
        server.publish(f"s/{seat.id}/desired", b"own")
        until(lambda: heard(client), what="its own message has come")
        assert heard(client) == {f"s/{seat.id}/desired"}


def test_a_certificate_that_is_in_no_list_can_do_nothing(broker: BrokerSite) -> None:
    fourth = broker.terminal()
    with broker.server() as server, broker.connect(fourth) as client:
        server.subscribe("u/+/+")
        client.subscribe(*EVERYTHING, f"s/{fourth.id}/#")
        server.publish(f"s/{fourth.id}/key", SECRET)
        server.publish(f"r/{ROOM}/ev/m-aaaaaaaaaaaaaaaa", SECRET)
        assert client.publish(f"u/{fourth.id}/hello", b"let me in") == "Not authorized"
        assert not client.messages
        assert not server.messages


def test_the_client_id_is_the_certificates_whatever_the_client_says(broker: BrokerSite) -> None:
    thief, victim = broker.admit(ROOM), broker.admit(ROOM)
    with (
        broker.connect(victim, client_id=victim.id) as other,
        broker.connect(thief, client_id=victim.id) as client,
    ):
        assert client.publish(f"u/{victim.id}/act", SECRET) == "Not authorized"
        assert client.publish(f"u/{thief.id}/act") == "No matching subscribers"
        assert other.publish(f"u/{victim.id}/act") == "No matching subscribers"
        assert not other.ends


def test_retained_messages_end_the_connection(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.connect(seat) as client:
        client.send(f"u/{seat.id}/hello", SECRET, retain=True)
        until(lambda: client.ends, what="the broker ends the connection")
        assert client.ends[0] == "Retain not supported"


def test_a_message_larger_than_any_of_ours_ends_the_connection(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client:
        server.subscribe("u/+/+")
        client.send(f"u/{seat.id}/act", bytes(5 * 1024 * 1024))
        until(lambda: client.ends, what="the broker ends the connection")
        assert not server.messages


def is_refused(broker: BrokerSite, tls: ssl.SSLContext, port: int) -> bool:
    """Whether no MQTT session comes about."""
    client = Client("x", tls)
    client.open(port)
    try:
        until(lambda: client.ends or client.is_connected, what="the broker answers")
        return not client.connections
    finally:
        client.close()


def test_a_certificate_of_another_ca_is_refused(broker: BrokerSite) -> None:
    stranger = Terminal(broker.process.data_dir)
    other = Authority.found("Test CA", now=broker.now)  # the same name does not help
    window = profiles.Window.starting(broker.now, profiles.DEVICE_DAYS)
    stranger.keep(other.issue(profiles.device(stranger.id, window=window), key=stranger.key.public_key()))
    assert is_refused(broker, broker.tls(stranger), broker.process.seats_port)


def test_no_certificate_is_refused(broker: BrokerSite) -> None:
    context = ssl.create_default_context(cafile=str(broker.pki.path("ca.pem")))
    assert is_refused(broker, context, broker.process.seats_port)
    assert is_refused(broker, context, broker.process.server_port)


def test_an_expired_certificate_is_refused(broker: BrokerSite) -> None:
    late = Terminal(broker.process.data_dir)
    before = broker.now - dt.timedelta(days=profiles.DEVICE_DAYS, minutes=1)
    late.keep(broker.pki.issue_device(late.id, spki=late.spki, now=before))
    assert is_refused(broker, broker.tls(late), broker.process.seats_port)


def test_a_server_certificate_is_no_clients(broker: BrokerSite) -> None:
    context = ssl.create_default_context(cafile=str(broker.pki.path("ca.pem")))
    context.load_cert_chain(broker.pki.path("broker.pem"), broker.pki.path("broker.key"))
    assert is_refused(broker, context, broker.process.seats_port)


def test_the_servers_listener_takes_no_seat_and_the_seats_listener_no_server(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    assert is_refused(broker, broker.tls(seat), broker.process.server_port)
    context = ssl.create_default_context(cafile=str(broker.pki.path("ca.pem")))
    context.load_cert_chain(broker.pki.path("server.pem"), broker.pki.path("server.key"))
    assert is_refused(broker, context, broker.process.seats_port)


@pytest.mark.parametrize("listener", ["seats_port", "server_port"])
def test_older_tls_is_refused(broker: BrokerSite, listener: str) -> None:
    seat = broker.admit(ROOM)
    context = broker.tls(seat)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert is_refused(broker, context, getattr(broker.process, listener))


def test_nothing_of_a_message_is_on_the_brokers_disk(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client:
        client.subscribe(f"s/{seat.id}/#")
        server.publish(f"s/{seat.id}/ack", SECRET)
        until(lambda: client.messages, what="the message has come")
    broker.process.stop()
    files = [path for path in broker.process.data_dir.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET in path.read_bytes()]
    assert not list(broker.process.data_dir.rglob("mosquitto.db"))
