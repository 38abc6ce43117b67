"""Every level with one signer of each kind of key and with four, seen by pyHanko and by poppler's pdfsig."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from server.signing.model import Level
from server.signing.verdict import Result
from tests.pki.profiles import GOOD
from tests.signing.bench import SigningBench
from tests.signing.pdfsig import second_opinion
from tests.support.pdfs import text_pdf

PDF = text_pdf(["THÔNG BÁO", "Kết luận của cuộc họp giao ban"], pages=2)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("label", list(GOOD))
def test_G1_one_signer_is_valid_for_both(bench: SigningBench, label: str, level: Level, tmp_path: Path) -> None:
    _both_say_valid(bench, bench.sign_by_all(PDF, [label], level=level), tmp_path, signers=1, level=level)


@pytest.mark.parametrize("level", list(Level))
def test_G2_four_signers_in_turn_are_valid_for_both(bench: SigningBench, level: Level, tmp_path: Path) -> None:
    pdf = bench.sign_by_all(PDF, list(GOOD), level=level)
    _both_say_valid(bench, pdf, tmp_path, signers=4, level=level)


def _both_say_valid(bench: SigningBench, pdf: bytes, folder: Path, *, signers: int, level: Level) -> None:
    now = dt.datetime.now(dt.UTC)
    for label in list(GOOD)[:signers] if signers > 1 else GOOD:
        bench.trust.gather([bench.pki.der(label), bench.pki.der("interm"), bench.pki.der("root")], now=now)
    report = bench.check(pdf)
    assert pdf.startswith(PDF)
    assert [one.result for one in report.signatures] == [Result.VALID] * signers
    assert all((one.stamped_at is not None) == (level is not Level.B_B) for one in report.signatures)
    opinions = second_opinion(pdf, folder, roots={"root": bench.pki.der("root")})
    assert len(opinions) == signers
    assert all(one.is_valid and one.is_trusted for one in opinions), opinions
