"""Signing in with a token at the server: who it is, and every refusal (I1, W54–W58)."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import web
from server.idempotency.store import acts as acts_table
from server.meetings.ports import Outcome
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.support.office import PASSWORD, Office, fresh_id
from tests.support.theatre import LiveClock
from tests.support.token_desk import TokenDesk
from wire.ids import MeetingId
from wire.proof import server_key_hash


@pytest.fixture
def desk(tmp_path: Path, pki: TestPki) -> TokenDesk:
    found = TokenDesk(Office(tmp_path, clock=LiveClock(), pki_timeout_s=20), pki)
    found.trust_the_pki()
    return found


def _state(desk: TokenDesk) -> Any:
    return desk.office.services.meetings.state(MeetingId(desk.meeting))


def _refused(outcome: Outcome) -> str:
    assert outcome.outcome == "refused"
    text = web.error_text(outcome.code, outcome.data)
    assert outcome.code not in (text.vi, text.en), "said in words"
    assert "{" not in text.vi + text.en, "with all that the words name"
    return outcome.code


@pytest.mark.parametrize("label", ["an", "binh", "chi", "dung", "login-only", "under-old"])
def test_I1_the_enrolled_certificate_is_the_person(desk: TokenDesk, label: str) -> None:
    enrolled = desk.enrol("daibieu", label)
    outcome = desk.sign_in(label)
    assert (outcome.outcome, outcome.data["person"]) == ("done", desk.office.people["daibieu"])
    assert (desk.office.people["daibieu"], desk.seat) in _state(desk).seated
    assert _state(desk).seq == outcome.data["seq"]
    assert enrolled.facts.name == f"Người {label} (kiểm thử)", "the name in it is nobody's here"


def test_W58_the_event_says_token_and_which_certificate(desk: TokenDesk, pki: TestPki) -> None:
    desk.enrol("daibieu", "chi")
    desk.sign_in("chi")
    event = _state(desk).last
    assert event.kind == "person_seated"
    assert event.actor == f"person:{desk.office.people['daibieu']}"
    assert event.data["method"] == "token"
    assert event.data["certificate"] == pki.fingerprint("chi")


def test_I2_who_signs_in_at_another_seat_moves_there(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    desk.sign_in("chi")
    other = TokenDesk(desk.office, desk.pki, seat=2, meeting=desk.meeting)
    assert other.sign_in("chi").outcome == "done"
    assert [seat for person, seat in _state(desk).seated if person == desk.office.people["daibieu"]] == [other.seat]


def test_I1_signing_in_again_at_the_same_seat_is_no_new_event(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    first = desk.sign_in("chi")
    assert desk.sign_in("chi") == first


def test_W28_the_same_act_again_gets_the_same_answer_though_its_challenge_is_gone(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    data, act = desk.signed(desk.proof(desk.knock(), "chi"), "chi").to_value(), fresh_id("a")
    first = desk.send(data, act=act)
    assert desk.send(data, act=act) == first
    assert first.outcome == "done"
    data["signature"] = base64.b64encode(bytes(64)).decode()
    assert _refused(desk.send(data, act=act)) == "act-reused"


# ---------------------------------------------------------------- challenges


def test_W54_a_replayed_proof_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi").to_value()
    assert desk.send(data).outcome == "done"
    assert _refused(desk.send(data)) == "token-challenge-unknown"


def test_W54_a_failed_try_uses_the_challenge_up(desk: TokenDesk) -> None:
    """A challenge that could be tried again would let somebody guess with it."""
    desk.enrol("daibieu", "chi")
    given = desk.knock()
    wrong = desk.signed(desk.proof(given, "chi"), "chi", by="an")
    assert _refused(desk.send(wrong.to_value())) == "token-signature-wrong"
    right = desk.signed(desk.proof(given, "chi"), "chi")
    assert _refused(desk.send(right.to_value())) == "token-challenge-unknown"


def test_W54_a_late_proof_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi").to_value()
    desk.office.clock.advance(seconds=61)
    assert _refused(desk.send(data)) == "token-challenge-expired"


def test_W54_another_seats_challenge_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    other = TokenDesk(desk.office, desk.pki, seat=2, meeting=desk.meeting)
    given = other.knock()
    data = desk.signed(desk.proof(given, "chi"), "chi").to_value()
    assert _refused(desk.send(data)) == "token-challenge-elsewhere"


@pytest.mark.parametrize("field", ["device", "seat", "meeting", "challenge"])
def test_W55_a_proof_that_was_signed_for_elsewhere_is_refused(desk: TokenDesk, field: str) -> None:
    desk.enrol("daibieu", "chi")
    given = desk.knock()
    foreign = desk.signed(desk.proof(given, "chi", **{field: fresh_id(field[0])}), "chi")
    data = dataclasses.replace(foreign, challenge=given.challenge).to_value()
    assert _refused(desk.send(data)) == "token-signature-wrong"


def test_W55_a_proof_made_for_another_server_is_refused(desk: TokenDesk) -> None:
    """The relay: a false server hands on our challenge, and the seat signs with the name of the false one."""
    desk.enrol("daibieu", "chi")
    proof = desk.proof(desk.knock(), "chi", server_key=server_key_hash(b"the false server's key"))
    assert _refused(desk.send(desk.signed(proof, "chi").to_value())) == "token-signature-wrong"


def test_W55_a_longer_life_than_was_given_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    given = desk.knock()
    proof = desk.proof(given, "chi", expires_at=given.expires_at + dt.timedelta(hours=1))
    assert _refused(desk.send(desk.signed(proof, "chi").to_value())) == "token-signature-wrong"


@pytest.mark.parametrize("bit", [0, 77, 255])
def test_W55_any_changed_bit_is_refused(desk: TokenDesk, bit: int) -> None:
    desk.enrol("daibieu", "an")
    data = desk.signed(desk.proof(desk.knock(), "an"), "an")
    flipped = bytearray(data.signature)
    flipped[bit % len(flipped)] ^= 1 << (bit % 8)
    changed = dataclasses.replace(data, signature=bytes(flipped))
    assert _refused(desk.send(changed.to_value())) == "token-signature-wrong"


def test_W55_somebody_elses_signature_under_a_members_certificate_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi", by="dung")
    assert _refused(desk.send(data.to_value())) == "token-signature-wrong"


# ---------------------------------------------------------------- certificates


def test_I1_a_certificate_that_nobody_is_enrolled_with_is_refused(desk: TokenDesk) -> None:
    assert _refused(desk.sign_in("chi")) == "certificate-unknown"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("expired", "certificate-expired"),
        ("not-yet", "certificate-not-yet-valid"),
        ("revoked", "certificate-revoked"),
        ("unknown", "certificate-issuer-unknown"),
        ("sha1", "certificate-weak"),
        ("encipherment", "certificate-wrong-usage"),
        ("web-server", "certificate-wrong-usage"),
        ("authority", "certificate-wrong-usage"),
        ("document-only", "certificate-wrong-usage"),
    ],
)
def test_I1_a_bad_certificate_is_refused_by_name_enrolled_or_not(desk: TokenDesk, label: str, code: str) -> None:
    unknown = _refused(desk.sign_in(label))
    assert unknown == ("certificate-unknown" if label == "revoked" else code), "the more useful reason is told"
    desk.enrol("daibieu", label)
    assert _refused(desk.sign_in(label)) == code
    assert _state(desk).seated == ()


def test_I1_a_certificate_that_the_house_withdrew_is_refused_at_once(desk: TokenDesk, pki: TestPki) -> None:
    desk.enrol("daibieu", "chi")
    assert desk.sign_in("chi").outcome == "done"
    now = desk.office.clock.now()
    desk.office.services.trust.withdraw(pki.fingerprint("chi"), reason="mất token", now=now)
    assert _refused(desk.sign_in("chi")) == "certificate-revoked"


@pytest.mark.parametrize("fault", ["refused", "garbage", "silent"])
def test_G25_no_news_of_revocation_is_a_refusal_that_is_said(
    tmp_path: Path, pki: TestPki, pki_server: PkiServer, fault: str
) -> None:
    desk = TokenDesk(Office(tmp_path, clock=LiveClock(), pki_timeout_s=2 if fault == "silent" else 20), pki)
    desk.trust_the_pki()
    desk.enrol("daibieu", "chi")
    pki_server.fault[""] = fault
    assert _refused(desk.sign_in("chi")) == "token-revocation-unknown"
    if fault != "silent":
        pki_server.fault.clear()
        assert desk.sign_in("chi").outcome == "done"


def test_G25_where_the_policy_is_lenient_no_news_is_no_refusal(
    tmp_path: Path, pki: TestPki, pki_server: PkiServer
) -> None:
    office = Office(tmp_path, clock=LiveClock(), pki_timeout_s=2, revocation_required=False)
    desk = TokenDesk(office, pki)
    desk.trust_the_pki()
    desk.enrol("daibieu", "chi")
    pki_server.fault[""] = "refused"
    assert desk.sign_in("chi").outcome == "done"


def test_G25_a_list_that_was_carried_in_is_enough_without_a_network(
    desk: TokenDesk, pki: TestPki, pki_server: PkiServer
) -> None:
    desk.enrol("daibieu", "chi")
    desk.enrol("khach", "revoked")
    pki_server.fault[""] = "refused"
    for label in ("root", "interm"):
        desk.office.services.trust.add_list(pki.crl(label), now=desk.office.clock.now())
    assert desk.sign_in("chi").outcome == "done"
    assert _refused(desk.sign_in("revoked")) == "certificate-revoked"


def test_what_is_no_certificate_is_refused(desk: TokenDesk) -> None:
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi")
    for rubbish in (b"\x30", desk.pki.der("chi")[:-9]):
        changed = dataclasses.replace(data, challenge=desk.knock().challenge, certificate=rubbish)
        assert _refused(desk.send(changed.to_value())) == "certificate-unreadable"


# ---------------------------------------------------------------- people


def test_I1_who_is_no_member_is_refused(desk: TokenDesk) -> None:
    desk.enrol("kythuat", "chi")
    assert _refused(desk.sign_in("chi")) == "not-a-member"


def test_I5_a_disabled_account_is_refused(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    desk.office.services.identity.set_disabled("daibieu", disabled=True, now=desk.office.clock.now())
    assert _refused(desk.sign_in("chi")) == "account-disabled"


def test_L3_a_token_that_is_refused_at_a_seat_is_told_to_whose_it_is(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "revoked")
    desk.sign_in("revoked")
    desk.sign_in("an")
    reviews, now = desk.office.services.reviews, desk.office.clock.now()
    rows = [each for each in reviews.read(None, by="system", now=now) if each["means"] == "seat_token"]
    assert [(each["person"], each["outcome"]) for each in rows] == [
        (None, "certificate-unknown"),
        (desk.office.people["daibieu"], "certificate-revoked"),
    ]


def test_I5_signing_in_with_a_token_is_use_of_the_account(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "login-only")
    desk.office.clock.advance(seconds=50)
    desk.sign_in("login-only")
    account = desk.office.services.identity.person(desk.office.people["daibieu"])
    assert (desk.office.clock.now() - account.last_used_at).total_seconds() < 30


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    "more", [{"pin": "123456"}, {"password": PASSWORD}, {"person": "u-aaaaaaaaaaaaaaaa"}, {"method": "password"}]
)
def test_W56_another_field_or_method_is_refused(desk: TokenDesk, more: dict[str, str]) -> None:
    desk.enrol("daibieu", "chi")
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi").to_value()
    assert desk.send(data | more).code == "bad-field"


def test_W56_the_way_with_a_password_is_as_it_was(desk: TokenDesk) -> None:
    outcome = desk.send({"person": desk.office.people["daibieu"], "password": PASSWORD})
    assert outcome.outcome == "done"
    assert "method" not in _state(desk).last.data


def test_nothing_of_a_signature_is_kept_in_the_clear(desk: TokenDesk) -> None:
    desk.enrol("daibieu", "chi")
    data = desk.signed(desk.proof(desk.knock(), "chi"), "chi").to_value()
    desk.send(data)
    with desk.office.services.database.read() as tx:
        kept = json.dumps([list(map(str, row)) for row in tx.execute(select(acts_table))])
    assert data["signature"] not in kept
    assert data["challenge"] not in kept
