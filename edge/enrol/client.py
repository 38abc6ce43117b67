"""The HTTP calls of enrolment (docs/API.md, "Rooms and devices").

Rules: no proxy of the environment is used and no redirection followed; an answer is at most 256 KiB; the CA itself is
fetched from whoever answers, for it is checked by its hash, everything else over TLS that this CA vouches for (or, in a
room without TLS, as it comes: every answer is checked by itself).

Usage::

    client = SiteClient("https://phonghop.example", ca_pem=lambda: pem)
    answer = client.enrol(request)          # Issued(body) or Pending(retry_s)
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from edge.errors import BadServerAnswer, DeviceRefused, DeviceRevoked, RenewalRefused, ServerUnreachable
from wire.secret import Secret

TIMEOUT_S: Final = 10.0
MAX_ANSWER_BYTES: Final = 256 * 1024
CODE_HEADER: Final = "X-Phonghop-Code"
PROOF_HEADER: Final = "X-Phonghop-Proof"
_RETRY_S: Final = 10.0
_LEAST_S: Final = 1.0
_MOST_S: Final = 300.0
_REFUSALS: Final = {each.code: each for each in (DeviceRefused, DeviceRevoked, RenewalRefused)}


@dataclass(frozen=True, slots=True)
class Pending:
    """IT has not decided: ask again after ``retry_s``."""

    retry_s: float


@dataclass(frozen=True, slots=True)
class Issued:
    """The certificates, as they came."""

    body: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    code: str
    retry_after: str
    body: bytes


class SiteClient:
    """Calls to one server; every call is a connection of its own."""

    def __init__(self, url: str, *, ca_pem: Callable[[], bytes | None]) -> None:
        parts = urlsplit(url)
        self._is_tls: Final = parts.scheme == "https"
        self._host: Final = parts.hostname or ""
        self._port: Final = parts.port
        self._ca_pem: Final = ca_pem

    @property
    def is_tls(self) -> bool:
        """Whether certificates can be shown; a room without TLS knows no renewal with another key."""
        return self._is_tls

    def cacerts(self) -> bytes:
        """The CA as the server sends it; not believed yet. Raises an :class:`edge.errors.EnrolmentError`."""
        blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        return self._ok(self._call("GET", "/.well-known/est/cacerts", tls=blind))

    def site(self) -> bytes:
        """The site document as the server sends it."""
        return self._ok(self._call("GET", "/.well-known/phonghop/site", tls=self._checked()))

    def enrol(self, request: bytes, *, serial: str = "", code: Secret | None = None) -> Pending | Issued:
        """Ask for a certificate; raises :class:`DeviceRefused`, :class:`DeviceRevoked` and others.

        ``code``: shown with the serial (W192), and to nobody but the server that the room's CA vouches for.
        """
        headers = shown(serial, code) if code is not None and self._is_tls else {}
        return self._decided(
            self._call("POST", "/.well-known/est/simpleenroll", tls=self._checked(), body=request, headers=headers)
        )

    def _decided(self, answer: _Answer) -> Pending | Issued:
        if answer.status == http.HTTPStatus.ACCEPTED:
            return Pending(_seconds(answer.retry_after))
        if answer.status in {http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE}:
            return Pending(_seconds(answer.retry_after, default=30.0))
        refusal = _REFUSALS.get(answer.code)
        if refusal is not None:
            raise refusal
        return Issued(self._ok(answer))

    def renew(self, request: bytes, *, proof: bytes, shown: tuple[Path, Path]) -> Pending | Issued:
        """Ask for the next certificate, showing one (its file and its key's); raises as :meth:`enrol`, RenewalRefused.

        ``proof``: the device's signature over the request (W182).
        """
        tls = self._checked()
        try:
            tls.load_cert_chain(*map(str, shown))
        except (OSError, ssl.SSLError) as exc:
            raise BadServerAnswer("the certificate that is to be renewed cannot be shown") from exc
        headers = {PROOF_HEADER: base64.b64encode(proof).decode("ascii")}
        return self._decided(
            self._call("POST", "/.well-known/est/simplereenroll", tls=tls, body=request, headers=headers)
        )

    def receipt(self, envelope: bytes) -> None:
        """Hand in the signed receipt of a store that was destroyed; raises as the others do."""
        answer = self._call("POST", "/.well-known/phonghop/wiped", tls=self._checked(), body=envelope)
        if answer.status != http.HTTPStatus.NO_CONTENT:
            raise BadServerAnswer(f"status {answer.status} {answer.code}".strip())

    def _checked(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        pem = self._ca_pem()
        if pem is not None:
            context.load_verify_locations(cadata=pem.decode("ascii"))
        return context

    def _call(
        self,
        method: str,
        path: str,
        *,
        tls: ssl.SSLContext,
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> _Answer:
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=tls)
            if self._is_tls
            else http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        )
        # The server reads bytes whatever they are called.
        kind = {"Content-Type": "application/pkcs10"} if body is not None else {}
        try:
            connection.request(method, path, body=body, headers={**kind, **headers})
            response = connection.getresponse()
            data = response.read(MAX_ANSWER_BYTES + 1)
        except (OSError, http.client.HTTPException) as exc:
            raise ServerUnreachable(f"{self._host}: {type(exc).__name__}") from exc
        finally:
            connection.close()
        if len(data) > MAX_ANSWER_BYTES:
            raise BadServerAnswer("an answer that does not end")
        get = response.headers.get
        return _Answer(response.status, get(CODE_HEADER, ""), get("Retry-After", ""), data)

    def _ok(self, answer: _Answer) -> bytes:
        if answer.status != http.HTTPStatus.OK:
            raise BadServerAnswer(f"status {answer.status} {answer.code}".strip())
        return answer.body


def shown(serial: str, code: Secret) -> dict[str, str]:
    """Serial and one-time code as HTTP Basic (RFC 7030, 3.2.3; RFC 7617)."""
    encoded = base64.b64encode(serial.encode("ascii") + b":" + code.reveal())
    return {"Authorization": f"Basic {encoded.decode('ascii')}"}


def _seconds(text: str, *, default: float = _RETRY_S) -> float:
    if not (text.isascii() and text.isdigit()):
        return default
    return min(max(float(text[:6]), _LEAST_S), _MOST_S)
