"""A computer with the processor of a Raspberry Pi in QEMU: U-Boot, the image's disk, a screen, a wire to this machine.

Rules: QEMU has no Raspberry Pi 4 with a network; this is its ``virt`` board. What is the image's own is the same: boot
script and counter, kernel, first file system, root, programs. What is the Pi's – its first processor's program, its
device tree, its card slot and screen – is not looked at here (docs/huong-dan/cai-dat-thiet-bi.md has
a list for real machines). U-Boot is Debian's for this board, of the same sources as that of the card.

Usage::

    with Board(image, folder) as seat:
        seat.picture(Path("screen.png")); seat.unplug_power(); seat.plug_power(); seat.counter()
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PIL import Image

from firmware_scripts import provision
from tests.support.qemu import BOARD, Qemu

_UBOOT: Final = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
_MEMORY_MB: Final = 2048
_DISK: Final = "8G"
_SCREEN: Final = (1280, 800)


class Board:
    """One computer; ``image`` is its card and is written."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image: Final = image
        self._folder: Final = folder
        self._qemu: Final = Qemu(folder, machine=BOARD)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["qemu-img", "resize", "-q", "-f", "raw", self._image, _DISK], check=True)
        self.plug_power()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug_power()

    def plug_power(self) -> None:
        """U-Boot starts what the counter on the card says."""
        across, down = _SCREEN
        self._qemu.start(
            [
                "-smp", "2", "-m", str(_MEMORY_MB), "-bios", str(_UBOOT),
                "-drive", f"if=none,id=card,format=raw,file={self._image}",
                "-device", "virtio-blk-pci,drive=card",
                "-netdev", "user,id=wire", "-device", "virtio-net-pci,netdev=wire",
                "-device", f"virtio-gpu-pci,xres={across},yres={down}",
                "-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0", "-device", "usb-kbd,bus=usb.0",
                "-device", "virtio-rng-pci",
            ]
        )  # fmt: skip

    def unplug_power(self) -> None:
        """At once, as a plug that is pulled: nothing inside is told."""
        self._qemu.kill()

    def said(self) -> str:
        """All of its serial console."""
        log = self._qemu.console
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def counter(self) -> dict[str, str]:
        """The boot loader's variables, read from the card; it has to be off."""
        boot = f"{self._image}@@{provision.boot_offset(self._image)}"
        said = subprocess.run(["mtype", "-i", boot, "::state.env"], capture_output=True, check=True).stdout
        lines = said.replace(b"\0", b"\n").decode("ascii").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def picture(self, out: Path) -> Image.Image:
        """What its screen shows, kept as a PNG."""
        raw = self._folder / "screen.ppm"
        self._qemu.order("screendump", filename=str(raw))
        with Image.open(raw) as found:
            shown = found.convert("RGB")
        shown.save(out)
        return shown
