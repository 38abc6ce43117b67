"""The part of the page that the presenter sees, on the wire (F1, W124)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.meeting_log import named
from wire import fold, lanes, messages
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import MeetingId, PaperId, RoomId
from wire.messages.viewing import KIND, LEAST, Part, View
from wire.topics import PaperVersion, Topic

MEETING = MeetingId(named("m", "demo"))
PART = Part(PaperVersion(PaperId(named("p", "report")), 2), 7, 2_500, 0, 5_000, 10_000)
VIEW = View(MEETING, named("u", "lan"), PART)


def test_W124_a_view_travels_the_lane_of_the_pointer_and_is_no_event() -> None:
    lane = lanes.of(Topic.pointer(RoomId(named("r", "hall")), MEETING))
    assert lane.types == frozenset({"point", "view"})
    assert messages.parse("view", VIEW.to_value()) == VIEW
    assert KIND not in fold.kinds()


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 5_001}, {"x": -1}, {"y": 1}, {"w": 7_501}, {"w": LEAST - 1}, {"h": 0}, {"h": 10_001}, {"page": 0},
        {"w": float("nan")}, {"h": float("inf")}, {"x": 0.5}, {"x": "2500"}, {"y": None}, {"w": True}, {"h": [1]},
        {"page": 10**9}, {"paper": "p-x"}, {"person": "u-x"}, {"zoom": 2},
    ],
)  # fmt: skip
def test_W124_a_part_is_within_the_page_and_nothing_else_is_one(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        messages.parse("view", {**VIEW.to_value(), **wrong})


@pytest.mark.parametrize("missing", ["x", "y", "w", "h", "page", "paper", "version"])
def test_W124_nothing_of_a_part_is_guessed(missing: str) -> None:
    value = {key: kept for key, kept in VIEW.to_value().items() if key != missing}
    with pytest.raises(BadField):
        View.read(Fields(value, "view"))
