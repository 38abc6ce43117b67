"""Many signatures on one file: six in every run, thirty with ``make test-signers``."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from server.signing.model import Level
from server.signing.verdict import Changed, Result
from tests.pki.profiles import CROWD
from tests.signing.bench import SigningBench
from tests.signing.pdfsig import second_opinion
from tests.support.pdfs import text_pdf

SIGNERS = int(os.environ.get("PHONGHOP_TEST_SIGNERS", "6"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("level", list(Level))
def test_G2_many_signatures_are_all_valid_for_both(bench: SigningBench, level: Level, tmp_path: Path) -> None:
    labels = list(CROWD)[:SIGNERS]
    for label in labels:
        chain = [bench.pki.der(one) for one in (label, "interm", "root")]
        bench.trust.gather(chain, now=dt.datetime.now(dt.UTC))
    pdf = bench.sign_by_all(text_pdf(["DANH SÁCH ĐIỂM DANH"], pages=2), labels, level=level)
    report = bench.check(pdf)
    assert [one.result for one in report.signatures] == [Result.VALID] * SIGNERS
    assert Changed.YES not in {one.changed for one in report.signatures}
    opinions = second_opinion(pdf, tmp_path, roots={"root": bench.pki.der("root")})
    assert len(opinions) == SIGNERS
    assert [(one.signature, one.certificate) for one in opinions if not (one.is_valid and one.is_trusted)] == []
