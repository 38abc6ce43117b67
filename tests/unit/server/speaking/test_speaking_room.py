"""Speaking through the whole server: console and seats, every refusal, stale screens, the clock (S1–S5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.meetings.ports import Outcome
from server.speaking.clock import SpeechClock
from tests.support.office import PASSWORD, Browser, Office, fresh_id
from tests.support.poll import until
from tests.unit.server.voting.test_voting import Room
from wire.ids import MeetingId
from wire.phases import LIVE
from wire.speak_view import rules as rules_value
from wire.speaking import SpeakingRules, SpeechState

RULES = rules_value(SpeakingRules())


class Hall(Room):
    """An open meeting of its own in the tests' one house, at its first item; everybody has just signed in."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.meeting = office.meeting("open")
        self.path = f"/api/meetings/{self.meeting}"
        self.secretary, self.chair = office.sign_in("thuky"), office.sign_in("chutri")
        self.devices = [fresh_id("d") for _ in office.seats]
        data = {"person": office.people["daibieu"], "password": PASSWORD}
        assert self.act(1, "sign_in", None, data).outcome == "done"
        self.member = office.sign_in("daibieu")
        self.base = f"{self.path}/speaking"
        self.go_to(0)
        services = self.office.services

        def live() -> list[Any]:
            return [(MeetingId(self.meeting), self.state)] if self.state.phase in LIVE else []

        self.clock = SpeechClock(services.speaking, live, self.office.clock)
        services.slots.announcers.append(self.clock)

    def go_to(self, number: int) -> None:
        self.chair.post(f"{self.path}/items/{self.state.agenda[number].item}/start").done()

    def ask(self, browser: Browser | None = None, kind: str = "speech", **more: Any) -> str:
        body = {"item": self.item, "kind": kind, **more}
        speech: str = (browser or self.member).post(self.base, body).done()["speech"]
        return speech

    def do(self, speech: str, word: str, body: dict[str, Any] | None = None, *, by: Browser | None = None) -> Any:
        return (by or self.chair).post(f"{self.base}/{speech}/{word}", body or {})

    def seat(self, number: int, name: str, what: str, again: str = "", /, **data: Any) -> Outcome:
        return self.act(number, what, name, data, act=again)

    def stands(self, speech: str) -> SpeechState:
        found = self.state.speaking.speech(speech)
        assert found is not None
        return found.state

    def rules(self, **changes: Any) -> None:
        self.chair.send("PUT", f"{self.base}/rules", {**RULES, **changes}).done()

    def close(self) -> None:
        self.office.services.slots.announcers.remove(self.clock)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    yield found
    found.services.close()


@pytest.fixture
def hall(office: Office) -> Iterator[Hall]:
    found = Hall(office)
    yield found
    found.close()


def test_S1_a_turn_from_the_seat_to_the_end_by_the_chair(hall: Hall) -> None:
    asked = hall.seat(1, "daibieu", "speech_ask", item=hall.item, kind="speech")
    speech = asked.data["speech"]
    for word, state in [("call", "called"), ("start", "speaking"), ("pause", "paused"), ("resume", "speaking")]:
        hall.do(speech, word).done()
        assert hall.stands(speech) == state
    hall.office.clock.advance(seconds=40)
    hall.do(speech, "stop").done()
    shown = hall.member.get(hall.path).done()["sections"]["speaking"]
    (line,) = shown["speeches"]
    assert (line["state"], line["spent_ms"], line["name"]) == ("ended", 40_000, "daibieu (demo)")
    assert shown["people"] == [{"person": hall.office.people["daibieu"], "turns": 1, "ms": 40_000}]


def test_S1_an_act_sent_again_is_one_request_and_a_second_tap_too(hall: Hall) -> None:
    act = fresh_id("a")
    first = hall.seat(1, "daibieu", "speech_ask", act, item=hall.item, kind="speech")
    assert hall.seat(1, "daibieu", "speech_ask", act, item=hall.item, kind="speech") == first
    again = hall.seat(1, "daibieu", "speech_ask", item=hall.item, kind="speech")
    assert again.data["speech"] == first.data["speech"] == hall.ask()
    assert len(hall.state.speaking.speeches) == 1
    assert hall.ask(kind="question") != first.data["speech"], "another way of speaking is another request"


def test_S1_whoever_leads_asks_on_behalf_and_nobody_else_does(hall: Hall) -> None:
    member, guest = hall.office.people["daibieu"], hall.office.people["khach"]
    speech = hall.ask(hall.secretary, person=member)
    found = hall.state.speaking.speech(speech)
    assert found is not None
    assert (found.person, found.by) == (member, hall.office.people["thuky"])
    body = {"item": hall.item, "kind": "speech", "person": guest}
    assert hall.member.post(hall.base, body).code == "not-allowed"
    assert hall.seat(1, "daibieu", "speech_ask", **body).code == "not-allowed"
    stranger = {**body, "person": hall.office.people["kythuat"]}
    assert hall.secretary.post(hall.base, stranger).code == "not-a-member"


