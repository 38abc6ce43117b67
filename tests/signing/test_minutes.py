"""The minutes put up, given back, signed by secretary and chair, and frozen with their evidence (BB10, BB11)."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
import pytest

from server.documents.attaching import Attachment, attached, files_of
from server.dossier import minutes as minutes_of_dossier
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import INDEX, RECORD, Index
from server.dossier.reading import open_archive
from server.dossier.verifying import verify
from server.identity.model import Role
from server.meetings import logbook
from server.minutes.evidence import DOSSIER, VALUE, differences
from server.verify import read_log
from tests.pki.authority import TestPki
from tests.signing.house import House, send_form, text
from tests.signing.pdfsig import second_opinion
from tests.signing.pictures import seal_png, signature_png
from tests.signing.test_letters import AGENCY, signs
from tests.signing.test_rounds_http import wanted
from tests.support.measured import find, measured
from tests.support.office import Browser
from tests.support.one_unit import only_one_at_a_time
from tests.support.pdfs import text_pdf
from wire import canonical
from wire.events import Event
from wire.fields import print_instant


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    found.enrol("chutri", "an")
    found.enrol("thuky", "binh")
    admin = found.sign_in("anninh")
    for name in ("chutri", "thuky"):
        admin.put(f"/api/signing/pictures/{found.people[name]}", {"png": text(signature_png())}).done()
    found.sign_in("hethong").put("/api/agency", AGENCY).done()
    yield found
    found.services.close()


def _closed(office: House) -> tuple[str, Browser]:
    """A meeting that is over, and its secretary."""
    meeting = office.meeting("open")
    secretary = office.sign_in("thuky")
    people = [office.people["chutri"], office.people["daibieu"]]
    secretary.post(f"/api/meetings/{meeting}/attendance", {"people": people, "presence": "present"}).done()
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    return meeting, secretary


def test_BB10_given_back_changed_and_signed_by_both_they_are_frozen_with_their_evidence(
    office: House, tmp_path: Path
) -> None:
    meeting, secretary = _closed(office)
    path, edit = f"/api/meetings/{meeting}/minutes", {"text": "Ghi thêm.", "version": 0}
    first = secretary.post(f"{path}/put-up").done()["round"]
    assert secretary.put(f"{path}/paragraphs/closing.notes", edit).code == "minutes-frozen"
    assert secretary.post(f"{path}/put-up").code == "minutes-frozen"
    signs(office, meeting, first, "thuky", label="binh").done()
    chair = office.sign_in("chutri")
    assert office.sign_in("daibieu").post(f"{path}/return", {"reason": "x"}).code == "minutes-not-with-signers"
    assert chair.post(f"{path}/return", {"reason": "Thiếu ý kiến của Phòng 2"}).status == 204
    back = secretary.get(path).done()
    assert (back["state"], back["returned"]["reason"]) == ("drafting", "Thiếu ý kiến của Phòng 2")
    secretary.put(f"{path}/paragraphs/closing.notes", edit).done()
    secretary.put(f"{path}/paragraphs/place", {"text": "Địa điểm: Hội trường.", "version": 0, "reason": "Đổi"}).done()
    round_id = secretary.post(f"{path}/put-up").done()["round"]
    assert round_id != first
    signs(office, meeting, round_id, "thuky", label="binh").done()
    signs(office, meeting, round_id, "chutri", label="an").done()
    found = secretary.get(path).done()
    assert (found["state"], found["generation"], found["returned"]) == ("signed", 2, None)
    assert secretary.put(f"{path}/paragraphs/closing.notes", {**edit, "version": 1}).code == "minutes-frozen"
    assert chair.post(f"{path}/return", {"reason": "x"}).code == "minutes-not-with-signers"
    pdf = secretary.get(f"/api/meetings/{meeting}/rounds/{round_id}/file").raw.data
    report = send_form(secretary, "/api/signatures/check", pdf).done()
    assert [one["result"] for one in report["signatures"]] == ["valid", "valid"]
    opinions = second_opinion(pdf, tmp_path, roots={name: office.pki.der(name) for name in ("root", "interm")})
    assert [one.is_valid and one.is_trusted for one in opinions] == [True, True]
    _holds_its_evidence(pdf)
    assert office.sign_in("daibieu").get(f"/api/meetings/{meeting}/rounds/{round_id}/file").status == 403
    assert office.sign_in("daibieu").get(path).done()["state"] == "signed"


def _holds_its_evidence(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert [str(spec.AFRelationship) for spec in document.Root.AF] == ["/Data", "/Source"]
    files = files_of(pdf)
    assert set(files) == {VALUE, DOSSIER}
    with zipfile.ZipFile(io.BytesIO(files[DOSSIER])) as dossier:
        log = read_log(dossier.read("events.json"))
    assert log.fault is None
    assert list(differences(files[VALUE], log.events)) == []
    told = json.loads(files[VALUE])
    silent = next(each for each in told["paragraphs"] if each["paragraph"] == "attended")
    silent["text"] = silent["text"].replace("02/02", "01/02")
    false = canonical.encode(told)
    assert list(differences(false, log.events)) == ["attended"], "a change that says nothing"
    assert _verdicts(pdf, log.events) == [("right", "minutes")]
    at = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    other = attached(
        text_pdf(["x"]), (Attachment(VALUE, "a/b", "", false), Attachment(DOSSIER, "a/b", "", files[DOSSIER])), at=at
    )
    assert _verdicts(other, log.events) == [("wrong", "minutes-differ")]
    assert _verdicts(pdf, log.events[:3]) == [("wrong", "minutes-other-log")]
    assert _verdicts(text_pdf(["x"]), log.events) == []


def _verdicts(pdf: bytes, events: Sequence[Event]) -> list[tuple[str, str]]:
    found = Findings()
    minutes_of_dossier.check(pdf, "signed/x.pdf", events, found)
    return found.codes


def test_BB9_what_is_put_up_before_the_comments_day_says_since_when_there_are_none(office: House) -> None:
    meeting, secretary = _closed(office)
    path, member = f"/api/meetings/{meeting}/minutes", office.sign_in("daibieu")
    until = {"until": print_instant(office.services.clock.now() + dt.timedelta(days=2))}
    secretary.post(f"{path}/comment-period", until).done()
    before = member.get(path).done()
    assert (before["comments_open"], before["comments_cut"]) == (True, None)
    round_id = secretary.post(f"{path}/put-up").done()["round"]
    after = member.get(path).done()
    (shown,) = secretary.get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
    assert (after["comments_open"], after["comments_cut"]) == (False, shown["opened_at"])
    assert member.get(f"/api/meetings/{meeting}/rounds").done()["rounds"] == [], "not signed yet"
    signs(office, meeting, round_id, "thuky", label="binh").done()
    signs(office, meeting, round_id, "chutri", label="an").done()
    (told,) = member.get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
    assert (told["complete"], told["may_read"]) == (True, False), "they are signed; the file holds the whole log"


def test_BB11_the_file_of_minutes_that_were_given_back_is_no_members_and_no_guests_either(office: House) -> None:
    meeting, secretary = _closed(office)
    path = f"/api/meetings/{meeting}"
    first = secretary.post(f"{path}/minutes/put-up").done()["round"]
    asked = [office.sign_in(name) for name in ("daibieu", "khach")]
    chair = office.sign_in("chutri")
    chair.post(f"{path}/minutes/return", {"reason": "Thiếu ý kiến"}).done()
    assert [one.get(f"{path}/rounds/{first}/file").status for one in asked] == [403, 403]
    second = secretary.post(f"{path}/minutes/put-up").done()["round"]
    for round_id in (first, second):
        assert [one.get(f"{path}/rounds/{round_id}/file").status for one in asked] == [403, 403]
        others = (secretary, chair, office.sign_in("kiemtoan"))
        assert [one.get(f"{path}/rounds/{round_id}/file").status for one in others] == [200, 200, 200]


def test_BB7_reading_and_writing_never_hold_one_connection_while_they_want_another(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many readers as there are connections would wait for each other until they are refused."""
    meeting, secretary = _closed(office)
    path = f"/api/meetings/{meeting}/minutes"
    monkeypatch.setattr(logbook, "_CACHED", 0)  # what many meetings and a restart do to one log
    secretary.post(f"{path}/put-up").done()
    office.sign_in("chutri").post(f"{path}/return", {"reason": "Thiếu ý kiến"}).done()
    member = office.sign_in("daibieu")
    only_one_at_a_time(monkeypatch)
    assert secretary.get(path).done()["state"] == "drafting"
    secretary.put(f"{path}/paragraphs/closing.notes", {"text": "Ghi thêm.", "version": 0}).done()
    secretary.post(f"{path}/paragraphs", {"after": "start", "text": "Thêm nữa."}).done()
    secretary.post(f"{path}/comment-period", {"until": "2026-11-25T02:00:00.000Z"}).done()
    number = member.post(f"{path}/comments", {"paragraph": "start", "text": "Ghi rõ hơn."}).done()["comment"]
    assert [one["task"] for one in secretary.get("/api/minutes/waiting").done()["minutes"]] == ["answer"]
    secretary.post(f"{path}/comments/{number}/answer", {"state": "accepted", "text": ""}).done()
    assert member.get(path).done()["comments"][0]["state"] == "accepted"
    assert len(secretary.get(f"{path}/history").done()["history"]) == 2
    assert secretary.get(f"{path}/draft.pdf").status == 200


