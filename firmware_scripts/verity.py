"""The hash tree of dm-verity over a file: whoever has the root's hash can check each block when it is read.

Rules: version 1 of the format with SHA-256 and blocks of 4 KiB (kernel, admin-guide/device-mapper/verity.rst): the hash
of a block is that of salt and block, 128 hashes fill a block of the level above, levels lie from the top downwards.

Usage: `root, tree = verity.tree(Path("payload.squashfs"), salt)`
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from firmware_scripts.errors import RecipeWrong

BLOCK: Final = 4096
LEAST_BYTES: Final = 2 * BLOCK


def tree(file: Path, salt: bytes) -> tuple[bytes, bytes]:
    """The root's hash, and the tree's blocks; raises :class:`RecipeWrong` for a file that is not of whole blocks.

    There are two at least: one block alone has no tree.
    """
    size = file.stat().st_size
    if size < LEAST_BYTES or size % BLOCK:
        raise RecipeWrong(f"{file}: {size} bytes: không tròn khối · not whole blocks")
    with file.open("rb") as data:
        hashes = [_hash(salt, block) for block in iter(lambda: data.read(BLOCK), b"")]
    levels: list[bytes] = []
    while True:
        level = b"".join(hashes)
        level = level.ljust(-(-len(level) // BLOCK) * BLOCK, b"\0")
        levels.append(level)
        hashes = [_hash(salt, level[at : at + BLOCK]) for at in range(0, len(level), BLOCK)]
        if len(hashes) == 1:
            return hashes[0], b"".join(reversed(levels))


def _hash(salt: bytes, block: bytes) -> bytes:
    return hashlib.sha256(salt + block).digest()
