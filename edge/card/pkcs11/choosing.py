"""Which slot is the reader's, and which of a token's certificates is for signing in and which for documents.

Rules: pure. Vendors' tokens name nothing in a way to rely on, so the certificate's own words decide: key usage and
extended key usage (RFC 5280, 4.2.1.3 and 4.2.1.12). A token with one certificate uses it for both. Certificates of
authorities are not looked at.

Usage: `slot = pick_slot(slots, reader)`; `certificates = by_purpose(found)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from edge.card.certificate import MAX_BYTES, UNREADABLE, Purpose, TokenCertificate, read
from edge.card.errors import CardAbsent, CertificateError, TwoTokens

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class SlotInfo:
    """A slot with a token in it, as the module tells of it."""

    slot: int
    description: str
    label: str
    serial: str


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate and the id of its key. ``always``: the key wants the PIN every time (known after a login)."""

    key_id: bytes
    der: bytes = field(repr=False)
    always: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is used for a purpose: the certificate and where its key is."""

    certificate: TokenCertificate
    key_id: bytes


def pick_slot(slots: Sequence[SlotInfo], reader: str) -> SlotInfo:
    """The slot of a reader: the one whose description names it, else the only one. Raises CardAbsent, TwoTokens."""
    # A description has 64 bytes: a long reader's name is cut.
    named = [slot for slot in slots if slot.description and reader.startswith(slot.description)]
    candidates = named or list(slots)
    if not candidates:
        raise CardAbsent("no token in any slot of the module")
    if len(candidates) > 1:
        raise TwoTokens(count=len(candidates))
    return candidates[0]


def by_purpose(found: Iterable[Found]) -> tuple[Mapping[Purpose, Chosen], Mapping[Purpose, CertificateError]]:
    """What is used for which purpose, and why a purpose has nothing where something was there."""
    candidates = [(each, words) for each in found if (words := _words(each.der)) is not None and not words.is_authority]
    chosen: dict[Purpose, Chosen] = {}
    unfit: dict[Purpose, CertificateError] = {}
    for purpose in Purpose:
        for each, _ in sorted(candidates, key=lambda one: _rank(purpose, *one)):
            try:
                chosen[purpose] = Chosen(read(each.der, purpose, pin_always=each.always), each.key_id)
                unfit.pop(purpose, None)
                break
            except CertificateError as exc:
                unfit.setdefault(purpose, exc)
    return chosen, unfit


@dataclass(frozen=True, slots=True)
class _Words:
    """What a certificate says it is for."""

    is_authority: bool
    signs: bool
    commits: bool
    client: bool


def _rank(purpose: Purpose, found: Found, words: _Words) -> tuple[bool | bytes, ...]:
    """What comes first fits best. Nothing in it changes with a login, so neither does the choice."""
    if purpose is Purpose.LOGIN:
        return (not words.client, words.commits, not words.signs, found.key_id)
    return (not words.commits, not words.signs, words.client, found.key_id)


def _words(der: bytes) -> _Words | None:
    if len(der) > MAX_BYTES:
        return None
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
    except UNREADABLE:
        return None
    basic = _extension(extensions, x509.BasicConstraints)
    usage = _extension(extensions, x509.KeyUsage)
    extended = _extension(extensions, x509.ExtendedKeyUsage)
    return _Words(
        is_authority=basic is not None and basic.ca,
        signs=usage is None or usage.digital_signature,
        commits=usage is not None and usage.content_commitment,
        client=extended is not None and ExtendedKeyUsageOID.CLIENT_AUTH in extended,
    )


def _extension(extensions: x509.Extensions, kind: type[_Kind]) -> _Kind | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
