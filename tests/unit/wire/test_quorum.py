"""Who is there, who counts, and the arithmetic of the quorum (A4, W86, W87)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, item, member, named
from wire import view
from wire.attended import attended
from wire.declare import closing_body
from wire.errors import BadField
from wire.fields import Fields
from wire.quorum import Quorum, here, quorum, read_rules, rules_value
from wire.state import Presence, RollRules
from wire.votes import Share

NAMES = ("chair", "an", "binh", "chi", "dung")
ROLES = ("chair", "member", "member", "guest", "secretary")
TWO_THIRDS = {"num": 2, "den": 3, "more": False}


#: Nobody is given a minute, and the appointed time is over.
STRICT = {"roll": {"by_self": True, "quorum": None, "late_after": 0}, "starts_at": "2026-01-05T01:30:00.000Z"}


def _log(roll: dict[str, Any] | None = None) -> MeetingLog:
    log = MeetingLog()
    log.add("meeting_created", described(roll))
    log.add("members_set", {"members": [member(name, role) for name, role in zip(NAMES, ROLES, strict=True)]})
    return log


def described(roll: dict[str, Any] | None) -> dict[str, Any]:
    about: dict[str, Any] = {"title": "Họp (demo)", "type": "Giao ban", "room": named("r", "hall"), "room_name": "A"}
    about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 60}
    return about if roll is None else {**about, "roll": roll}


def word(name: str, presence: str) -> dict[str, Any]:
    return {"person": named("u", name), "presence": presence, "method": "staff"}


def test_A4_the_quorum_is_two_thirds_of_those_who_count_and_says_so_on_every_screen() -> None:
    log = _log({"by_self": True, "quorum": TWO_THIRDS})
    for name in ("chair", "chi", "dung"):
        log.add("attendance_recorded", word(name, "present"))
    # Neither the guest nor the secretary counts: one of three, where two are needed.
    assert quorum(log.state) == Quorum(present=1, entitled=3, need=2, met=False)
    log.add("attendance_recorded", word("an", "late"))
    assert quorum(log.state) == Quorum(present=2, entitled=3, need=2, met=True)
    rules = {"by_self": True, "late_after": 10, "rule": TWO_THIRDS}
    shown = {"present": 2, "entitled": 3, "need": 2, "met": True, **rules}
    for state in (view.for_person(log.state, named("u", "chi")), view.for_display(log.state), log.state):
        assert view.sections(state)["quorum"] == shown
    assert view.sections(view.for_person(log.state, None))["quorum"]["entitled"] == 0


def test_A4_without_a_rule_nothing_is_needed_and_nothing_is_met() -> None:
    assert quorum(_log().state) == Quorum(present=0, entitled=3, need=None, met=False)


def test_W87_the_rolls_word_beats_the_seat_and_the_seat_fills_its_silence() -> None:
    log = _log()
    log.add("person_seated", {"person": named("u", "an"), "seat": named("s", "A1")})
    assert here(log.state) == {named("u", "an")}
    for absent in ("left", "excused", "absent"):
        log.add("attendance_recorded", word("an", absent))
        assert here(log.state) == frozenset()
    log.add("attendance_recorded", word("an", "returned"))
    log.add("person_left", {"person": named("u", "an")})
    assert here(log.state) == {named("u", "an")}


def test_W86_who_is_said_to_be_absent_never_was_there() -> None:
    log = _log()
    log.add("attendance_recorded", word("an", "present"))
    arrived = log.state.attendance[0].arrived_at
    log.add("attendance_recorded", word("an", "left"))
    assert log.state.attendance[0].arrived_at == arrived
    log.add("attendance_recorded", word("an", "absent"))
    assert not log.state.attendance[0].was_there


@pytest.mark.parametrize("roll", [{"by_self": True, "quorum": {"num": 4, "den": 3, "more": False}}, {}, {"by_self": 1}])
def test_W87_a_rule_that_cannot_be_is_refused_by_every_reader(roll: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _log(roll)


@given(
    roles=st.lists(st.sampled_from(["chair", "member", "guest", "secretary", "presenter"]), max_size=12),
    said=st.lists(st.tuples(st.integers(0, 11), st.sampled_from([*Presence, None])), max_size=25),
    num=st.integers(0, 7),
    extra=st.integers(0, 7),
    more=st.booleans(),
)
def test_A4_the_quorum_agrees_with_counting_by_hand(
    roles: list[str], said: list[tuple[int, Presence | None]], num: int, extra: int, *, more: bool
) -> None:
    den = num + extra or 1
    log = MeetingLog()
    log.add("meeting_created", described({"by_self": False, "quorum": {"num": num, "den": den, "more": more}}))
    log.add("members_set", {"members": [member(f"n{at}", role) for at, role in enumerate(roles)]})
    word_of: dict[int, Presence] = {}
    seated: set[int] = set()
    for at, presence in said:
        if at >= len(roles):
            continue
        if presence is None:
            log.add("person_seated", {"person": named("u", f"n{at}"), "seat": named("s", f"S{at}")})
            seated.add(at)
        else:
            log.add("attendance_recorded", word(f"n{at}", presence.value))
            word_of[at] = presence
    in_room = {at for at in range(len(roles)) if word_of.get(at) in {"present", "late", "returned"}}
    in_room |= {at for at in seated if at not in word_of}
    counted = [at for at, role in enumerate(roles) if role in {"chair", "member"}]
    there, share = sum(1 for at in counted if at in in_room), Fraction(num, den)
    of = len(counted)
    enough = of > 0 and (there > share * of if more else there >= share * of)
    found = quorum(log.state)
    assert (found.present, found.entitled, found.met) == (there, of, enough)
    if of:
        least = next(n for n in range(of + 2) if (n > share * of if more else n >= share * of))
        assert found.need == least == (math.floor(share * of) + 1 if more else math.ceil(share * of))


@given(num=st.integers(0, 1000), den=st.integers(1, 1000), more=st.booleans(), by_self=st.booleans())
def test_W87_rules_read_what_they_print(num: int, den: int, *, more: bool, by_self: bool) -> None:
    rules = RollRules(Share(num, den, more) if num <= den else None, by_self)
    assert read_rules(Fields(rules_value(rules), "roll")) == rules


def _sits(log: MeetingLog, name: str, seat: str) -> None:
    log.add("person_seated", {"person": named("u", name), "seat": named("s", seat)})


def _opened(log: MeetingLog) -> MeetingLog:
    log.add("agenda_set", {"items": [item("one")]})
    for kind in ("meeting_submitted", "meeting_approved", "meeting_opened"):
        log.add(kind)
    return log


def _line(log: MeetingLog, name: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = view.sections(log.state)["members"]
    return next(line for line in lines if line["person"] == named("u", name))


def test_W87_after_the_close_it_is_who_was_there_at_the_close() -> None:
    log = _log({"by_self": True, "quorum": TWO_THIRDS})
    _sits(log, "chair", "a")
    _sits(log, "an", "b")
    _opened(log)
    _sits(log, "binh", "c")
    log.add("person_left", {"person": named("u", "binh")})
    before = quorum(log.state)
    assert before == Quorum(present=2, entitled=3, need=2, met=True)
    log.add("meeting_closed")
    assert quorum(log.state) == before, "nobody went away because the seats were cleared"
    assert [_line(log, name)["stayed"] for name in ("chair", "an", "binh")] == [True, True, False]
    log.add("attendance_recorded", {**word("an", "absent"), "reason": "nhầm chỗ"})
    assert quorum(log.state).present == 1, "a correction counts"
    found = attended(log.events)
    assert found.of_person(named("u", "chair"))[-1][1] == log.state.closed_at
    assert found.of_person(named("u", "an")) == ()


def test_W86_whoever_sat_there_at_the_opening_is_not_late_and_came_when_they_sat_down() -> None:
    log = _log({"by_self": True, "quorum": None})
    log.add("meeting_described", described(None) | STRICT)
    _sits(log, "an", "b")
    _sits(log, "binh", "c")
    log.add("person_left", {"person": named("u", "binh")})
    _opened(log)
    _sits(log, "binh", "c")
    assert (_line(log, "an")["in_time"], _line(log, "binh")["in_time"]) == (True, False)
    sat = dict(log.state.arrivals)[named("u", "an")]
    log.add("attendance_recorded", word("an", "present"))
    log.add("attendance_recorded", word("binh", "late"))
    an, binh = (log.state.presence_of(named("u", name)) for name in ("an", "binh"))
    assert an is not None
    assert binh is not None
    assert an.arrived_at == sat < an.at
    assert binh.arrived_at == dict(log.state.arrivals)[named("u", "binh")] < binh.at, "late since they sat down"


def test_W86_whoever_lost_their_seat_before_the_opening_is_late() -> None:
    log = _log({"by_self": True, "quorum": None})
    log.add("meeting_described", described(None) | STRICT)
    _sits(log, "an", "a")
    _sits(log, "binh", "a")
    _sits(log, "chair", "c")
    log.add("attendance_recorded", {**word("chair", "absent"), "reason": "nhầm"})
    _opened(log)
    for name, late in (("an", True), ("binh", False), ("chair", True)):
        assert (named("u", name) not in dict(log.state.arrivals)) is late
    _sits(log, "an", "d")
    assert not _line(log, "an")["in_time"]


def test_W87_a_meeting_that_was_called_off_had_nobody_in_it() -> None:
    log = _log({"by_self": True, "quorum": TWO_THIRDS})
    for name, seat in (("chair", "a"), ("an", "b")):
        _sits(log, name, seat)
    log.add("agenda_set", {"items": [item("one")]})
    for kind in ("meeting_submitted", "meeting_approved"):
        log.add(kind)
    log.add("meeting_cancelled", {"reason": "hoãn"})
    assert quorum(log.state).present == 0


def test_W86_leaving_as_the_first_word_keeps_since_when_they_were_there() -> None:
    log = _log({"by_self": True, "quorum": None})
    _sits(log, "an", "b")
    _opened(log)
    log.add("attendance_recorded", word("an", "left"))
    entry = log.state.presence_of(named("u", "an"))
    assert entry is not None
    assert entry.was_there
    log.add("meeting_closed")
    assert closing_body(log.state)["attended"] == 1
