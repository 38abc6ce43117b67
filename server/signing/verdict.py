"""What is said of a signature found in a file. Values only; ``check`` makes them.

Rules G28-G31: ``valid`` means that the bytes are those that were signed, by a certificate that leads to an anchor of
the house and was in force at the moment that is proved (a time-stamp) or now; ``broken`` means that the file or the
signature itself is wrong; ``unsure`` is everything that this house cannot confirm, with the reason. Each reason has
texts under ``signatures.reasons`` in ``web/locales``.

Usage: ``report.worst is Result.VALID``.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any, Final

from server.trust.model import Evidence


class Result(enum.StrEnum):
    """hợp lệ · không xác nhận được · không hợp lệ."""

    VALID = "valid"
    UNSURE = "unsure"
    BROKEN = "broken"


class Changed(enum.StrEnum):
    """What happened to the file after the signature."""

    NO = "no"
    SIGNED_LATER = "signed-later"
    YES = "changed"
    UNKNOWN = "unknown"


#: Reasons that say that something is wrong; all others only that it cannot be confirmed.
BREAKING: Final = frozenset(
    {
        "bytes-changed",
        "signature-wrong",
        "changed-afterwards",
        "certificate-revoked",
        "certificate-altered",
        "certificate-weak",
        "certificate-wrong-usage",
        "certificate-not-yet-valid",
        "weak-hash",
        "unreadable",
    }
)
#: All the reasons there are.
REASONS: Final = BREAKING | {
    "certificate-expired",
    "certificate-issuer-unknown",
    "certificate-refused",
    "revocation-unknown",
    "stamp-not-confirmed",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One signature: ``stamped_at`` is proved, ``claimed_at`` only said, ``evidence`` has the age of what is known."""

    field: str
    who: str
    issuer: str
    serial: str
    fingerprint: str
    claimed_at: dt.datetime | None
    stamped_at: dt.datetime | None
    changed: Changed
    reasons: tuple[str, ...]
    evidence: Evidence | None = None
    revoked_since: str | None = None

    @property
    def result(self) -> Result:
        """From the reasons."""
        if any(reason in BREAKING for reason in self.reasons):
            return Result.BROKEN
        return Result.UNSURE if set(self.reasons) - {"stamp-not-confirmed"} else Result.VALID

    def to_value(self, now: dt.datetime) -> dict[str, Any]:
        """JSON for a screen; moments in ISO 8601, ages in seconds."""
        evidence = self.evidence
        return {
            "field": self.field,
            "who": self.who,
            "issuer": self.issuer,
            "serial": self.serial,
            "fingerprint": self.fingerprint,
            "claimed_at": None if self.claimed_at is None else self.claimed_at.isoformat(),
            "stamped_at": None if self.stamped_at is None else self.stamped_at.isoformat(),
            "result": self.result.value,
            "changed": self.changed.value,
            "reasons": list(self.reasons),
            "revoked_since": self.revoked_since,
            "revocation": None
            if evidence is None
            else {"kind": evidence.kind, "made_at": evidence.made_at.isoformat(), "age_s": evidence.age_s(now)},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All signatures of a file, in the order they were made."""

    sha256: str
    signatures: tuple[Verdict, ...] = field(default=())

    @property
    def worst(self) -> Result | None:
        """Of all; None when there is no signature."""
        results = {one.result for one in self.signatures}
        return next((one for one in (Result.BROKEN, Result.UNSURE, Result.VALID) if one in results), None)
