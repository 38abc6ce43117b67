"""Several people, one file: turns, leases, fences, and what is left to do afterwards; on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from server.db.engine import Database
from server.identity.store import accounts
from server.keys.master import MasterKey
from server.signing.errors import (
    AlreadySigned,
    LeaseHeld,
    LeaseLost,
    NotASigner,
    NotYourTurn,
    RoundClosed,
    RoundUnknown,
    SignatureWrong,
    SigningStateBroken,
)
from server.signing.model import LEASE_S, Level, Order, Round, take, wait_s
from server.signing.pades import PadesMaker
from server.signing.ports import Offer
from server.signing.register import SqlRegister
from server.signing.safe import SealedFiles
from server.signing.service import Opening, SigningService, SigningTools
from server.signing.store import RAISES, SqlSigningStore
from server.signing.upgrade import Upgrader
from server.signing.verdict import Result
from server.trust.errors import CertificateRevoked
from server.trust.ports import Proof
from tests.contract.conftest import database, postgres, template  # noqa: F401
from tests.pki.authority import TestPki
from tests.pki.profiles import GOOD
from tests.pki.services import PkiServer
from tests.signing.bench import SigningBench, trust_service
from tests.support.pdfs import text_pdf
from tests.support.poll import until
from tests.support.rows import sample_row
from wire.ids import PersonId
from wire.secret import Secret

PDF = text_pdf(["BIÊN BẢN"], pages=2)
PEOPLE = {label: PersonId(f"u-{letter * 16}") for label, letter in zip(GOOD, "abcd", strict=True)}
ROUND = "k-test"
MESSAGE = b"PHONGHOP-ENROL-v1\0 nonce"


class Office:
    """The services over one database; a second one over the same is the server after a restart."""

    def __init__(self, pki: TestPki, found: Database) -> None:
        self.bench = SigningBench(pki, trust_service(found))
        self.safe = SealedFiles(MasterKey(Secret(bytes(32))))
        maker = PadesMaker(lambda: self.bench.stamper)
        self.signing = SigningService(
            SigningTools(found, SqlSigningStore(), self.safe, maker, trust=self.bench.trust, register=SqlRegister())
        )

    def open(self, *labels: str, order: Order = Order.ORDERED, wanted: Level = Level.B_B) -> Round:
        opening = Opening("Biên bản", tuple(PEOPLE[label] for label in labels), order, wanted)
        return self.signing.open_round(ROUND, PDF, opening, by="u-secretary", now=_now())

    def begin(self, label: str, *, now: dt.datetime | None = None, person: PersonId | None = None) -> Offer:
        fingerprint = self.bench.pki.fingerprint(label)
        who = person or PEOPLE[label]
        return self.signing.begin(ROUND, who, fingerprint=fingerprint, mark=None, now=now or _now())

    def complete(self, label: str, offer: Offer, *, now: dt.datetime | None = None) -> Round:
        signature = self.bench.pki.sign(label, offer.signed_attributes, md=offer.digest)
        return self.signing.complete(ROUND, PEOPLE[label], fence=offer.fence, signature=signature, now=now or _now())

    def results(self) -> list[Result]:
        return [one.result for one in self.bench.check(self.signing.file(ROUND)).signatures]


@pytest.fixture
def office(pki: TestPki, database: Database) -> Office:  # noqa: F811
    with database.begin() as tx:
        for person in PEOPLE.values():
            tx.execute(accounts.insert().values(sample_row(accounts, {}) | {"id": person, "username": person}))
    found = Office(pki, database)
    for label, person in PEOPLE.items():
        md = "sha384" if label == "dung" else "sha256"
        proof = Proof(MESSAGE, pki.sign(label, MESSAGE, md=md))
        found.bench.trust.enrol(person, pki.der(label), proof=proof, by="u-it", now=_now())
    return found


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_G2_in_order_each_waits_for_the_one_before(office: Office) -> None:
    office.open("an", "binh", "dung")
    with pytest.raises(NotYourTurn) as early:
        office.begin("binh")
    assert early.value.data == {"before": PEOPLE["an"]}
    done = office.signing.round(ROUND)
    for label in ("an", "binh", "dung"):
        assert office.signing.rounds_of(PEOPLE[label]) == [ROUND]
        done = office.complete(label, office.begin(label))
        assert office.signing.rounds_of(PEOPLE[label]) == []
    assert done.revision == 3
    assert done.closed_at is not None
    assert office.results() == [Result.VALID] * 3
    with pytest.raises(AlreadySigned):
        office.begin("an")


def test_G3_parallel_signers_at_the_same_moment_all_get_through(office: Office) -> None:
    office.open(*GOOD, order=Order.PARALLEL)
    gate = threading.Barrier(len(GOOD))

    def sign(label: str) -> int:
        gate.wait()

        def attempt() -> Offer | None:
            try:
                return office.begin(label)
            except LeaseHeld:
                return None

        offer = until(attempt, timeout_s=60, what=f"a lease for {label}")
        assert offer is not None
        return office.complete(label, offer).revision

    with ThreadPoolExecutor(len(GOOD)) as pool:
        assert sorted(pool.map(sign, GOOD)) == [1, 2, 3, 4]
    assert office.results() == [Result.VALID] * 4


def test_G3_of_two_who_come_at_once_one_gets_the_lease(office: Office) -> None:
    office.open("an", "chi", order=Order.PARALLEL)
    offer = office.begin("an")
    with pytest.raises(LeaseHeld) as held:
        office.begin("chi")
    assert 1 <= held.value.data["wait_s"] <= LEASE_S
    office.signing.give_back(ROUND, PEOPLE["an"], fence=offer.fence)
    assert office.begin("chi").fence > offer.fence


def test_G4_who_comes_too_late_has_changed_nothing(office: Office) -> None:
    office.open("an", "chi", order=Order.PARALLEL)
    began = _now()
    offer = office.begin("an", now=began)
    after = began + dt.timedelta(seconds=LEASE_S)
    with pytest.raises(LeaseLost):
        office.complete("an", offer, now=after)
    newer = office.begin("chi", now=after)
    with pytest.raises(LeaseLost):
        office.complete("an", offer, now=after)
    assert office.complete("chi", newer, now=after).revision == 1
    with pytest.raises(LeaseLost):
        office.complete("an", offer, now=after)
    assert office.results() == [Result.VALID]


def test_G4_taking_the_lease_again_makes_the_older_number_void(office: Office) -> None:
    office.open("an")
    first, second = office.begin("an"), office.begin("an")
    with pytest.raises(LeaseLost):
        office.complete("an", first)
    assert office.complete("an", second).revision == 1


@pytest.mark.parametrize("held", [False, True])
def test_G3_of_two_writes_from_the_same_reading_one_is_lost(office: Office, *, held: bool) -> None:
    """Two requests read the same round – with nobody's lease, or with one's own – and both write."""
    office.open("an")
    if held:
        office.begin("an")
    tools, before = office.signing.tools, office.signing.round(ROUND)
    after = take(before, PEOPLE["an"], now=_now())
    written = []
    for _ in range(2):
        with tools.unit.begin() as tx:
            written.append(tools.store.save(tx, after, before=before, prepared=None))
    assert written == [True, False]


def test_G11_a_wrong_signature_costs_nothing_but_a_try(office: Office) -> None:
    office.open("an")
    offer = office.begin("an")
    with pytest.raises(SignatureWrong):
        office.signing.complete(ROUND, PEOPLE["an"], fence=offer.fence, signature=b"\x00" * 256, now=_now())
    assert office.signing.file(ROUND) == PDF
    assert office.complete("an", offer).revision == 1


def test_G10_the_server_may_restart_while_the_card_signs(office: Office, pki: TestPki) -> None:
    office.open("an")
    offer = office.begin("an")
    again = Office(pki, office.signing.tools.unit)  # type: ignore[arg-type]
    assert again.complete("an", offer).revision == 1
    assert again.results() == [Result.VALID]


def test_G20_strangers_and_other_peoples_certificates_are_refused(office: Office) -> None:
    office.open("an")
    with pytest.raises(NotASigner):
        office.begin("chi")
    with pytest.raises(NotASigner):
        office.begin("chi", person=PEOPLE["an"])
    with pytest.raises(RoundUnknown):
        office.signing.round("k-none")


def test_G20_a_certificate_withdrawn_between_prepare_and_complete_signs_nothing(office: Office) -> None:
    office.open("an")
    offer = office.begin("an")
    office.bench.trust.withdraw(office.bench.pki.fingerprint("an"), reason="Mất thẻ", now=_now())
    with pytest.raises(CertificateRevoked):
        office.complete("an", offer)
    assert office.signing.file(ROUND) == PDF


def test_G2_a_round_that_is_closed_takes_no_more(office: Office) -> None:
    office.open("an", "chi")
    office.complete("an", office.begin("an"))
    office.signing.close(ROUND, now=_now())
    with pytest.raises(RoundClosed):
        office.begin("chi")


def test_G18_the_level_is_raised_later_with_patience(office: Office, pki_server: PkiServer) -> None:
    bench = office.bench
    office.open("an", "chi", order=Order.PARALLEL, wanted=Level.B_LTA)
    pki_server.fault["tsa"] = "refused"
    for label in ("an", "chi"):
        office.complete(label, office.begin(label))
    upgrade, now = Upgrader(bench.trust, bench.stamper), _now()
    assert office.signing.raise_due(upgrade, now=now) == 0
    pki_server.fault.clear()
    assert office.signing.raise_due(upgrade, now=now) == 0, "not before its moment"
    later = now + dt.timedelta(seconds=wait_s(0) + 1)
    with office.signing.tools.unit.read() as tx:
        assert tx.execute(RAISES.select()).one().last_code == "pki-service-away"
    assert office.signing.raise_due(upgrade, now=later) == 1
    assert office.signing.raise_due(upgrade, now=later) == 0
    report = bench.check(office.signing.file(ROUND), kept=False)
    assert [one.result for one in report.signatures] == [Result.VALID] * 2
    assert all(one.stamped_at is not None for one in report.signatures)
    assert office.signing.round(ROUND).revision == 3


def test_files_lie_sealed_and_cannot_stand_in_for_each_other(office: Office) -> None:
    office.open("an")
    with office.signing.tools.unit.read() as tx:
        kept = office.signing.tools.store.revision(tx, ROUND, 0)
    assert kept is not None
    assert PDF[:200] not in kept.sealed
    with pytest.raises(SigningStateBroken):
        office.safe.open(replace(kept, revision=1))


def test_waiting_grows_and_has_an_end() -> None:
    assert [wait_s(tries) for tries in (0, 1, 5, 50)] == [60, 120, 1920, 21600]
