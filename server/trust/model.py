"""What a certificate says, and the rules by which it is taken for signing.

Rules G20-G24 (docs/SIGNING.md), I1: a certificate is inside its time, of a person and not of an authority, made for
signatures (or for signing in), signed with SHA-256 or better, with a key of RSA 2048-4096, P-256 or P-384. What a path
of certificates says is the business of ``paths``; what has been revoked, of ``revocation``.

Usage::

    problem = problem_of(facts, now=now)          # None, or a code of server.trust.errors
    expiring([facts, …], now=now)[30]             # those that end in eight to thirty days
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

KEYS: Final = frozenset({"rsa-2048", "rsa-3072", "rsa-4096", "p256", "p384"})
HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_SIGNS: Final = frozenset({"digital_signature", "content_commitment"})
#: emailProtection, document signing (RFC 9336), Microsoft's and Adobe's older names for the same.
_DOCUMENT_USES: Final = frozenset(
    {"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12", "1.2.840.113583.1.1.5", "2.5.29.37.0"}
)
#: clientAuth, Microsoft's smart card logon, PKINIT's client (RFC 4556), any.
_LOGIN_USES: Final = frozenset({"1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.20.2.2", "1.3.6.1.5.2.3.4", "2.5.29.37.0"})
_BRACKETS: Final = re.compile(r"\s*\([^()]*\)\s*$")
#: Days before the end at which the list of expiring certificates changes its tone.
WARN_DAYS: Final = (60, 30, 7)
#: Where a list is from that has no address: carried in by hand, for a house without a network.
BY_HAND: Final = "issuer:"


class Use(enum.Enum):
    """What a certificate is wanted for."""

    DOCUMENT = "document"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Facts:
    """A certificate, read. ``subject_id`` is its serialNumber or UID attribute, else its e-mail address, else empty."""

    fingerprint: str
    der: bytes = field(repr=False)
    name: str
    subject: str
    issuer: str
    serial: str
    subject_id: str
    since: dt.datetime
    until: dt.datetime
    key: str
    hash: str
    usages: frozenset[str] | None
    extended: frozenset[str] | None
    is_authority: bool
    is_self_issued: bool
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()


class Problem(NamedTuple):
    """A code of ``server.trust.errors`` and what its text names."""

    code: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure the house wants to be.

    ``hard``: what cannot be found out is a refusal. ``fresh_s``: material younger than this is not asked for again.
    ``stale_s``: with ``hard`` off, material up to this age still counts, and its age is shown.
    """

    hard: bool = True
    fresh_s: int = 3600
    stale_s: int = 30 * 86400


@dataclass(frozen=True, slots=True)
class Material:
    """Revocation lists and OCSP answers, in DER."""

    crls: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)

    def with_more(self, other: Material) -> Material:
        """Both, each once."""
        crls, ocsps = dict.fromkeys((*self.crls, *other.crls)), dict.fromkeys((*self.ocsps, *other.ocsps))
        return Material(tuple(crls), tuple(ocsps))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What says that a certificate is good: ``kind`` is ``crl`` or ``ocsp``; ``None`` when nothing does."""

    kind: str
    made_at: dt.datetime
    next_at: dt.datetime | None

    def age_s(self, now: dt.datetime) -> int:
        """Whole seconds since it was made."""
        return max(0, int((now - self.made_at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece of material. ``about`` is the address of a list, or the fingerprint of what an answer is about."""

    kind: str
    about: str
    der: bytes = field(repr=False)
    made_at: dt.datetime
    next_at: dt.datetime | None
    fetched_at: dt.datetime

    def evidence(self) -> Evidence:
        """How old it is, and of what kind."""
        return Evidence(self.kind, self.made_at, self.next_at)

    def is_fresh(self, now: dt.datetime, fresh_s: int) -> bool:
        """Whether it need not be asked for again."""
        in_time = self.next_at is None or now < self.next_at
        return in_time and now - self.fetched_at < dt.timedelta(seconds=fresh_s)


def material(kept: Iterable[Kept]) -> Material:
    """What the judge of paths takes."""
    found = list(kept)
    return Material(
        tuple(one.der for one in found if one.kind == "crl"), tuple(one.der for one in found if one.kind == "ocsp")
    )


def evidence(facts: Facts, kept: Iterable[Kept]) -> Evidence | None:
    """The newest piece that is about this certificate."""
    about = {facts.fingerprint, *facts.crl_urls}
    fitting = [one for one in kept if one.about in about]
    return max(fitting, key=lambda one: one.made_at).evidence() if fitting else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate that may be used. ``warning`` is a code when the policy let something pass."""

    facts: Facts
    chain: tuple[bytes, ...] = field(repr=False)
    evidence: Evidence | None
    warning: str | None = None


def is_name_of(facts: Facts, name: str) -> bool:
    """Whether the certificate names somebody of this name; capitals, spaces, and what stands in brackets at the end
    do not matter (G57).
    """
    return bool(_plain(name)) and _plain(facts.name) == _plain(name)


def _plain(name: str) -> str:
    text = _BRACKETS.sub("", unicodedata.normalize("NFC", name))
    return " ".join(text.casefold().split())


def problem_of(facts: Facts, *, now: dt.datetime, use: Use = Use.DOCUMENT) -> Problem | None:
    """Why the certificate alone cannot sign for a person, or sign them in; None when it can."""
    if now < facts.since:
        return Problem("certificate-not-yet-valid", {"since": facts.since.date().isoformat()})
    if now > facts.until:
        return Problem("certificate-expired", {"until": facts.until.date().isoformat()})
    if facts.hash not in HASHES:
        return Problem("certificate-weak", {"why": facts.hash})
    if facts.key not in KEYS:
        return Problem("certificate-weak", {"why": facts.key})
    made_for_it = _made_for_signing(facts) if use is Use.DOCUMENT else _made_for_login(facts)
    if facts.is_authority or facts.is_self_issued or not made_for_it:
        return Problem("certificate-wrong-usage", {})
    return None


def _made_for_signing(facts: Facts) -> bool:
    return (facts.usages is None or bool(facts.usages & _SIGNS)) and (
        facts.extended is None or bool(facts.extended & _DOCUMENT_USES)
    )


def _made_for_login(facts: Facts) -> bool:
    """Signatures, and not those alone that bind their signer to a document (RFC 5280 § 4.2.1.3)."""
    return (facts.usages is None or "digital_signature" in facts.usages) and (
        facts.extended is None or bool(facts.extended & _LOGIN_USES)
    )


def expiring(certificates: Iterable[Facts], *, now: dt.datetime) -> dict[int, list[Facts]]:
    """Those that end within 60, 30 and 7 days, each under the smallest number, soonest first; 0: those that ended."""
    found: dict[int, list[Facts]] = {days: [] for days in (*WARN_DAYS, 0)}
    for facts in sorted(certificates, key=lambda one: (one.until, one.fingerprint)):
        left = facts.until - now
        if left < dt.timedelta(0):
            found[0].append(facts)
            continue
        fitting = [days for days in WARN_DAYS if left <= dt.timedelta(days=days)]
        if fitting:
            found[min(fitting)].append(facts)
    return found
