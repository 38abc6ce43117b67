"""The PIV application of a card (NIST SP 800-73-4, part 2), over a function that carries APDUs.

Rules: pure. A PIN is sent once for each :meth:`PivApplication.verify`; a status word never leads to sending it again.
The third wrong answer differs between cards (63C0 or 6983): both mean blocked. The key of slot 9C wants the PIN in the
command right before its signature, so nothing may stand between the two.

Usage::

    application = PivApplication(handle.transmit)
    application.select()
    application.verify(pin)
    signature = application.sign(Slot.DOCUMENT, KeyKind.P256, block)
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from edge.card import tlv
from edge.card.algorithms import KeyKind
from edge.card.apdu import OK, Answer, Command, Transmit, exchange
from edge.card.errors import AnswerGarbled, CardRefused, ForeignCard, KeyUnsupported, PinBlocked, PinRequired, WrongPin
from edge.card.pin import PinRule, PinState
from edge.card.piv_objects import ObjectId, global_pin_is_primary

#: SP 800-73-4, part 1, 2.2, without the version: any version will do.
_AID: Final = bytes.fromhex("a00000030800001000")
_SELECT: Final = 0xA4
_VERIFY: Final = 0x20
_GET_DATA: Final = 0xCB
_AUTHENTICATE: Final = 0x87
_APPLICATION_PIN: Final = 0x80
_GLOBAL_PIN: Final = 0x00
_PIN_BYTES: Final = 8
_PIN_PAD: Final = b"\xff"

_NOT_FOUND: Final = frozenset({0x6A82, 0x6A83, 0x6A88})
_NOT_VERIFIED: Final = 0x6982
_BLOCKED: Final = 0x6983
_TRIES: Final = 0x63C0

_TEMPLATE: Final = 0x61
_OBJECT: Final = 0x53
_DISCOVERY: Final = 0x7E
_TAG_LIST: Final = 0x5C
_DYNAMIC: Final = 0x7C
_CHALLENGE: Final = 0x81
_RESPONSE: Final = 0x82

#: SP 800-78-4, table 6-2; RSA-3072 from SP 800-78-5.
_ALGORITHMS: Final = {KeyKind.RSA_3072: 0x05, KeyKind.RSA_2048: 0x07, KeyKind.P256: 0x11, KeyKind.P384: 0x14}

#: The card takes eight bytes, filled with FF (SP 800-73-4, part 2, 2.4.3).
PIN_RULE: Final = PinRule(shortest=4, longest=_PIN_BYTES)


class Slot(IntEnum):
    """Key references that are used here."""

    LOGIN = 0x9A
    DOCUMENT = 0x9C


class PivApplication:
    """One card's PIV application."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit: Final = transmit
        self._pin: int = _APPLICATION_PIN

    def select(self) -> None:
        """Turn to the PIV application; raises :class:`ForeignCard` when the card has none."""
        answer = self._exchange(Command(0x00, _SELECT, p1=0x04, data=_AID, le=0))
        if answer.sw != OK:
            raise ForeignCard(sw=f"{answer.sw:04x}")
        try:
            found = tlv.find(tlv.parse(answer.data), _TEMPLATE)
        except AnswerGarbled as exc:
            raise ForeignCard("it says yes to everything") from exc
        if found is None:
            raise ForeignCard("it says yes to everything")
        if global_pin_is_primary(self._discovery()):
            self._pin = _GLOBAL_PIN

    def get_data(self, object_id: ObjectId) -> bytes | None:
        """The inside of a data object, None when it is not there; raises AnswerGarbled, CardRefused."""
        asked = tlv.encode(_TAG_LIST, object_id.tag)
        answer = self._exchange(Command(0x00, _GET_DATA, p1=0x3F, p2=0xFF, data=asked, le=0))
        if answer.sw in _NOT_FOUND or (answer.sw == OK and not answer.data):
            return None
        _expect(answer, _GET_DATA)
        expected = _DISCOVERY if object_id is ObjectId.DISCOVERY else _OBJECT
        inside = tlv.find(tlv.parse(answer.data), expected)
        if inside is None:
            raise AnswerGarbled("a data object in another wrapping")
        # An empty object is how a card says that nothing was ever written there.
        return inside or None

    def _discovery(self) -> bytes | None:
        """The discovery object; it is optional, and cards refuse it in many ways."""
        try:
            return self.get_data(ObjectId.DISCOVERY)
        except (CardRefused, AnswerGarbled):
            return None

    def pin_state(self) -> PinState:
        """What the card says about the PIN; costs no try."""
        answer = self._exchange(Command(0x00, _VERIFY, p2=self._pin))
        if answer.sw == OK:
            return PinState(verified=True)
        if answer.sw == _BLOCKED:
            return PinState.left(0)
        if answer.sw & 0xFFF0 == _TRIES:
            return PinState.left(answer.sw & 0x0F)
        return PinState()

    def verify(self, pin: bytearray) -> None:
        """Give the PIN; raises WrongPin, PinBlocked, PinMalformed. The caller overwrites ``pin``."""
        PIN_RULE.check(pin)
        padded = bytearray(pin.ljust(_PIN_BYTES, _PIN_PAD))
        try:
            answer = self._exchange(Command(0x00, _VERIFY, p2=self._pin, data=padded, once=True))
        finally:
            padded[:] = bytes(_PIN_BYTES)
        if answer.sw == OK:
            return
        if answer.sw in {_BLOCKED, _TRIES}:
            raise PinBlocked
        if answer.sw & 0xFFF0 == _TRIES:
            raise WrongPin(tries_left=answer.sw & 0x0F)
        raise _refused(answer, _VERIFY)

    def sign(self, slot: Slot, kind: KeyKind, block: bytes) -> bytes:
        """The card's raw answer to a block; raises PinRequired, CardRefused, AnswerGarbled, KeyUnsupported."""
        algorithm = _ALGORITHMS.get(kind)
        if algorithm is None:
            raise KeyUnsupported(key=kind.value, purpose=slot.name.lower())
        asked = tlv.encode(_DYNAMIC, tlv.encode(_RESPONSE, b"") + tlv.encode(_CHALLENGE, block))
        answer = self._exchange(Command(0x00, _AUTHENTICATE, p1=algorithm, p2=slot, data=asked, le=0))
        if answer.sw == _NOT_VERIFIED:
            raise PinRequired
        _expect(answer, _AUTHENTICATE)
        dynamic = tlv.find(tlv.parse(answer.data), _DYNAMIC)
        signature = None if dynamic is None else tlv.find(tlv.parse(dynamic), _RESPONSE)
        if not signature:
            raise AnswerGarbled("no signature in the answer")
        return signature

    def _exchange(self, command: Command) -> Answer:
        return exchange(self._transmit, command)


def _expect(answer: Answer, ins: int) -> None:
    if answer.sw != OK:
        raise _refused(answer, ins)


def _refused(answer: Answer, ins: int) -> CardRefused:
    return CardRefused(f"INS {ins:02x}: SW {answer.sw:04x}", ins=f"{ins:02x}", sw=f"{answer.sw:04x}")
