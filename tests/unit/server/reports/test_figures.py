"""Figures of a meeting are those of its log (RP1, RP2): against a count that shares nothing with the product."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import given, settings

from server.minutes.facts import facts_of
from server.reports.figures import figures_of
from server.reports.model import Figures
from tests.support.meeting_log import MeetingLog, described, item, member, named, paper
from tests.support.minutes_log import PEOPLE, Count, Move, moves, played


@settings(max_examples=40, deadline=None)
@given(moves())
def test_RP1_every_figure_is_the_logs_and_is_read_back_as_it_was_kept(said: list[Move]) -> None:
    log = played(said)
    found, count = figures_of(log.state, log.events), Count(log.events)
    assert Figures.read(json.loads(json.dumps(found.to_value()))) == found
    standing = {each.person: each.standing for each in found.people}
    ours = {named("u", name) for name in PEOPLE}
    assert {person for person in ours if standing[person] in {"present", "late"}} == count.came & ours
    assert {person for person in ours if standing[person] == "late"} == {
        person for person in ours & count.came if count.late[person]
    }
    turns, spent = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    items = [each.item for each in log.state.agenda]
    for each in found.turns:
        if each.kind != "written":
            turns[items[each.item], each.person, each.kind] += each.turns
            spent[items[each.item], each.person, each.kind] += each.spent_ms
    assert turns == count.turns
    assert spent == Counter({key: ms for key, ms in count.ms.items() if key in turns})
    assert sum(each.kind == "written" for each in found.turns) == len(count.written)
    opened = {event.data["vote"] for event in log.events if event.kind == "vote_opened"}
    assert len(found.votes) == len(opened)
    assert sum(each.result == "unannounced" for each in found.votes) == len(opened - count.announced)


@settings(max_examples=20, deadline=None)
@given(moves())
def test_RP1_reports_and_minutes_say_the_same(said: list[Move]) -> None:
    log = played(said)
    found, facts = figures_of(log.state, log.events), facts_of(log.state, log.events)
    standings = Counter(each.standing for each in found.people if each.standing)
    assert sum(standings.values()) == facts.attendance.entitled
    assert standings["present"] + standings["late"] == facts.attendance.came
    assert sum(each.turns for each in found.turns if each.kind != "written") == sum(
        speaker.turns for one in facts.items for speaker in one.speakers
    )


def _begun() -> MeetingLog:
    """Three items: one for all, one for members, one for nobody but who leads; a paper under each."""
    log = MeetingLog()
    log.add("meeting_created", described())
    people = [member("chair", "chair"), member("lan", "member"), member("minh", "member"), member("guest", "guest")]
    log.add("members_set", {"members": [*people, member("secretary", "secretary")]})
    agenda = [item("one"), item("inside", visibility="internal"), item("shut", visibility="hidden")]
    log.add("agenda_set", {"items": agenda})
    for name, under, pages in (("a", "one", 3), ("b", "inside", 4), ("c", "shut", 5), ("d", "one", 9)):
        log.add("paper_submitted", paper(name, under=under, pages=pages))
        if name != "d":
            log.add("paper_approved", {"paper": named("p", name)})
    log.add("meeting_submitted")
    log.add("meeting_approved")
    log.add("epoch_started", {"epoch": 1})
    for name in "abc":
        log.publish(name)
    return log


def test_RP6_a_paper_counts_at_its_published_version_and_an_item_says_to_whom_it_is_closed() -> None:
    log = _begun()
    log.add("meeting_opened")
    log.add("member_recused", {"item": named("i", "one"), "person": named("u", "minh"), "reason": "Liên quan (demo)"})
    log.add("meeting_closed", {})
    found = figures_of(log.state, log.events)
    assert [(each.item, each.pages) for each in found.papers] == [(0, 3), (1, 4), (2, 5)]
    closed = [{found.people[at].name.split()[2] for at in each.closed} for each in found.items]
    assert closed == [{"minh"}, {"guest"}, {"lan", "minh", "guest"}]
    assert [each.common for each in found.items] == [True, False, False]


def test_RP1_hours_are_counted_without_recesses_and_lateness_from_the_planned_beginning() -> None:
    log = _begun()
    log.add("meeting_opened")
    opened = log.events[-1].at
    log.add("meeting_recessed")
    log.add("meeting_resumed")
    log.add("meeting_recessed")
    log.add("meeting_closed", {})
    found = figures_of(log.state, log.events)
    # One minute an event: opened, recess, on, recess, closed in it.
    assert found.seconds == 120
    assert log.state.starts_at is not None
    assert found.late_s == int((opened - log.state.starts_at).total_seconds())
    assert found.held
    assert found.called


def test_RP1_a_draft_that_was_thrown_away_is_no_meeting_that_was_called_off() -> None:
    thrown = MeetingLog().created()
    thrown.add("meeting_cancelled", {"reason": "Nhầm"})
    found = figures_of(thrown.state, thrown.events)
    assert (found.held, found.called) == (False, False)
    called = MeetingLog().created()
    for step in ("meeting_submitted", "meeting_approved"):
        called.add(step)
    called.add("meeting_cancelled", {"reason": "Hoãn"})
    found = figures_of(called.state, called.events)
    assert (found.held, found.called) == (False, True)
    assert {each.standing for each in found.people} == {""}
