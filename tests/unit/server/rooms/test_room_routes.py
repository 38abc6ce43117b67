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
