"""Rules W10, W12, W13."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from wire import topics
from wire.errors import BadTopic
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.topics import PaperVersion, Topic

_DEVICE = DeviceId("d-aaaaaaaaaaaaaaaa")
_ROOM = RoomId("r-aaaaaaaaaaaaaaaa")
_PAPER = PaperId("p-aaaaaaaaaaaaaaaa")


def _matches(pattern: str, topic: str) -> bool:
    """MQTT 5, section 4.7: ``+`` one level, ``#`` the rest."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in {"+", levels[place]}:
            return False
    return len(wanted) == len(levels)


@given(topic=wire_values.all_topics())
def test_W10_what_is_printed_is_read_back(topic: Topic) -> None:
    assert topics.parse(str(topic)) == topic


@given(topic=wire_values.all_topics())
def test_W10_a_topic_is_short_and_has_no_wildcard(topic: Topic) -> None:
    text = str(topic)
    assert len(text) < 80
    assert not set(text) & set("+#$ \0")


@given(text=st.text(alphabet="usr/dpm-.0129abz7+# hello", max_size=60) | st.text(max_size=30))
def test_W01_arbitrary_text_raises_bad_topic_or_prints_itself(text: str) -> None:
    try:
        found = topics.parse(text)
    except BadTopic:
        return
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "u", f"u/{_DEVICE}", f"u/{_DEVICE}/", f"u/{_DEVICE}/hello/", f"u/{_DEVICE}/welcome", f"s/{_DEVICE}/hello",
        f"u/{_ROOM}/hello", f"r/{_DEVICE}/c/{_PAPER}.1/0", f"r/{_ROOM}/c/{_PAPER}/0", f"r/{_ROOM}/c/{_PAPER}.0/0",
        f"r/{_ROOM}/c/{_PAPER}.1/-1", f"r/{_ROOM}/c/{_PAPER}.1/01", f"r/{_ROOM}/c/{_PAPER}.1/16777216",
        f"r/{_ROOM}/c/{_PAPER}.1/٣", f"r/{_ROOM}/man/{_PAPER}.10000", f"r/{_ROOM}/man/{_PAPER}.1/0",
        f"/u/{_DEVICE}/hello", f"U/{_DEVICE}/hello", "u/+/hello", "u/#", f"r/{_ROOM}/ev/{_PAPER}", f"x/{_DEVICE}/hello",
    ],
)  # fmt: skip
def test_W10_near_misses_are_refused(text: str) -> None:
    with pytest.raises(BadTopic):
        topics.parse(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Topic.up(_DEVICE, "welcome"),
        lambda: Topic.down(_DEVICE, "hello"),
        lambda: Topic.down(_DEVICE, "man"),
        lambda: Topic.up(DeviceId(_ROOM), "hello"),
        lambda: Topic.up(DeviceId("d-x/../hello"), "hello"),
        lambda: Topic.manifest(_ROOM, PaperVersion(PaperId("p/+"), 1)),
        lambda: Topic.manifest(_ROOM, PaperVersion(_PAPER, 0)),
        lambda: Topic.room_chunk(_ROOM, PaperVersion(_PAPER, 1), topics.MAX_CHUNK),
        lambda: Topic.room_chunk(_ROOM, PaperVersion(_PAPER, 1), -1),
        lambda: Topic.events(_ROOM, MeetingId("m-#")),
    ],
)
def test_W10_a_topic_that_would_not_be_read_back_is_not_made(make: object) -> None:
    assert callable(make)
    with pytest.raises(BadTopic):
        make()


@given(topic=wire_values.all_topics(), device=wire_values.of_kind("d"), room=wire_values.of_kind("r"))
def test_W12_a_device_has_its_own_trees_and_its_room(topic: Topic, device: DeviceId, room: RoomId) -> None:
    for owner, seated in ((device, room), (DeviceId(topic.owner), RoomId(topic.owner))):
        grants = topics.device_grants(owner, seated)
        may_write = any(g.access == "write" and _matches(g.filter, str(topic)) for g in grants)
        may_read = any(g.access == "read" and _matches(g.filter, str(topic)) for g in grants)
        assert may_write == (topic.tree == "u" and topic.owner == owner)
        assert may_read == (topic.tree in {"s", "r"} and topic.owner in {owner, seated})


@given(topic=wire_values.all_topics(), device=wire_values.of_kind("d"))
def test_W12_a_device_without_a_seat_hears_no_room(topic: Topic, device: DeviceId) -> None:
    if topic.tree == "r":
        assert not any(_matches(g.filter, str(topic)) for g in topics.device_grants(device, None))


@given(device=wire_values.of_kind("d"), room=st.none() | wire_values.of_kind("r"))
def test_W12_a_seat_subscribes_to_what_it_may_read(device: DeviceId, room: RoomId | None) -> None:
    readable = {grant.filter for grant in topics.device_grants(device, room) if grant.access == "read"}
    assert set(topics.device_filters(device, room)) == readable


@given(topic=wire_values.all_topics())
def test_W13_the_server_reads_one_tree_and_writes_two(topic: Topic) -> None:
    found = {grant.access for grant in topics.SERVER_GRANTS if _matches(grant.filter, str(topic))}
    assert found == ({"read"} if topic.tree == "u" else {"write"})
    assert _matches(topics.SERVER_FILTER, str(topic)) == (topic.tree == "u")
