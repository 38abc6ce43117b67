"""Disabling and enabling an account by an administrator: what ends with it, and whom it must not hit (I5)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from server.identity.model import Role
from tests.support.office import PASSWORD, Browser, Office, fresh_id
from wire.ids import MeetingId
from wire.messages import Act, Head


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _switch(office: Office, word: str, whom: str, *, by: str = "hethong") -> tuple[int, str]:
    reply = office.sign_in(by).post(f"/api/people/{office.people[whom]}/{word}")
    return reply.status, reply.code


def _add_admin(office: Office, username: str, role: Role) -> None:
    body = {"username": username, "name": f"{username} (demo)", "position": "", "unit": "", "roles": [role.value]}
    office.people[username] = (
        office.sign_in("anninh").post("/api/people", {**body, "password": PASSWORD, "one_time": False}).body["id"]
    )


def test_I5_only_administrators_disable_and_enable(office: Office) -> None:
    for name, _ in Office.PEOPLE:
        for word in ("disable", "enable"):
            expected = 204 if name in {"hethong", "anninh"} else 403
            assert _switch(office, word, "khach", by=name)[0] == expected, (name, word)


def test_I5_a_disabled_person_is_out_at_once_and_an_enabled_one_may_come_back(office: Office) -> None:
    secretary = office.sign_in("thuky")
    assert _switch(office, "disable", "thuky") == (204, "")
    assert secretary.get("/api/me").code == "not-signed-in"
    assert secretary.post("/api/unlock", {"password": PASSWORD}).code == "not-signed-in"
    assert office.browser().sign_in("thuky").code == "account-disabled"
    people = office.sign_in("anninh").get("/api/people").body["people"]
    assert {person["username"] for person in people if person["disabled"]} == {"thuky"}
    office.clock.advance(days=44)
    assert _switch(office, "enable", "thuky") == (204, "")
    office.clock.advance(days=44)
    assert office.browser().sign_in("thuky").status == 200, "a new span of use has begun"


def test_I5_disabling_twice_is_fine_and_the_same_act_is_done_once(office: Office) -> None:
    admin, act = office.sign_in("hethong"), fresh_id("a")
    path = f"/api/people/{office.people['khach']}"
    assert admin.post(f"{path}/disable", act=act).status == 204
    assert admin.post(f"{path}/disable").status == 204
    assert admin.post(f"{path}/enable").status == 204
    assert admin.post(f"{path}/disable", act=act).status == 204
    assert office.browser().sign_in("khach").status == 200, "the repeated act did not disable again"
    assert admin.post(f"{path}/enable", act=act).code == "act-reused"
    assert admin.post(f"/api/people/{fresh_id('u')}/disable").code == "no-such-person"


def test_nobody_disables_themselves(office: Office) -> None:
    _add_admin(office, "hethong2", Role.SYSTEM_ADMIN)
    assert _switch(office, "disable", "hethong") == (409, "cannot-disable-yourself")
    assert office.browser().sign_in("hethong").status == 200


@pytest.mark.parametrize(
    ("whom", "by"), [("anninh", "hethong"), ("kiemtoan", "hethong"), ("hethong", "anninh"), ("kiemtoan", "anninh")]
)
def test_the_last_of_each_kind_of_administrator_stays(office: Office, whom: str, by: str) -> None:
    assert _switch(office, "disable", whom, by=by) == (409, "last-administrator")
    role = dict(Office.PEOPLE)[whom]
    _add_admin(office, "thaythe", next(iter(role)))
    assert _switch(office, "disable", whom, by=by) == (204, "")
    assert _switch(office, "disable", "thaythe", by=by)[0] == 409, "now that one is the last"


def test_I5_an_administrator_whom_nobody_has_seen_for_too_long_does_not_count(office: Office) -> None:
    _add_admin(office, "kiemtoan2", Role.AUDITOR)
    office.clock.advance(days=40)
    for name in ("hethong", "kiemtoan"):
        office.sign_in(name)
    office.clock.advance(days=10)
    assert _switch(office, "disable", "kiemtoan") == (409, "last-administrator")


class _Heard:
    def __init__(self) -> None:
        self.people: list[str] = []

    def account_disabled(self, person: str, *, now: dt.datetime) -> None:
        self.people.append(person)


def test_I5_who_watches_is_told_of_the_end_of_a_person(office: Office) -> None:
    heard = _Heard()
    office.services.identity.watchers.append(heard)
    _switch(office, "disable", "khach")
    _switch(office, "enable", "khach")
    assert heard.people == [office.people["khach"]]


# ── at a seat ────────────────────────────────────────────────────────────────────────────────────────────────────


def _act(
    office: Office, meeting: str, kind: str, *, person: str | None = None, data: dict[str, str] | None = None
) -> str:
    now = office.clock.now()
    device = fresh_id("d")
    act = Act(Head(device, b"\0" * 16, 1, now), fresh_id("a"), meeting, kind, person, now, data or {})
    outcome = office.services.acts.perform(act, device=device, seat=office.seats[1], now=now)
    return outcome.code or outcome.outcome


@pytest.fixture
def seated(office: Office) -> tuple[Office, str]:
    """A member has signed in at a seat of an open meeting."""
    meeting = office.meeting("open")
    assert _act(office, meeting, "sign_in", data=_member(office)) == "done"
    return office, meeting


def _member(office: Office) -> dict[str, str]:
    return {"password": PASSWORD} | {"person": office.people["daibieu"]}


def _log_end(chair: Browser, meeting: str) -> tuple[str, str]:
    last = chair.get(f"/api/meetings/{meeting}/events").body["events"][-1]
    return last["kind"], last["actor"]


def test_I5_a_disabled_person_is_signed_out_of_the_seat(seated: tuple[Office, str]) -> None:
    office, meeting = seated
    assert _switch(office, "disable", "daibieu") == (204, "")
    assert office.services.meetings.state(MeetingId(meeting)).seated == ()
    assert _log_end(office.sign_in("chutri"), meeting) == ("person_left", "system")
    assert _act(office, meeting, "sign_in", data=_member(office)) == "account-disabled"


def test_I5_a_crash_after_the_disabling_leaves_nobody_at_the_seat(seated: tuple[Office, str]) -> None:
    office, meeting = seated
    identity, meetings = office.services.identity, office.services.meetings
    identity.watchers.clear()  # the server died between the commit and the telling
    _switch(office, "disable", "daibieu")
    assert meetings.state(MeetingId(meeting)).seated
    person = office.people["daibieu"]
    assert _act(office, meeting, "present_stop", person=person) == "account-disabled", "and may do nothing meanwhile"
    office.services.meetings.unseat(now=office.clock.now())
    assert meetings.state(MeetingId(meeting)).seated == ()
    seq = meetings.state(MeetingId(meeting)).seq
    office.services.meetings.unseat(now=office.clock.now())
    assert meetings.state(MeetingId(meeting)).seq == seq
