"""Who reads, answers and decides before a meeting, as the pure rules say it (W143, W144)."""

from __future__ import annotations

import pytest

from server.before import advance, remarks
from server.before.errors import AdvanceOnHeading, AdvanceUnknown, RemarkUnknown
from server.before.sight import Reader, Sight
from server.errors import NotAllowed
from server.meetings.commands import By
from server.meetings.errors import NoSuchItem
from server.speaking.errors import MayNotSpeak, SpeechStateNotAllowed
from server.speaking.model import write
from tests.support.meeting_log import MeetingLog, item, member, named, paper
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
    assert Sight(log.state, _reader("lan")).may_answer(_remark(log))
    assert [each.remark for each in remarks.waiting(log.state, _reader("lan"))] == [named("h", "why")]
    log.add("member_recused", {"item": named("i", "one"), "person": _person("lan"), "reason": "Có liên quan"})
    assert not Sight(log.state, _reader("lan")).reads(_remark(log))
    assert not Sight(log.state, _reader("lan")).may_answer(_remark(log))
    assert remarks.waiting(log.state, _reader("lan")) == []


def test_W143_nobody_answers_themselves_and_not_what_is_for_the_leaders_alone(log: MeetingLog) -> None:
    assert not Sight(log.state, _reader("minh")).may_answer(_remark(log))
    log.add(
        "remark_changed", {"remark": named("h", "why"), "kind": "question", "readers": "leaders", "text": "Vì sao?"}
    )
    assert not Sight(log.state, _reader("lan")).reads(_remark(log))
    assert Sight(log.state, _reader("chair")).may_answer(_remark(log))


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


def _wish(log: MeetingLog, person: str = "minh", *, accepted: bool = False) -> str:
    wish = named("q", "wish")
    asked = {"advance": wish, "item": named("i", "one"), "person": _person(person), "about": "Chỉ tiêu", "minutes": 5}
    log.add("advance_asked", asked)
    if accepted:
        log.add("advance_accepted", {"advance": wish})
    return wish


def _recuse(log: MeetingLog, person: str) -> None:
    log.add("member_recused", {"item": named("i", "one"), "person": _person(person), "reason": "Có liên quan"})


def test_W143_an_account_of_a_secretary_or_auditor_does_not_let_a_recused_member_in(log: MeetingLog) -> None:
    wish = _wish(log)
    by = By(_person("lan"), is_secretary=True)
    for reader in (Reader(by), Reader(By(_person("lan")), reads_record=True)):
        assert Sight(log.state, reader).reads(_remark(log))
        assert advance.may_read(log.state, log.state.before.advances[0], reader.by, reads_record=reader.reads_record)
    _recuse(log, "lan")
    for reader in (Reader(by), Reader(By(_person("lan")), reads_record=True)):
        sight = Sight(log.state, reader)
        assert not sight.reads(_remark(log))
        assert not sight.may_answer(_remark(log))
        assert not advance.may_read(
            log.state, log.state.before.advances[0], reader.by, reads_record=reader.reads_record
        )
    with pytest.raises(RemarkUnknown):
        remarks.answer(log.state, named("h", "why"), "Vì vậy", revision=1, reader=Reader(by), name="lan")
    with pytest.raises(AdvanceUnknown):
        advance.decide(log.state, wish, WishChange.ACCEPT, by)
    with pytest.raises(NoSuchItem):
        advance.arrange(log.state, named("i", "one"), [wish], by)


@pytest.mark.parametrize("spoke", [False, True])
def test_W145_who_asked_in_the_room_has_that_turn_and_hands_no_second_one_in(log: MeetingLog, *, spoke: bool) -> None:
    wish, room, by = _wish(log), named("q", "room"), By(_person("minh"))
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "one")})
    log.add("speech_asked", {"speech": room, "item": named("i", "one"), "person": _person("minh"), "kind": "speech"})
    if spoke:
        log.add("speech_started", {"speech": room})
        log.add("speech_stopped", {"speech": room})
    log.add("meeting_closed")
    assert not advance.may_hand_in(log.state, log.state.before.advances[0])
    with pytest.raises(SpeechStateNotAllowed):
        write(log.state, wish, "Bài của tôi", by=by)


def test_W145_what_was_taken_back_in_the_room_is_handed_in_under_the_request(log: MeetingLog) -> None:
    wish, room = _wish(log), named("q", "room")
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "one")})
    log.add("speech_asked", {"speech": room, "item": named("i", "one"), "person": _person("minh"), "kind": "speech"})
    log.add("speech_cancelled", {"speech": room})
    log.add("meeting_closed")
    assert advance.may_hand_in(log.state, log.state.before.advances[0])
    assert write(log.state, wish, "Bài của tôi", by=By(_person("minh")))


@pytest.mark.parametrize("why", ["recused", "represented"])
def test_W145_who_would_not_be_called_hands_nothing_in(log: MeetingLog, why: str) -> None:
    wish = _wish(log, accepted=True)
    if why == "recused":
        _recuse(log, "minh")
    else:
        stands = {"name": "Thay (demo)", "position": "", "unit": "", "may_speak": True, "may_vote": True}
        away = {"member": _person("minh"), "person": _person("stand-in"), "reason": "Đi công tác"}
        log.add("substitute_named", {**away, **stands})
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "one")})
    log.add("meeting_closed")
    assert not advance.may_hand_in(log.state, log.state.before.advances[0])
    with pytest.raises(MayNotSpeak):
        write(log.state, wish, "Bài của tôi", by=By(_person("minh")))


def test_W90_a_turn_on_an_item_that_one_has_to_leave_is_not_handed_in(log: MeetingLog) -> None:
    room = named("q", "room")
    log.add("meeting_opened")
    log.add("item_started", {"item": named("i", "one")})
    log.add("speech_asked", {"speech": room, "item": named("i", "one"), "person": _person("minh"), "kind": "speech"})
    assert write(log.state, room, "Bài của tôi", by=By(_person("minh")))
    _recuse(log, "minh")
    with pytest.raises(MayNotSpeak):
        write(log.state, room, "Bài của tôi", by=By(_person("minh")))


def test_W145_nobody_asks_for_a_heading_whose_parts_they_see(log: MeetingLog) -> None:
    wanted, by = advance.Wanted(named("i", "one"), "Chỉ tiêu", 5), By(_person("minh"))
    part = item("part", parent="one", visibility="hidden")
    log.add("agenda_set", {"items": [item("one"), part]})
    # Of a part that is hidden nobody is told by a refusal.
    assert advance.ask(log.state, named("q", "new"), wanted, by)
    log.add("agenda_set", {"items": [item("one"), part | {"visibility": "common"}]})
    with pytest.raises(AdvanceOnHeading):
        advance.ask(log.state, named("q", "new"), wanted, by)
