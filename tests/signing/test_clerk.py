"""The registry clerk signs for the agency after the person who may sign (NĐ 30/2020 Điều 5, Phụ lục I II.8)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pki.authority import TestPki
from tests.signing.house import House, send_form, text
from tests.signing.pdfsig import second_opinion
from tests.signing.pictures import NAME, POSITION, notice, seal_png, signature_png
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


def _opened(office: House, meeting: str, *, order: str) -> Reply:
    signers: list[dict[str, Any]] = [
        {"person": office.people["chutri"], "mark": {"kind": "picture", "position": POSITION, "name": NAME}},
        {"person": office.people["thuky"], "mark": {"kind": "seal"}},
    ]
    body = {"kind": "notice", "title": "Thông báo (demo)", "order": order, "level": "b-b", "signers": signers}
    return send_form(office.sign_in("thuky"), f"/api/meetings/{meeting}/rounds", notice(), round=body)


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
