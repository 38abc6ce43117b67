"""Looks at the signatures of any PDF: who, when, valid or not and why, changed afterwards or not. Offline.

Rules G28-G31: nothing is fetched; what says that a certificate was good comes from the file itself or from what this
house has kept, and its age is told. The moment that counts is that of a time-stamp which leads to an anchor, of the
signature or of the whole file later on; without one it is now. A file that cannot be read is refused in words.

Usage::

    report = check(pdf, known=known, kept=kept, now=now)
    report.signatures[0].result
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asn1crypto import ocsp as asn1_ocsp
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError, extract_certificate_info
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel

from server.signing.errors import SigningFileEncrypted, SigningFileRefused
from server.signing.verdict import Changed, Report, Verdict
from server.trust import certificates, model, paths
from server.trust.errors import (
    REFUSALS,
    CertificateRefused,
    CertificateRevoked,
    CertificateUnreadable,
    RevocationUnknown,
)
from server.trust.model import HASHES, Evidence, Facts, Kept, Material
from server.trust.paths import Known

#: A stranger's file: pyHanko answers odd structures with any of these.
ODD: Final = (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError)
_LATER: Final = {
    ModificationLevel.NONE: Changed.NO,
    ModificationLevel.LTA_UPDATES: Changed.NO,
    ModificationLevel.FORM_FILLING: Changed.SIGNED_LATER,
}


@dataclass(frozen=True, slots=True)
class _Case:
    """What the whole file gives."""

    known: Known = field(repr=False)
    material: Material = field(repr=False)
    kept: tuple[Kept, ...] = field(repr=False)
    stamps: tuple[tuple[int, dt.datetime], ...]
    now: dt.datetime


def check(pdf: bytes, *, known: Known, kept: Sequence[Kept], now: dt.datetime) -> Report:
    """The signatures of ``pdf``; raises SigningFileRefused when it cannot be read as a PDF, SigningFileEncrypted."""
    digest = hashlib.sha256(pdf).hexdigest()
    try:
        reader = _reader(pdf)
        signatures = list(reader.embedded_regular_signatures)
        inside, others = _inside(reader)
        found = Known(known.anchors, (*known.others, *others))
        material = model.material(kept).with_more(inside)
        everything = (*kept, *_as_kept(inside, now))
        case = _Case(found, material, everything, (), now)
        case = _Case(found, material, everything, tuple(_stamps(reader, case)), now)
        return Report(digest, tuple(_verdict(one, case) for one in signatures))
    except ODD as exc:
        raise SigningFileRefused(why=type(exc).__name__) from exc


def count(pdf: bytes) -> int:
    """How many signatures there are, without looking at any; raises SigningFileRefused, SigningFileEncrypted."""
    try:
        return sum(1 for _ in enumerate_sig_fields(_reader(pdf), filled_status=True))
    except ODD as exc:
        raise SigningFileRefused(why=type(exc).__name__) from exc


def is_covered(pdf: bytes) -> bool:
    """Whether the newest signature or time-stamp reaches to the last byte; raises as :func:`count`."""
    try:
        signatures = _reader(pdf).embedded_signatures
        return bool(signatures) and sum(signatures[-1].byte_range[2:4]) == len(pdf)
    except ODD as exc:
        raise SigningFileRefused(why=type(exc).__name__) from exc


def _reader(pdf: bytes) -> PdfFileReader:
    """Also of a file that is only locked against changes; raises SigningFileEncrypted."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    if reader.encrypted and reader.decrypt(b"").status is AuthStatus.FAILED:
        raise SigningFileEncrypted
    return reader


