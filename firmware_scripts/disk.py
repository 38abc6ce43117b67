"""The flashable file: a partition table and the partitions, put together without root and without mounting anything.

Rules: partitions have a fixed order and fixed numbers (GPT). The second slot's root and the store are not in the file:
the seat makes them at its first start, so half as much is written to a card, and the store takes all the card has.

Usage: `assemble(parts, out, epoch=…)`
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_scripts import recipe
from firmware_scripts.running import needed, run

_ESP: Final = "C12A7328-F81F-11D2-BA4B-00C04FC93EC3"
_DATA: Final = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
_LINUX: Final = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
_DISK: Final = "50484F4E-4748-4F50-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Parts:
    """The partitions' files."""

    boot: Path
    kernel: Path
    root: Path


def assemble(parts: Parts, out: Path, draft: Path, *, epoch: int) -> None:
    """Write ``out``."""
    needed({"genimage": "genimage"})
    rows = (
        ("boot", _ESP, parts.boot, recipe.BOOT_BYTES),
        ("kernel-A", _DATA, parts.kernel, recipe.KERNEL_BYTES),
        ("kernel-B", _DATA, None, recipe.KERNEL_BYTES),
        ("root-A", _LINUX, parts.root, recipe.SLOT_BYTES),
    )
    text = [
        f"image {out.name} {{",
        "  hdimage {",
        '    partition-table-type = "gpt"',
        f'    disk-uuid = "{_DISK}"',
        "  }",
    ]
    for number, (name, kind, file, size) in enumerate(rows, 1):
        text += [f"  partition {name} {{", f'    partition-type-uuid = "{kind}"', f"    size = {size}"]
        text += [f'    partition-uuid = "50484F4E-4748-4F50-8000-0000000001{number:02X}"']
        text += [f'    image = "{file}"'] if file is not None else []
        text += ["  }"]
    text += ["}"]
    draft.mkdir(parents=True, exist_ok=True)
    plan = draft / "disk.cfg"
    plan.write_text("\n".join(text) + "\n", encoding="utf-8")
    empty = draft / "root"
    empty.mkdir(exist_ok=True)
    run(
        ["genimage", "--config", plan, "--rootpath", empty, "--tmppath", draft / "tmp",
         "--inputpath", draft, "--outputpath", out.parent],
        epoch=epoch,
    )  # fmt: skip
