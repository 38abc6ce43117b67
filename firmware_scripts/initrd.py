"""The first file system: busybox, the modules to reach the disk, and one script (``recipe/init``).

Rules: of our own instead of Debian's generator, which takes eleven minutes under emulation and brings what a seat never
uses. Its bytes depend on its content alone.

Usage: `Path("initrd").write_bytes(make(base, kernel, target, draft))`
"""

from __future__ import annotations

import gzip
import stat
from pathlib import Path
from typing import Final

from firmware_scripts import cpio, recipe
from firmware_scripts.base import EPOCH, Base
from firmware_scripts.kernel import Kernel
from firmware_scripts.recipe import Target
from firmware_scripts.running import run

_FOLDERS: Final = ("bin", "dev", "modules", "proc", "root", "run", "sys")
_PROGRAM: Final = stat.S_IFREG | 0o755
_LINK: Final = stat.S_IFLNK | 0o777
#: What recipe/init calls; busybox answers to all of them.
_WORDS: Final = (
    "basename", "cat", "dirname", "echo", "grep", "insmod", "ln", "mkdir", "mount", "readlink", "reboot", "sed", "sh",
    "sleep", "switch_root",
)  # fmt: skip


def make(base: Base, kernel: Kernel, target: Target, draft: Path) -> bytes:
    """The archive, compressed; ``draft`` is a folder for what is taken apart."""
    run(["dpkg-deb", "-x", base.package("busybox-static"), draft], epoch=EPOCH)
    busybox = next(path for path in (draft / "usr/bin/busybox", draft / "bin/busybox") if path.is_file())
    parts = [cpio.folder(name) for name in _FOLDERS]
    # The kernel opens it for the first program before anything is mounted.
    parts.append(cpio.entry("dev/console", mode=stat.S_IFCHR | 0o600, device=(5, 1)))
    parts.append(cpio.entry("init", (recipe.HERE / "init").read_bytes(), mode=_PROGRAM))
    parts.append(cpio.entry("bin/busybox", busybox.read_bytes(), mode=_PROGRAM))
    parts += [cpio.entry(f"bin/{word}", b"busybox", mode=_LINK) for word in _WORDS]
    modules = kernel.first_modules(target.modules)
    parts += [cpio.entry(f"modules/{name}", content) for name, content in modules]
    parts.append(cpio.entry("modules/order", "".join(f"{name}\n" for name, _ in modules).encode()))
    return gzip.compress(b"".join((*parts, cpio.end())), compresslevel=9, mtime=0)
