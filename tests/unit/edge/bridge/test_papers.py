"""Rule G55 at the bridge: the very file, PIN before lease, nothing signed that was not shown and examined."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.bridge.errors import AskOver, AskStale, AskWrong, TicketUnknown
from edge.bridge.kinds import READ_S
from edge.bridge.papers import Offer
from edge.card.errors import NoCertificate, WrongPin
from edge.errors import ServerRefused
from edge.events import PinRight, TokenRefused, TokenSigned
from edge.model import CardSignature, SignsWith
from edge.ports import SignOrder
from edge.signing.errors import FileDiffers, MarkElsewhere, NumberDiffers, SignRefused
from tests.pki.authority import TestPki
from tests.support.bridge_play import ORIGIN, BridgePlay, Typing
from tests.support.pdfs import text_pdf
from tests.support.poll import until
from tests.unit.edge.signing import offers
from wire.asking import Kind

PDF = text_pdf(["BIÊN BẢN"])
#: As the server's question names it: thousandths of a point.
MARK = {"page": offers.MARK_PLACE[0], "box": [round(1000 * side) for side in offers.MARK_PLACE[1]]}


def about(pdf: bytes = PDF, **other: Any) -> dict[str, Any]:
    right = {"title": "Biên bản", "kind": "minutes", "name": "Lan", "size_bytes": len(pdf), "mark": None}
    return {**right, "sha256": hashlib.sha256(pdf).hexdigest(), **other}


@pytest.fixture
def play(tmp_path: Path) -> Iterator[BridgePlay]:
    found = BridgePlay(tmp_path)
    found.paired()
    signs = SignsWith(b"document certificate", "cd" * 32, "Lan (demo)")
    found.plug("lan", signs=signs)
    yield found
    found.desk.stop()
    found.renderer.close()


def asked(play: BridgePlay, pdf: bytes = PDF, **other: Any) -> str:
    ticket = play.ask(Kind.PAPER, data=about(pdf, **other))
    play.desk.take_file(ticket, pdf, origin=ORIGIN)
    return ticket


def until_offer(play: BridgePlay, ticket: str) -> None:
    """The card takes the PIN; the page is asked for the offer."""
    order = play.order()
    assert play.seen is not None
    play.desk.hear(PinRight(order.request, play.seen))
    until(lambda: play.desk.own(ticket)["ask"]["state"] == "offer", what="the offer is wanted")


def test_G55_another_file_than_the_one_the_server_named_is_not_shown(play: BridgePlay) -> None:
    ticket = play.ask(Kind.PAPER, data=about())
    for other in (PDF + b"\n", b"", text_pdf(["KHÁC"])):
        with pytest.raises(FileDiffers):
            play.desk.take_file(ticket, other, origin=ORIGIN)
    with pytest.raises(TicketUnknown):
        play.desk.take_file(ticket, PDF, origin="https://la.example.vn")
    with pytest.raises(AskOver):
        play.desk.paper(ticket)
    play.desk.take_file(ticket, PDF, origin=ORIGIN)
    assert play.renderer.render(play.desk.paper(ticket), 1, width=320)[:4] == b"RIFF"
    with pytest.raises(AskOver):
        play.desk.take_file(ticket, PDF, origin=ORIGIN)


def test_G55_nothing_is_signed_before_the_paper_is_there(play: BridgePlay) -> None:
    ticket = play.ask(Kind.PAPER, data=about())
    pin = bytearray(b"123456")
    assert play.types_pin(ticket, pin).code() == AskWrong.code
    assert pin == bytes(6)


def test_a_token_without_a_certificate_for_documents_says_so(play: BridgePlay) -> None:
    play.pull()
    play.plug("minh", signs=None)
    assert play.types_pin(asked(play), bytearray(b"123456")).code() == NoCertificate.code


@pytest.mark.parametrize("spoilt", [{"size_bytes": 0}, {"mark": {"page": 0, "box": []}}, {"sha256": "x"}, {"more": 1}])
def test_a_question_about_a_paper_is_read_to_the_last_field(play: BridgePlay, spoilt: dict[str, Any]) -> None:
    with pytest.raises(AskWrong):
        play.ask(Kind.PAPER, data=about(**spoilt))


def test_G55_a_paper_may_be_read_for_longer_than_the_minute_of_its_question(play: BridgePlay) -> None:
    ticket = asked(play)
    play.clock.advance(READ_S[Kind.PAPER] - 1)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    until_offer(play, ticket)
    play.desk.take_offer(ticket, ServerRefused("signing-lease-held", wait_s=9), origin=ORIGIN)
    assert typing.code() == "signing-lease-held"
    play.clock.advance(1)
    assert play.types_pin(ticket, bytearray(b"123456")).code() == AskStale.code


def test_G55_a_wrong_pin_takes_no_lease(play: BridgePlay) -> None:
    ticket = asked(play)
    typing = play.types_pin(ticket, bytearray(b"999999"))
    order = play.order()
    assert order.message == b""
    assert play.seen is not None
    play.desk.hear(TokenRefused(order.request, WrongPin.code, {"tries_left": 2}, replace(play.seen, tries_left=2)))
    assert typing.code() == WrongPin.code
    shown = play.desk.own(ticket)
    assert (shown["ask"]["state"], shown["token"]["tries_left"]) == ("waiting", 2)
    with pytest.raises(AskOver):
        play.desk.take_offer(ticket, ServerRefused("x"), origin=ORIGIN)


def test_G55_what_the_server_refuses_is_told_and_may_be_tried_again(play: BridgePlay) -> None:
    ticket = asked(play)
    typing = play.types_pin(ticket, bytearray(b"123456"))
    until_offer(play, ticket)
    play.desk.take_offer(ticket, ServerRefused("signing-lease-held", wait_s=9), origin=ORIGIN)
    assert typing.code() == "signing-lease-held"
    assert play.desk.own(ticket)["ask"]["state"] == "waiting"


def test_G55_an_offer_that_is_not_of_this_paper_reaches_no_card(play: BridgePlay) -> None:
    ticket = asked(play)
    pin = bytearray(b"123456")
    typing = play.types_pin(ticket, pin)
    until_offer(play, ticket)
    play.desk.take_offer(ticket, Offer(b"1 0 obj\nendobj\n", b"1\x00", "sha256", 1), origin=ORIGIN)
    error = typing.code()
    assert isinstance(typing.error, SignRefused), error
    assert pin == bytes(6)
    assert [each for each in play.cards.orders if isinstance(each, SignOrder) and each.message] == []


def test_G55_a_mark_that_was_not_shown_is_not_signed(play: BridgePlay, pki: TestPki) -> None:
    made = offers.honest(pki, PDF)
    play.pull()
    play.plug("lan", signs=SignsWith(made.certificate, "cd" * 32, "Lan (demo)", made.digest))
    ticket = asked(play, made.shown)
    typing: Typing = play.types_pin(ticket, bytearray(b"123456"))
    until_offer(play, ticket)
    play.cards.orders.clear()
    update = made.offered.file[len(made.shown) :]
    play.desk.take_offer(ticket, Offer(update, made.offered.signed_attributes, made.digest, 7), origin=ORIGIN)
    assert typing.code() == MarkElsewhere.code
    assert [each for each in play.cards.orders if isinstance(each, SignOrder) and each.message] == []


def test_G62_a_number_that_has_moved_on_ends_the_question_for_it_can_never_be_signed(
    play: BridgePlay, pki: TestPki
) -> None:
    made = offers.honest(pki, offers.with_room(PDF), number=offers.NUMBER)
    play.pull()
    play.plug("lan", signs=SignsWith(made.certificate, "cd" * 32, "Lan (demo)", made.digest))
    sixth = {"NgayBanHanh": "22", "SoVanBan": "06", "ThangBanHanh": "11"}
    number = {"number": "06/TB-VKS", "date": "2026-11-22", "written": sixth}
    ticket = asked(play, made.shown, mark=MARK, number=number)
    typing: Typing = play.types_pin(ticket, bytearray(b"123456"))
    until_offer(play, ticket)
    update = made.offered.file[len(made.shown) :]
    play.desk.take_offer(ticket, Offer(update, made.offered.signed_attributes, made.digest, 7), origin=ORIGIN)
    assert typing.code() == NumberDiffers.code
    shown = play.desk.own(ticket)["ask"]
    assert (shown["state"], shown["code"]) == ("over", NumberDiffers.code)
    with pytest.raises(AskOver):
        play.desk.paper(ticket)


@pytest.mark.parametrize("other", [{"number": "08/TB-VKS"}, {"date": "2026-11-23"}, {"written": {}}])
def test_G62_a_question_that_shows_one_number_and_would_sign_another_is_none(
    play: BridgePlay, other: dict[str, Any]
) -> None:
    seventh = {"number": "07/TB-VKS", "date": "2026-11-22", "written": dict(offers.NUMBER.written)}
    play.ask(Kind.PAPER, data=about(number=seventh))
    with pytest.raises(AskWrong):
        play.ask(Kind.PAPER, data=about(number={**seventh, **other}))


def test_G55_the_card_signs_the_attributes_of_the_paper_that_was_shown(play: BridgePlay, pki: TestPki) -> None:
    made = offers.honest(pki, PDF)
    play.pull()
    play.plug("lan", signs=SignsWith(made.certificate, "cd" * 32, "Lan (demo)", made.digest))
    ticket = asked(play, made.shown, mark=MARK)
    typing: Typing = play.types_pin(ticket, bytearray(b"123456"))
    until_offer(play, ticket)
    play.cards.orders.clear()
    update = made.offered.file[len(made.shown) :]
    play.desk.take_offer(ticket, Offer(update, made.offered.signed_attributes, made.digest, 7), origin=ORIGIN)
    order = play.order()
    assert order.message == made.offered.signed_attributes
    assert play.seen is not None
    play.desk.hear(TokenSigned(order.request, play.seen, CardSignature(made.certificate, b"signed")))
    assert typing.code() == ""
    stream = play.desk.stream(ticket, origin=ORIGIN)
    told = next(stream)
    assert told is not None
    assert told["result"] == {"signature": base64.b64encode(b"signed").decode(), "fence": 7}
    with pytest.raises(AskOver):
        play.desk.paper(ticket)
