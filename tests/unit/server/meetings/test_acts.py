"""Acts of the seats: done once, by who sits there, with every refusal kept (W28)."""

from __future__ import annotations

import dataclasses
import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.app import create_app, services_of
from server.errors import Unavailable
from server.factors import totp
from server.idempotency.store import acts as acts_table
from server.identity.model import FactorRule
from server.keeping.model import Kept
from server.meetings.acts import READERS, SeatActs
from server.meetings.fronts import FrontActs
from server.meetings.ports import Outcome
from tests.support.office import PASSWORD, START, Office, fresh_id
from wire.ids import DeviceId, MeetingId
from wire.messages import Act, Head, Maintenance
from wire.secret import Secret

DONE = "done"


class Seat:
    """One seat of the office's room, and the acts it sends."""

    def __init__(self, office: Office, number: int, meeting: str) -> None:
        self.office = office
        self.seat = office.seats[number]
        self.device = fresh_id("d")
        self.meeting = meeting

    def send(self, kind: str, person: str | None, data: dict[str, Any] | None = None, *, act: str = "") -> Outcome:
        now = self.office.clock.now()
        head = Head(self.device, b"\0" * 16, 1, now)
        message = Act(head, act or fresh_id("a"), self.meeting, kind, person, now, data or {})
        return self.office.services.acts.perform(message, device=self.device, seat=self.seat, now=now)

    def sign_in(self, name: str, password: str = PASSWORD) -> Outcome:
        return self.send("sign_in", None, {"person": self.office.people[name], "password": password})


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def seat(office: Office) -> Seat:
    """The chair's seat in an open meeting, the chair signed in."""
    found = Seat(office, 0, office.meeting("open"))
    assert found.sign_in("chutri").outcome == DONE
    return found


def _seq(seat: Seat) -> int:
    return seat.office.services.meetings.state(MeetingId(seat.meeting)).seq


def _kept(office: Office) -> str:
    with office.services.database.read() as tx:
        return json.dumps([list(map(str, row)) for row in tx.execute(select(acts_table))], ensure_ascii=False)


def test_W28_signing_in_at_the_seat_is_an_event_and_the_password_is_kept_nowhere(office: Office) -> None:
    seat = Seat(office, 1, office.meeting("approved"))
    before = _seq(seat)
    outcome = seat.sign_in("daibieu")
    assert outcome == Outcome(DONE, data={"seq": before + 1})
    state = office.services.meetings.state(MeetingId(seat.meeting))
    assert (office.people["daibieu"], seat.seat) in state.seated
    assert state.last is not None
    assert state.last.actor == f"person:{office.people['daibieu']}"
    assert PASSWORD not in _kept(office)
    assert PASSWORD not in json.dumps([e.to_value() for e in office.services.meetings.events(MeetingId(seat.meeting))])


def test_rights_follow_the_person_to_any_seat(office: Office) -> None:
    seat = Seat(office, 2, office.meeting("approved"))
    assert seat.sign_in("chutri").outcome == DONE
    assert seat.send("meeting_open", office.people["chutri"]).outcome == DONE


def test_W28_the_same_act_again_gets_the_stored_outcome(seat: Seat) -> None:
    act, chair = fresh_id("a"), seat.office.people["chutri"]
    first = seat.send("meeting_recess", chair, act=act)
    seq = _seq(seat)
    assert seat.send("meeting_recess", chair, act=act) == first
    assert _seq(seat) == seq
    assert seat.send("meeting_recess", chair).code == "phase-not-allowed"


def test_W28_a_refusal_is_kept_too_whatever_has_changed_since(seat: Seat) -> None:
    act, chair = fresh_id("a"), seat.office.people["chutri"]
    refused = seat.send("meeting_resume", chair, act=act)
    assert refused == Outcome("refused", "phase-not-allowed", {"phase": "open"})
    seat.send("meeting_recess", chair)
    assert seat.send("meeting_resume", chair, act=act) == refused
    assert seat.send("meeting_resume", chair).outcome == DONE


