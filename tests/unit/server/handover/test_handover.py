"""Hand-over when somebody leaves (HO1–HO4): through the server, with what each feature holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.errors import Unavailable
from server.handover.of_house import UnitSource
from server.identity.model import Role
from tests.support.office import Office, Reply, item
from tests.support.slips import Slips
from wire.ids import MeetingId
from wire.state import MemberRole

SOON = {"starts_at": "2026-11-27T01:30:00.000Z"}


class House:
    """thuky2 leaves: secretary of one meeting, chair of another, and more; nguoimoi takes over."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.leaver = self.office.add("thuky2", frozenset({Role.SECRETARY}))
        self.taker = self.office.add("nguoimoi", frozenset({Role.SECRETARY}))
        self.office.people |= {"thuky2": self.leaver, "nguoimoi": self.taker}
        self.admin, self.mine = self.office.sign_in("hethong"), self.office.sign_in("thuky2")
        self.secretary = self.office.sign_in("thuky")
        unit = {"code": "P1", "name": "Phòng 1", "head": self.leaver}
        self.unit = self.admin.post("/api/units", unit).done()["id"]
        self.led = self._meeting("chair")
        giving = {"title": "Việc (demo)", "lead": self.leaver, "helpers": [], "due": "2026-12-01"}
        self.task = self.mine.post("/api/tasks", giving).done()["task"]
        self.slips = Slips(self.office)
        self.slip = self.slips.drafted(leader=self.leaver)
        self.open_slip = self.slips.submitted(leader=self.leaver)
        self.mine.post("/api/me/calendar", {"titles": True}).done()

    def _meeting(self, role: str) -> str:
        meeting: str = self.secretary.post("/api/meetings", self.office.description() | SOON).done()["id"]
        path = f"/api/meetings/{meeting}"
        people, seat = self.office.people, self.office.seats[0]
        members = [
            {"person": self.leaver, "role": role, "seat": seat},
            {"person": people["daibieu"], "role": "member", "seat": None},
            {"person": people["thuky"], "role": "secretary", "seat": None},
        ]
        self.secretary.put(f"{path}/members", {"members": members}).done()
        seq = self.secretary.get(path).body["seq"]
        items = [item("Một", presenter=self.leaver), item("Hai")]
        self.secretary.put(f"{path}/agenda", {"items": items, "expected_seq": seq}).done()
        where = self.secretary.get(path).body["sections"]["agenda"][0]["item"]
        wanted = {"item": where, "person": self.leaver, "what": "Báo cáo", "until": "2026-11-25"}
        self.secretary.post(f"{path}/requests", {"requests": [wanted]}).done()
        self.secretary.post(f"{path}/submit").done()
        return meeting

    def held(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin.get(f"/api/people/{self.leaver}/holdings").done()["holdings"]
        return found

    def begin(self, wishes: list[dict[str, str]] | None = None, **more: Any) -> Reply:
        free = [each["key"] for each in self.held() if not each["why"] and not each["ends"]]
        lines = [{"key": key, "to": self.taker} for key in free] if wishes is None else wishes
        body = {"lines": lines, "reason": "Chuyển công tác", **more}
        return self.admin.post(f"/api/people/{self.leaver}/hand-over", body)

    def go_on(self, number: int, **body: Any) -> Reply:
        return self.admin.post(f"/api/hand-overs/{number}/go-on", body)

    def entries(self, *kinds: str) -> list[dict[str, Any]]:
        with self.office.services.database.read() as tx:
            return [one.data for one in self.office.services.audit.store.all(tx) if one.kind in kinds]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def _told(held: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(each["kind"], each["part"], each["why"] or ("ends" if each["ends"] else "")) for each in held}


def test_HO1_everything_an_account_holds_stands_in_one_list(house: House) -> None:
    assert _told(house.held()) == {
        ("meeting", "chair", ""),
        ("unit", "head", ""),
        ("task", "giver", ""),
        ("task", "lead", ""),
        ("request", "asked", ""),
        ("consultation", "leader", ""),
        ("consultation", "leader", "submitted"),
        ("calendar", "owner", "ends"),
    }


def test_HO2_HO3_all_of_it_goes_to_somebody_else_and_the_account_ends(house: House) -> None:
    address = house.mine.post("/api/me/calendar", {"titles": True}).done()["url"]
    number = house.begin().done()["number"]
    assert house.mine.get("/api/me").status == 200, "written down, and nothing has moved"
    done = house.go_on(number).done()
    assert {line["state"] for line in done["lines"]} == {"done"}, done["lines"]
    assert done["done_at"] is not None
    state = house.office.services.meetings.state(MeetingId(house.led))
    chair = next(member for member in state.members if member.role is MemberRole.CHAIR)
    assert (chair.person, chair.seat) == (house.taker, house.office.seats[0])
    assert state.member(house.leaver) is None
    assert [each.presenter for each in state.agenda] == [house.taker, None]
    assert [each.person for each in state.requests] == [house.taker]
    taker = house.office.sign_in("nguoimoi")
    task = taker.get(f"/api/tasks/{house.task}").done()
    assert (task["lead"]["id"], task["giver"]["id"], task["stage"]) == (house.taker, house.taker, "given")
    units = house.admin.get("/api/units").done()["units"]
    assert units[0]["head"]["id"] == house.taker
    assert taker.get(house.slip).done()["wording"]["leader"] == house.taker
    assert house.mine.get("/api/me").code == "not-signed-in"
    assert house.office.browser().sign_in("thuky2").code == "account-disabled"
    assert house.office.browser().get(address).status == 404
    assert _told(house.held()) == {("consultation", "leader", "submitted")}


def test_HO4_the_record_holds_the_protocol_s_hash(house: House) -> None:
    number = house.begin().done()["number"]
    done = house.go_on(number).done()
    (entry,) = house.entries("handover_done")
    assert (entry["sha256"], entry["done"], entry["left"]) == (done["sha256"], 6, 0)
    assert house.office.sign_in("kiemtoan").get(f"/api/hand-overs/{number}").body == done
    assert house.go_on(number).code == "handover-over"


def test_HO2_a_server_that_died_in_the_middle_goes_on_and_does_nothing_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = house.begin().done()["number"]
    with monkeypatch.context() as patch:

        def away(*_asked: Any, **_how: Any) -> None:
            raise Unavailable

        patch.setattr(UnitSource, "take", away)
        assert house.go_on(number).status == 503
    half = house.admin.get(f"/api/hand-overs/{number}").done()
    assert {line["state"] for line in half["lines"]} == {"done", "waiting"}
    assert house.begin([]).data == {"number": number}, "one at a time"
    before = house.office.services.meetings.state(MeetingId(house.led)).seq
    # Another administrator may finish it.
    done = house.office.sign_in("anninh").post(f"/api/hand-overs/{number}/go-on", {}).done()
    assert {line["state"] for line in done["lines"]} == {"done"}
    after = house.office.services.meetings.state(MeetingId(house.led)).seq
    assert after == before + 1, "the request alone: the chair was handed over before"
    moves = [each for each in house.entries("task_moved") if each["move"] == "hand"]
    assert len(moves) == 2


def test_HO3_what_is_refused_stands_in_the_way_until_it_is_left_on_purpose(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = house.begin().done()["number"]
    # Meanwhile the slip is put before its leader: from then on nobody changes who that is.
    house.secretary.post(f"{house.slip}/submit", {"revision": 1}).done()
    stopped = house.go_on(number).done()
    (refused,) = [line for line in stopped["lines"] if line["state"] == "refused"]
    assert (refused["kind"], refused["code"], stopped["done_at"]) == ("consultation", "consultation-stage-wrong", None)
    assert house.office.browser().sign_in("thuky2").status == 200, "not before everything is settled"
    done = house.go_on(number, leave=True).done()
    assert [line["state"] for line in done["lines"] if line["kind"] == "consultation"] == ["left"]
    assert done["done_at"] is not None


def test_HO1_a_meeting_that_was_opened_meanwhile_keeps_its_chair(house: House) -> None:
    number = house.begin().done()["number"]
    for word in ("approve", "open"):
        house.mine.post(f"/api/meetings/{house.led}/{word}").done()
    lines = house.go_on(number).done()["lines"]
    assert [line["code"] for line in lines if line["kind"] == "meeting"] == ["handover-stays"]
    member = house.office.services.meetings.state(MeetingId(house.led)).member(house.leaver)
    assert member is not None
    assert member.role is MemberRole.CHAIR


def test_HO1_a_chair_who_takes_over_from_the_secretary_stays_the_chair(house: House) -> None:
    meeting = house.secretary.post("/api/meetings", house.office.description() | SOON).done()["id"]
    members = [(house.leaver, "secretary"), (house.taker, "chair"), (house.office.people["thuky"], "secretary")]
    told = [{"person": person, "role": role, "seat": None} for person, role in members]
    house.secretary.put(f"/api/meetings/{meeting}/members", {"members": told}).done()
    done = house.go_on(house.begin().done()["number"]).done()
    assert {line["state"] for line in done["lines"]} == {"done"}
    state = house.office.services.meetings.state(MeetingId(meeting))
    assert [(each.person, each.role.value) for each in state.members if each.person != house.leaver] == [
        (house.office.people["thuky"], "secretary"),
        (house.taker, "chair"),
    ]
    assert state.member(house.leaver) is None


def test_HO3_nothing_is_taken_from_an_account_that_cannot_end(house: House) -> None:
    office = house.office
    address = office.sign_in("anninh").post("/api/me/calendar", {"titles": True}).done()["url"]
    second = office.add("anninh2", frozenset({Role.SECURITY_ADMIN}))
    leaving = office.people["anninh"]
    body = {"lines": [], "reason": "Nghỉ"}
    number = house.admin.post(f"/api/people/{leaving}/hand-over", body).done()["number"]
    # Their own hand-over, begun by somebody else.
    own = office.sign_in("anninh").post(f"/api/hand-overs/{number}/go-on", {})
    assert own.code == "cannot-disable-yourself"
    house.admin.post(f"/api/people/{second}/disable").done()
    assert house.go_on(number).code == "last-administrator"
    assert office.browser().get(address).status == 200


def test_HO2_what_came_to_them_since_stands_in_the_way_until_it_is_left(house: House) -> None:
    number = house.begin().done()["number"]
    unit = {"code": "P2", "name": "Phòng 2", "head": house.leaver}
    house.admin.post("/api/units", unit).done()
    stopped = house.go_on(number)
    assert (stopped.code, stopped.data) == ("handover-came-later", {"n": 1, "title": "Phòng 2"})
    assert house.office.browser().sign_in("thuky2").status == 200
    done = house.go_on(number, leave=True).done()
    assert [(line["title"], line["to"]) for line in done["lines"] if line["state"] == "left"] == [("Phòng 2", "")]
    assert done["done_at"] is not None


def test_HO2_what_is_left_on_purpose_from_the_start_is_a_line_of_the_protocol(house: House) -> None:
    wishes = [
        {"key": each["key"], "to": "-" if each["kind"] == "unit" else house.taker}
        for each in house.held()
        if not each["why"] and not each["ends"]
    ]
    done = house.go_on(house.begin(wishes).done()["number"]).done()
    assert [(line["kind"], line["to_name"]) for line in done["lines"] if line["state"] == "left"] == [("unit", "")]
    assert done["done_at"] is not None
    assert house.entries("handover_done")[0]["left"] == 1


def test_HO2_nothing_goes_to_who_was_disabled_meanwhile(house: House) -> None:
    number = house.begin().done()["number"]
    house.admin.post(f"/api/people/{house.taker}/disable").done()
    lines = house.go_on(number).done()["lines"]
    assert {(line["state"], line["code"]) for line in lines} == {("refused", "handover-successor-unfit")}


def test_HO2_what_somebody_else_was_given_meanwhile_is_not_told_to_be_handed_over(house: House) -> None:
    number, other = house.begin().done()["number"], house.office.people["daibieu"]
    (unit,) = house.admin.get("/api/units").done()["units"]
    told = {"code": "P1", "name": "Phòng 1", "head": other, "revision": unit["revision"]}
    house.admin.put(f"/api/units/{house.unit}", told).done()
    lines = house.go_on(number).done()["lines"]
    codes = {line["kind"]: (line["state"], line["code"]) for line in lines}
    assert codes["unit"] == ("refused", "handover-holds-no-more")
    assert {state for kind, (state, _) in codes.items() if kind != "unit"} == {"done"}


def test_HO2_a_task_that_somebody_else_leads_meanwhile_goes_over_once_it_is_theirs_again(house: House) -> None:
    number, path = house.begin().done()["number"], f"/api/tasks/{house.task}"
    task = house.mine.get(path).done()
    told = {"title": task["title"], "helpers": [], "due": "2026-12-01"}
    house.mine.put(path, told | {"lead": house.office.people["daibieu"], "revision": task["revision"]}).done()

    def go_on() -> dict[str, tuple[str, str]]:
        lines = house.go_on(number).done()["lines"]
        return {line["part"]: (line["state"], line["code"]) for line in lines if line["kind"] == "task"}

    refused = {"giver": ("done", ""), "lead": ("refused", "handover-holds-no-more")}
    assert [go_on(), go_on()] == [refused, refused]
    taker = house.office.sign_in("nguoimoi")
    task = taker.get(path).done()
    assert task["lead"]["id"] == house.office.people["daibieu"]
    # Given back: the same line of the same hand-over is done now.
    taker.put(path, told | {"lead": house.leaver, "revision": task["revision"]}).done()
    assert go_on() == {"giver": ("done", ""), "lead": ("done", "")}
    assert taker.get(path).done()["lead"]["id"] == house.taker


def test_HO1_what_goes_on_or_is_sent_is_not_taken_over(house: House) -> None:
    chair = house.mine
    for word in ("approve", "open"):
        chair.post(f"/api/meetings/{house.led}/{word}").done()
    held = {each["kind"]: each for each in house.held()}
    assert held["meeting"]["why"] == "goes_on"
    for key in (held["meeting"]["key"], next(each["key"] for each in house.held() if each["why"] == "submitted")):
        assert house.begin([{"key": key, "to": house.taker}]).code == "handover-stays"


def test_HO2_nobody_takes_over_who_may_not_act_and_no_last_administrator_leaves(house: House) -> None:
    key = next(each["key"] for each in house.held() if each["kind"] == "unit")
    assert house.begin([{"key": key, "to": house.leaver}]).code == "handover-successor-unfit"
    house.admin.post(f"/api/people/{house.taker}/disable").done()
    assert house.begin([{"key": key, "to": house.taker}]).code == "handover-successor-unfit"
    assert house.begin([{"key": "unit:o-aaaaaaaaaaaaaaaa:head", "to": house.office.people["thuky"]}]).code == (
        "handover-holds-no-more"
    )
    body = {"lines": [], "reason": "x"}
    security = house.office.people["anninh"]
    assert house.admin.post(f"/api/people/{security}/hand-over", body).code == "last-administrator"
    me = house.office.people["hethong"]
    assert house.admin.post(f"/api/people/{me}/hand-over", body).code == "cannot-disable-yourself"
