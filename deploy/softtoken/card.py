"""The card: an APDU in, an APDU out (SP 800-73-4, part 2; Yubico's additions where their tools ask for them).

Rules: no thread, no clock, no socket; randomness is handed in. What hosts try on any card gets 6A82 or 6D00, never a
crash. A key that wants its PIN every time forgets it with any next command. Power-off and reset forget what was
verified, not the counters.

Usage::

    card = Card(contents)
    card.transmit(bytes.fromhex("00a404000ba000000308000010000100"))
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from deploy.softtoken.admin import Admin
from deploy.softtoken.ber import read, write
from deploy.softtoken.contents import DISCOVERY, Contents, policy_of
from deploy.softtoken.framing import Answers, Chain, Request, parse
from deploy.softtoken.keys import PinPolicy, generate, imported
from deploy.softtoken.pins import Counter, Pins
from deploy.softtoken.status import Refused, Status

#: T=1 with historical bytes "PHONGHOP"; readers and services parse it.
ATR: Final = bytes.fromhex("3b8801") + b"PHONGHOP"
_AID: Final = bytes.fromhex("a000000308000010000100")
_YUBICO_VERSION: Final = bytes((5, 4, 3))
_DYNAMIC: Final = 0x7C
_ADMIN_KEY: Final = 0x9B
_PIN: Final = 0x80
_PUK: Final = 0x81
_CHAINED: Final = 0x10
_GET_RESPONSE: Final = 0xC0
_LARGEST_OBJECT: Final = 12 * 1024
_SLOTS: Final = frozenset({0x9A, 0x9C, 0x9D, 0x9E, *range(0x82, 0x96)})


def atr() -> bytes:
    """The answer to reset with its check byte."""
    check = 0
    for each in ATR[1:]:
        check ^= each
    return ATR + bytes([check])


class Card:
    """One card in or out of a reader."""

    def __init__(self, contents: Contents, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self.contents: Final = contents
        self.pins: Final = Pins(contents.pin, contents.puk, contents.tries)
        self.admin: Final = Admin()
        self._random: Final = random
        self._chain: Final = Chain()
        self._answers: Final = Answers()
        self._selected = False
        self._fresh = False

    def reset(self) -> None:
        """Power was cut, or the host reset the card."""
        self.pins.verified = self._fresh = self._selected = False
        self.admin.forget()
        self._chain.forget()
        self._answers.forget()

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command."""
        try:
            request = parse(apdu)
            if request.ins == _GET_RESPONSE:
                return self._answers.more(request.le)
            self._answers.forget()
            if request.cla & _CHAINED:
                self._chain.add(replace(request, cla=request.cla & ~_CHAINED))
                return int(Status.OK).to_bytes(2, "big")
            return self._answers.give(self._run(self._chain.whole(request)), request.le)
        except Refused as refusal:
            return refusal.status.to_bytes(2, "big")

    def _run(self, request: Request) -> bytes:
        fresh, self._fresh = self._fresh, False
        if request.cla & 0xF3:
            raise Refused(Status.UNKNOWN_CLASS)
        if request.ins == 0xA4:
            return self._select(request)
        if not self._selected or request.ins not in _COMMANDS:
            raise Refused(Status.UNKNOWN_INSTRUCTION)
        if request.ins == 0x87:
            return self._authenticate(request, fresh=fresh)
        return _COMMANDS[request.ins](self, request)

    def _select(self, request: Request) -> bytes:
        if request.p1 != 0x04 or len(request.data) < 5 or not _AID.startswith(request.data):
            raise Refused(Status.NOT_FOUND)
        self._selected = True
        authority = write(0x79, write(0x4F, _AID[:5]))
        return write(0x61, write(0x4F, _AID[5:]) + authority + write(0x50, b"Phonghop software token"))

    # ------------------------------------------------------------ PIN

    def _verify(self, request: Request) -> bytes:
        if request.p2 != _PIN:
            raise Refused(Status.UNKNOWN_REFERENCE)
        if request.p1 == 0xFF and not request.data:
            self.pins.verified = False
        elif request.p1:
            raise Refused(Status.WRONG_P1P2)
        elif request.data:
            self.pins.verify(request.data)
            self._fresh = True
        else:
            self.pins.status()
        return b""

    def _change(self, request: Request) -> bytes:
        self.pins.change(self._counter(request.p2), request.data)
        return b""

    def _unblock(self, request: Request) -> bytes:
        self._counter(request.p2)
        self.pins.unblock(request.data)
        return b""

    def _counter(self, reference: int) -> Counter:
        if reference not in {_PIN, _PUK}:
            raise Refused(Status.UNKNOWN_REFERENCE)
        return self.pins.pin if reference == _PIN else self.pins.puk

    # ------------------------------------------------------------ objects

    def _get_data(self, request: Request) -> bytes:
        tag = self._object(request)
        found = self.contents.objects.get(tag)
        if found is None:
            raise Refused(Status.NOT_FOUND)
        return write(DISCOVERY if tag == DISCOVERY else 0x53, found)

    def _put_data(self, request: Request) -> bytes:
        self._must_be_admin()
        tag = self._object(request)
        value = read(request.data).get(0x53, b"")
        if len(value) > _LARGEST_OBJECT:
            raise Refused(Status.NO_SPACE)
        if value:
            self.contents.objects[tag] = value
        else:
            self.contents.objects.pop(tag, None)
        return b""

    def _object(self, request: Request) -> int:
        if request.where != 0x3FFF:
            raise Refused(Status.WRONG_P1P2)
        return int.from_bytes(read(request.data).get(0x5C, b""), "big")

    # ------------------------------------------------------------ keys

    def _authenticate(self, request: Request, *, fresh: bool) -> bytes:
        fields = read(read(request.data).get(_DYNAMIC, b""))
        if request.p2 == _ADMIN_KEY:
            return self.admin.exchange(request.p1, fields, self._random)
        key = self.contents.keys.get(request.p2)
        if key is None:
            raise Refused(Status.UNKNOWN_REFERENCE)
        if key.policy is PinPolicy.ONCE and not self.pins.verified:
            raise Refused(Status.NOT_VERIFIED)
        if key.policy is PinPolicy.ALWAYS and not fresh:
            raise Refused(Status.NOT_VERIFIED)
        if 0x85 in fields:
            return write(_DYNAMIC, write(0x82, key.agree(fields[0x85])))
        if 0x81 not in fields or 0x82 not in fields:
            raise Refused(Status.WRONG_DATA)
        return write(_DYNAMIC, write(0x82, key.use(request.p1, fields[0x81])))

    def _generate(self, request: Request) -> bytes:
        self._must_be_admin()
        fields = read(read(request.data).get(0xAC, b""))
        key = generate(int.from_bytes(fields.get(0x80, b""), "big"), self._policy(request.p2, fields))
        self.contents.keys[request.p2] = key
        return write(0x7F49, key.public())

    def _import(self, request: Request) -> bytes:
        self._must_be_admin()
        fields = read(request.data)
        self.contents.keys[request.p2] = imported(request.p1, fields, self._policy(request.p2, fields))
        return b""

    def _policy(self, slot: int, fields: dict[int, bytes]) -> PinPolicy:
        if slot not in _SLOTS:
            raise Refused(Status.UNKNOWN_REFERENCE)
        try:
            asked = PinPolicy(int.from_bytes(fields.get(0xAA, b"\0"), "big"))
        except ValueError as exc:
            raise Refused(Status.WRONG_DATA) from exc
        return policy_of(slot) if asked is PinPolicy.DEFAULT else asked

    def _must_be_admin(self) -> None:
        if not self.admin.authenticated:
            raise Refused(Status.NOT_VERIFIED)

    # ------------------------------------------------------------ what Yubico's tools ask for

    def _version(self, _: Request) -> bytes:
        return _YUBICO_VERSION

    def _serial(self, _: Request) -> bytes:
        return self.contents.guid[:4]

    def _metadata(self, request: Request) -> bytes:
        if request.p2 in {_PIN, _PUK}:
            counter = self._counter(request.p2)
            return write(5, bytes([counter.is_default])) + write(6, bytes((counter.limit, counter.left)))
        if request.p2 == _ADMIN_KEY:
            return (
                write(1, bytes([self.admin.algorithm])) + write(2, b"\0\1") + write(5, bytes([self.admin.is_default]))
            )
        key = self.contents.keys.get(request.p2)
        if key is None:
            raise Refused(Status.UNKNOWN_REFERENCE)
        origin = 2 if key.imported else 1
        kind = write(1, bytes([key.algorithm])) + write(2, bytes((key.policy, 1)))
        return kind + write(3, bytes([origin])) + write(4, key.public())

    def _set_admin_key(self, request: Request) -> bytes:
        self._must_be_admin()
        if len(request.data) < 3 or request.data[1] != _ADMIN_KEY:
            raise Refused(Status.WRONG_DATA)
        self.admin.change(request.data[0], request.data[3 : 3 + request.data[2]])
        return b""

    def _set_tries(self, request: Request) -> bytes:
        self._must_be_admin()
        if not self.pins.verified or not 1 <= request.p1 <= 15 or not 1 <= request.p2 <= 15:
            raise Refused(Status.NOT_VERIFIED)
        self.pins.pin.set_limit(request.p1)
        self.pins.puk.set_limit(request.p2)
        return b""


_COMMANDS: Final[dict[int, Callable[[Card, Request], bytes]]] = {
    0x20: Card._verify,  # noqa: SLF001 - the table of the class above
    0x24: Card._change,  # noqa: SLF001
    0x2C: Card._unblock,  # noqa: SLF001
    0x47: Card._generate,  # noqa: SLF001
    0x87: Card._get_data,  # noqa: SLF001 - answered before the table is asked: it wants to know what came before
    0xCB: Card._get_data,  # noqa: SLF001
    0xDB: Card._put_data,  # noqa: SLF001
    0xF7: Card._metadata,  # noqa: SLF001
    0xF8: Card._serial,  # noqa: SLF001
    0xFA: Card._set_tries,  # noqa: SLF001
    0xFD: Card._version,  # noqa: SLF001
    0xFE: Card._import,  # noqa: SLF001
    0xFF: Card._set_admin_key,  # noqa: SLF001
}
