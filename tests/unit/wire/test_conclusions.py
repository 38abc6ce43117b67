"""What the chair concludes of an item, in the log and on the screens (W136)."""

from __future__ import annotations

import pytest

from tests.support.meeting_log import MeetingLog, item, named
from wire.conclusions import MAX_TEXT, conclusion_of
from wire.errors import BadField
from wire.view import sections
from wire.visibility import for_display, for_person


def _log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("agenda_set", {"items": [item("one"), item("shut", visibility="hidden")]})
    log.add("meeting_opened")
    return log


def _say(log: MeetingLog, name: str, text: str, by: str = "chair") -> None:
    log.add("item_concluded", {"item": named("i", name), "text": text}, actor=f"person:{named('u', by)}")


def test_W136_the_newest_counts_and_an_empty_one_takes_it_back() -> None:
    log = _log()
    _say(log, "one", "Giao Phòng 1.")
    _say(log, "one", "Giao Phòng 1.\nXong trước 30/11.", by="secretary")
    found = conclusion_of(log.state, named("i", "one"))
    assert found is not None
    assert (found.text, found.by, found.seq) == (
        "Giao Phòng 1.\nXong trước 30/11.", f"person:{named('u', 'secretary')}", log.state.seq,
    )  # fmt: skip
    _say(log, "one", " ")
    assert log.state.conclusions == ()


def test_W136_who_may_not_know_of_an_item_does_not_know_its_conclusion() -> None:
    log = _log()
    _say(log, "one", "Chung.")
    _say(log, "shut", "Kín.")
    for who, wanted in (("chair", {"Chung.", "Kín."}), ("lan", {"Chung."}), ("guest", {"Chung."})):
        shown = sections(for_person(log.state, named("u", who)))["conclusions"]
        assert {each["text"] for each in shown} == wanted, who
    log.add("member_recused", {"item": named("i", "one"), "person": named("u", "lan"), "reason": "có liên quan"})
    assert sections(for_person(log.state, named("u", "lan")))["conclusions"] == []
    assert sections(for_person(log.state, None))["conclusions"] == sections(for_display(log.state))["conclusions"] == []


@pytest.mark.parametrize(("name", "text"), [("gone", "x"), ("one", "x" * (MAX_TEXT + 1))])
def test_W136_of_what_is_no_item_or_too_long_nothing_is_concluded(name: str, text: str) -> None:
    log = _log()
    with pytest.raises(BadField):
        _say(log, name, text)