def test_BB11_minutes_that_were_given_back_are_not_in_those_that_follow(office: House) -> None:
    meeting, secretary = _closed(office)
    path, rounds, files = f"/api/meetings/{meeting}", [], []
    chair = office.sign_in("chutri")
    for time in range(4):
        if time:
            chair.post(f"{path}/minutes/return", {"reason": "Thiếu ý kiến"}).done()
        rounds.append(secretary.post(f"{path}/minutes/put-up").done()["round"])
        files.append(secretary.get(f"{path}/rounds/{rounds[-1]}/file").raw.data)
    assert len(files[3]) - len(files[0]) < len(files[0]) // 10, [len(each) for each in files]
    dossier = open_archive(files_of(files[3])[DOSSIER])
    assert not [name for name in dossier if name.startswith("signed/")]
    assert set(Index.read(dossier[INDEX]).left_out) == set(rounds[:3])
    found = Findings()
    verify(dossier, Checking(Anchors(), office.clock.now()), found)
    assert found.codes.count(("unsure", "pdf-left-out")) == 3
    assert [code for mark, code in found.codes if mark == "wrong"] == []
    whole = open_archive(secretary.get(f"{path}/dossier").raw.data)
    assert {f"signed/{each}.pdf" for each in rounds} <= set(whole)
    assert Index.read(whole[INDEX]).left_out == ()


