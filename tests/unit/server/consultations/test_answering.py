"""Answers: drafts that are one's own, handing in once, the deadline, who sees what (C4–C7, V4, V5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.consultations import answering
from server.db.metadata import metadata
from tests.support.office import Office, fresh_id
from tests.support.slips import RULE, Slips, nonce, question, said_body

LATER = "2026-11-25T10:00:00.000Z"


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Slips:
    return Slips(Office(tmp_path_factory.mktemp("slips")))


def mine(slips: Slips, name: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = slips.read(name, path)["mine"]
    return found


def closed(slips: Slips, path: str) -> list[dict[str, Any]]:
    slips.browser("thuky").post(f"{path}/close", {"reason": "Đủ (demo)"}).done()
    found: list[dict[str, Any]] = slips.read("thuky", path)["results"]
    return found


def test_C4_a_draft_is_read_by_its_owner_alone_and_lies_sealed(slips: Slips) -> None:
    path = slips.sent(people=("daibieu", "khach", "thuky"))
    slips.draft("daibieu", path, ["against", None], revision=0, opinion="Chưa rõ nguồn kinh phí").done()
    assert mine(slips, "daibieu", path)["draft"][1]["opinion"] == "Chưa rõ nguồn kinh phí"
    for name in ("khach", "thuky", "chutri", "kiemtoan"):
        assert "kinh phí" not in str(slips.read(name, path)), name
    with slips.office.services.database.read() as tx:
        tables = ("consultation_recipients", "consultations", "acts")
        rows = [str(tx.execute(select(metadata.tables[table])).all()) for table in tables]
    assert "kinh phí" not in str(rows)
    assert "against" not in str(rows)


def test_V5_a_draft_is_touched_by_nobody_elses_doing(slips: Slips) -> None:
    path = slips.sent(people=("daibieu", "khach"))
    slips.draft("daibieu", path, ["for", None], revision=0).done()
    before = mine(slips, "daibieu", path)["draft"]
    slips.answer("khach", path, ["against", "for"]).done()
    slips.browser("thuky").post(f"{path}/extend", {"deadline": LATER, "reason": "Thêm thời gian"}).done()
    slips.browser("thuky").post(f"{path}/remind").done()
    after = mine(slips, "daibieu", path)
    assert (after["draft"], after["draft_revision"]) == (before, 1)


def test_C4_two_tabs_with_a_draft_the_older_one_is_told(slips: Slips) -> None:
    path = slips.sent()
    slips.draft("daibieu", path, ["for", None], revision=0).done()
    refused = slips.draft("daibieu", path, ["against", None], revision=0)
    assert (refused.code, refused.data["revision"]) == ("consultation-draft-changed", 1)
    assert mine(slips, "daibieu", path)["draft"][0]["answer"] == "for"


def test_V4_handed_in_twice_from_two_tabs_is_handed_in_once(slips: Slips) -> None:
    path = slips.sent()
    first = slips.answer("daibieu", path, ["for", "for"]).done()
    assert slips.answer("daibieu", path, ["for", "for"]).done() == first
    other = slips.answer("daibieu", path, ["against", "for"])
    assert (other.code, other.data["number"]) == ("consultation-answered-meanwhile", 1)
    assert [each["number"] for each in mine(slips, "daibieu", path)["handed_in"]] == [1]
    assert len(slips.entries("answered", path)) == 1


def test_C4_a_handing_in_throws_no_newer_draft_of_another_tab_away(slips: Slips) -> None:
    path = slips.sent()
    slips.draft("daibieu", path, ["for", None], revision=0).done()
    slips.draft("daibieu", path, ["against", "for"], revision=1).done()
    refused = slips.answer("daibieu", path, ["for", "for"], draft=1)
    assert (refused.code, refused.data["revision"]) == ("consultation-draft-changed", 2)
    found = mine(slips, "daibieu", path)
    assert (found["draft"][0]["answer"], found["handed_in"]) == ("against", [])
    slips.answer("daibieu", path, ["for", "for"], draft=2).done()
    assert mine(slips, "daibieu", path)["draft"] is None


def test_C5_so_many_handings_in_are_kept_and_no_more(slips: Slips, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST", 2)
    path = slips.sent()
    slips.answer("daibieu", path, ["for", "for"]).done()
    last = slips.answer("daibieu", path, ["against", "for"], seen=1).done()
    refused = slips.answer("daibieu", path, ["for", "for"], seen=2)
    assert (refused.code, refused.data["most"]) == ("consultation-answered-too-often", 2)
    assert slips.answer("daibieu", path, ["against", "for"], seen=2).done() == last, "what stands is still acknowledged"


def test_C5_an_answer_is_changed_until_the_deadline_and_each_change_is_kept(slips: Slips) -> None:
    path = slips.sent()
    slips.answer("daibieu", path, ["for", "for"]).done()
    act = fresh_id("a")
    second = slips.answer("daibieu", path, ["against", "for"], seen=1, act=act).done()
    assert slips.answer("daibieu", path, ["against", "for"], seen=1, act=act).done() == second
    handed = mine(slips, "daibieu", path)["handed_in"]
    assert [(each["number"], each["answers"][0]["answer"]) for each in handed] == [(1, "for"), (2, "against")]
    assert closed(slips, path)[0]["result"]["counts"][1]["votes"] == 1, "counted once, as it was last"


def test_C5_the_deadline_is_the_servers_to_the_millisecond(tmp_path: Path) -> None:
    slips = Slips(Office(tmp_path))
    path = slips.sent(deadline="2026-11-23T01:10:00.000Z", people=("daibieu", "khach", "thuky"))
    for name in ("daibieu", "khach", "thuky"):
        slips.browser(name)
    slips.office.clock.advance(minutes=10, milliseconds=-1)
    slips.answer("daibieu", path, ["for", "for"]).done()
    for name in ("khach", "thuky"):
        # At the very moment, and a millisecond after it.
        slips.office.clock.advance(milliseconds=1)
        assert slips.answer(name, path, ["for", "for"]).code == "consultation-over"
        assert slips.draft(name, path, ["for", None], revision=0).code == "consultation-over"


def test_C6_an_extension_while_somebody_answers_changes_nothing_of_theirs(slips: Slips) -> None:
    path = slips.sent()
    seen = slips.read("daibieu", path)
    slips.browser("thuky").post(f"{path}/extend", {"deadline": LATER, "reason": "Thêm thời gian"}).done()
    slips.answer("daibieu", path, ["for", "for"], seen=seen["mine"]["answered"]).done()
    assert mine(slips, "daibieu", path)["answered"] == 1


def test_C7_who_is_taken_off_after_answering_counts_nowhere_and_is_kept(slips: Slips) -> None:
    path = slips.sent(people=("daibieu", "khach"))
    slips.answer("daibieu", path, ["for", "for"]).done()
    person = slips.office.people["daibieu"]
    body = {"person": person, "reason": "Chuyển công tác"}
    slips.browser("thuky").post(f"{path}/remove", body).done()
    assert slips.browser("thuky").post(f"{path}/remove", body).code == "consultation-removed-already"
    assert slips.answer("daibieu", path, ["against", "for"], seen=1).code == "consultation-not-asked"
    last = {"person": slips.office.people["khach"], "reason": "x"}
    assert slips.browser("thuky").post(f"{path}/remove", last).code == "consultation-nobody-left"
    (first, _) = closed(slips, path)
    assert (first["result"]["of"], first["result"]["favour"], first["voices"]) == (1, 0, [])
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    assert (bundle["removed"], len(bundle["answers"])) == ([person], 1), "kept, and said that it does not count"


@pytest.mark.parametrize(
    ("base", "of", "outcome"), [("all", 3, "rejected"), ("cast", 2, "rejected"), ("decided", 1, "passed")]
)
def test_V6_neither_abstentions_nor_silence_are_approvals(slips: Slips, base: str, of: int, outcome: str) -> None:
    path = slips.sent(people=("daibieu", "khach", "thuky"), questions=[question(rule=RULE | {"base": base})])
    slips.answer("daibieu", path, ["for"]).done()
    slips.answer("khach", path, ["abstain"]).done()
    ((found),) = closed(slips, path)
    result = found["result"]
    assert (result["favour"], result["of"], result["outcome"]) == (1, of, outcome)


def test_V6_a_quorum_is_a_share_of_those_asked_who_answered(slips: Slips) -> None:
    rule = RULE | {"base": "cast", "quorum": {"num": 2, "den": 3, "more": False}}
    path = slips.sent(people=("daibieu", "khach", "thuky"), questions=[question(rule=rule)])
    slips.answer("daibieu", path, ["for"]).done()
    result = closed(slips, path)[0]["result"]
    assert (result["outcome"], result["quorum"]["need"]) == ("no_quorum", 2)


@pytest.mark.parametrize(
    ("said", "opinion", "number"),
    [(["for", None], "", 2), ([None, "for"], "", 1), (["for", "other"], "", 2)],
)
def test_C5_a_question_without_its_answer_is_named(
    slips: Slips, said: list[str | None], opinion: str, number: int
) -> None:
    path = slips.sent()
    refused = slips.answer("daibieu", path, said, opinion=opinion)
    assert (refused.code, refused.data["number"]) == ("consultation-answer-incomplete", number)


def test_C5_words_alone_are_an_answer_where_only_words_are_asked_for(slips: Slips) -> None:
    path = slips.sent(questions=[question("Góp ý (demo)", "opinion")])
    assert slips.answer("daibieu", path, [None]).code == "consultation-answer-incomplete"
    slips.answer("daibieu", path, [None], opinion="Nhất trí, bổ sung Điều 3").done()
    (found,) = closed(slips, path)
    assert found["result"] is None
    assert [each["opinion"] for each in found["voices"]] == ["Nhất trí, bổ sung Điều 3"]


def test_V5_nobody_sees_results_before_the_close_unless_the_slip_says_so(slips: Slips) -> None:
    path, live = slips.sent(), slips.sent(live=True, shared=False)
    for each in (path, live):
        slips.answer("daibieu", each, ["for", "for"]).done()
    assert "results" not in slips.read("thuky", path)
    assert slips.read("thuky", path)["progress"]["answered"] == 1
    assert "progress" not in slips.read("daibieu", path)
    assert "results" in slips.read("chutri", live)
    for name in ("daibieu", "khach", "kiemtoan"):
        assert "results" not in slips.read(name, live), name
    for each in (path, live):
        closed(slips, each)
    assert "results" in slips.read("khach", path)
    assert "results" not in slips.read("khach", live), "not shared"


def test_C4_who_was_not_asked_answers_nothing(slips: Slips) -> None:
    path = slips.sent(people=("daibieu",))
    assert slips.answer("khach", path, ["for", "for"]).code == "consultation-not-asked"
    assert slips.draft("khach", path, ["for", "for"], revision=0).code == "consultation-not-asked"
    assert slips.browser("khach").get(path).code == "consultation-unknown"


def test_W161_the_record_holds_the_commitment_and_not_the_answer(slips: Slips) -> None:
    path = slips.sent()
    done = slips.answer("daibieu", path, ["against", "for"]).done()
    (entry,) = slips.entries("answered", path)
    assert entry["commitment"] == done["commitment"]
    assert "against" not in str(entry)
    with slips.office.services.database.read() as tx:
        kept = str(tx.execute(select(metadata.tables["consultation_answers"])).all())
    assert nonce(("daibieu", path, ["against", "for"], 0)) not in kept, "what opens the commitment is sealed too"


def test_C5_answers_that_are_not_signed_are_refused_where_they_have_to_be(slips: Slips) -> None:
    path = slips.sent(signed=True)
    assert slips.answer("daibieu", path, ["for", "for"]).code == "consultation-signature-wanted"
    plain = slips.sent()
    body = {"answers": said_body(["for", "for"])}
    assert slips.browser("daibieu").post(f"{plain}/answer/ask", body).code == "consultation-not-signed"
