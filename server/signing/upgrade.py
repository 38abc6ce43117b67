"""Raises a signed file to B-LTA, and keeps it there: all that is needed to believe it later, under a time-stamp.

Rules G18: only an incremental update is written; the time-stamping authority is asked once; revocation material is
gathered for every signer and, after the stamp, for the authority itself. What cannot be had now is an error with a
code, and the job comes again later (``model.wait_s``); the file as it was stays as it was.

Usage::

    pdf = Upgrader(trust, stamper).raise_level(pdf, now=now)
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, Final, Protocol

from asn1crypto import cms
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from server.signing.errors import SigningFileRefused
from server.signing.pades import HOLE_DIGITS, QuietWriter
from server.trust import certificates, model, paths
from server.trust.model import Kept
from server.trust.ports import Authority

STAMP_DIGEST: Final = "sha256"
#: A file is stamped anew so long before its last stamp could no longer be believed; authorities may be away for weeks.
RENEW_DAYS: Final = 90


class Trust(Protocol):
    """The trust feature, as far as it is needed here."""

    def authorities(self) -> Sequence[Authority]:
        """Anchors and helpers."""
        ...

    def gather(self, chain: Sequence[bytes], *, now: dt.datetime) -> Sequence[Kept]:
        """Fresh material for a path, and all the rest there is."""
        ...


class Upgrader:
    """See the module."""

    def __init__(self, trust: Trust, stamper: TimeStamper) -> None:
        self._trust: Final = trust
        self._stamper: Final = stamper

    def raise_level(self, pdf: bytes, *, now: dt.datetime) -> bytes:
        """The file with its material and a document time-stamp.

        Raises PkiServiceAway, RevocationUnknown, a leaf of CertificateRefused, SigningFileRefused.
        """
        try:
            stamped, token = self._stamped(self._with_material(pdf, _unprotected(pdf), now=now))
            return self._finished(self._with_material(stamped, [token], now=now))
        except (PdfError, ValueError, KeyError, TypeError) as exc:
            raise SigningFileRefused(why=type(exc).__name__) from exc

    def renew_at(self, pdf: bytes, *, now: dt.datetime) -> dt.datetime:
        """Well before the certificate of the newest time-stamp ends, or a certificate on its way to an anchor.

        RENEW_DAYS before, or after half of what is left when that is less. Raises SigningFileRefused.
        """
        try:
            newest = list(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_timestamp_signatures)[-1]
            leaf = extract_certificate_info(newest.signed_data)
            known = paths.known_of(self._trust.authorities())
            bare = paths.context(known, material=model.Material(), moment=now, revocation="none")
            chain = paths.run_path(leaf.signer_cert, bare, list(leaf.other_certs))
        except (PdfError, ValueError, KeyError, TypeError, IndexError) as exc:
            raise SigningFileRefused(why=type(exc).__name__) from exc
        until = min(certificates.read(der).until for der in chain)
        return until - min(dt.timedelta(days=RENEW_DAYS), max(dt.timedelta(0), until - now) / 2)

    def _with_material(self, pdf: bytes, signed: Sequence[cms.SignedData], *, now: dt.datetime) -> QuietWriter:
        """A writer that holds the file and the material for all signers of ``signed``."""
        known = paths.known_of(self._trust.authorities())
        kept: Sequence[Kept] = ()
        leaves = [extract_certificate_info(one) for one in signed]
        bare = paths.context(known, material=model.Material(), moment=now, revocation="none")
        for leaf in leaves:
            kept = self._trust.gather(paths.run_path(leaf.signer_cert, bare, list(leaf.other_certs)), now=now)
        full = paths.context(known, material=model.material(kept), moment=now, revocation="require")
        writer = QuietWriter(io.BytesIO(pdf), strict=False)
        chains = [paths.run_whole(leaf.signer_cert, full, list(leaf.other_certs)) for leaf in leaves]
        DocumentSecurityStore.supply_dss_in_writer(
            writer, sig_contents=None, paths=chains, validation_context=full, embed_roots=True
        )
        return writer

    def _stamped(self, writer: QuietWriter) -> tuple[bytes, cms.SignedData]:
        name = f"DauThoiGian-{writer.prev.total_revisions}"
        steps = PdfCMSEmbedder().write_cms(name, writer)
        next(steps)
        steps.send(SigObjSetup(sig_placeholder=DocumentTimestamp(bytes_reserved=HOLE_DIGITS)))
        output = io.BytesIO()
        found, _ = steps.send(SigIOSetup(md_algorithm=STAMP_DIGEST, in_place=False, output=output))
        token: Any = asyncio.run(self._stamper.async_timestamp(found.document_digest, STAMP_DIGEST))
        steps.send(token)
        return output.getvalue(), token["content"]

    def _finished(self, writer: QuietWriter) -> bytes:
        output = io.BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()


def _unprotected(pdf: bytes) -> list[cms.SignedData]:
    """What material is needed for: all signatures, or the newest time-stamp alone when nothing was signed after it.

    What lies under a time-stamp was proved when it was made; certificates of people may have ended since.
    """
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    found, stamps = list(reader.embedded_signatures), list(reader.embedded_timestamp_signatures)
    is_renewal = bool(stamps) and all(one.signed_revision <= stamps[-1].signed_revision for one in found)
    return [stamps[-1].signed_data] if is_renewal else [one.signed_data for one in found]
