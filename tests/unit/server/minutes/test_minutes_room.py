"""The minutes through HTTP: drafted, edited by two, commented by members, read by whom they are for (BB1–BB9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.measured import measured
from tests.support.office import Browser, Office
from tests.unit.server.agency.test_agency import AGENCY


@dataclass
class Desk:
    """An open meeting, and who reads and writes its minutes."""

    office: Office
    meeting: str
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/meetings/{self.meeting}"

    def at(self, name: str) -> Browser:
        if name not in self.browsers:
            self.browsers[name] = self.office.sign_in(name)
        return self.browsers[name]

    def minutes(self, name: str = "thuky") -> dict[str, Any]:
        return self.at(name).get(f"{self.path}/minutes").done()

    def paragraphs(self, name: str = "thuky") -> dict[str, Any]:
        return {each["paragraph"]: each for part in self.minutes(name)["parts"] for each in part["paragraphs"]}

    def items(self) -> list[str]:
        return [part["item"] for part in self.minutes()["parts"] if part["item"]]

    def edit(self, paragraph: str, text: str | None, version: int, *, by: str = "thuky", **more: Any) -> Any:
        content = {"text": text, "version": version, **more}
        return self.at(by).put(f"{self.path}/minutes/paragraphs/{paragraph}", content)

    def agenda(self, wanted: dict[str, str]) -> None:
        """These items, with who may know of each."""
        found = self.at("thuky").get(self.path).done()
        known = {each["item"]: each for each in found["sections"]["agenda"]}
        names = ("item", "parent", "title", "minutes", "presenter")
        items = [{**{name: known[each][name] for name in names}, "visibility": word} for each, word in wanted.items()]
        self.at("thuky").put(f"{self.path}/agenda", {"items": items, "expected_seq": found["seq"]}).done()

    def share(self, until: str = "2026-11-25T02:00:00.000Z") -> None:
        self.at("thuky").post(f"{self.path}/minutes/comment-period", {"until": until}).done()

    def comment(self, paragraph: str, text: str = "Ghi rõ hơn.", *, by: str = "daibieu") -> Any:
        return self.at(by).post(f"{self.path}/minutes/comments", {"paragraph": paragraph, "text": text})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    office = Office(tmp_path)
    meeting = office.meeting("open")
    found = Desk(office, meeting)
    yield found
    office.services.close()


def test_BB1_there_are_minutes_from_the_opening_on(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("approved")
    assert office.sign_in("thuky").get(f"/api/meetings/{meeting}/minutes").code == "minutes-not-yet"
    office.services.close()


def test_BB5_an_untouched_fact_follows_the_record_and_a_changed_one_warns(desk: Desk) -> None:
    chair, member = (desk.office.people[name] for name in ("chutri", "daibieu"))
    roll = f"{desk.path}/attendance"
    desk.at("thuky").post(roll, {"people": [chair, member], "presence": "present"}).done()
    desk.at("chutri").post(f"{desk.path}/close").done()
    before = desk.paragraphs()["attended"]
    assert before["text"].startswith("Thành phần tham dự: 02/02 thành viên")
    wrong = {"people": [member], "presence": "absent"}
    assert desk.at("thuky").post(roll, wrong).code == "reason-needed", "after the close as before"
    assert desk.at("thuky").post(roll, {**wrong, "presence": "left", "reason": "x"}).code == "phase-not-allowed"
    changed = before["text"].replace("02/02", "01/02")
    assert desk.edit("attended", changed, 0).code == "minutes-reason-missing", "BB6"
    desk.edit("attended", changed, 0, record=before["text"], reason="Đếm lại").done()
    found = desk.minutes()
    assert found["differences"] == ["attended"]
    assert "differences" in found["lacks"]
    desk.at("thuky").post(roll, {**wrong, "reason": "ghi nhầm người"}).done()
    after = desk.paragraphs()
    assert after["absent"]["text"] == "Vắng mặt: đồng chí daibieu (demo) (không có lý do: ghi nhầm người)."
    assert after["attended"]["text"] == changed, "nobody's words are overwritten"
    assert after["attended"]["moved"] is True
    assert after["attended"]["record"].startswith("Thành phần tham dự: 01/02")
    desk.edit("attended", None, after["attended"]["version"]).done()
    back = desk.paragraphs()["attended"]
    assert (back["differs"], back["moved"], back["text"]) == (False, False, after["attended"]["record"])


def test_BB7_of_two_who_write_the_same_paragraph_the_second_sees_both(desk: Desk) -> None:
    notes = f"{desk.items()[0]}.notes"
    assert desk.edit(notes, "Bản của thư ký", 0).done()["version"] == 1
    second = desk.edit(notes, "Bản của chủ trì", 0, by="chutri")
    assert (second.status, second.code) == (409, "minutes-paragraph-moved")
    assert {name: second.data[name] for name in ("version", "text", "by")} == {
        "version": 1, "text": "Bản của thư ký", "by": "thuky (demo)",
    }  # fmt: skip
    desk.edit(notes, "Cả hai bản", 1, by="chutri").done()
    history = desk.at("thuky").get(f"{desk.path}/minutes/history?paragraph={notes}").done()["history"]
    assert [(each["by"], each["was"], each["text"]) for each in history] == [
        ("thuky (demo)", "", "Bản của thư ký"),
        ("chutri (demo)", "Bản của thư ký", "Cả hai bản"),
    ]
    desk.edit(notes, history[0]["text"], 2, restored=True).done()
    assert desk.paragraphs()[notes]["text"] == "Bản của thư ký"
    assert desk.minutes()["stamp"] == 3


def test_BB8_a_paragraph_is_added_where_it_was_asked_for_and_comes_back_from_the_history(desk: Desk) -> None:
    first = desk.items()[0]
    add = {"after": f"{first}.course", "text": "Đồng chí trình bày thêm."}
    name = desk.at("thuky").post(f"{desk.path}/minutes/paragraphs", add).done()["paragraph"]
    other = desk.at("chutri").post(f"{desk.path}/minutes/paragraphs", {**add, "text": "Bổ sung."}).done()["paragraph"]
    order = list(desk.paragraphs())
    assert order[order.index(f"{first}.course") + 1 :][:2] == [name, other]
    desk.edit(name, None, 1).done()
    assert name not in desk.paragraphs()
    assert other in desk.paragraphs()
    assert desk.edit(name, "Trả lại", 2, restored=True).done()["version"] == 3
    assert desk.paragraphs()[name]["text"] == "Trả lại"
    assert desk.edit("x-999999", "Không có", 0).code == "no-such-paragraph"
    nowhere = desk.at("thuky").post(f"{desk.path}/minutes/paragraphs", {"after": "x-999999", "text": "?"})
    assert nowhere.code == "no-such-paragraph"


def test_BB8_what_was_written_about_an_item_that_is_removed_is_for_those_who_lead(desk: Desk) -> None:
    kept, gone = desk.items()
    desk.agenda({kept: "common", gone: "hidden"})
    desk.share()
    desk.edit(f"{gone}.notes", "Chuyện kín.", 0).done()
    desk.edit(f"{gone}.course", "Bàn kín.", 0, reason="Chuyện kín").done()
    add = {"after": f"{gone}.course", "text": "Thêm chuyện kín."}
    added = desk.at("thuky").post(f"{desk.path}/minutes/paragraphs", add).done()["paragraph"]
    desk.agenda({kept: "common"})
    secret = {f"{gone}.notes", f"{gone}.course", added}
    assert not secret & set(desk.paragraphs("daibieu"))
    assert "kín" not in json.dumps(desk.minutes("daibieu"), ensure_ascii=False)
    assert desk.comment(added).code == "no-such-paragraph"
    for name in ("thuky", "chutri"):
        assert secret <= set(desk.paragraphs(name)), "nothing is lost"
    parts = desk.minutes()["parts"]
    assert [part["item"] for part in parts] == [None, kept, gone, None]
    assert parts[2]["title"] == "Nội dung đã bỏ khỏi chương trình"
    desk.edit("closing.notes", "Kể lại.", 0).done()
    desk.edit(added, None, 1).done()
    desk.edit(f"{gone}.notes", "", 1).done()
    desk.edit(f"{gone}.course", None, 1).done()
    assert desk.items() == [kept], "placed"


def test_BB8_a_history_is_asked_for_by_the_name_of_a_paragraph(desk: Desk) -> None:
    for name in ("%00", "a%00b", "Start", "", "x" * 61):
        found = desk.at("thuky").get(f"{desk.path}/minutes/history?paragraph={name}")
        assert (found.status, found.code) == (404, "no-such-paragraph"), name
    assert desk.at("thuky").get(f"{desk.path}/minutes/history?paragraph=x-999999").done()["history"] == []
    names = list(desk.paragraphs())
    assert [desk.at("thuky").get(f"{desk.path}/minutes/history?paragraph={name}").status for name in names] == [
        200
    ] * len(names)


def test_BB9_members_comment_until_the_deadline_and_the_secretary_answers(desk: Desk) -> None:
    assert desk.at("daibieu").get(f"{desk.path}/minutes").code == "minutes-not-shared"
    past = desk.at("thuky").post(f"{desk.path}/minutes/comment-period", {"until": "2026-11-22T02:00:00.000Z"})
    assert past.code == "minutes-deadline-past"
    desk.share()
    waiting = desk.at("daibieu").get("/api/minutes/waiting").done()["minutes"]
    assert [(each["task"], each["meeting"]) for each in waiting] == [("comment", desk.meeting)]
    assert desk.at("khach").get("/api/minutes/waiting").done()["minutes"] == []
    assert desk.at("khach").get(f"{desk.path}/minutes").code == "minutes-not-shared"
    assert desk.comment("start", by="khach").code == "minutes-not-shared"
    number = desk.comment("start").done()["comment"]
    assert desk.minutes("daibieu")["may"] == {"write": False, "comment": True, "file": False}
    assert desk.at("thuky").get("/api/minutes/waiting").done()["minutes"][0]["open"] == 1
    assert "comments" in desk.minutes()["lacks"]
    answers = f"{desk.path}/minutes/comments/{number}/answer"
    assert desk.at("thuky").post(answers, {"state": "answered", "text": ""}).status == 400, "an answer has words"
    desk.at("thuky").post(answers, {"state": "answered", "text": "Đã ghi ở mục 2."}).done()
    again = desk.at("chutri").post(answers, {"state": "accepted", "text": ""})
    assert again.code == "minutes-comment-answered"
    desk.office.clock.advance(days=3)
    desk.browsers.clear()
    assert desk.comment("start").code == "minutes-comments-closed"
    assert desk.minutes("daibieu")["comments"][0]["answer"] == "Đã ghi ở mục 2."


def test_BB9_a_member_sees_and_comments_only_items_they_may_know_of(desk: Desk) -> None:
    items = desk.items()
    member = desk.office.people["daibieu"]
    away = {"item": items[1], "person": member, "reason": "có liên quan"}
    desk.at("thuky").post(f"{desk.path}/attendance/recusals", away).done()
    desk.share()
    shown = desk.minutes("daibieu")
    assert [part["item"] for part in shown["parts"]] == [None, items[0], None]
    assert desk.comment(f"{items[1]}.course").code == "no-such-paragraph"
    other = desk.comment(f"{items[1]}.course", by="chutri").done()["comment"]
    assert other == 1
    assert desk.minutes("daibieu")["comments"] == []


def test_W136_the_chairs_conclusion_is_in_the_minutes_and_nobody_overwrites_it_unseen(desk: Desk) -> None:
    first = desk.items()[0]
    path = f"{desk.path}/items/{first}/conclusion"
    seq = desk.at("chutri").post(path, {"text": "Giao Phòng 1.\nXong trước 30/11.", "seen": 0}).done()["seq"]
    fact = desk.paragraphs()[f"{first}.conclusion"]
    assert fact["text"] == "Kết luận của chủ tọa: Giao Phòng 1.\nXong trước 30/11."
    assert fact["seqs"] == [seq]
    late = desk.at("thuky").post(path, {"text": "Khác.", "seen": 0})
    assert (late.code, late.data["seq"], late.data["by"]) == ("conclusion-changed", seq, "chutri (demo)")
    assert desk.at("daibieu").post(path, {"text": "Khác.", "seen": seq}).status == 403
    sections = desk.at("daibieu").get(desk.path).done()["sections"]
    assert sections["conclusions"][0]["text"].startswith("Giao Phòng 1.")
    desk.at("chutri").post(path, {"text": "", "seen": seq}).done()
    assert f"{first}.conclusion" not in desk.paragraphs()
    assert desk.at("chutri").post(f"{desk.path}/items/i-none/conclusion", {"text": "x", "seen": 0}).status == 404


def test_BB6_the_draft_on_paper_marks_and_lists_what_is_not_the_records(desk: Desk) -> None:
    desk.office.sign_in("hethong").put("/api/agency", AGENCY).done()
    desk.edit("place", "Địa điểm: Hội trường lớn.", 0, reason="Chuyển phòng").done()
    pages = measured(desk.at("thuky").get(f"{desk.path}/minutes/draft.pdf").raw.data)
    text = " ".join(page.text.replace("\n", " ") for page in pages)
    assert "DỰ THẢO" in pages[0].text
    assert "Địa điểm: Hội trường lớn. [Khác với nhật ký: Phụ lục II, mục 1]" in text
    assert "NHỮNG NỘI DUNG KHÁC VỚI NHẬT KÝ CUỘC HỌP" in text
    for cell in ("Địa điểm: Phòng thử.", "Chuyển phòng (thuky", "Địa điểm: Hội trường lớn."):
        assert cell in text.replace("  ", " "), cell
    assert desk.at("khach").get(f"{desk.path}/minutes/draft.pdf").code == "minutes-not-shared"


def test_BB1_of_a_rehearsal_there_are_none(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("approved")
    chair = office.sign_in("chutri")
    rehearsal = chair.post(f"/api/meetings/{meeting}/rehearsal", {"leads": True}).done()["rehearsal"]
    chair.post(f"/api/meetings/{rehearsal}/open").done()
    assert chair.get(f"/api/meetings/{rehearsal}/minutes").code == "rehearsal-unsigned"
    office.services.close()
