"""Which certificates may sign here, how that is known, and what happens when nobody answers."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from server.db.engine import Database
from server.errors import ServerError
from server.identity.store import accounts
from server.trust import model
from server.trust.certificates import read
from server.trust.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRefused,
    CertificateRevoked,
    CertificateTaken,
    CertificateUnknown,
    CertificateUnreadable,
    CertificateWeak,
    CertificateWrongUsage,
    IssuerUnknown,
    NotAnAuthority,
    PkiServiceAway,
    ProofWrong,
    RevocationUnknown,
)
from server.trust.fetch import HttpFetcher
from server.trust.model import Facts, Material, Policy
from server.trust.paths import Paths
from server.trust.ports import Authority, Enrolled, Proof
from server.trust.revocation import Revocation
from server.trust.service import TrustService
from tests.pki.authority import TestPki
from tests.pki.profiles import GOOD
from tests.pki.services import PkiServer
from tests.signing.bench import trust_service
from tests.support.rows import sample_row
from wire.ids import PersonId

AN = PersonId("u-aaaaaaaaaaaaaaaa")
BINH = PersonId("u-bbbbbbbbbbbbbbbb")
MESSAGE = b"PHONGHOP-ENROL-v1\0 nonce"


@pytest.fixture
def people(house: Database) -> Database:
    with house.begin() as tx:
        for person in (AN, BINH):
            row = sample_row(accounts, {}) | {"id": person, "username": person}
            tx.execute(accounts.insert().values(row))
    return house


def _trust(pki: TestPki, database: Database, *, anchor: str = "root", policy: Policy | None = None) -> TrustService:
    found = trust_service(database, policy=policy)
    found.add_authority(pki.der(anchor), trusted=True, by="u-security", now=_now())
    if anchor == "root":
        for helper in ("interm", "old"):
            found.add_authority(pki.der(helper), trusted=False, by="u-security", now=_now())
    return found


def _enrol(trust: TrustService, pki: TestPki, label: str, person: PersonId = AN) -> str:
    md = "sha384" if label == "dung" else "sha256"
    proof = Proof(MESSAGE, pki.sign(label, MESSAGE, md=md))
    return trust.enrol(person, pki.der(label), proof=proof, by="u-it", now=_now()).facts.fingerprint


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.mark.parametrize("anchor", ["root", "interm"])
@pytest.mark.parametrize("label", list(GOOD))
def test_G21_a_good_certificate_is_enrolled_under_a_root_and_under_a_pinned_sub_ca(
    pki: TestPki, people: Database, label: str, anchor: str
) -> None:
    trust = _trust(pki, people, anchor=anchor)
    standing = trust.standing(_enrol(trust, pki, label), now=_now())
    assert standing.warning is None
    assert standing.evidence is not None
    assert standing.evidence.kind == "ocsp"
    assert standing.evidence.age_s(_now()) < 60
    assert standing.chain[0] == pki.der(label)


def test_G22_a_chain_signed_with_sha1_is_taken_under_a_pinned_anchor(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    assert trust.standing(_enrol(trust, pki, "under-old"), now=_now()).evidence is not None


@pytest.mark.parametrize(
    ("label", "refusal"),
    [
        ("expired", CertificateExpired),
        ("not-yet", CertificateNotYetValid),
        ("revoked", CertificateRevoked),
        ("unknown", IssuerUnknown),
        ("sha1", CertificateWeak),
        ("encipherment", CertificateWrongUsage),
        ("web-server", CertificateWrongUsage),
        ("authority", CertificateWrongUsage),
        ("root", CertificateWrongUsage),
    ],
)
def test_G20_a_bad_certificate_is_refused_by_name(
    pki: TestPki, people: Database, label: str, refusal: type[ServerError]
) -> None:
    with pytest.raises(refusal):
        _enrol(_trust(pki, people), pki, label)


def test_G20_what_is_no_certificate_is_refused(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    for data in (b"", b"-----BEGIN CERTIFICATE-----", pki.der("an")[:-9], b"\x30" * 70_000):
        with pytest.raises(CertificateUnreadable):
            trust.enrol(AN, data, proof=Proof(MESSAGE, b""), by="u-it", now=_now())


@given(data=st.binary(max_size=300))
def test_G20_rubbish_is_a_refusal(data: bytes) -> None:
    with pytest.raises(CertificateUnreadable):
        read(data)


def test_G27_who_does_not_prove_the_key_is_not_enrolled(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    for signature in (b"", b"\x00" * 256, pki.sign("an", b"another message"), pki.sign("binh", MESSAGE)):
        with pytest.raises(ProofWrong):
            trust.enrol(AN, pki.der("an"), proof=Proof(MESSAGE, signature), by="u-it", now=_now())


def test_G27_a_certificate_belongs_to_one_person_whatever_name_stands_in_it(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    fingerprint = _enrol(trust, pki, "an")
    assert _enrol(trust, pki, "an") == fingerprint
    with pytest.raises(CertificateTaken):
        _enrol(trust, pki, "an", BINH)
    assert trust.enrolled(fingerprint).person == AN
    with pytest.raises(CertificateUnknown):
        trust.standing("0" * 64, now=_now())


def test_G21_without_the_anchor_nothing_is_known_any_longer(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    fingerprint = _enrol(trust, pki, "an")
    trust.remove_authority(pki.fingerprint("root"))
    with pytest.raises(IssuerUnknown):
        trust.standing(fingerprint, now=_now())


def test_G21_an_anchor_is_an_authority(pki: TestPki, people: Database) -> None:
    with pytest.raises(NotAnAuthority):
        _trust(pki, people).add_authority(pki.der("an"), trusted=True, by="u-security", now=_now())


def test_G24_revoked_after_enrolment_is_found_at_the_next_question_and_stays(
    pki: TestPki, pki_server: PkiServer, people: Database
) -> None:
    """The issuer says good at first; later its list says revoked, then nobody answers: it stays revoked."""
    trust = _trust(pki, people, policy=Policy(fresh_s=0))
    facts = read(pki.der("revoked"))
    with people.begin() as tx:
        trust.tools.store.enrol(tx, _enrolled_before(facts))
    with pytest.raises(CertificateRevoked):
        trust.standing(facts.fingerprint, now=_now())
    pki_server.fault.update({"ocsp": "refused", "crls": "refused"})
    with pytest.raises(CertificateRevoked):
        trust.standing(facts.fingerprint, now=_now())
    assert trust.enrolled(facts.fingerprint).revoked_at is not None


class Puzzled(Paths):
    """A judge that cannot make sense of one certificate, for a reason that has no name."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def chain(
        self, facts: Facts, authorities: Sequence[Authority], *, material: Material | None, now: dt.datetime
    ) -> tuple[bytes, ...]:
        if facts.fingerprint == self._fingerprint:
            raise CertificateRefused
        return super().chain(facts, authorities, material=material, now=now)


