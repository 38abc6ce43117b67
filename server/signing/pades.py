"""PAdES in two halves around the card: a file with a hole and what to sign, then the finished file.

Rules G1, G10, G11: ``ETSI.CAdES.detached``, signed attributes content-type, message-digest, signing-certificate-v2 and
CMS algorithm protection; the hole has one size whatever the key; only an incremental update is written. The raw
signature is verified with the certificate's key before anything is embedded. A time-stamp that does not come leaves
the signature at level B-B.

Usage::

    prepared = prepare(base, signer, mark=mark, level=Level.B_B, now=now)
    done = complete(base, prepared, signature, chain=standing.chain)       # Completed(pdf, level)
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    enumerate_sig_fields,
)
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData, PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import _ensure_esic_ext as ensure_pades_extension
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.pdf_embedded import read_certification_data
from pyhanko_certvalidator.registry import SimpleCertificateStore

from server.signing import appearance, blanks
from server.signing.errors import (
    FileChanged,
    PageTurned,
    SignatureWrong,
    SignedBefore,
    SigningFileLocked,
    SigningFileRefused,
)
from server.signing.issue import Blank, Part
from server.signing.marks import VIETNAM
from server.signing.model import Level, Mark
from server.signing.state import Prepared
from server.trust import certificates
from server.trust.errors import PkiServiceAway
from server.trust.model import Facts

#: Hexadecimal digits between the brackets: 16 KiB of CMS hold the longest chains and a time-stamp, with room.
HOLE_DIGITS: Final = 32768
_UPRIGHT: Final = 0


class QuietWriter(IncrementalPdfFileWriter):
    """Writes what it is told to and leaves the file's title, author and dates alone.

    A terminal compares what an update changes (G6); pyHanko would rewrite the information dictionary each time.
    """

    def _update_meta(self) -> None:
        """Nothing (pyHanko 0.38: writer.py)."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The signed file, and the level that was reached."""

    pdf: bytes = field(repr=False)
    level: Level


def make_room(base: bytes, found: Sequence[Blank]) -> bytes:
    """``base`` with fields for number and date (G61); raises SigningFileRefused, SigningFileLocked, SignedBefore."""
    writer = _writer(base)
    if any(True for _ in enumerate_sig_fields(writer.prev, filled_status=True)):
        raise SignedBefore
    return blanks.prepare(base, found, writer=writer, to_page=lambda rect: _box(writer, Mark(1, rect)))


def prepare(
    base: bytes,
    signer: Facts,
    *,
    mark: Mark | None,
    level: Level,
    now: dt.datetime,
    reason: str = "",
    written: Mapping[Part, str] | None = None,
) -> Prepared:
    """A file with a hole for ``signer``; raises SigningFileRefused, SigningFileLocked and what the mark raises.

    ``written``: number and date, into the fields that :func:`make_room` made.
    """
    digest = certificates.digest_for(signer)
    name = f"ChuKy-{secrets.token_hex(8)}"
    try:
        writer = _writer(base)
        ensure_pades_extension(writer)
        if written:
            blanks.fill(writer, written)
        found, output = _with_hole(
            writer, signer, mark=mark, digest=digest, now=now, name=name, reason=reason, locks=tuple(written or ())
        )
    except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        # pyHanko answers a stranger's odd structure with any of these; none of them is a fault of the person.
        raise SigningFileRefused(why=type(exc).__name__) from exc
    whole = output.getvalue()
    if whole[: len(base)] != base:
        raise SigningFileRefused(why="rewritten")
    attributes = asyncio.run(_external(signer, b"").signed_attrs(found.document_digest, digest, use_pades=True)).dump()
    return Prepared(
        base_sha256=hashlib.sha256(base).hexdigest(),
        base_bytes=len(base),
        increment=whole[len(base) :],
        hole=(found.reserved_region_start, found.reserved_region_end),
        digest=digest,
        signed_attributes=attributes,
        certificate=signer.der,
        field_name=name,
        level=level,
        is_numbered=bool(written),
    )


def complete(
    base: bytes,
    prepared: Prepared,
    signature: bytes,
    *,
    chain: Sequence[bytes] = (),
    stamper: TimeStamper | None = None,
) -> Completed:
    """Verify, then embed; raises FileChanged, SignatureWrong. ``chain`` helps others to find the way to the anchor."""
    whole = bytearray(prepared.file(base))
    begin, end = prepared.hole
    _check_hole(whole, begin, end)
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    if _message_digest(attributes) != _digest(prepared.digest, whole[:begin], whole[end:]):
        raise FileChanged
    signer = certificates.read(prepared.certificate)
    try:
        certificates.check_signature(signer, attributes.dump(), signature)
    except certificates.SignatureWrong as exc:
        raise SignatureWrong from exc
    wants_stamp = prepared.level is not Level.B_B and stamper is not None
    level, content = Level.B_B, b""
    if wants_stamp:
        try:
            level, content = Level.B_T, _cms(signer, signature, prepared, chain=chain, stamper=stamper)
        except PkiServiceAway:
            level = Level.B_B
    if level is Level.B_B:
        content = _cms(signer, signature, prepared, chain=chain, stamper=None)
    digits = content.hex().encode("ascii")
    if len(digits) > end - begin - 2:
        raise SigningFileRefused(why="hole")
    whole[begin + 1 : begin + 1 + len(digits)] = digits
    return Completed(bytes(whole), level)