def test_S1_one_s_own_request_is_taken_back_by_oneself_or_who_leads(hall: Hall) -> None:
    mine, other = hall.ask(), hall.ask(hall.chair)
    assert hall.do(other, "cancel", by=hall.member).code == "not-your-speech"
    assert hall.seat(1, "daibieu", "speech_cancel", speech=mine).outcome == "done"
    assert hall.do(mine, "cancel", by=hall.member).status == 200, "what is taken back is taken back"
    assert hall.stands(mine) == "cancelled"
    assert hall.do(other, "cancel", by=hall.secretary).status == 200


def test_S1_a_refusal_has_a_reason_which_the_person_reads(hall: Hall) -> None:
    speech = hall.ask()
    assert hall.do(speech, "refuse", {"reason": "  "}).code == "speech-reason-missing"
    hall.do(speech, "refuse", {"reason": "Đã có ý kiến trùng nội dung"}).done()
    (line,) = hall.member.get(hall.path).done()["sections"]["speaking"]["speeches"]
    assert (line["state"], line["reason"]) == ("refused", "Đã có ý kiến trùng nội dung")


@pytest.mark.parametrize("word", ["call", "start", "pause", "resume", "refuse", "put_back"])
def test_S1_members_do_not_lead_the_queue(hall: Hall, word: str) -> None:
    speech = hall.ask()
    assert hall.do(speech, word, by=hall.member).status == 403
    assert hall.seat(1, "daibieu", f"speech_{word}", speech=speech, **_reason(word)).code == "not-allowed"
    assert hall.stands(speech) == "waiting"


def _reason(word: str) -> dict[str, str]:
    return {"reason": "không"} if word == "refuse" else {}


def test_S1_who_speaks_ends_their_own_turn_and_nobody_else_s(hall: Hall) -> None:
    mine = hall.ask()
    hall.do(mine, "start").done()
    guest = hall.office.sign_in("khach")
    assert hall.do(mine, "stop", by=guest).code == "not-allowed"
    hall.do(mine, "stop", by=hall.member).done()
    assert hall.stands(mine) == "ended"


def test_S1_two_chairs_call_the_same_person_at_once_and_both_are_right(hall: Hall) -> None:
    speech = hall.ask()
    before = hall.do(speech, "call").done()["seq"]
    assert hall.do(speech, "call", by=hall.secretary).done()["seq"] == before


def test_S1_two_chairs_call_two_people_at_once_and_the_second_hears_who_was_called(hall: Hall) -> None:
    mine, other = hall.ask(), hall.ask(hall.chair)
    hall.do(mine, "call").done()
    late = hall.do(other, "call", by=hall.secretary)
    assert (late.code, late.data["name"]) == ("somebody-speaks", "daibieu (demo)")
    assert (hall.stands(mine), hall.stands(other)) == ("called", "waiting")


def test_S1_one_touch_calls_the_next_and_ends_who_spoke(hall: Hall) -> None:
    mine, other = hall.ask(), hall.ask(hall.chair)
    hall.do(mine, "start").done()
    hall.office.clock.advance(seconds=9)
    hall.do(other, "call", {"ends": mine}).done()
    assert (hall.stands(mine), hall.stands(other)) == ("ended", "called")
    third = hall.ask()
    hall.do(third, "call", {"ends": other}).done()
    assert hall.stands(other) == "waiting", "who was only called has not spoken"


def test_S1_a_screen_that_shows_an_old_speaker_ends_nobody_else_s_turn(hall: Hall) -> None:
    old, new, third = hall.ask(), hall.ask(hall.chair), hall.ask(kind="question")
    hall.do(old, "start").done()
    hall.do(new, "start", {"ends": old}).done()
    assert hall.do(old, "stop", by=hall.secretary).status == 200, "it has ended already"
    assert hall.do(old, "pause", by=hall.secretary).code == "speech-state-not-allowed"
    stale = hall.do(third, "call", {"ends": old}, by=hall.secretary)
    assert (stale.code, stale.data["name"]) == ("somebody-speaks", "chutri (demo)")
    assert hall.stands(new) == "speaking"


def test_S1_a_click_that_comes_after_the_item_changed_calls_nobody(hall: Hall) -> None:
    speech = hall.ask()
    hall.go_to(1)
    assert hall.do(speech, "call").code == "item-not-dealt-with"
    assert hall.stands(speech) == "waiting"
    first = hall.state.agenda[0].item
    assert hall.member.post(hall.base, {"item": first, "kind": "question"}).code == "item-over"
    ahead = hall.ask(item=hall.state.agenda[1].item)
    assert hall.do(ahead, "start").status == 200


