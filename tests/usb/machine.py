"""A virtual machine with a USB port, and the line to the program inside.

Rules: no network, no disk, nothing outside the folder; it ends with the process that started it and in any case with
:meth:`Machine.__exit__`. Every wait has an end. A reader of a card is plugged in and out as a USB device.

Usage::

    with Machine(kernel, initrd, folder) as machine:
        machine.await_event("Ready", timeout_s=120)
        machine.plug(card); machine.tell("open", reader=…, count=…); machine.unplug()
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from deploy.softtoken.card import Card
from tests.support.poll import until
from tests.support.qemu import Qemu
from tests.usb.port import TokenPort
from tests.usb.vscard import UsbCard

_MEMORY_MB: Final = 1024

Event = dict[str, Any]


class Machine:
    """One machine; ``events`` are all the program inside has said, in order."""

    def __init__(self, kernel: Path, initrd: Path, folder: Path) -> None:
        self.events: Final[list[Event]] = []
        self._kernel: Final = kernel
        self._initrd: Final = initrd
        self._folder: Final = folder
        self._qemu: Final = Qemu(folder)
        self._port: Final = TokenPort(self._qemu, bus="xhci.0")
        self._talk: socket.socket | None = None

    def __enter__(self) -> Self:
        talk = self._folder / "talk"
        try:
            self._qemu.start([
                "-m", str(_MEMORY_MB), "-kernel", str(self._kernel), "-initrd", str(self._initrd),
                "-append", "console=ttyS0 rdinit=/init quiet panic=1 random.trust_cpu=on tsc=reliable", "-no-reboot",
                "-chardev", f"socket,id=talk,path={talk},server=on,wait=off",
                "-device", "qemu-xhci,id=xhci", *self._port.words(),
            ], lines=["chardev:talk"])  # fmt: skip
            self._talk = self._qemu.connected(talk)
            threading.Thread(target=self._listen, args=(self._talk,), daemon=True).start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.let_go()
        self._qemu.kill()
        if self._talk is not None:
            with contextlib.suppress(OSError):
                self._talk.shutdown(socket.SHUT_RDWR)
            self._talk.close()

    # ------------------------------------------------------------ the program inside

    def tell(self, what: str, **more: Any) -> int:
        """Give an order; the number of events so far, from which its answer is looked for."""
        seen = len(self.events)
        if self._talk is not None:
            self._talk.sendall(json.dumps({"do": what, **more}).encode() + b"\n")
        return seen

    def await_event(
        self, name: str, *, since: int = 0, timeout_s: float = 30.0, where: Callable[[Event], bool] = lambda event: True
    ) -> Event:
        """The first event of that name (``any``: of all) from ``since`` on; raises AssertionError, telling all."""

        def found() -> Event | None:
            self._qemu.assert_runs()
            fits = (each for each in self.events[since:] if name in {"any", each["event"]} and where(each))
            return next(fits, None)

        try:
            event = until(found, timeout_s=timeout_s, what=name)
        except AssertionError as late:
            raise AssertionError(f"{late}\nsaid: {self.events[since:][-12:]}\n{self.console()}") from late
        assert event is not None
        return event

    def console(self) -> str:
        """The end of what the machine wrote to its console."""
        return self._qemu.last_words()

    # ------------------------------------------------------------ its USB port

    def plug(self, card: Card) -> UsbCard:
        """A token goes in."""
        return self._port.plug(card)

    def unplug(self) -> float:
        """It goes out; the moment on this machine's clock."""
        return self._port.unplug()

    def _listen(self, line: socket.socket) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := line.recv(65_536):
                *lines, rest = (rest + data).split(b"\n")
                for each in lines:
                    with contextlib.suppress(ValueError):  # what the firmware prints is no message of ours
                        self.events.append(json.loads(each))
