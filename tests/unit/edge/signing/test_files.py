"""What the card is asked to sign follows from the very bytes that are shown; those are readable nowhere (G5, W60)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.commands import CheckPin, DropPin, ExamineAndSign, OpenRound
from edge.events import OfferRefused, RoundFile
from edge.hands import Hands
from edge.model import CardWork, SignsWith
from edge.paper_hands import PaperHands
from edge.passwords import Passwords
from edge.ports import Ports, SignOrder
from edge.signing.errors import MarkElsewhere, NumberDiffers, SignRefused
from edge.signing.files import RoundFiles
from edge.vault.run_dir import RunDir
from edge.vault.store import Vault
from pages.renderer import Renderer
from tests.pki.authority import TestPki
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import MEETING, named
from tests.support.pdfs import text_pdf
from tests.support.round_play import HEAD, K, waiting
from tests.support.seats import ManualClock
from tests.unit.edge.signing.offers import MARK_PLACE, NUMBER, Offer, honest, signed, with_room
from wire.messages import RoundNumber, SignOffer, SignPart
from wire.messages.signing import PART_BYTES, RoundMark

PDF = text_pdf(["BIÊN BẢN"], pages=2)


class Desk:
    """Remembers what the card is asked."""

    def __init__(self) -> None:
        self.checked: list[SignOrder] = []
        self.signed: list[SignOrder] = []

    def open(self, reader: str, count: int) -> None:
        raise AssertionError

    def release(self, reader: str, count: int) -> None:
        raise AssertionError

    def check(self, order: SignOrder) -> None:
        self.checked.append(order)

    def sign(self, order: SignOrder) -> None:
        self.signed.append(order)


class Bench:
    """A seat's hands without a seat."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "run"
        self.desk, self.passwords = Desk(), Passwords()
        ports = Ports(Vault(FakeDisk()), RunDir(self.run, boot="b"), ManualClock(), bytes, cards=self.desk)
        self.files = RoundFiles(ports)
        self.papers = PaperHands(ports, Hands(ports), self.files, passwords=self.passwords)

    def shows(self, pdf: bytes) -> RoundFile:
        """The whole file has come."""
        digest = hashlib.sha256(pdf).hexdigest()
        left, top, right, bottom = (round(1000 * side) for side in MARK_PLACE[1])
        mark = RoundMark(MARK_PLACE[0], (left, top, right, bottom))
        found = replace(waiting(), sha256=digest, size_bytes=len(pdf), mark=mark)
        self.papers.perform(OpenRound(found, MEETING, named("u", "lan")))
        parts = -(-len(pdf) // PART_BYTES)
        told: tuple[RoundFile, ...] = ()
        for number in range(parts):
            data = pdf[number * PART_BYTES : (number + 1) * PART_BYTES]
            told = self.files.taken(SignPart(HEAD, K, digest, number, parts, data))
        return told[0]

    def offered(self, offer: Offer, number: RoundNumber | None = None, **more: Any) -> OfferRefused | SignOrder:
        """An offer comes; what is said of it, or what the card is asked."""
        signs = SignsWith(offer.certificate, hashlib.sha256(offer.certificate).hexdigest(), "Chi", offer.digest)
        work = CardWork(5, "reader", 1, signs)
        self.passwords.hold(5, bytearray(b"123456"))
        self.papers.perform(CheckPin(work))
        sent = SignOffer(
            HEAD,
            named("a", "1"),
            K,
            base_sha256=hashlib.sha256(offer.shown).hexdigest(),
            base_bytes=len(offer.shown),
            update=offer.offered.file[len(offer.shown) :],
            signed_attributes=offer.offered.signed_attributes,
            digest=offer.digest,
            fence=1,
            until=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
        )
        sent = replace(sent, **more)
        said = self.papers.perform(ExamineAndSign(work, sent, number))
        if said:
            (refused,) = said
            assert isinstance(refused, OfferRefused)
            assert self.desk.signed == [], "the card was asked for nothing"
            return refused
        return self.desk.signed[-1]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.files.close()


def test_G5_an_honest_offer_is_signed_over_the_bytes_that_are_shown(bench: Bench, pki: TestPki) -> None:
    assert bench.shows(PDF).ready
    offer = honest(pki, PDF)
    order = bench.offered(offer)
    assert isinstance(order, SignOrder)
    assert (order.message, bytes(order.pin)) == (offer.offered.signed_attributes, b"123456")
    assert bytes(bench.desk.checked[0].pin) == b"123456"
    assert order.pin is not bench.desk.checked[0].pin, "each is wiped by whoever has it"
    assert repr(bench.passwords) == "Passwords(0 held)"


def test_G5_a_prepared_file_that_is_not_of_what_was_shown_is_refused(bench: Bench, pki: TestPki) -> None:
    bench.shows(PDF)
    other = honest(pki, text_pdf(["BIÊN BẢN khác"], pages=2))
    refused = bench.offered(other)
    assert isinstance(refused, OfferRefused)
    assert refused.code == "sign-file-differs"
    # Nor when the server says that it is an update of what was shown.
    own: dict[str, Any] = {"base_sha256": hashlib.sha256(PDF).hexdigest(), "base_bytes": len(PDF)}
    again = bench.offered(other, **own)
    assert isinstance(again, OfferRefused)
    assert again.code.startswith("sign-")
    assert repr(bench.passwords) == "Passwords(0 held)", "and the PIN is wiped"


def test_G6_one_changed_byte_of_update_or_attributes_and_the_card_signs_nothing(bench: Bench, pki: TestPki) -> None:
    bench.shows(PDF)
    offer = honest(pki, PDF)
    update = bytearray(offer.offered.file[len(PDF) :])
    for at in range(0, len(update), max(1, len(update) // 40)):
        changed = bytearray(update)
        changed[at] ^= 0x01
        assert isinstance(bench.offered(offer, update=bytes(changed)), OfferRefused), at
    attributes = bytearray(offer.offered.signed_attributes)
    attributes[-1] ^= 1
    assert isinstance(bench.offered(offer, signed_attributes=bytes(attributes)), OfferRefused)


def test_G6_a_mark_where_none_was_shown_is_not_signed(bench: Bench, pki: TestPki) -> None:
    bench.shows(PDF)
    refused = bench.offered(honest(pki, PDF, mark=None))
    assert isinstance(refused, OfferRefused)
    assert refused.code == MarkElsewhere.code


def test_G62_the_number_shown_with_the_pin_is_signed_and_no_other(bench: Bench, pki: TestPki) -> None:
    room = with_room(PDF)
    bench.shows(room)
    offer = honest(pki, room, number=NUMBER)
    eighth = RoundNumber("08/TB-VKS", NUMBER.date, (("NgayBanHanh", "22"), ("SoVanBan", "08"), ("ThangBanHanh", "11")))
    for other in (None, eighth):
        refused = bench.offered(offer, other)
        assert isinstance(refused, OfferRefused)
        assert refused.code == NumberDiffers.code
    assert isinstance(bench.offered(offer, NUMBER), SignOrder), "the same file, with the number that it has now"


def test_G7_a_certificate_that_is_not_in_the_reader_is_not_signed_for(bench: Bench, pki: TestPki) -> None:
    bench.shows(PDF)
    offer, other = honest(pki, PDF), honest(pki, PDF, "an")
    refused = bench.offered(replace(offer, certificate=other.certificate))
    assert isinstance(refused, OfferRefused)
    assert refused.code in {"sign-other-certificate", "sign-digest-wrong"}


def test_G5_a_file_that_others_have_signed_is_signed_too(bench: Bench, pki: TestPki) -> None:
    already = signed(pki, PDF, "an")
    bench.shows(already)
    assert isinstance(bench.offered(honest(pki, already)), SignOrder)


def test_W60_what_lies_on_the_disk_is_noise_and_is_drawn_all_the_same(bench: Bench) -> None:
    bench.shows(PDF)
    kept = [path for path in bench.run.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"%PDF" not in kept[0].read_bytes()
    ((paper, document),) = bench.files.document().items()
    assert (paper.paper, paper.version) == (f"p-{K.removeprefix('k-')}", 1)
    renderer = Renderer()
    try:
        assert renderer.render(document, 2, width=240)[:4] == b"RIFF"
    finally:
        renderer.close()
    bench.files.close()
    assert bench.files.document() == {}
    assert [path for path in bench.run.rglob("*") if path.is_file()] == []


def test_nothing_is_examined_when_nothing_is_shown(bench: Bench, pki: TestPki) -> None:
    refused = bench.offered(honest(pki, PDF))
    assert isinstance(refused, OfferRefused)
    assert refused.code == "sign-file-differs"
    assert issubclass(SignRefused, Exception)


def test_a_pin_that_is_not_needed_is_wiped(bench: Bench) -> None:
    work = CardWork(5, "reader", 1, SignsWith(b"", "", ""))
    bench.passwords.hold(5, bytearray(b"123456"))
    bench.papers.perform(CheckPin(work))
    held = bench.passwords.get(-5)
    assert held is not None
    bench.papers.perform(DropPin(5))
    assert bytes(held) == bytes(6)
