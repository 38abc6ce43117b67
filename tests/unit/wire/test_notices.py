"""Messages in the log: their life, to whom they go, who has read them, and the wall's countdown (F2, W96)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.support.meeting_log import named
from tests.support.speaking import Floor
from wire.errors import BadField, PhaseError
from wire.notices import TABLE, Notice, NoticeChange, NoticeState, step
from wire.state import DisplayMode
from wire.view import for_display, for_person, sections

ONE = named("g", "one")
LAN, HOA, CHAIR = named("u", "lan"), named("u", "hoa"), named("u", "chair")


@pytest.fixture
def floor() -> Floor:
    return Floor()


def prepare(floor: Floor, notice: str = ONE, **changes: Any) -> None:
    data = {"notice": notice, "to": "seats", "text": "Mời ký biên bản (demo)", "people": [], "seconds": 0, **changes}
    floor.add("notice_prepared", data, actor=f"person:{CHAIR}")


def found(floor: Floor, notice: str = ONE) -> Notice:
    one = floor.state.notice(notice)
    assert one is not None
    return one


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("change", NoticeChange)
def test_W96_what_is_not_in_the_table_is_an_error(state: NoticeState, change: NoticeChange) -> None:
    if (state, change) in TABLE:
        assert step(state, change) is TABLE[state, change]
        return
    with pytest.raises(PhaseError):
        step(state, change)


def test_W96_a_message_to_all_goes_to_who_is_a_member_when_it_is_sent_and_not_to_its_sender(floor: Floor) -> None:
    prepare(floor)
    assert found(floor).people == ()
    floor.add("notice_sent", {"notice": ONE})
    sent = found(floor)
    assert set(sent.people) == {member.person for member in floor.state.members} - {CHAIR}
    assert sent.waits_for(LAN)
    assert not sent.waits_for(CHAIR)


def test_W96_a_message_is_read_once_by_those_it_went_to(floor: Floor) -> None:
    prepare(floor, people=[LAN])
    with pytest.raises(BadField, match="not sent"):
        floor.add("notice_read", {"notice": ONE, "person": LAN})
    floor.add("notice_sent", {"notice": ONE})
    with pytest.raises(BadField, match="not sent"):
        floor.add("notice_read", {"notice": ONE, "person": HOA})
    floor.add("notice_read", {"notice": ONE, "person": LAN})
    assert [person for person, _ in found(floor).read] == [LAN]
    with pytest.raises(BadField, match="has read"):
        floor.add("notice_read", {"notice": ONE, "person": LAN})


def test_W96_a_message_to_the_wall_is_shown_with_its_countdown_and_taken_away_with_it(floor: Floor) -> None:
    prepare(floor, to="wall", text="Giải lao (demo)", seconds=600)
    assert floor.state.display.mode is DisplayMode.ITEM, "what waits in the queue is not shown"
    floor.add("notice_sent", {"notice": ONE})
    display = floor.state.display
    ends_at = floor.now + dt.timedelta(seconds=600)
    assert (display.mode, display.text, display.until) == (DisplayMode.MESSAGE, "Giải lao (demo)", ends_at)
    assert sections(for_display(floor.state))["display"]["until"] is not None
    floor.add("notice_withdrawn", {"notice": ONE})
    assert floor.state.display.mode is DisplayMode.ITEM


def test_W96_what_was_shown_next_stays_when_an_older_message_is_taken_away(floor: Floor) -> None:
    prepare(floor, to="wall")
    floor.add("notice_sent", {"notice": ONE})
    floor.add("display_set", {"mode": "blank", "text": ""})
    floor.add("notice_withdrawn", {"notice": ONE})
    assert floor.state.display.mode is DisplayMode.BLANK


@pytest.mark.parametrize(
    "wrong",
    [{"to": "wall", "people": [LAN]}, {"people": [named("u", "x")]}, {"text": " "}, {"text": "x" * 501}, {"to": "all"}],
)
def test_W96_a_message_that_makes_no_sense_is_refused(floor: Floor, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        prepare(floor, **wrong)
    assert floor.state.notices == ()


def test_W96_others_see_only_what_was_sent_to_them_and_not_who_has_read_it(floor: Floor) -> None:
    prepare(floor, people=[LAN, HOA])
    prepare(floor, named("g", "two"))

    def seen(name: str) -> list[tuple[list[str], int]]:
        shown = sections(for_person(floor.state, named("u", name)))["notices"]
        return [(each["people"], len(each["read"])) for each in shown]

    assert seen("lan") == []
    floor.add("notice_sent", {"notice": ONE})
    floor.add("notice_read", {"notice": ONE, "person": HOA})
    assert seen("lan") == [([LAN], 0)]
    assert seen("hoa") == [([HOA], 1)]
    assert seen("guest") == []
    assert len(seen("secretary")) == 2
    assert sections(for_display(floor.state))["notices"] == []
    floor.add("notice_withdrawn", {"notice": ONE})
    assert seen("lan") == []