def test_W28_a_key_that_was_used_for_something_else_is_refused_and_stays_what_it_was(seat: Seat) -> None:
    act, chair = fresh_id("a"), seat.office.people["chutri"]
    first = seat.send("meeting_recess", chair, act=act)
    assert seat.send("meeting_close", chair, act=act).code == "act-reused"
    assert seat.send("meeting_recess", chair, act=act) == first
    other = Seat(seat.office, 1, seat.meeting)
    assert other.send("meeting_recess", chair, act=act).code == "act-reused"


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("daibieu", "sai mật khẩu", "bad-credentials"),
        ("kythuat", PASSWORD, "not-a-member"),
        ("kythuat", "sai mật khẩu", "not-a-member"),
    ],
)
def test_who_may_not_sign_in_at_the_seat(office: Office, name: str, password: str, code: str) -> None:
    seat = Seat(office, 1, office.meeting("approved"))
    assert seat.sign_in(name, password).code == code
    assert not office.services.meetings.state(MeetingId(seat.meeting)).seated


def test_I4_guessing_at_a_seat_waits_as_well(office: Office) -> None:
    seat = Seat(office, 1, office.meeting("approved"))
    codes = [seat.sign_in("daibieu", "sai mật khẩu").code for _ in range(4)]
    assert codes == ["bad-credentials"] * 3 + ["too-many-tries"]
    assert Seat(office, 2, seat.meeting).sign_in("daibieu").outcome == DONE, "another seat is another place"


def test_I4_at_a_seat_the_code_of_the_second_factor_is_asked_for_as_well(office: Office) -> None:
    seat, factors = Seat(office, 1, office.meeting("approved")), office.services.factors
    person = office.people["daibieu"]
    secret = factors.begin(person, name="daibieu", now=office.clock.now()).secret
    first = totp.code_at(secret, totp.step_of(office.clock.now()))
    factors.confirm(person, Secret(first.encode()), now=office.clock.now())
    data = {"person": person, "password": PASSWORD}
    assert seat.sign_in("daibieu").code == "second-factor-needed"
    assert seat.send("sign_in", None, data | {"code": first}).code == "second-factor-used"
    wrong = seat.send("sign_in", None, data | {"code": "000000"})
    assert (wrong.code, wrong.data) == ("second-factor-wrong", {"tries_left": 2})
    office.clock.advance(seconds=30)
    act, code = fresh_id("a"), totp.code_at(secret, totp.step_of(office.clock.now()))
    done = seat.send("sign_in", None, data | {"code": code}, act=act)
    assert done.outcome == DONE
    assert seat.send("sign_in", None, data | {"code": code}, act=act) == done, "the answer was lost: asked again"
    assert seat.send("sign_in", None, data | {"code": code}).code == "second-factor-used", "a new act is a new sign-in"
    assert code not in _kept(office)


