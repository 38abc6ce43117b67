"""A virtual machine with a USB port: QEMU without acceleration, its monitor, and the line to the program inside.

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
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from deploy.softtoken.card import Card
from tests.support.poll import until
from tests.usb.vscard import UsbCard

_QEMU: Final = "qemu-system-x86_64"
_MEMORY_MB: Final = 1024
_START_S: Final = 20.0
_ANSWER_S: Final = 15.0
_STOP_S: Final = 10.0
#: A device that is taken out lets go of its line a little later; the next one gets another.
_LINES: Final = 3

Event = dict[str, Any]


class Machine:
    """One machine; ``events`` are all the program inside has said, in order."""

    def __init__(self, kernel: Path, initrd: Path, folder: Path) -> None:
        self.events: Final[list[Event]] = []
        self._kernel: Final = kernel
        self._initrd: Final = initrd
        self._folder: Final = folder
        self._ports: Final[list[int]] = []
        self._plugged = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._talk: socket.socket | None = None
        self._monitor: socket.socket | None = None
        self._answers = b""
        self._card: UsbCard | None = None

    def __enter__(self) -> Self:
        self._ports[:] = [_free_port() for _ in range(_LINES)]
        talk, monitor = self._folder / "talk", self._folder / "qmp"
        command = [
            "setpriv", "--pdeathsig", "KILL", _QEMU, "-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "q35",
            "-m", str(_MEMORY_MB), "-nodefaults", "-no-user-config", "-display", "none",
            "-kernel", str(self._kernel), "-initrd", str(self._initrd),
            "-append", "console=ttyS0 rdinit=/init quiet panic=1 random.trust_cpu=on tsc=reliable",
            "-no-reboot", "-serial", f"file:{self._folder / 'console.log'}",
            "-chardev", f"socket,id=talk,path={talk},server=on,wait=off", "-serial", "chardev:talk",
            "-qmp", f"unix:{monitor},server=on,wait=off",
            "-device", "qemu-xhci,id=xhci",
        ]  # fmt: skip
        for number, port in enumerate(self._ports):
            command += ["-chardev", f"socket,id=card{number},host=127.0.0.1,port={port},server=on,wait=off"]
        with (self._folder / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._talk = self._connected(talk)
            threading.Thread(target=self._listen, args=(self._talk,), daemon=True).start()
            self._monitor = self._connected(monitor)
            self._monitor.settimeout(_ANSWER_S)
            self._read_answer()  # the greeting
            self._order("qmp_capabilities")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._card is not None:
            self._card.pull()
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for line in (self._talk, self._monitor):
            if line is not None:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()

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
            assert self._process is not None
            assert self._process.poll() is None, f"the machine has ended:\n{self.console()}"
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
        said = [
            (self._folder / name).read_text(encoding="utf-8", errors="replace")[-3000:]
            for name in ("console.log", "qemu.log")
            if (self._folder / name).exists()
        ]
        return "\n".join(said)

    # ------------------------------------------------------------ its USB port

    def plug(self, card: Card) -> UsbCard:
        """A token goes in: reader and card are one device."""
        self._plugged += 1
        line, reader = self._plugged % _LINES, f"reader{self._plugged}"
        self._order("device_add", driver="usb-ccid", id=reader, bus="xhci.0")
        self._order("device_add", driver="ccid-card-passthru", chardev=f"card{line}", bus=f"{reader}.0")
        self._card = plugged = UsbCard(card, self._ports[line])
        plugged.insert()
        return plugged

    def unplug(self) -> float:
        """It goes out; the moment on this machine's clock. The line is closed first, which nobody inside notices."""
        card, self._card = self._card, None
        if card is None:
            return time.monotonic()
        card.pull()
        at = time.monotonic()
        self._order("device_del", id=f"reader{self._plugged}")
        return at

    # ------------------------------------------------------------ QEMU itself

    def _order(self, name: str, **arguments: str) -> None:
        assert self._monitor is not None
        asked: dict[str, Any] = {"execute": name}
        if arguments:
            asked["arguments"] = arguments
        self._monitor.sendall(json.dumps(asked).encode() + b"\n")
        while True:
            answer = self._read_answer()
            if "error" in answer:
                raise AssertionError(f"{name}: {answer['error']}")
            if "return" in answer:
                return

    def _read_answer(self) -> dict[str, Any]:
        assert self._monitor is not None
        while b"\n" not in self._answers:
            piece = self._monitor.recv(65_536)
            assert piece, f"the machine's monitor has hung up:\n{self.console()}"
            self._answers += piece
        line, _, self._answers = self._answers.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _connected(self, path: Path) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

        def connect() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.console()
            try:
                line.connect(str(path))
            except OSError:
                return False
            return True

        until(connect, timeout_s=_START_S, every_s=0.05, what=f"QEMU listens at {path.name}")
        return line

    def _listen(self, line: socket.socket) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := line.recv(65_536):
                *lines, rest = (rest + data).split(b"\n")
                for each in lines:
                    with contextlib.suppress(ValueError):  # what the firmware prints is no message of ours
                        self.events.append(json.loads(each))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