def test_G24_one_certificate_that_nobody_can_judge_does_not_hide_that_another_is_revoked(
    pki: TestPki, people: Database
) -> None:
    trust = _trust(pki, people, policy=Policy(fresh_s=0))
    odd = _enrol(trust, pki, "an")
    with people.begin() as tx:
        trust.tools.store.enrol(tx, _enrolled_before(read(pki.der("revoked"))))
    puzzled = TrustService(replace(trust.tools, judge=Puzzled(odd)))
    assert next(one.facts.fingerprint for one in puzzled.certificates_of(AN)) == odd, "it is looked at first"
    assert puzzled.refresh(_now()) == 1
    assert puzzled.enrolled(pki.fingerprint("revoked")).revoked_at is not None


def test_G24_withdrawn_by_the_house_is_withdrawn_at_once(pki: TestPki, people: Database) -> None:
    trust = _trust(pki, people)
    fingerprint = _enrol(trust, pki, "an")
    trust.withdraw(fingerprint, reason="Mất thẻ", now=_now())
    with pytest.raises(CertificateRevoked):
        trust.standing(fingerprint, now=_now())


@pytest.mark.parametrize("fault", ["refused", "garbage", "cut"])
def test_G25_hard_policy_refuses_what_nobody_answers_for(
    pki: TestPki, pki_server: PkiServer, people: Database, fault: str
) -> None:
    pki_server.fault.update({"ocsp": fault, "crls": fault})
    with pytest.raises(RevocationUnknown):
        _enrol(_trust(pki, people), pki, "an")


