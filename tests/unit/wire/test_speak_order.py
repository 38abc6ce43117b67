"""The queue's order, the totals, and who sees what of it (S3, S5, W46, W95)."""

from __future__ import annotations

import pytest

from tests.support.meeting_log import named
from tests.support.speaking import Floor
from wire.speak_order import Sum, ranked, totals
from wire.speak_view import section
from wire.view import for_display, for_person, sections


@pytest.fixture
def floor() -> Floor:
    return Floor()


def queue(floor: Floor, on: str = "one") -> list[str]:
    return [each.speech for each in ranked(floor.state.speaking, named("i", on))]


def test_W95_first_come_first_called(floor: Floor) -> None:
    lan, hoa, minh = floor.ask("lan"), floor.ask("hoa"), floor.ask("minh")
    assert queue(floor) == [lan, hoa, minh]
    floor.do("speech_called", hoa)
    assert queue(floor) == [lan, minh]
    floor.do("speech_put_back", hoa)
    assert queue(floor) == [lan, hoa, minh], "who was put back has the old place"


def test_S5_W95_points_of_order_answers_and_questions_have_ranks_of_their_own(floor: Floor) -> None:
    speech, question = floor.ask("lan"), floor.ask("hoa", "question")
    answer, order = floor.ask("chair", "answer"), floor.ask("minh", "order")
    assert queue(floor) == [order, answer, question, speech]


def test_W95_fewest_turns_first_counts_what_was_begun(floor: Floor) -> None:
    floor.rules(order="fewest")
    floor.spoke("lan", 5)
    floor.spoke("minh", 5, "order")
    lan, minh = floor.ask("lan"), floor.ask("minh")
    assert queue(floor) == [minh, lan], "a point of order is no turn"


def test_W95_the_chair_s_choice_and_who_came_since_behind(floor: Floor) -> None:
    floor.rules(order="chair")
    lan, hoa = floor.ask("lan"), floor.ask("hoa")
    floor.add("speaking_ordered", {"speeches": [hoa, lan]})
    minh = floor.ask("minh")
    assert queue(floor) == [hoa, lan, minh]
    floor.rules(order="first")
    assert queue(floor) == [lan, hoa, minh], "another rule, another order"


def test_W95_each_item_has_a_queue_of_its_own(floor: Floor) -> None:
    lan, hoa = floor.ask("lan"), floor.ask("hoa", on="two")
    assert (queue(floor), queue(floor, "two")) == ([lan], [hoa])


def test_W95_totals_are_of_people_and_units_over_the_span(floor: Floor) -> None:
    floor.spoke("lan", 30)
    floor.spoke("minh", 12, "question")
    floor.spoke("minh", 99, "answer")
    floor.add("item_started", {"item": named("i", "two")})
    found = totals(floor.state.speaking, named("i", "two"))
    assert found.of(named("u", "lan")) == Sum(1, 30_000)
    assert found.of_group("Phòng 1") == Sum(2, 42_000)
    assert found.of(named("u", "hoa")) == Sum()
    floor.rules(span="item")
    assert totals(floor.state.speaking, named("i", "two")).people == {}
    assert totals(floor.state.speaking, named("i", "one")).of_group("Phòng 1") == Sum(2, 42_000)


def test_W94_a_screen_is_told_when_a_turn_ends_and_where_who_waits_stands(floor: Floor) -> None:
    lan, hoa = floor.ask("lan"), floor.ask("hoa")
    floor.do("speech_started", lan)
    shown = {each["speech"]: each for each in section(floor.state)["speeches"]}
    begun = floor.speech(lan)
    assert begun.ends_at is not None
    assert shown[lan]["ends_at"] == begun.ends_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (shown[lan]["place"], shown[hoa]["place"]) == (0, 1)


def test_W46_others_see_neither_why_somebody_was_refused_nor_what_was_handed_in(floor: Floor) -> None:
    lan = floor.ask("lan")
    floor.do("speech_refused", lan, reason="Trùng nội dung")
    hoa = floor.ask("hoa")
    floor.do("speech_written", hoa, text="Bản viết (demo)")

    def seen(name: str) -> list[tuple[str, bool]]:
        shown = sections(for_person(floor.state, named("u", name)))["speaking"]["speeches"]
        return [(each["reason"], each["written"] is not None) for each in shown]

    assert seen("chair") == seen("secretary") == [("Trùng nội dung", False), ("", True)]
    assert seen("lan") == [("Trùng nội dung", False), ("", False)]
    assert seen("hoa") == [("", False), ("", True)]
    assert seen("guest") == [("", False), ("", False)]


def test_W46_turns_on_hidden_items_are_hidden_and_a_stranger_sees_none(floor: Floor) -> None:
    floor.ask("lan", on="one")
    floor.ask("chair", on="shut")

    def count(state: object) -> int:
        return len(sections(state)["speaking"]["speeches"])  # type: ignore[arg-type]

    assert count(for_person(floor.state, named("u", "chair"))) == 2
    assert count(for_person(floor.state, named("u", "lan"))) == 1
    assert count(for_display(floor.state)) == 1
    assert count(for_person(floor.state, None)) == 0
