"""What is made of a closed slip: papers read, the summary, tables, and a bundle counted by itself (C2, C9, W162)."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest

from server.cli_recount import main
from server.consultations.papers import SlipPapers
from server.consultations.store import SqlSlipStore
from tests.support.office import Browser, Office, Reply, fresh_id
from tests.support.pdfs import text_pdf
from tests.support.slips import Slips, question
from wire.errors import BadBundle
from wire.recount_consultation import is_bundle, recount

FORMULA = '=HYPERLINK("http://x","y")'
_HOUSE = {"parent": "", "name": "Viện kiểm sát nhân dân (demo)", "short": "VKSTA", "place": "Hà Nội"}
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Slips:
    return Slips(Office(tmp_path_factory.mktemp("slips")))


@pytest.fixture(scope="module")
def bundle(slips: Slips) -> dict[str, Any]:
    return slips.browser("thuky").get(f"{closed(slips)}/bundle").done()


def upload(browser: Browser, path: str, data: bytes, **fields: str) -> Reply:
    form = {"kind": "submission", "title": "Tờ trình (demo)", "secrecy": "normal", **fields}
    headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": fresh_id("a")}
    content = {**form, "file": (io.BytesIO(data), "to-trinh.pdf")}
    sent = browser.client.post(path, data=content, headers=headers, content_type="multipart/form-data")
    return Reply.of(sent)


def closed(slips: Slips, **more: Any) -> str:
    """Two have answered, one of them twice, and one who answered was taken off."""
    path = slips.sent(people=("daibieu", "khach", "thuky"), **more)
    slips.answer("daibieu", path, ["for", "for"]).done()
    slips.answer("daibieu", path, ["against", "for"], seen=1).done()
    slips.answer("khach", path, ["for", "other"], opinion=FORMULA).done()
    slips.answer("thuky", path, ["for", "for"]).done()
    body = {"person": slips.office.people["thuky"], "reason": "Chuyển công tác"}
    slips.browser("chutri").post(f"{path}/remove", body).done()
    slips.browser("chutri").post(f"{path}/close", {"reason": "Đã đủ ý kiến"}).done()
    return path


def test_C2_papers_are_checked_kept_sealed_and_read_by_who_is_asked(slips: Slips) -> None:
    path = slips.drafted(submission="")
    thuky = slips.browser("thuky")
    assert upload(thuky, f"{path}/papers", b"not a pdf").code == "paper-not-pdf"
    assert upload(thuky, f"{path}/papers", text_pdf(["TỐI MẬT"])).code == "secrecy-mark-found"
    assert upload(thuky, f"{path}/papers", text_pdf(), secrecy="secret").code == "secrecy-refused"
    paper = upload(thuky, f"{path}/papers", text_pdf(["Tờ trình xin ý kiến"])).done()["paper"]
    (kept,) = (slips.office.services.settings.data_dir / "consultations").iterdir()
    assert b"%PDF" not in kept.read_bytes()
    page = f"{path}/papers/{paper}/1/pages/1?width=400"
    assert slips.browser("daibieu").get(page).code == "consultation-unknown"
    thuky.post(f"{path}/submit", {"revision": 1}).done()
    assert upload(thuky, f"{path}/papers", text_pdf()).code == "consultation-stage-wrong"
    assert thuky.send("DELETE", f"{path}/papers/{paper}").code == "consultation-stage-wrong"
    slips.browser("chutri").post(f"{path}/send", {"revision": 2}).done()
    assert slips.browser("daibieu").get(page).raw.mimetype == "image/webp"
    assert slips.browser("kythuat").get(page).code == "consultation-unknown"


@pytest.mark.parametrize("looked_up", [True, False])
def test_C2_a_paper_whose_commit_was_done_is_never_taken_from_the_disk(
    slips: Slips, monkeypatch: pytest.MonkeyPatch, *, looked_up: bool
) -> None:
    path, thuky = slips.drafted(), slips.browser("thuky")
    keep = SlipPapers._keep  # noqa: SLF001 - the commit, and what comes after it

    def lost(*given: Any) -> None:
        keep(*given)
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(SlipPapers, "_keep", lost)
        if not looked_up:
            broken.setattr(SqlSlipStore, "paper_ids", _away)
        upload(thuky, f"{path}/papers", text_pdf(["Tờ trình xin ý kiến"]))
    (paper,) = slips.read("thuky", path)["papers"]
    assert thuky.get(f"{path}/papers/{paper['paper']}/1/pages/1?width=400").raw.mimetype == "image/webp"


def _away(*_: Any) -> None:
    raise ConnectionError


def test_C2_a_paper_that_was_refused_leaves_no_file(slips: Slips, monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = slips.drafted(), slips.office.services.settings.data_dir / "consultations"
    before = set(folder.iterdir())
    monkeypatch.setattr(SlipPapers, "_keep", _away)
    upload(slips.browser("thuky"), f"{path}/papers", text_pdf())
    assert set(folder.iterdir()) == before


def test_C9_the_summary_says_the_figures_with_their_base_in_pdf_a(slips: Slips) -> None:
    slips.browser("hethong").put("/api/agency", _HOUSE).done()
    path = closed(slips)
    assert slips.browser("daibieu").get(f"{path}/summary.pdf").code == "consultation-unknown"
    pdf = slips.browser("chutri").get(f"{path}/summary.pdf").raw.data
    with pikepdf.open(io.BytesIO(pdf)) as found, found.open_metadata() as meta:
        assert meta["pdfaid:part"] == "2"
    words = " ".join(_words(pdf).split())
    for said in (
        "BÁO CÁO",
        "/BC-VKSTA",
        "Số người được lấy ý kiến: 2; đã trả lời: 2; không trả lời: 0.",
        "Tỷ lệ tính trên tổng số người được lấy ý kiến: 2. Cần quá 1/2, tức là ít nhất 2; có 1.",
        "không được thông qua",
        "Chuyển công tác; trả lời trước đó không tính",
    ):
        assert said in words, words


def _words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as found:
        return " ".join(page.get_textpage().get_text_range() for page in found)


def test_C9_tables_compute_nothing_and_hold_a_line_a_person(slips: Slips) -> None:
    path = closed(slips)
    csv = slips.browser("thuky").get(f"{path}/answers.csv").raw.data.decode("utf-8-sig")
    assert f'"\'{FORMULA.replace(chr(34), chr(34) * 2)}"' in csv
    xlsx = slips.browser("thuky").get(f"{path}/answers.xlsx").raw.data
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    assert not list(sheet.iter(f"{_SPACE}f"))
    texts = [each.text for each in sheet.iter(f"{_SPACE}t")]
    assert FORMULA in texts
    assert "Không còn trong danh sách" in texts
    assert len(list(sheet.iter(f"{_SPACE}row"))) == 4


def test_C9_no_character_of_anybodys_makes_the_workbook_one_that_does_not_open(slips: Slips) -> None:
    # A question's text is kept as it was written; of an opinion what is no character goes before it is kept.
    path = slips.sent(people=("daibieu",), questions=[question("Góp ý \ufffe(demo)\uffff", "opinion")])
    slips.answer("daibieu", path, [None], opinion="Nhất\ufffe trí\uffff \U0001fffe").done()
    assert slips.read("daibieu", path)["mine"]["handed_in"][0]["answers"][0]["opinion"] == "Nhất trí"
    slips.browser("thuky").post(f"{path}/close", {"reason": "Đủ"}).done()
    xlsx = slips.browser("thuky").get(f"{path}/answers.xlsx").raw.data
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    assert "1. Góp ý (demo)" in [each.text for each in sheet.iter(f"{_SPACE}t")]


def test_W162_the_bundle_is_counted_by_itself_and_its_hash_stands_in_the_record(slips: Slips, tmp_path: Path) -> None:
    path = closed(slips)
    bundle = slips.browser("kiemtoan").get(f"{path}/bundle").done()
    found = recount(json.dumps(bundle).encode())
    assert (found.asked, found.answered, found.sha256) == (2, 2, slips.entries("closed", path)[0]["sha256"])
    assert found.outcomes[0][1:] == ((("for", 1), ("against", 1), ("abstain", 0)), "rejected")
    commitments = {each["commitment"] for each in slips.entries("answered", path)}
    assert {each["commitment"] for each in bundle["answers"]} == commitments
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    assert main([str(file)]) == 0
    assert not is_bundle(b'{"format": "other"}')


def _answer_changed(bundle: dict[str, Any]) -> None:
    bundle["answers"][0]["answers"][0]["answer"] = "abstain"


def _answer_taken_out(bundle: dict[str, Any]) -> None:
    # The first of somebody's two: whose line stands first depends on their ids.
    changed = next(each["person"] for each in bundle["answers"] if each["number"] == 2)
    bundle["answers"] = [each for each in bundle["answers"] if (each["person"], each["number"]) != (changed, 1)]


def _question_changed(bundle: dict[str, Any]) -> None:
    bundle["slip"]["questions"][0]["text"] = "Khác"


def _result_changed(bundle: dict[str, Any]) -> None:
    bundle["results"][0]["result"]["outcome"] = "passed"


def _removed_counts(bundle: dict[str, Any]) -> None:
    bundle["removed"] = []


@pytest.mark.parametrize(
    "change", [_answer_changed, _answer_taken_out, _question_changed, _result_changed, _removed_counts]
)
def test_W162_whatever_is_changed_in_a_bundle_is_named(
    bundle: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    spoilt = copy.deepcopy(bundle)
    change(spoilt)
    with pytest.raises(BadBundle):
        recount(json.dumps(spoilt).encode())


def test_W162_words_alone_state_no_result(slips: Slips) -> None:
    path = slips.sent(questions=[question("Góp ý (demo)", "opinion")])
    slips.answer("daibieu", path, [None], opinion="Nhất trí").done()
    slips.browser("chutri").post(f"{path}/close", {"reason": "Đủ"}).done()
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    assert recount(json.dumps(bundle).encode()).outcomes == (("Góp ý (demo)", (), ""),)
