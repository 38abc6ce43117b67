"""A file at B-LTA is stamped anew in time, whatever has become of its signers since (G19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from server.signing.model import Level
from server.signing.upgrade import RENEW_DAYS, Upgrader
from server.signing.verdict import Changed, Result
from server.trust import certificates
from server.trust.model import Kept
from server.trust.ports import Authority
from server.trust.service import TrustService
from tests.signing.bench import SigningBench
from tests.support.pdfs import text_pdf


class Listening:
    """The trust feature, and whose revocation was asked for."""

    def __init__(self, trust: TrustService) -> None:
        self.trust = trust
        self.asked: list[str] = []

    def authorities(self) -> Sequence[Authority]:
        return self.trust.authorities()

    def gather(self, chain: Sequence[bytes], *, now: dt.datetime) -> Sequence[Kept]:
        self.asked.append(certificates.read(chain[0]).name)
        return self.trust.gather(chain, now=now)


@pytest.fixture
def raised(bench: SigningBench) -> bytes:
    return bench.sign_by_all(text_pdf(["BIÊN BẢN"]), ["an", "chi"], level=Level.B_LTA)


def test_G19_a_renewal_asks_about_the_old_stamp_and_the_new_one_and_not_about_people(
    bench: SigningBench, raised: bytes
) -> None:
    listening = Listening(bench.trust)
    renewed = Upgrader(listening, bench.stamper).raise_level(raised, now=dt.datetime.now(dt.UTC))
    assert listening.asked == ["Dấu thời gian kiểm thử"] * 2
    assert renewed.startswith(raised)
    report = bench.check(renewed, kept=False)
    assert report.worst is Result.VALID
    assert report.signatures[-1].changed is Changed.NO


def test_G19_what_is_signed_after_a_stamp_is_asked_about_again(bench: SigningBench, raised: bytes) -> None:
    listening = Listening(bench.trust)
    more = bench.sign(raised, "binh").pdf
    Upgrader(listening, bench.stamper).raise_level(more, now=dt.datetime.now(dt.UTC))
    assert "Người binh (kiểm thử)" in listening.asked


@pytest.mark.parametrize(("left_days", "before_days"), [(700, RENEW_DAYS), (100, 50), (10, 5)])
def test_G19_the_moment_is_ninety_days_before_the_end_or_half_of_what_is_left(
    bench: SigningBench, raised: bytes, left_days: int, before_days: int
) -> None:
    until = certificates.read(bench.pki.der("tsa")).until
    upgrade = Upgrader(bench.trust, bench.stamper)
    found = upgrade.renew_at(raised, now=until - dt.timedelta(days=left_days))
    assert abs((until - found) - dt.timedelta(days=before_days)) < dt.timedelta(hours=1)
