"""Whether an invitation's words name the time and the room of its meeting (N16)."""

from __future__ import annotations

import datetime as dt

import pytest

from server.letters.matching import differences
from server.letters.model import Wording
from wire.state import MeetingState

#: In Viet Nam half past eight on the second of December.
STATE = MeetingState(starts_at=dt.datetime(2026, 12, 2, 1, 30, tzinfo=dt.UTC), room_name="Phòng họp số 1")
PLACE = "Địa điểm: Phòng họp số 1."


def says(*lines: str, state: MeetingState = STATE) -> list[tuple[str, str]]:
    return [(each.says, each.now) for each in differences(Wording("Họp", lines), state)]


@pytest.mark.parametrize(
    "line",
    [
        "Thời gian: 08 giờ 30, thứ Tư, ngày 02 tháng 12 năm 2026.",
        "Thời gian: 8 giờ 30 ngày 2 tháng 12 năm 2026",
        "- THỜI GIAN: 8h30, 2/12/2026",
        "Thời gian: 08:30, 02-12-2026",
        "Tới dự họp lúc 08 giờ 30, ngày 02 tháng 12 năm 2026.",
    ],
)
def test_N16_day_and_time_are_known_as_people_write_them(line: str) -> None:
    assert says(line, PLACE) == []


@pytest.mark.parametrize(
    "line",
    [
        "Thời gian: 09 giờ 30, thứ Tư, ngày 02 tháng 12 năm 2026.",
        "Thời gian: 08 giờ 30, thứ Ba, ngày 01 tháng 12 năm 2026.",
        "Thời gian: 18 giờ 30, ngày 02 tháng 12 năm 2026.",
        "Thời gian: 08 giờ 30, ngày 12 tháng 12 năm 2026.",
        "Thời gian: sẽ báo sau.",
    ],
)
def test_N16_another_day_or_time_is_named_with_the_line_that_says_it(line: str) -> None:
    # The day by which to answer is no time of a meeting.
    found = says(line, PLACE, "Trả lời chậm nhất 08 giờ 30 ngày 02 tháng 12 năm 2026.")
    assert found == [(line, "08 giờ 30, thứ Tư, ngày 02 tháng 12 năm 2026")]


def test_N16_a_whole_hour_needs_no_minutes_and_has_no_others() -> None:
    at_nine = MeetingState(starts_at=dt.datetime(2026, 12, 2, 2, 0, tzinfo=dt.UTC))
    assert says("Thời gian: 9 giờ, ngày 2/12/2026", state=at_nine) == []
    for time in ("09:00 02/12/2026", "9h00 2/12/2026", "9 giờ 00 ngày 2/12/2026", "9h, 02/12/2026"):
        assert says(f"Thời gian: {time}", PLACE, state=at_nine) == [], time
    for time in ("9 giờ 30, ngày 2/12/2026", "09:05 02/12/2026", "09:001 02/12/2026"):
        assert len(says(f"Thời gian: {time}", PLACE, state=at_nine)) == 1, time


def test_N16_another_room_and_no_room_are_named() -> None:
    time = "Thời gian: 08 giờ 30, ngày 02 tháng 12 năm 2026."
    assert says(time, "Địa điểm: Phòng họp số 2.") == [("Địa điểm: Phòng họp số 2.", "Phòng họp số 1")]
    assert says(time) == [("", "Phòng họp số 1")]
    assert says(time, "Địa điểm: PHÒNG HỌP SỐ 1, tầng 2") == []