def test_S1_nobody_speaks_in_a_recess_and_requests_wait_through_it(hall: Hall) -> None:
    speech = hall.ask()
    hall.do(speech, "start").done()
    hall.chair.post(f"{hall.path}/recess").done()
    assert hall.stands(speech) == "paused"
    other = hall.ask(kind="question")
    assert hall.do(other, "call").code == "phase-not-allowed"
    assert hall.do(speech, "resume").code == "phase-not-allowed"
    hall.chair.post(f"{hall.path}/resume").done()
    hall.do(speech, "resume").done()


def test_S1_people_register_ahead_and_not_in_a_meeting_that_is_over(hall: Hall) -> None:
    meeting = hall.office.meeting("approved")
    path = f"/api/meetings/{meeting}"
    first = hall.member.get(path).body["sections"]["agenda"][0]["item"]
    hall.member.post(f"{path}/speaking", {"item": first, "kind": "speech"}).done()
    hall.chair.post(f"{hall.path}/close").done()
    assert hall.member.post(hall.base, {"item": hall.item, "kind": "speech"}).code == "phase-not-allowed"


def test_S3_the_queue_is_put_in_order_by_hand_only_where_that_is_the_rule(hall: Hall) -> None:
    mine, other = hall.ask(), hall.ask(hall.chair)
    body = {"item": hall.item, "speeches": [other, mine, fresh_id("q")]}
    assert hall.chair.put(f"{hall.base}/queue", body).code == "order-not-chairs"
    hall.rules(order="chair")
    hall.chair.put(f"{hall.base}/queue", body).done()
    shown = hall.chair.get(hall.path).body["sections"]["speaking"]["speeches"]
    assert {each["speech"]: each["place"] for each in shown} == {other: 1, mine: 2}
    assert hall.member.put(f"{hall.base}/queue", body).status == 403


def test_S3_the_rules_are_the_leaders_and_the_same_again_is_nothing(hall: Hall) -> None:
    assert hall.member.put(f"{hall.base}/rules", {**RULES, "warn": 10}).status == 403
    before = hall.state.seq
    assert hall.chair.put(f"{hall.base}/rules", RULES).done()["seq"] == before
    assert hall.chair.put(f"{hall.base}/rules", {**RULES, "loud": True}).code == "bad-field"
    hall.rules(warn=10)
    assert hall.state.speaking.rules.warn_s == 10


def test_S2_a_turn_gets_more_time_while_it_goes_on(hall: Hall) -> None:
    speech = hall.ask()
    assert hall.do(speech, "extend", {"seconds": 60}).code == "speech-state-not-allowed"
    hall.do(speech, "start").done()
    hall.do(speech, "extend", {"seconds": 60}).done()
    found = hall.state.speaking.in_turn
    assert found is not None
    assert found.limit_ms == 360_000


def test_S2_the_clock_ends_a_turn_only_where_the_house_wants_it(hall: Hall) -> None:
    speech = hall.ask()
    hall.do(speech, "start").done()
    hall.office.clock.advance(seconds=400)
    assert hall.clock.beat() is None
    assert hall.stands(speech) == "speaking"
    hall.rules(cuts=True)
    assert hall.clock.beat() is None
    found = hall.state.speaking.speech(speech)
    assert found is not None
    assert (found.state, found.by_clock) == (SpeechState.ENDED, True)
    event = hall.office.services.meetings.events(MeetingId(hall.meeting))[-1]
    assert (event.kind, event.actor) == ("speech_stopped", "system")


def test_S2_the_clock_wakes_when_the_time_is_over_and_a_pause_puts_it_off(hall: Hall) -> None:
    hall.rules(cuts=True, seconds={**RULES["seconds"], "speech": 3})
    speech = hall.ask()
    hall.do(speech, "start").done()
    assert hall.clock.beat() == 3.0
    hall.office.clock.advance(seconds=2)
    hall.do(speech, "pause").done()
    assert hall.clock.beat() is None
    hall.office.clock.advance(seconds=60)
    hall.do(speech, "resume").done()
    assert hall.clock.beat() == 1.0
    hall.office.clock.advance(seconds=1)
    assert hall.clock.beat() is None
    assert hall.stands(speech) == "ended"


