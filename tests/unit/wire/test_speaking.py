"""Turns to speak in the log: their life, their time, and who may not (S1, S2, W92–W94)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import named
from tests.support.speaking import RULES, Floor
from wire.errors import BadField, PhaseError
from wire.fold import fold
from wire.speak_fold import MAX_WRITINGS
from wire.speaking import TABLE, SpeechChange, SpeechState, left_ms, spent_ms, step

NOBODY = named("q", "nobody")


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.mark.parametrize("state", SpeechState)
@pytest.mark.parametrize("change", SpeechChange)
def test_W92_what_is_not_in_the_table_is_an_error(state: SpeechState, change: SpeechChange) -> None:
    if (state, change) in TABLE:
        assert step(state, change) is TABLE[state, change]
        return
    with pytest.raises(PhaseError):
        step(state, change)


def test_W92_a_turn_from_its_request_to_its_end(floor: Floor) -> None:
    lan = floor.ask("lan")
    found = floor.speech(lan)
    assert (found.state, found.name, found.unit, found.by) == (
        SpeechState.WAITING,
        "Đồng chí lan (demo)",
        "Phòng 1",
        "",
    )
    assert floor.do("speech_called", lan).state is SpeechState.CALLED
    floor.wait(5)
    begun = floor.do("speech_started", lan)
    assert (begun.limit_ms, begun.since, begun.spent_ms) == (300_000, floor.now, 0)
    floor.wait(20)
    ended = floor.do("speech_stopped", lan)
    assert (ended.state, ended.spent_ms, ended.since, ended.ended_at) == (SpeechState.ENDED, 20_000, None, floor.now)


def test_W92_one_turn_at_a_time(floor: Floor) -> None:
    lan, hoa = floor.ask("lan"), floor.ask("hoa")
    floor.do("speech_called", lan)
    for kind in ("speech_called", "speech_started"):
        with pytest.raises(BadField, match="somebody else"):
            floor.do(kind, hoa)
    floor.do("speech_started", lan)
    floor.do("speech_paused", lan)
    # A point of order interrupts; who was interrupted goes on afterwards, and not before.
    floor.do("speech_started", hoa)
    with pytest.raises(BadField, match="somebody else"):
        floor.do("speech_resumed", lan)
    floor.do("speech_stopped", hoa)
    assert floor.do("speech_resumed", lan).state is SpeechState.SPEAKING


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("speech_asked", {"speech": NOBODY, "item": named("i", "none"), "person": named("u", "lan"), "kind": "speech"}),
        ("speech_asked", {"speech": NOBODY, "item": named("i", "one"), "person": named("u", "x"), "kind": "speech"}),
        ("speech_asked", {"speech": NOBODY, "item": named("i", "one"), "person": named("u", "lan"), "kind": "song"}),
        ("speech_called", {"speech": NOBODY}),
        ("speaking_ordered", {"speeches": [NOBODY]}),
        ("speech_extended", {"speech": NOBODY, "seconds": 60}),
        ("speaking_rules_set", {**RULES, "order": "loudest"}),
        ("speaking_rules_set", {**RULES, "warn": -1}),
    ],
)
def test_W92_what_speaks_of_nothing_is_refused(floor: Floor, kind: str, data: dict[str, Any]) -> None:
    before = floor.state
    with pytest.raises(BadField):
        floor.add(kind, data)
    assert floor.state is before


def test_W92_a_refusal_says_why_and_the_same_turn_stands_once(floor: Floor) -> None:
    lan = floor.ask("lan")
    with pytest.raises(BadField):
        floor.do("speech_refused", lan)
    assert floor.do("speech_refused", lan, reason="Hết thời gian").reason == "Hết thời gian"
    asked = {"speech": lan, "item": named("i", "one"), "person": named("u", "lan"), "kind": "speech"}
    with pytest.raises(BadField, match="there already"):
        floor.add("speech_asked", asked)


def test_W93_leaving_an_item_ends_who_speaks_and_who_was_called_waits_again(floor: Floor) -> None:
    lan, hoa, minh = floor.ask("lan"), floor.ask("hoa"), floor.ask("minh")
    floor.do("speech_started", lan)
    floor.wait(7)
    floor.do("speech_paused", lan)
    floor.do("speech_called", hoa)
    floor.wait(3)
    floor.add("item_started", {"item": named("i", "two")})
    assert (floor.speech(lan).state, floor.speech(lan).spent_ms) == (SpeechState.ENDED, 7_000)
    assert [floor.speech(each).state for each in (hoa, minh)] == [SpeechState.WAITING] * 2
    assert floor.state.speaking.in_turn is None


def test_W93_a_recess_interrupts_and_the_end_ends(floor: Floor) -> None:
    lan = floor.ask("lan")
    floor.do("speech_started", lan)
    floor.wait(11)
    floor.add("meeting_recessed")
    assert (floor.speech(lan).state, floor.speech(lan).spent_ms) == (SpeechState.PAUSED, 11_000)
    floor.wait(600)
    floor.add("meeting_resumed")
    floor.do("speech_resumed", lan)
    floor.wait(4)
    floor.add("meeting_closed")
    assert (floor.speech(lan).state, floor.speech(lan).spent_ms) == (SpeechState.ENDED, 15_000)


def test_W93_who_is_taken_out_of_the_meeting_waits_no_longer(floor: Floor) -> None:
    lan, hoa = floor.ask("lan"), floor.ask("hoa")
    floor.do("speech_started", lan)
    floor.wait(9)
    members = [
        {"person": m.person, "name": m.name, "position": m.position, "unit": m.unit, "role": m.role.value}
        for m in floor.state.members
        if m.person not in {named("u", "lan"), named("u", "hoa")}
    ]
    floor.add("members_set", {"members": members})
    assert (floor.speech(lan).state, floor.speech(lan).spent_ms) == (SpeechState.ENDED, 9_000)
    assert (floor.speech(hoa).state, floor.speech(hoa).name) == (SpeechState.CANCELLED, "Đồng chí hoa (demo)")


def test_W94_the_limit_is_that_of_the_kind_or_what_is_left_of_a_budget(floor: Floor) -> None:
    floor.rules(person=100, group=130)
    floor.spoke("lan", 60)
    again = floor.ask("lan")
    assert floor.do("speech_started", again).limit_ms == 40_000, "the person's budget"
    floor.do("speech_stopped", again)
    minh = floor.ask("minh")
    assert floor.do("speech_started", minh).limit_ms == 70_000, "the unit's budget"
    floor.wait(90)
    floor.do("speech_stopped", minh)
    third = floor.ask("minh")
    assert floor.do("speech_started", third).limit_ms == 0, "nothing is left, and never less than nothing"
    floor.do("speech_stopped", third)
    order = floor.ask("minh", "order")
    assert floor.do("speech_started", order).limit_ms == 60_000, "a point of order is at nobody's cost"


def test_W94_no_limit_is_no_limit(floor: Floor) -> None:
    floor.rules(seconds={"speech": 0, "order": 0, "question": 0, "answer": 0})
    lan = floor.ask("lan")
    begun = floor.do("speech_started", lan)
    floor.wait(100_000)
    assert (begun.limit_ms, begun.ends_at, left_ms(begun, floor.now)) == (None, None, None)
    with pytest.raises(BadField, match="no limit"):
        floor.do("speech_extended", lan, seconds=60)


def test_W94_more_time_is_added_and_a_clock_ends_nothing_early(floor: Floor) -> None:
    floor.rules(cuts=True)
    lan = floor.ask("lan")
    floor.do("speech_started", lan)
    floor.wait(299)
    with pytest.raises(BadField, match="clock"):
        floor.do("speech_stopped", lan, by="clock")
    floor.do("speech_extended", lan, seconds=60)
    floor.wait(2)
    with pytest.raises(BadField, match="clock"):
        floor.do("speech_stopped", lan, by="clock")
    floor.wait(59)
    assert floor.do("speech_stopped", lan, by="clock").by_clock


def test_W94_where_the_house_has_not_chosen_it_the_clock_ends_nothing(floor: Floor) -> None:
    lan = floor.ask("lan")
    floor.do("speech_started", lan)
    floor.wait(1000)
    assert left_ms(floor.speech(lan), floor.now) == -700_000
    with pytest.raises(BadField, match="clock"):
        floor.do("speech_stopped", lan, by="clock")


@given(st.lists(st.tuples(st.integers(0, 600_000), st.integers(-90_000, 600_000)), min_size=1, max_size=12))
def test_W94_pauses_sum_exactly_under_a_clock_that_jumps(stretches: list[tuple[int, int]]) -> None:
    """Each stretch takes whole milliseconds; what goes by (or back) in a pause takes nothing."""
    floor = Floor()
    lan = floor.ask("lan")
    total = 0
    for number, (speaking, pausing) in enumerate(stretches):
        floor.do("speech_started" if number == 0 else "speech_resumed", lan)
        floor.wait(speaking / 1000)
        total += speaking
        assert spent_ms(floor.speech(lan), floor.now) == total
        floor.do("speech_paused", lan)
        floor.wait(pausing / 1000)
        assert left_ms(floor.speech(lan), floor.now) == 300_000 - total
    assert floor.do("speech_stopped", lan).spent_ms == total


@given(st.lists(st.integers(-600_000, 600_000), min_size=1, max_size=20))
def test_W94_a_clock_that_goes_back_takes_no_time_away(jumps: list[int]) -> None:
    floor = Floor()
    lan = floor.ask("lan")
    floor.do("speech_started", lan)
    for jump in jumps:
        floor.wait(jump / 1000)
        before = floor.speech(lan).spent_ms
        floor.do("speech_paused", lan)
        assert floor.speech(lan).spent_ms >= before >= 0
        floor.do("speech_resumed", lan)
    assert fold(floor.log.events) == floor.state, "whoever folds the log anew counts the same"


def test_W94_the_end_is_where_the_time_that_is_left_says(floor: Floor) -> None:
    lan = floor.ask("lan")
    begun = floor.do("speech_started", lan)
    assert begun.ends_at == floor.now + dt.timedelta(seconds=300)
    floor.wait(100)
    floor.do("speech_paused", lan)
    assert floor.speech(lan).ends_at is None
    floor.wait(50)
    resumed = floor.do("speech_resumed", lan)
    assert resumed.ends_at == floor.now + dt.timedelta(seconds=200)
    assert not resumed.is_over(floor.now + dt.timedelta(seconds=199, milliseconds=999))
    assert resumed.is_over(floor.now + dt.timedelta(seconds=200))


def test_W97_what_was_not_said_is_handed_in_and_its_hash_stands_in_the_state(floor: Floor) -> None:
    lan = floor.ask("lan")
    written = floor.do("speech_written", lan, text="Kính thưa các đồng chí (demo)")
    assert written.state is SpeechState.WRITTEN
    assert written.written is not None
    assert (written.written.characters, len(written.written.sha256)) == (29, 64)
    again = floor.do("speech_written", lan, text="Kính thưa (demo)")
    assert again.written is not None
    assert again.written.sha256 != written.written.sha256
    hoa = floor.spoke("hoa", 10)
    with pytest.raises(PhaseError):
        floor.do("speech_written", hoa, text="Đã nói rồi")


def test_W97_a_speech_in_writing_has_limits(floor: Floor) -> None:
    lan = floor.ask("lan")
    for text in ("", "x" * 20_001, "😀" * 15_001):
        with pytest.raises(BadField):
            floor.do("speech_written", lan, text=text)
    for number in range(MAX_WRITINGS):
        floor.do("speech_written", lan, text=f"Bản {number}")
    with pytest.raises(BadField, match="too often"):
        floor.do("speech_written", lan, text="Một bản nữa")
