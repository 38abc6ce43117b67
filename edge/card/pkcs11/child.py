"""The process with a vendor's module in it: the only file that imports python-pkcs11.

Rules: started as ``python -I -m edge.card.pkcs11.child MODULE`` by ``edge/card/pkcs11/module.py``; one request, one
answer; ends when its standard input does, or when the process that started it is gone. What the module writes to
standard output or error goes nowhere: some print PINs. No core dumps. A PIN is used for the one call it came with and
overwritten; python-pkcs11 wants it as text, whose copy lives until this process ends.
"""

from __future__ import annotations

import base64
import os
import sys
import threading
import time
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass, Session, Slot, TokenFlag
from pkcs11.exceptions import AttributeTypeInvalid, NoSuchKey, PKCS11Error, UserNotLoggedIn

from edge.card.pkcs11 import frames
from sealing.undumped import forbid_dumps

_ORPHAN_LOOK_S: Final = 1.0
_FLAGS: Final = {
    "low": TokenFlag.USER_PIN_COUNT_LOW,
    "last": TokenFlag.USER_PIN_FINAL_TRY,
    "locked": TokenFlag.USER_PIN_LOCKED,
}

Reply = dict[str, Any]


class Server:
    """One module, at most one session a slot."""

    def __init__(self, module: str) -> None:
        self._library: Final = pkcs11.lib(module)
        self._sessions: Final[dict[int, Session]] = {}
        self._logged_in: Final[set[int]] = set()

    def answer(self, request: dict[str, Any], pin: bytearray) -> Reply:
        """Do what is asked; the module's errors go back by name."""
        try:
            return self._do(request, pin)
        except PKCS11Error as exc:
            return {"error": type(exc).__name__} | self._flags_after(request)
        finally:
            pin[:] = bytes(len(pin))

    def _do(self, request: dict[str, Any], pin: bytearray) -> Reply:
        match request["op"]:
            case "slots":
                return self._slots()
            case "certificates":
                return self._certificates(request["slot"])
            case "status":
                return self._status(request["slot"])
            case "login":
                return self._login(request["slot"], pin)
            case "sign":
                return self._sign(request, pin)
            case _:
                self._drop(request["slot"])
                return {}

    def _slots(self) -> Reply:
        found = []
        for slot in self._library.get_slots(token_present=True):
            try:
                token = slot.get_token()
            except PKCS11Error:
                continue  # out between the two calls, or not initialised
            if TokenFlag.TOKEN_INITIALIZED in token.flags:
                described = {"slot": slot.slot_id, "description": slot.slot_description.strip()}
                found.append(described | {"label": token.label.strip(), "serial": _text(token.serial)})
        return {"slots": found}

    def _certificates(self, number: int) -> Reply:
        session = self._session(number)
        always = {_id(key): _always(key) for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
        found = []
        for certificate in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
            key = _id(certificate)
            der = base64.b64encode(certificate[Attribute.VALUE]).decode()
            found.append({"id": key.hex(), "der": der, "always": always.get(key, False)})
        return {"certificates": found}

    def _status(self, number: int) -> Reply:
        slot = self._slot(number)
        token = slot.get_token()
        logged_in = slot.slot_id in self._logged_in
        if slot.slot_id in self._sessions:
            # A session of a token that was out for a moment is dead, whatever is in the slot now.
            next(iter(self._sessions[slot.slot_id].get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})), None)
        return {"serial": _text(token.serial), "verified": logged_in} | _flags(token.flags)

    def _login(self, number: int, pin: bytearray) -> Reply:
        self._drop(number)
        self._sessions[number] = self._slot(number).get_token().open(user_pin=pin.decode())
        self._logged_in.add(number)
        return {}

    def _sign(self, request: dict[str, Any], pin: bytearray) -> Reply:
        number = request["slot"]
        if number not in self._logged_in:
            raise UserNotLoggedIn
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: bytes.fromhex(request["id"])}
        key: Any = next(iter(self._session(number).get_objects(wanted)), None)
        if key is None:
            raise NoSuchKey
        more: dict[str, Any] = {}
        if _always(key):
            if not pin:
                raise UserNotLoggedIn
            more["pin"] = pin.decode()
        mechanism = Mechanism.RSA_PKCS if request["rsa"] else Mechanism.ECDSA
        signature = key.sign(base64.b64decode(request["data"]), mechanism=mechanism, **more)
        return {"signature": base64.b64encode(signature).decode()}

    def _session(self, number: int) -> Session:
        if number not in self._sessions:
            self._sessions[number] = self._slot(number).get_token().open()
        return self._sessions[number]

    def _drop(self, number: int) -> None:
        self._logged_in.discard(number)
        session = self._sessions.pop(number, None)
        if session is not None:
            session.close()

    def _slot(self, number: int) -> Slot:
        for slot in self._library.get_slots(token_present=True):
            if slot.slot_id == number:
                return slot
        raise pkcs11.TokenNotPresent

    def _flags_after(self, request: dict[str, Any]) -> Reply:
        """What the token says of its PIN once something went wrong; nothing when it says nothing any more."""
        try:
            return _flags(self._slot(request["slot"]).get_token().flags)
        except (PKCS11Error, KeyError):
            return {}


def _flags(flags: TokenFlag) -> Reply:
    return {name: flag in flags for name, flag in _FLAGS.items()}


def _id(thing: Any) -> bytes:
    try:
        return bytes(thing[Attribute.ID])
    except AttributeTypeInvalid:
        return b""


def _always(key: Any) -> bool:
    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except PKCS11Error:
        return False


def _text(serial: bytes | str) -> str:
    text = serial.decode("utf-8", "replace") if isinstance(serial, bytes) else serial
    return text.strip("\0 ")


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_ORPHAN_LOOK_S)
    os._exit(1)


def main(module: str) -> None:
    """Serve until the other side is gone."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    forbid_dumps()
    replies = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        server = Server(module)
    except (PKCS11Error, RuntimeError, OSError) as exc:
        frames.send(replies, {"error": "ModuleMissing", "kind": type(exc).__name__})
        return
    frames.send(replies, {"ready": True})
    while True:
        try:
            request, pin = frames.receive(0)
        except EOFError:
            return
        frames.send(replies, server.answer(request, pin))


if __name__ == "__main__":
    main(sys.argv[1])
