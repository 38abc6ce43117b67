"""Rooms as IT draws them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office, fresh_id

SEATS = [{"label": "B1", "x": 0, "y": 1000}, {"label": "B2", "x": 1000, "y": 0}]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_everybody_sees_rooms_and_only_it_draws_them(office: Office) -> None:
    for name, _ in Office.PEOPLE:
        browser = office.sign_in(name)
        reply = browser.post("/api/rooms", {"name": f"Phòng của {name}", "seats": SEATS})
        assert reply.status == (201 if name == "kythuat" else 403), name
        names = [room["name"] for room in browser.get("/api/rooms").body["rooms"]]
        assert "Phòng thử" in names
    assert office.browser().get("/api/rooms").code == "not-signed-in"


def test_a_room_made_twice_with_one_key_is_one_room(office: Office) -> None:
    it, act = office.sign_in("kythuat"), fresh_id("a")
    first = it.post("/api/rooms", {"name": "Phòng 2", "seats": SEATS}, act=act)
    assert it.post("/api/rooms", {"name": "Phòng 2", "seats": SEATS}, act=act).body == first.body
    assert it.post("/api/rooms", {"name": "Phòng 3", "seats": SEATS}, act=act).code == "act-reused"
    assert it.post("/api/rooms", {"name": "Phòng 2", "seats": []}).code == "room-name-taken"
    assert [room["name"] for room in it.get("/api/rooms").body["rooms"]] == ["Phòng 2", "Phòng thử"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "P", "seats": [*SEATS, SEATS[0]]}, "seat-label-twice"),
        ({"name": "P", "seats": [{"label": "B1", "x": 1001, "y": 0}]}, "bad-field"),
        ({"name": "P", "seats": [{"label": "B1", "x": -1, "y": 0}]}, "bad-field"),
        ({"name": "P", "seats": [{"label": "", "x": 1, "y": 0}]}, "bad-field"),
        ({"name": "P", "seats": [{"label": "B1", "x": 1, "y": 0, "z": 1}]}, "bad-field"),
        ({"name": "P", "seats": "B1"}, "bad-field"),
        ({"name": " ", "seats": []}, "bad-field"),
        ({"seats": []}, "bad-field"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_whole(office: Office, body: dict[str, object], code: str) -> None:
    it = office.sign_in("kythuat")
    assert it.post("/api/rooms", body).code == code
    assert len(it.get("/api/rooms").body["rooms"]) == 1


def _plan(office: Office) -> dict[str, tuple[int, int]]:
    (room,) = office.sign_in("thuky").get("/api/rooms").body["rooms"]
    return {seat["label"]: (seat["x"], seat["y"]) for seat in room["seats"]}


def test_seats_are_moved_and_added_once_and_keep_their_names(office: Office) -> None:
    it, act = office.sign_in("kythuat"), fresh_id("a")
    path = f"/api/rooms/{office.room}/plan"
    body = {
        "moved": [{"seat": office.seats[0], "x": 1, "y": 2}],
        "added": [{"label": "B1", "x": 900, "y": 100}],
    }
    first = it.put(path, body, act=act).done()
    assert it.put(path, body, act=act).done() == first
    assert [seat["label"] for seat in first["added"]] == ["B1"]
    assert _plan(office) == {"A1": (1, 2), "A2": (200, 500), "A3": (300, 500), "B1": (900, 100)}
    with office.services.database.read() as tx:
        told = [one for one in office.services.audit.store.all(tx) if one.kind == "room_drawn"]
    assert [one.data for one in told] == [{"room": office.room, "moved": 1, "added": ["B1"]}]


def test_a_plan_that_cannot_be_is_refused_whole(office: Office) -> None:
    it = office.sign_in("kythuat")
    path, before = f"/api/rooms/{office.room}/plan", _plan(office)
    moved = {"seat": office.seats[0], "x": 1, "y": 2}
    many = [{"label": f"N{n}", "x": 1, "y": 1} for n in range(498)]
    for body, code in (
        ({"moved": [moved], "added": [{"label": "A2", "x": 1, "y": 1}]}, "seat-label-twice"),
        ({"moved": [moved, {**moved, "seat": fresh_id("s")}], "added": []}, "no-such-seat"),
        ({"moved": [{**moved, "x": 1001}], "added": []}, "bad-field"),
        ({"moved": [moved], "added": many}, "too-many-seats"),
        ({"moved": [moved]}, "bad-field"),
    ):
        assert it.put(path, body).code == code
    assert it.put(f"/api/rooms/{fresh_id('r')}/plan", {"moved": [], "added": []}).code == "no-such-room"
    assert office.sign_in("hethong").put(path, {"moved": [], "added": []}).status == 403
    assert _plan(office) == before
