"""A PIV card as a :class:`~edge.card.token.Token`.

Rules: takes over an exclusive handle and gives it back reset, whatever goes wrong while opening. One bad certificate
does not hide the other: what could not be read is told when it is asked for.

Usage: `with closing(open_piv(context.connect(reader))) as token: ...`
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from edge.card.algorithms import Digest, block
from edge.card.certificate import Purpose, TokenCertificate, read
from edge.card.errors import AnswerGarbled, CardRefused, CertificateError, ReaderError
from edge.card.pin import PinRule, PinState, allow_try, wiped
from edge.card.piv import PIN_RULE, PivApplication, Slot
from edge.card.piv_objects import ObjectId, certificate_der, serial
from edge.card.token import Identity, certificate_for

_PLACES: Final = {
    Purpose.LOGIN: (Slot.LOGIN, ObjectId.LOGIN_CERTIFICATE),
    Purpose.DOCUMENT: (Slot.DOCUMENT, ObjectId.DOCUMENT_CERTIFICATE),
}


class Held(Protocol):
    """A card that this program alone speaks with (:class:`edge.card.pcsc.Handle`)."""

    @property
    def reader(self) -> str:
        """The reader it is in."""

    def transmit(self, apdu: bytearray) -> bytes:
        """Carry one APDU; raises :class:`~edge.card.errors.ReaderError`."""

    def is_alive(self) -> bool:
        """Whether the card is still the one that was connected to."""

    def close(self) -> None:
        """Reset the card and let go; never raises."""


class PivToken:
    """See :class:`edge.card.token.Token`. Made by :func:`open_piv`."""

    pin_rule: PinRule = PIN_RULE

    def __init__(
        self,
        held: Held,
        application: PivApplication,
        *,
        identity: Identity,
        certificates: Mapping[Purpose, TokenCertificate],
        unreadable: Mapping[Purpose, CertificateError],
    ) -> None:
        self.identity: Final = identity
        self.certificates: Final = MappingProxyType(dict(certificates))
        self._unreadable: Final = dict(unreadable)
        self._held: Final = held
        self._application: Final = application
        self._given = False
        self._tells: Final = application.pin_state() != PinState()

    def pin_state(self) -> PinState:
        """Ask the card; ends the PIN's validity for a key that wants it every time."""
        return self._application.pin_state()

    def verify_pin(self, pin: bytearray, *, last_try_ok: bool = False) -> None:
        """Give the PIN once and overwrite it."""
        with wiped(pin):
            self.pin_rule.check(pin)
            allow_try(self._application.pin_state(), last_try_ok=last_try_ok)
            self._given = False
            self._application.verify(pin)
            self._given = True

    def sign(
        self, purpose: Purpose, digest: Digest, *, pin: bytearray | None = None, last_try_ok: bool = False
    ) -> bytes:
        """Sign; with ``pin`` the card's own command for it comes right before."""
        with wiped(pin):
            certificate = self._certificate(purpose)
            slot, _ = _PLACES[purpose]
            if pin is not None:
                self.verify_pin(pin, last_try_ok=last_try_ok)
            signature = self._application.sign(slot, certificate.key, block(certificate.key, digest))
        certificate.check(digest, signature)
        return signature

    def is_alive(self) -> bool:
        """Asked of the service and of the card: one that was given the PIN and forgot it is another, or was reset."""
        if not self._held.is_alive():
            return False
        try:
            state = self._application.pin_state()
        except (ReaderError, AnswerGarbled):
            return False
        if state == PinState():
            # Some cards never tell; one that told before and does not now has forgotten that it was selected.
            return not self._tells
        return state.verified or not self._given

    def close(self) -> None:
        """Reset and let go."""
        self._held.close()

    def _certificate(self, purpose: Purpose) -> TokenCertificate:
        if purpose in self._unreadable:
            known = self._unreadable[purpose]
            raise type(known)(str(known), **known.data)
        return certificate_for(self.certificates, purpose)


def open_piv(held: Held) -> PivToken:
    """The token behind a handle; raises ForeignCard or what reading meets, after closing the handle."""
    try:
        return _opened(held)
    except BaseException:
        held.close()
        raise


def _opened(held: Held) -> PivToken:
    application = PivApplication(held.transmit)
    application.select()
    certificates: dict[Purpose, TokenCertificate] = {}
    unreadable: dict[Purpose, CertificateError] = {}
    for purpose, (slot, object_id) in _PLACES.items():
        try:
            inside = application.get_data(object_id)
            if inside is not None:
                der = certificate_der(inside, purpose)
                certificates[purpose] = read(der, purpose, pin_always=slot is Slot.DOCUMENT)
        except CertificateError as exc:
            unreadable[purpose] = exc
    number = _serial(application) or _stand_in(certificates)
    label = next((found.subject for found in certificates.values()), "PIV")
    identity = Identity("piv", number, label, held.reader)
    return PivToken(held, application, identity=identity, certificates=certificates, unreadable=unreadable)


def _serial(application: PivApplication) -> str | None:
    try:
        return serial(application.get_data(ObjectId.CHUID))
    except (CardRefused, AnswerGarbled):
        # Cards without a readable CHUID exist; their certificates still say who they are.
        return None


def _stand_in(certificates: Mapping[Purpose, TokenCertificate]) -> str:
    """A number for a card that has none: it stays the same as long as its certificates do."""
    found = b"".join(certificates[purpose].der for purpose in Purpose if purpose in certificates)
    return hashlib.sha256(found).hexdigest()[:32]
