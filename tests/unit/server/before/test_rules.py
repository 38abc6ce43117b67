"""Who reads, answers and decides before a meeting, as the pure rules say it (W143, W144)."""

from __future__ import annotations

import pytest

from server.before import advance, remarks
from server.before.remarks import Reader
from server.errors import NotAllowed
from server.meetings.commands import By
from tests.support.meeting_log import MeetingLog, member, named, paper
from wire.before import Remark, WishChange


def _person(name: str) -> str:
    return named("u", name)


def _reader(name: str) -> Reader:
    return Reader(By(_person(name)))


@pytest.fixture
def log() -> MeetingLog:
    """Approved; lan handed in the paper of the first item, minh asks about it."""
    made = MeetingLog().created()
    people = [member("chair", "chair"), member("secretary", "secretary")]
    made.add("members_set", {"members": [*people, member("lan", "member"), member("minh", "member")]})
    made.add("paper_submitted", {**paper("report", under="one"), "owner": _person("lan")})
    for kind in ("paper_approved", "paper_returned", "paper_approved"):
        made.add(kind, {"paper": named("p", "report")})
    made.add("meeting_submitted")
    made.add("meeting_approved")
    made.publish("report")
    asked = {"remark": named("h", "why"), "item": named("i", "one"), "person": _person("minh"), "text": "Vì sao?"}
    made.add("remark_written", {**asked, "kind": "question", "readers": "all"})
    return made


def _remark(log: MeetingLog) -> Remark:
    found = log.state.before.remark(named("h", "why"))
    assert found is not None
    return found


def test_W143_who_prepared_and_has_to_leave_the_item_neither_reads_nor_answers(log: MeetingLog) -> None:
    assert remarks.may_answer(log.state, _remark(log), _reader("lan"))
    assert [each.remark for each in remarks.waiting(log.state, _reader("lan"))] == [named("h", "why")]
    log.add("member_recused", {"item": named("i", "one"), "person": _person("lan"), "reason": "Có liên quan"})
    assert not remarks.may_read(log.state, _remark(log), _reader("lan"))
    assert not remarks.may_answer(log.state, _remark(log), _reader("lan"))
    assert remarks.waiting(log.state, _reader("lan")) == []


def test_W143_nobody_answers_themselves_and_not_what_is_for_the_leaders_alone(log: MeetingLog) -> None:
    assert not remarks.may_answer(log.state, _remark(log), _reader("minh"))
    log.add(
        "remark_changed", {"remark": named("h", "why"), "kind": "question", "readers": "leaders", "text": "Vì sao?"}
    )
    assert not remarks.may_read(log.state, _remark(log), _reader("lan"))
    assert remarks.may_answer(log.state, _remark(log), _reader("chair"))


def test_W144_only_who_leads_decides_and_orders(log: MeetingLog) -> None:
    wish = named("q", "wish")
    asked = {"advance": wish, "item": named("i", "one"), "person": _person("minh"), "about": "Chỉ tiêu", "minutes": 5}
    log.add("advance_asked", asked)
    for by in (By(_person("minh")), By(_person("lan"))):
        with pytest.raises(NotAllowed):
            advance.decide(log.state, wish, WishChange.ACCEPT, by)
        with pytest.raises(NotAllowed):
            advance.arrange(log.state, named("i", "one"), [wish], by)
    assert advance.decide(log.state, wish, WishChange.ACCEPT, By(_person("chair")))
    assert not advance.may_read(log.state, log.state.before.advances[0], By(_person("lan")), reads_record=False)
