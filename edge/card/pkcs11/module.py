"""A vendor's module in a process of its own: started when needed, timed, ended when it hangs.

Rules: after a time-out or a crash the process is gone and whatever was logged in with it; the next call starts a new
one, and nothing is repeated by itself. Calls come from one thread. The environment holds only what modules are known to
read.

Usage::

    module = ModuleProcess(Path("/usr/lib/.../opensc-pkcs11.so"))
    module.call({"op": "slots"}, timeout_s=10)
    module.close()
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from edge.card.errors import (
    CardError,
    CardRefused,
    CardRemoved,
    ForeignCard,
    ModuleCrashed,
    ModuleHung,
    ModuleMissing,
    PinBlocked,
    PinMalformed,
    PinRequired,
    WrongPin,
    WrongPinUncounted,
)
from edge.card.pin import PinRule
from edge.card.pkcs11 import frames

#: Vietnamese tokens take four to sixteen characters; a character may have several bytes.
PIN_RULE: Final = PinRule(shortest=4, longest=64)
_START_S: Final = 15.0
_KEPT: Final = ("HOME", "LANG", "PATH", "PCSCLITE_CSOCK_NAME", "OPENSC_CONF", "SOFTHSM2_CONF")

_GONE: Final = frozenset(
    {
        "DeviceRemoved",
        "TokenNotPresent",
        "SlotIDInvalid",
        "NoSuchToken",
        "SessionHandleInvalid",
        "SessionClosed",
        "ObjectHandleInvalid",
        "KeyHandleInvalid",
    }
)
_KINDS: Final[dict[str, type[CardError]]] = {
    "ModuleMissing": ModuleMissing,
    "PinLocked": PinBlocked,
    "TokenNotRecognised": ForeignCard,
    "UserNotLoggedIn": PinRequired,
}


class ModuleProcess:
    """One module; no process before the first call."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def call(self, request: dict[str, Any], pin: bytes | bytearray = b"", *, timeout_s: float) -> dict[str, Any]:
        """One request; raises a :class:`ModuleError` or what the token refuses. The caller overwrites ``pin``."""
        process = self._running()
        answer = self._exchange(process, request, pin, timeout_s=timeout_s)
        if "error" in answer:
            raise _refusal(answer)
        return answer

    def close(self) -> None:
        """End the process, its copies of PINs with it; never raises."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for end in (process.stdin, process.stdout):
            if end is not None:
                end.close()
        process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        if not self.path.is_file():
            raise ModuleMissing(f"no module at {self.path}", module=str(self.path))
        self._process = process = subprocess.Popen(  # noqa: S603 - our own interpreter, a module the settings name
            [sys.executable, "-I", "-X", "utf8", "-m", "edge.card.pkcs11.child", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            bufsize=0,
        )
        greeting = self._receive(process, timeout_s=_START_S)
        if "error" in greeting:
            self.close()
            raise ModuleMissing(f"{self.path} cannot be loaded here", module=str(self.path))
        return process

    def _exchange(
        self, process: subprocess.Popen[bytes], request: dict[str, Any], pin: bytes | bytearray, *, timeout_s: float
    ) -> dict[str, Any]:
        if process.stdin is None:
            raise ModuleCrashed("a process without pipes")
        try:
            frames.send(process.stdin.fileno(), request, pin)
        except OSError as exc:
            self.close()
            raise ModuleCrashed("the module's process ended") from exc
        return self._receive(process, timeout_s=timeout_s)

    def _receive(self, process: subprocess.Popen[bytes], *, timeout_s: float) -> dict[str, Any]:
        if process.stdout is None:
            raise ModuleCrashed("a process without pipes")
        try:
            answer, _ = frames.receive(process.stdout.fileno(), deadline=time.monotonic() + timeout_s)
        except TimeoutError as exc:
            self.close()
            raise ModuleHung(f"no answer within {timeout_s:g} s") from exc
        except (OSError, EOFError, ValueError) as exc:
            self.close()
            raise ModuleCrashed("the module's process ended") from exc
        return answer


def _refusal(answer: dict[str, Any]) -> CardError:
    name = str(answer["error"])
    if name == "PinIncorrect":
        return _wrong_pin(answer)
    if name in {"PinLenRange", "PinInvalid"}:
        return PinMalformed(shortest=PIN_RULE.shortest, longest=PIN_RULE.longest)
    if name in _GONE:
        return CardRemoved(name)
    kind = _KINDS.get(name)
    return kind(name) if kind is not None else CardRefused(name, reason=name)


def _wrong_pin(answer: dict[str, Any]) -> CardError:
    if answer.get("locked"):
        return PinBlocked("PinIncorrect")
    return WrongPin(tries_left=1) if answer.get("last") else WrongPinUncounted()
