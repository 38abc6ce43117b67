"""What must not become a signature, and what a signature is said to be worth when something was wrong with it."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import time
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from server.signing import pades
from server.signing.errors import FileChanged, SignatureWrong, SigningFileRefused, SigningStateBroken
from server.signing.model import Level
from server.signing.state import Prepared
from server.signing.verdict import Changed, Result
from server.trust.errors import PkiServiceAway
from tests.pki.services import PkiServer
from tests.signing.bench import SigningBench
from tests.signing.pdfsig import second_opinion
from tests.support.pdfs import text_pdf

PDF = text_pdf(["BIÊN BẢN", "Cuộc họp giao ban tháng 10"], pages=2)
CHAINED = ("an", "chi")


def _gather(bench: SigningBench, *labels: str) -> None:
    for label in labels:
        chain = [bench.pki.der(label), bench.pki.der("interm"), bench.pki.der("root")]
        bench.trust.gather(chain, now=dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00" * 256, b"\xff" * 256, b"\x30\x06\x02\x01\x01\x02\x01\x01", bytes(9000)]
)
@pytest.mark.parametrize("label", ["an", "chi"])
def test_G11_a_garbage_signature_is_never_embedded(bench: SigningBench, label: str, garbage: bytes) -> None:
    prepared = bench.prepare(PDF, label)
    with pytest.raises(SignatureWrong):
        pades.complete(PDF, prepared, garbage)
    with pytest.raises(SignatureWrong):
        pades.complete(PDF, prepared, bench.pki.sign("binh", prepared.signed_attributes))
    assert pades.complete(PDF, prepared, bench.pki.sign(label, prepared.signed_attributes)).level is Level.B_B


def test_G10_another_revision_than_the_prepared_one_is_refused(bench: SigningBench) -> None:
    prepared = bench.prepare(PDF, "an")
    signature = bench.pki.sign("an", prepared.signed_attributes)
    with pytest.raises(FileChanged):
        pades.complete(bench.sign(PDF, "chi").pdf, prepared, signature)


@given(data=st.binary(max_size=200))
def test_G10_a_broken_state_is_refused(data: bytes) -> None:
    with pytest.raises(SigningStateBroken):
        Prepared.from_bytes(data)


def test_G10_a_state_whose_hole_is_elsewhere_is_refused(bench: SigningBench) -> None:
    kept = bench.prepare(PDF, "an").to_bytes()
    for begin, end in ((0, 10), (len(PDF) + 1, len(PDF) + 10**9)):
        hole = kept[kept.index(b'"hole":') : kept.index(b'"increment"')]
        moved = kept.replace(hole, b'"hole":[%d,%d],' % (begin, end))
        with pytest.raises(SigningStateBroken):
            Prepared.from_bytes(moved)


@pytest.mark.parametrize("where", [0.02, 0.2, 0.5, 0.9])
def test_G28_one_changed_byte_makes_both_say_no(bench: SigningBench, where: float, tmp_path: Path) -> None:
    done = bench.sign(PDF, "an").pdf
    _gather(bench, "an")
    at = 300 + int(where * (len(PDF) - 1200))
    changed = done[:at] + bytes([done[at] ^ 1]) + done[at + 1 :]
    assert _worst(bench, changed) is not Result.VALID
    opinions = second_opinion(changed, tmp_path, roots={"root": bench.pki.der("root")})
    assert not any(one.is_valid for one in opinions)


def _worst(bench: SigningBench, pdf: bytes) -> Result | None:
    try:
        return bench.check(pdf).worst
    except SigningFileRefused:  # the flip broke the structure: that is a no as well
        return None


@pytest.mark.parametrize(
    ("label", "result", "reason"),
    [
        ("expired", Result.UNSURE, "certificate-expired"),
        ("not-yet", Result.BROKEN, "certificate-not-yet-valid"),
        ("revoked", Result.BROKEN, "certificate-revoked"),
        ("unknown", Result.UNSURE, "certificate-issuer-unknown"),
        ("sha1", Result.BROKEN, "certificate-weak"),
        ("encipherment", Result.BROKEN, "certificate-wrong-usage"),
        ("web-server", Result.BROKEN, "certificate-wrong-usage"),
        ("authority", Result.BROKEN, "certificate-wrong-usage"),
    ],
)
def test_G29_a_file_signed_with_a_bad_certificate_says_why(
    bench: SigningBench, label: str, result: Result, reason: str
) -> None:
    pdf = bench.sign(PDF, label).pdf  # the maker of files does not judge certificates; trust does, before it
    _gather(bench, "revoked")
    (verdict,) = bench.check(pdf).signatures
    assert (verdict.result, verdict.reasons) == (result, (reason,))
    assert (verdict.revoked_since is not None) == (reason == "certificate-revoked")
    assert verdict.who == f"Người {label} (kiểm thử)"


def test_G30_what_happened_after_a_signature_is_told(bench: SigningBench) -> None:
    first = bench.sign(PDF, "an").pdf
    both = bench.sign(first, "chi").pdf
    _gather(bench, *CHAINED)
    assert [one.changed for one in bench.check(first).signatures] == [Changed.NO]
    assert [one.changed for one in bench.check(both).signatures] == [Changed.SIGNED_LATER, Changed.NO]
    bent = bench.check(_new_page_content(both))
    assert [one.changed for one in bent.signatures] == [Changed.YES, Changed.YES]
    assert [one.reasons for one in bent.signatures] == [("changed-afterwards",)] * 2


def _new_page_content(pdf: bytes) -> bytes:
    writer = pades.QuietWriter(io.BytesIO(pdf), strict=False)
    ref = writer.find_page_for_modification(0)[0]  # type: ignore[no-untyped-call]
    ref.get_object()[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    writer.mark_update(ref)
    target = io.BytesIO()
    writer.write(target)  # type: ignore[no-untyped-call]
    return target.getvalue()


def test_G31_offline_the_file_alone_is_enough_at_b_lta_and_says_how_old_its_proof_is(bench: SigningBench) -> None:
    now = dt.datetime.now(dt.UTC)
    plain = bench.sign(PDF, "an", level=Level.B_B).pdf
    archived = bench.raise_level(bench.sign(PDF, "an", level=Level.B_T).pdf)
    later = now + dt.timedelta(days=400)
    assert bench.check(plain, now=later).signatures[0].reasons == ("revocation-unknown",)
    (verdict,) = bench.check(archived, now=later, kept=False).signatures
    assert verdict.result is Result.VALID
    assert verdict.stamped_at is not None
    assert verdict.evidence is not None
    assert verdict.evidence.age_s(later) > 399 * 86400
    assert verdict.to_value(later)["revocation"]["kind"] in {"crl", "ocsp"}


@pytest.mark.parametrize("fault", ["silent", "refused", "garbage"])
def test_G17_a_time_stamp_that_does_not_come_leaves_b_b_and_is_made_up_for_later(
    bench: SigningBench, pki_server: PkiServer, fault: str
) -> None:
    hasty = SigningBench(bench.pki, bench.trust, timeout_s=0.5)
    pki_server.fault["tsa"] = fault
    began = time.monotonic()
    done = hasty.sign(PDF, "an", level=Level.B_T)
    assert time.monotonic() - began < 5
    assert done.level is Level.B_B
    with pytest.raises(PkiServiceAway):
        hasty.raise_level(done.pdf)
    pki_server.fault.clear()
    (verdict,) = bench.check(bench.raise_level(done.pdf), kept=False).signatures
    assert (verdict.result, verdict.stamped_at is not None) == (Result.VALID, True)


def test_G28_older_files_of_the_adobe_kind_are_read_too(bench: SigningBench) -> None:
    key = bench.pki.key("an").private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        x509.Certificate.load(bench.pki.der("an")),
        asn1_keys.PrivateKeyInfo.load(key),
        SimpleCertificateStore.from_certs([x509.Certificate.load(bench.pki.der("interm"))]),
    )
    writer = pades.QuietWriter(io.BytesIO(PDF))
    meta = PdfSignatureMetadata(field_name="Cũ", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    output = asyncio.run(signers.async_sign_pdf(writer, meta, signer=signer))
    _gather(bench, "an")
    assert bench.check(output.getvalue()).worst is Result.VALID


def test_G28_a_file_without_signatures_has_no_verdict(bench: SigningBench) -> None:
    assert bench.check(PDF).worst is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"PK\x03\x04", PDF[:500]])
def test_G28_what_is_no_pdf_is_refused_in_words(bench: SigningBench, data: bytes) -> None:
    with pytest.raises(SigningFileRefused):
        bench.check(data)
