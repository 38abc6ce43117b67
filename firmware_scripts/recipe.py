"""What an image is made of: the two kinds of computer, and the lists in ``recipe/``.

Rules: packages, modules and files stand in ``recipe/`` with the reason beside each; here is only how the two kinds
differ. Sizes are those of the partitions, in bytes.

Usage: `target = TARGETS["amd64"]; packages(target)`
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_scripts.errors import RecipeWrong

HERE: Final = Path(__file__).parent / "recipe"
ROOT: Final = Path(__file__).resolve().parents[1]
SUITE: Final = "trixie"
#: Debian 13's Python; the agent's libraries are taken for it.
PYTHON: Final = "3.13"
MIB: Final = 1 << 20
BOOT_BYTES: Final = 128 * MIB
KERNEL_BYTES: Final = 96 * MIB
#: Twice what a slot needs today, so that updates of years fit a card that was partitioned once.
SLOT_BYTES: Final = 1280 * MIB
#: What the vault is opened with (usr/lib/phonghop/vault): loaded when it is asked for, and in every image.
VAULT_MODULES: Final = ("dm_crypt", "adiantum")
#: As seats and server compare them (wire/messages/updates.py).
_VERSION: Final = re.compile(r"[0-9]{1,8}(\.[0-9]{1,8}){1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of computer. ``python`` is uv's name of its wheels, ``efi`` the file a PC's firmware starts, ``trees``
    the device trees that its boot partition holds; ``board`` and ``given``: see :func:`pi5`.
    """

    arch: str
    python: str
    kernel: str
    #: Modules of the first file system by name; what they stand on comes along.
    modules: tuple[str, ...]
    efi: str = ""
    trees: str = ""
    board: str = ""
    given: Path | None = None

    @property
    def name(self) -> str:
        """What its images and releases are called by."""
        return self.arch + self.board


TARGETS: Final = {
    target.arch: target
    for target in (
        Target(
            arch="amd64",
            python="x86_64-manylinux_2_28",
            kernel="linux-image-amd64",
            modules=(
                "squashfs", "overlay", "ext4", "virtio_pci", "virtio_blk", "ahci", "sd_mod", "nvme",
                "mmc_block", "sdhci_pci", "sdhci_acpi",
            ),
            efi="BOOTX64.EFI",
        ),
        Target(
            arch="arm64",
            python="aarch64-manylinux_2_28",
            kernel="linux-image-arm64",
            modules=(
                "squashfs", "overlay", "ext4", "virtio_pci", "virtio_mmio", "virtio_blk",
                "mmc_block", "sdhci_iproc", "bcm2835", "bcm2835_wdt", "gpio_regulator", "reset_raspberrypi",
            ),
            trees="bcm2711-*.dtb",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """Which image of many: ``epoch`` is what its files are stamped with, in seconds since 1970.

    A seat that has found itself well with it takes no version below ``minimum`` any more.
    """

    epoch: int
    minimum: str = "0.0"

    def __post_init__(self) -> None:
        if _VERSION.fullmatch(self.minimum) is None:
            raise RecipeWrong(f"{self.minimum!r}: cần dạng · needs the form 20261123.081500")

    @property
    def version(self) -> str:
        """What it is called by seats and consoles: the moment of its sources, in UTC."""
        return dt.datetime.fromtimestamp(self.epoch, dt.UTC).strftime("%Y%m%d.%H%M%S")


def pi5(kernel: Path) -> Target:
    """A Raspberry Pi 5 with the kernel of a package of its maker's: Debian's knows neither its USB nor its network.

    A kind of computer of its own, so that no seat is sent another's release.
    """
    return dataclasses.replace(
        TARGETS["arm64"],
        board="-pi5",
        given=kernel,
        trees="bcm2712*.dtb",
        modules=("squashfs", "overlay", "ext4", "mmc_block", "sdhci_brcmstb"),
    )


def chosen(arch: str, kernel_of_pi5: Path | None) -> Target:
    """What a command line asks for; raises :class:`RecipeWrong`."""
    if kernel_of_pi5 is None:
        return TARGETS[arch]
    if arch != "arm64" or not kernel_of_pi5.is_file():
        raise RecipeWrong(f"{kernel_of_pi5}: cần tệp .deb của nhân, cho arm64 · needs a kernel's .deb, for arm64")
    return pi5(kernel_of_pi5.absolute())


def compatible(target: Target) -> str:
    """How a release says which kind of computer it is for."""
    return f"phonghop-seat-{target.name}"


def packages(target: Target) -> tuple[str, ...]:
    """What is installed, in the list's order."""
    return _names("packages.txt", target)


def downloads(target: Target) -> tuple[str, ...]:
    """What is taken apart on the build host."""
    return _names("downloads.txt", target)


def dropped() -> tuple[str, ...]:
    """Paths of the base that no seat needs, or that none may have; a path stands for all below it."""
    return tuple(line for line in _lines("dropped.txt"))


def _names(file: str, target: Target) -> tuple[str, ...]:
    found: list[str] = []
    for line in _lines(file):
        kind, name, *why = line.split(maxsplit=2)
        if kind not in {"all", *TARGETS} or not why:
            raise RecipeWrong(f"{file}: {line!r}")
        if kind in {"all", target.arch}:
            found.append(name)
    return tuple(found)


def _lines(file: str) -> list[str]:
    text = (HERE / file).read_text(encoding="utf-8")
    return [line.split("#")[0].strip() for line in text.splitlines() if line.split("#")[0].strip()]
