"""Service calls from the seat to the desk and back (D6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import PASSWORD, Office, fresh_id
from wire.messages import Act, Head


class Seat:
    """The delegate's seat, and its acts."""

    def __init__(self, office: Office, meeting: str) -> None:
        self.office, self.meeting, self.device = office, meeting, fresh_id("d")
        self.person = office.people["daibieu"]
        assert self.send("sign_in", {"person": self.person, "password": PASSWORD}, person=None).outcome == "done"

    def send(self, kind: str, data: dict[str, Any], *, act: str = "", person: str | None = "") -> Any:
        now = self.office.clock.now()
        who = self.person if person == "" else person
        message = Act(Head(self.device, bytes(16), 1, now), act or fresh_id("a"), self.meeting, kind, who, now, data)
        return self.office.services.acts.perform(message, device=self.device, seat=self.office.seats[1], now=now)

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            self.office.sign_in("daibieu").get(f"/api/meetings/{self.meeting}").body["sections"]["service"]
        )
        return found


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    office = Office(tmp_path)
    return Seat(office, office.meeting("open"))


def test_D6_a_call_reaches_the_desk_and_who_took_it_is_seen_at_the_seat(seat: Seat) -> None:
    assert seat.send("service_call", {"kind": "technical"}).outcome == "done"
    it = seat.office.sign_in("kythuat")
    (call,) = it.get("/api/service").done()["calls"]
    told = (call["name"], call["seat_label"], call["room_name"], call["kind"], call["state"])
    assert told == ("daibieu (demo)", "A2", "Phòng thử", "technical", "asked")
    path = f"/api/meetings/{seat.meeting}/service/{call['call']}"
    it.post(f"{path}/take").done()
    assert [(each["state"], each["by"]) for each in seat.calls()] == [("taken", "kythuat (demo)")]
    seat.office.sign_in("thuky").post(f"{path}/done").done()
    assert it.get("/api/service").done()["calls"] == []
    assert [each["state"] for each in seat.calls()] == ["done"]
    assert it.post(f"{path}/cancel").code == "service-call-over"
    assert it.post(f"{path[:-1]}a/take").code in {"no-such-call", "service-call-over"}


def test_D6_the_same_act_is_one_call_also_after_a_restart(seat: Seat, tmp_path: Path) -> None:
    act = fresh_id("a")
    first = seat.send("service_call", {"kind": "water"}, act=act)
    again = seat.send("service_call", {"kind": "water"}, act=act)
    assert (first.outcome, first.data) == (again.outcome, again.data)
    assert [each["call"] for each in seat.calls()] == [act]
    events = seat.office.services.meetings.events(seat.meeting)  # type: ignore[arg-type]
    assert [event.kind for event in events].count("service_asked") == 1


def test_D6_nobody_asks_more_than_anybody_can_serve(seat: Seat) -> None:
    assert seat.send("service_call", {"kind": "water"}).outcome == "done"
    assert seat.send("service_call", {"kind": "water"}).code == "service-call-open"
    for _ in range(3):
        assert seat.send("service_call", {"kind": "other", "text": "Mượn kính"}).outcome == "done"
    assert seat.send("service_call", {"kind": "paper"}).code == "too-many-calls"
    for call in seat.calls():
        assert seat.send("service_cancel", {"call": call["call"]}).outcome == "done"
    for _ in range(16):
        assert seat.send("service_call", {"kind": "paper"}).outcome == "done"
        assert seat.send("service_cancel", {"call": seat.calls()[-1]["call"]}).outcome == "done"
    assert seat.send("service_call", {"kind": "paper"}).code == "too-many-calls"
    seat.office.clock.advance(hours=1, seconds=1)
    assert seat.send("service_call", {"kind": "paper"}).outcome == "done"


def test_M1_a_call_that_was_open_at_the_close_changes_nothing_in_the_log_afterwards(seat: Seat) -> None:
    assert seat.send("service_call", {"kind": "water"}).outcome == "done"
    path = f"/api/meetings/{seat.meeting}"
    chair, desk = seat.office.sign_in("chutri"), seat.office.sign_in("kythuat")
    call = seat.calls()[0]["call"]
    chair.post(f"{path}/close").done()
    before = chair.get(path).body["seq"]
    for word in ("take", "done", "cancel"):
        assert desk.post(f"{path}/service/{call}/{word}").code == "phase-not-allowed"
    assert chair.get(path).body["seq"] == before


def test_D6_only_who_sits_there_asks_and_only_their_own_call_is_cancelled(seat: Seat) -> None:
    assert seat.send("service_call", {"kind": "water"}, person=seat.office.people["khach"]).code == "not-signed-in-here"
    assert seat.send("service_call", {"kind": "coffee"}).code == "bad-field"
    assert seat.send("service_call", {"kind": "other", "text": "x" * 201}).code == "bad-field"
    assert seat.send("service_cancel", {"call": fresh_id("a")}).code == "no-such-call"
    assert seat.send("service_call", {"kind": "water"}).outcome == "done"
    call = seat.calls()[0]["call"]
    path = f"/api/meetings/{seat.meeting}/service/{call}/take"
    for name in ("daibieu", "khach", "anninh"):
        assert seat.office.sign_in(name).post(path).code == "not-allowed"
    assert seat.office.sign_in("daibieu").get("/api/service").code == "not-allowed"
