"""How a new terminal asks to be let in: EST (RFC 7030) as docs/API.md has it, and the site document.

Rules: anyone may ask, so everything is small, limited per address and answered in plain text that a seat can log; the
code in the header is what programs read. 202 means that IT has not decided: ask again with the same request. A machine
that a list names shows its serial and one-time code as HTTP Basic (RFC 7030, 3.2.3; W192); what does not fit is
answered as if nothing had been shown.

Usage: `app.register_blueprint(blueprint(fleet, clock, enrol=fleet.enrol, ca=ca, site=document, limit=limit, …))`.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final, Protocol

from flask import Blueprint, Response, request

import web
from server.clock import Clock
from server.errors import ServerError
from server.fleet.errors import RenewalRefused
from server.fleet.limits import AddressLimit
from server.fleet.model import RETRY_S
from server.fleet.service import FleetService
from server.pki.bundle import CERTS_ONLY
from server.pki.errors import RequestTooLarge
from server.pki.requests import MAX_BODY_BYTES, EnrolmentRequest, read_request
from server.web import answer, error_answer, public
from wire.secret import Secret

#: A thousand meetings in base 64.
MAX_RECEIPT_BYTES: Final = 64 * 1024
#: A serial and a code of 64 signs each, in base 64.
MAX_SHOWN: Final = 256
CODE_HEADER: Final = "X-Phonghop-Code"
#: The device's signature over the request (W182).
PROOF_HEADER: Final = "X-Phonghop-Proof"
#: What the proxy says of the certificate of the connection (deploy/nginx); it sets them whatever came.
VERIFIED_HEADER: Final = "X-Phonghop-Client-Verified"
SERIAL_HEADER: Final = "X-Phonghop-Client-Serial"
_SERIAL: Final = re.compile(r"[0-9A-Fa-f]{1,40}", re.ASCII)


class Enrol(Protocol):
    """Lets a machine in, or has it wait."""

    def __call__(
        self, request: EnrolmentRequest, code: Secret | None, *, address: str, now: dt.datetime
    ) -> bytes | None:
        """As :meth:`server.fleet.service.FleetService.enrol`; ``code``: the one-time code that it shows."""
        ...


def blueprint(
    fleet: FleetService,
    clock: Clock,
    *,
    enrol: Enrol,
    ca: bytes,
    site: Callable[[], dict[str, Any]],
    limit: AddressLimit,
    behind_proxy: bool,
) -> Blueprint:
    """``/.well-known/est`` and ``/.well-known/phonghop``; ``ca`` is the CA as EST sends it, ``site`` the document.

    ``behind_proxy``: there is a proxy that sees the certificates of terminals; without one nothing is renewed so.
    """
    routes = Blueprint("est", __name__)

    @routes.get("/.well-known/est/cacerts")
    @public("a new terminal compares the CA with the hash in its image")
    def cacerts() -> Response:
        return Response(ca, mimetype=None, content_type=CERTS_ONLY, headers={"Cache-Control": "no-store"})

    @routes.get("/.well-known/phonghop/site")
    @public("a terminal learns where the broker is and whom to believe; the document is signed")
    def site_document() -> Response:
        return answer(site())

    @routes.post("/.well-known/est/simpleenroll")
    @public("a terminal has no name before IT approves it")
    def simpleenroll() -> Response:
        try:
            return _enrol(enrol, clock, limit)
        except ServerError as error:
            return _plain(error)

    @routes.post("/.well-known/est/simplereenroll")
    @public("a terminal shows its certificate to the proxy and signs the request with its own key")
    def simplereenroll() -> Response:
        try:
            if not behind_proxy:
                raise RenewalRefused(why="no proxy sees certificates here")
            return _renew(fleet, clock, limit)
        except ServerError as error:
            return _plain(error)

    @routes.post("/.well-known/phonghop/wiped")
    @public("a revoked terminal has no way but this; its receipt is signed by its own key")
    def wiped() -> Response:
        try:
            fleet.wiped(_body(clock, limit, most=MAX_RECEIPT_BYTES), now=clock.now())
        except ServerError as error:
            return _plain(error)
        return Response(status=204)

    return routes


def _enrol(enrol: Enrol, clock: Clock, limit: AddressLimit) -> Response:
    address = request.remote_addr or ""
    asked = read_request(_body(clock, limit))
    certificates = enrol(asked, _shown(asked.serial), address=address[:64], now=clock.now())
    if certificates is None:
        return Response(status=202, headers={"Retry-After": str(RETRY_S), "Cache-Control": "no-store"})
    return Response(certificates, content_type=CERTS_ONLY, headers={"Cache-Control": "no-store"})


def _renew(fleet: FleetService, clock: Clock, limit: AddressLimit) -> Response:
    body = _body(clock, limit)
    asked, presented, proof = read_request(body), _presented(), _proof()
    certificates = fleet.renewals.renew(asked, body, presented=presented, proof=proof, now=clock.now())
    return Response(certificates, content_type=CERTS_ONLY, headers={"Cache-Control": "no-store"})


def _body(clock: Clock, limit: AddressLimit, *, most: int = MAX_BODY_BYTES) -> bytes:
    limit.take(request.remote_addr or "", at_s=clock.monotonic_s())
    if (request.content_length or 0) > most:
        raise RequestTooLarge(limit_kib=most // 1024)
    return request.stream.read(most + 1)


def _shown(serial: str) -> Secret | None:
    """The one-time code that came with the serial, None for anything else."""
    scheme, _, encoded = request.headers.get("Authorization", "")[:MAX_SHOWN].partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        name, colon, code = base64.b64decode(encoded, validate=True).partition(b":")
    except ValueError:
        return None
    fits = colon and code and name == serial.encode("ascii")
    return Secret(code) if fits else None


def _presented() -> int:
    """The serial number of the certificate of the connection, by the proxy's word; it alone proves nothing.

    Whoever reaches the server beside the proxy can write the same: the device's own signature has to fit besides.
    """
    serial = request.headers.get(SERIAL_HEADER, "")
    if request.headers.get(VERIFIED_HEADER) != "SUCCESS" or _SERIAL.fullmatch(serial) is None:
        raise RenewalRefused(why="the connection came without a certificate of this site")
    return int(serial, 16)


def _proof() -> bytes:
    try:
        return base64.b64decode(request.headers.get(PROOF_HEADER, ""), validate=True)
    except ValueError:
        raise RenewalRefused(why="not signed by the device's own key") from None


def _plain(error: ServerError) -> Response:
    """The reason as EST sends it: plain text (RFC 7030 § 4.2.3), Vietnamese first."""
    text = web.error_text(error.code, error.data)
    like = error_answer(error)  # for the status: there is one table of them
    response = Response(f"{text.vi}\n{text.en}\n", status=like.status_code, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    response.headers[CODE_HEADER] = error.code
    if "wait_s" in error.data:
        response.headers["Retry-After"] = str(error.data["wait_s"])
    return response
