"""What the seat can ask of a token, whatever kind it is: the Protocol that ``PivToken`` and ``Pkcs11Token`` keep.

Rules: one thread at a time has a token (the agent's worker); every call may take as long as a card takes. Nothing is
tried twice. :meth:`Token.sign` gives only signatures that fit the certificate. A :class:`~edge.card.errors.ReaderError`
from any call means that the token is lost: close it and lock. ``close`` makes the token forget the PIN and never
raises; it may be called at any time and more than once.

For the seat's machine (events in, commands out) each call is one command to the worker, and its result or error one
event back: ``identity`` and ``certificates`` come with "the token is open", ``pin_state`` before the PIN pad is shown.

Usage::

    with closing(token):
        token.verify_pin(pin)                          # pin is zeros now
        token.sign(Purpose.LOGIN, Digest.of(Hash.SHA256, message))
        token.sign(Purpose.DOCUMENT, digest, pin=pin)  # a key that wants its PIN every time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from edge.card.algorithms import Digest
from edge.card.certificate import Purpose, TokenCertificate
from edge.card.errors import NoCertificate
from edge.card.pin import PinRule, PinState


@dataclass(frozen=True, slots=True)
class Identity:
    """Which token this is. Names nobody: people are known by enrolled certificates.

    ``kind`` is ``piv`` or ``pkcs11``; ``serial`` is the card's own number (PIV: the GUID), in hexadecimal or as the
    module prints it; ``label`` is for people.
    """

    kind: str
    serial: str
    label: str
    reader: str


class Token(Protocol):
    """One token that is plugged in and held."""

    @property
    def identity(self) -> Identity:
        """Which token this is."""

    @property
    def certificates(self) -> Mapping[Purpose, TokenCertificate]:
        """What was readable without the PIN, by purpose."""

    @property
    def pin_rule(self) -> PinRule:
        """How long a PIN may be."""

    def pin_state(self) -> PinState:
        """Ask about the PIN without using up a try."""

    def verify_pin(self, pin: bytearray, *, last_try_ok: bool = False) -> None:
        """Give the PIN once and overwrite it; raises a :class:`~edge.card.errors.PinError`."""

    def sign(
        self, purpose: Purpose, digest: Digest, *, pin: bytearray | None = None, last_try_ok: bool = False
    ) -> bytes:
        """Sign: PKCS #1 v1.5 or DER, checked against the certificate. ``pin``, if any, is given right before."""

    def is_alive(self) -> bool:
        """Whether the same token is still there and held; False once it was out, for good.

        Not between ``verify_pin`` and the signature of a key that wants its PIN every time: it speaks to the card.
        """

    def close(self) -> None:
        """Forget the PIN, let go."""


def certificate_for(certificates: Mapping[Purpose, TokenCertificate], purpose: Purpose) -> TokenCertificate:
    """The certificate for a purpose; raises :class:`NoCertificate`."""
    found = certificates.get(purpose)
    if found is None:
        raise NoCertificate(purpose=purpose.value)
    return found
