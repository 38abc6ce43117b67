"""Rules G51–G54 at the bridge: who may ask, one PIN for one question, the card forgets it, token out is told."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.asks import MOST_WAITING, PER_MINUTE
from edge.bridge.errors import (
    AskOver,
    AskStale,
    AskUsed,
    AskWrong,
    BridgeRefusal,
    OriginUnknown,
    TicketUnknown,
    TooManyAsks,
)
from edge.card.errors import CardAbsent, LastTry, PinBlocked, TwoTokens, WrongPin
from edge.errors import EdgeError
from edge.events import CardCame, CardOpened
from sealing.signatures import ServerSigner
from tests.support.bridge_play import NOW, ORIGIN, BridgePlay
from tests.support.token_play import READER, token
from wire.asking import Kind
from wire.proof import ConsoleProof, TokenData


@pytest.fixture
def play(tmp_path: Path) -> Iterator[BridgePlay]:
    found = BridgePlay(tmp_path)
    found.paired()
    yield found
    found.desk.stop()


def told(play: BridgePlay, ticket: str) -> dict[str, Any]:
    """What the page hears first."""
    stream = play.desk.stream(ticket, origin=ORIGIN)
    found = next(stream)
    assert found is not None
    play.desk.withdraw(ticket, origin=ORIGIN)
    return found


def test_G53_a_sign_in_is_signed_over_what_the_bridge_knows_itself(play: BridgePlay) -> None:
    play.plug("lan")
    ticket, pin = play.ask(), bytearray(b"123456")
    typing = play.types_pin(ticket, pin)
    order = play.signs()
    assert typing.code() == ""
    assert pin == bytes(6), "the PIN is zeros"
    result = told(play, ticket)["result"]
    challenge = result["challenge"]
    nonce = base64.b64decode(result["nonce"])
    proof = ConsoleProof(
        challenge=challenge,
        server_nonce=bytes(32),
        bridge_nonce=nonce,
        server_key=play.pairing().server_key,
        bridge=play.bridge,
        origin=ORIGIN,
        expires_at=NOW + dt.timedelta(seconds=60),
        certificate=token("lan").fingerprint,
    )
    assert order.message == proof.signed()
    assert set(result) == set(TokenData(challenge, nonce, b"x", b"y").to_value())


def test_the_card_forgets_the_pin_after_every_question(play: BridgePlay) -> None:
    play.plug("lan")
    play.cards.orders.clear()
    ticket = play.ask()
    typing = play.types_pin(ticket, bytearray(b"123456"))
    play.signs()
    assert typing.code() == ""
    assert [each[0] for each in play.cards.orders if isinstance(each, tuple)] == ["release", "open"]


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        (lambda play: play.message(by=ServerSigner.generate()), AskWrong),
        (lambda play: play.message(bridge="d-aaaaaaaaaaaaaaaa"), AskWrong),
        (lambda play: play.message(origin="https://khac.example.vn"), AskWrong),
        (lambda play: play.message(expires_at=NOW - dt.timedelta(seconds=31)), AskStale),
        (lambda play: play.message(expires_at=NOW + dt.timedelta(seconds=91)), AskStale),
        (lambda play: b"{}", AskWrong),
        (lambda play: play.message()[:-20], AskWrong),
        (lambda play: b"[" * 300_000, AskWrong),
    ],
    ids=["key", "bridge", "origin", "late", "far", "empty", "cut", "long"],
)
def test_G51_nothing_is_asked_that_the_paired_server_did_not_sign(
    play: BridgePlay, spoilt: Callable[[BridgePlay], bytes], error: type[BridgeRefusal]
) -> None:
    with pytest.raises(error):
        play.desk.ask(spoilt(play), origin=ORIGIN)


def test_G51_a_question_is_taken_once_and_from_its_own_origin(play: BridgePlay) -> None:
    message = play.message()
    with pytest.raises(OriginUnknown):
        play.desk.ask(message, origin="https://khac.example.vn")
    ticket = play.desk.ask(message, origin=ORIGIN)
    with pytest.raises(AskUsed):
        play.desk.ask(message, origin=ORIGIN)
    with pytest.raises(TicketUnknown):
        play.desk.withdraw(ticket, origin="https://khac.example.vn")


def test_a_minute_that_is_over_costs_no_try_and_is_renewed(play: BridgePlay) -> None:
    play.plug("lan")
    ticket = play.ask()
    play.clock.advance(61)
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskStale.code
    play.desk.renew(ticket, play.message(), origin=ORIGIN)
    with pytest.raises(AskWrong):
        play.desk.renew(ticket, play.message(Kind.WATCH), origin=ORIGIN)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    play.signs()
    assert typing.code() == ""


def test_a_bridge_that_ends_waits_for_no_card_and_keeps_no_pin(play: BridgePlay) -> None:
    play.plug("lan")
    pin = bytearray(b"123456")
    typing = play.types_pin(play.ask(), pin)
    play.order()
    play.desk.stop()
    assert typing.code() == "seat-stopping"
    assert bytes(pin).strip(b"\0") == b""


def test_a_wrong_pin_is_told_and_may_be_typed_again(play: BridgePlay) -> None:
    play.plug("lan")
    ticket = play.ask()
    typing = play.types_pin(ticket, bytearray(b"999999"))
    play.refuses(WrongPin.code, tries_left=2)
    assert typing.code() == WrongPin.code
    shown = play.desk.own(ticket)
    assert (shown["ask"]["state"], shown["token"]["tries_left"]) == ("waiting", 2)
    play.cards.orders.clear()
    play.opens()
    typing = play.types_pin(ticket, bytearray(b"123456"))
    play.signs()
    assert typing.code() == ""
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskOver.code


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lambda play: None, CardAbsent),
        (lambda play: play.plug("lan", is_last=True), LastTry),
        (lambda play: play.plug("lan", is_blocked=True), PinBlocked),
    ],
    ids=["absent", "last", "blocked"],
)
def test_a_token_that_cannot_be_used_says_why_and_is_not_asked(
    play: BridgePlay, prepare: Callable[[BridgePlay], None], error: type[EdgeError]
) -> None:
    prepare(play)
    pin = bytearray(b"123456")
    assert play.types_pin(play.ask(), pin).code() == error.code
    assert pin == bytes(6)
    assert not [each for each in play.cards.orders if not isinstance(each, tuple)]


def test_two_tokens_are_one_too_many(play: BridgePlay) -> None:
    play.plug("lan")
    play.desk.hear(CardCame("Reader 01 00", 1))
    assert play.types_pin(play.ask(), bytearray(b"123456")).code() == TwoTokens.code


def test_G54_who_watches_a_token_is_told_at_once_that_it_is_out(play: BridgePlay) -> None:
    play.plug("lan")
    fingerprint = token("lan").fingerprint
    watch = play.desk.stream(play.ask(Kind.WATCH, data={"certificate": fingerprint}), origin=ORIGIN)
    first = next(watch)
    assert first is not None
    assert first["inside"] is True
    play.pull()
    assert [each["inside"] for each in watch if each is not None] == [False]
    other = play.desk.stream(play.ask(Kind.WATCH, data={"certificate": "ab" * 32}), origin=ORIGIN)
    assert [each["inside"] for each in other if each is not None] == [False]


def test_G54_another_token_in_its_place_counts_as_out(play: BridgePlay) -> None:
    play.plug("lan")
    watch = play.desk.stream(play.ask(Kind.WATCH, data={"certificate": token("lan").fingerprint}), origin=ORIGIN)
    next(watch)
    play.desk.hear(CardOpened(READER, play.count, token("minh")))
    assert [each["inside"] for each in watch if each is not None] == [False]


def test_a_page_that_goes_away_ends_its_question(play: BridgePlay) -> None:
    play.plug("lan")
    ticket = play.ask()
    stream = play.desk.stream(ticket, origin=ORIGIN)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskOver.code


def test_the_person_may_decline_and_unpair(play: BridgePlay) -> None:
    declined, open_one = play.ask(), play.ask()
    play.desk.decline(declined)
    assert told(play, declined)["code"] == "bridge-declined"
    play.desk.unpair(ORIGIN)
    assert play.desk.own(open_one)["ask"]["code"] == OriginUnknown.code
    with pytest.raises(OriginUnknown):
        play.ask()


def test_few_questions_wait_and_few_come_in_a_minute(play: BridgePlay) -> None:
    tickets = [play.ask() for _ in range(MOST_WAITING)]
    with pytest.raises(TooManyAsks):
        play.ask()
    for ticket in tickets:
        play.desk.withdraw(ticket, origin=ORIGIN)
    for _ in range(PER_MINUTE - MOST_WAITING - 1):
        play.desk.withdraw(play.ask(), origin=ORIGIN)
    with pytest.raises(TooManyAsks):
        play.ask()
    play.clock.advance(61)
    play.ask()
