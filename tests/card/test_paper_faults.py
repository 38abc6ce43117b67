"""Signing a paper goes wrong: what is shown, prepared and signed do not fit, with a card behind the real service.

The seat's own hands, the server's own prepare and complete; between them nothing. Whatever is refused is said in both
languages, the paper stays as it was, and the same prepared file is signed afterwards.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.contents import Contents
from deploy.softtoken.keys import Algorithm
from deploy.softtoken.reader import Inserted
from edge.commands import CheckPin, ExamineAndSign, OpenRound
from edge.events import CardOpened, OfferRefused, PinRight, TokenRefused, TokenSigned
from edge.hands import Hands
from edge.model import CardSignature, CardWork
from edge.paper_hands import PaperHands
from edge.passwords import Passwords
from edge.ports import Ports
from edge.signing.files import RoundFiles
from edge.vault.run_dir import RunDir
from edge.vault.store import Vault
from server.signing import pades
from server.signing.errors import SignatureWrong
from server.signing.model import Level
from server.signing.state import Prepared
from server.trust.certificates import read
from tests.card.desk import Desk, emptied
from tests.card.words import said
from tests.pki.authority import TestPki
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import MEETING, named
from tests.support.pdfs import text_pdf
from tests.support.round_play import HEAD, K, waiting
from tests.support.seats import ManualClock
from tests.support.softtoken import DOCUMENT, LOGIN, key, pin, sent_to
from wire.messages import SignOffer, SignPart

PDF = text_pdf(["BIÊN BẢN (demo)"], pages=2)
OTHER = text_pdf(["BIÊN BẢN KHÁC (demo)"], pages=2)
AUTHENTICATE = 0x87
_SIGNER = "chi"


class PaperSeat:
    """One seat's hands, one person's token, one paper on the screen."""

    def __init__(self, desk: Desk, folder: Path, opened: CardOpened, inserted: Inserted) -> None:
        self.desk = desk
        self.inserted = inserted
        self.passwords = Passwords()
        ports = Ports(Vault(FakeDisk()), RunDir(folder / "run", boot="b"), ManualClock(), bytes, cards=desk.worker)
        self.files = RoundFiles(ports)
        self.papers = PaperHands(ports, Hands(ports), self.files, passwords=self.passwords)
        assert opened.token.signs is not None
        self.signs = opened.token.signs
        self.work = CardWork(5, opened.reader, opened.count, self.signs)

    def shows(self, pdf: bytes) -> None:
        digest = hashlib.sha256(pdf).hexdigest()
        found = replace(waiting(), sha256=digest, size_bytes=len(pdf), mark=None)
        self.papers.perform(OpenRound(found, MEETING, named("u", "lan")))
        (told,) = self.files.taken(SignPart(HEAD, K, digest, 0, 1, pdf))
        assert told.ready

    def prepared(self, pdf: bytes = PDF) -> Prepared:
        now = dt.datetime.now(dt.UTC)
        return pades.prepare(pdf, read(self.signs.certificate), mark=None, level=Level.B_B, now=now)

    def offer(self, prepared: Prepared, pdf: bytes = PDF) -> SignOffer:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
        return SignOffer(
            HEAD,
            named("a", "1"),
            K,
            base_sha256=hashlib.sha256(pdf).hexdigest(),
            base_bytes=len(pdf),
            update=prepared.file(pdf)[len(pdf) :],
            signed_attributes=prepared.signed_attributes,
            digest=prepared.digest,
            fence=1,
            until=until,
        )

    def signed(self, offer: SignOffer) -> TokenSigned | TokenRefused | OfferRefused:
        """PIN, examination, card; the number of signatures the card was asked for is in :attr:`asked`."""
        heard = sent_to(self.inserted)
        self.passwords.hold(self.work.request, pin())
        self.papers.perform(CheckPin(self.work))
        assert isinstance(self.desk.next((PinRight, TokenRefused)), PinRight)
        refused = self.papers.perform(ExamineAndSign(self.work, offer))
        if refused:
            (told,) = refused
            assert isinstance(told, OfferRefused)
            assert not [header for header in heard if header[1] == AUTHENTICATE], "the card was asked for nothing"
            return told
        found = self.desk.next((TokenSigned, TokenRefused))
        assert isinstance(found, TokenSigned | TokenRefused)
        return found

    def completes(self, prepared: Prepared, pki: TestPki) -> None:
        """What was prepared is still good: the card signs it, the server takes it."""
        told = self.signed(self.offer(prepared))
        assert isinstance(told, TokenSigned), told
        assert isinstance(told.data, CardSignature)
        done = pades.complete(PDF, prepared, told.data.signature, chain=[pki.der("interm")])
        assert done.level is Level.B_B
        assert done.pdf.startswith(PDF)


def _token(pki: TestPki) -> Contents:
    made = Contents(guid=secrets.token_bytes(16))
    made.put_key(LOGIN, pki.key("login-only"), pki.der("login-only"))
    made.put_key(DOCUMENT, pki.key(_SIGNER), pki.der(_SIGNER))
    return made


@pytest.fixture
def seat(bank: ReaderBank, pki: TestPki, tmp_path: Path) -> Iterator[PaperSeat]:
    emptied(bank)
    desk = Desk(bank)
    desk.worker.start()
    inserted, opened = desk.plug(Card(_token(pki)))
    made = PaperSeat(desk, tmp_path, opened, inserted)
    made.shows(PDF)
    yield made
    made.files.close()
    desk.worker.stop()
    emptied(bank)


def test_G65_a_prepared_file_that_is_not_the_shown_one_never_reaches_the_card(seat: PaperSeat, pki: TestPki) -> None:
    prepared = seat.prepared()
    honest, foreign = seat.offer(prepared), seat.offer(seat.prepared(OTHER), OTHER)
    middle = len(honest.update) // 2
    spoilt = bytearray(honest.update)
    spoilt[middle] ^= 1
    refused = {}
    for name, offer in {
        "another file": foreign,
        "its hash under another update": replace(foreign, base_sha256=honest.base_sha256, base_bytes=honest.base_bytes),
        "one changed byte": replace(honest, update=bytes(spoilt)),
        "other attributes": replace(honest, signed_attributes=foreign.signed_attributes),
    }.items():
        told = seat.signed(offer)
        assert isinstance(told, OfferRefused), name
        said(told.code, told.data)
        refused[name] = told.code
    assert refused["another file"] == "sign-file-differs"
    assert refused["other attributes"] == "sign-digest-wrong"
    seat.completes(prepared, pki)


def test_G65_G11_garbage_from_the_card_costs_one_try_and_the_paper_nothing(seat: PaperSeat, pki: TestPki) -> None:
    prepared = seat.prepared()
    seat.inserted.faults.garble = lambda answer: answer[:8] + bytes([answer[8] ^ 1]) + answer[9:]
    told = seat.signed(seat.offer(prepared))
    assert isinstance(told, TokenRefused)
    assert told.code in {"card-key-mismatch", "card-answer-garbled"}
    said(told.code, told.data)
    seat.inserted.faults.garble = None
    # What a seat that was tampered with would send all the same, the server does not embed.
    with pytest.raises(SignatureWrong) as refused:
        pades.complete(PDF, prepared, secrets.token_bytes(70), chain=[pki.der("interm")])
    said(refused.value.code, refused.value.data)
    seat.completes(prepared, pki)


def test_G65_a_key_that_does_not_fit_its_certificate_signs_no_paper(seat: PaperSeat, pki: TestPki) -> None:
    prepared = seat.prepared()
    held = seat.inserted.card.contents.keys
    right, held[DOCUMENT] = held[DOCUMENT], replace(held[DOCUMENT], private=key(Algorithm.P256, 6))
    told = seat.signed(seat.offer(prepared))
    assert isinstance(told, TokenRefused)
    assert (told.code, told.data) == ("card-key-mismatch", {"purpose": "document"})
    said(told.code, told.data)
    held[DOCUMENT] = right
    seat.completes(prepared, pki)