def test_S2_more_time_given_in_the_last_moment_is_over_in_its_turn(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.rules(cuts=True, seconds={**RULES["seconds"], "speech": 3})
    speech = hall.ask()
    hall.do(speech, "start").done()
    hall.office.clock.advance(seconds=3)
    stop = hall.office.services.speaking.stop_by_clock

    def just_before(*given: Any, **more: Any) -> Any:
        hall.chair.post(f"{hall.path}/speaking/{speech}/extend", {"seconds": 60}).done()
        monkeypatch.undo()
        return stop(*given, **more)

    monkeypatch.setattr(
        type(hall.office.services.speaking), "stop_by_clock", lambda _self, *a, **k: just_before(*a, **k)
    )
    hall.clock.beat()
    assert hall.stands(speech) == "speaking"
    assert hall.clock.beat() is not None, "the clock still knows of it"
    hall.office.clock.advance(seconds=61)
    hall.clock.beat()
    assert hall.stands(speech) == "ended"


def test_S2_M5_a_rehearsal_that_was_deleted_in_mid_turn_is_not_tried_again(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    hall.rules(cuts=True, seconds={**RULES["seconds"], "speech": 3})
    before = hall.state
    hall.do(hall.ask(), "start").done()
    clock = SpeechClock(hall.office.services.speaking, list, hall.office.clock)
    clock.announce(MeetingId(fresh_id("m")), (), before=before, after=hall.state)
    hall.office.clock.advance(seconds=3)
    assert clock.beat() is None
    assert clock.beat() is None
    assert "could not be ended" not in caplog.text


def test_S2_a_server_that_was_away_ends_what_ran_out(hall: Hall) -> None:
    hall.rules(cuts=True)
    speech = hall.ask()
    hall.do(speech, "start").done()
    hall.office.clock.advance(hours=1)
    services = hall.office.services
    after = SpeechClock(services.speaking, lambda: [(MeetingId(hall.meeting), hall.state)], hall.office.clock)
    after.start()
    try:
        until(lambda: hall.stands(speech) == "ended", timeout_s=10, what="ended")
    finally:
        after.stop()


def test_S2_what_was_looked_up_at_the_start_does_not_hide_a_turn_that_was_announced_since(hall: Hall) -> None:
    hall.rules(cuts=True, seconds={**RULES["seconds"], "speech": 3})
    old, services = hall.state, hall.office.services
    starting = SpeechClock(services.speaking, lambda: [(MeetingId(hall.meeting), old)], hall.office.clock)
    services.slots.announcers.append(starting)
    speech = hall.ask()
    hall.do(speech, "start").done()
    starting.catch_up()
    assert starting.beat() is not None, "the clock knows of the turn"
    hall.office.clock.advance(seconds=3)
    starting.beat()
    services.slots.announcers.remove(starting)
    assert hall.stands(speech) == "ended"


def test_S4_who_got_no_turn_hands_in_in_writing_and_the_leaders_read_it(hall: Hall) -> None:
    speech = hall.ask()
    hall.go_to(1)
    text = "Kính thưa chủ tọa,\nTôi xin gửi ý kiến bằng văn bản (demo)."
    sent = hall.seat(1, "daibieu", "speech_write", speech=speech, text=text)
    assert sent.outcome == "done"
    for reader in (hall.chair, hall.secretary, hall.member, hall.office.sign_in("kiemtoan")):
        read = reader.get(f"{hall.base}/{speech}/text").done()
        assert (read["text"], read["name"]) == (text, "daibieu (demo)")
    assert hall.office.sign_in("khach").get(f"{hall.base}/{speech}/text").code == "no-such-speech"
    hall.chair.post(f"{hall.path}/close").done()
    better = hall.do(speech, "text", {"text": "Bản sửa (demo)"}, by=hall.member)
    assert better.status == 201
    assert hall.chair.get(f"{hall.base}/{speech}/text").body["text"] == "Bản sửa (demo)"


def test_S4_what_was_said_is_not_written_and_nobody_writes_for_others(hall: Hall) -> None:
    mine = hall.ask()
    assert hall.do(mine, "text", {"text": "x"}, by=hall.chair).code == "not-your-speech"
    hall.do(mine, "start").done()
    hall.do(mine, "stop").done()
    assert hall.do(mine, "text", {"text": "x"}, by=hall.member).code == "speech-state-not-allowed"
    other = hall.ask(kind="question")
    assert hall.do(other, "text", {"text": "😀" * 15_001}, by=hall.member).code == "speech-text-too-long"


@pytest.mark.parametrize("path", ["q-aaaaaaaaaaaaaaaa/call", "nonsense/call", "q-aaaaaaaaaaaaaaaa/text"])
def test_S1_what_nobody_asked_for_is_not_there(hall: Hall, path: str) -> None:
    body = {"text": "x"} if path.endswith("text") else {}
    assert hall.chair.post(f"{hall.base}/{path}", body).code == "no-such-speech"
