"""A time-stamping authority that answers after 131 seconds, or never: nobody waits for it, and nothing is lost (G66).

The authority is a real one over HTTP whose answer comes when the test says so, after the one who asked has gone; the
budgets are short, so that nobody waits here either. That the budgets of a house are on the right sides of 131 seconds
is looked at on the settings themselves.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from typing import Any

import pytest

import web
from server.db.engine import Database
from server.identity.store import accounts
from server.keys.master import MasterKey
from server.settings import Settings
from server.signing.model import LEASE_S, Level, Order, wait_s
from server.signing.pades import PadesMaker
from server.signing.register import SqlRegister
from server.signing.safe import SealedFiles
from server.signing.service import Opening, SigningService, SigningTools
from server.signing.store import RAISES, SqlSigningStore
from server.signing.upgrade import Upgrader
from server.signing.verdict import Result
from server.trust.ports import Proof
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.signing.bench import SigningBench, trust_service
from tests.support.pdfs import text_pdf
from tests.support.poll import until
from tests.support.rows import sample_row
from wire.ids import PersonId
from wire.secret import Secret

PDF = text_pdf(["BIÊN BẢN"], pages=1)
PEOPLE = {"an": PersonId("u-" + "a" * 16), "chi": PersonId("u-" + "c" * 16)}
ROUND = "k-late"
#: VGCA's authority was seen to need so long.
LATE_S = 131
SHORT_S = 0.4


class House:
    """Rounds of signing, with an authority that may be late."""

    def __init__(self, pki: TestPki, found: Database) -> None:
        self.pki = pki
        self.bench = SigningBench(pki, trust_service(found))
        self.hasty = SigningBench(pki, self.bench.trust, timeout_s=SHORT_S)
        maker = PadesMaker(lambda: self.hasty.stamper)
        safe = SealedFiles(MasterKey(Secret(bytes(32))))
        tools = SigningTools(found, SqlSigningStore(), safe, maker, trust=self.bench.trust, register=SqlRegister())
        self.signing = SigningService(tools)
        with found.begin() as tx:
            for person in PEOPLE.values():
                tx.execute(accounts.insert().values(sample_row(accounts, {}) | {"id": person, "username": person}))
        for label, person in PEOPLE.items():
            proof = Proof(b"message", pki.sign(label, b"message"))
            self.bench.trust.enrol(person, pki.der(label), proof=proof, by="u-it", now=_now())
        opening = Opening("Biên bản", tuple(PEOPLE.values()), Order.ORDERED, Level.B_LTA)
        self.signing.open_round(ROUND, PDF, opening, by="u-secretary", now=_now())

    def signs(self, label: str) -> float:
        """One person signs; how long the server kept the turn."""
        offer = self.signing.begin(ROUND, PEOPLE[label], fingerprint=self.pki.fingerprint(label), mark=None, now=_now())
        signature = self.pki.sign(label, offer.signed_attributes, md=offer.digest)
        began = time.monotonic()
        self.signing.complete(ROUND, PEOPLE[label], fence=offer.fence, signature=signature, now=_now())
        return time.monotonic() - began

    def raises(self, *, hasty: bool, now: dt.datetime) -> int:
        """The job, with little patience or with enough."""
        bench = self.hasty if hasty else self.bench
        return self.signing.raise_due(Upgrader(bench.trust, bench.stamper), now=now)

    def last_code(self) -> str:
        with self.signing.tools.unit.read() as tx:
            return str(tx.execute(RAISES.select()).one().last_code)

    def verdicts(self) -> list[tuple[Result, bool]]:
        report = self.bench.check(self.signing.file(ROUND), kept=True)
        return [(one.result, one.stamped_at is not None) for one in report.signatures]


@pytest.fixture
def office(pki: TestPki, house: Database) -> House:
    return House(pki, house)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.mark.parametrize("fault", ["late", "silent"])
def test_G66_an_authority_that_is_late_or_silent_keeps_nobody_and_the_job_completes_the_paper(
    office: House, pki_server: PkiServer, fault: str
) -> None:
    pki_server.fault["tsa"] = fault
    for label in PEOPLE:
        assert office.signs(label) < 5, "the turn goes on"
    assert office.verdicts() == [(Result.VALID, False)] * 2, "signed, at B-B"
    signed, now = office.signing.file(ROUND), _now()
    began = time.monotonic()
    assert office.raises(hasty=True, now=now) == 0
    assert time.monotonic() - began < 5, "given up in bounded time"
    assert office.last_code() == "pki-service-away"
    assert all(text != "pki-service-away" for text in web.error_text(office.last_code()))
    assert office.signing.file(ROUND) == signed, "the file is as it was"
    _let_the_late_answers_come(pki_server)
    assert office.signing.file(ROUND) == signed, "an answer that nobody waits for any longer changes nothing"
    pki_server.fault.clear()
    assert office.raises(hasty=False, now=now) == 0, "not before its moment"
    later = now + dt.timedelta(seconds=wait_s(0) + 1)
    assert office.raises(hasty=False, now=later) == 1
    assert office.verdicts() == [(Result.VALID, True)] * 2
    assert office.signing.file(ROUND).startswith(signed), "only added to"
    assert office.raises(hasty=False, now=later) == 0, "once"


def _let_the_late_answers_come(server: PkiServer) -> None:
    late = [what for what in server.fault.values() if what == "late"]
    before = server.answered
    server.much_later.set()
    if late:
        until(lambda: server.answered >= before + 3, what="two signers' and the job's answers came, too late")


def test_G66_a_house_gives_up_before_a_turn_ends_and_its_job_waits_longer_than_the_slowest_authority() -> None:
    budgets: dict[str, Any] = {each.name: each.default for each in dataclasses.fields(Settings)}
    assert budgets["pki_timeout_s"] < LEASE_S / 2 < LATE_S < budgets["tsa_timeout_s"]
