"""Which ports a demo room takes, and what it does when one is taken under its hands."""

from __future__ import annotations

import socket
import threading

from deploy.demo import ports
from deploy.demo.errors import NotReady


def test_any_port_is_one_that_no_outgoing_connection_is_given() -> None:
    found = ports.choose({"a": 0, "b": 0, "c": 0})

    assert len(set(found.values())) == 3
    assert all(20_000 <= port < 32_000 for port in found.values())


def test_a_wished_port_that_is_taken_gives_the_next() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.choose({"a": 0})["a"]))
        other.listen()
        taken = other.getsockname()[1]

        assert ports.choose({"http": taken})["http"] > taken


def test_a_port_taken_before_the_start_is_told_from_other_faults() -> None:
    assert NotReady("broker", ["Error: Address already in use"]).port_taken
    assert NotReady("server", ["Connection in use: ('127.0.0.1', 8080)"]).port_taken
    assert not NotReady("broker", ["Error: Unable to open config file"]).port_taken


def test_rooms_that_start_together_take_turns() -> None:
    chooses = threading.Event()

    def second_room() -> None:
        with ports.turn():
            chooses.set()

    other = threading.Thread(target=second_room)
    with ports.turn():
        other.start()
        assert not chooses.wait(0.5)
    assert chooses.wait(30)
    other.join()


def test_a_room_does_not_wait_for_ever_for_its_turn() -> None:
    went_on = False
    with ports.turn(), ports.turn(wait_s=0.2):
        went_on = True
    assert went_on
