"""The kernel out of its package: itself, its modules for the seat, and the few that the first file system needs.

Rules: taken apart on the build host, never installed (an installation makes a first file system under emulation for
eleven minutes). Modules that no seat may load are not in the image at all: a USB stick finds no driver, whatever a
rule file says. Modules of the first file system are unpacked, because busybox loads only plain ones.

Usage: `kernel = unpack(base, target, folder); kernel.image; kernel.first_modules()`
"""

from __future__ import annotations

import gzip
import lzma
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_scripts.base import EPOCH, Base
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.recipe import Target
from firmware_scripts.running import needed, run

#: Below ``kernel/`` of the modules: what stays away from a seat.
LEFT_OUT: Final = (
    "drivers/usb/storage", "drivers/usb/gadget", "drivers/usb/atm", "drivers/usb/misc", "drivers/net/wireless",
    "drivers/net/wan", "drivers/net/can", "drivers/bluetooth", "drivers/firewire", "drivers/infiniband",
    "drivers/isdn", "drivers/media", "drivers/staging", "drivers/thunderbolt", "drivers/nfc", "drivers/target",
    "drivers/scsi/qla2xxx", "drivers/scsi/lpfc", "drivers/gpu/drm/nouveau", "drivers/gpu/drm/radeon",
    "net/bluetooth", "net/wireless", "net/mac80211", "net/nfc", "net/can", "net/sctp", "net/dccp", "net/rds",
    "net/tipc", "sound", "fs/btrfs", "fs/xfs", "fs/ocfs2", "fs/gfs2", "fs/jfs", "fs/nfs", "fs/nfsd", "fs/smb",
    "fs/ceph", "fs/udf", "fs/hfs", "fs/hfsplus", "fs/ntfs3", "fs/f2fs", "fs/bcachefs", "fs/erofs", "fs/exfat",
    "drivers/net/ethernet/mellanox", "drivers/net/ethernet/qlogic",
)  # fmt: skip
#: How a file compressed by gzip begins (RFC 1952, section 2.3.1).
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Kernel:
    """Where the parts are; ``modules`` is the folder ``usr/lib/modules/<version>``."""

    version: str
    image: Path
    modules: Path
    trees: Path | None

    def first_modules(self, names: tuple[str, ...]) -> list[tuple[str, bytes]]:
        """The named modules and all they stand on, each after what it needs: file name and plain content."""
        needs = self._needs()
        by_name = {_plain(Path(path).name): path for path in needs}
        built_in = {
            _plain(Path(line).name)
            for line in (self.modules / "modules.builtin").read_text(encoding="ascii").splitlines()
        }
        wanted: list[str] = []

        def want(path: str) -> None:
            for below in reversed(needs[path]):
                want(below)
            if path not in wanted:
                wanted.append(path)

        for name in names:
            if _plain(name) in by_name:
                want(by_name[_plain(name)])
            elif _plain(name) not in built_in:
                raise RecipeWrong(f"{name}: nhân {self.version} không có · the kernel has no such module")
        return [(f"{_plain(Path(path).name)}.ko", _content(self.modules / path)) for path in wanted]

    def _needs(self) -> dict[str, list[str]]:
        """``modules.dep`` (modules.dep(5)): a module, and those it needs, nearest first."""
        found: dict[str, list[str]] = {}
        for line in (self.modules / "modules.dep").read_text(encoding="ascii").splitlines():
            path, _, below = line.partition(":")
            found[path] = below.split()
        return found


def unpack(base: Base, target: Target, folder: Path) -> Kernel:
    """Take the package apart into ``folder``; raises :class:`FirmwareError`."""
    needed({"dpkg-deb": "dpkg", "depmod": "kmod"})
    run(["dpkg-deb", "-x", target.given or base.kernel(), folder], epoch=EPOCH)
    top = folder / "usr" / "lib" / "modules"
    if not top.is_dir():
        top = folder / "lib" / "modules"
    if not top.is_dir():
        raise RecipeWrong(f"{target.given or base.kernel()}: không có mô-đun nhân · no kernel modules in it")
    modules = next(top.iterdir())
    for name in LEFT_OUT:
        shutil.rmtree(modules / "kernel" / name, ignore_errors=True)
    for link in ("build", "source"):
        (modules / link).unlink(missing_ok=True)
    run(["depmod", "-b", top.parents[1] if top.parent.name == "lib" else folder, modules.name], epoch=EPOCH)
    trees = next((folder / "usr" / "lib").glob("linux-image-*"), None) if target.arch == "arm64" else None
    image = next((folder / "boot").glob("vmlinuz-*"), None)
    if image is None:
        raise RecipeWrong(f"{target.given or base.kernel()}: không có nhân · no kernel in it")
    _plain_image(image)
    return Kernel(modules.name, image, modules, trees)


def _plain_image(image: Path) -> None:
    """Some packages have it compressed, which only some boot loaders undo."""
    content = image.read_bytes()
    if content[:2] == _GZIP:
        image.write_bytes(gzip.decompress(content))


def _plain(name: str) -> str:
    """A module's name as the kernel says it, from that of its file."""
    return name.split(".ko", maxsplit=1)[0].replace("-", "_")


def _content(file: Path) -> bytes:
    data = file.read_bytes()
    return lzma.decompress(data) if file.suffix == ".xz" else data
