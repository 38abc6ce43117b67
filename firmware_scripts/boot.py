"""The partitions a computer starts from: the boot loader with its counter, and for each slot its kernel.

Rules: both are FAT, because firmware and boot loaders read that, made without mounting anything and with the same bytes
each time. The counter (``state.env``) lies on the boot partition: a slot has three tries, a start that is found good
gives them back (docs/adr/0052-image.md). A slot's kernel and first file system are one partition, so an update
exchanges them whole.

Usage: `kernel_partition(kernel, initrd, draft, out, epoch=…)`, `boot_partition(base, kernel, target, draft, out, …)`
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from firmware_scripts import recipe
from firmware_scripts.base import EPOCH, Base
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.kernel import Kernel
from firmware_scripts.recipe import Target
from firmware_scripts.running import needed, run

#: What grub-mkimage puts into the one file that a PC's firmware starts.
_GRUB: Final = (
    "part_gpt", "fat", "normal", "configfile", "linux", "loadenv", "test", "echo", "sleep", "reboot", "regexp",
    "search", "search_label", "all_video", "gfxterm", "serial", "terminal",
)  # fmt: skip
#: Its program, and the licence that has to lie beside it: where the package has them, and their names on the card.
_FIRST_PROCESSOR: Final = {
    "usr/lib/raspi-firmware/start4.elf": "start4.elf",
    "usr/lib/raspi-firmware/fixup4.dat": "fixup4.dat",
    "usr/share/doc/raspi-firmware/copyright": "LICENCE.broadcom",
}
#: GRUB's block of variables: 1024 bytes, filled up with ``#`` (grub-editenv).
STATE_BYTES: Final = 1024
_STATE_HEAD: Final = "# GRUB Environment Block\n"
TRIES: Final = 3


def state(**values: str) -> bytes:
    """The counter's file with these variables."""
    text = _STATE_HEAD + "".join(f"{name}={value}\n" for name, value in values.items())
    return text.encode("ascii").ljust(STATE_BYTES, b"#")


def fresh_state() -> bytes:
    """As it comes with the card: slot A, three tries; B holds nothing yet."""
    return state(ORDER="A", A_LEFT=str(TRIES), B_LEFT="0", EXTRA="")


def kernel_partition(kernel: Kernel, initrd: bytes, draft: Path, out: Path, *, epoch: int) -> None:
    """Kernel and first file system of one slot."""
    draft.mkdir(parents=True)
    shutil.copy(kernel.image, draft / "vmlinuz")
    (draft / "initrd.img").write_bytes(initrd)
    _fat(draft, out, size=recipe.KERNEL_BYTES, label="KERNEL", number="5048-4b31", epoch=epoch)


def boot_partition(base: Base, kernel: Kernel, target: Target, draft: Path, out: Path, *, epoch: int) -> None:
    """The boot loader, its counter, and a file for the house's settings."""
    files = draft / "files"
    files.mkdir(parents=True)
    if target.efi:
        _grub(base, target, draft, files)
    else:
        _raspberry(base, kernel, target, draft, files)
    (files / "state.env").write_bytes(fresh_state())
    shutil.copy(recipe.HERE / "phonghop.toml", files)
    _fat(files, out, size=recipe.BOOT_BYTES, label="PHONGHOP", number="5048-424f", epoch=epoch)


def _grub(base: Base, target: Target, draft: Path, files: Path) -> None:
    needed({"grub-mkimage": "grub-common"})
    parts = draft / "grub"
    run(["dpkg-deb", "-x", base.package("grub-efi-amd64-bin"), parts], epoch=0)
    program = files / "EFI" / "BOOT" / target.efi
    program.parent.mkdir(parents=True)
    run(
        [
            "grub-mkimage", "--format=x86_64-efi", f"--directory={parts / 'usr/lib/grub/x86_64-efi'}",
            f"--output={program}", "--prefix=/grub", *_GRUB,
        ],
        epoch=0,
    )  # fmt: skip
    (files / "grub").mkdir()
    shutil.copy(recipe.HERE / "grub.cfg", files / "grub")


def _raspberry(base: Base, kernel: Kernel, target: Target, draft: Path, files: Path) -> None:
    """The first processor's program, the device trees it fills in, and U-Boot with its script."""
    needed({"mkimage": "u-boot-tools"})
    parts = draft / "raspberry"
    for name in ("raspi-firmware", "u-boot-rpi"):
        run(["dpkg-deb", "-x", base.package(name), parts], epoch=0)
    for place, name in _FIRST_PROCESSOR.items():
        shutil.copy(parts / place, files / name)
    shutil.copy(parts / "usr/lib/u-boot/rpi_arm64/u-boot.bin", files)
    shutil.copy(recipe.HERE / "config.txt", files)
    if kernel.trees is None:
        raise RecipeWrong(f"{kernel.version}: nhân không có cây thiết bị · the kernel has no device trees")
    found = sorted((kernel.trees / "broadcom").glob(target.trees))
    if not found:
        raise RecipeWrong(f"{kernel.version}: {target.trees} không có · not among its device trees")
    for tree in found:
        shutil.copy(tree, files)
    run(
        ["mkimage", "-A", "arm64", "-T", "script", "-C", "none", "-d", recipe.HERE / "boot.cmd", files / "boot.scr"],
        epoch=EPOCH,
    )


def _fat(files: Path, out: Path, *, size: int, label: str, number: str, epoch: int) -> None:
    """A FAT file system with everything below ``files``; ``number`` is its serial number."""
    needed({"mkfs.vfat": "dosfstools", "mcopy": "mtools"})
    out.unlink(missing_ok=True)
    run(
        [
            "mkfs.vfat",
            "--invariant",
            "-F",
            "32",
            "-i",
            number.replace("-", ""),
            "-n",
            label,
            "-C",
            out,
            str(size // 1024),
        ],
        epoch=epoch,
    )
    for path in files.rglob("*"):
        os.utime(path, (epoch, epoch))
    for top in sorted(files.iterdir()):
        run(["mcopy", "-s", "-p", "-m", "-i", out, top, "::"], epoch=epoch)
