"""IT decides about terminals: code, seat, replacement, refusal, revocation, move; nobody else may."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.fleet.model import FleetChange, Step
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling, ToldPresence
from tests.support.office import Browser, Office, fresh_id


@dataclass
class Remembering:
    changes: list[FleetChange] = field(default_factory=list)

    def fleet_changed(self, change: FleetChange) -> None:
        self.changes.append(change)


class Failing:
    def fleet_changed(self, change: FleetChange) -> None:
        raise RuntimeError("a watcher with a fault")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def told(office: Office) -> Remembering:
    watcher = Remembering()
    office.services.fleet.watchers += [Failing(), watcher]
    return watcher


@pytest.fixture
def presence(office: Office) -> ToldPresence:
    office.services.slots.presence = found = ToldPresence()
    return found


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


@pytest.fixture
def waiting(office: Office, tmp_path: Path) -> Enrolling:
    made = Enrolling(office, Terminal(tmp_path))
    made.ask()
    return made


@pytest.fixture
def seated(office: Office, tmp_path: Path, it: Browser) -> Enrolling:
    made = Enrolling(office, Terminal(tmp_path))
    made.ask()
    made.approve(it, office.seats[0]).done()
    return made


def state(it: Browser, device: str) -> tuple[str, str | None]:
    [found] = [each for each in it.get("/api/devices").done()["devices"] if each["id"] == device]
    return found["state"], found["seat"]


def test_W50_another_code_is_refused_and_nothing_changes(waiting: Enrolling, it: Browser, office: Office) -> None:
    path = f"/api/devices/{waiting.terminal.id}/approve"
    reply = it.post(path, {"seat": office.seats[0], "code": "0000 0000 0000"})
    assert (reply.status, reply.code) == (409, "code-differs")
    assert state(it, waiting.terminal.id) == ("pending", None)


def test_W50_the_code_may_be_typed_without_blanks(waiting: Enrolling, it: Browser, office: Office) -> None:
    code = waiting.terminal.code.replace(" ", "")
    body = {"seat": office.seats[0], "code": code}
    assert it.post(f"/api/devices/{waiting.terminal.id}/approve", body).status == 204


def test_a_seat_has_one_terminal(waiting: Enrolling, seated: Enrolling, it: Browser, office: Office) -> None:
    reply = waiting.approve(it, office.seats[0])
    assert (reply.status, reply.code) == (409, "seat-taken")
    assert reply.data["seat_label"] == "A1"
    assert state(it, waiting.terminal.id) == ("pending", None)
    assert state(it, seated.terminal.id) == ("approved", office.seats[0])


def test_a_dead_terminal_is_replaced_and_revoked(
    waiting: Enrolling, seated: Enrolling, it: Browser, office: Office, told: Remembering
) -> None:
    assert waiting.approve(it, office.seats[0], replace=True).status == 204
    assert state(it, waiting.terminal.id) == ("approved", office.seats[0])
    assert state(it, seated.terminal.id) == ("revoked", None)
    assert seated.ask().status_code == 403
    assert [(change.device, change.step) for change in told.changes] == [
        (seated.terminal.id, Step.REVOKE),
        (waiting.terminal.id, Step.APPROVE),
    ]


def test_a_terminal_that_is_online_is_not_replaced(
    waiting: Enrolling, seated: Enrolling, it: Browser, office: Office, presence: ToldPresence
) -> None:
    presence.online.add(seated.terminal.id)
    reply = waiting.approve(it, office.seats[0], replace=True)
    assert (reply.status, reply.code) == (409, "seat-in-use")
    assert state(it, seated.terminal.id) == ("approved", office.seats[0])


@pytest.mark.parametrize("word", ["approve", "refuse", "revoke", "seat"])
def test_an_unknown_terminal_is_said_to_be_unknown(it: Browser, office: Office, word: str) -> None:
    bodies = {
        "approve": {"seat": office.seats[0], "code": "1"},
        "seat": {"seat": office.seats[0]},
        "refuse": {"reason": "x"},
        "revoke": {"reason": "x"},
    }
    for device in (fresh_id("d"), "whatever"):
        reply = it.post(f"/api/devices/{device}/{word}", bodies[word])
        assert (reply.status, reply.code) == (404, "device-unknown")


def test_an_unknown_seat_is_said_to_be_unknown(waiting: Enrolling, it: Browser) -> None:
    reply = waiting.approve(it, fresh_id("s"))
    assert (reply.status, reply.code) == (404, "no-such-seat")


@pytest.mark.parametrize(("word", "body"), [("revoke", {"reason": "x"}), ("seat", {"seat": "s-aaaaaaaaaaaaaaaa"})])
def test_a_waiting_terminal_has_nothing_to_take_away(
    waiting: Enrolling, it: Browser, word: str, body: dict[str, str]
) -> None:
    reply = it.post(f"/api/devices/{waiting.terminal.id}/{word}", body)
    assert (reply.status, reply.code) == (409, "device-wrong-state")


def test_a_reason_is_asked_for(seated: Enrolling, it: Browser) -> None:
    for reason in ("", "  ", "x" * 501):
        assert it.post(f"/api/devices/{seated.terminal.id}/revoke", {"reason": reason}).status == 400
    assert state(it, seated.terminal.id)[0] == "approved"


def test_a_revoked_terminal_frees_its_seat(
    waiting: Enrolling, seated: Enrolling, it: Browser, office: Office, told: Remembering
) -> None:
    reply = it.post(f"/api/devices/{seated.terminal.id}/revoke", {"reason": "mất"})
    # No broker runs in this test: the cut is not confirmed, and says so.
    assert (reply.status, reply.body) == (202, {"confirmed": False})
    assert state(it, seated.terminal.id) == ("revoked", None)
    assert waiting.approve(it, office.seats[0]).status == 204
    first = told.changes[0]
    assert (first.device, first.step, first.after) == (seated.terminal.id, Step.REVOKE, None)
    assert first.before is not None
    assert first.before.seat == office.seats[0]


def test_a_moved_terminal_has_its_new_seat_only(
    seated: Enrolling, waiting: Enrolling, it: Browser, office: Office, told: Remembering
) -> None:
    assert it.post(f"/api/devices/{seated.terminal.id}/seat", {"seat": office.seats[1]}).status == 204
    assert state(it, seated.terminal.id) == ("approved", office.seats[1])
    assert waiting.approve(it, office.seats[0]).status == 204
    reply = it.post(f"/api/devices/{seated.terminal.id}/seat", {"seat": office.seats[0]})
    assert reply.code == "seat-taken"
    move = told.changes[0]
    assert move.before is not None
    assert move.after is not None
    assert (move.before.label, move.after.label) == ("A1", "A2")


def test_moving_to_the_same_seat_is_nothing(seated: Enrolling, it: Browser, office: Office, told: Remembering) -> None:
    assert it.post(f"/api/devices/{seated.terminal.id}/seat", {"seat": office.seats[0]}).status == 204
    assert told.changes == []


def test_the_same_act_twice_is_done_once(waiting: Enrolling, it: Browser, office: Office, told: Remembering) -> None:
    act = fresh_id("a")
    path, body = f"/api/devices/{waiting.terminal.id}/approve", {"seat": office.seats[0], "code": waiting.terminal.code}
    assert [it.post(path, body, act=act).status for _ in range(2)] == [204, 204]
    assert len(told.changes) == 1
    assert it.post(path, body).code == "device-wrong-state"
    other = {"seat": office.seats[1], "code": waiting.terminal.code}
    assert it.post(path, other, act=act).code == "act-reused"


@pytest.mark.parametrize("who", ["thuky", "chutri", "hethong", "anninh", "kiemtoan"])
def test_nobody_but_it_sees_or_decides(waiting: Enrolling, office: Office, who: str) -> None:
    browser = office.sign_in(who)
    assert browser.get("/api/devices").status == 403
    assert waiting.approve(browser, office.seats[0]).status == 403
    assert browser.post(f"/api/devices/{waiting.terminal.id}/revoke", {"reason": "x"}).status == 403


def test_a_stranger_sees_nothing(office: Office, waiting: Enrolling) -> None:
    assert office.browser().get("/api/devices").status == 401
    assert waiting.approve(office.browser(), office.seats[0]).status == 401


def test_rooms_show_the_terminal_of_each_seat(seated: Enrolling, it: Browser, presence: ToldPresence) -> None:
    presence.online.add(seated.terminal.id)
    [room] = it.get("/api/rooms").done()["rooms"]
    assert [seat["device"] for seat in room["seats"]] == [
        {"id": seated.terminal.id, "state": "approved", "online": True, "maintenance": False},
        None,
        None,
    ]


def test_only_an_approved_terminals_signature_counts(
    waiting: Enrolling, seated: Enrolling, it: Browser, office: Office
) -> None:
    fleet = office.services.fleet
    assert fleet.spki(seated.terminal.id) == seated.terminal.spki
    assert fleet.spki(waiting.terminal.id) is None
    it.post(f"/api/devices/{seated.terminal.id}/revoke", {"reason": "mất"})
    assert fleet.spki(seated.terminal.id) is None
    assert fleet.spki("nobody") is None


def test_the_brokers_lists_follow_the_database(seated: Enrolling, it: Browser, office: Office, tmp_path: Path) -> None:
    acl = tmp_path / "broker" / "acl"
    assert f"topic read r/{office.room}/#" in acl.read_text()
    assert f"user {seated.terminal.id}\n" in acl.read_text()
    it.post(f"/api/devices/{seated.terminal.id}/revoke", {"reason": "mất"})
    assert seated.terminal.id not in acl.read_text()
