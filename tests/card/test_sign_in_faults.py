"""Signing in goes wrong: a card behind the real service, a server with the test PKI's real services, no link between.

Each fault is said in both languages, nobody is signed in, no try of the PIN is lost, and the same seat takes the next
good token. The faults of docs/FAULTS.md that need no card are in ``tests/unit/server/tokens``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.contents import Contents
from deploy.softtoken.keys import Algorithm
from edge import challenge as challenges
from edge.card.algorithms import Digest
from edge.card.certificate import Purpose
from edge.card.errors import CardError
from edge.card.pcsc import Context
from edge.card.token import Token
from edge.challenge import Expected
from edge.errors import EdgeError
from server.meetings.ports import Outcome
from server.tokens.model import Given
from tests.card.rigs import PivRig
from tests.card.words import said
from tests.pki.authority import TestPki
from tests.support.office import Office, fresh_id
from tests.support.softtoken import LOGIN, key, pin, sent_to
from tests.support.theatre import LiveClock
from tests.support.token_desk import TokenDesk
from wire.errors import WireError
from wire.ids import MeetingId
from wire.messages import Challenge, Head
from wire.proof import TokenData, fingerprint, server_key_hash

AUTHENTICATE = 0x87
GOOD = "login-only"
#: Certificates of the test PKI, and what is said of them.
BAD = (
    ("expired", "certificate-expired"),
    ("not-yet", "certificate-not-yet-valid"),
    ("revoked", "certificate-revoked"),
    ("unknown", "certificate-issuer-unknown"),
    ("sha1", "certificate-weak"),
    ("encipherment", "certificate-wrong-usage"),
    ("document-only", "certificate-wrong-usage"),
)


class Seat:
    """What a seat does between the card and the server, without the machine and the link."""

    def __init__(self, desk: TokenDesk, rig: PivRig, token: Token) -> None:
        self.desk = desk
        self.token = token
        self.heard = sent_to(rig.inserted)
        self.rig = rig

    def challenge(self, given: Given, **other: Any) -> Challenge:
        """As it comes over the link."""
        desk = self.desk
        head = Head(desk.device, bytes(16), 1, desk.office.clock.now())
        key = desk.office.services.tokens.server_key
        found = Challenge(
            head, fresh_id("a"), given.challenge, given.nonce, key, desk.seat, desk.meeting, given.expires_at
        )
        return replace(found, **other)

    def answers(self, challenge: Challenge, *, careful: bool = True) -> TokenData:
        """The seat looks at the challenge, the card signs; ``careful`` is False for a seat that was tampered with."""
        expected = Expected(
            self.desk.office.services.tokens.server_key, self.desk.device, self.desk.seat, self.desk.meeting
        )
        if careful:
            challenges.check(challenge, expected, now=self.desk.office.clock.now())
        else:
            expected = Expected(challenge.server_key, challenge.head.device, challenge.seat, challenge.meeting)
        certificate, nonce = self.token.certificates[Purpose.LOGIN], os.urandom(32)
        proof = challenges.proof(challenge, expected, seat_nonce=nonce, certificate=fingerprint(certificate.der))
        digest = Digest.of(certificate.key.usual_hash, proof.signed())
        return TokenData(challenge.challenge, nonce, certificate.der, self.token.sign(Purpose.LOGIN, digest, pin=pin()))

    def signs_in(self) -> Outcome:
        """All of it, as it should be."""
        return self.desk.send(self.answers(self.challenge(self.desk.knock())).to_value())

    @property
    def signatures(self) -> int:
        """How many the card was asked for."""
        return sum(header[1] == AUTHENTICATE for header in self.heard)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, running_pki: Any) -> TokenDesk:
    made = Office(tmp_path_factory.mktemp("office"), clock=LiveClock(), pki_timeout_s=20)
    desk = TokenDesk(made, running_pki.pki)
    desk.trust_the_pki()
    for label in (*(label for label, _ in BAD), "an", "chi", GOOD):
        desk.enrol("daibieu", label)
    return desk


@pytest.fixture
def card(office: TokenDesk, bank: ReaderBank, context: Context, pki: TestPki) -> Iterator[Any]:
    """Puts a person's token of the test PKI in."""
    rigs: list[PivRig] = []

    def put(label: str) -> Seat:
        for rig in rigs:
            rig.finish()
        made = Contents(guid=secrets.token_bytes(16))
        made.put_key(LOGIN, pki.key(label), pki.der(label))
        rigs.append(rig := PivRig(bank, context, made))
        return Seat(office, rig, rig.open())

    yield put
    for rig in rigs:
        rig.finish()


def _nothing_was_lost(seat: Seat, card: Any) -> None:
    """Nobody sits there, the PIN has all its tries, and the next good token signs in at the same seat."""
    state = seat.desk.office.services.meetings.state(MeetingId(seat.desk.meeting))
    assert seat.desk.seat not in {place for _, place in state.seated}
    left = seat.token.pin_state()
    assert left.verified or left.tries_left == 3
    assert card(GOOD).signs_in().outcome == "done"


