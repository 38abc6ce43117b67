"""A computer in QEMU that starts from an image: firmware, disk, screen, hands, USB, a wire to this machine's loopback.

Rules: the image itself is never written: the computer's disk is a copy-on-write file beside it. It ends with the
process that started it and in any case with ``__exit__``. Every wait has an end. The guest reaches this machine at
10.0.2.2. With ``looked_into`` a test may run commands inside: systemd takes a unit from the firmware's tables (SMBIOS)
of this computer alone (tests/image/looking.py); nothing of it is in the image. ``beside``: another disk in it;
``log``: a file for all that is written to its disk (tests/image/disk_log.py). ``bare``: without a screen, hands or USB,
whose drivers are a third of a start here.

Usage::

    with Computer(image, folder, looked_into=True) as seat:
        seat.await_words("login", timeout_s=120)
        seat.picture(Path("screen.png")); seat.touch(x, y); seat.types("Abc1"); seat.unplug_power()
        seat.run("cat /boot/state.env")
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from PIL import Image

from tests.image.disk_log import SECTOR
from tests.image.looking import Look, unit_words
from tests.support.poll import until
from tests.support.qemu import Qemu
from tests.usb.port import TokenPort

#: How this machine is called from inside.
HOST: Final = "10.0.2.2"
SCREEN: Final = (1280, 800)
_FIRMWARE: Final = Path("/usr/share/OVMF")
_MEMORY_MB: Final = 2048
DISK_BYTES: Final = 8 << 30
#: QEMU's absolute pointer counts to this, whatever the screen's size.
_TABLET: Final = 32_767
#: Keys that are not called by their own sign (QEMU's QKeyCode).
_KEYS: Final = {" ": "spc", "\n": "ret", ".": "dot", "-": "minus", "/": "slash", ",": "comma"}


class Computer:
    """One computer; ``said`` is what it wrote to its serial console, ``port`` its USB port for tokens."""

    def __init__(
        self,
        image: Path,
        folder: Path,
        *,
        looked_into: bool = False,
        beside: Path | None = None,
        log: Path | None = None,
        bare: bool = False,
    ) -> None:
        self._image: Final = image
        self._folder: Final = folder
        self._disk: Final = folder / "disk.qcow2"
        self._qemu: Final = Qemu(folder)
        self.port: Final = TokenPort(self._qemu, bus="usb.0")
        self._look: Look | None = None
        self._looked_into: Final = looked_into
        self._beside: Final = beside
        self._log: Final = log
        self._bare: Final = bare

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._disk.exists():
            subprocess.run(
                [
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-F",
                    "raw",
                    "-b",
                    self._image,
                    self._disk,
                    str(DISK_BYTES),
                ],
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
        line = self._folder / "look"
        line.unlink(missing_ok=True)
        words = [
            "-smp", "2", "-m", str(_MEMORY_MB),
            "-drive", f"if=pflash,format=raw,readonly=on,file={_FIRMWARE / 'OVMF_CODE_4M.fd'}",
            "-drive", f"if=pflash,format=raw,file={self._folder / 'vars.fd'}",
            *self._disk_words(),
            "-netdev", "user,id=wire", "-device", "virtio-net-pci,netdev=wire",
            "-device", "virtio-rng-pci", "-watchdog-action", "reset",
            "-chardev", f"socket,id=look,path={line},server=on,wait=off",
        ]  # fmt: skip
        if not self._bare:
            words += [
                "-device", f"virtio-vga,xres={SCREEN[0]},yres={SCREEN[1]}",
                "-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0", "-device", "usb-kbd,bus=usb.0",
                *self.port.words(),
            ]  # fmt: skip
        if self._beside is not None:
            # Before its own: whoever takes the first that fits takes this.
            beside = f"driver=raw,node-name=beside,file.driver=file,file.filename={self._beside}"
            words[:0] = ["-blockdev", beside, "-device", "virtio-blk-pci,drive=beside"]
        if self._looked_into:
            words += unit_words()
        self._qemu.start(words, lines=["chardev:look"])
        try:
            self._look = Look(self._qemu.connected(line)) if self._looked_into else None
        except BaseException:
            self.unplug_power()
            raise

    def _disk_words(self) -> list[str]:
        disk = f"driver=qcow2,node-name=card,file.driver=file,file.filename={self._disk}"
        if self._log is None:
            return ["-blockdev", disk, "-device", "virtio-blk-pci,drive=card"]
        again = "on" if self._log.exists() else "off"
        self._log.touch()
        log = f"log.driver=file,log.filename={self._log},log-append={again},log-sector-size={SECTOR}"
        logged = f"driver=blklogwrites,node-name=logged,file=card,{log}"
        # Merged, a write has as many parts as one call of the system takes, and with the log's head one too many.
        return ["-blockdev", disk, "-blockdev", logged, "-device", "virtio-blk-pci,drive=logged,request-merging=off"]

    def unplug_power(self) -> None:
        """At once, as a plug that is pulled: nothing inside is told."""
        self.port.let_go()
        self._qemu.kill()
        if self._look is not None:
            self._look.close()
            self._look = None

    # ------------------------------------------------------------ what it says and shows

    def said(self) -> str:
        """All of its serial console."""
        log = self._qemu.console
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def started_slots(self) -> list[str]:
        """Of each start that it has said something of, the slot: as the boot loader told the kernel."""
        return re.findall(r"Kernel command line: .*?phonghop\.slot=([AB])", self.said())

    def await_words(self, words: str, *, timeout_s: float) -> None:
        """Until the console has said them; raises AssertionError with its end."""

        def there() -> bool:
            self._qemu.assert_runs()
            return words in self.said()

        try:
            until(there, timeout_s=timeout_s, every_s=0.5, what=words)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self._qemu.last_words()}") from late

    def picture(self, out: Path) -> Image.Image:
        """What its screen shows, kept as a PNG."""
        raw = self._folder / "screen.ppm"
        self._qemu.order("screendump", filename=str(raw))
        with Image.open(raw) as found:
            shown = found.convert("RGB")
        shown.save(out)
        return shown

    def written(self) -> bytes:
        """All that was written to its disk since the image was put on it."""
        return self._disk.read_bytes()

    def run(self, command: str, *, timeout_s: float = 60.0) -> str:
        """What a command of the shell says inside; raises AssertionError when nobody there answers."""
        assert self._look is not None, "this computer is not looked into"
        return self._look.run(command, timeout_s=timeout_s)

    def restarts(self, command: str) -> None:
        """A command inside that ends with another start of the computer; what is run next is run after that start."""
        assert self._look is not None, "this computer is not looked into"
        self._look.run(f"(sleep 1; {command}) >/dev/null 2>&1 &", timeout_s=60.0)
        self.starts_again()

    def starts_again(self) -> None:
        """It is about to start again by itself; what is run next is run after that start."""
        assert self._look is not None, "this computer is not looked into"
        self._look.again()

    def wire(self, *, plugged: bool) -> None:
        """Its wire to the house."""
        self.order("set_link", name="wire", up=plugged)

    # ------------------------------------------------------------ its hands

    def touch(self, x: int, y: int) -> None:
        """A touch at a place of the screen, in its pixels."""
        at = [(axis, round(value * _TABLET / size)) for axis, value, size in (("x", x, SCREEN[0]), ("y", y, SCREEN[1]))]
        move = [{"type": "abs", "data": {"axis": axis, "value": value}} for axis, value in at]
        self.order("input-send-event", events=move)
        for down in (True, False):
            self.order("input-send-event", events=[{"type": "btn", "data": {"button": "left", "down": down}}])

    def types(self, text: str) -> None:
        """Keys of its keyboard, one after another."""
        for sign in text:
            keys = ["shift"] if sign.isupper() else []
            keys.append(_KEYS.get(sign, sign.lower()))
            self.order("send-key", keys=[{"type": "qcode", "data": key} for key in keys])

    def order(self, name: str, /, **arguments: Any) -> Any:
        """One order to QEMU; raises AssertionError when it refuses."""
        return self._qemu.order(name, **arguments)
