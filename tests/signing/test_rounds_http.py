"""Signing a meeting's paper over HTTP: a secretary opens, people sign in two halves, everybody sees how far it is."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.assembly.signing import stamper_of
from server.signing.upgrade import Upgrader
from tests.pki.authority import TestPki
from tests.signing.house import House, send_form, text
from tests.support.office import Browser, Reply, fresh_id
from tests.support.pdfs import encrypted, text_pdf
from wire.ids import MeetingId

MINUTES = ["BIÊN BẢN CUỘC HỌP"]


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    found.enrol("chutri", "an")
    found.enrol("daibieu", "chi")
    yield found
    found.services.close()


@pytest.fixture
def meeting(office: House) -> str:
    return office.meeting("approved")


def wanted(office: House, *people: str, order: str = "ordered", level: str = "b-b", **more: Any) -> dict[str, Any]:
    mark = more.pop("mark", {"kind": "none"})
    signers = [{"person": office.people[name], "mark": mark} for name in people or ("chutri", "daibieu")]
    return {"kind": "minutes", "title": "Biên bản (demo)", "order": order, "level": level, "signers": signers, **more}


def opened(office: House, meeting: str, *people: str, pdf: bytes | None = None, **more: Any) -> Reply:
    secretary = office.sign_in("thuky")
    body = wanted(office, *people, **more)
    return send_form(secretary, f"/api/meetings/{meeting}/rounds", pdf or text_pdf(MINUTES), round=body)


def begin(browser: Browser, path: str, fingerprint: str) -> Reply:
    return browser.post(f"{path}/begin", {"certificate": fingerprint})


def sign(office: House, path: str, username: str, label: str) -> Reply:
    browser = office.sign_in(username)
    offer = begin(browser, path, office.pki.fingerprint(label)).done()
    signature = office.signs(label, base64.b64decode(offer["signed_attributes"]))
    return browser.post(f"{path}/complete", {"fence": offer["fence"], "signature": text(signature)})


def path_of(meeting: str, reply: Reply) -> str:
    return f"/api/meetings/{meeting}/rounds/{reply.done()['round']}"


def test_G2_two_people_sign_in_order_and_the_file_is_valid(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    member, chair = office.sign_in("daibieu"), office.sign_in("chutri")
    early = begin(member, path, office.pki.fingerprint("chi"))
    assert early.code == "signing-not-your-turn"
    assert [one["round"] for one in chair.get("/api/signing/waiting").done()["rounds"]] == [path.rpartition("/")[2]]
    after = sign(office, path, "chutri", "an").done()
    assert [bool(one["signed_at"]) for one in after["signers"]] == [True, False]
    assert [one["next"] for one in after["signers"]] == [False, True]
    done = sign(office, path, "daibieu", "chi").done()
    assert (done["complete"], done["revision"]) == (True, 2)
    assert done["closed_at"]
    assert chair.get("/api/signing/waiting").done()["rounds"] == []
    reply = member.get(f"{path}/file")
    assert reply.raw.headers["Content-Type"] == "application/pdf"
    assert "no-store" in reply.raw.headers["Cache-Control"]
    assert reply.raw.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''Bi%C3%AAn")
    report = send_form(member, "/api/signatures/check", reply.raw.data).done()
    assert (report["worst"], len(report["signatures"])) == ("valid", 2)
    kinds = [one.kind for one in office.services.audit.newest("signing_opened", "signing_signed", limit=9)]
    assert kinds == ["signing_signed", "signing_signed", "signing_opened"]


def test_G49_every_step_of_a_round_is_an_event_of_the_meeting(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    for username, label in (("chutri", "an"), ("daibieu", "chi")):
        sign(office, path, username, label).done()
    events = office.services.meetings.events(MeetingId(meeting))[-4:]
    kinds = [event.kind for event in events]
    assert kinds == ["round_opened", "paper_signed", "paper_signed", "round_closed"]
    first, last = events[1].data, events[2].data
    assert (first["certificate"], last["certificate"]) == (office.pki.fingerprint("an"), office.pki.fingerprint("chi"))
    pdf = office.sign_in("daibieu").get(f"{path}/file").raw.data
    for said in (events[0].data, first, last):
        assert hashlib.sha256(pdf[: said["size_bytes"]]).hexdigest() == said["sha256"]
    (known,) = office.services.meetings.state(MeetingId(meeting)).rounds
    assert (known.revision, known.closed_at is not None) == (2, True)


def test_G49_a_round_closed_by_hand_is_an_event_and_what_was_refused_is_none(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    before = office.services.meetings.state(MeetingId(meeting)).seq
    chair = office.sign_in("chutri")
    offer = begin(chair, path, office.pki.fingerprint("an")).done()
    garbage = {"fence": offer["fence"], "signature": text(bytes(256))}
    assert chair.post(f"{path}/complete", garbage).code == "signing-signature-wrong"
    assert office.services.meetings.state(MeetingId(meeting)).seq == before
    assert chair.post(f"{path}/close").status == 204
    state = office.services.meetings.state(MeetingId(meeting))
    assert state.last is not None
    assert (state.last.kind, state.last.actor) == ("round_closed", f"person:{office.people['chutri']}")
    assert chair.post(f"{path}/close").code == "signing-round-closed"
    assert office.services.meetings.state(MeetingId(meeting)).seq == before + 1


def test_G69_a_locked_meeting_takes_the_signatures_that_were_asked_for_and_no_further_paper(
    office: House, meeting: str
) -> None:
    path, root, act = path_of(meeting, opened(office, meeting)), f"/api/meetings/{meeting}", fresh_id("a")
    chair, secretary = office.sign_in("chutri"), office.sign_in("thuky")
    chair.post(f"{root}/open").done()
    chair.post(f"{root}/close").done()
    late = send_form(secretary, f"{root}/rounds", text_pdf(MINUTES), act=act, round=wanted(office)).done()
    chair.post(f"{root}/lock").done()
    seq = office.services.meetings.state(MeetingId(meeting)).seq
    refused = opened(office, meeting)
    assert (refused.status, refused.code) == (409, "signing-meeting-locked")
    assert office.services.meetings.state(MeetingId(meeting)).seq == seq
    assert len(chair.get(f"{root}/rounds").done()["rounds"]) == 2
    again = send_form(secretary, f"{root}/rounds", text_pdf(MINUTES), act=act, round=wanted(office)).done()
    assert again["round"] == late["round"]
    for username, label in (("chutri", "an"), ("daibieu", "chi")):
        sign(office, path, username, label).done()
    chair.post(f"{root}/rounds/{late['round']}/close")
    kinds = [event.kind for event in office.services.meetings.events(MeetingId(meeting))][seq:]
    assert kinds == ["paper_signed", "paper_signed", "round_closed", "round_closed"]


def test_G5_the_offer_is_an_update_of_the_file_that_is_shown(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    chair = office.sign_in("chutri")
    shown = chair.get(f"{path}/file").raw.data
    offer = begin(chair, path, office.pki.fingerprint("an")).done()
    assert offer["base_bytes"] == len(shown)
    update = base64.b64decode(offer["update"])
    assert b"/ByteRange" in update
    assert update.rstrip().endswith(b"%%EOF")


def test_G3_one_at_a_time_and_who_turns_away_lets_the_next_in(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting, order="parallel"))
    chair, member = office.sign_in("chutri"), office.sign_in("daibieu")
    offer = begin(chair, path, office.pki.fingerprint("an")).done()
    held = begin(member, path, office.pki.fingerprint("chi"))
    assert held.code == "signing-lease-held"
    assert 0 < held.data["wait_s"] <= 30
    (shown,) = member.get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
    assert shown["lease"]["person"] == office.people["chutri"]
    assert chair.post(f"{path}/give-back", {"fence": offer["fence"]}).status == 204
    assert sign(office, path, "daibieu", "chi").status == 200
    late = chair.post(f"{path}/complete", {"fence": offer["fence"], "signature": text(b"x" * 256)})
    assert late.code == "signing-lease-lost"


def test_G11_garbage_from_a_card_is_refused_and_a_lost_answer_is_given_again(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    chair = office.sign_in("chutri")
    offer = begin(chair, path, office.pki.fingerprint("an")).done()
    garbage = {"fence": offer["fence"], "signature": text(bytes(256))}
    assert chair.post(f"{path}/complete", garbage).code == "signing-signature-wrong"
    good = {
        "fence": offer["fence"],
        "signature": text(office.signs("an", base64.b64decode(offer["signed_attributes"]))),
    }
    first = chair.post(f"{path}/complete", good).done()
    assert chair.post(f"{path}/complete", good).done() == first


def test_G20_another_persons_certificate_and_a_withdrawn_one_sign_nothing(
    office: House, meeting: str, pki: TestPki
) -> None:
    path = path_of(meeting, opened(office, meeting))
    chair = office.sign_in("chutri")
    assert begin(chair, path, pki.fingerprint("chi")).code == "signing-not-a-signer"
    assert begin(chair, path, pki.fingerprint("dung")).code == "certificate-unknown"
    admin = office.sign_in("anninh")
    admin.post(f"/api/trust/certificates/{pki.fingerprint('an')}/withdraw", {"reason": "mất"}).done()
    assert begin(office.sign_in("chutri"), path, pki.fingerprint("an")).code == "certificate-revoked"


def test_G2_only_members_sign_and_only_secretaries_open(office: House, meeting: str) -> None:
    outsider = opened(office, meeting, "kythuat")
    assert (outsider.code, outsider.data) == ("signing-signer-not-member", {"who": "kythuat (demo)"})
    for people in ((), ("chutri", "chutri")):
        body = wanted(office, signers=[{"person": office.people[name], "mark": {"kind": "none"}} for name in people])
        reply = send_form(office.sign_in("thuky"), f"/api/meetings/{meeting}/rounds", text_pdf(), round=body)
        assert reply.code == "signing-no-signers"
    chair = office.sign_in("chutri")
    assert send_form(chair, f"/api/meetings/{meeting}/rounds", text_pdf(), round=wanted(office)).status == 403
    stranger = office.sign_in("kythuat")
    assert stranger.get(f"/api/meetings/{meeting}/rounds").status == 403
    path = path_of(meeting, opened(office, meeting))
    assert stranger.get(f"{path}/file").status == 403
    assert begin(stranger, path, office.pki.fingerprint("an")).status == 403


def test_a_round_is_known_only_under_its_own_meeting(office: House, meeting: str) -> None:
    name = opened(office, meeting).done()["round"]
    other = office.meeting("approved")
    chair = office.sign_in("chutri")
    assert chair.get(f"/api/meetings/{other}/rounds/{name}/file").code == "signing-round-unknown"
    elsewhere = begin(chair, f"/api/meetings/{other}/rounds/{name}", office.pki.fingerprint("an"))
    assert elsewhere.code == "signing-round-unknown"
    assert chair.get(f"/api/meetings/{meeting}/rounds/x/file").code == "signing-round-unknown"
    assert chair.get(f"/api/meetings/{other}/rounds").done()["rounds"] == []


def test_the_same_opening_twice_is_one_round(office: House, meeting: str) -> None:
    secretary, act = office.sign_in("thuky"), fresh_id("a")
    path = f"/api/meetings/{meeting}/rounds"
    first, again = (send_form(secretary, path, text_pdf(), round=wanted(office), act=act) for _ in range(2))
    assert first.done() == again.done()
    assert len(secretary.get(path).done()["rounds"]) == 1


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"no pdf", "paper-not-pdf"),
        (encrypted(text_pdf(), user="x"), "paper-encrypted"),
        (text_pdf(["TỐI MẬT"]), "secrecy-mark-found"),
    ],
    ids=["not", "encrypted", "secret"],
)
def test_P4_a_file_that_cannot_be_signed_opens_nothing(office: House, meeting: str, pdf: bytes, code: str) -> None:
    assert opened(office, meeting, pdf=pdf).code == code
    assert office.sign_in("thuky").get(f"/api/meetings/{meeting}/rounds").done()["rounds"] == []
    assert list((office.services.settings.data_dir / "incoming").iterdir()) == []


def picture(colour: tuple[int, int, int]) -> str:
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    image.paste((*colour, 255), (40, 30, 260, 90))
    out = io.BytesIO()
    image.save(out, "PNG")
    return text(out.getvalue())


def test_G13_marks_have_their_place_before_anybody_is_asked(office: House, meeting: str) -> None:
    lines = ["BIÊN BẢN", "CHÁNH VĂN PHÒNG", *[""] * 5, "chutri"]
    mark = {"kind": "picture", "position": "CHÁNH VĂN PHÒNG", "name": "chutri"}
    pdf = text_pdf(lines)
    missing = opened(office, meeting, "chutri", pdf=pdf, mark=mark)
    chair = office.people["chutri"]
    assert (missing.code, missing.data) == ("signing-picture-missing", {"who": "chutri (demo)", "person": chair})
    admin = office.sign_in("anninh")
    assert admin.put("/api/signing/pictures/seal", {"png": picture((20, 30, 200))}).code == "signing-picture-refused"
    admin.put(f"/api/signing/pictures/{office.people['chutri']}", {"png": picture((20, 30, 200))}).done()
    admin.put("/api/signing/pictures/seal", {"png": picture((200, 20, 30))}).done()
    assert set(admin.get("/api/signing/pictures").done()["pictures"]) == {"seal", office.people["chutri"]}
    absent = opened(office, meeting, "chutri", pdf=pdf, mark={**mark, "position": "CHỦ TỌA"})
    assert (absent.code, absent.data) == ("signing-anchor-missing", {"line": "CHỦ TỌA", "person": chair})
    signers = [
        {"person": office.people["chutri"], "mark": mark},
        {"person": office.people["daibieu"], "mark": {"kind": "seal"}},
    ]
    twice = opened(office, meeting, "chutri", pdf=text_pdf([*lines, "", *lines]), mark=mark)
    assert (twice.code, twice.data["person"]) == ("signing-anchor-twice", chair)
    assert [place["page"] for place in twice.data["choices"]] == [1, 1]
    chosen = opened(office, meeting, "chutri", pdf=text_pdf([*lines, "", *lines]), mark={**mark, "choice": 1})
    assert chosen.status == 201
    alone = opened(office, meeting, pdf=pdf, signers=signers[1:])
    assert alone.code == "signing-seal-alone"
    path = path_of(meeting, opened(office, meeting, pdf=pdf, signers=signers))
    sign(office, path, "chutri", "an").done()
    done = sign(office, path, "daibieu", "chi").done()
    assert [one["mark"] for one in done["signers"]] == ["picture", "seal"]
    signed = office.sign_in("chutri").get(f"{path}/file").raw.data
    assert signed.count(b"/SMask") == 2, "both pictures are drawn"


def test_closing_ends_a_round_that_not_all_have_signed(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting))
    sign(office, path, "chutri", "an").done()
    assert office.sign_in("daibieu").post(f"{path}/close").status == 403
    assert office.sign_in("chutri").post(f"{path}/close").status == 204
    assert sign_code(office, path) == "signing-round-closed"


def sign_code(office: House, path: str) -> str:
    return begin(office.sign_in("daibieu"), path, office.pki.fingerprint("chi")).code


def test_G18_the_job_raises_and_then_renews_before_the_authority_ends(office: House, meeting: str) -> None:
    path = path_of(meeting, opened(office, meeting, "chutri", level="b-lta"))
    sign(office, path, "chutri", "an").done()
    trust, now = office.services.trust, office.clock.now()
    stamper = stamper_of(office.services, trust, timeout_s=20)
    assert stamper is not None
    upgrade = Upgrader(trust, stamper)
    assert office.services.rounds.raise_due(upgrade, now=now) == [meeting]
    chair = office.sign_in("chutri")
    (shown,) = chair.get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
    raised = chair.get(f"{path}/file").raw.data
    assert shown["raising"]["done_at"]
    renew_at = dt.datetime.fromisoformat(shown["raising"]["next_at"])
    assert dt.timedelta(days=500) < renew_at - now < dt.timedelta(days=700), "the authority's certificate has 700 days"
    assert office.services.rounds.raise_due(upgrade, now=now) == []
    # The test authorities live in the present: the moment comes to the file instead.
    tools = office.services.signing.tools
    with tools.unit.begin() as tx:
        job = tools.store.job(tx, shown["round"])
        assert job is not None
        tools.store.save_raise(tx, replace(job, next_at=now))
    assert office.services.rounds.raise_due(upgrade, now=now) == [meeting]
    renewed = chair.get(f"{path}/file").raw.data
    assert renewed.startswith(raised)
    assert renewed.count(b"/DocTimeStamp") == raised.count(b"/DocTimeStamp") + 1
    report = send_form(chair, "/api/signatures/check", renewed).done()
    assert (report["worst"], report["signatures"][0]["changed"]) == ("valid", "no")
