"""HTTP of trust: for the security administrator, and the auditor who looks at the same without changing anything.

Rules: certificates come as base 64 of DER, or as PEM; no route takes or gives a private key.

Usage: ``app.register_blueprint(blueprint(admin, clock))``.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.trust.admin import Asked, TrustAdmin
from server.trust.certificates import MAX_BYTES
from server.trust.errors import AnchorUnknown, CertificateUnknown, CertificateUnreadable
from server.web import act_id, actor, allow, answer, body, nothing
from wire.fields import Fields, print_instant

_SIGNATURE_BYTES: Final = 2048
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


def blueprint(admin: TrustAdmin, clock: Clock) -> Blueprint:
    """All routes under ``/api/trust``."""
    routes = Blueprint("trust", __name__)

    def asked() -> Asked:
        return Asked(actor(), act_id(), clock.now())

    _reading(routes, admin, clock)

    @routes.post("/api/trust/authorities")
    @allow(Role.SECURITY_ADMIN)
    def add_authority() -> ResponseReturnValue:
        fields = body()
        data, trusted, typed = _certificate(fields), fields.flag("trusted"), fields.text("typed", limit=200)
        fields.end()
        return answer(admin.add_authority(data, trusted=trusted, typed=typed, asked=asked()), 201)

    @routes.post("/api/trust/authorities/<fingerprint>/remove")
    @allow(Role.SECURITY_ADMIN)
    def remove_authority(fingerprint: str) -> ResponseReturnValue:
        fields = body()
        typed = fields.text("typed", limit=200)
        fields.end()
        if _FINGERPRINT.fullmatch(fingerprint) is None:
            raise AnchorUnknown
        admin.remove_authority(fingerprint, typed=typed, asked=asked())
        return nothing()

    @routes.post("/api/trust/challenges")
    @allow(Role.SECURITY_ADMIN)
    def begin_enrolment() -> ResponseReturnValue:
        fields = body()
        person, data = fields.id("person", "u"), _certificate(fields)
        fields.end()
        given, _ = admin.challenge(person, data, asked=asked())
        return answer(
            {
                "challenge": given.challenge,
                "to_sign": base64.b64encode(given.message).decode("ascii"),
                "expires_at": print_instant(given.expires_at),
                "certificate": admin.read(data, now=clock.now()),
            },
            201,
        )

    @routes.post("/api/trust/certificates")
    @allow(Role.SECURITY_ADMIN)
    def enrol_certificate() -> ResponseReturnValue:
        fields = body()
        challenge, signature = fields.id("challenge", "a"), fields.base64("signature")
        fields.end()
        found = admin.enrol(challenge, signature[:_SIGNATURE_BYTES], asked=asked())
        return answer({"fingerprint": found.facts.fingerprint}, 201)

    @routes.post("/api/trust/certificates/<fingerprint>/withdraw")
    @allow(Role.SECURITY_ADMIN)
    def withdraw_certificate(fingerprint: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=500).strip()
        fields.end()
        if _FINGERPRINT.fullmatch(fingerprint) is None:
            raise CertificateUnknown
        admin.withdraw(fingerprint, reason=reason, asked=asked())
        return nothing()

    return routes


def _reading(routes: Blueprint, admin: TrustAdmin, clock: Clock) -> None:
    @routes.get("/api/trust")
    @allow(Role.SECURITY_ADMIN, Role.AUDITOR)
    def get_trust() -> ResponseReturnValue:
        return answer(admin.overview(now=clock.now()))

    @routes.post("/api/trust/read")
    @allow(Role.SECURITY_ADMIN)
    def read_certificate() -> ResponseReturnValue:
        fields = body()
        data = _certificate(fields)
        fields.end()
        return answer(admin.read(data, now=clock.now()))


def _certificate(fields: Fields) -> bytes:
    """DER or PEM; raises CertificateUnreadable."""
    text = fields.any("certificate")
    if not isinstance(text, str) or len(text) > 2 * MAX_BYTES:
        raise CertificateUnreadable
    if text.lstrip().startswith("-----BEGIN"):
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise CertificateUnreadable from exc
