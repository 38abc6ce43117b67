"""The virtual machine's file system: Debian's kernel, udev, libccid, pcscd and pyscard, and this checkout's own code.

Rules: everything is fetched by the machine's own package sources and kept below ``var/usb``, under a name that tells
the recipe, so a new recipe makes a new base; a base appears under its name only when it is whole. Nothing is written
outside that folder. The code of the product goes on top at every run, with the ``cryptography`` that uv.lock names;
pyscard is Debian's (2.0.5), as on a terminal.

Usage: `parts = prepare(Path("var/usb")); image(parts, out)`; raises :class:`ImageError`, which says what to do.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from firmware_scripts import cpio

ROOT: Final = Path(__file__).resolve().parents[2]
_PACKAGES: Final = "pcscd,libccid,python3,python3-pyscard,udev,kmod"
_SUITE: Final = "bookworm"
_KERNEL: Final = "linux-image-amd64"
#: As they stand in the kernel's package; no others are needed to see a USB port.
_MODULES: Final = ("usb-common", "usbcore", "xhci-hcd", "xhci-pci")
_UNUSED: Final = (
    "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/perl", "usr/share/i18n", "usr/share/zoneinfo",
    "usr/lib/x86_64-linux-gnu/perl", "usr/lib/x86_64-linux-gnu/gconv", "usr/lib/udev/hwdb.d", "var/lib/dpkg",
    "var/cache", "boot", "dev",
)  # fmt: skip
_OURS: Final = ("edge", "pages", "sealing", "wire")
_LIBRARIES: Final = ("cryptography", "cffi", "_cffi_backend*", "pycparser")
_MINUTES: Final = 15
_INIT: Final = """#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mkdir -p /run/pcscd /tmp
ip link set lo up 2>/dev/null
depmod; modprobe xhci_pci
/lib/systemd/systemd-udevd --daemon; udevadm trigger; udevadm settle -t 20
cd /srv && PYTHONPATH=/srv python3 -u /srv/tests/usb/guest.py
echo "the guest's program has ended"; echo o > /proc/sysrq-trigger; sleep 30
"""


class ImageError(Exception):
    """The machine cannot be made; the text says what is missing and what to type."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is kept: the kernel and the base archive."""

    kernel: Path
    base: Path


def prepare(folder: Path) -> Parts:
    """Fetch and build what is not there yet; a minute or three the first time, nothing afterwards."""
    for program, package in (("qemu-system-x86_64", "qemu-system-x86"), ("mmdebstrap", "mmdebstrap")):
        if shutil.which(program) is None:
            raise ImageError(f"{program} is missing: apt-get install --no-install-recommends {package}")
    folder.mkdir(parents=True, exist_ok=True)
    made = hashlib.sha256(repr((_PACKAGES, _SUITE, _KERNEL, _MODULES, _UNUSED)).encode()).hexdigest()[:12]
    parts = Parts(folder / f"vmlinuz-{made}", folder / f"base-{made}.cpio")
    if not (parts.kernel.exists() and parts.base.exists()):
        with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as draft:
            _make(parts, Path(draft))
    return parts


def image(parts: Parts, out: Path) -> None:
    """The whole file system of one run: the base and this checkout's code on top."""
    with out.open("wb") as file:
        with parts.base.open("rb") as base:
            shutil.copyfileobj(base, file, 1 << 20)
        file.write(cpio.entry("init", _INIT.encode(), mode=stat.S_IFREG | 0o755))
        file.write(b"".join(cpio.folder(name) for name in ("dev", "srv", "srv/tests", "srv/tests/usb")))
        for top in _OURS:
            _add(file, ROOT / top, f"srv/{top}")
        awake = ROOT / "deploy" / "udev" / "93-phonghop-token.rules"
        file.write(cpio.entry(f"etc/udev/rules.d/{awake.name}", awake.read_bytes()))
        libraries = Path(sysconfig.get_path("platlib"))
        for pattern in _LIBRARIES:
            for found in sorted(libraries.glob(pattern)):
                _add(file, found, f"srv/{found.name}")
        _add(file, ROOT / "tests" / "usb" / "guest.py", "srv/tests/usb/guest.py")
        file.write(cpio.end())


def _add(out: BinaryIO, source: Path, name: str) -> None:
    """A file, or a folder with its programs and libraries."""
    if source.is_file():
        out.write(cpio.entry(name, source.read_bytes()))
        return
    out.write(cpio.folder(name))
    for found in sorted(source.iterdir()):
        if found.suffix in {".py", ".so"} or (found.is_dir() and found.name != "__pycache__"):
            _add(out, found, f"{name}/{found.name}")


def _make(parts: Parts, draft: Path) -> None:
    root = draft / "root.tar"
    _run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, str(root)], draft)
    _run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", _kernel_package()], draft)
    unpacked = draft / "kernel"
    _run(["dpkg", "-x", str(next(draft.glob("linux-image-*.deb"))), str(unpacked)], draft)
    base = draft / "base"
    with base.open("wb") as file:
        cpio.from_tar(root, file, wanted=lambda name: not name.startswith(_UNUSED))
        modules = next((unpacked / "lib" / "modules").iterdir())
        there = f"usr/lib/modules/{modules.name}"
        file.write(cpio.folder("usr/lib/modules") + cpio.folder(there))
        for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
            file.write(cpio.entry(f"{there}/{name}", (modules / name).read_bytes()))
        for name in _MODULES:
            found = next(modules.rglob(f"{name}.ko"))
            file.write(cpio.entry(f"{there}/{found.name}", found.read_bytes()))
        file.write(cpio.end())
    next((unpacked / "boot").glob("vmlinuz-*")).replace(parts.kernel)
    base.replace(parts.base)


def _kernel_package() -> str:
    """The package behind the one that always means the newest kernel."""
    said = subprocess.run(["apt-cache", "depends", _KERNEL], capture_output=True, text=True, check=False).stdout
    for line in said.splitlines():
        name = line.partition("Depends: ")[2].strip()
        if name.startswith("linux-image-"):
            return name
    raise ImageError(f"no {_KERNEL} in the package lists: apt-get update")


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_MINUTES * 60)
    except subprocess.TimeoutExpired as slow:
        raise ImageError(f"{command[0]} took more than {_MINUTES} minutes") from slow
    if done.returncode:
        raise ImageError(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
