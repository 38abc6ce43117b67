"""Time-stamps (RFC 3161) through our own fetcher, believed only when they lead to an anchor of the house.

Rules G17: an authority that answers late, wrongly, or with a token that does not fit is a service that is away; a
token with SHA-1 is not taken. One request, one budget: VGCA's authority was seen to need from 2 to 131 seconds, so
nobody waits for it while a card is in use.

Usage::

    stamper = HttpStamper(url, fetch, known=known, now=clock.now)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from asn1crypto import cms, tsp
from pyhanko.sign.general import SignedDataCerts, extract_certificate_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from server.trust import paths
from server.trust.errors import CertificateRefused, PkiServiceAway
from server.trust.model import HASHES, Material
from server.trust.paths import Known
from server.trust.ports import Fetch

REQUEST: Final = "application/timestamp-query"
STAMPS: Final = frozenset({"time_stamping"})


class HttpStamper(TimeStamper):
    """One time-stamping authority; every failure is PkiServiceAway."""

    def __init__(self, url: str, fetch: Fetch, *, known: Known, now: Callable[[], dt.datetime]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url: Final = url
        self._fetch: Final = fetch
        self._known: Final = known
        self._now: Final = now

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Post and parse."""
        answer = self._fetch.post(self._url, req.dump(), kind=REQUEST)
        try:
            found = tsp.TimeStampResp.load(answer)
            found.native  # noqa: B018 - asn1crypto reads lazily: now, or somewhere else
        except (ValueError, TypeError) as exc:
            raise PkiServiceAway(host=self._url) from exc
        return found

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over the digest, judged."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            await self._judge(token, message_digest)
        except (TimestampRequestError, CertificateRefused, ValueError, TypeError, KeyError) as exc:
            raise PkiServiceAway(host=self._url) from exc
        return token

    async def _judge(self, token: cms.ContentInfo, digest: bytes) -> None:
        """Imprint, hash and path; its signature is verified with the rest when the file is checked."""
        content = token["content"]
        info = content["encap_content_info"]["content"].parsed
        if info["message_imprint"]["hashed_message"].native != digest:
            raise ValueError("a stamp of something else")
        if content["signer_infos"][0]["digest_algorithm"]["algorithm"].native not in HASHES:
            raise ValueError("a weak hash")
        found: SignedDataCerts = extract_certificate_info(content)
        context = paths.context(self._known, material=Material(), moment=self._now(), revocation="none")
        await paths.find_path(found.signer_cert, context, list(found.other_certs), extended=STAMPS)
