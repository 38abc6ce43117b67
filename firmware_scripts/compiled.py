"""Our Python compiled beforehand by the seat's own: a read-only root keeps nothing, each start would compile all anew.

Rules: the base's Python runs from a folder, with its own loader and libraries, so the host needs none of that version;
for another processor under QEMU's user emulation. A compiled file names its source by hash and is never compared, one
process compiles all in the order of their names: the same sources are the same bytes.

Usage: `compile_below(base, folder / "opt/phonghop/lib", at="/opt/phonghop/lib")`
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import Final

from firmware_scripts import recipe
from firmware_scripts.base import EPOCH, Base
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.running import run

_PROGRAM: Final = f"usr/bin/python{recipe.PYTHON}"
_STANDARD: Final = f"usr/lib/python{recipe.PYTHON}/"
#: What Debian's Python itself is linked with, below usr/lib/<processor>.
_LIBRARIES: Final = ("ld-linux-", "libc.so", "libm.so", "libz.so", "libexpat.so")


def compile_below(base: Base, folder: Path, *, at: str) -> None:
    """Compile every module below ``folder``, which stands ``at`` that path on a seat."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _python(base.tar, root)
        libraries = next((root / "usr/lib").glob("*-linux-gnu"), None)
        loader = None if libraries is None else next(libraries.glob("ld-linux-*"), None)
        if libraries is None or loader is None:
            raise RecipeWrong(f"{_PROGRAM}: không có trong hệ thống nền · not in the base")
        run(
            [
                loader, "--library-path", libraries, root / _PROGRAM, "-S", "-m", "compileall", "-q", "-j1",
                "--invalidation-mode=unchecked-hash", "-s", folder, "-p", at, folder,
            ],
            epoch=EPOCH,
            more={"PYTHONHOME": str(root / "usr"), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": ""},
        )  # fmt: skip


def _python(tar: Path, root: Path) -> None:
    """The base's Python with its standard library, out of the tar."""
    with tarfile.open(tar) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            parts = name.split("/")
            is_library = len(parts) == 4 and parts[2].endswith("-linux-gnu") and parts[3].startswith(_LIBRARIES)
            if name == _PROGRAM or name.startswith(_STANDARD) or is_library:
                archive.extract(member, root, filter="tar")
