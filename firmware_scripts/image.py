"""Build the image of a seat: ``python -m firmware_scripts.image amd64|arm64 [--out FOLDER] [--keep FOLDER]``.

Rules: what takes minutes is kept (``--keep``), so a change of our code is in a new image within seconds; each step is
told with its time. Two builds from the same base and the same checkout are the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from firmware_scripts import application, base, bill, boot, disk, initrd, kernel, recipe, root
from firmware_scripts.errors import FirmwareError
from firmware_scripts.recipe import TARGETS, Edition, Target
from firmware_scripts.running import run, step

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """The partitions' files, and what they were made of (for the bill of materials)."""

    parts: disk.Parts
    base: base.Base
    libraries: Path


def make(target: Target, kept_in: Path, draft: Path, edition: Edition) -> Made:
    """The partitions of an image or a bundle, below ``draft``; raises :class:`FirmwareError`."""
    under, epoch = base.prepare(target, kept_in), edition.epoch
    libraries = application.libraries(under, target, kept_in)
    parts = disk.Parts(draft / "boot.vfat", draft / "kernel.vfat", draft / "root.squashfs")
    with step("Nhân và hệ thống tệp đầu tiên", "kernel and first file system"):
        core = kernel.unpack(under, target, draft / "kernel")
        core.first_modules(recipe.VAULT_MODULES)  # said now, for such a seat would never open its vault
        first = initrd.make(under, core, target, draft / "busybox")
        boot.kernel_partition(core, first, draft / "slot", parts.kernel, epoch=epoch)
        boot.boot_partition(under, core, target, draft / "boot", parts.boot, epoch=epoch)
    with step("Chương trình và hệ thống tệp gốc", "our programs and the root file system"):
        application.lay(under, target, kept_in, draft / "layer", edition=edition)
        root.squash(under, core, draft / "layer", parts.root, epoch=epoch)
    return Made(parts, under, libraries)


def build(target: Target, kept_in: Path, out: Path, edition: Edition) -> Path:
    """The image's file; raises :class:`FirmwareError`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as name:
        draft = Path(name)
        made = make(target, kept_in, draft, edition)
        with step("Tệp ảnh", "the image"):
            image = out / f"phonghop-seat-{target.name}.img"
            disk.assemble(made.parts, draft / image.name, draft / "disk", epoch=edition.epoch)
            size = made.parts.root.stat().st_size
            (draft / image.name).replace(image)
        with step("Danh mục thành phần", "the bill of materials"):
            listed = bill.write(made.base, made.libraries, target, image, edition)
    print(f"✓ {image}  {image.stat().st_size / _MIB:.0f} MiB (hệ thống · system {size / _MIB:.0f} MiB)")
    print(f"  sha256 {_digest(image)}")
    print(f"  {listed}")
    return image


def main(argv: list[str]) -> int:
    """Exit status: 0 built, 1 not, with the reason in both languages."""
    out, keep = recipe.ROOT / "build" / "image", recipe.ROOT / "var" / "image"
    parser = argparse.ArgumentParser(prog="firmware_scripts.image", description="Ảnh của chỗ ngồi · a seat's image")
    parser.add_argument("arch", choices=sorted(TARGETS), help="loại máy · the kind of computer")
    parser.add_argument("--out", type=Path, default=out, help="nơi đặt ảnh · where it goes")
    parser.add_argument("--keep", type=Path, default=keep, help="nơi giữ phần dùng lại · what is kept")
    parser.add_argument("--minimum", default="0.0", help="sau đó không cài bản cũ hơn · none older after it")
    parser.add_argument("--pi5", type=Path, metavar="DEB", help="nhân của Raspberry Pi 5 · a Raspberry Pi 5's kernel")
    given = parser.parse_args(argv)
    try:
        edition = Edition(moment(), given.minimum)
        build(recipe.chosen(given.arch, given.pi5), given.keep.absolute(), given.out.absolute(), edition)
    except FirmwareError as wrong:
        print(f"✗ {wrong}", file=sys.stderr)
        return 1
    return 0


def moment() -> int:
    """The time that all of ours is stamped with: the environment's, else the last commit's; seconds since 1970."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stated.isdigit():
        return int(stated)
    try:
        return int(run(["git", "log", "-1", "--format=%ct"], epoch=0, folder=recipe.ROOT).strip())
    except (FirmwareError, OSError, ValueError):
        return base.EPOCH


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
