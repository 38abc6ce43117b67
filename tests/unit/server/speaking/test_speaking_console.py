"""A member's own speaking at a console: who may, what is no request, and an act sent again is done once (S1, S4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.office import Office, fresh_id
from tests.unit.server.speaking.test_speaking_room import Hall
from wire.ids import MeetingId
from wire.speaking import SpeechKind


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("console"))
    yield found
    found.services.close()


@pytest.fixture
def hall(office: Office) -> Iterator[Hall]:
    found = Hall(office)
    yield found
    found.close()


def _asks(hall: Hall, **more: Any) -> dict[str, Any]:
    return {"item": hall.item, "kind": "speech", **more}


def test_S5_members_and_guests_ask_in_every_way_at_a_console(hall: Hall) -> None:
    for browser in (hall.member, hall.office.sign_in("khach")):
        for kind in SpeechKind:
            asked = browser.post(hall.base, _asks(hall, kind=kind.value))
            assert (asked.status, asked.body["seq"]) == (201, hall.state.seq)
            speech = hall.state.speaking.speeches[-1]
            assert (speech.person, speech.kind, speech.by) == (browser.person, kind, "")


def test_S1_who_is_in_no_meeting_or_not_signed_in_has_no_part_in_it(hall: Hall) -> None:
    mine, before = hall.ask(), hall.state.seq
    for nobody, code in [
        (hall.office.sign_in("kythuat"), "not-allowed"),
        (hall.office.sign_in("kiemtoan"), "not-allowed"),
        (hall.office.browser(), "not-signed-in"),
    ]:
        assert nobody.post(hall.base, _asks(hall)).code == code
        for word in ("cancel", "stop"):
            assert nobody.post(f"{hall.base}/{mine}/{word}").status in (401, 403)
        assert nobody.post(f"{hall.base}/{mine}/text", {"text": "x"}).status in (401, 403)
    assert hall.state.seq == before


def test_S1_a_guest_neither_takes_back_nor_writes_what_is_a_member_s(hall: Hall) -> None:
    mine, guest = hall.ask(), hall.office.sign_in("khach")
    assert hall.do(mine, "cancel", by=guest).code == "not-your-speech"
    assert hall.do(mine, "text", {"text": "x"}, by=guest).code == "not-your-speech"
    assert hall.stands(mine) == "waiting"


#: What is sent in place of a request; a missing item is the meeting's own.
_RUBBISH: tuple[Any, ...] = (
    [],
    "phát biểu",
    {},
    {"item": None, "kind": "speech"},
    {"item": "i-…", "kind": "speech"},
    {"item": 7, "kind": "speech"},
    {"kind": "shout"},
    {"kind": None},
    {"kind": "speech", "person": "ai đó"},
    {"kind": "speech", "loud": True},
)


def test_S1_what_is_no_request_is_told_and_changes_nothing(hall: Hall) -> None:
    before = hall.state.seq
    for body in _RUBBISH:
        refused = hall.member.post(hall.base, {"item": hall.item, **body} if isinstance(body, dict) else body)
        assert (refused.status, bool(refused.code)) == (400, True), body
    assert hall.state.seq == before


def test_S4_what_is_no_speech_in_writing_is_told_and_changes_nothing(hall: Hall) -> None:
    mine = hall.ask()
    before = hall.state.seq
    rubbish: list[Any] = [[], {}, {"text": ""}, {"text": 7}, {"text": "x", "more": 1}, {"text": "x" * 20_001}]
    for body in rubbish:
        assert hall.member.post(f"{hall.base}/{mine}/text", body).status == 400, body
    assert hall.state.seq == before


def test_S1_a_request_whose_answer_was_lost_is_one_whatever_became_of_it(hall: Hall) -> None:
    act = fresh_id("a")
    first = hall.member.post(hall.base, _asks(hall), act=act).done()
    assert hall.member.post(hall.base, _asks(hall), act=act).done() == first
    hall.do(first["speech"], "refuse", {"reason": "Hết thời gian"}).done()
    # Sent again, late: it was asked for once, and refused.
    assert hall.member.post(hall.base, _asks(hall), act=act).done() == first
    assert len(hall.state.speaking.speeches) == 1
    assert hall.member.post(hall.base, _asks(hall, kind="question"), act=act).code == "act-reused"
    assert hall.ask() != first["speech"], "another touch is another request"


def test_S1_taken_back_ended_and_written_once_though_they_are_sent_twice(hall: Hall) -> None:
    for word, body in (("cancel", {}), ("stop", {}), ("text", {"text": "Ý kiến (demo)"})):
        mine, act = hall.ask(), fresh_id("a")
        if word == "stop":
            hall.do(mine, "start").done()
        path = f"{hall.base}/{mine}/{word}"
        first = hall.member.post(path, body, act=act).done()
        assert hall.member.post(path, body, act=act).done() == first
        assert hall.state.seq == first["seq"]


def test_S1_W90_who_has_to_leave_an_item_asks_for_others_only(hall: Hall) -> None:
    person = hall.office.people["daibieu"]
    left = {"item": hall.item, "person": person, "reason": "liên quan"}
    hall.secretary.post(f"{hall.path}/attendance/recusals", left).done()
    assert hall.member.post(hall.base, _asks(hall)).code == "may-not-speak"
    hall.ask(item=hall.state.agenda[1].item)
    (item, *_) = hall.member.get(hall.path).done()["sections"]["agenda"]
    assert item["recused"] == [person], "their screen can say why"


def test_S4_one_s_own_text_is_read_again_to_be_mended(hall: Hall) -> None:
    mine = hall.ask()
    hall.do(mine, "text", {"text": "Bản đầu (demo)"}, by=hall.member).done()
    assert hall.member.get(f"{hall.base}/{mine}/text").done()["text"] == "Bản đầu (demo)"


def test_S1_M5_in_a_rehearsal_a_member_asks_as_in_the_meeting(office: Office) -> None:
    chair, member = office.sign_in("chutri"), office.sign_in("daibieu")
    for running in office.services.meetings.live():
        chair.post(f"/api/meetings/{running}/close").done()
    real = office.meeting("approved")
    copy = chair.post(f"/api/meetings/{real}/rehearsal", {"leads": False}).done()["rehearsal"]
    path = f"/api/meetings/{copy}"
    chair.post(f"{path}/open").done()
    item = member.get(path).done()["sections"]["agenda"][0]["item"]
    chair.post(f"{path}/items/{item}/start").done()
    speech = member.post(f"{path}/speaking", {"item": item, "kind": "speech"}).done()["speech"]
    member.post(f"{path}/speaking/{speech}/cancel").done()
    assert office.services.meetings.state(MeetingId(real)).speaking.speeches == ()
    office.services.rehearsals.end(MeetingId(real))
