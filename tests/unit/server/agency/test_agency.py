"""The agency whose documents are made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.agency.model import MAX_LINE, MAX_LINES, House, tidy
from tests.support.office import Office, fresh_id

AGENCY = {
    "parent": "Viện kiểm sát nhân dân tối cao",
    "name": "Viện kiểm sát nhân dân\n tỉnh Mẫu (demo) \n",
    "short": "VKSTM",
    "place": "Mẫu",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_N1_the_system_administrator_names_the_agency_and_everybody_sees_it(office: Office) -> None:
    assert office.sign_in("thuky").get("/api/agency").body == {"agency": None}
    for name, _ in Office.PEOPLE:
        reply = office.sign_in(name).put("/api/agency", AGENCY)
        assert reply.status == (200 if name == "hethong" else 403), name
    known = office.sign_in("daibieu").get("/api/agency").body["agency"]
    assert known == {**AGENCY, "name": "Viện kiểm sát nhân dân\ntỉnh Mẫu (demo)"}
    assert office.browser().get("/api/agency").code == "not-signed-in"


def test_N1_a_change_is_in_the_record_once(office: Office) -> None:
    admin, act = office.sign_in("hethong"), fresh_id("a")
    for _ in range(2):
        admin.put("/api/agency", AGENCY, act=act).done()
    admin.put("/api/agency", AGENCY).done()
    admin.put("/api/agency", {**AGENCY, "place": "Mẫu hai"}).done()
    told = [each.data for each in office.services.audit.newest("agency_described", limit=9)][::-1]
    assert [each["place"] for each in told] == ["Mẫu", "Mẫu hai"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " \n "},
        {"name": "\n".join(["x"] * (MAX_LINES + 1))},
        {"name": "x" * (MAX_LINE + 1)},
        {"short": ""},
        {"place": "\u202e"},
        {"short": "\u200b"},
        {"name": "\u00ad\n\u200b"},
        {"parent": 7},
        {"more": "x"},
    ],
)
def test_N5_a_head_that_no_document_could_carry_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    admin = office.sign_in("hethong")
    assert admin.put("/api/agency", {**AGENCY, **wrong}).code in {"bad-field", "agency-too-long", "agency-nameless"}
    assert admin.get("/api/agency").body == {"agency": None}


def test_N5_lines_are_clean() -> None:
    house = tidy(House(("",), ("  Viện   kiểm sát ", " ", "tỉnh\u200b A"), " VKS ", "Mẫu"))
    assert house == House((), ("Viện kiểm sát", "tỉnh A"), "VKS", "Mẫu")