def _inside(reader: PdfFileReader) -> tuple[Material, tuple[bytes, ...]]:
    """Material and certificates in the file's own store (ETSI EN 319 142-1 § 5.4)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return Material(), ()
    crls = tuple(ref.get_object().data for ref in store.crls)
    ocsps = tuple(ref.get_object().data for ref in store.ocsps)
    return Material(crls, ocsps), tuple(cert.dump() for cert in store.load_certs())


def _as_kept(material: Material, now: dt.datetime) -> Iterator[Kept]:
    """OCSP answers of the file by the serial they are about, lists by their issuer: for telling an age."""
    for der in material.ocsps:
        single = asn1_ocsp.OCSPResponse.load(der).response_data["responses"][0]
        serial = f"{single['cert_id']['serial_number'].native:x}"
        yield Kept("ocsp", serial, der, single["this_update"].native, single["next_update"].native, now)


def _stamps(reader: PdfFileReader, case: _Case) -> Iterator[tuple[int, dt.datetime]]:
    """Revision and moment of each time-stamp of the whole file that leads to an anchor."""
    for one in reader.embedded_timestamp_signatures:
        context = _context(case, moment=case.now, revocation="none")
        try:
            status = asyncio.run(async_validate_pdf_timestamp(one, validation_context=context, skip_diff=True))
        except (SignatureValidationError, ValueError):
            continue
        if status.intact and status.valid and status.trusted and status.md_algorithm in HASHES:
            yield one.signed_revision, status.timestamp


def _verdict(signature: EmbeddedPdfSignature, case: _Case) -> Verdict:
    try:
        facts = certificates.read(signature.signer_cert.dump())
    except CertificateUnreadable:
        return _unreadable(signature)
    context = _context(case, moment=case.now, revocation="none")
    try:
        status = asyncio.run(
            async_validate_pdf_signature(
                signature,
                signer_validation_context=context,
                ts_validation_context=context,
                key_usage_settings=KeyUsageConstraints(key_usage=set()),
            )
        )
    except (SignatureValidationError, SigningError, ValueError):
        return _unreadable(signature, facts)
    stamped, reasons = _stamped_at(signature, status, case)
    changed = _changed(status)
    reasons += _of_bytes(status, changed)
    since = None
    try:
        _judge(signature, facts, moment=stamped or case.now, case=case)
    except (CertificateRefused, RevocationUnknown) as exc:
        reasons.append(exc.code)
        since = exc.data.get("since") if isinstance(exc, CertificateRevoked) else None
    return Verdict(
        field=signature.field_name,
        who=facts.name,
        issuer=facts.issuer,
        serial=facts.serial,
        fingerprint=facts.fingerprint,
        claimed_at=status.signer_reported_dt,
        stamped_at=stamped,
        changed=changed,
        reasons=tuple(dict.fromkeys(reasons)),
        evidence=_evidence(facts, case),
        revoked_since=since,
    )


def _context(case: _Case, *, moment: dt.datetime, revocation: str) -> Any:
    later = moment < case.now
    return paths.context(case.known, material=case.material, moment=moment, revocation=revocation, later=later)


def _stamped_at(signature: EmbeddedPdfSignature, status: Any, case: _Case) -> tuple[dt.datetime | None, list[str]]:
    """The earliest moment that is proved, and whether a stamp was there that proves nothing."""
    moments = [moment for revision, moment in case.stamps if revision > signature.signed_revision]
    own = status.timestamp_validity
    if own is not None and own.intact and own.valid and own.trusted and own.md_algorithm in HASHES:
        moments.append(own.timestamp)
    unsure = own is not None and own.timestamp not in moments
    return (min(moments) if moments else None), (["stamp-not-confirmed"] if unsure else [])


def _of_bytes(status: Any, changed: Changed) -> list[str]:
    reasons = []
    if not status.intact:
        reasons.append("bytes-changed")
    elif not status.valid:
        reasons.append("signature-wrong")
    if status.md_algorithm not in HASHES:
        reasons.append("weak-hash")
    if changed is Changed.YES:
        reasons.append("changed-afterwards")
    return reasons


def _changed(status: Any) -> Changed:
    if not status.intact:
        return Changed.YES
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Changed.NO
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok:
        return Changed.YES
    return _LATER.get(status.modification_level, Changed.YES)


def _judge(signature: EmbeddedPdfSignature, facts: Facts, *, moment: dt.datetime, case: _Case) -> None:
    """Raises what speaks against the certificate at ``moment``."""
    others = list(extract_certificate_info(signature.signed_data).other_certs)
    problem = model.problem_of(facts, now=moment)
    if problem is not None:
        raise REFUSALS[problem.code](**problem.data)
    paths.run_path(signature.signer_cert, _context(case, moment=moment, revocation="require"), others)


def _evidence(facts: Facts, case: _Case) -> Evidence | None:
    fitting = [one for one in case.kept if one.about in {facts.fingerprint, facts.serial, *facts.crl_urls}]
    return max(fitting, key=lambda one: one.made_at).evidence() if fitting else None


def _unreadable(signature: EmbeddedPdfSignature, facts: Facts | None = None) -> Verdict:
    return Verdict(
        field=signature.field_name,
        who="" if facts is None else facts.name,
        issuer="" if facts is None else facts.issuer,
        serial="" if facts is None else facts.serial,
        fingerprint="" if facts is None else facts.fingerprint,
        claimed_at=None,
        stamped_at=None,
        changed=Changed.UNKNOWN,
        reasons=("unreadable",),
    )