def test_G48_only_minutes_may_be_left_out_and_only_those_the_index_names(office: House) -> None:
    meeting, secretary = _closed(office)
    round_id = secretary.post(f"/api/meetings/{meeting}/minutes/put-up").done()["round"]
    paper = text_pdf(["NGHỊ QUYẾT"])
    asked = {**wanted(office, "chutri"), "kind": "resolution"}
    other = send_form(secretary, f"/api/meetings/{meeting}/rounds", paper, round=asked).done()["round"]
    whole = open_archive(secretary.get(f"/api/meetings/{meeting}/dossier").raw.data)
    index = Index.read(whole[INDEX])
    kept = {name: data for name, data in whole.items() if name not in {INDEX, RECORD} and "signed/" not in name}
    for left_out, missing in (((), 2), ((round_id,), 1), ((round_id, other), 1)):
        told = Index.of(index.meeting, index.title, kept, made_at=index.made_at, left_out=left_out).encode()
        found = Findings()
        verify({INDEX: told, **kept}, Checking(Anchors(), office.clock.now()), found)
        assert found.codes.count(("wrong", "pdf-missing")) == missing


def test_N4_both_sign_where_the_layout_has_their_places_and_never_alone_on_a_page(office: House) -> None:
    meeting, secretary = _closed(office)
    round_id = secretary.post(f"/api/meetings/{meeting}/minutes/put-up").done()["round"]
    pages = measured(secretary.get(f"/api/meetings/{meeting}/rounds/{round_id}/file").raw.data)
    (page,) = [each for each in pages if "THƯ KÝ" in each.text]
    assert find(page, "THƯ KÝ").middle < find(page, "CHỦ TỌA").middle
    assert "kết thúc vào" in page.text
    assert "DỰ THẢO" not in pages[0].text


def test_BB10_before_the_close_and_without_a_secretary_nothing_is_put_up(office: House) -> None:
    meeting = office.meeting("open")
    secretary = office.sign_in("thuky")
    assert secretary.post(f"/api/meetings/{meeting}/minutes/put-up").code == "phase-not-allowed"
    others = [each for each in office.members() if each["role"] != "secretary"]
    secretary.put(f"/api/meetings/{meeting}/members", {"members": others}).done()
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    assert secretary.post(f"/api/meetings/{meeting}/minutes/put-up").code == "minutes-signers-missing"


