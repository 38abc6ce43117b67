"""Rules G56, G57 at the bridge: a statement is signed as it was shown, a certificate is proved by its own key."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.errors import AskStale, AskWrong
from edge.card.certificate import Purpose
from edge.card.errors import NoCertificate
from edge.model import SignsWith
from tests.pki.authority import TestPki
from tests.support.bridge_play import NOW, ORIGIN, BridgePlay
from tests.support.meeting_log import MeetingLog, named
from tests.support.token_play import token
from wire import cades, declare
from wire.asking import Kind
from wire.declare import Maker
from wire.proof import ConsoleProof, EnrolProof, fingerprint
from wire.statement import Place, SignedStatement, Statement
from wire.wording import words

PERSON = named("u", "lan")
NONCE = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def play(tmp_path: Path, pki: TestPki) -> Iterator[BridgePlay]:
    found = BridgePlay(tmp_path)
    found.paired()
    der = pki.der("an")
    found.plug("lan", signs=SignsWith(der, fingerprint(der), "Lan (demo)"))
    yield found
    found.desk.stop()


def statement(**other: Any) -> Statement:
    log = MeetingLog().prepared()
    state = log.add("meeting_opened")
    made = declare.close(state, Maker(PERSON, None, NOW))
    return replace(made, **other)


def asked(play: BridgePlay, said: Statement) -> str:
    return play.ask(Kind.STATEMENT, data={"statement": said.to_value()})


def enrols(play: BridgePlay, **other: Any) -> str:
    data = {"nonce": NONCE, "person": PERSON, "name": "Lan (demo)", "use": "document", **other}
    return play.ask(Kind.ENROL, data=data)


# Statements


def test_G56_what_is_shown_is_the_words_of_what_is_signed(play: BridgePlay) -> None:
    said = statement()
    ticket = asked(play, said)
    shown = play.desk.own(ticket)["ask"]
    assert shown["kind"] == "statement"
    assert shown["name"] == said.name
    for language in ("vi", "en"):
        right = words(said, language)
        assert shown["words"][language] == {"title": right.title, "lines": list(right.lines)}
    pin = bytearray(b"123456")
    typing = play.types_pin(ticket, pin)
    order = play.signs(b"raw")
    assert typing.code() == ""
    assert pin == bytes(6)
    assert play.seen is not None
    assert play.seen.signs is not None
    certificate = play.seen.signs.certificate
    assert (order.purpose, order.fingerprint) == (Purpose.DOCUMENT, fingerprint(certificate))
    assert order.message == cades.to_sign(said, certificate)
    assert play.result(ticket) == SignedStatement(said.encode(), certificate, b"raw").to_value()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: replace(said, place=Place(named("d", "x"), named("s", "x"), "A1")),
        lambda said: replace(said, made_at=said.made_at - dt.timedelta(seconds=6)),
        lambda said: replace(said, made_at=said.made_at + dt.timedelta(hours=1)),
        lambda said: replace(said, kind="burn", body={}),
        lambda said: replace(said, body={**said.body, "more": 1}),
        lambda said: replace(said, hash="ab"),
    ],
    ids=["of a seat", "earlier", "later", "kind", "body", "hash"],
)
def test_G56_what_is_no_statement_of_a_console_and_of_now_is_not_asked(
    play: BridgePlay, spoil: Callable[[Statement], Statement]
) -> None:
    with pytest.raises(AskWrong):
        asked(play, spoil(statement()))


def test_G56_a_statement_may_be_read_for_five_minutes_and_stays_as_it_was_shown(play: BridgePlay) -> None:
    ticket = asked(play, statement())
    for other in (statement(title="Họp khác"), statement()):
        message = play.message(Kind.STATEMENT, data={"statement": other.to_value()})
        with pytest.raises(AskWrong):
            play.desk.renew(ticket, message, origin=ORIGIN)
    play.clock.advance(299)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    play.signs()
    assert typing.code() == ""


def test_G56_after_five_minutes_nothing_is_signed_and_no_try_is_spent(play: BridgePlay) -> None:
    ticket = asked(play, statement())
    play.clock.advance(300)
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskStale.code
    assert not [each for each in play.cards.orders if not isinstance(each, tuple)]


def test_G56_a_token_for_signing_in_alone_declares_nothing(play: BridgePlay) -> None:
    play.pull()
    play.plug("minh")
    assert play.types_pin(asked(play, statement()), bytearray(b"123456")).code() == NoCertificate.code


# Enrolment


@pytest.mark.parametrize("use", ["document", "login"])
def test_G57_a_certificate_is_proved_by_its_own_key_for_this_person_and_use(play: BridgePlay, use: str) -> None:
    ticket = enrols(play, use=use)
    shown = play.desk.own(ticket)["ask"]
    assert (shown["kind"], shown["name"], shown["use"]) == ("enrol", "Lan (demo)", use)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    order = play.signs(b"raw")
    assert typing.code() == ""
    result = play.result(ticket)
    certificate = base64.b64decode(result["certificate"])
    assert play.seen is not None
    assert play.seen.signs is not None
    own = play.seen.signs.certificate if use == "document" else token("lan").certificate
    assert (certificate, order.purpose.value) == (own, use)
    asked_for = ConsoleProof(
        challenge=result["challenge"],
        server_nonce=bytes(32),
        bridge_nonce=base64.b64decode(result["nonce"]),
        server_key=play.pairing().server_key,
        bridge=play.bridge,
        origin=ORIGIN,
        expires_at=NOW + dt.timedelta(seconds=60),
        certificate=fingerprint(own),
    )
    assert order.message == EnrolProof(asked_for, PERSON, use).signed()
    assert order.message != asked_for.signed()


@pytest.mark.parametrize("spoilt", [{"use": "any"}, {"person": "x"}, {"name": ""}, {"nonce": "AA=="}, {"more": 1}])
def test_G57_a_question_about_a_certificate_is_read_to_the_last_field(play: BridgePlay, spoilt: dict[str, Any]) -> None:
    with pytest.raises(AskWrong):
        enrols(play, **spoilt)


def test_G57_a_challenge_is_renewed_for_the_same_person_and_use_alone(play: BridgePlay) -> None:
    ticket = enrols(play)
    play.clock.advance(61)
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskStale.code
    right = {"nonce": NONCE, "person": PERSON, "name": "Lan (demo)", "use": "document"}
    for other in ({"use": "login"}, {"person": named("u", "minh")}, {"name": "Minh"}):
        with pytest.raises(AskWrong):
            play.desk.renew(ticket, play.message(Kind.ENROL, data={**right, **other}), origin=ORIGIN)
    play.desk.renew(ticket, play.message(Kind.ENROL, data=right), origin=ORIGIN)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    play.signs()
    assert typing.code() == ""