def _writer(base: bytes) -> IncrementalPdfFileWriter:
    writer = QuietWriter(io.BytesIO(base), strict=False)
    if writer.prev.encrypted:
        raise SigningFileRefused(why="encrypted")
    certified = read_certification_data(writer.prev)
    if certified is not None and certified.permission is MDPPerm.NO_CHANGES:
        raise SigningFileLocked
    return writer


def _with_hole(
    writer: IncrementalPdfFileWriter,
    signer: Facts,
    *,
    mark: Mark | None,
    digest: str,
    now: dt.datetime,
    name: str,
    reason: str,
    locks: Sequence[Part],
) -> tuple[PreparedByteRangeDigest, io.BytesIO]:
    page = 1 if mark is None else mark.page
    box = None if mark is None else _box(writer, mark)
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, fields=[part.value for part in locks]) if locks else None
    # What a screen reader calls the field.
    spoken = f"Chữ ký số của {signer.name}"
    spec = SigFieldSpec(name, on_page=page - 1, box=box, field_mdp_spec=lock, readable_field_name=spoken)
    steps = PdfCMSEmbedder(spec).write_cms(name, writer)
    widget = next(steps).get_object()
    if mark is not None:
        normal = appearance.draw(writer, mark)
        widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): normal})
    placeholder = PdfSignedData(
        pdf_name("/Sig"),
        subfilter=SigSeedSubFilter.PADES,
        timestamp=now.astimezone(VIETNAM),
        bytes_reserved=HOLE_DIGITS,
    )
    placeholder[pdf_name("/Name")] = generic.pdf_string(signer.name)
    if reason:
        placeholder[pdf_name("/Reason")] = generic.pdf_string(reason)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=_locking(lock, digest)))
    output = io.BytesIO()
    found, _ = steps.send(SigIOSetup(md_algorithm=digest, in_place=False, output=output))
    return found, output


def _locking(lock: FieldMDPSpec | None, digest: str) -> SigMDPSetup | None:
    """What was filled in with this signature may not change after it (ISO 32000-2 § 12.8.2.4)."""
    return None if lock is None else SigMDPSetup(md_algorithm=digest, field_lock=lock)


def _box(writer: IncrementalPdfFileWriter, mark: Mark) -> Any:
    """From the page as it is shown to the page's own coordinates (ISO 32000-2 § 14.11.2)."""
    page = writer.find_page_for_modification(mark.page - 1)[0].get_object()
    if _inherited(page, "/Rotate", 0) % 360 != _UPRIGHT:
        raise PageTurned(page=mark.page)
    media = [float(side) for side in _inherited(page, "/MediaBox", [0, 0, 612, 792])]
    crop = [float(side) for side in _inherited(page, "/CropBox", media)]
    left, top = max(min(crop[0], crop[2]), media[0]), min(max(crop[1], crop[3]), media[3])
    rect = mark.rect
    return tuple(round(side, 3) for side in (left + rect.x0, top - rect.y1, left + rect.x1, top - rect.y0))


def _inherited(page: generic.DictionaryObject, key: str, otherwise: Any) -> Any:
    node: generic.DictionaryObject | None = page
    for _ in range(64):
        if node is None:
            break
        if key in node:
            return node[key]
        node = node["/Parent"] if "/Parent" in node else None  # noqa: SIM401 - get() gives the bare reference
    return otherwise


def _check_hole(whole: bytearray, begin: int, end: int) -> None:
    if whole[begin : begin + 1] != b"<" or whole[end - 1 : end] != b">" or whole[begin + 1 : end - 1].strip(b"0"):
        raise FileChanged


def _digest(name: str, *parts: bytes | bytearray) -> bytes:
    found = hashlib.new(name)
    for part in parts:
        found.update(part)
    return found.digest()


def _message_digest(attributes: cms.CMSAttributes) -> bytes:
    found = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
    if len(found) != 1:
        raise FileChanged
    digest: bytes = found[0]
    return digest


def _external(signer: Facts, signature: bytes, chain: Sequence[bytes] = ()) -> ExternalSigner:
    store = SimpleCertificateStore.from_certs([x509.Certificate.load(der) for der in chain])
    return ExternalSigner(
        x509.Certificate.load(signer.der), store, signature_value=signature or None, embed_roots=False
    )


def _cms(
    signer: Facts, signature: bytes, prepared: Prepared, *, chain: Sequence[bytes], stamper: TimeStamper | None
) -> bytes:
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    found = asyncio.run(
        _external(signer, signature, chain).async_sign_prescribed_attributes(
            prepared.digest, attributes, timestamper=stamper
        )
    )
    content: bytes = found.dump()
    return content


class PadesMaker:
    """The port :class:`server.signing.ports.Pades`; ``stamper`` has a budget of few seconds, for a lease runs."""

    def __init__(self, stamper: Callable[[], TimeStamper | None] = lambda: None) -> None:
        self._stamper: Final = stamper

    def prepare(
        self,
        base: bytes,
        signer: Facts,
        *,
        mark: Mark | None,
        level: Level,
        now: dt.datetime,
        written: Mapping[Part, str] | None = None,
    ) -> Prepared:
        """As :func:`prepare`."""
        return prepare(base, signer, mark=mark, level=level, now=now, written=written)

    def complete(self, base: bytes, prepared: Prepared, signature: bytes, *, chain: Sequence[bytes]) -> Completed:
        """As :func:`complete`."""
        return complete(base, prepared, signature, chain=chain, stamper=self._stamper())
