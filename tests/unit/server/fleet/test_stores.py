"""What IT is told of a store that does not open, and what becomes of IT's word (W195)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from server.fleet.model import FleetChange
from server.fleet.stores import Stores
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import Browser, Office, Reply
from wire.ids import DeviceId
from wire.messages import Machine

ONE, OTHER = "01" * 8, "02" * 8
HALF_A_MINUTE = dt.timedelta(seconds=30)


@dataclass
class Seat:
    """An approved terminal; its healths come when the test says so, by the office's clock."""

    office: Office
    it: Browser
    device: DeviceId

    def says(self, *, after: dt.timedelta = dt.timedelta(0), shut: str = "", why: str = "", fault: str = "") -> str:
        self.office.clock.advance(seconds=after.total_seconds())
        machine = Machine(1, store_shut=shut, store_why=why, store_fault=fault)
        return self.office.services.fleet.store_said(self.device, machine, self.office.clock.now())

    def orders(self, question: str, **more: str) -> Reply:
        """IT presses the button under this question."""
        path = f"/api/devices/{self.device}/alerts/store_shut/settle"
        return self.it.post(path, {"question": question}, **more)

    def alerts(self) -> dict[str, dict[str, Any]]:
        found = {each["id"]: each["alerts"] for each in self.office.services.fleet.devices()}
        return {alert["kind"]: alert for alert in found[self.device]}

    def question(self) -> dict[str, Any]:
        return dict(self.alerts()["store_shut"]["question"])

    def recorded(self) -> list[str]:
        """What stands in the record of stores, in short."""
        with self.office.services.database.read() as tx:
            kinds = [event.kind for event in self.office.services.audit.store.all(tx)]
        return [kind.removeprefix("device_") for kind in kinds if "store_" in kind]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    office = Office(tmp_path, behind_proxy=True)
    it = office.sign_in("kythuat")
    enrolling = Enrolling(office, Terminal(tmp_path))
    enrolling.ask()
    assert enrolling.approve(it, office.seats[0]).status == 204
    return Seat(office, it, DeviceId(enrolling.terminal.id))


def test_W195_a_store_is_made_anew_by_ITs_word_for_this_question_alone(seat: Seat) -> None:
    for _ in range(2):
        assert seat.says(shut=ONE, why="key") == ""
    assert seat.question() == {"asked": ONE, "why": "key", "ordered": False}
    assert seat.alerts()["store_shut"]["times"] == 1
    assert seat.orders(ONE).status == 204
    assert seat.says(shut=ONE, why="key") == ONE
    assert seat.says(shut=OTHER, why="torn") == ""
    assert seat.question() == {"asked": OTHER, "why": "torn", "ordered": False}
    assert seat.recorded() == ["store_shut", "store_anew", "store_shut"]


def test_W195_what_was_ordered_is_shown_until_the_store_is_open(seat: Seat) -> None:
    seat.says(shut=ONE, why="torn")
    assert [seat.orders(ONE).status for _ in range(2)] == [204, 204], "pressed twice is ordered once"
    for _ in range(3):
        assert seat.says(shut=ONE, why="torn", after=HALF_A_MINUTE) == ONE
        assert seat.says(shut=ONE, why="torn", fault="not-made", after=HALF_A_MINUTE) == ONE
        assert seat.says(fault="not-made", after=HALF_A_MINUTE) == ""
        assert seat.question() == {"asked": ONE, "why": "torn", "ordered": True}
    assert list(seat.alerts()) == ["store_shut"], "a fault that comes and goes is no minute of it"
    for _ in range(3):
        seat.says(shut=ONE, why="torn", fault="not-made", after=HALF_A_MINUTE)
    assert sorted(seat.alerts()) == ["store_fault", "store_shut"]
    assert seat.says() == ""
    assert seat.alerts() == {}
    assert seat.recorded() == ["store_shut", "store_anew", "store_fault", "store_opened"]


def test_W195_the_same_number_for_another_reason_is_another_question(seat: Seat) -> None:
    seat.says(shut=ONE, why="torn")
    seat.orders(ONE)
    assert seat.says(shut=ONE, why="key") == "", "who ordered it was not told of the key"
    assert seat.question() == {"asked": ONE, "why": "key", "ordered": False}


