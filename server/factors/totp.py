"""Codes by the clock: TOTP with SHA-1, six figures, half a minute (RFC 6238, RFC 4226), as every authenticator makes.

Rules: bytes and moments in, no clock, no database. The step before and the one after count as well (RFC 6238 §5.2,
§6); which step it was is told, so that the caller takes none twice. All three are always compared.

Usage::

    step = matching_step(secret, "287082", at=now)          # None: wrong
    enrolment_address(secret, site="Phòng họp A", name="thuky")
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from wire.secret import Secret

STEP_S: Final = 30
DIGITS: Final = 6
#: RFC 4226 §4, R6: 160 bits are recommended.
SECRET_BYTES: Final = 20
_AROUND: Final = (-1, 0, 1)


def step_of(at: dt.datetime) -> int:
    """The number of the half minute that ``at`` lies in, since 1970."""
    return int(at.timestamp()) // STEP_S


def code_at(secret: Secret, step: int) -> str:
    """The code of one half minute."""
    # RFC 6238 names SHA-1 the default, and most telephones know nothing else; HMAC does not suffer from its collisions.
    made = TOTP(secret.reveal(), DIGITS, SHA1(), STEP_S)  # noqa: S303
    return made.generate(step * STEP_S).decode("ascii")


def matching_step(secret: Secret, code: str, *, at: dt.datetime) -> int | None:
    """The half minute whose code this is: the present one, the one before or the one after; None when none."""
    now, found = step_of(at), None
    for step in (max(0, now + around) for around in _AROUND):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def base32(secret: Secret) -> str:
    """The secret as people type it into a telephone that cannot read the picture; 32 letters and figures."""
    return base64.b32encode(secret.reveal()).decode("ascii").rstrip("=")


def enrolment_address(secret: Secret, *, site: str, name: str) -> str:
    """What the picture says: ``otpauth://totp/…`` (Key URI Format of Google Authenticator)."""
    label = quote(f"{site}:{name}", safe=":")
    words = {"secret": base32(secret), "issuer": site, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(words, quote_via=quote)}"
