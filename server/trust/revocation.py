"""Collects what says whether certificates were revoked: OCSP answers first, else revocation lists.

Rules G24-G26: addresses are taken from certificates only after a path to an anchor was found, so that no stranger's
file makes the server call anywhere; an answer is kept only when it can be read, belongs to the certificate asked for,
is signed with SHA-256 or better (OCSP) or by the issuer itself (lists); whether it is believed is decided again each
time, by ``paths``. A service that is away costs its budget once and changes nothing that is known.

Usage::

    fresh = Revocation(fetcher).collect(chain, cached=cached, now=now, fresh_s=3600)
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from server.trust.certificates import read, verify
from server.trust.errors import PkiServiceAway
from server.trust.model import BY_HAND, HASHES, Facts, Kept
from server.trust.ports import Fetch

OCSP_REQUEST: Final = "application/ocsp-request"


class Revocation:
    """Fetches for whole chains."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch: Final = fetch

    def read_list(self, data: bytes, authority: Facts, *, now: dt.datetime) -> Kept | None:
        """A list in DER or PEM that came by hand, if ``authority`` signed it; it is about all that authority issued."""
        try:
            pem = data.lstrip().startswith(b"-----BEGIN")
            der = x509.load_pem_x509_crl(data).public_bytes(serialization.Encoding.DER) if pem else data
            return read_crl(der, url=f"{BY_HAND}{authority.fingerprint}", issuer=authority.der, now=now)
        except ValueError:
            return None

    def listed(self, facts: Facts, kept: Sequence[Kept]) -> dt.datetime | None:
        """Since when a list or an answer about this certificate, however old, calls it revoked."""
        moments = [moment for one in kept for moment in _revoked_in(one, facts)]
        return min(moments) if moments else None

    def collect(self, chain: Sequence[bytes], *, cached: Sequence[Kept], now: dt.datetime, fresh_s: int) -> list[Kept]:
        """New material for every certificate of ``chain`` (leaf first, anchor last) that has none fresh."""
        found: list[Kept] = []
        for der, issuer in itertools.pairwise(chain):
            facts = read(der)
            about = {facts.fingerprint, *facts.crl_urls}
            if any(kept.about in about and kept.is_fresh(now, fresh_s) for kept in (*cached, *found)):
                continue
            found += self._ask(facts, issuer, now)
        return found

    def _ask(self, facts: Facts, issuer: bytes, now: dt.datetime) -> list[Kept]:
        for url in facts.ocsp_urls:
            try:
                return [self._ocsp(facts, issuer, url=url, now=now)]
            except (PkiServiceAway, ValueError):
                continue
        for url in facts.crl_urls:
            try:
                return [self._crl(url, issuer, now)]
            except (PkiServiceAway, ValueError):
                continue
        return []

    def _ocsp(self, facts: Facts, issuer: bytes, *, url: str, now: dt.datetime) -> Kept:
        subject, authority = x509.load_der_x509_certificate(facts.der), x509.load_der_x509_certificate(issuer)
        # SHA-1 only names the certificate here (RFC 6960 § 4.3): responders know no other hash.
        builder = ocsp.OCSPRequestBuilder().add_certificate(subject, authority, hashes.SHA1())  # noqa: S303
        request = builder.build().public_bytes(serialization.Encoding.DER)
        return read_ocsp(self._fetch.post(url, request, kind=OCSP_REQUEST), facts=facts, issuer=issuer, now=now)

    def _crl(self, url: str, issuer: bytes, now: dt.datetime) -> Kept:
        return read_crl(self._fetch.get(url), url=url, issuer=issuer, now=now)


def read_ocsp(data: bytes, *, facts: Facts, issuer: bytes, now: dt.datetime) -> Kept:
    """An answer about this certificate, signed by ``issuer`` or in its name; raises ValueError."""
    try:
        answer = ocsp.load_der_ocsp_response(data)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise ValueError(answer.response_status.name)
        algorithm = answer.signature_hash_algorithm
        if algorithm is None or algorithm.name not in HASHES:
            raise ValueError("a weak hash")
        single = next((one for one in answer.responses if f"{one.serial_number:x}" == facts.serial), None)
        if single is None:
            raise ValueError("about another certificate")
        _check_responder(answer, issuer)
        return Kept("ocsp", facts.fingerprint, data, single.this_update_utc, single.next_update_utc, now)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError) as exc:
        raise ValueError("unreadable") from exc


def _check_responder(answer: ocsp.OCSPResponse, issuer: bytes) -> None:
    """Keeps forgeries out of the store; whether the responder may speak at all, ``paths`` decides each time."""
    authority = x509.load_der_x509_certificate(issuer)
    for signer in (authority, *answer.certificates):
        try:
            if signer != authority:
                signer.verify_directly_issued_by(authority)
            verify(signer.public_key(), answer.signature, answer.tbs_response_bytes, answer.signature_hash_algorithm)
        except (InvalidSignature, ValueError, TypeError):
            continue
        return
    raise ValueError("signed by a stranger")


def read_crl(data: bytes, *, url: str, issuer: bytes, now: dt.datetime) -> Kept:
    """A list signed by ``issuer``; raises ValueError."""
    try:
        found = x509.load_der_x509_crl(data)
        key = x509.load_der_x509_certificate(issuer).public_key()
        if not found.is_signature_valid(key):  # type: ignore[arg-type]
            raise ValueError("not the issuer's")
    except (InvalidSignature, UnsupportedAlgorithm, TypeError) as exc:
        raise ValueError("unreadable") from exc
    return Kept("crl", url, data, found.last_update_utc, found.next_update_utc, now)


def _revoked_in(kept: Kept, facts: Facts) -> Iterator[dt.datetime]:
    if kept.kind == "crl" and kept.about in facts.crl_urls:
        entry = x509.load_der_x509_crl(kept.der).get_revoked_certificate_by_serial_number(int(facts.serial, 16))
        if entry is not None:
            yield entry.revocation_date_utc
    elif kept.kind == "ocsp" and kept.about == facts.fingerprint:
        for single in asn1_ocsp.OCSPResponse.load(kept.der).response_data["responses"]:
            same = f"{single['cert_id']['serial_number'].native:x}" == facts.serial
            if same and single["cert_status"].name == "revoked":
                yield single["cert_status"].chosen["revocation_time"].native
