"""The registry clerk signs for the agency after the person who may sign (NĐ 30/2020 Điều 5, Phụ lục I II.8)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.signing.marks import VIETNAM
from tests.pki.authority import TestPki
from tests.signing.house import House, send_form, text
from tests.signing.pdfsig import second_opinion
from tests.signing.pictures import DATE_LINE, NAME, NUMBER_LINE, POSITION, notice, seal_png, signature_png
from tests.support.office import Reply


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    found.enrol("chutri", "an")
    found.enrol("thuky", "binh")
    admin = found.sign_in("anninh")
    for owner, png in ((found.people["chutri"], signature_png()), ("seal", seal_png())):
        admin.put(f"/api/signing/pictures/{owner}", {"png": text(png)}).done()
    yield found
    found.services.close()


def _opened(office: House, meeting: str, *, order: str, pdf: bytes = b"", **seal: Any) -> Reply:
    signers: list[dict[str, Any]] = [
        {"person": office.people["chutri"], "mark": {"kind": "picture", "position": POSITION, "name": NAME}},
        {"person": office.people["thuky"], "mark": {"kind": "seal", **seal}},
    ]
    body = {"kind": "notice", "title": "Thông báo (demo)", "order": order, "level": "b-b", "signers": signers}
    return send_form(office.sign_in("thuky"), f"/api/meetings/{meeting}/rounds", pdf or notice(), round=body)


def _signs(office: House, path: str, username: str, label: str) -> Reply:
    browser = office.sign_in(username)
    begun = browser.post(f"{path}/begin", {"certificate": office.pki.fingerprint(label)})
    if begun.code:
        return begun
    offer = begun.done()
    signature = office.signs(label, base64.b64decode(offer["signed_attributes"]))
    return browser.post(f"{path}/complete", {"fence": offer["fence"], "signature": text(signature)})


def test_G16_a_seal_is_put_after_the_signature_and_leaves_it_as_it_was(office: House, tmp_path: Path) -> None:
    meeting = office.meeting("approved")
    path = f"/api/meetings/{meeting}/rounds/{_opened(office, meeting, order='ordered').done()['round']}"
    assert _signs(office, path, "thuky", "binh").code == "signing-not-your-turn", "the person comes first"
    _signs(office, path, "chutri", "an").done()
    leader = office.sign_in("chutri").get(f"{path}/file").raw.data
    _signs(office, path, "thuky", "binh").done()
    both = office.sign_in("chutri").get(f"{path}/file").raw.data
    assert both.startswith(leader), "not a byte that the leader signed is another"
    report = send_form(office.sign_in("daibieu"), "/api/signatures/check", both).done()
    assert report["worst"] == "valid"
    assert [one["result"] for one in report["signatures"]] == ["valid", "valid"]
    assert [one["changed"] for one in report["signatures"]] == ["signed-later", "no"]
    opinions = second_opinion(both, tmp_path, roots={name: office.pki.der(name) for name in ("root", "interm")})
    assert [one.is_valid and one.is_trusted for one in opinions] == [True, True]


def test_G16_a_round_with_a_seal_is_signed_in_order(office: House) -> None:
    refused = _opened(office, office.meeting("approved"), order="parallel")
    assert (refused.status, refused.code) == (422, "signing-seal-order")


def _asked(office: House, meeting: str, *, line: str = NUMBER_LINE, **seal: Any) -> Reply:
    year = office.services.clock.now().astimezone(VIETNAM).year
    pdf = notice(number=line, date=DATE_LINE.replace("2026", str(year)))
    return _opened(office, meeting, order="ordered", pdf=pdf, numbered=True, **seal)


def _numbered(office: House, meeting: str, **seal: Any) -> str:
    """A round in which the clerk gives number and date; its address."""
    return f"/api/meetings/{meeting}/rounds/{_asked(office, meeting, **seal).done()['round']}"


def _told(office: House, meeting: str, path: str) -> dict[str, Any]:
    listed = office.sign_in("thuky").get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
    found: dict[str, Any] = next(each for each in listed if path.endswith(each["round"]))["number"]
    return found


def test_G61_G63_the_clerk_gives_number_and_date_with_the_seal(office: House, tmp_path: Path) -> None:
    meeting = office.meeting("approved")
    first, second = _numbered(office, meeting, first=312), _numbered(office, meeting)
    today = office.services.clock.now().astimezone(VIETNAM).date().isoformat()
    assert _told(office, meeting, first) == {"number": "312/TB-VKS", "date": today, "given": False}
    for path in (first, second):
        _signs(office, path, "chutri", "an").done()
    begun = office.sign_in("thuky").post(f"{first}/begin", {"certificate": office.pki.fingerprint("binh")}).done()
    held = office.sign_in("thuky").post(f"{second}/begin", {"certificate": office.pki.fingerprint("binh")})
    assert held.code == "signing-number-held"
    office.sign_in("thuky").post(f"{first}/give-back", {"fence": begun["fence"]})
    for path, number in ((second, "312/TB-VKS"), (first, "313/TB-VKS")):
        _signs(office, path, "thuky", "binh").done()
        assert _told(office, meeting, path) == {"number": number, "date": today, "given": True}
    late = _asked(office, meeting, first=400)
    assert (late.code, late.data["next"]) == ("signing-number-out-of-turn", 314)
    both = office.sign_in("chutri").get(f"{first}/file").raw.data
    report = send_form(office.sign_in("daibieu"), "/api/signatures/check", both).done()
    assert report["worst"] == "valid"
    opinions = second_opinion(both, tmp_path, roots={"root": office.pki.der("root")})
    assert [one.is_valid for one in opinions] == [True, True]


def test_G61_a_paper_without_room_for_number_and_date_is_told_which_line_is_missing(office: House) -> None:
    refused = _opened(office, office.meeting("approved"), order="ordered", numbered=True)
    assert refused.code == "signing-room-missing"


def test_G61_a_paper_without_room_for_the_number_that_is_due_is_not_put_up(office: House) -> None:
    meeting = office.meeting("approved")
    narrow = "Số:" + " " * 6 + "/TB-VKS"
    assert _asked(office, meeting, line=narrow, first=1000).code == "signing-no-room"
    assert _asked(office, meeting, line=narrow).status == 201, "and the year has not begun by what was refused"


def test_G61_one_number_a_paper_and_only_with_the_seal(office: House) -> None:
    meeting = office.meeting("approved")
    seal, picture = {"kind": "seal", "numbered": True}, {"kind": "picture", "position": POSITION, "name": NAME}
    for first, second in ((picture | {"numbered": True}, {"kind": "seal"}), (seal, seal)):
        signers = [{"person": office.people[who], "mark": mark} for who, mark in (("chutri", first), ("thuky", second))]
        body = {"kind": "notice", "title": "Thông báo (demo)", "order": "ordered", "level": "b-b", "signers": signers}
        refused = send_form(office.sign_in("thuky"), f"/api/meetings/{meeting}/rounds", notice(), round=body)
        assert (refused.status, refused.code) == (422, "signing-number-not-with-seal")
