"""The tree of units as the system administrator keeps it, and as everybody else sees it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import PASSWORD, Browser, Office, Reply, fresh_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.sign_in("hethong")


def _add(admin: Browser, code: str, name: str, **more: Any) -> dict[str, Any]:
    return admin.post("/api/units", {"code": code, "name": name, **more}).done()


def _move(admin: Browser, unit: dict[str, Any], **where: Any) -> Reply:
    return admin.post(f"/api/units/{unit['id']}/move", {"revision": unit["revision"], **where})


def _tree(browser: Browser) -> list[tuple[int, str]]:
    return [(each["depth"], each["code"]) for each in browser.get("/api/units").done()["units"] if not each["closed"]]


def _listed(browser: Browser, unit: str) -> dict[str, Any]:
    (found,) = [each for each in browser.get("/api/units").done()["units"] if each["id"] == unit]
    return dict(found)


def test_the_system_administrator_keeps_the_tree_and_everybody_sees_it(office: Office) -> None:
    for name, _ in office.PEOPLE:
        reply = office.sign_in(name).post("/api/units", {"code": f"U-{name}", "name": name})
        assert (reply.status == 201) is (name == "hethong"), name
    assert _tree(office.sign_in("daibieu")) == [(0, "U-hethong")]
    assert office.browser().get("/api/units").code == "not-signed-in"


def test_units_are_added_moved_and_ordered(admin: Browser) -> None:
    house = _add(admin, "VKS", "Viện kiểm sát (demo)")
    first, second, third = (_add(admin, f"P{n}", f"Phòng {n}", parent=house["id"]) for n in (1, 2, 3))
    assert _tree(admin) == [(0, "VKS"), (1, "P1"), (1, "P2"), (1, "P3")]
    third = _move(admin, third, parent=house["id"], before=first["id"]).done()
    assert _tree(admin) == [(0, "VKS"), (1, "P3"), (1, "P1"), (1, "P2")]
    _move(admin, second, parent=third["id"]).done()
    assert _tree(admin) == [(0, "VKS"), (1, "P3"), (2, "P2"), (1, "P1")]
    assert _move(admin, house, parent=first["id"]).code == "unit-below-itself"
    assert _move(admin, third).done()["parent"] is None
    assert _tree(admin) == [(0, "VKS"), (1, "P1"), (0, "P3"), (1, "P2")]
    assert _listed(admin, second["id"])["path"] == "Phòng 3 / Phòng 2"


def test_a_name_written_apart_is_one_name_and_people_carry_it(office: Office, admin: Browser) -> None:
    apart = unicodedata.normalize("NFD", "  Phòng  Tổng hợp ")
    unit = _add(admin, "TH", apart)
    assert unit["name"] == "Phòng Tổng hợp"
    assert admin.post("/api/units", {"code": "th2", "name": "phòng tổng hợp"}).code == "unit-taken"
    admin.post(f"/api/people/{office.people['daibieu']}/unit", {"unit": unit["id"]}).done()
    renamed = {"code": "TH", "name": "Văn phòng", "revision": unit["revision"]}
    admin.put(f"/api/units/{unit['id']}", renamed).done()
    assert office.sign_in("daibieu").get("/api/me").body["person"]["unit"] == "Văn phòng"
    assert [each["id"] for each in admin.get(f"/api/units/{unit['id']}/people").body["people"]] == [
        office.people["daibieu"]
    ]
    assert office.services.units.unit_of(office.people["daibieu"]).name == "Văn phòng"  # type: ignore[union-attr]


def test_of_two_who_edit_the_second_sees_what_the_first_wrote(admin: Browser) -> None:
    unit = _add(admin, "A", "Một")
    path = f"/api/units/{unit['id']}"
    admin.put(path, {"code": "A", "name": "Hai", "revision": 1}).done()
    refused = admin.put(path, {"code": "A", "name": "Ba", "revision": 1})
    assert (refused.status, refused.code, refused.data["unit"]["name"]) == (409, "unit-changed", "Hai")
    assert _move(admin, unit).code == "unit-changed"
    assert admin.post(f"{path}/close", {"revision": 1}).code == "unit-changed"
    assert _listed(admin, unit["id"])["name"] == "Hai"


def test_a_unit_in_use_is_closed_by_merging_and_opened_again(office: Office, admin: Browser) -> None:
    old, new = _add(admin, "CU", "Phòng cũ"), _add(admin, "MOI", "Phòng mới")
    team = _add(admin, "DOI", "Đội", parent=old["id"])
    person = office.people["thuky"]
    admin.post(f"/api/people/{person}/unit", {"unit": old["id"]}).done()
    refused = admin.post(f"/api/units/{old['id']}/close", {"revision": 1})
    assert (refused.code, refused.data) == ("unit-in-use", {"people": 1, "units": 1})
    below = admin.post(f"/api/units/{old['id']}/close", {"revision": 1, "into": team["id"]})
    assert below.code == "unit-below-itself"
    closed = admin.post(f"/api/units/{old['id']}/close", {"revision": 1, "into": new["id"]}).done()
    assert (closed["closed"], closed["into"]) == (True, new["id"])
    assert _tree(admin) == [(0, "MOI"), (1, "DOI")]
    assert office.sign_in("thuky").get("/api/me").body["person"]["unit"] == "Phòng mới"
    assert admin.post(f"/api/people/{person}/unit", {"unit": old["id"]}).code == "unit-closed"
    assert admin.post("/api/units", {"code": "X", "name": "X", "parent": old["id"]}).code == "unit-closed"
    assert admin.post("/api/units", {"code": "CU", "name": "X"}).code == "unit-taken", "a code is never given twice"
    admin.post(f"/api/units/{old['id']}/open", {"revision": closed["revision"]}).done()
    assert _listed(admin, old["id"])["people"] == 0


def test_a_unit_goes_into_one_that_has_its_name_below_it(admin: Browser) -> None:
    house = _add(admin, "VKS", "Viện")
    old, into = _add(admin, "P1", "Phòng 1", parent=house["id"]), _add(admin, "VU", "Vụ", parent=house["id"])
    _add(admin, "VUP1", "Phòng 1", parent=into["id"])
    closed = admin.post(f"/api/units/{old['id']}/close", {"revision": 1, "into": into["id"]}).done()
    assert closed["into"] == into["id"]
    itself = admin.post(f"/api/units/{house['id']}/close", {"revision": 1, "into": house["id"]})
    assert itself.code == "unit-below-itself"


def test_heads_and_deputies_are_different_people_who_can_sign_in(office: Office, admin: Browser) -> None:
    head, deputy, gone = (office.people[name] for name in ("chutri", "daibieu", "khach"))
    admin.post(f"/api/people/{gone}/disable").done()
    for leaders in (
        {"head": gone},
        {"head": fresh_id("u")},
        {"head": head, "deputies": [head]},
    ):
        assert admin.post("/api/units", {"code": "A", "name": "A", **leaders}).code == "not-a-leader", leaders
    unit = _add(admin, "A", "A", head=head, deputies=[deputy])
    seen = _listed(office.sign_in("daibieu"), unit["id"])
    assert (seen["head"]["name"], [each["id"] for each in seen["deputies"]]) == ("chutri (demo)", [deputy])
    assert [each.id for each in office.services.units.led_by(head)] == [unit["id"]]
    # Who heads it and is disabled later stands there until somebody else is named: nothing else may be refused for it.
    admin.post(f"/api/people/{head}/disable").done()
    body = {"code": "A", "name": "B", "head": head, "deputies": [deputy], "revision": 1}
    admin.put(f"/api/units/{unit['id']}", body).done()


def test_an_account_is_made_in_a_unit_by_code_path_or_name(office: Office, admin: Browser) -> None:
    house = _add(admin, "VKS", "Viện")
    _add(admin, "P1", "Phòng 1", parent=house["id"])
    body = {"name": "Người mới (demo)", "position": "", "roles": [], "password": PASSWORD}
    for n, unit in enumerate(("p1", "Viện / Phòng 1", "phòng 1", unicodedata.normalize("NFD", "Phòng 1"))):
        made = admin.post("/api/people", {**body, "username": f"moi{n}", "unit": unit}).done()["id"]
        assert office.services.identity.person(made).unit == "Phòng 1"
    assert admin.post("/api/people", {**body, "username": "moi9", "unit": "Phòng 9"}).code == "no-such-unit"
    assert admin.post("/api/people", {**body, "username": "moi9", "unit": ""}).status == 201
    assert _listed(admin, house["id"])["people"] == 0
    below = office.sign_in("thuky").get(f"/api/units/{house['id']}/people").body["people"]
    alone = office.sign_in("thuky").get(f"/api/units/{house['id']}/people?below=no").body["people"]
    assert (len(below), len(alone)) == (4, 0)
    assert office.sign_in("daibieu").get(f"/api/units/{house['id']}/people").code == "not-allowed"


def test_L1_what_is_done_to_the_tree_is_in_the_record_once(office: Office, admin: Browser) -> None:
    act = fresh_id("a")
    unit, again = (admin.post("/api/units", {"code": "A", "name": "Một"}, act=act).done() for _ in range(2))
    assert unit == again
    admin.put(f"/api/units/{unit['id']}", {"code": "A", "name": "Một", "revision": 1}).done()
    admin.put(f"/api/units/{unit['id']}", {"code": "A", "name": "Hai", "revision": 1}).done()
    person = office.people["daibieu"]
    for _ in range(2):
        admin.post(f"/api/people/{person}/unit", {"unit": unit["id"]}).done()
    kinds = ("unit_added", "unit_changed", "unit_moved", "unit_closed", "unit_opened", "account_placed")
    told = [(each.kind, each.data) for each in office.services.audit.newest(*kinds, limit=9)]
    assert told == [
        ("account_placed", {"person": person, "unit": "Hai", "was": ""}),
        ("unit_changed", {"unit": unit["id"], "unit_code": "A", "unit_name": "Hai", "above": "", "was": "Một"}),
        ("unit_added", {"unit": unit["id"], "unit_code": "A", "unit_name": "Một", "above": ""}),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "A B"}, "bad-unit"),
        ({"name": " "}, "bad-field"),
        ({"name": "x" * 201}, "bad-unit"),
        ({"name": "x" * 401}, "bad-field"),
        ({"parent": "u-aaaaaaaaaaaaaaaa"}, "bad-field"),
        ({"parent": "o-aaaaaaaaaaaaaaaa"}, "no-such-unit"),
        ({"more": 1}, "bad-field"),
    ],
)
def test_rubbish_adds_nothing(admin: Browser, wrong: dict[str, Any], code: str) -> None:
    assert admin.post("/api/units", {"code": "A", "name": "A", **wrong}).code == code
    assert admin.get("/api/units").body == {"units": []}
