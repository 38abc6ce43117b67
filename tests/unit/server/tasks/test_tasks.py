"""Tasks over HTTP: from the conclusion to the confirmation, who may, who is told nothing, what two at once do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from tests.support import pdfs
from tests.support.office import Browser, Office, Reply, fresh_id
from tests.support.papers import items_of

DUE = "2026-11-27"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.services.close()


def giving(office: Office, lead: str = "daibieu", **more: Any) -> dict[str, Any]:
    """The body of a new task."""
    wanted = {"title": "Báo cáo tiến độ số hóa", "lead": office.people.get(lead, lead), "helpers": [], "due": DUE}
    return {**wanted, **more}


def given(office: Office, browser: Browser, meeting: str | None = None, **more: Any) -> str:
    path = "/api/tasks" if meeting is None else f"/api/meetings/{meeting}/tasks"
    return str(browser.post(path, giving(office, **more)).done()["task"])


def attach(browser: Browser, task: str, data: bytes, *, act: str | None = None) -> Reply:
    form = {"text": "Báo cáo đã ký", "file": (io.BytesIO(data), "Báo cáo.pdf")}
    headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": act or fresh_id("a")}
    raw = browser.client.post(
        f"/api/tasks/{task}/files", data=form, headers=headers, content_type="multipart/form-data"
    )
    return Reply.of(raw)


def test_TK1_nothing_is_given_in_a_meeting_that_was_called_off(office: Office) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/cancel", {"reason": "Hoãn (demo)"}).done()
    refused = secretary.post(f"/api/meetings/{meeting}/tasks", giving(office))
    assert (refused.status, refused.code) == (409, "task-meeting-cancelled")
    assert secretary.get(f"/api/meetings/{meeting}/tasks").done()["tasks"] == []
    assert given(office, secretary)


def test_TK1_from_the_conclusion_to_the_confirmation(office: Office) -> None:
    meeting = office.meeting("open")
    chair, lead = office.sign_in("chutri"), office.sign_in("daibieu")
    item = items_of(chair, meeting)[0]
    chair.post(f"/api/meetings/{meeting}/items/{item}/conclusion", {"text": "Giao số hóa hồ sơ", "seen": 0}).done()
    task = given(office, chair, meeting, item=item, helpers=[office.people["kythuat"]])
    path = f"/api/tasks/{task}"
    seen = lead.get(path).done()
    assert (seen["conclusion"], seen["meeting"]["item"]["title"], seen["stage"]) == (
        "Giao số hóa hồ sơ",
        "Một",
        "given",
    )
    assert {"accept", "ask", "note"} <= set(seen["moves"])
    assert not {"confirm", "urge", "edit"} & set(seen["moves"])
    helper = office.sign_in("kythuat").get(path).done()
    assert (helper["conclusion"], helper["meeting"]) == (None, None), (
        "TK7: what was said in the meeting is the meeting's"
    )
    assert lead.post(f"{path}/report", {"text": "Xong"}).code == "task-stage-wrong"
    lead.post(f"{path}/accept").done()
    lead.post(f"{path}/progress", {"percent": 40, "text": "Đã quét xong"}).done()
    lead.post(f"{path}/report", {"text": "Xong cả"}).done()
    report = chair.get(path).done()["report"]
    chair.post(f"{path}/return", {"number": report, "text": "Thiếu phụ lục"}).done()
    lead.post(f"{path}/report", {"text": "Đã bổ sung"}).done()
    assert chair.post(f"{path}/confirm", {"number": report}).code == "task-changed", "TK4: not the report that was read"
    chair.post(f"{path}/confirm", {"number": chair.get(path).done()["report"]}).done()
    told = lead.get(path).done()
    assert [each["move"] for each in told["lines"]] == [
        "give", "accept", "progress", "report", "return", "report", "confirm",
    ]  # fmt: skip
    assert (told["stage"], told["percent"], told["late"], told["moves"]) == ("confirmed", 100, False, [])
    kinds = [each.kind for each in office.services.audit.newest("task_given", "task_moved", limit=99)]
    assert (kinds.count("task_given"), kinds.count("task_moved")) == (1, 6)


def test_TK1_the_notice_of_conclusion_is_proposed_with_the_tasks_that_everybody_may_know_of(office: Office) -> None:
    meeting = office.meeting("open")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    given(office, chair, meeting, item=items_of(chair, meeting)[0], helpers=[office.people["kythuat"]])
    agency = {"parent": "", "name": "VIỆN KIỂM SÁT NHÂN DÂN TỈNH A", "short": "VKSTA", "place": "A"}
    office.sign_in("hethong").put("/api/agency", agency).done()
    made = secretary.post(f"/api/meetings/{meeting}/letters", {"kind": "notice"}).done()["letter"]
    path = f"/api/meetings/{meeting}/letters/{made}"
    wording = secretary.get(path).done()["wording"]
    assert wording["tasks"] is True
    assert "theo danh mục kèm theo" in wording["body"]
    with pypdfium2.PdfDocument(secretary.get(f"{path}/preview.pdf").raw.data) as drawn:
        said = "\n".join(page.get_textpage().get_text_range() for page in drawn)
    assert "1 Báo cáo tiến độ số hóa daibieu kythuat 27/11/2026" in said


def test_TK2_who_has_no_part_is_told_nothing(office: Office) -> None:
    secretary = office.sign_in("thuky")
    task = given(office, secretary)
    for name in ("khach", "kythuat", "kiemtoan", "chutri", "hethong"):
        other = office.sign_in(name)
        assert other.get(f"/api/tasks/{task}").code == "task-unknown"
        assert other.get("/api/tasks").done()["tasks"] == []
        assert other.get("/api/tasks?q=so+hoa").done()["tasks"] == []
        for move in ("accept", "note", "drop"):
            assert other.post(f"/api/tasks/{task}/{move}", {"text": "x"}).code == "task-unknown"
        assert other.put(f"/api/tasks/{task}", {**giving(office), "revision": 1}).code == "task-unknown"
        assert attach(other, task, pdfs.text_pdf()).code == "task-unknown"
        assert other.post("/api/tasks", giving(office)).status == 403
    assert office.sign_in("daibieu").post(f"/api/tasks/{task}/confirm", {"number": 0}).code == "task-not-theirs"


def test_what_is_said_badly_is_refused_in_words_and_changes_nothing(office: Office) -> None:
    secretary = office.sign_in("thuky")
    for more, code in (
        ({"due": "2026-11-22"}, "task-day-wrong"),
        ({"due": "2026-11-31"}, "bad-field"),
        ({"lead": "u-" + "a" * 16}, "task-party-wrong"),
        ({"lead": "o-" + "a" * 16}, "task-party-wrong"),
        ({"helpers": [office.people["daibieu"]]}, "task-party-twice"),
        ({"title": "  "}, "bad-field"),
    ):
        reply = secretary.post("/api/tasks", giving(office, **more))
        assert (reply.status, reply.code) == (400, code), reply.body
    assert secretary.get("/api/tasks").done()["tasks"] == []


def test_TK4_of_two_who_write_it_anew_the_second_sees_both(office: Office) -> None:
    secretary = office.sign_in("thuky")
    task = given(office, secretary)
    first, act = {**giving(office, title="Một"), "revision": 1}, fresh_id("a")
    secretary.put(f"/api/tasks/{task}", first, act=act).done()
    assert secretary.put(f"/api/tasks/{task}", first, act=act).done() == {"revision": 2}, "the same act again"
    reply = secretary.put(f"/api/tasks/{task}", {**giving(office, title="Hai"), "revision": 1})
    assert (reply.code, reply.data["task"]["title"], reply.data["revision"]) == ("task-changed", "Một", 2)


def test_TK5_more_time_is_asked_for_and_decided_by_who_gave_it(office: Office) -> None:
    secretary, lead = office.sign_in("thuky"), office.sign_in("daibieu")
    path = f"/api/tasks/{given(office, secretary)}"
    assert lead.post(f"{path}/ask", {"until": DUE, "text": "Chờ số liệu"}).code == "task-day-wrong"
    lead.post(f"{path}/ask", {"until": "2026-12-04", "text": "Chờ số liệu"}).done()
    assert lead.post(f"{path}/ask", {"until": "2026-12-05", "text": "Nữa"}).code == "task-extension-waits"
    assert lead.post(f"{path}/extend", {"number": 2}).code == "task-not-theirs"
    assert secretary.post(f"{path}/extend", {"number": 1}).code == "task-no-extension"
    secretary.post(f"{path}/refuse", {"number": 2, "text": "Đã đủ thời gian"}).done()
    lead.post(f"{path}/ask", {"until": "2026-12-04", "text": "Chờ số liệu"}).done()
    office.clock.advance(days=5)
    secretary, lead = office.sign_in("thuky"), office.sign_in("daibieu")
    assert lead.get(path).done()["overdue"] is True
    secretary.post(f"{path}/extend", {"number": 4}).done()
    seen = lead.get(path).done()
    assert (seen["due"], seen["overdue"], seen["extension"], seen["revision"]) == ("2026-12-04", False, None, 2)


def test_TK3_a_unit_leads_by_its_head_and_by_whom_the_head_names(office: Office) -> None:
    admin, secretary = office.sign_in("hethong"), office.sign_in("thuky")
    body = {"code": "V1", "name": "Vụ 1", "head": office.people["daibieu"]}
    unit = admin.post("/api/units", body).done()["id"]
    path = f"/api/tasks/{given(office, secretary, lead=unit)}"
    head, named = office.sign_in("daibieu"), office.sign_in("khach")
    assert head.get("/api/tasks").done()["tasks"][0]["sides"] == ["head", "lead"]
    naming = {"answers": office.people["khach"]}
    reply = head.post(f"{path}/name", naming)
    assert (reply.status, reply.code, reply.data["name"]) == (400, "task-named-wrong", "khach (demo)"), "of no unit"
    below = admin.post("/api/units", {"code": "P1", "name": "Phòng 1", "parent": unit}).done()["id"]
    admin.post(f"/api/people/{office.people['khach']}/unit", {"unit": below}).done()
    head.post(f"{path}/name", naming).done()
    assert head.post(f"{path}/accept").code == "task-not-theirs", "one person answers"
    named.post(f"{path}/accept").done()
    admin.post(f"/api/people/{office.people['khach']}/unit", {"unit": None}).done()
    assert named.get(path).code == "task-unknown", "who has moved elsewhere answers no more"
    assert head.get(path).done()["answers"]["id"] == office.people["daibieu"]
    empty = admin.post("/api/units", {"code": "V2", "name": "Vụ 2"}).done()["id"]
    reply = secretary.post("/api/tasks", giving(office, lead=empty))
    assert (reply.code, reply.data["name"]) == ("task-party-wrong", "Vụ 2")


def test_evidence_goes_through_the_checks_of_papers_and_lies_sealed(office: Office, tmp_path: Path) -> None:
    secretary, lead = office.sign_in("thuky"), office.sign_in("daibieu")
    task = given(office, secretary)
    act, data = fresh_id("a"), pdfs.text_pdf(["Minh chứng bí mật"], pages=2)
    made = attach(lead, task, data, act=act).done()
    assert attach(lead, task, data, act=act).done() == made, "the same act again is the same file"
    assert attach(lead, task, b"no PDF").status == 422
    assert attach(secretary, task, data).code == "task-not-theirs"
    (file,) = secretary.get(f"/api/tasks/{task}").done()["files"]
    assert (file["name"], file["pages"]) == ("Báo cáo", 2)
    got = secretary.client.get(f"/api/tasks/{task}/files/{file['number']}")
    assert got.data.startswith(b"%PDF")
    assert got.headers["Cache-Control"] == "private, no-store"
    assert office.sign_in("khach").get(f"/api/tasks/{task}/files/{file['number']}").code == "task-unknown"
    kept = list((tmp_path / "evidence").iterdir())
    assert len(kept) == 1
    assert b"%PDF" not in kept[0].read_bytes()


def test_TK8_what_is_left_over_goes_into_the_next_agenda(office: Office) -> None:
    earlier, secretary, chair = office.meeting("open"), office.sign_in("thuky"), office.sign_in("chutri")
    item = items_of(chair, earlier)[0]
    task, done = given(office, chair, earlier, item=item), given(office, chair, earlier, title="Đã hủy")
    chair.post(f"/api/tasks/{done}/drop", {"text": "Không cần nữa"}).done()
    office.clock.advance(days=7)
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    later = {**office.description(), "starts_at": "2026-11-30T01:30:00.000Z"}
    meeting = secretary.post("/api/meetings", later).done()["id"]
    path = f"/api/meetings/{meeting}"
    secretary.put(f"{path}/members", {"members": office.members()}).done()
    told = secretary.get(f"{path}/tasks").done()
    assert [each["id"] for each in told["left"]] == [task]
    assert told["left"][0]["overdue"] is True
    assert secretary.post(f"{path}/tasks/agenda", {"tasks": [done], "title": "Tồn đọng"}).code == "task-nothing-left"
    made = secretary.post(f"{path}/tasks/agenda", {"tasks": [task], "title": "Việc tồn đọng"}).done()
    agenda = secretary.get(path).done()["sections"]["agenda"]
    assert [(each["item"], each["title"]) for each in agenda] == [(made["item"], "Việc tồn đọng")]
    seen = chair.get(f"{path}/tasks").done()
    assert [(each["id"], each["stands"]) for each in seen["taken"]] == [(task, made["item"])]
    assert seen["left"] == []
    assert office.sign_in("daibieu").get(f"{path}/tasks").status == 403


def test_tasks_are_found_by_words_without_accents(office: Office) -> None:
    secretary = office.sign_in("thuky")
    task = given(office, secretary, detail="Gửi Văn phòng trước khi trình")
    found = office.sign_in("daibieu").get('/api/tasks?q=tien+do+"van+phong"').done()["tasks"]
    assert [each["id"] for each in found] == [task]
    assert secretary.get("/api/tasks?q=tien+do+khac").done()["tasks"] == []


def test_a_day_says_whether_it_is_worked_and_how_many_working_days_are_left(office: Office) -> None:
    asked = office.sign_in("daibieu").get("/api/tasks/days/2026-11-29").done()
    assert asked == {"day": "2026-11-29", "worked": False, "left": 4}


def test_TK9_the_figures_count_what_one_may_see_and_compute_nothing(office: Office) -> None:
    admin, secretary = office.sign_in("hethong"), office.sign_in("thuky")
    body = {"code": "V1", "name": "=HYPERLINK(1)", "head": office.people["daibieu"]}
    unit = admin.post("/api/units", body).done()["id"]
    given(office, secretary, lead=unit)
    told = office.sign_in("kiemtoan").get("/api/tasks/counts").done()
    row = {"id": unit, "name": "=HYPERLINK(1)", "in_time": 0, "late": 0, "open": 1, "overdue": 0}
    assert told["units"] == [row]
    assert told["months"] == [{"month": "2026-11", "in_time": 0, "late": 0, "open": 1, "overdue": 0}]
    assert office.sign_in("khach").get("/api/tasks/counts").done()["units"] == []
    lead = office.sign_in("daibieu")
    text = lead.client.get("/api/tasks/counts.csv").data.decode("utf-8-sig")
    assert text.splitlines()[1] == "'=HYPERLINK(1),0,0,1,0,1"
    book = load_workbook(io.BytesIO(lead.client.get("/api/tasks/counts.xlsx").data))
    cell = book["Đơn vị"]["A2"]
    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")
    assert [each.value for each in book["Tháng đến hạn"][2]] == ["2026-11", 0, 0, 1, 0, 1]


def test_TK9_units_that_share_a_name_are_counted_apart_and_said_with_their_path(office: Office) -> None:
    admin, secretary = office.sign_in("hethong"), office.sign_in("thuky")
    for code, head in (("V1", "daibieu"), ("V2", "khach")):
        above = admin.post("/api/units", {"code": code, "name": f"Vụ {code[1]}"}).done()["id"]
        room = {"code": f"P{code}", "name": "Phòng Tổng hợp", "parent": above, "head": office.people[head]}
        given(office, secretary, lead=admin.post("/api/units", room).done()["id"])
    names = [each["name"] for each in secretary.get("/api/tasks/counts").done()["units"]]
    assert names == ["Vụ 1 / Phòng Tổng hợp", "Vụ 2 / Phòng Tổng hợp"]
    text = secretary.client.get("/api/tasks/counts.csv").data.decode("utf-8-sig")
    assert text.splitlines()[1:3] == [f"{name},0,0,1,0,1" for name in names]
    assert [each["name"] for each in office.sign_in("khach").get("/api/tasks/counts").done()["units"]] == names[1:]
