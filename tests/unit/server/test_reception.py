"""When a client is too slow: by a moment before the work, by a flow of bytes during it."""

from __future__ import annotations

import socket

import pytest

from server.reception import GRACE_S, SLOWEST_BYTES_S, Arrival, Late


def test_before_the_work_there_is_a_moment() -> None:
    arrival = Arrival(until_s=100.0)
    assert not arrival.is_late(100.0)
    assert arrival.is_late(100.1)


@pytest.mark.parametrize("received", [0, SLOWEST_BYTES_S * 60])
def test_a_large_body_has_its_grace_and_then_has_to_flow(received: int) -> None:
    may_s = GRACE_S + received / SLOWEST_BYTES_S
    arrival = Arrival(received=received, waited_s=may_s - 5, reading_since_s=1000.0)
    assert not arrival.is_late(1005.0)
    assert arrival.is_late(1005.1)


def test_who_is_not_waited_for_is_never_late() -> None:
    assert not Arrival(received=0, waited_s=1e9).is_late(1e9)


class _Connection:
    def __init__(self) -> None:
        self.sock, self.other = socket.socketpair()


def test_who_is_late_reads_the_end_and_may_still_be_answered() -> None:
    late, connection = Late(), _Connection()
    with late.watched(connection, Arrival(until_s=10)):
        with late.watched(connection, Arrival()):
            late.cut_off(11)
            connection.other.sendall(b"x")
            assert connection.sock.recv(10) == b"x", "while the work is done nobody is late"
        late.cut_off(11)
        assert connection.sock.recv(10) == b""
        connection.sock.sendall(b"408")
        assert connection.other.recv(10) == b"408"
    connection.sock.close()
    connection.other.close()
    late.cut_off(12)
