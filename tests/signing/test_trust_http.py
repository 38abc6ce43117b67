"""The security administrator over HTTP (G21-G27): whom the house trusts, whose certificate is whose, what is over."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.meetings.model import Draft
from server.trust.certificates import read
from server.trust.ports import Enrolled
from server.trust.proving import LIFE_S
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.signing.house import House, text
from tests.support.office import Browser, Reply, fresh_id


@pytest.fixture
def bare(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    """A house that trusts nobody yet."""
    found = House(tmp_path, pki, anchors=False)
    yield found
    found.services.close()


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    yield found
    found.services.close()


def events(browser: Browser) -> list[str]:
    return [one["kind"] for one in browser.get("/api/trust").done()["events"]]


def add(admin: Browser, pki: TestPki, label: str, *, typed: str | None = None, act: str | None = None) -> Reply:
    body = {"certificate": text(pki.der(label)), "trusted": True, "typed": typed or pki.fingerprint(label)[:8]}
    return admin.post("/api/trust/authorities", body, act=act)


def enrol(admin: Browser, office: House, username: str, label: str, *, signer: str | None = None) -> Reply:
    body = {"person": office.people[username], "certificate": text(office.pki.der(label))}
    given = admin.post("/api/trust/challenges", body).done()
    signature = office.signs(signer or label, base64.b64decode(given["to_sign"]))
    return admin.post("/api/trust/certificates", {"challenge": given["challenge"], "signature": text(signature)})


def one(admin: Browser, fingerprint: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in admin.get("/api/trust").done()["certificates"] if each["fingerprint"] == fingerprint
    )
    return found


@pytest.mark.parametrize("who", ["thuky", "chutri", "kythuat", "hethong", "kiemtoan"])
def test_T10_nobody_but_the_security_administrator_changes_trust(office: House, pki: TestPki, who: str) -> None:
    browser = office.sign_in(who)
    fingerprint = pki.fingerprint("root")
    assert add(browser, pki, "root").status == 403
    assert browser.post(f"/api/trust/authorities/{fingerprint}/remove", {"typed": fingerprint[:8]}).status == 403
    assert browser.post("/api/trust/challenges", {}).status == 403
    assert browser.post("/api/trust/certificates", {}).status == 403
    assert browser.post(f"/api/trust/certificates/{fingerprint}/withdraw", {"reason": "x"}).status == 403
    assert browser.put("/api/signing/pictures/seal", {"png": ""}).status == 403
    assert (browser.get("/api/trust").status == 200) is (who == "kiemtoan"), "the auditor reads"


def test_G21_an_anchor_is_added_only_with_its_fingerprint_typed(bare: House, pki: TestPki) -> None:
    admin = bare.sign_in("anninh")
    shown = admin.post("/api/trust/read", {"certificate": text(pki.der("root"))}).done()
    assert shown["fingerprint"] == pki.fingerprint("root")
    assert (shown["is_authority"], shown["is_root"]) == (True, True)
    for typed in ("00000000", pki.fingerprint("root")[:7], pki.fingerprint("interm")[:8]):
        assert add(admin, pki, "root", typed=typed).code == "anchor-fingerprint-not-typed"
    assert admin.get("/api/trust").done()["authorities"] == []
    spaced = " ".join(pki.fingerprint("root")[at : at + 2].upper() for at in range(0, 12, 2))
    assert add(admin, pki, "root", typed=spaced).status == 201
    (kept,) = admin.get("/api/trust").done()["authorities"]
    assert (kept["trusted"], kept["added_by"]) == (True, f"person:{bare.people['anninh']}")
    assert events(admin) == ["anchor_added"]


def test_G21_pem_is_taken_too_and_what_is_no_authority_is_not(bare: House, pki: TestPki) -> None:
    admin = bare.sign_in("anninh")
    pem = "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(pki.der("root")).decode() + "-----END CERTIFICATE-----\n"
    body = {"certificate": pem, "trusted": True, "typed": pki.fingerprint("root")[:8]}
    assert admin.post("/api/trust/authorities", body).status == 201
    assert add(admin, pki, "an").code == "certificate-not-an-authority"
    for rubbish in ("", "x", "====", text(b"rubbish"), 7, None, "A" * 200_000):
        reply = admin.post("/api/trust/read", {"certificate": rubbish})
        assert reply.code == "certificate-unreadable", str(rubbish)[:20]


def test_the_same_act_twice_is_one_change_and_one_entry(bare: House, pki: TestPki) -> None:
    admin, act = bare.sign_in("anninh"), fresh_id("a")
    assert add(admin, pki, "root", act=act).body == add(admin, pki, "root", act=act).body
    assert events(admin) == ["anchor_added"]
    assert add(admin, pki, "interm", act=act).code == "act-reused"


def test_G21_an_anchor_is_removed_with_its_fingerprint_typed(office: House, pki: TestPki) -> None:
    admin, fingerprint = office.sign_in("anninh"), pki.fingerprint("root")
    path = f"/api/trust/authorities/{fingerprint}/remove"
    assert admin.post(path, {"typed": "11111111"}).code == "anchor-fingerprint-not-typed"
    act = fresh_id("a")
    assert admin.post(path, {"typed": fingerprint[:12]}, act=act).status == 204
    assert admin.post(path, {"typed": fingerprint[:12]}, act=act).status == 204, "the answer was lost"
    assert admin.post(path, {"typed": fingerprint[:12]}).code == "anchor-unknown"
    assert admin.post("/api/trust/authorities/x/remove", {"typed": "12345678"}).code == "anchor-unknown"
    assert enrol(admin, office, "chutri", "an").code == "certificate-issuer-unknown"
    assert events(admin)[0] == "anchor_removed"


def test_G27_a_certificate_is_enrolled_when_its_key_has_signed_the_challenge(office: House, pki: TestPki) -> None:
    admin = office.sign_in("anninh")
    assert enrol(admin, office, "chutri", "an").done() == {"fingerprint": pki.fingerprint("an")}
    found = one(admin, pki.fingerprint("an"))
    assert (found["person"], found["state"]) == (office.people["chutri"], "good")
    assert found["person_name"] == "chutri (demo)"
    assert found["issuer"].startswith("CN=CA kiểm thử cấp hai") or "CA kiểm thử cấp hai" in found["issuer"]
    assert found["revocation"]["age_s"] < 3600
    assert events(admin) == ["certificate_enrolled"]


def test_G27_another_key_an_old_challenge_and_a_used_one_prove_nothing(office: House) -> None:
    admin = office.sign_in("anninh")
    assert enrol(admin, office, "chutri", "chi", signer="an").code == "certificate-proof-wrong"
    body = {"person": office.people["chutri"], "certificate": text(office.pki.der("an"))}
    given = admin.post("/api/trust/challenges", body).done()
    signature = text(office.signs("an", base64.b64decode(given["to_sign"])))
    office.clock.advance(seconds=LIFE_S + 1)
    late = admin.post("/api/trust/certificates", {"challenge": given["challenge"], "signature": signature})
    assert late.code == "certificate-challenge-unknown"
    given = admin.post("/api/trust/challenges", body).done()
    signature = text(office.signs("an", base64.b64decode(given["to_sign"])))
    other = office.sign_in("anninh")
    first = admin.post("/api/trust/certificates", {"challenge": given["challenge"], "signature": signature})
    again = other.post("/api/trust/certificates", {"challenge": given["challenge"], "signature": signature})
    assert (first.status, again.code) == (201, "certificate-challenge-unknown")


def test_G27_one_certificate_has_one_person(office: House) -> None:
    admin = office.sign_in("anninh")
    enrol(admin, office, "chutri", "an").done()
    assert enrol(admin, office, "daibieu", "an").code == "certificate-taken"
    nobody = {"person": fresh_id("u"), "certificate": text(office.pki.der("an"))}
    assert admin.post("/api/trust/challenges", nobody).code == "no-such-person"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("expired", "certificate-expired"),
        ("revoked", "certificate-revoked"),
        ("unknown", "certificate-issuer-unknown"),
        ("encipherment", "certificate-wrong-usage"),
    ],
)
def test_G20_a_bad_certificate_is_not_enrolled_and_the_reason_is_told(office: House, label: str, code: str) -> None:
    assert enrol(office.sign_in("anninh"), office, "chutri", label).code == code


def test_G25_without_news_of_revocation_nothing_is_enrolled(office: House, pki_server: PkiServer) -> None:
    pki_server.fault.update({"ocsp": "refused", "crl": "refused"})
    assert enrol(office.sign_in("anninh"), office, "chutri", "an").code == "revocation-unknown"


def test_G24_a_withdrawn_certificate_is_told_and_stays_so(office: House, pki: TestPki) -> None:
    admin = office.sign_in("anninh")
    enrol(admin, office, "chutri", "an").done()
    path = f"/api/trust/certificates/{pki.fingerprint('an')}/withdraw"
    assert admin.post(path, {"reason": " "}).status == 400, "a reason is given"
    assert admin.post(path, {"reason": "mất USB token"}).status == 204
    found = one(admin, pki.fingerprint("an"))
    assert (found["state"], found["reason"]) == ("withdrawn", "mất USB token")
    assert events(admin)[0] == "certificate_withdrawn"
    assert admin.post(path, {"reason": "lần nữa"}).status == 204, "again is fine"
    assert events(admin).count("certificate_withdrawn") == 1
    assert enrol(admin, office, "chutri", "an").code == "certificate-taken"
    unknown = f"/api/trust/certificates/{'0' * 64}/withdraw"
    assert admin.post(unknown, {"reason": "x"}).code == "certificate-unknown"


def test_G24_who_sits_at_a_seat_by_a_withdrawn_certificate_is_signed_out_there(office: House, pki: TestPki) -> None:
    admin = office.sign_in("anninh")
    enrol(admin, office, "chutri", "an").done()
    meeting: Any = office.meeting("open")
    seats = {"chutri": office.seats[0], "daibieu": office.seats[1]}
    how = {"chutri": {"method": "token", "certificate": pki.fingerprint("an")}, "daibieu": {}}
    drafts = [
        Draft("person_seated", {"person": office.people[name], "seat": seat, **how[name]})
        for name, seat in seats.items()
    ]
    office.services.meetings.change(meeting, actor="system", now=office.clock.now(), decide=lambda _log: drafts)
    admin.post(f"/api/trust/certificates/{pki.fingerprint('an')}/withdraw", {"reason": "mất"}).done()
    seated = office.services.meetings.state(meeting).seated
    assert seated == ((office.people["daibieu"], office.seats[1]),)


def test_G24_what_an_issuer_revoked_is_found_by_the_refresh_and_written_down(
    office: House, pki: TestPki, pki_server: PkiServer
) -> None:
    admin = office.sign_in("anninh")
    store, database = office.services.trust.tools.store, office.services.database
    person: Any = office.people["daibieu"]
    with database.begin() as tx:
        store.enrol(tx, Enrolled(read(pki.der("revoked")), person, office.clock.now(), "system"))
    office.services.trust_admin.refresh(now=office.clock.now())
    assert one(admin, pki.fingerprint("revoked"))["state"] == "revoked"
    assert events(admin) == ["certificate_revoked"]
    office.services.trust_admin.refresh(now=office.clock.now())
    assert events(admin) == ["certificate_revoked"], "said once"


@pytest.mark.parametrize(("days", "band"), [(75, None), (50, 60), (20, 30), (5, 7), (-1, 0)])
def test_G24_certificates_that_end_soon_are_listed_by_60_30_and_7_days(
    office: House, pki: TestPki, days: int, band: int | None
) -> None:
    office.enrol("chutri", "an")
    admin = office.sign_in("anninh")
    until = dt.datetime.fromisoformat(one(admin, pki.fingerprint("an"))["until"])
    overview = office.services.trust_admin.overview(now=until - dt.timedelta(days=days))
    (found,) = overview["certificates"]
    assert found["ends_in"] == band
    assert (found["state"] == "expired") is (days < 0)


def test_L1_the_log_hangs_together_and_tells_who(office: House) -> None:
    admin = office.sign_in("anninh")
    enrol(admin, office, "chutri", "an").done()
    enrol(admin, office, "daibieu", "chi").done()
    assert office.services.audit.broken_at() is None
    newest = admin.get("/api/trust").done()["events"][0]
    assert (newest["actor_name"], newest["person_name"]) == ("anninh (demo)", "daibieu (demo)")
