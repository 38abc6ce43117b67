"""Rules M4, P5, F2, W46."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, item, member, named, paper
from wire.state import MeetingState, PaperState
from wire.view import for_display, for_person, sections
from wire.visibility import sees

_ITEMS = ("open", "inner", "hidden", "hidden.below", "outside")


def _log() -> MeetingLog:
    log = MeetingLog()
    log.created()
    members = [
        member("chair", "chair"),
        member("secretary", "secretary"),
        member("lan", "member"),
        member("guest", "guest"),
        member("expert", "presenter"),
    ]
    log.add("members_set", {"members": members})
    items = [
        item("open"),
        item("inner", visibility="internal"),
        item("hidden", visibility="hidden", presenter="lan"),
        item("hidden.below", parent="hidden"),
        item("outside", visibility="internal", presenter="expert"),
    ]
    log.add("agenda_set", {"items": items})
    for name in _ITEMS:
        log.add("paper_submitted", paper(name, under=name))
    for name in _ITEMS:
        log.publish(name)
    return log


def test_W46_members_know_of_no_document_that_is_not_issued_but_those_they_sign() -> None:
    log = _log()
    known = {name: set[str]() for name in ("chair", "lan", "guest")}

    def look() -> dict[str, set[str]]:
        return {
            name: {each["title"] for each in sections(for_person(log.state, named("u", name)))["rounds"]}
            for name in known
        }

    def put_up(name: str, kind: str, *signers: str) -> None:
        about = {"kind": kind, "title": name, "signers": [named("u", each) for each in signers]}
        log.add("round_opened", {"round": named("k", name), "sha256": "01" * 32, "size_bytes": 9, **about})

    put_up("to sign", "resolution", "lan", "chair")
    put_up("minutes", "minutes", "secretary", "chair")
    put_up("notice", "notice", "chair")
    log.add("letter_put_up", {"letter": named("l", "notice"), "kind": "notice", "round": named("k", "notice")})
    every = {"to sign", "minutes", "notice"}
    assert look() == {"chair": every, "lan": {"to sign", "minutes"}, "guest": set()}
    signed = {"person": named("u", "chair"), "certificate": "ef" * 32, "revision": 1}
    signed |= {"sha256": "02" * 32, "size_bytes": 99}
    log.add("paper_signed", {"round": named("k", "notice"), **signed})
    assert look()["lan"] == {"to sign", "minutes"}, "signed, and not issued"
    issued = {"letter": named("l", "notice"), "sha256": "02" * 32, "recipients": 2, "number": "01/TB-VKS"}
    log.add("letter_issued", issued)
    assert look() == {"chair": every, "lan": every, "guest": {"notice"}}


def _shown(state: MeetingState) -> set[str]:
    names = {named("i", name): name for name in _ITEMS}
    papers = {named("p", name): name for name in _ITEMS}
    items = {names[found.item] for found in state.agenda}
    assert {papers[found.paper] for found in state.papers} == items, "a paper goes with its item"
    return items


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("chair", set(_ITEMS)),
        ("secretary", set(_ITEMS)),
        ("lan", {"open", "inner", "hidden", "hidden.below", "outside"}),
        ("guest", {"open"}),
        ("expert", {"open", "outside"}),
        ("stranger", set()),
    ],
)
def test_W46_who_sees_which_items_and_papers(person: str, expected: set[str]) -> None:
    state = _log().state
    assert _shown(for_person(state, named("u", person))) == expected
    assert {name for name in _ITEMS if sees(state, named("u", person), named("i", name))} == expected


def test_M4_a_hidden_item_is_hidden_from_members_who_do_not_present_it() -> None:
    log = _log()
    items = [item("hidden", visibility="hidden"), item("hidden.below", parent="hidden")]
    log.add("agenda_set", {"items": items})
    assert for_person(log.state, named("u", "lan")).agenda == ()
    assert for_person(log.state, named("u", "lan")).papers == ()


def test_M4_who_presents_a_part_of_a_hidden_item_sees_that_part_at_the_top() -> None:
    log = _log()
    items = [item("hidden", visibility="hidden"), item("hidden.below", parent="hidden", presenter="guest")]
    log.add("agenda_set", {"items": items})
    shown = for_person(log.state, named("u", "guest")).agenda
    assert [(found.item, found.parent) for found in shown] == [(named("i", "hidden.below"), None)]
    assert sections(for_person(log.state, named("u", "guest")))["agenda"][0]["number"] == "1.1"


def test_W45_everybody_sees_an_item_under_the_same_number() -> None:
    log = _log()
    numbers = {
        who: {each["item"]: each["number"] for each in sections(for_person(log.state, named("u", who)))["agenda"]}
        for who in ("chair", "lan", "guest", "expert")
    }
    numbers["wall"] = {each["item"]: each["number"] for each in sections(for_display(log.state))["agenda"]}
    for who, seen in numbers.items():
        assert seen.items() <= numbers["chair"].items(), who
    assert [*numbers["expert"].values()] == ["1", "4"]


def test_W46_whoever_stands_before_a_seat_sees_what_where_and_when() -> None:
    found = sections(for_person(_log().state, None))
    assert found["meeting"]["title"] == "Họp giao ban (demo)"
    assert found["meeting"]["room_name"] == "Phòng họp 1"
    assert (found["members"], found["agenda"], found["papers"], found["presenting"]) == ([], [], [], None)


def test_W46_whoever_stands_before_a_seat_does_not_learn_who_was_let_present() -> None:
    log = _log()
    log.add("presenter_set", {"person": named("u", "guest")})
    assert log.state.presenter
    assert for_person(log.state, None).presenter == ""


def test_P5_papers_in_preparation_are_for_those_who_prepare_them() -> None:
    log = _log()
    log.add("paper_submitted", paper("new", under="open"))
    log.add("paper_submitted", paper("open", under="open", version=2, pages=9))
    seen: dict[str, Any] = {p.paper: p for p in for_person(log.state, named("u", "guest")).papers}
    assert set(seen) == {named("p", "open")}
    shown = seen[named("p", "open")]
    assert (shown.version, shown.pages, shown.state) == (1, 3, PaperState.PUBLISHED)
    assert for_person(log.state, named("u", "chair")).papers == log.state.papers


def test_P5_the_owner_sees_a_paper_before_it_is_out() -> None:
    log = _log()
    mine = paper("mine", under="open") | {"owner": named("u", "guest")}
    log.add("paper_submitted", mine)
    assert named("p", "mine") in {p.paper for p in for_person(log.state, named("u", "guest")).papers}
    assert named("p", "mine") not in {p.paper for p in for_person(log.state, named("u", "lan")).papers}


def test_P5_nobody_follows_to_a_page_they_may_not_see() -> None:
    log = _log()
    data = {"paper": named("p", "inner"), "version": 1, "page": 1, "person": named("u", "chair"), "call": 0}
    log.add("page_presented", data)
    assert for_person(log.state, named("u", "lan")).presenting is not None
    assert for_person(log.state, named("u", "guest")).presenting is None


def test_F2_the_display_shows_what_the_chair_sends() -> None:
    log = _log()
    shown = for_display(log.state)
    assert {found.item for found in shown.agenda} == {named("i", "open")}
    assert (shown.papers, shown.presenting) == ((), None)
    log.add("meeting_submitted")
    log.add("meeting_approved")
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "hidden.below")})
    data = {"paper": named("p", "hidden.below"), "version": 1, "page": 1, "person": named("u", "chair"), "call": 0}
    log.add("page_presented", data)
    shown = for_display(log.state)
    assert {found.item for found in shown.agenda} == {named("i", name) for name in ("open", "hidden", "hidden.below")}
    assert [found.paper for found in shown.papers] == [named("p", "hidden.below")]
    assert shown.presenting is not None
