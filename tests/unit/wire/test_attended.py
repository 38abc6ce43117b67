"""Who was there during which item, derived from the log (A1, W88)."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, item, member, named
from tests.unit.wire.test_quorum import described, word
from wire import fold
from wire.attended import attended, common, length
from wire.events import Event
from wire.quorum import here
from wire.state import ItemState, MeetingState

PEOPLE = ("chair", "an", "binh")
MINUTE = 60


def _open() -> MeetingLog:
    log = MeetingLog()
    log.add("meeting_created", described(None))
    log.add("members_set", {"members": [member("chair", "chair"), member("an", "member"), member("binh", "member")]})
    log.add("agenda_set", {"items": [item("one"), item("two"), item("below", parent="two")]})
    for step in ("meeting_submitted", "meeting_approved", "meeting_opened"):
        log.add(step)
    return log


def test_A1_the_times_of_people_and_items_follow_from_the_events() -> None:
    log = _open()
    log.add("attendance_recorded", word("an", "present"))
    log.add("item_started", {"item": named("i", "one")})
    log.add("attendance_recorded", word("an", "left"))  # one minute of the first item
    log.add("item_started", {"item": named("i", "below")})
    log.add("attendance_recorded", word("an", "returned"))
    log.add("meeting_recessed")  # one minute of what is below the second
    log.add("meeting_resumed")
    log.add("meeting_closed", {})
    found = attended(log.events)
    an = named("u", "an")
    assert found.seconds(an, named("i", "one")) == MINUTE
    assert length(found.of_item(named("i", "one"))) == 2 * MINUTE
    # The recess is nobody's, and an item above goes on while one below it is dealt with.
    assert found.seconds(an, named("i", "below")) == found.seconds(an, named("i", "two")) == 2 * MINUTE
    assert length(found.of_item(named("i", "two"))) == 3 * MINUTE
    assert found.seconds(named("u", "binh"), named("i", "one")) == 0


def test_A1_who_is_corrected_to_absent_was_at_no_item() -> None:
    log = _open()
    log.add("attendance_recorded", word("an", "present"))
    log.add("item_started", {"item": named("i", "one")})
    log.add("attendance_recorded", word("an", "absent"))
    assert attended(log.events).of_person(named("u", "an")) == ()


def test_W88_what_goes_on_is_counted_up_to_now() -> None:
    log = _open()
    log.add("attendance_recorded", word("an", "present"))
    log.add("item_started", {"item": named("i", "one")})
    later = log.events[-1].at + dt.timedelta(seconds=90)
    assert attended(log.events, until=later).seconds(named("u", "an"), named("i", "one")) == 90
    assert attended(()).people == {}


_words: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.builds(
        lambda who, presence: ("attendance_recorded", word(who, presence)),
        st.sampled_from(PEOPLE),
        st.sampled_from(["present", "late", "left", "returned", "absent", "excused"]),
    ),
    st.sampled_from(["one", "two", "below"]).map(lambda name: ("item_started", {"item": named("i", name)})),
    st.sampled_from(PEOPLE).map(
        lambda who: ("person_seated", {"person": named("u", who), "seat": named("s", f"S{who}")})
    ),
    st.sampled_from(PEOPLE).map(lambda who: ("person_left", {"person": named("u", who)})),
    st.sampled_from([("meeting_recessed", {}), ("meeting_resumed", {})]),
)


@given(st.lists(_words, max_size=30))
def test_W88_the_spans_agree_with_looking_at_every_minute(said: list[tuple[str, dict[str, Any]]]) -> None:
    log, resting = _open(), False
    for kind, data in said:
        if kind in {"meeting_recessed", "meeting_resumed"}:
            if (kind == "meeting_resumed") is not resting:
                continue
            resting = not resting
        if kind == "item_started" and resting:
            continue
        log.add(kind, data)
    found = attended(log.events)
    there, dealt = _by_the_minute(log.events)
    for who in PEOPLE:
        person = named("u", who)
        assert length(found.of_person(person)) == MINUTE * len(there[person])
        for name in ("one", "two", "below"):
            both = there[person] & dealt[named("i", name)]
            assert found.seconds(person, named("i", name)) == MINUTE * len(both)
        spans = found.of_person(person)
        assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))
        assert common(spans, spans) == spans


def _by_the_minute(events: list[Event]) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Every event is one minute long: who was there, and what was dealt with, in which of them."""
    there: dict[str, set[int]] = {named("u", who): set() for who in PEOPLE}
    dealt: dict[str, set[int]] = {named("i", name): set() for name in ("one", "two", "below")}
    state = MeetingState()
    for minute, event in enumerate(events):
        state = fold.apply(state, event)
        if event.kind == "attendance_recorded" and event.data["presence"] in {"absent", "excused"}:
            there[event.data["person"]] = set()
        if minute == len(events) - 1:
            break
        for person in here(state):
            there[person].add(minute)
        for each in state.agenda:
            if each.state is ItemState.ACTIVE and state.phase.value == "open":
                dealt[each.item].add(minute)
    return there, dealt
