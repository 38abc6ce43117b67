"""The master key: 32 bytes in a file of their own, under which every key in the database is wrapped (AES-KW).

Rules: a copy of the database alone opens nothing. The file is made once; where other keys exist without it, it was
lost, and a new one would make everything unreadable in silence – so that is an error.

Usage::

    master = MasterKey.load_or_create(folder / "master.key")
    row.wrapped_key = master.wrap(paper_key)
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from sealing import keywrap
from server.keys.errors import KeysDamaged
from server.pki.files import write_private
from wire.secret import Secret

KEY_BYTES: Final = 32


class MasterKey:
    """Wraps and unwraps keys."""

    def __init__(self, key: Secret) -> None:
        self._key: Final = key

    @classmethod
    def load_or_create(cls, path: Path) -> MasterKey:
        """The key of ``path``, made if the file is not there; raises :class:`KeysDamaged`."""
        if not path.exists():
            write_private(path, Secret(os.urandom(KEY_BYTES)))
        return cls(read_secret(path, size=KEY_BYTES))

    def wrap(self, key: Secret) -> bytes:
        """``key`` for the database, 8 bytes longer."""
        return keywrap.wrap(self._key, key)

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again; raises :class:`sealing.errors.UnwrapFailed`."""
        return keywrap.unwrap(self._key, wrapped)


def read_secret(path: Path, *, size: int | None = None) -> Secret:
    """What a private file holds; raises :class:`KeysDamaged` when others may read it or its size is wrong."""
    if not path.exists() or stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeysDamaged(file=path.name)
    found = Secret(path.read_bytes())
    if size is not None and len(found) != size:
        raise KeysDamaged(file=path.name)
    return found