def _with_clerk(office: House) -> str:
    """A registry clerk with a certificate, and the house's seal; who it is."""
    clerk = office.people["vanthu"] = office.add("vanthu", frozenset({Role.CLERK}))
    office.enrol("vanthu", "chi")
    office.sign_in("anninh").put("/api/signing/pictures/seal", {"png": text(seal_png())}).done()
    return clerk


@pytest.mark.parametrize("seal", [True, False], ids=["seal", "no-seal"])
def test_BB13_the_registry_numbers_signed_minutes_and_both_signatures_stay_valid(
    office: House, tmp_path: Path, *, seal: bool
) -> None:
    meeting, secretary = _closed(office)
    clerk, path = _with_clerk(office), f"/api/meetings/{meeting}"
    assert secretary.get(f"{path}/minutes").done()["clerks"] == [{"person": clerk, "name": "vanthu (demo)"}]
    asked = {"clerk": clerk, "seal": seal}
    round_id = secretary.post(f"{path}/minutes/put-up", asked).done()["round"]
    assert signs(office, meeting, round_id, "vanthu", label="chi").code == "signing-not-your-turn"
    signs(office, meeting, round_id, "thuky", label="binh").done()
    signs(office, meeting, round_id, "chutri", label="an").done()
    both = secretary.get(f"{path}/rounds/{round_id}/file").raw.data
    assert secretary.get(f"{path}/minutes").done()["state"] == "signing", "not numbered yet"
    signs(office, meeting, round_id, "vanthu", label="chi").done()
    found = secretary.get(f"{path}/minutes").done()
    assert (found["state"], found["number"]) == ("signed", "01/BB-VKSTA")
    year = found["numbered_on"][:4]
    (entry,) = office.sign_in("vanthu").get(f"/api/register/{year}").done()["entries"]
    assert (entry["number"], entry["series"], entry["round"]) == ("01/BB-VKSTA", "BB", round_id)
    pdf = secretary.get(f"{path}/rounds/{round_id}/file").raw.data
    assert pdf.startswith(both), "not a byte that the two signed is another"
    report = send_form(secretary, "/api/signatures/check", pdf).done()
    assert [one["result"] for one in report["signatures"]] == ["valid"] * 3
    assert [one["changed"] for one in report["signatures"]] == ["signed-later", "signed-later", "no"]
    opinions = second_opinion(pdf, tmp_path, roots={name: office.pki.der(name) for name in ("root", "interm")})
    assert [one.is_valid and one.is_trusted for one in opinions] == [True] * 3
    with pikepdf.open(io.BytesIO(pdf)) as document:
        values = {str(each.T): str(each.get("/V", "")) for each in document.Root.AcroForm.Fields if each.FT == "/Tx"}
        drawn = [each for each in document.Root.AcroForm.Fields if each.FT == "/Sig" and each.Rect[2] > each.Rect[0]]
    assert values == {"SoVanBan": "01"}, "no line of the date, and none to be filled later"
    assert len(drawn) == (3 if seal else 2)
    _holds_its_evidence(pdf)


def test_BB13_only_a_clerk_who_signs_nothing_else_numbers_them(office: House) -> None:
    both = office.add("thuky2", frozenset({Role.CLERK}))
    office.people["thuky"] = both  # of the meeting that is made now
    meeting, secretary = _closed(office)
    path = f"/api/meetings/{meeting}/minutes/put-up"
    assert secretary.post(path, {"clerk": office.people["daibieu"]}).code == "letter-not-a-clerk"
    assert secretary.post(path, {"clerk": both}).code == "minutes-clerk-signs"


def test_N1_the_number_stands_where_the_layout_has_it_and_there_is_no_date(office: House) -> None:
    meeting, secretary = _closed(office)
    asked = {"clerk": _with_clerk(office)}
    round_id = secretary.post(f"/api/meetings/{meeting}/minutes/put-up", asked).done()["round"]
    page, *_ = measured(secretary.get(f"/api/meetings/{meeting}/rounds/{round_id}/file").raw.data)
    number = find(page, "/BB-VKSTA")
    assert number.size == 13
    assert abs(number.middle - find(page, "TỈNH A").middle) < 25, "under the agency"
    assert "Hà Nội, ngày" not in page.text
