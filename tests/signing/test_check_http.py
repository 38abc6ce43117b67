"""Any signed-in person drops a PDF: what is said of its signatures, of bad files, and that nothing stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from server.papers.sealed import SealedFile
from server.signatures.checker import SignatureChecker
from server.signatures.errors import CheckBusy, CheckFailed
from server.signing.model import Level
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.signing.bench import SigningBench
from tests.signing.house import House, send_form
from tests.support import pdfs
from tests.support.office import Browser, Reply

PATH = "/api/signatures/check"


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path / "server", pki, signature_upload_mib=1)
    yield found
    found.services.close()


@pytest.fixture
def anybody(office: House) -> Browser:
    return office.sign_in("kythuat")


def check(browser: Browser, data: bytes | None) -> Reply:
    return send_form(browser, PATH, data)


def left(office: House) -> list[str]:
    return [path.name for path in (office.services.settings.data_dir / "incoming").iterdir()]


def test_G28_a_good_signature_is_told_with_who_when_and_how_old_the_news_are(
    office: House, anybody: Browser, bench: SigningBench, pki_server: PkiServer
) -> None:
    signed = bench.sign_by_all(pdfs.text_pdf(["BIÊN BẢN"]), ["an", "chi"], level=Level.B_LTA)
    pki_server.asked.clear()
    report = check(anybody, signed).done()
    assert report["worst"] == "valid"
    assert [one["who"] for one in report["signatures"]] == ["Người an (kiểm thử)", "Người chi (kiểm thử)"]
    first, second = report["signatures"]
    assert (first["changed"], second["changed"]) == ("signed-later", "no")
    assert first["stamped_at"]
    assert first["revocation"]["age_s"] < 3600
    assert report["file"] == "bien-ban.pdf"
    assert pki_server.asked == [], "nothing is asked for: no file of a stranger makes the server call anywhere"
    assert left(office) == []


def test_G30_a_changed_byte_is_told(anybody: Browser, bench: SigningBench) -> None:
    signed = bench.sign(pdfs.text_pdf(["BIÊN BẢN"]), "an").pdf
    at = signed.index(b"/Producer") if b"/Producer" in signed else 100
    changed = signed[:at] + b"/Xroducer"[: len(b"/Producer")] + signed[at + 9 :]
    report = check(anybody, changed).done()
    assert report["worst"] == "broken"
    assert "bytes-changed" in report["signatures"][0]["reasons"]


def test_G28_an_unknown_authority_is_no_valid_signature(tmp_path: Path, pki: TestPki, bench: SigningBench) -> None:
    stranger = House(tmp_path / "other", pki, anchors=False)
    report = check(stranger.sign_in("daibieu"), bench.sign(pdfs.text_pdf(), "an").pdf).done()
    assert (report["worst"], report["anchors"]) == ("unsure", 0)
    assert report["signatures"][0]["reasons"] == ["certificate-issuer-unknown"]
    stranger.services.close()


def test_a_file_without_signatures_is_an_answer_and_no_error(office: House, anybody: Browser) -> None:
    report = check(anybody, pdfs.text_pdf()).done()
    assert (report["worst"], report["signatures"]) == (None, [])
    assert left(office) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "check-empty"),
        (b"PK\x03\x04 word", "check-not-pdf"),
        (b"%PDF-1.7\n" + bytes(2000), "check-unreadable"),
        (pdfs.text_pdf()[:-200], "check-unreadable"),
        (pdfs.encrypted(pdfs.text_pdf(), user="x"), "check-encrypted"),
        (bytes(1024 * 1024 + 1), "check-too-large"),
        (bytes(4 * 1024 * 1024), "check-too-large"),
        (None, "check-file-missing"),
    ],
    ids=["empty", "not", "zeros", "cut", "encrypted", "large", "larger", "missing"],
)
def test_G33_each_bad_file_has_its_words_and_leaves_nothing(
    office: House, anybody: Browser, data: bytes | None, code: str
) -> None:
    reply = check(anybody, data)
    assert reply.code == code
    assert reply.body["error"]["vi"] != code, "there is a text"
    assert left(office) == []


def test_a_file_only_locked_against_changes_can_be_checked(anybody: Browser) -> None:
    assert check(anybody, pdfs.encrypted(pdfs.text_pdf())).done()["signatures"] == []


def many_signatures(count: int) -> bytes:
    def add(pdf: pikepdf.Pdf) -> None:
        fields = [
            pdf.make_indirect(
                pikepdf.Dictionary(
                    FT=pikepdf.Name.Sig,
                    T=f"S{number}",
                    V=pdf.make_indirect(
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Sig,
                            Filter=pikepdf.Name("/Adobe.PPKLite"),
                            SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
                            Contents=b"\0" * 8,
                            ByteRange=pikepdf.Array([0, 10, 20, 10]),
                        )
                    ),
                )
            )
            for number in range(count)
        ]
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=3)

    return pdfs.changed(pdfs.text_pdf(), add)


def test_G33_three_hundred_signatures_are_counted_and_refused(anybody: Browser) -> None:
    reply = check(anybody, many_signatures(300))
    assert (reply.code, reply.data) == ("check-too-many", {"count": 300, "limit": 50})
    assert "300" in reply.body["error"]["vi"]


def test_rubbish_in_place_of_a_signature_is_unreadable_and_no_fault(anybody: Browser) -> None:
    reply = check(anybody, many_signatures(2))
    assert reply.status in {200, 422}
    assert reply.code in {"", "check-unreadable"}
    assert reply.body.get("worst", "broken") == "broken"


def test_G34_one_person_may_not_ask_without_end_and_others_still_may(office: House, anybody: Browser) -> None:
    office.running.still = True
    codes = [check(anybody, b"no pdf").code for _ in range(12)]
    assert set(codes[:10]) == {"check-not-pdf"}
    assert set(codes[10:]) == {"check-too-often"}
    assert check(anybody, b"x").raw.headers["Retry-After"]
    assert check(office.sign_in("daibieu"), b"no pdf").code == "check-not-pdf"
    office.clock.advance(seconds=7)
    assert check(anybody, b"no pdf").code == "check-not-pdf"


def test_nobody_checks_without_having_signed_in(office: House) -> None:
    assert check(office.browser(), pdfs.text_pdf()).status == 401


def sealed(folder: Path) -> SealedFile:
    found = SealedFile.new(folder / "x.upload", limit_bytes=2**20)
    with found.writer() as file:
        file.write(pdfs.text_pdf())
    return found


def test_G32_a_check_that_hangs_is_a_refusal(tmp_path: Path) -> None:
    checker = SignatureChecker(timeout_s=0.01)
    with pytest.raises(CheckFailed):
        checker.check(sealed(tmp_path), authorities=(), kept=(), now=dt.datetime.now(dt.UTC))


def test_G34_who_would_wait_too_long_is_told_so(tmp_path: Path) -> None:
    checker = SignatureChecker(processes=0 + 1, patience_s=0.01)
    held: Any = vars(checker)["_slots"]
    with held, pytest.raises(CheckBusy):
        checker.check(sealed(tmp_path), authorities=(), kept=(), now=dt.datetime.now(dt.UTC))
