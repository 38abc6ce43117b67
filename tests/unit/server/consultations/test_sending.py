"""A slip from its draft to its close, through the routes (C1–C3, C6–C9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from server.db.metadata import metadata
from tests.support.office import Office, fresh_id
from tests.support.slips import Slips, question

LATER = "2026-11-25T10:00:00.000Z"


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Slips:
    return Slips(Office(tmp_path_factory.mktemp("slips")))


def test_C1_a_draft_is_its_secretarys_and_exists_for_nobody_else(slips: Slips) -> None:
    path = slips.drafted()
    for name in ("chutri", "daibieu", "kythuat"):
        assert slips.browser(name).get(path).code == "consultation-unknown", name
    assert slips.browser("daibieu").post("/api/consultations", slips.wording()).status == 403
    assert slips.read("thuky", path)["moves"] == ["edit", "drop", "submit"]


def test_C3_two_who_edit_the_second_is_told_and_nothing_is_lost(slips: Slips) -> None:
    path = slips.drafted()
    first, second = slips.wording(subject="Một (demo)"), slips.wording(subject="Hai (demo)")
    slips.browser("thuky").put(path, {"revision": 1, "wording": first}).done()
    refused = slips.browser("thuky").put(path, {"revision": 1, "wording": second})
    assert (refused.code, refused.data["revision"]) == ("consultation-changed", 2)
    assert slips.read("thuky", path)["subject"] == "Một (demo)"


@pytest.mark.parametrize(
    ("field", "less"),
    [
        ("subject", {"subject": ""}),
        ("submission", {"submission": ""}),
        ("leader", {"leader": None}),
        ("recipients", {"recipients": []}),
        ("questions", {"questions": []}),
        ("questions", {"questions": [question("")]}),
        ("answers", {"questions": [question(template="own", answers=[{"text": "Một", "means": "for"}])]}),
        ("deadline", {"deadline": None}),
    ],
)
def test_C3_what_is_not_whole_is_not_submitted(slips: Slips, field: str, less: dict[str, Any]) -> None:
    path = slips.drafted(**less)
    refused = slips.browser("thuky").post(f"{path}/submit", {"revision": 1})
    assert (refused.code, refused.data["field"]) == ("consultation-incomplete", field)


def test_C3_nobody_is_asked_who_cannot_answer_and_the_refusal_says_who(tmp_path: Path) -> None:
    slips = Slips(Office(tmp_path))
    drafted, waiting = slips.drafted(), slips.submitted()
    khach = f"/api/people/{slips.office.people['khach']}"
    slips.browser("hethong").post(f"{khach}/disable")
    refused = slips.browser("thuky").post(f"{drafted}/submit", {"revision": 1})
    assert (refused.code, refused.data["names"]) == (
        "consultation-cannot-answer",
        slips.read("thuky", drafted)["names"][khach.rpartition("/")[2]],
    )
    assert slips.browser("chutri").post(f"{waiting}/send", {"revision": 2}).code == "consultation-cannot-answer"
    assert slips.read("chutri", waiting)["stage"] == "submitted"
    slips.browser("hethong").post(f"{khach}/enable")
    slips.browser("chutri").post(f"{waiting}/send", {"revision": 2}).done()


def test_C2_no_administrator_of_system_rights_or_record_approves_a_slip(tmp_path: Path) -> None:
    slips = Slips(Office(tmp_path))
    thuky, refusal = slips.browser("thuky"), "consultation-may-not-approve"
    for name in ("hethong", "anninh", "kiemtoan"):
        refused = thuky.post("/api/consultations", slips.wording(leader=slips.office.people[name]))
        assert refused.code == refusal, name
    drafted, waiting = slips.drafted(), slips.submitted()
    # A role that comes later counts as well; what waits can still be returned.
    accounts = metadata.tables["accounts"]
    with slips.office.services.database.begin() as tx:
        now_auditor = update(accounts).where(accounts.c.id == slips.office.people["chutri"])
        tx.execute(now_auditor.values(admin_role="auditor"))
    assert thuky.post(f"{drafted}/submit", {"revision": 1}).code == refusal
    assert slips.browser("chutri").post(f"{waiting}/send", {"revision": 2}).code == refusal
    slips.browser("chutri").post(f"{waiting}/return", {"reason": "Đổi người duyệt"}).done()


def test_C3_a_deadline_that_has_passed_is_not_sent(tmp_path: Path) -> None:
    slips = Slips(Office(tmp_path))
    path = slips.submitted()
    slips.later(days=2)
    assert slips.browser("chutri").post(f"{path}/send", {"revision": 2}).code == "consultation-deadline-too-early"


def test_C2_the_leader_it_names_approves_what_they_saw_and_nobody_else(slips: Slips) -> None:
    path = slips.submitted()
    assert slips.browser("thuky").post(f"{path}/send", {"revision": 2}).code == "consultation-not-its-leader"
    assert slips.browser("daibieu").post(f"{path}/send", {"revision": 2}).code == "consultation-unknown"
    assert slips.browser("chutri").post(f"{path}/send", {"revision": 1}).code == "consultation-changed"
    assert slips.browser("thuky").put(path, {"revision": 2, "wording": slips.wording()}).code == (
        "consultation-stage-wrong"
    )
    act = fresh_id("a")
    first = slips.browser("chutri").post(f"{path}/send", {"revision": 2}, act=act).done()
    assert slips.browser("chutri").post(f"{path}/send", {"revision": 2}, act=act).done() == first
    (sent,) = slips.entries("sent", path)
    assert sent["people"] == [slips.office.people[name] for name in ("daibieu", "khach")]
    assert slips.read("daibieu", path)["sha256"] == sent["sha256"]


def test_C2_a_slip_is_returned_with_its_reason_and_submitted_again(slips: Slips) -> None:
    path = slips.submitted()
    slips.browser("chutri").post(f"{path}/return", {"reason": "Thiếu tờ trình"}).done()
    found = slips.read("thuky", path)
    assert (found["stage"], found["reason"], found["revision"]) == ("draft", "Thiếu tờ trình", 3)
    slips.browser("thuky").post(f"{path}/submit", {"revision": 3}).done()
    slips.browser("thuky").post(f"{path}/take-back").done()
    assert slips.read("thuky", path)["stage"] == "draft"
    slips.browser("thuky").send("DELETE", path).done()
    assert slips.browser("thuky").get(path).code == "consultation-unknown"


def test_C6_an_extension_moves_the_deadline_forward_with_a_reason(slips: Slips, tmp_path: Path) -> None:
    path = slips.sent()
    for until in ("2026-11-23T02:00:00.000Z", "2026-11-24T10:00:00.000Z"):
        refused = slips.browser("chutri").post(f"{path}/extend", {"deadline": until, "reason": "x"})
        assert refused.code == "consultation-deadline-too-early"
    assert slips.browser("daibieu").post(f"{path}/extend", {"deadline": LATER, "reason": "x"}).code == (
        "consultation-unknown"
    )
    slips.browser("thuky").post(f"{path}/extend", {"deadline": LATER, "reason": "Nhiều người đi công tác"}).done()
    found = slips.read("daibieu", path)
    assert (found["deadline"], found["extensions"][0]["reason"]) == (LATER, "Nhiều người đi công tác")
    assert found["sha256"] == slips.entries("sent", path)[0]["sha256"], "what is answered is the same"
    slips = Slips(Office(tmp_path))
    path = slips.sent()
    slips.later(days=3)
    late = slips.browser("thuky").post(f"{path}/extend", {"deadline": "2026-11-30T10:00:00.000Z", "reason": "x"})
    assert late.code == "consultation-over"


def test_C9_reminders_reach_those_who_have_not_answered(slips: Slips) -> None:
    path = slips.sent()
    slips.answer("daibieu", path, ["for", "for"]).done()
    assert slips.browser("thuky").post(f"{path}/remind").done()["reminded"] == 1
    lists = slips.browser("khach").get("/api/consultations").done()
    (mine,) = [each["mine"] for each in lists["asked"] if path.endswith(each["consultation"])]
    assert mine["reminders"] == 1
    slips.answer("khach", path, ["for", "for"]).done()
    assert slips.browser("thuky").post(f"{path}/remind").code == "consultation-nobody-waited-for"


def test_C8_a_slip_is_closed_early_with_a_reason_and_withdrawn_without_result(slips: Slips) -> None:
    path = slips.sent()
    slips.browser("thuky").post(f"{path}/close", {"reason": "Đã đủ ý kiến"}).done()
    assert slips.answer("daibieu", path, ["for", "for"]).code == "consultation-stage-wrong"
    (closed,) = slips.entries("closed", path)
    assert (closed["by_clock"], closed["reason"]) == (False, "Đã đủ ý kiến")
    other = slips.sent()
    slips.browser("chutri").post(f"{other}/withdraw", {"reason": "Trình nhầm"}).done()
    assert slips.browser("daibieu").get(other).code == "consultation-unknown"
    assert slips.browser("thuky").get(f"{other}/bundle").code == "consultation-stage-wrong"


def test_C8_the_clock_closes_at_the_deadline_also_after_a_restart(tmp_path: Path) -> None:
    slips = Slips(Office(tmp_path))
    path = slips.sent()
    slips.later(days=2)
    slips.office.services.chores.do_due()
    found = slips.read("thuky", path)
    assert (found["stage"], found["by_clock"], found["closed_at"]) == ("closed", True, "2026-11-24T10:00:00.000Z")
    assert [each["by_clock"] for each in slips.entries("closed", path)] == [True]
