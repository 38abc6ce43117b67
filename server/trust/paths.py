"""Builds and judges the path from a certificate to an anchor, offline, with the revocation material it is given.

Rules G21-G23: an anchor may be a root or a sub-CA and its own signature is never looked at; a certificate of an
authority below an anchor may be signed with SHA-1, because the house pinned that anchor knowingly – what signs for
people, time-stamps and OCSP answers may not, which :mod:`server.trust.model` and :mod:`server.trust.revocation` see
to. Nothing is fetched here.

Usage::

    chain = Paths().chain(facts, authorities, material=material, now=now)
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)

from server.trust.errors import (
    CertificateAltered,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRefused,
    CertificateRevoked,
    CertificateWeak,
    IssuerUnknown,
    RevocationUnknown,
)
from server.trust.model import Facts, Material
from server.trust.ports import Authority

#: SHA-1 is judged apart (see the rules above); these are never taken anywhere.
BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5"})
#: RFC 5280 asks an end-entity certificate for nothing by default; usage is judged in the model.
_NO_USAGE: Final[set[str]] = set()

#: An answer is dated by its maker's clock, and was asked for after the moment that is judged.
SKEW: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Known:
    """Certificates in DER: ``anchors`` are trusted, ``others`` only help to find the way."""

    anchors: tuple[bytes, ...] = field(repr=False)
    others: tuple[bytes, ...] = field(default=(), repr=False)


def context(
    known: Known, *, material: Material, moment: dt.datetime, revocation: str, later: bool = False
) -> ValidationContext:
    """What pyHanko validates with; ``revocation`` is ``require`` or ``none``.

    ``later``: material made after ``moment`` counts too – for looking back at the moment of a signature.
    """
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in known.anchors],
        other_certs=[x509.Certificate.load(der) for der in known.others],
        crls=list(material.crls),
        ocsps=list(material.ocsps),
        moment=moment,
        allow_fetching=False,
        revocation_mode=revocation,
        retroactive_revinfo=later,
        weak_hash_algos=BROKEN_HASHES,
        time_tolerance=SKEW,
    )


class Paths:
    """The judge; holds nothing."""

    def chain(
        self, facts: Facts, authorities: Sequence[Authority], *, material: Material | None, now: dt.datetime
    ) -> tuple[bytes, ...]:
        """The path, leaf first, anchor last; without ``material`` revocation is not looked at.

        Raises a leaf of CertificateRefused, or RevocationUnknown.
        """
        found = context(
            known_of(authorities),
            material=material or Material(),
            moment=now,
            revocation="none" if material is None else "require",
        )
        return run_path(x509.Certificate.load(facts.der), found)


def known_of(authorities: Sequence[Authority]) -> Known:
    """The anchors, and what helps to find the way to them."""
    return Known(
        tuple(one.facts.der for one in authorities if one.trusted),
        tuple(one.facts.der for one in authorities if not one.trusted),
    )


def run_path(leaf: x509.Certificate, found: ValidationContext, intermediates: Sequence[Any] = ()) -> tuple[bytes, ...]:
    """Validate and give the path, leaf first; certvalidator's errors become ours."""
    return asyncio.run(find_path(leaf, found, intermediates))


def run_whole(leaf: x509.Certificate, found: ValidationContext, intermediates: Sequence[Any] = ()) -> Any:
    """As :func:`run_path`, as pyHanko wants it for its security store."""
    return asyncio.run(_validated(leaf, found, intermediates, extended=frozenset()))


async def find_path(
    leaf: x509.Certificate,
    found: ValidationContext,
    intermediates: Sequence[Any] = (),
    *,
    extended: frozenset[str] = frozenset(),
) -> tuple[bytes, ...]:
    """As :func:`run_path`, inside a running loop; ``extended`` names uses that must stand in the certificate."""
    path = await _validated(leaf, found, intermediates, extended=extended)
    return tuple(cert.dump() for cert in reversed(list(path.iter_certs(include_root=True))))


async def _validated(
    leaf: x509.Certificate, found: ValidationContext, intermediates: Sequence[Any], *, extended: frozenset[str]
) -> Any:
    validator = CertificateValidator(leaf, intermediate_certs=list(intermediates), validation_context=found)
    try:
        return await validator.async_validate_usage(key_usage=_NO_USAGE, extended_key_usage=set(extended) or None)
    except (PathError, ValidationError, ValueError) as exc:
        raise refusal(exc, leaf) from exc


def refusal(exc: Exception, leaf: x509.Certificate) -> CertificateRefused | RevocationUnknown:
    """Certvalidator's error as one of ours."""
    if isinstance(exc, RevokedError):
        return CertificateRevoked(since=exc.revocation_dt.date().isoformat())
    if isinstance(exc, ExpiredError):
        return CertificateExpired(until=exc.expired_dt.date().isoformat())
    if isinstance(exc, NotYetValidError):
        return CertificateNotYetValid(since=exc.valid_from.date().isoformat())
    if isinstance(exc, InsufficientRevinfoError):
        return RevocationUnknown()
    if isinstance(exc, DisallowedAlgorithmError):
        return CertificateWeak(why="algorithm")
    if isinstance(exc, PathBuildingError):
        return IssuerUnknown(issuer=leaf.issuer.human_friendly)
    if isinstance(exc.__context__, InvalidSignature):
        return CertificateAltered()
    return CertificateRefused()
