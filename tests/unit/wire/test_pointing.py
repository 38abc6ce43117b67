"""The presenter's pointer on the wire (F1, W110)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.meeting_log import named
from wire import fold, lanes, messages
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import MeetingId, PaperId, RoomId
from wire.lanes import Sealing
from wire.messages.pointing import KIND, Place, Point
from wire.topics import PaperVersion, Topic

MEETING = MeetingId(named("m", "demo"))
PLACE = Place(PaperVersion(PaperId(named("p", "report")), 2), 7, 5_000, 10_000)
POINT = Point(MEETING, named("u", "lan"), PLACE)


def test_W110_a_pointer_travels_sealed_under_the_epoch_on_a_lane_of_its_own() -> None:
    lane = lanes.of(Topic.pointer(RoomId(named("r", "hall")), MEETING))
    assert (lane.sealing, lane.types) == (Sealing.ROOM, frozenset({"point", "view"}))
    assert messages.parse("point", POINT.to_value()) == POINT


@pytest.mark.parametrize("wrong", [{"x": 10_001}, {"y": -1}, {"page": 0}, {"x": 0.5}, {"person": "u-x"}])
def test_W110_a_place_is_on_the_page(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        Point.read(Fields({**POINT.to_value(), **wrong}, "point"))


def test_W110_it_is_no_event_of_any_log() -> None:
    assert KIND not in fold.kinds()
