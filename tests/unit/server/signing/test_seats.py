"""Papers signed over the link with the seats, the broker in memory (W59–W61): for who is signed in there, and once."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.identity.model import Actor
from server.signing.desk import Asked, NewRound, PaperKind
from server.signing.model import Level, Order
from server.signing.planning import MarkKind, MarkWish
from tests.pki.authority import TestPki
from tests.pki.profiles import PkiSettings
from tests.support.office import PASSWORD, fresh_id
from tests.support.pdfs import text_pdf
from tests.support.poll import until
from tests.support.seat_twin import SeatTwin
from tests.support.theatre import Theatre
from tests.support.token_desk import TokenDesk
from wire.ids import MeetingId, PersonId
from wire.messages import Ack, SignOffer, SignPart, SignRounds
from wire.messages.signing import PART_BYTES, WINDOW

PDF = text_pdf(["BIÊN BẢN"], pages=2)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    """Certificates and keys; nothing listens, so nobody answers for revocation."""
    settings = PkiSettings("http://pki.test", dt.datetime.now(dt.UTC))
    return TestPki(settings, tmp_path_factory.mktemp("pki"))


class Stage:
    """A delegate signs at seat 1, the chair at seat 0; both have certificates."""

    def __init__(self, theatre: Theatre, pki: TestPki) -> None:
        self.theatre, self.pki, self.office = theatre, pki, theatre.office
        self.meeting = theatre.office.meeting("approved")
        self.seats = [theatre.seat(number) for number in range(2)]
        until(lambda: all(self.meeting in seat.meetings for seat in self.seats), timeout_s=30)
        desk = TokenDesk(theatre.office, pki, meeting=self.meeting)
        desk.trust_the_pki()
        for name, label in (("chutri", "an"), ("daibieu", "chi")):
            desk.enrol(name, label)

    def person(self, name: str) -> str:
        return self.office.people[name]

    def sits(self, number: int, name: str) -> SeatTwin:
        """Signed in there with a password."""
        seat = self.seats[number]
        data = {"person": self.person(name), "password": PASSWORD}
        act = seat.act(self.meeting, "sign_in", data, person=None)
        until(lambda: act in seat.acks, timeout_s=30)
        assert seat.acks[act].outcome == "done", seat.acks[act]
        return seat

    def opened(self, *names: str, pdf: bytes = PDF, order: Order = Order.ORDERED) -> str:
        """A round; its id."""
        signers = tuple((PersonId(self.person(name)), MarkWish(MarkKind.NONE)) for name in names)
        new = NewRound(PaperKind.MINUTES, "Biên bản (demo)", order, Level.B_B, signers)
        asked = Asked(Actor(self.person("thuky")), fresh_id("a"), self.office.clock.now())
        found = self.office.services.rounds.open(MeetingId(self.meeting), new, pdf, texts=[], asked=asked)
        return str(found["round"])

    def ack(self, seat: SeatTwin, kind: str, data: dict[str, Any], *, name: str, act: str | None = None) -> Ack:
        """What becomes of an act."""
        given = seat.act(self.meeting, kind, data, person=self.person(name), act=act)
        until(lambda: given in seat.acks, timeout_s=30)
        return seat.acks[given]

    def offer(self, seat: SeatTwin, k: str, *, name: str, label: str, act: str | None = None) -> SignOffer:
        """The turn to sign."""
        known = len(_of(seat, SignOffer))
        data = {"round": k, "certificate": self.pki.fingerprint(label)}
        seat.act(self.meeting, "sign_begin", data, person=self.person(name), act=act)
        until(lambda: len(_of(seat, SignOffer)) > known, timeout_s=30, what=f"an offer; acks: {seat.acks}")
        found: SignOffer = _of(seat, SignOffer)[-1]
        return found

    def answer(self, offer: SignOffer, *, label: str) -> dict[str, Any]:
        """What the card of ``label`` makes of it."""
        signature = self.pki.sign(label, offer.signed_attributes, md=offer.digest)
        return {"round": offer.round, "fence": offer.fence, "signature": base64.b64encode(signature).decode()}

    def told(self, k: str) -> dict[str, Any]:
        return self.office.services.rounds.one(MeetingId(self.meeting), k, now=self.office.clock.now())


def _of(seat: SeatTwin, kind: type[Any]) -> list[Any]:
    return [each for each in seat.signing if isinstance(each, kind)]


@pytest.fixture
def stage(tmp_path: Path, pki: TestPki) -> Iterator[Stage]:
    with Theatre(tmp_path, revocation_required_to_sign=False) as theatre:
        yield Stage(theatre, pki)


def test_W59_a_seat_is_told_what_waits_for_who_sits_there(stage: Stage) -> None:
    delegate, chair = stage.sits(1, "daibieu"), stage.sits(0, "chutri")
    assert _of(delegate, SignRounds) == [], "nothing waits"
    k = stage.opened("chutri", "daibieu")
    until(lambda: bool(_of(delegate, SignRounds)) and bool(_of(chair, SignRounds)), timeout_s=30)
    told = _of(delegate, SignRounds)[-1]
    assert (told.meeting, told.person) == (stage.meeting, stage.person("daibieu"))
    (found,) = told.rounds
    assert (found.round, found.revision, found.size_bytes) == (k, 0, len(PDF))
    assert found.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (found.waits_for(told.person), found.waits_for(stage.person("chutri"))) == (False, True)
    # Who signs in later is told then; who is in no round hears of none.
    before = len(_of(delegate, SignRounds))
    stage.opened("chutri")
    until(lambda: len(_of(delegate, SignRounds)) > before, timeout_s=30)
    assert [each.round for each in _of(delegate, SignRounds)[-1].rounds] == [k]
    assert len(_of(chair, SignRounds)[-1].rounds) == 2


def test_W60_the_file_comes_in_windows_and_only_as_it_is_now(stage: Stage) -> None:
    seat = stage.sits(1, "daibieu")
    pdf = PDF + b"%" + bytes(range(256)) * 4 * 1024 * (WINDOW + 1) + b"\n"
    k = stage.opened("daibieu", pdf=pdf)
    digest = hashlib.sha256(pdf).hexdigest()
    parts = -(-len(pdf) // PART_BYTES)
    got: dict[int, bytes] = {}
    for first in range(0, parts, WINDOW):
        seat.act(
            stage.meeting, "sign_file", {"round": k, "sha256": digest, "first": first}, person=stage.person("daibieu")
        )
        until(lambda first=first: len(_of(seat, SignPart)) >= min(first + WINDOW, parts), timeout_s=30)  # type: ignore[misc]
        got |= {each.part: each.data for each in _of(seat, SignPart)}
    assert b"".join(got[number] for number in range(parts)) == pdf
    refused = stage.ack(seat, "sign_file", {"round": k, "sha256": "00" * 32, "first": 0}, name="daibieu")
    assert refused.code == "signing-file-changed"


def test_W61_a_seat_signs_for_who_is_signed_in_there_and_nobody_else(stage: Stage) -> None:
    seat, other = stage.sits(1, "daibieu"), stage.sits(0, "chutri")
    k = stage.opened("daibieu", "chutri", order=Order.PARALLEL)
    mine = {"round": k, "certificate": stage.pki.fingerprint("chi")}
    # The chair's seat in the delegate's name, and the delegate's seat in the chair's.
    assert stage.ack(other, "sign_begin", mine, name="daibieu").code == "not-signed-in-here"
    theirs = {"round": k, "certificate": stage.pki.fingerprint("an")}
    assert stage.ack(seat, "sign_begin", theirs, name="chutri").code == "not-signed-in-here"
    # The delegate's seat with the chair's token.
    assert stage.ack(seat, "sign_begin", theirs, name="daibieu").code == "signing-not-a-signer"
    none = seat.act(stage.meeting, "sign_begin", mine, person=None)
    until(lambda: none in seat.acks, timeout_s=30)
    assert seat.acks[none].code == "not-signed-in-here"
    data = {"round": k, "sha256": hashlib.sha256(PDF).hexdigest(), "first": 0}
    assert stage.ack(other, "sign_file", data, name="daibieu").code == "not-signed-in-here"
    assert stage.told(k)["lease"] is None


def test_W61_offer_answer_and_the_same_again(stage: Stage) -> None:
    seat = stage.sits(1, "daibieu")
    k = stage.opened("daibieu")
    act = fresh_id("a")
    offer = stage.offer(seat, k, name="daibieu", label="chi", act=act)
    assert (offer.act, offer.base_sha256, offer.base_bytes) == (act, hashlib.sha256(PDF).hexdigest(), len(PDF))
    again = stage.offer(seat, k, name="daibieu", label="chi", act=act)
    assert dataclasses.replace(again, head=offer.head) == offer, "the same act, the same lease"
    done = fresh_id("a")
    data = stage.answer(offer, label="chi")
    assert stage.ack(seat, "sign_answer", data, name="daibieu", act=done).outcome == "done"
    assert stage.told(k)["complete"]
    del seat.acks[done]
    assert stage.ack(seat, "sign_answer", data, name="daibieu", act=done).outcome == "done", "an answer that was lost"
    assert stage.told(k)["revision"] == 1
    newest = _of(seat, SignRounds)
    until(lambda: _of(seat, SignRounds)[-1].rounds[0].revision == 1, timeout_s=30, what=str(newest))


def test_W61_given_back_the_turn_is_free_and_garbage_frees_it_too(stage: Stage) -> None:
    seat, other = stage.sits(1, "daibieu"), stage.sits(0, "chutri")
    k = stage.opened("daibieu", "chutri", order=Order.PARALLEL)
    offer = stage.offer(seat, k, name="daibieu", label="chi")
    held = stage.ack(other, "sign_begin", {"round": k, "certificate": stage.pki.fingerprint("an")}, name="chutri")
    assert held.code == "signing-lease-held"
    assert 0 < held.data["wait_s"] <= 30
    back = {"round": k, "fence": offer.fence, "signature": None}
    assert stage.ack(seat, "sign_answer", back, name="daibieu").outcome == "done"
    assert stage.told(k)["lease"] is None
    second = stage.offer(other, k, name="chutri", label="an")
    garbage = {"round": k, "fence": second.fence, "signature": base64.b64encode(bytes(256)).decode()}
    assert stage.ack(other, "sign_answer", garbage, name="chutri").code == "signing-signature-wrong"
    assert (stage.told(k)["lease"], stage.told(k)["revision"]) == (None, 0)
    late = stage.answer(offer, label="chi")
    assert stage.ack(seat, "sign_answer", late, name="daibieu").code == "signing-lease-lost"


def test_W61_an_answer_after_its_time_changes_nothing(stage: Stage) -> None:
    seat = stage.sits(1, "daibieu")
    k = stage.opened("daibieu")
    offer = stage.offer(seat, k, name="daibieu", label="chi")
    stage.office.clock.advance(seconds=31)
    assert stage.ack(seat, "sign_answer", stage.answer(offer, label="chi"), name="daibieu").code == "signing-lease-lost"
    assert stage.told(k)["revision"] == 0
    fresh = stage.offer(seat, k, name="daibieu", label="chi", act=offer.act)
    assert fresh.fence > offer.fence, "an offer whose time is over is not given again"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("sign_begin", {}),
        ("sign_begin", {"round": "k-1", "certificate": "00" * 32}),
        ("sign_begin", {"round": "k-aaaaaaaaaaaaaaaa", "certificate": "xx"}),
        ("sign_answer", {"round": "k-aaaaaaaaaaaaaaaa", "fence": 0, "signature": None}),
        ("sign_answer", {"round": "k-aaaaaaaaaaaaaaaa", "fence": 1, "signature": "AAAA" * 400}),
        ("sign_answer", {"round": "k-aaaaaaaaaaaaaaaa", "fence": 1}),
        ("sign_file", {"round": "k-aaaaaaaaaaaaaaaa", "sha256": "00" * 32, "first": -1}),
    ],
)
def test_W61_what_is_not_of_its_form_is_refused(stage: Stage, kind: str, data: dict[str, Any]) -> None:
    seat = stage.sits(1, "daibieu")
    assert stage.ack(seat, kind, data, name="daibieu").code == "bad-field"


def test_W61_a_round_of_another_meeting_is_as_good_as_none(stage: Stage) -> None:
    seat = stage.sits(1, "daibieu")
    other = stage.office.meeting("approved")
    mine, stage.meeting = stage.meeting, other
    k = stage.opened("daibieu")
    stage.meeting = mine
    begun = stage.ack(seat, "sign_begin", {"round": k, "certificate": stage.pki.fingerprint("chi")}, name="daibieu")
    assert begun.code == "signing-round-unknown"