def test_W195_a_page_that_was_left_open_settles_no_question_that_it_does_not_show(seat: Seat) -> None:
    seat.says(shut=ONE, why="torn")
    seat.says(shut=OTHER, why="key")
    refused = seat.orders(ONE)
    assert (refused.status, refused.body["error"]["code"]) == (409, "store-asks-otherwise")
    assert refused.body["error"]["data"] == {"asked": OTHER, "why": "key"}
    assert seat.says(shut=OTHER, why="key") == ""
    seat.says()
    refused = seat.orders(OTHER)
    assert (refused.status, refused.body["error"]["data"]) == (409, {"asked": "", "why": ""})
    assert seat.says(shut=OTHER, why="key") == "", "it opened meanwhile: IT's word did not wait for it"


def test_W195_a_store_that_opens_by_itself_takes_its_question_away(seat: Seat) -> None:
    seat.says(shut=ONE, why="key")
    changes: list[FleetChange] = []

    class Watcher:
        def fleet_changed(self, change: FleetChange) -> None:
            changes.append(change)

    seat.office.services.fleet.watchers.append(Watcher())
    for _ in range(2):
        seat.says()
    assert seat.alerts() == {}
    assert [change.device for change in changes] == [seat.device], "the pages hear of it, once"
    assert seat.recorded() == ["store_shut", "store_opened"]


def test_W195_what_only_failed_is_told_after_a_minute_and_goes_with_the_first_open_store(seat: Seat) -> None:
    seat.says(fault="unreadable")
    seat.says(fault="unreadable", after=HALF_A_MINUTE)
    assert seat.alerts() == {}, "a store is often slow for a moment"
    for _ in range(3):
        seat.says(fault="unreadable", after=HALF_A_MINUTE)
    alert = seat.alerts()["store_fault"]
    assert (alert["detail"], alert["times"], alert["question"]) == ("unreadable", 1, None)
    seat.says(fault="in-use")
    assert seat.alerts()["store_fault"]["detail"] == "in-use"
    seat.says()
    assert seat.alerts() == {}
    assert seat.recorded() == ["store_fault", "store_opened"]
    seat.says(fault="unreadable", after=HALF_A_MINUTE)
    assert seat.alerts() == {}, "the minute begins anew"


def test_W195_a_seat_that_was_off_between_two_failures_did_not_fail_all_the_time(seat: Seat) -> None:
    seat.says(fault="unreadable")
    seat.says(fault="unreadable", after=dt.timedelta(minutes=10))
    assert seat.alerts() == {}
    seat.office.clock.advance(minutes=-5)
    seat.says(fault="unreadable")
    seat.says(fault="unreadable", after=2 * HALF_A_MINUTE)
    assert list(seat.alerts()) == ["store_fault"], "a clock that was put back hides nothing for long"


def test_W195_a_failure_that_becomes_a_question_is_one_alert(seat: Seat) -> None:
    for _ in range(3):
        seat.says(fault="unreadable", after=HALF_A_MINUTE)
    seat.says(shut=ONE, why="unmended")
    assert list(seat.alerts()) == ["store_shut"]
    assert seat.recorded() == ["store_fault", "store_shut"]


def test_W195_what_was_shown_before_the_server_was_started_goes_as_well(seat: Seat) -> None:
    seat.says(shut=ONE, why="key")
    fleet, database = seat.office.services.fleet, seat.office.services.database
    counted = Mock(wraps=database)
    fleet.stores = Stores(counted, fleet.store, fleet.journal)
    seat.says()
    assert seat.alerts() == {}
    asked = len(counted.mock_calls)
    for _ in range(3):
        seat.says()
    assert len(counted.mock_calls) == asked, "five hundred open stores ask no database"


def test_W195_what_goes_by_itself_or_names_no_question_is_not_settled(seat: Seat) -> None:
    for _ in range(3):
        seat.says(fault="unreadable", after=HALF_A_MINUTE)
    path = f"/api/devices/{seat.device}/alerts"
    assert [seat.it.post(f"{path}/{kind}/settle", {}).status for kind in ("store_fault", "store_anew")] == [404, 404]
    assert list(seat.alerts()) == ["store_fault"]
    seat.says(shut=ONE, why="key")
    bodies: list[dict[str, Any]] = [{}, {"question": ""}, {"question": "x"}, {"question": ONE, "why": "key"}]
    assert [seat.it.post(f"{path}/store_shut/settle", body).status for body in bodies] == [400] * 4
    assert seat.question()["ordered"] is False
