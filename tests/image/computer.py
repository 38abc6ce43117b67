"""A computer in QEMU that starts from an image: firmware, disk, screen, hands, a wire to this machine's loopback.

Rules: the image itself is never written: the computer's disk is a copy-on-write file beside it. It ends with the
process that started it and in any case with ``__exit__``. Every wait has an end. The guest reaches this machine at
10.0.2.2.

Usage::

    with Computer(image, folder) as seat:
        seat.await_words("login", timeout_s=120)
        seat.picture(Path("screen.png")); seat.touch(x, y); seat.unplug_power()
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from PIL import Image

from tests.support.poll import until

#: How this machine is called from inside.
HOST: Final = "10.0.2.2"
SCREEN: Final = (1280, 800)
_QEMU: Final = "qemu-system-x86_64"
_FIRMWARE: Final = Path("/usr/share/OVMF")
_MEMORY_MB: Final = 2048
_DISK: Final = "8G"
_START_S: Final = 20.0
_ANSWER_S: Final = 30.0
_STOP_S: Final = 10.0
#: QEMU's absolute pointer counts to this, whatever the screen's size.
_TABLET: Final = 32_767


class Computer:
    """One computer; ``said`` is what it wrote to its serial console."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image: Final = image
        self._folder: Final = folder
        self._disk: Final = folder / "disk.qcow2"
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: socket.socket | None = None
        self._answers = b""

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._disk.exists():
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", self._image, self._disk, _DISK],
                check=True,
            )
            shutil.copy(_FIRMWARE / "OVMF_VARS_4M.fd", self._folder / "vars.fd")
        self.plug_power()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug_power()

    # ------------------------------------------------------------ power

    def plug_power(self) -> None:
        """The firmware starts what is on the disk."""
        monitor = self._folder / "qmp"
        monitor.unlink(missing_ok=True)
        command = [
            "setpriv", "--pdeathsig", "KILL", _QEMU, "-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "q35",
            "-smp", "2", "-m", str(_MEMORY_MB), "-nodefaults", "-no-user-config", "-display", "none",
            "-drive", f"if=pflash,format=raw,readonly=on,file={_FIRMWARE / 'OVMF_CODE_4M.fd'}",
            "-drive", f"if=pflash,format=raw,file={self._folder / 'vars.fd'}",
            "-drive", f"if=virtio,format=qcow2,file={self._disk},cache=writeback",
            "-netdev", "user,id=wire", "-device", "virtio-net-pci,netdev=wire",
            "-device", f"virtio-vga,xres={SCREEN[0]},yres={SCREEN[1]}",
            "-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0", "-device", "usb-kbd,bus=usb.0",
            "-device", "virtio-rng-pci", "-watchdog-action", "reset",
            "-serial", f"file:{self._folder / 'console.log'}",
            "-qmp", f"unix:{monitor},server=on,wait=off",
        ]  # fmt: skip
        with (self._folder / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._answers = b""
        try:
            self._monitor = self._connected(monitor)
            self._monitor.settimeout(_ANSWER_S)
            self._read_answer()  # the greeting
            self.order("qmp_capabilities")
        except BaseException:
            self.unplug_power()
            raise

    def unplug_power(self) -> None:
        """At once, as a plug that is pulled: nothing inside is told."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_STOP_S)
            self._process = None
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None

    # ------------------------------------------------------------ what it says and shows

    def said(self) -> str:
        """All of its serial console."""
        log = self._folder / "console.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def await_words(self, words: str, *, timeout_s: float) -> None:
        """Until the console has said them; raises AssertionError with its end."""

        def there() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, f"the computer is off:\n{self._end()}"
            return words in self.said()

        try:
            until(there, timeout_s=timeout_s, every_s=0.5, what=words)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self._end()}") from late

    def picture(self, out: Path) -> Image.Image:
        """What its screen shows, kept as a PNG."""
        raw = self._folder / "screen.ppm"
        self.order("screendump", filename=str(raw))
        with Image.open(raw) as found:
            shown = found.convert("RGB")
        shown.save(out)
        return shown

    # ------------------------------------------------------------ its hands

    def touch(self, x: int, y: int) -> None:
        """A touch at a place of the screen, in its pixels."""
        at = [(axis, round(value * _TABLET / size)) for axis, value, size in (("x", x, SCREEN[0]), ("y", y, SCREEN[1]))]
        move = [{"type": "abs", "data": {"axis": axis, "value": value}} for axis, value in at]
        self.order("input-send-event", events=move)
        for down in (True, False):
            self.order("input-send-event", events=[{"type": "btn", "data": {"button": "left", "down": down}}])

    def order(self, name: str, **arguments: Any) -> Any:
        """One order to QEMU; raises AssertionError when it refuses."""
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

    def _read_answer(self) -> dict[str, Any]:
        assert self._monitor is not None
        while b"\n" not in self._answers:
            piece = self._monitor.recv(65_536)
            assert piece, f"the computer's monitor has hung up:\n{self._end()}"
            self._answers += piece
        line, _, self._answers = self._answers.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _connected(self, path: Path) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

        def connect() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self._end()
            with contextlib.suppress(OSError):
                line.connect(str(path))
                return True
            return False

        until(connect, timeout_s=_START_S, every_s=0.05, what="QEMU listens")
        return line

    def _end(self) -> str:
        log = self._folder / "qemu.log"
        own = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return f"{self.said()[-4000:]}\n{own[-1000:]}"
