"""The protocol on paper, drafts of documents, and places in meetings to come of who leaves (HO1, HO3, HO4, N1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.handover.printed import KINDS, PARTS, STATES
from server.identity.model import Role
from tests.support.measured import find, measured
from tests.support.office import Office
from wire.ids import MeetingId
from wire.quorum import quorum

AGENCY = {"parent": "", "name": "Cơ quan mẫu", "short": "CQM", "place": "Hà Nội"}
WORDS = Path(__file__).parents[4] / "web/locales/vi/handover.json"


class House:
    """daibieu leaves: a member of a meeting to come, presenter of its first item, and signer of a drafted notice."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.office.people["thuky2"] = self.office.add("thuky2", frozenset({Role.SECRETARY}))
        self.admin, self.secretary = self.office.sign_in("hethong"), self.office.sign_in("thuky2")
        self.admin.put("/api/agency", AGENCY).done()
        self.meeting = self.office.meeting("approved")
        self.base = f"/api/meetings/{self.meeting}"
        self.letter = self.secretary.post(f"{self.base}/letters", {"kind": "notice"}).done()["letter"]
        shown = self.secretary.get(f"{self.base}/letters/{self.letter}").done()
        wording = shown["wording"] | {"signer": self.office.people["daibieu"]}
        self.secretary.put(f"{self.base}/letters/{self.letter}", {"revision": 1, "wording": wording}).done()

    def handed(self, name: str, to: str, part: str) -> dict[str, object]:
        """The one line of a hand-over that was carried out."""
        path = f"/api/people/{self.office.people[name]}"
        keys = [each["key"] for each in self.admin.get(f"{path}/holdings").done()["holdings"] if each["part"] == part]
        lines = [{"key": key, "to": self.office.people[to]} for key in keys]
        number = self.admin.post(f"{path}/hand-over", {"lines": lines, "reason": "Nghỉ hưu"}).done()["number"]
        (line,) = self.admin.post(f"/api/hand-overs/{number}/go-on", {}).done()["lines"]
        return dict(line)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_HO1_drafts_go_to_another_signer_and_to_who_may_write_them(house: House) -> None:
    assert house.handed("daibieu", "khach", "signer")["state"] == "done"
    shown = house.secretary.get(f"{house.base}/letters/{house.letter}").done()
    assert (shown["signer"], shown["stage"]) == (house.office.people["khach"], "draft")
    refused = house.handed("thuky2", "khach", "writer")
    assert (refused["state"], refused["code"]) == ("refused", "handover-no-secretary")
    house.admin.post("/api/hand-overs/2/go-on", {"leave": True}).done()
    assert house.office.browser().sign_in("thuky2").code == "account-disabled"


def test_HO1_a_draft_goes_on_with_another_secretary(house: House) -> None:
    assert house.handed("thuky2", "thuky", "writer")["state"] == "done"
    held = house.admin.get(f"/api/people/{house.office.people['thuky']}/holdings").done()["holdings"]
    assert [(each["title"][:9], each["part"]) for each in held if each["kind"] == "letter"] == [("Thông báo", "writer")]


def test_HO2_a_draft_that_another_is_to_sign_meanwhile_is_not_told_to_be_handed_over(house: House) -> None:
    path = f"/api/people/{house.office.people['daibieu']}"
    (key,) = [each["key"] for each in house.admin.get(f"{path}/holdings").done()["holdings"] if not each["ends"]]
    wishes = {"lines": [{"key": key, "to": house.office.people["khach"]}], "reason": "Nghỉ hưu"}
    house.admin.post(f"{path}/hand-over", wishes).done()
    shown = house.secretary.get(f"{house.base}/letters/{house.letter}").done()
    other = shown["wording"] | {"signer": house.office.people["chutri"]}
    house.secretary.put(f"{house.base}/letters/{house.letter}", {"revision": 2, "wording": other}).done()
    (line,) = house.admin.post("/api/hand-overs/1/go-on", {}).done()["lines"]
    assert (line["state"], line["code"]) == ("refused", "handover-holds-no-more")
    (line,) = house.admin.post("/api/hand-overs/1/go-on", {"leave": True}).done()["lines"]
    assert line["state"] == "left"


def test_HO1_an_edit_begun_before_a_draft_was_handed_over_is_told_of_it(house: House) -> None:
    path = f"{house.base}/letters/{house.letter}"
    seen = house.secretary.get(path).done()
    assert house.handed("thuky2", "thuky", "writer")["state"] == "done"
    late = house.office.sign_in("thuky").put(path, {"revision": seen["revision"], "wording": seen["wording"]})
    assert (late.code, late.data["revision"]) == ("letter-changed", seen["revision"] + 1)
    newest = house.office.services.audit.newest("letter_drafted", limit=1)[0].data
    people = house.office.people
    assert (newest["part"], newest["was"], newest["now_is"]) == ("writer", people["thuky2"], people["thuky"])


def test_HO3_who_left_is_a_member_of_no_meeting_to_come_and_missed_by_no_quorum(house: House) -> None:
    meetings, leaver = house.office.services.meetings, house.office.people["daibieu"]
    assert quorum(meetings.state(MeetingId(house.meeting))).entitled == 2
    house.handed("daibieu", "khach", "signer")
    state = meetings.state(MeetingId(house.meeting))
    assert (state.member(leaver), quorum(state).entitled) == (None, 1)


def test_HO4_the_protocol_stands_in_the_layout_of_the_house_with_the_console_s_words(house: House) -> None:
    house.handed("daibieu", "khach", "signer")
    path = "/api/hand-overs/1/protocol.pdf"
    first, second = measured(house.admin.get(path).raw.data)
    assert find(first, "BIÊN BẢN").is_bold
    for words in ("Nghỉ hưu", "NGƯỜI BÀN GIAO", "NGƯỜI NHẬN", "SHA-256"):
        assert any(words.casefold() in line.text.casefold() for line in first.lines), words
    assert not any("(demo)" in line.text for line in (*first.lines, *second.lines))
    assert find(second, "Văn bản dự thảo").size > 0
    assert house.office.sign_in("kiemtoan").get(path).status == 200
    assert house.office.sign_in("thuky").get(path).status == 403
    told = json.loads(WORDS.read_text())["handover"]
    assert {each.value: words for each, words in KINDS.items()} == told["kind"]
    assert (PARTS, {each.value: words for each, words in STATES.items()}) == (told["part"], told["state"])