def test_I4_who_needs_a_second_factor_and_has_none_is_sent_to_a_console(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("approved")
    settings = dataclasses.replace(office.services.settings, second_factor=FactorRule.EVERYWHERE)
    office.app = create_app(settings, clock=office.clock)
    office.services = services_of(office.app)
    assert Seat(office, 1, meeting).sign_in("daibieu").code == "second-factor-missing"


def test_I4_a_sign_in_that_succeeded_opens_nothing_with_another_password(seat: Seat) -> None:
    """The key of an act is no secret: whoever knows it still has to know the password."""
    act, data = fresh_id("a"), {"person": seat.office.people["chutri"], "password": PASSWORD}
    first = seat.send("sign_in", None, data, act=act)
    assert first.outcome == DONE
    assert seat.send("sign_in", None, data | {"password": "đoán"}, act=act).code == "bad-credentials"
    assert seat.send("sign_in", None, data, act=act) == first


def test_nobody_acts_where_they_did_not_sign_in(seat: Seat) -> None:
    chair, guest = seat.office.people["chutri"], seat.office.people["khach"]
    other = Seat(seat.office, 1, seat.meeting)
    assert other.send("meeting_close", chair).code == "not-signed-in-here"
    assert other.send("meeting_close", guest).code == "not-signed-in-here"
    assert seat.send("meeting_close", guest).code == "not-signed-in-here"
    assert seat.send("sign_out", chair).outcome == DONE
    assert seat.send("meeting_close", chair).code == "not-signed-in-here"


def test_a_member_at_the_seat_may_do_what_a_member_may(seat: Seat) -> None:
    other = Seat(seat.office, 1, seat.meeting)
    member = seat.office.people["daibieu"]
    other.sign_in("daibieu")
    for kind, data in (
        ("meeting_close", {}),
        ("item_start", {"item": fresh_id("i")}),
        ("present", {"paper": fresh_id("p"), "version": 1, "page": 1}),
        ("present_call", {}),
        ("present_hand", {"person": None}),
        ("display", {"mode": "blank", "text": ""}),
    ):
        assert other.send(kind, member, data).code == "not-allowed", kind


def test_the_chair_leads_from_the_seat(seat: Seat) -> None:
    chair = seat.office.people["chutri"]
    meetings = seat.office.services.meetings
    item = meetings.state(MeetingId(seat.meeting)).agenda[1].item
    assert seat.send("item_start", chair, {"item": item}).outcome == DONE
    assert seat.send("display", chair, {"mode": "message", "text": "Giải lao"}).outcome == DONE
    for kind in ("meeting_recess", "meeting_resume", "meeting_close"):
        assert seat.send(kind, chair).outcome == DONE
    assert meetings.state(MeetingId(seat.meeting)).phase.value == "closed"
    assert seat.send("item_start", chair, {"item": item}).code == "not-signed-in-here", (
        "at the end everybody is signed out"
    )


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("dance", {}, "unknown-act"),
        ("item_start", {}, "bad-field"),
        ("item_start", {"item": "x"}, "bad-field"),
        ("meeting_close", {"force": True}, "bad-field"),
        ("present", {"paper": fresh_id("p"), "version": 0, "page": 1}, "bad-field"),
        ("display", {"mode": "fire", "text": ""}, "bad-field"),
        ("sign_in", {"person": "u-1", "password": PASSWORD}, "bad-field"),
        ("sign_in", {}, "bad-field"),
    ],
)
def test_an_act_that_makes_no_sense_is_refused_for_good(seat: Seat, kind: str, data: dict[str, Any], code: str) -> None:
    before = _seq(seat)
    assert seat.send(kind, seat.office.people["chutri"], data).code == code
    assert _seq(seat) == before


def test_an_act_without_its_person_is_refused(seat: Seat) -> None:
    assert {seat.send(kind, None).code for kind in READERS} == {"unknown-act"}


def test_an_act_for_no_meeting_or_from_another_room_is_refused(seat: Seat) -> None:
    stranger = Seat(seat.office, 0, fresh_id("m"))
    assert stranger.sign_in("chutri").code == "no-such-meeting"
    room = seat.office.sign_in("kythuat").post(
        "/api/rooms", {"name": "Khác", "seats": [{"label": "Z", "x": 1, "y": 1}]}
    )
    stranger = Seat(seat.office, 0, seat.meeting)
    stranger.seat = room.body["seats"][0]["id"]
    assert stranger.sign_in("chutri").code == "no-such-seat"


class _Away:
    """A database that does not answer."""

    def begin(self) -> AbstractContextManager[Any]:
        raise Unavailable

    read = begin


def test_W28_when_the_database_is_away_the_act_stays_open(seat: Seat) -> None:
    """What may succeed later is raised, not answered: the seat asks again."""
    act, chair, services = fresh_id("a"), seat.office.people["chutri"], seat.office.services
    there = services.acts
    services.acts = SeatActs(
        _Away(),
        services.meetings,
        people=services.identity,
        ledger=services.ledger,
        tokens=services.tokens,
    )
    with pytest.raises(Unavailable):
        seat.send("meeting_recess", chair, act=act)
    services.acts = there
    assert seat.send("meeting_recess", chair, act=act).outcome == DONE


def test_consoles_and_seats_share_one_log(seat: Seat) -> None:
    """A step from the console is seen by the seat's next act at once."""
    office = seat.office
    office.sign_in("chutri").post(f"/api/meetings/{seat.meeting}/recess").done()
    assert seat.send("meeting_recess", office.people["chutri"]).code == "phase-not-allowed"


FRONT = {"paper": "p-aaaabbbbccccdddd", "version": 1, "page": 7, "follows": False, "call": 0}


