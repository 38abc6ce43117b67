"""A process of QEMU without acceleration, and its monitor (QMP): what the virtual machines of the tests share.

Rules: it ends with the process that started it, and in any case with :meth:`Qemu.kill`. Every wait has an end. Sockets
lie in ``folder``, whose path has to be short.

Usage::

    machine = Qemu(folder)
    machine.start(["-m", "1024", …])
    machine.order("device_add", driver="usb-kbd", id="k1")
    line = machine.connected(folder / "talk")
    machine.kill()
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.support.poll import until

_START_S: Final = 20.0
_ANSWER_S: Final = 30.0
_STOP_S: Final = 10.0
_LAST_WORDS: Final = 4000
_ANY: Final = ("-accel", "tcg,thread=multi", "-nodefaults", "-no-user-config", "-display", "none")
#: Which program and what every machine of the kind is: nothing but what is named, and no window. A processor without
#: AVX: where QEMU imitates that, the graphics process of Chromium 156 ends at its start.
PC: Final = ("qemu-system-x86_64", "-machine", "q35", "-cpu", "Westmere", *_ANY)
#: The processor of a Raspberry Pi 4 on a board of QEMU's own.
BOARD: Final = ("qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72", *_ANY)


class Qemu:
    """One process at a time; ``console.log`` and ``qemu.log`` in ``folder`` keep what was said."""

    def __init__(self, folder: Path, *, machine: Sequence[str] = PC) -> None:
        self._folder: Final = folder
        self._machine: Final = machine
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: socket.socket | None = None
        self._answers = b""

    @property
    def console(self) -> Path:
        """What the first serial line said."""
        return self._folder / "console.log"

    def start(self, words: list[str], *, lines: Sequence[str] = ()) -> None:
        """Begin; ``lines`` are serial lines beside the console. Raises AssertionError with QEMU's own words."""
        monitor = self._folder / "qmp"
        monitor.unlink(missing_ok=True)
        command = ["setpriv", "--pdeathsig", "KILL", *self._machine, *words]
        for line in (f"file:{self.console}", *lines):
            command += ["-serial", line]
        command += ["-qmp", f"unix:{monitor},server=on,wait=off"]
        with (self._folder / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._answers = b""
        try:
            self._monitor = self.connected(monitor)
            self._monitor.settimeout(_ANSWER_S)
            self._read_answer()  # the greeting
            self.order("qmp_capabilities")
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """At once, as a plug that is pulled: nothing inside is told."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_STOP_S)
            self._process = None
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None

    def assert_runs(self) -> None:
        """Raises AssertionError with its last words when it has ended."""
        assert self._process is not None, "the machine is off"
        assert self._process.poll() is None, f"the machine has ended:\n{self.last_words()}"

    def last_words(self) -> str:
        """The end of its console, and of what QEMU itself said."""
        files = (self.console, self._folder / "qemu.log")
        found = [file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists()]
        return "\n".join(text[-_LAST_WORDS:] for text in found)

    def order(self, name: str, /, **arguments: Any) -> Any:
        """One order; raises AssertionError when it is refused."""
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
                return answer["return"]

    def connected(self, path: Path) -> socket.socket:
        """A socket that QEMU listens at."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

        def connect() -> bool:
            self.assert_runs()
            with contextlib.suppress(OSError):
                line.connect(str(path))
                return True
            return False

        until(connect, timeout_s=_START_S, every_s=0.05, what=f"QEMU listens at {path.name}")
        return line

    def _read_answer(self) -> dict[str, Any]:
        assert self._monitor is not None
        while b"\n" not in self._answers:
            piece = self._monitor.recv(65_536)
            assert piece, f"the machine's monitor has hung up:\n{self.last_words()}"
            self._answers += piece
        line, _, self._answers = self._answers.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found
