"""The broker's access list against the contract's topics: who may read and write each topic that can be printed.

Rules: the list is read as mosquitto reads it; the topics are those of `wire`, drawn at random, and what is not one of
them is nobody's.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from deploy.render import Broker, broker_values, render
from server.fleet.acl import SERVER_USER, WARDEN_USER, access_list
from tests.support.room import matches
from tests.support.wire_values import all_topics
from wire.errors import BadTopic
from wire.ids import DeviceId, RoomId
from wire.topics import Topic, parse

A, B, BARE = DeviceId("d-aaaaaaaaaaaaaaaa"), DeviceId("d-bbbbbbbbbbbbbbbb"), DeviceId("d-cccccccccccccccc")
ROOM_A, ROOM_B = RoomId("r-aaaaaaaaaaaaaaaa"), RoomId("r-bbbbbbbbbbbbbbbb")
LIST = access_list([(A, ROOM_A), (B, ROOM_B), (BARE, None)], generation="0" * 32)
OWNERS = {"u": (A, B, BARE), "s": (A, B, BARE), "r": (ROOM_A, ROOM_B)}


def may(user: str, access: str, topic: str) -> bool:
    """What mosquitto answers: a line of the user's own that matches (mosquitto.conf(5), acl_file)."""
    current = ""
    for line in LIST.splitlines():
        if line.startswith("user "):
            current = line.removeprefix("user ")
        elif line.startswith("topic ") and current == user:
            _, what, pattern = line.split(" ", 2)
            if what == access and matches(topic, pattern):
                return True
    return False


@st.composite
def known_topics(draw: st.DrawFn) -> Topic:
    """A topic of one of the devices or rooms in the list."""
    topic = draw(all_topics())
    return replace(topic, owner=draw(st.sampled_from(OWNERS[topic.tree])))


@given(known_topics())
def test_W12_W13_every_topic_is_for_whom_the_contract_says(topic: Topic) -> None:
    text = str(topic)
    readers = {user for user in (A, B, BARE, SERVER_USER, WARDEN_USER) if may(user, "read", text)}
    writers = {user for user in (A, B, BARE, SERVER_USER, WARDEN_USER) if may(user, "write", text)}
    in_room: dict[str, str] = {ROOM_A: A, ROOM_B: B}
    if topic.tree == "u":
        assert (readers, writers) == ({SERVER_USER}, {topic.owner})
    elif topic.tree == "s":
        assert (readers, writers) == ({topic.owner}, {SERVER_USER})
    else:
        assert (readers, writers) == ({in_room[topic.owner]}, {SERVER_USER})


@given(known_topics(), st.sampled_from(["/", "/x", "x", "/#", "/+", "/../have", " "]), st.booleans())
def test_what_is_no_topic_of_the_contract_no_seat_may_write(topic: Topic, odd: str, after: bool) -> None:  # noqa: FBT001
    text = f"{topic}{odd}" if after else str(topic).replace("/", odd + "/", 1)
    assume(not is_topic(text))
    assert not any(may(user, "write", text) for user in (A, B, BARE))


def is_topic(text: str) -> bool:
    try:
        parse(text)
    except BadTopic:
        return False
    return True


def test_the_configuration_has_one_list_and_no_way_round_it() -> None:
    conf = [line.split(" ", 1) for line in render("mosquitto/mosquitto.conf.in", broker_values(Broker())).splitlines()]
    said: dict[str, list[str]] = {}
    for name, *value in conf:
        said.setdefault(name, []).append("".join(value))
    assert said["acl_file"] == ["/var/lib/phonghop/broker/acl"]
    assert said["allow_anonymous"] == said["per_listener_settings"] == ["false"]
    assert len(said["listener"]) == len(said["require_certificate"]) == len(said["use_identity_as_username"]) == 2
    assert said["listener"][1].endswith(" 127.0.0.1")
    assert said["tls_version"] == ["tlsv1.3"] * 2
    for way_round in ("password_file", "psk_file", "plugin", "auth_plugin", "bridge", "connection", "include_dir"):
        assert way_round not in said
    assert int(said["max_keepalive"][0]) * 1.5 <= 45
