"""Rules M3, W44."""

from __future__ import annotations

import json

from tests.support.meeting_log import MeetingLog, named, paper
from wire import canonical
from wire.view import diff, sections

_NAMES = {
    "meeting", "members", "agenda", "papers", "votes", "presenting", "display", "recall", "attendance", "quorum",
    "rounds", "service", "speaking", "notices", "conclusions",
}  # fmt: skip


def _log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "one")})
    return log


def test_W44_all_sections_are_there_from_the_beginning() -> None:
    assert set(sections(MeetingLog().state)) == _NAMES
    assert set(sections(_log().state)) == _NAMES


def test_W44_sections_are_canonical_json() -> None:
    found = sections(_log().state)
    assert canonical.decode(canonical.encode(found)) == json.loads(json.dumps(found))


def test_W44_a_patch_leads_from_any_state_to_any_later_one() -> None:
    log = _log()
    log.add("paper_submitted", paper("late", under="two"))
    log.add("meeting_closed")
    states = [MeetingLog().state]
    again = MeetingLog()
    for event in log.events:
        again.add(event.kind, event.data, actor=event.actor)
        states.append(again.state)
    views = [sections(state) for state in states]
    for start, before in enumerate(views):
        for after in views[start:]:
            assert before | diff(before, after) == after
            assert all(before[name] != after[name] for name in diff(before, after))


def test_W44_nothing_changed_is_an_empty_patch() -> None:
    assert diff(sections(_log().state), sections(_log().state)) == {}


def test_M3_presenting_a_page_touches_two_sections() -> None:
    log = _log()
    before = sections(log.state)
    data = {"paper": named("p", "report"), "version": 1, "page": 2, "person": named("u", "chair"), "call": 0}
    log.add("page_presented", data)
    assert set(diff(before, sections(log.state))) == {"presenting", "display"}


def test_M4_items_carry_their_number_and_their_papers() -> None:
    agenda = sections(_log().state)["agenda"]
    assert [(found["number"], found["papers"]) for found in agenda] == [
        ("1", [named("p", "report")]),
        ("1.1", []),
        ("2", []),
    ]


def test_A1_a_member_is_shown_as_signed_in_while_at_a_seat() -> None:
    log = _log()
    log.add("person_seated", {"person": named("u", "lan"), "seat": named("s", "A3")})
    shown = {found["person"]: found["signed_in"] for found in sections(log.state)["members"]}
    assert [person for person, is_in in shown.items() if is_in] == [named("u", "lan")]
