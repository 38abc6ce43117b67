"""Revocation at the real broker: a live session ends, the device cannot come back and hears nothing more.

Rules: the product's promise is five seconds from the decision to the cut; the tests measure it.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time

from server.fleet.acl import warden_topic
from server.fleet.broker import BrokerLists
from server.pki.authority import CRL_DAYS
from tests.support.broker import BrokerSite
from tests.support.poll import until
from wire.ids import RoomId

ROOM, OTHER_ROOM = RoomId("r-aaaaaaaaaaaaaaaa"), RoomId("r-bbbbbbbbbbbbbbbb")
PROMISE_S = 5.0
CONNACK = b"\x20"


def test_a_revoked_live_session_ends_within_five_seconds_and_never_comes_back(broker: BrokerSite) -> None:
    seat, neighbour = broker.admit(ROOM), broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client, broker.connect(neighbour) as other:
        client.subscribe(f"s/{seat.id}/#", f"r/{ROOM}/#")
        other.subscribe(f"r/{ROOM}/#")
        began = time.monotonic()
        assert broker.revoke(seat)
        until(lambda: client.ends, what="the revoked session ends", timeout_s=PROMISE_S)
        assert time.monotonic() - began < PROMISE_S
        server.publish(f"r/{ROOM}/ev/m-aaaaaaaaaaaaaaaa", b"after")
        server.publish(f"s/{seat.id}/key", b"after")
        until(lambda: other.messages, what="the neighbour goes on hearing")
        until(lambda: len(client.ends) > 2, what="the revoked device has tried to come back")
        assert len(client.connections) == 1
        assert not client.is_connected
        assert not client.messages
        assert not other.ends


def test_a_revoked_device_cannot_resume_its_tls_session(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    context = broker.tls(seat)
    address = ("127.0.0.1", broker.process.seats_port)
    with context.wrap_socket(socket.create_connection(address, 5), server_hostname="localhost") as first:
        first.sendall(b"\xc0\x00")  # whatever comes first: the broker's tickets arrive with its answer
        first.settimeout(5)
        first.recv(1)
        ticket = first.session
    assert ticket is not None
    assert answers_after_handshake(context, address, ticket) == CONNACK
    assert broker.revoke(seat)
    assert answers_after_handshake(context, address, ticket) == b""


def answers_after_handshake(context: ssl.SSLContext, address: tuple[str, int], ticket: ssl.SSLSession | None) -> bytes:
    """What the broker says to a correct CONNECT over a connection that tries to resume an earlier one."""
    try:
        with context.wrap_socket(
            socket.create_connection(address, 5), server_hostname="localhost", session=ticket
        ) as second:
            second.settimeout(5)
            second.sendall(bytes.fromhex("100e00044d51545405020014000001") + b"x")
            return second.recv(1)
    except (ssl.SSLError, ConnectionError):
        return b""


def test_a_moved_seat_hears_its_new_room_only(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client:
        client.subscribe(f"r/{ROOM}/#", f"r/{OTHER_ROOM}/#")
        broker.members[seat.id] = OTHER_ROOM
        assert broker.warden.enforce()
        server.publish(f"r/{ROOM}/ev/m-aaaaaaaaaaaaaaaa", b"old")
        server.publish(f"r/{OTHER_ROOM}/ev/m-aaaaaaaaaaaaaaaa", b"new")
        until(lambda: client.messages, what="the new room is heard")
        assert [payload for _, payload in client.messages] == [b"new"]
        assert not client.ends


def test_the_reload_disturbs_no_session(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.server() as server, broker.connect(seat) as client:
        client.subscribe(f"s/{seat.id}/#")
        for _ in range(5):
            broker.admit(ROOM)
        server.publish(f"s/{seat.id}/ack", b"still there")
        until(lambda: client.messages, what="the seat still hears")
        assert not client.ends
        assert not server.ends


def test_a_warden_that_starts_again_finishes_what_the_one_before_began(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    with broker.connect(seat) as client:
        client.subscribe(f"s/{seat.id}/#")
        # The server dies after its commit: lists and session are as they were.
        certificate = broker.certificates[seat.id]
        del broker.members[seat.id]
        broker.revoked[seat.id] = broker.new_revoked(certificate)
        again = broker.new_warden()
        again.start()
        try:
            until(lambda: client.ends, what="the session ends", timeout_s=PROMISE_S)
            assert again.is_well()
        finally:
            again.stop()


def test_lists_published_while_the_broker_is_down_are_in_force_when_it_starts(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    broker.process.stop()
    assert not broker.revoke(seat)
    broker.process.start()
    with broker.connect(seat) as client:
        assert not client.connections
    assert broker.warden.enforce()


def test_the_warden_keeps_at_it_until_the_broker_has_read_the_lists(broker: BrokerSite) -> None:
    broker.warden.start()
    broker.process.stop()
    broker.members[broker.terminal().id] = ROOM
    assert not broker.warden.enforce()
    broker.process.start()
    until(broker.warden.is_well, what="the warden has confirmed the lists")


def test_an_expired_revocation_list_locks_everyone_out_until_the_warden_starts(broker: BrokerSite) -> None:
    seat = broker.admit(ROOM)
    long_ago = broker.now - dt.timedelta(days=CRL_DAYS, hours=1)
    stale = broker.pki.revocation_list([], now=long_ago)
    (broker.process.data_dir / "broker" / "crl.pem").write_bytes(stale)
    broker.process.stop()
    broker.process.start()
    with broker.connect(seat) as client:
        assert not client.connections
        server = broker.new_warden()
        server.start()
        try:
            until(lambda: client.is_connected, what="the seat is let in again", timeout_s=PROMISE_S)
        finally:
            server.stop()


def test_an_old_list_is_told_from_the_new_one(broker: BrokerSite) -> None:
    broker.admit(ROOM)
    folder = broker.process.data_dir / "broker"
    generation = BrokerLists(folder, broker.pki).publish(broker.wanted(), now=broker.now)
    door = broker.door()
    # Published and not yet read: the broker goes on with the list before.
    assert not door.accepts(warden_topic(generation))
    broker.process.reload()
    until(lambda: door.accepts(warden_topic(generation)), what="the broker has read the new list")
