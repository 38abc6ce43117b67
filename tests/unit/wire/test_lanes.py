"""Rule W11."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support import wire_values
from wire import lanes, messages
from wire.errors import BadTopic
from wire.lanes import Sealing
from wire.topics import Topic


@given(topic=wire_values.all_topics())
def test_W11_every_topic_says_what_it_carries(topic: Topic) -> None:
    lane = lanes.of(topic)
    assert bool(lane.types) == (lane.sealing in {Sealing.BOX, Sealing.ROOM})


def test_W11_every_message_has_a_lane_and_every_lane_known_messages() -> None:
    carried = [kind for lane in lanes.TABLE.values() for kind in lane.types]
    assert set(carried) == set(messages.TYPES)
    assert sorted(set(carried) - {"offer"}) == sorted(kind for kind in carried if kind != "offer"), "one lane each"


def test_W11_only_one_way_down_is_for_everyone() -> None:
    assert all(lane.sealing is not Sealing.ROOM for (tree, _), lane in lanes.TABLE.items() if tree == "u")
    assert all(lane.sealing is not Sealing.BOX for (tree, _), lane in lanes.TABLE.items() if tree == "r")


def test_W11_chunks_travel_as_they_are_and_nothing_else_does() -> None:
    bare = {(tree, lane) for (tree, lane), carried in lanes.TABLE.items() if carried.sealing is Sealing.CHUNK}
    assert bare == {("s", "fix"), ("r", "c")}
    empty = {(tree, lane) for (tree, lane), carried in lanes.TABLE.items() if carried.sealing is Sealing.EMPTY}
    assert empty == {("u", "gone")}


def test_W11_a_topic_made_by_hand_has_no_lane() -> None:
    with pytest.raises(BadTopic):
        lanes.of(Topic("u", "d-aaaaaaaaaaaaaaaa", "secrets"))
