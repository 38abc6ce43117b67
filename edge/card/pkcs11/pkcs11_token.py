"""A vendor's token as a :class:`~edge.card.token.Token`, through its PKCS#11 module.

Rules: the module shares the card with others, so no exclusive handle can be held beside it; what is held is a session,
and the card is reset when it ends (``reset``). ``pin_always`` of a certificate is known after the first PIN only,
because modules hide private keys before it; :meth:`Pkcs11Token.sign` says PinRequired if a key wants it. A PIN goes to
the token once for a login, and once more for a key that wants it every time – only after the login took it.

Usage: `with closing(open_pkcs11(ModuleProcess(path), reader=name)) as token: ...`
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from edge.card.algorithms import Digest, KeyKind, digest_info, ecdsa_der
from edge.card.certificate import Purpose, TokenCertificate
from edge.card.errors import AnswerGarbled, CardError, CertificateError, NoCertificate
from edge.card.pin import PinRule, PinState, allow_try, wiped
from edge.card.pkcs11.choosing import Chosen, Found, SlotInfo, by_purpose, pick_slot
from edge.card.pkcs11.module import PIN_RULE, ModuleProcess
from edge.card.token import Identity

_LOOK_S: Final = 15.0
_LOGIN_S: Final = 20.0
#: Longer than any token takes for RSA; a hung module is noticed all the same.
_SIGN_S: Final = 30.0


class Pkcs11Token:
    """See :class:`edge.card.token.Token`. Made by :func:`open_pkcs11`."""

    pin_rule: PinRule = PIN_RULE

    def __init__(self, module: ModuleProcess, slot: SlotInfo, *, reader: str, reset: Callable[[], None]) -> None:
        self.identity: Final = Identity("pkcs11", slot.serial, slot.label, reader)
        self._module: Final = module
        self._slot: Final = slot
        self._reset: Final = reset
        self._chosen: Mapping[Purpose, Chosen] = {}
        self._unfit: Mapping[Purpose, CertificateError] = {}
        self._given = False
        self._open = True
        self._look()

    @property
    def certificates(self) -> Mapping[Purpose, TokenCertificate]:
        """By purpose, as the certificates' own words say."""
        return MappingProxyType({purpose: chosen.certificate for purpose, chosen in self._chosen.items()})

    def pin_state(self) -> PinState:
        """The flags a module tells; numbers it never does."""
        status = self._call("status", timeout_s=_LOOK_S)
        last, locked = bool(status.get("last")), bool(status.get("locked"))
        return PinState(
            tries_left=0 if locked else 1 if last else None,
            verified=bool(status.get("verified")),
            is_low=bool(status.get("low")),
            is_last=last,
            is_blocked=locked,
        )

    def verify_pin(self, pin: bytearray, *, last_try_ok: bool = False) -> None:
        """Log in once and overwrite the PIN."""
        with wiped(pin):
            self._log_in(pin, last_try_ok=last_try_ok)

    def sign(
        self, purpose: Purpose, digest: Digest, *, pin: bytearray | None = None, last_try_ok: bool = False
    ) -> bytes:
        """Sign; ``pin`` logs in, and is given again to a key that wants it every time."""
        with wiped(pin):
            self._for(purpose)
            if pin is not None:
                self._log_in(pin, last_try_ok=last_try_ok)
            chosen = self._for(purpose)
            kind = chosen.certificate.key
            request = {"id": chosen.key_id.hex(), "rsa": kind.is_rsa, "data": _encoded(_to_sign(kind, digest))}
            answer = self._call("sign", pin or b"", timeout_s=_SIGN_S, **request)
        raw = _decoded(answer.get("signature"))
        signature = raw if kind.is_rsa else ecdsa_der(raw, size=kind.size)
        chosen.certificate.check(digest, signature)
        return signature

    def is_alive(self) -> bool:
        """Whether the same token is in the slot and its session still counts."""
        try:
            status = self._call("status", timeout_s=_LOOK_S)
        except CardError:
            return False
        return status.get("serial") == self._slot.serial and (not self._given or bool(status.get("verified")))

    def close(self) -> None:
        """Log out, end the module's process, reset the card."""
        if not self._open:
            return
        try:
            self._call("close", timeout_s=_LOOK_S)
        except CardError:
            # A dead module or a pulled token has nothing left to log out of.
            self._given = False
        self._open = False
        self._module.close()
        self._reset()

    def _log_in(self, pin: bytearray, *, last_try_ok: bool) -> None:
        self.pin_rule.check(pin)
        allow_try(self.pin_state(), last_try_ok=last_try_ok)
        self._given = False
        self._call("login", pin, timeout_s=_LOGIN_S)
        self._given = True
        self._look()

    def _look(self) -> None:
        answer = self._call("certificates", timeout_s=_LOOK_S)
        self._chosen, self._unfit = by_purpose(_found(answer.get("certificates")))

    def _for(self, purpose: Purpose) -> Chosen:
        if purpose in self._chosen:
            return self._chosen[purpose]
        if purpose in self._unfit:
            known = self._unfit[purpose]
            raise type(known)(str(known), **known.data)
        raise NoCertificate(purpose=purpose.value)

    def _call(self, op: str, pin: bytes | bytearray = b"", *, timeout_s: float, **more: Any) -> dict[str, Any]:
        return self._module.call({"op": op, "slot": self._slot.slot} | more, pin, timeout_s=timeout_s)


def open_pkcs11(module: ModuleProcess, *, reader: str, reset: Callable[[], None] = lambda: None) -> Pkcs11Token:
    """The token in ``reader``, or the only one; raises CardAbsent, TwoTokens, ModuleError. Owns ``module`` then."""
    try:
        answer = module.call({"op": "slots"}, timeout_s=_LOOK_S)
        slots = [SlotInfo(**slot) for slot in answer["slots"]]
        return Pkcs11Token(module, pick_slot(slots, reader), reader=reader, reset=reset)
    except BaseException:
        module.close()
        raise


def _to_sign(kind: KeyKind, digest: Digest) -> bytes:
    return digest_info(digest) if kind.is_rsa else digest.value[: kind.size]


def _found(certificates: Any) -> list[Found]:
    return [
        Found(bytes.fromhex(each["id"]), _decoded(each["der"]), always=each["always"]) for each in certificates or ()
    ]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error) as exc:
        raise AnswerGarbled("an answer that is no data") from exc
