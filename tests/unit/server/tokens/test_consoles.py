"""Rules G50, G51, G53, G54, G37 at the server: pairing, signing in at a console with a token, the lock, the end."""

from __future__ import annotations

import base64
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.papers import PaperAsk
from sealing.signatures import DeviceSigner, server_verifier
from tests.pki.authority import TestPki
from tests.signing.house import House, send_form
from tests.signing.pc import ORIGIN, Pc
from tests.support.office import Browser, fresh_id
from tests.support.pdfs import text_pdf
from wire.asking import Kind, open_ask
from wire.messages import Act, Head
from wire.proof import Proof, TokenData


@pytest.fixture
def house(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    found.enrol("chutri", "chi")
    yield found
    found.services.close()


@pytest.fixture
def pc(house: House) -> Pc:
    made = Pc(house)
    made.pair().done()
    return made


def test_G53_who_holds_the_key_is_signed_in_and_the_session_says_by_which_certificate(house: House, pc: Pc) -> None:
    me = pc.sign_in().done()
    assert me["person"]["id"] == house.people["chutri"]
    assert pc.browser.get("/api/me").done()["certificate"] == house.pki.fingerprint("chi")
    assert house.sign_in("thuky").get("/api/me").done()["certificate"] is None


def test_G50_a_browser_that_no_bridge_vouched_for_gets_no_question(house: House) -> None:
    stranger = Pc(house)
    assert stranger.browser.post("/api/sign-in/token/challenge").code == "bridge-unknown"
    assert stranger.browser.post("/api/sign-in/token", {}).code == "bridge-unknown"
    stranger.pair().done()
    cookie = stranger.browser.client.get_cookie("phonghop_bridge", path="/api")
    assert cookie is not None
    for forged in (
        "",
        "d-aaaaaaaaaaaaaaaa.x",
        f"d-aaaaaaaaaaaaaaaa.{cookie.value.partition('.')[2]}",
        cookie.value[:-2],
    ):
        stranger.browser.client.set_cookie("phonghop_bridge", forged, path="/api")
        assert stranger.browser.post("/api/sign-in/token/challenge").code == "bridge-unknown", forged


def test_G50_a_bridge_vouches_for_its_own_key_origin_and_ten_minutes(house: House) -> None:
    pc = Pc(house)
    assert pc.pair(signer=DeviceSigner.generate()).code == "bridge-vouch-wrong"
    assert pc.pair(origin="https://la.example.vn").code == "bridge-vouch-wrong"
    assert pc.pair(key=DeviceSigner.generate().spki).code == "bridge-vouch-wrong"
    assert pc.pair(key=b"no key").code == "bridge-vouch-wrong"
    assert pc.pair(nonce=os.urandom(88)).code == "bridge-vouch-wrong"
    nonce = house.services.consoles.nonce()
    house.clock.advance(seconds=601)
    assert pc.pair(nonce=nonce).code == "bridge-vouch-wrong"


@pytest.mark.parametrize(
    "change",
    [
        {"server_key": "ab" * 32},
        {"bridge": "d-aaaaaaaaaaaaaaaa"},
        {"origin": "https://la.example.vn"},
        {"server_nonce": bytes(32)},
        {"expires_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)},
        {"certificate": "cd" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_G53_a_text_that_differs_in_one_thing_signs_nobody_in(pc: Pc, change: dict[str, Any]) -> None:
    ask = pc.challenge()
    assert pc.browser.post("/api/sign-in/token", pc.data(pc.proof(ask, **change))).code == "token-signature-wrong"
    # The one try is used up.
    again = pc.browser.post("/api/sign-in/token", pc.data(pc.proof(ask)))
    assert again.code == "token-challenge-unknown"


def test_G53_another_key_a_late_and_a_foreign_challenge_sign_nobody_in(house: House, pc: Pc) -> None:
    ask = pc.challenge()
    assert pc.browser.post("/api/sign-in/token", pc.data(pc.proof(ask), by="an")).code == "token-signature-wrong"
    ask = pc.challenge()
    house.clock.advance(seconds=60)
    assert pc.browser.post("/api/sign-in/token", pc.data(pc.proof(ask))).code == "token-challenge-expired"
    other = Pc(house)
    other.pair().done()
    stolen = other.challenge()
    assert pc.browser.post("/api/sign-in/token", pc.data(pc.proof(stolen))).code == "token-challenge-elsewhere"


def test_G53_a_seats_challenge_is_not_known_at_a_console_nor_the_reverse(house: House, pc: Pc) -> None:
    tokens = house.services.tokens
    meeting = house.meeting("approved")
    given = tokens.give(str(pc.bridge.key_id), house.seats[1], meeting=meeting)
    ask = pc.challenge()
    assert pc.browser.post("/api/sign-in/token", pc.data(pc.proof(ask, challenge=given.challenge))).status == 403
    proof = Proof(
        challenge=ask.ask,
        server_nonce=base64.b64decode(ask.data["nonce"]),
        seat_nonce=os.urandom(32),
        server_key=tokens.server_key,
        device=str(pc.bridge.key_id),
        seat=house.seats[1],
        meeting=meeting,
        expires_at=ask.expires_at,
        certificate=house.pki.fingerprint("chi"),
    )
    signature = house.signs("chi", proof.signed())
    data = TokenData(ask.ask, proof.seat_nonce, house.pki.der("chi"), signature).to_value()
    now = house.clock.now()
    head = Head(str(pc.bridge.key_id), b"\0" * 16, 1, now)
    act = Act(head, fresh_id("a"), meeting, "sign_in", None, now, data)
    done = house.services.acts.perform(act, device=str(pc.bridge.key_id), seat=house.seats[1], now=now)
    assert (done.outcome, done.code) == ("refused", "token-challenge-unknown")


def test_G54_the_lock_opens_with_the_same_certificate_alone(house: House, pc: Pc) -> None:
    pc.sign_in().done()
    assert pc.browser.post("/api/lock").status == 204
    locked = pc.browser.get("/api/me")
    assert (locked.code, locked.data["token"]) == ("session-locked", True)
    assert locked.data["name"], "a page that is loaded locked says whose it is"
    assert pc.browser.post("/api/unlock", {"password": "mật khẩu thử"}).code == "session-token-needed"
    house.enrol("chutri", "an")
    pc.label = "an"
    assert pc.sign_in("/api/unlock/token").code == "session-token-needed"
    pc.label = "chi"
    assert pc.sign_in("/api/unlock/token").done()["certificate"] == house.pki.fingerprint("chi")
    assert pc.browser.get("/api/me").status == 200


def test_L3_what_a_token_opens_and_is_refused_is_told_to_whose_it_is(house: House, pc: Pc) -> None:
    pc.browser.post("/api/sign-in/token", pc.data(pc.proof(pc.challenge()), by="an"))
    pc.sign_in().done()
    pc.browser.post("/api/lock")
    pc.label = "an"
    pc.sign_in("/api/unlock/token")
    pc.label = "chi"
    pc.sign_in("/api/unlock/token").done()
    rows = pc.browser.get("/api/me/sign-ins").done()["sign_ins"]
    assert [(each["means"], each["outcome"]) for each in rows] == [
        ("unlock", "ok"),
        ("unlock", "certificate-unknown"),
        ("console_token", "ok"),
        ("console_token", "token-signature-wrong"),
    ]


def test_G54_a_password_session_is_not_opened_by_a_token_nor_without_a_session(house: House, pc: Pc) -> None:
    assert pc.sign_in("/api/unlock/token").code == "not-signed-in"
    pc.browser.sign_in("chutri").done()
    pc.browser.post("/api/lock").done()
    assert pc.browser.get("/api/me").data["token"] is False
    assert pc.sign_in("/api/unlock/token").code == "session-token-needed"


def test_G37_a_withdrawn_certificate_ends_the_sessions_that_were_begun_with_it(house: House, pc: Pc) -> None:
    pc.sign_in().done()
    beside = house.sign_in("chutri")
    admin = house.sign_in("anninh")
    path = f"/api/trust/certificates/{house.pki.fingerprint('chi')}/withdraw"
    admin.post(path, {"reason": "mất"}).done()
    assert pc.browser.get("/api/me").code == "not-signed-in"
    assert beside.get("/api/me").status == 200, "begun with a password"
    assert pc.sign_in().code == "certificate-revoked"


def test_G37_the_chore_ends_what_was_left_when_the_server_died(house: House, pc: Pc) -> None:
    pc.sign_in().done()
    tools = house.services.trust.tools
    with tools.unit.begin() as tx:
        tools.store.set_withdrawn(tx, house.pki.fingerprint("chi"), house.clock.now(), reason="x")
    assert pc.browser.get("/api/me").status == 200
    house.services.trust_admin.end_gone(now=house.clock.now())
    assert pc.browser.get("/api/me").code == "not-signed-in"


def test_a_disabled_account_is_not_let_in(house: House, pc: Pc) -> None:
    house.sign_in("hethong").post(f"/api/people/{house.people['chutri']}/disable").done()
    assert pc.sign_in().code == "account-disabled"


def test_a_watch_names_the_certificate_of_the_session(house: House, pc: Pc) -> None:
    pc.sign_in().done()
    message = base64.b64decode(pc.browser.post("/api/bridge/watch").done()["message"])
    ask = open_ask(message, verify=server_verifier(house.services.keys.signer.public))
    assert ask.data == {"certificate": house.pki.fingerprint("chi")}
    assert ask.bridge == pc.bridge.key_id


def test_who_asks_too_often_waits(house: House) -> None:
    house.running.moment, house.running.still = house.clock.now(), True
    browser: Browser = house.browser()
    codes = {browser.post("/api/bridge/pairing").code for _ in range(130)}
    assert codes == {"", "too-many-requests"}


def test_G55_a_signer_gets_a_question_about_the_newest_file_and_nobody_else(house: House, pc: Pc) -> None:
    meeting = house.meeting("approved")
    body = {
        "kind": "minutes",
        "title": "Biên bản (demo)",
        "order": "ordered",
        "level": "b-b",
        "signers": [{"person": house.people["chutri"], "mark": {"kind": "none"}}],
    }
    secretary = house.sign_in("thuky")
    made = send_form(secretary, f"/api/meetings/{meeting}/rounds", text_pdf(["BIÊN BẢN"]), round=body).done()
    path = f"/api/meetings/{meeting}/rounds/{made['round']}"
    assert house.sign_in("chutri").post(f"{path}/ask").code == "bridge-unknown"
    pc.sign_in().done()
    message = base64.b64decode(pc.browser.post(f"{path}/ask").done()["message"])
    ask = open_ask(message, verify=server_verifier(house.services.keys.signer.public))
    wanted = PaperAsk.read(ask)
    assert (wanted.sha256, wanted.size_bytes, wanted.name) == (made["sha256"], made["size_bytes"], "chutri (demo)")
    assert (ask.kind, ask.bridge, ask.origin) == (Kind.PAPER, pc.bridge.key_id, ORIGIN)
    other = Pc(house)
    other.pair().done()
    other.browser.sign_in("daibieu").done()
    assert other.browser.post(f"{path}/ask").code == "signing-not-a-signer"
    stranger = Pc(house)
    stranger.pair().done()
    stranger.browser.sign_in("kythuat").done()
    assert stranger.browser.post(f"{path}/ask").status == 403