def test_G24_an_answer_dated_after_the_moment_that_is_judged_counts(pki: TestPki, people: Database) -> None:
    """It was asked for after that moment, and its maker's clock may be ahead."""
    trust = _trust(pki, people)
    proof = Proof(MESSAGE, pki.sign("an", MESSAGE, md="sha256"))
    before = _now() - dt.timedelta(seconds=20)
    assert trust.enrol(AN, pki.der("an"), proof=proof, by="u-it", now=before).facts.fingerprint


def test_G25_a_list_is_asked_for_when_the_responder_is_away(
    pki: TestPki, pki_server: PkiServer, people: Database
) -> None:
    pki_server.fault["ocsp"] = "refused"
    trust = _trust(pki, people)
    evidence = trust.standing(_enrol(trust, pki, "an"), now=_now()).evidence
    assert evidence is not None
    assert evidence.kind == "crl"


def test_G26_fresh_material_is_not_asked_for_again(pki: TestPki, pki_server: PkiServer, people: Database) -> None:
    trust = _trust(pki, people)
    fingerprint = _enrol(trust, pki, "an")
    pki_server.asked.clear()
    trust.standing(fingerprint, now=_now())
    assert pki_server.asked == []


def test_G25_soft_policy_lets_old_material_pass_with_its_age(
    pki: TestPki, pki_server: PkiServer, people: Database
) -> None:
    trust = _trust(pki, people, policy=Policy(hard=False))
    fingerprint = _enrol(trust, pki, "an")
    pki_server.fault.update({"ocsp": "refused", "crls": "refused"})
    later = _now() + dt.timedelta(days=20)
    standing = trust.standing(fingerprint, now=later)
    assert standing.warning == "revocation-old"
    assert standing.evidence is not None
    assert standing.evidence.age_s(later) > 19 * 86400
    much_later = _now() + dt.timedelta(days=60)
    assert trust.standing(fingerprint, now=much_later).warning == "revocation-unknown"


@pytest.mark.parametrize("fault", ["silent", "trickle"])
def test_G26_a_service_that_never_ends_costs_its_budget_and_no_more(
    pki: TestPki, pki_server: PkiServer, fault: str
) -> None:
    pki_server.fault["crls"] = fault
    began = time.monotonic()
    with pytest.raises(PkiServiceAway):
        HttpFetcher(timeout_s=0.4).get(pki.crl_url("interm"))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ldap://ca.test/x", "http://", "http://127.0.0.1:1/"])
def test_G26_only_http_is_asked(url: str) -> None:
    with pytest.raises(PkiServiceAway):
        HttpFetcher(timeout_s=2).get(url)


def test_G23_an_answer_signed_by_a_stranger_is_not_kept(pki: TestPki) -> None:
    """On plain HTTP anybody can answer; a forged “revoked” must not lock a person out."""
    facts = read(pki.der("an"))
    forged = pki.answer("POST", pki.ocsp_url, _ocsp_request(pki))
    assert forged is not None
    broken = forged[:-200] + bytes([forged[-200] ^ 1]) + forged[-199:]
    collector = Revocation(_Says(broken))
    assert collector.collect([facts.der, pki.der("interm")], cached=[], now=_now(), fresh_s=60) == []


def test_G24_certificates_that_end_soon_are_listed_by_urgency(pki: TestPki) -> None:
    now, facts = _now(), read(pki.der("an"))
    ends = [replace(facts, fingerprint=str(days), until=now + dt.timedelta(days=days)) for days in (3, 20, 45, 90, -1)]
    found = model.expiring(ends, now=now)
    assert {days: [one.fingerprint for one in several] for days, several in found.items()} == {
        60: ["45"],
        30: ["20"],
        7: ["3"],
        0: ["-1"],
    }


class _Says:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def get(self, url: str) -> bytes:
        raise PkiServiceAway(host=url)

    def post(self, url: str, body: bytes, *, kind: str) -> bytes:
        return self._body


def _ocsp_request(pki: TestPki) -> bytes:
    subject, issuer = (x509.load_der_x509_certificate(pki.der(label)) for label in ("an", "interm"))
    built = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, hashes.SHA256()).build()
    return built.public_bytes(serialization.Encoding.DER)


def _enrolled_before(facts: model.Facts) -> Enrolled:
    return Enrolled(facts, AN, _now(), "u-it")
