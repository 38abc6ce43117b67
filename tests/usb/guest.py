"""What runs inside the virtual machine: pcscd, our card worker, and a serial line on which it is told what to do.

Rules: each message is one line of JSON. Orders come in (`{"do": "open", "reader": …, "count": …}`), everything that
happens goes out with the machine's monotonic clock in seconds (`{"at": 12.3, "event": "CardCame", …}`): the worker's
events, and what the kernel says of USB devices, which is the moment of a plug or unplug. A PIN comes in an order and is
never written out.

Usage: `python3 /srv/tests/usb/guest.py`, by the init of `tests/usb/image.py`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import termios
import threading
import time
import traceback
import tty
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from edge.card.errors import CardError
from edge.card.watchdog import Watchdog
from edge.card.worker import CardWorker
from edge.helped import TouchFile
from edge.ports import SignOrder
from wire.proof import TokenData

_LINE: Final = "/dev/ttyS1"
_PCSCD: Final = ("/usr/sbin/pcscd", "--foreground")
_KERNEL_SAYS: Final = 15  # NETLINK_KOBJECT_UEVENT (linux/netlink.h)
_GROUP_KERNEL: Final = 1
_POWER: Final = "[0-9]*-[0-9]*/power/control"
_DEAF: Final = Path("/run/pcscd-deaf")
_HIDDEN: Final = frozenset({"pin"})


class Guest:
    """One line, one worker, one pcscd at a time."""

    def __init__(self, line: int) -> None:
        self._line: Final = line
        self._lock: Final = threading.Lock()
        self._pcscd: subprocess.Popen[bytes] | None = None
        watchdog = Watchdog(self._asked)
        self._worker: Final = CardWorker(self._told, is_ours=lambda reader: True, watchdog=watchdog)

    def run(self) -> None:
        """Until the line ends or `quit` is said."""
        threading.Thread(target=self._listen_to_kernel, daemon=True).start()
        self._start_pcscd(_PCSCD)
        self._worker.start()
        self.say("Ready", python=sys.version.split()[0], pyscard=_pyscard())
        rest = b""
        while data := os.read(self._line, 4096):
            *lines, rest = (rest + data).split(b"\n")
            for each in lines:
                if each.strip() and not self._do(json.loads(each)):
                    return

    def say(self, event: str, *, at: float | None = None, **more: Any) -> None:
        """Write one line."""
        said = {"at": time.monotonic() if at is None else at, "event": event, **more}
        with self._lock:
            data = json.dumps(said, default=_plain).encode() + b"\n"
            while data:
                data = data[os.write(self._line, data) :]

    def _asked(self) -> None:
        """What the units of systemd do on a terminal, on which there is no systemd here."""
        TouchFile(_DEAF)()
        self.say("PcscdAsked")
        if _DEAF.exists():
            _DEAF.unlink()
            self._end_pcscd()
            self._start_pcscd(_PCSCD)
            self.say("PcscdStarted")

    def _told(self, event: Any) -> None:
        at = time.monotonic()
        more = {each.name: getattr(event, each.name) for each in fields(event) if each.name not in _HIDDEN}
        self.say(type(event).__name__, at=at, **more)

    def _do(self, order: dict[str, Any]) -> bool:
        what = order.pop("do")
        try:
            if what == "quit":
                self._worker.stop()
                self._end_pcscd()
                self.say("Bye")
                return False
            getattr(self, f"_do_{what}")(**order)
        except Exception as exc:  # noqa: BLE001 - whatever it is, who waits outside must be told
            code = exc.code if isinstance(exc, CardError) else ""
            self.say("Fault", what=what, kind=type(exc).__name__, code=code, trace=traceback.format_exc()[-1500:])
        return True

    def _do_open(self, *, reader: str, count: int) -> None:
        self._worker.open(reader, count)

    def _do_release(self, *, reader: str, count: int) -> None:
        self._worker.release(reader, count)

    def _do_sign(self, *, reader: str, count: int, fingerprint: str, message: str, pin: str, request: int) -> None:
        def build(certificate: bytes, signature: bytes) -> TokenData:
            return TokenData("c", bytes(32), certificate, signature)

        typed, last_try_ok = bytearray(pin.encode()), False
        order = SignOrder(request, reader, count, fingerprint, bytes.fromhex(message), typed, last_try_ok, build)
        self._worker.sign(order)

    def _do_power(self) -> None:
        """What the kernel may do to save power, for every device in a port."""
        found = {
            path.parent.parent.name: path.read_text().strip() for path in Path("/sys/bus/usb/devices").glob(_POWER)
        }
        self.say("Power", devices=found)

    def _do_kill_pcscd(self) -> None:
        self._end_pcscd()
        self.say("PcscdKilled")

    def _do_start_pcscd(self) -> None:
        self._start_pcscd(_PCSCD)
        self.say("PcscdStarted")

    def _do_deafen_pcscd(self) -> None:
        """The same service, but what udev tells everybody on this machine no longer reaches it."""
        self._end_pcscd()
        self._start_pcscd(("unshare", "--net", *_PCSCD))
        self.say("PcscdDeafened")

    def _start_pcscd(self, command: tuple[str, ...]) -> None:
        self._pcscd = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _end_pcscd(self) -> None:
        if self._pcscd is not None:
            self._pcscd.kill()
            self._pcscd.wait()
        for name in ("pcscd.comm", "pcscd.pid"):  # as systemd clears its runtime folder
            Path("/run/pcscd", name).unlink(missing_ok=True)

    def _listen_to_kernel(self) -> None:
        """USB devices and their interfaces that come and go, as the kernel says it to everybody at once."""
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _KERNEL_SAYS) as heard:
            heard.bind((0, _GROUP_KERNEL))
            while True:
                data, at = heard.recv(65_536), time.monotonic()
                if b"SUBSYSTEM=usb\0" in data:
                    action, _, path = data.partition(b"\0")[0].decode().partition("@")
                    self.say("Usb", at=at, action=action, path=path)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return repr(value)


def _pyscard() -> str:
    import smartcard  # noqa: PLC0415 - its version, told once

    return str(getattr(smartcard, "__version__", "2.0.5 or before"))


def main() -> None:
    """Open the line as bytes, without echo, and serve."""
    line = os.open(_LINE, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line, termios.TCSANOW)
    Guest(line).run()


if __name__ == "__main__":
    main()