@pytest.fixture(autouse=True)
def _empty_seat(office: TokenDesk) -> None:
    """Each test at a meeting of its own."""
    office.meeting = office.office.meeting("approved")


@pytest.mark.parametrize(("label", "code"), BAD)
def test_G65_a_token_whose_certificate_is_no_good_is_named_and_the_next_one_works(
    card: Any, label: str, code: str
) -> None:
    seat = card(label)
    refused = seat.signs_in()
    assert (refused.outcome, refused.code) == ("refused", code)
    said(refused.code, refused.data)
    _nothing_was_lost(seat, card)


def test_G65_a_replayed_answer_signs_nobody_in(card: Any) -> None:
    seat = card("chi")
    data = seat.answers(seat.challenge(seat.desk.knock())).to_value()
    assert seat.desk.send(data).outcome == "done"
    again = seat.desk.send(data)
    assert (again.outcome, again.code) == ("refused", "token-challenge-unknown")
    said(again.code, again.data)
    assert seat.signs_in().outcome == "done", "a new challenge, and the same token is in again"


@pytest.mark.parametrize("what", ["server_key", "seat", "meeting", "device"])
def test_G65_a_relayed_challenge_and_one_of_another_seat_never_reach_the_card(card: Any, what: str) -> None:
    seat = card("chi")
    given = seat.desk.knock()
    mine = seat.challenge(given)
    foreign = {
        "server_key": replace(mine, server_key=server_key_hash(b"a false server's key")),
        "seat": replace(mine, seat=seat.desk.office.seats[2]),
        "meeting": replace(mine, meeting=fresh_id("m")),
        "device": replace(mine, head=replace(mine.head, device=fresh_id("d"))),
    }[what]
    with pytest.raises(EdgeError) as refused:
        seat.answers(foreign)
    assert refused.value.code == "seat-challenge-foreign"
    said(refused.value.code)
    assert seat.signatures == 0
    # Even a seat that was tampered with, whose card does sign it, gets nobody in.
    told = seat.desk.send(replace(seat.answers(foreign, careful=False), challenge=given.challenge).to_value())
    assert (told.outcome, told.code) == ("refused", "token-signature-wrong")
    said(told.code, told.data)
    _nothing_was_lost(seat, card)


def test_G65_a_challenge_given_to_another_seat_is_refused_by_the_server_too(card: Any) -> None:
    seat = card("chi")
    other = TokenDesk(seat.desk.office, seat.desk.pki, seat=2, meeting=seat.desk.meeting)
    told = seat.desk.send(seat.answers(seat.challenge(other.knock())).to_value())
    assert (told.outcome, told.code) == ("refused", "token-challenge-elsewhere")
    said(told.code, told.data)
    _nothing_was_lost(seat, card)


def test_G65_garbage_from_the_card_is_never_sent_and_the_challenge_is_still_good(card: Any) -> None:
    seat = card("an")
    challenge = seat.challenge(seat.desk.knock())
    faults = seat.rig.inserted.faults
    for garble in (
        lambda answer: answer[:20] + bytes(8) + answer[28:],
        lambda answer: bytes(len(answer) - 2) + answer[-2:],
        lambda answer: answer[-2:],
    ):
        faults.garble = garble
        with pytest.raises(CardError) as refused:
            seat.answers(challenge)
        assert refused.value.code in {"card-key-mismatch", "card-answer-garbled", "card-refused"}
        said(refused.value.code, refused.value.data)
    faults.garble = None
    assert seat.desk.send(seat.answers(challenge).to_value()).outcome == "done"


def test_G65_a_certificate_of_somebody_else_on_the_card_signs_nobody_in(card: Any, pki: TestPki) -> None:
    seat = card("chi")
    seat.rig.finish()
    stolen = Contents(guid=secrets.token_bytes(16))
    stolen.put_key(LOGIN, key(Algorithm.P256, 5), pki.der("chi"))
    seat.rig.inserted.card = type(seat.rig.card)(stolen)
    token = seat.rig.open()
    with pytest.raises(CardError) as refused:
        Seat(seat.desk, seat.rig, token).signs_in()
    assert refused.value.code == "card-key-mismatch"
    said(refused.value.code, refused.value.data)
    _nothing_was_lost(Seat(seat.desk, seat.rig, token), card)


def test_G65_rubbish_instead_of_the_answer_is_refused_in_words(card: Any) -> None:
    seat = card("chi")
    value = seat.answers(seat.challenge(seat.desk.knock())).to_value()
    for field in value:
        spoilt = dict(value) | {field: "###"}
        try:
            told = seat.desk.send(spoilt)
        except WireError as exc:
            said(exc.code)
        else:
            assert told.outcome == "refused"
            said(told.code, told.data)
