"""Raises a signed file to B-LTA: all that a later reader needs to believe it, under a time-stamp of the whole file.

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
from server.trust import model, paths
from server.trust.model import Kept
from server.trust.ports import Authority

STAMP_DIGEST: Final = "sha256"


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
            signed = [one.signed_data for one in PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures]
            stamped, token = self._stamped(self._with_material(pdf, signed, now=now))
            return self._finished(self._with_material(stamped, [token], now=now))
        except (PdfError, ValueError, KeyError, TypeError) as exc:
            raise SigningFileRefused(why=type(exc).__name__) from exc

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