def test_W83_W84_what_lies_in_front_goes_with_the_person_to_the_next_seat(office: Office, seat: Seat) -> None:
    chair, there = office.people["chutri"], Seat(office, 1, seat.meeting)
    assert seat.send("front", chair, FRONT).outcome == DONE
    moved = there.sign_in("chutri")
    assert (moved.outcome, moved.data["carried"]) == (DONE, {"front": FRONT})
    # The seat that was left says it again when it comes back: that is no longer where they sit.
    late = seat.send("front", chair, {**FRONT, "page": 2})
    assert (late.outcome, late.code) == ("refused", "not-signed-in-here")
    assert seat.sign_in("chutri").data["carried"]["front"]["page"] == 7


def test_W84_nobody_is_given_what_lay_in_front_of_others(office: Office, seat: Seat) -> None:
    assert seat.send("front", office.people["chutri"], FRONT).outcome == DONE
    assert "carried" not in Seat(office, 1, seat.meeting).sign_in("thuky").data
    wrong = Seat(office, 1, seat.meeting).sign_in("chutri", "not this one")
    assert wrong.outcome == "refused"
    assert "carried" not in wrong.data


@pytest.mark.parametrize("bad", [{}, {**FRONT, "page": 0}, {**FRONT, "text": "x"}, {"paper": FRONT["paper"]}])
def test_W83_a_front_that_cannot_be_read_is_refused(office: Office, seat: Seat, bad: dict[str, Any]) -> None:
    assert seat.send("front", office.people["chutri"], bad).outcome == "refused"
    assert "carried" not in seat.sign_in("chutri").data


def test_W83_the_oldest_are_forgotten_first(office: Office, seat: Seat) -> None:
    acts = FrontActs(office.services.acts, office.services.meetings, most=1)
    there = Seat(office, 1, seat.meeting)
    assert there.sign_in("thuky").outcome == DONE
    for where, who in ((seat, "chutri"), (there, "thuky")):
        head = Head(where.device, b"\0" * 16, 1, office.clock.now())
        act = Act(head, fresh_id("a"), seat.meeting, "front", office.people[who], office.clock.now(), dict(FRONT))
        assert acts.perform(act, device=where.device, seat=where.seat, now=office.clock.now()).outcome == DONE
    data = {"person": office.people["chutri"], "password": PASSWORD}
    head = Head(seat.device, b"\0" * 16, 2, office.clock.now())
    again = Act(head, fresh_id("a"), seat.meeting, "sign_in", None, office.clock.now(), data)
    assert "carried" not in acts.perform(again, device=seat.device, seat=seat.seat, now=office.clock.now()).data


def test_W189_nobody_signs_in_at_a_place_under_maintenance_but_who_sits_there(office: Office, seat: Seat) -> None:
    there = Seat(office, 1, seat.meeting)
    kept = Kept(Maintenance("Hỏng màn hình", START), "Cán bộ kỹ thuật")
    office.services.keeping._kept = {DeviceId(each.device): kept for each in (seat, there)}  # noqa: SLF001 - as if begun
    assert there.sign_in("thuky").code == "seat-maintenance"
    assert there.sign_in("thuky", "not this one").code == "seat-maintenance", "no password is tried there either"
    assert seat.sign_in("thuky").code == "seat-maintenance"
    assert seat.sign_in("chutri").outcome == DONE, "who sat there unlocks"
    assert seat.send("meeting_recess", office.people["chutri"]).outcome == DONE
    office.services.keeping._kept = {}  # noqa: SLF001 - as if ended
    assert there.sign_in("thuky").outcome == DONE


def test_M5_of_an_act_for_a_meeting_that_is_gone_nothing_is_kept(seat: Seat) -> None:
    gone, chair, act = fresh_id("m"), seat.office.people["chutri"], fresh_id("a")
    late = Seat(seat.office, 0, gone)
    refused = late.send("meeting_recess", chair, act=act)
    assert refused.code == "no-such-meeting"
    assert late.send("meeting_recess", chair, act=act) == refused
    assert late.sign_in("chutri").code == "no-such-meeting"
    assert gone not in _kept(seat.office)
    assert act not in _kept(seat.office)
