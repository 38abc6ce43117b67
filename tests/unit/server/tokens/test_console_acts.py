"""Rules G56, G57 at the server: questions for the bridge of a PC, answered by its own code, and what they do."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.enrolling import EnrolAsk
from edge.bridge.statements import StatementAsk
from server.identity.model import Role
from server.identity.service import NewAccount
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.signing.house import House
from tests.signing.pc import Pc
from tests.support.office import PASSWORD, Reply, fresh_id
from wire.asking import Ask, Kind
from wire.ids import MeetingId
from wire.proof import EnrolProof, TokenData
from wire.secret import Secret

NONCE = "5a" * 32
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, running_pki: PkiServer) -> Iterator[House]:
    """One for all: each test has a meeting or an account of its own, and a card that no other enrols."""
    assert running_pki.pki is not None
    found = House(tmp_path_factory.mktemp("house"), running_pki.pki)
    found.enrol("chutri", "chi")
    yield found
    found.services.close()


def signed_in(house: House) -> Pc:
    """The chair, by token."""
    made = Pc(house)
    made.pair().done()
    made.sign_in().done()
    return made


def answered(pc: Pc, ask: Ask, *, by: str = "") -> dict[str, Any]:
    """What the bridge makes of a question about a statement, with the card of ``by``."""
    label = by or pc.label
    certificate = pc.house.pki.der(label)
    wanted = StatementAsk.read(ask)
    return wanted.result(certificate, pc.house.signs(label, wanted.message(certificate)))


# Statements


def test_G56_the_chair_closes_with_what_the_bridge_has_shown_and_signed(house: House) -> None:
    pc, meeting = signed_in(house), house.meeting("open")
    path = f"/api/meetings/{meeting}/statements/close"
    ask = pc.ask(f"{path}/ask")
    assert (ask.kind, ask.bridge) == (Kind.STATEMENT, pc.bridge.key_id)
    said = StatementAsk.read(ask).statement
    assert (said.kind, said.person, said.place) == ("close", house.people["chutri"], None)
    done = pc.browser.post(path, answered(pc, ask)).done()
    assert done["statement"] == said.sha256
    listed = pc.browser.get(f"/api/meetings/{meeting}/statements").done()
    assert [(one["kind"], one["sha256"]) for one in listed["statements"]] == [("close", said.sha256)]
    assert listed["demanded"] == []


def test_G56_the_chair_approves_the_papers_that_were_chosen(house: House) -> None:
    pc, meeting = signed_in(house), house.meeting("approved")
    path = f"/api/meetings/{meeting}/statements/approve_papers"
    paper = house.paper(meeting)
    ask = pc.ask(f"{path}/ask", {"papers": [paper]})
    assert [one["paper"] for one in StatementAsk.read(ask).statement.body["papers"]] == [paper]
    pc.browser.post(path, answered(pc, ask)).done()
    found = house.services.meetings.state(MeetingId(meeting)).paper(paper)
    assert found is not None
    assert found.state.value == "approved"


def test_G56_a_question_is_for_who_may_do_the_act_and_for_a_paired_browser(house: House) -> None:
    meeting = house.meeting("open")
    path = f"/api/meetings/{meeting}/statements"
    assert house.sign_in("chutri").post(f"{path}/close/ask").code == "bridge-unknown"
    member = Pc(house)
    member.pair().done()
    member.browser.sign_in("daibieu")
    assert member.browser.post(f"{path}/close/ask").status == 403
    assert member.browser.post(f"{path}/burn/ask").code == "statement-kind-unknown"
    member.browser.sign_in("anninh")
    assert member.browser.post(f"{path}/attend/ask").status == 403


def test_G56_a_named_ballot_is_cast_at_a_console_with_its_signature_alone(house: House) -> None:
    pc, meeting = signed_in(house), house.meeting("open")
    path = f"/api/meetings/{meeting}"
    rule = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
    item = house.services.meetings.state(MeetingId(meeting)).agenda[0].item
    written = {"item": item, "kind": "named", "question": "Thông qua?", "template": "approve", "rule": rule}
    votes = [pc.browser.post(f"{path}/votes", written).done()["vote"] for _ in range(2)]
    vote = f"{path}/votes/{votes[0]}"
    assert pc.browser.post(f"{vote}/ballot/ask", {"answer": "for"}).code == "vote-not-open"
    pc.browser.post(f"{path}/statements/attend", answered(pc, pc.ask(f"{path}/statements/attend/ask"))).done()
    pc.browser.post(f"{vote}/open").done()
    ask = pc.ask(f"{vote}/ballot/ask", {"answer": "for"})
    said = StatementAsk.read(ask).statement
    assert (said.body["ballot"], said.body["answer"]) == (votes[0], "for")
    data = {**answered(pc, ask), "nonce": NONCE}
    assert pc.browser.post(f"{path}/votes/{votes[1]}/ballot", data).code == "no-such-vote"
    assert pc.browser.post(f"{vote}/ballot", {"answer": "for", "nonce": NONCE}).code == "vote-signature-missing"
    done = pc.browser.post(f"{vote}/ballot", data).done()
    assert done["vote"] == votes[0]
    pc.browser.post(f"{vote}/close").done()
    (ballot,) = house.services.meetings.state(MeetingId(meeting)).vote(votes[0]).ballots  # type: ignore[union-attr]
    assert (ballot.answer, ballot.statement) == ("for", said.sha256)


# Enrolment


class Owner(Pc):
    """Somebody whom the card of ``label`` names, signed in with a password."""

    def __init__(self, house: House, label: str = "an", *, name: str = "", **account: Any) -> None:
        super().__init__(house, label)
        username = f"moi{next(_numbers)}"
        new = NewAccount(username, name or f"NGƯỜI  {label} (demo)", "", "", frozenset[Role]())
        secret = Secret(PASSWORD.encode())
        now = house.clock.now()
        self.person = house.services.identity.create_account(new, secret, actor="system", act=fresh_id("a"), now=now)
        self.pair().done()
        self.browser.sign_in(username)

    def asked(self, use: str = "document", password: str = PASSWORD) -> Ask:
        return self.ask(f"/api/me/certificates/{use}/ask", {"password": password})

    def claims(self, ask: Ask, use: str = "document", *, by: str = "", **other: Any) -> Reply:
        """As the bridge answers it; ``other`` in place of what is right."""
        wanted = EnrolAsk.read(ask)
        proof = self.proof(ask)
        claimed = EnrolProof(proof, other.get("person", wanted.person), other.get("says", wanted.purpose.value))
        signature = self.house.signs(by or self.label, other.get("text") or claimed.signed())
        data = TokenData(ask.ask, proof.bridge_nonce, self.house.pki.der(self.label), signature)
        return self.browser.post(f"/api/me/certificates/{use}", data.to_value())

    def has(self) -> list[str]:
        return [one["fingerprint"] for one in self.browser.get("/api/me/certificates").done()["certificates"]]


def test_G57_an_owner_proves_the_key_and_the_certificate_is_theirs_from_then_on(house: House) -> None:
    owner = Owner(house)
    assert owner.has() == []
    ask = owner.asked()
    assert EnrolAsk.read(ask).person == owner.person
    assert owner.claims(ask).done()["fingerprint"] == house.pki.fingerprint("an")
    assert owner.has() == [house.pki.fingerprint("an")]
    assert house.services.trust.enrolled(house.pki.fingerprint("an")).person == owner.person
    (event,) = house.sign_in("anninh").get("/api/trust").done()["events"][:1]
    assert (event["kind"], event["actor"]) == ("certificate_enrolled", f"person:{owner.person}")


def test_G57_the_question_wants_the_password_once_more(house: House) -> None:
    owner = Owner(house)
    reply = owner.browser.post("/api/me/certificates/document/ask", {"password": "sai-mat-khau"})
    assert reply.code == "bad-credentials"
    assert owner.browser.post("/api/me/certificates/document/ask").status == 400
    owner.asked()


def test_G57_another_key_text_use_or_person_enrols_nothing(house: House) -> None:
    owner = Owner(house, "binh")
    assert owner.claims(owner.asked(), by="an").code == "certificate-proof-wrong"
    assert owner.claims(owner.asked(), use="login").code == "token-challenge-elsewhere"
    other: tuple[dict[str, Any], ...] = (
        {"person": house.people["chutri"]},
        {"says": "login"},
        {"text": os.urandom(40)},
    )
    for change in other:
        assert owner.claims(owner.asked(), **change).code == "certificate-proof-wrong", change
    ask = owner.asked()
    # What signs in is no proof for an enrolment, nor is its challenge one for signing in.
    assert owner.claims(ask, text=owner.proof(ask).signed()).code == "certificate-proof-wrong"
    ask = owner.asked()
    assert owner.browser.post("/api/sign-in/token", owner.data(owner.proof(ask))).code == "token-challenge-elsewhere"
    ask = owner.asked()
    owner.claims(ask).done()
    again = owner.claims(ask).done()
    assert again["fingerprint"] == house.pki.fingerprint("binh"), "the answer may have been lost: it is enrolled"
    assert owner.has() == [again["fingerprint"]]
    stranger = Owner(house, "binh")
    assert stranger.claims(ask).code == "token-challenge-unknown", "and only for whose it is"


def test_G57_somebody_elses_token_is_not_enrolled_to_an_account_that_was_broken_into(house: House) -> None:
    thief = Owner(house, name="Trần Thị B (demo)")
    reply = thief.claims(thief.asked())
    assert (reply.code, reply.data["name"]) == ("certificate-other-name", "Người an (kiểm thử)")
    assert thief.has() == []


@pytest.mark.parametrize(
    ("label", "use", "code"),
    [
        ("revoked", "document", "certificate-revoked"),
        ("expired", "document", "certificate-expired"),
        ("unknown", "document", "certificate-issuer-unknown"),
        ("login-only", "document", "certificate-wrong-usage"),
        ("document-only", "login", "certificate-wrong-usage"),
        ("login-only", "login", ""),
    ],
)
def test_G57_path_usage_and_revocation_are_judged_before_it_is_kept(
    house: House, label: str, use: str, code: str
) -> None:
    owner = Owner(house, label)
    assert owner.claims(owner.asked(use), use).code == code
    assert bool(owner.has()) == (code == "")


def test_G57_a_house_may_leave_it_to_its_administrator(tmp_path: Path, pki: TestPki) -> None:
    house = House(tmp_path, pki, certificates_by_owner=False)
    owner = Owner(house)
    reply = owner.browser.post("/api/me/certificates/document/ask", {"password": PASSWORD})
    assert reply.code == "own-certificates-off"
    assert owner.browser.get("/api/me/certificates").done()["allowed"] is False
    house.services.close()


def test_G57_a_session_begun_by_token_needs_no_password(house: House) -> None:
    pc = signed_in(house)
    ask = pc.ask("/api/me/certificates/document/ask")
    assert EnrolAsk.read(ask).person == house.people["chutri"]
    assert pc.browser.get("/api/me/certificates").done()["by_token"] is True
