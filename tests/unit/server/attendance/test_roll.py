"""What may be written on the roll, by whom (A1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from server.attendance import model
from server.attendance.errors import NobodyNamed, NotThere, ReasonNeeded, SelfRollCallOff, StillThere
from server.attendance.model import FOLLOWS, Said, Written
from server.errors import NotAllowed
from server.meetings.commands import By, LeaveSeat, Step, TakeSeat
from server.meetings.errors import NotAMember, PhaseNotAllowed
from server.meetings.model import Draft
from tests.support.meetings import CHAIR, DESCRIBED, GUEST, MEMBER, OFFICE, SEATS, STRANGER, Play
from wire.errors import WireError
from wire.fields import Fields
from wire.phases import Change
from wire.quorum import read_rules
from wire.state import Presence, RollRules
from wire.view import sections

SECRETARYS = OFFICE
HOUR = dt.timedelta(hours=1)
AT = dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)


def _play(*changes: Change) -> Play:
    play = Play()
    play.prepare(*changes)
    return play


def _record(play: Play, presence: Presence, *people: str, by: By = SECRETARYS, reason: str = "") -> tuple[Draft, ...]:
    drafts = model.record(play.log.state, Written(people, presence, reason), by)
    play.write(drafts, f"person:{by.person}")
    return drafts


def _said(play: Play, said: Said, person: str, reason: str = "") -> str:
    state = play.log.state
    now = max(play.events[-1].at, state.starts_at or play.events[-1].at) + HOUR
    drafts = model.say(state, said, By(person), now=now, reason=reason)
    play.write(drafts, f"person:{person}")
    return "" if not drafts else str(drafts[0].data["presence"])


def test_A1_staff_write_about_several_at_once_and_the_same_word_again_is_nothing() -> None:
    play = _play(Change.SUBMIT, Change.APPROVE)
    assert len(_record(play, Presence.PRESENT, CHAIR, MEMBER, GUEST)) == 3
    assert _record(play, Presence.PRESENT, CHAIR, MEMBER) == ()
    entry = play.log.state.presence_of(MEMBER)
    assert entry is not None
    assert (entry.method, entry.at) == ("staff", entry.arrived_at)
    assert play.events[-1].actor == f"person:{OFFICE.person}"


def test_A1_an_excuse_has_its_reason() -> None:
    play = _play()
    with pytest.raises(ReasonNeeded):
        _record(play, Presence.EXCUSED, MEMBER, reason="  ")
    _record(play, Presence.EXCUSED, MEMBER, reason="đi công tác")
    assert play.events[-1].data["reason"] == "đi công tác"


@pytest.mark.parametrize("after", Presence)
@pytest.mark.parametrize("before", Presence)
def test_A1_a_word_that_contradicts_the_one_before_is_a_correction_and_needs_a_reason(
    before: Presence, after: Presence
) -> None:
    play = _play()
    if before is Presence.RETURNED:
        _record(play, Presence.PRESENT, MEMBER)
        _record(play, Presence.LEFT, MEMBER)
    if before is Presence.LEFT:
        _record(play, Presence.PRESENT, MEMBER)
    _record(play, before, MEMBER, reason="ốm" if before is Presence.EXCUSED else "")
    if after is before:
        return
    if after is Presence.RETURNED and before is not Presence.LEFT:
        with pytest.raises(StillThere):
            _record(play, after, MEMBER, reason="ghi nhầm")
        return
    if after in FOLLOWS[before] and after is not Presence.EXCUSED:
        assert len(_record(play, after, MEMBER)) == 1
        return
    with pytest.raises(ReasonNeeded):
        _record(play, after, MEMBER)
    assert _record(play, after, MEMBER, reason="ghi nhầm")[0].data["reason"] == "ghi nhầm"


def test_A1_nobody_leaves_who_is_not_there() -> None:
    play = _play()
    with pytest.raises(NotThere):
        _record(play, Presence.LEFT, MEMBER)
    with pytest.raises(NotThere):
        _said(play, Said.LEFT, MEMBER)
    play(MEMBER, TakeSeat(SEATS[2]))
    assert _said(play, Said.LEFT, MEMBER, "họp khác") == "left"


def test_A1_a_person_comes_late_leaves_and_comes_back_by_their_own_word() -> None:
    play = _play()
    with pytest.raises(SelfRollCallOff):
        _said(play, Said.HERE, MEMBER)  # from a desk anybody could be anywhere
    play.now += HOUR
    play(MEMBER, TakeSeat(SEATS[2]))
    assert _said(play, Said.HERE, MEMBER) == "late"
    assert _said(play, Said.HERE, MEMBER) == ""
    assert _said(play, Said.LEFT, MEMBER) == "left"
    assert _said(play, Said.HERE, MEMBER) == "returned"
    before_opening = _play(Change.SUBMIT, Change.APPROVE)
    before_opening(MEMBER, TakeSeat(SEATS[2]))
    assert _said(before_opening, Said.HERE, MEMBER) == "present"


def test_A1_where_the_house_wants_another_roll_people_do_not_put_themselves_on_it() -> None:
    play = _play(Change.SUBMIT, Change.APPROVE)
    play(OFFICE, replace(DESCRIBED, roll=RollRules(by_self=False)))
    with pytest.raises(SelfRollCallOff):
        _said(play, Said.HERE, MEMBER)
    _record(play, Presence.PRESENT, MEMBER)
    # Leaving is everybody's own to say.
    assert _said(play, Said.LEFT, MEMBER) == "left"


def test_A1_only_who_leads_writes_about_others_and_only_about_members() -> None:
    play = _play()
    with pytest.raises(NotAllowed):
        _record(play, Presence.PRESENT, CHAIR, by=By(MEMBER))
    with pytest.raises(NotAMember):
        _record(play, Presence.PRESENT, CHAIR, by=By(STRANGER))
    with pytest.raises(NotAMember):
        _record(play, Presence.PRESENT, STRANGER)
    for people in ((), (MEMBER, MEMBER)):
        with pytest.raises(NobodyNamed):
            _record(play, Presence.PRESENT, *people)


def test_A1_the_roll_is_kept_from_approval_to_the_close() -> None:
    play = _play(Change.SUBMIT)
    with pytest.raises(PhaseNotAllowed):
        _record(play, Presence.PRESENT, MEMBER)
    play(CHAIR, Step(Change.APPROVE))
    _record(play, Presence.PRESENT, MEMBER)
    play(CHAIR, Step(Change.OPEN))
    play(CHAIR, Step(Change.CLOSE))
    with pytest.raises(PhaseNotAllowed):
        _record(play, Presence.LEFT, MEMBER)


def test_W87_who_signs_out_without_a_word_on_the_roll_is_there_no_more() -> None:
    play = _play()
    play(MEMBER, TakeSeat(SEATS[2]))
    play(MEMBER, LeaveSeat())
    with pytest.raises(NotThere):
        _said(play, Said.LEFT, MEMBER)


def test_A1_nobody_is_late_before_the_appointed_time_however_early_it_was_opened() -> None:
    play = _play()
    play(MEMBER, TakeSeat(SEATS[2]))
    early = replace(play.log.state, opened_at=AT - HOUR, starts_at=AT, attendance=(), arrivals=())
    assert model.arriving(early, MEMBER, now=AT) is Presence.PRESENT
    assert model.arriving(early, MEMBER, now=AT + HOUR) is Presence.LATE
    assert model.arriving(replace(early, opened_at=AT + HOUR), MEMBER, now=AT + HOUR) is Presence.PRESENT


def test_W156_late_is_who_comes_later_than_the_meeting_allows_wherever_it_is_said() -> None:
    play = _play()
    play(MEMBER, TakeSeat(SEATS[2]))
    began = replace(play.log.state, opened_at=AT, starts_at=AT, attendance=(), arrivals=())
    minute = dt.timedelta(minutes=1)

    def words(rules: RollRules, *minutes: int) -> list[str]:
        state = replace(began, roll_rules=rules)
        return [model.arriving(state, MEMBER, now=AT + each * minute).value for each in minutes]

    assert words(RollRules(), 0, 10, 11) == ["present", "present", "late"], "ten minutes where nothing is said"
    assert words(RollRules(late_after=0), 0, 1) == ["present", "late"]
    assert words(RollRules(late_after=30), 30, 31) == ["present", "late"]
    sat = replace(began, arrivals=((MEMBER, AT + 9 * minute),))
    assert model.arriving(sat, MEMBER, now=AT + HOUR) is Presence.PRESENT, "there in time, said later"
    shown = next(each for each in sections(sat)["members"] if each["person"] == MEMBER)
    assert shown["in_time"]
    assert read_rules(Fields({"by_self": True, "late_after": 5}, "roll")).grace == 5 * minute
    with pytest.raises(WireError):
        read_rules(Fields({"by_self": True, "late_after": 121}, "roll"))
